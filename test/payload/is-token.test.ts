import { expect, test } from 'vitest'
import { holdsToken, isChildKey, isToken, tokensIn } from '../../src/payload/is-token.ts'
import { type JsonObject, parseJson } from '../../src/payload/ordered-json.ts'

test.each([
  ['{"$value":1}', true],
  ['{"$value":null}', true],
  ['{"$value":{"a":1}}', true],
  ['{"value":1}', true],
  ['{"value":[{"a":1}]}', true],
  ['{"value":null}', true],
  ['{"value":{"a":1},"type":"typography"}', true],
  ['{"b":1,"1":0,"value":"x"}', true],
  ['{"value":{"a":1}}', false],
  ['{"value":{"$value":1},"type":{"$value":1}}', false],
  ['{"type":"color"}', false],
  ['{"$type":"color","red":{"$value":1}}', false],
  ['{}', false],
  ['[]', false],
  ['"x"', false],
  ['null', false],
])('%s: %s', (text, expected) => {
  expect(isToken(parseJson(text))).toBe(expected)
})

test('undefined, and what is inherited, is no token', () => {
  expect(isToken(undefined)).toBe(false)
  expect(isToken(Object.create({ $value: 1 }) as JsonObject)).toBe(false)
})

test('what describes a group or a token holds no tokens, but $root does', () => {
  expect(['$type', '$description', '$extensions', '$value'].map((key) => isChildKey(key, false))).not.toContain(true)
  expect(isChildKey('$root', false)).toBe(true)
  expect(isChildKey('value', false)).toBe(true)
  expect(['value', 'type', 'description'].map((key) => isChildKey(key, true))).not.toContain(true)
  expect(isChildKey('kid', true)).toBe(true)
})

test('tokensIn walks parents before children in the order of the file, and into tokens', () => {
  const set = parseJson(
    '{"b":{"$root":{"$value":0},"50":{"$value":1,"kid":{"$value":2},"$extensions":{"x":{"$value":3}}}},"a":{"value":{"value":4,"type":"t"}},"$extensions":{"t":{"$value":5}}}',
  ) as JsonObject
  expect([...tokensIn(set)].map(({ path }) => path.join('.'))).toEqual(['b.$root', 'b.50', 'b.50.kid', 'a.value'])
})

test('holdsToken looks at any depth, and at the node itself', () => {
  expect(holdsToken({ $value: 1 })).toBe(true)
  expect(holdsToken({ a: { b: { $value: 1 } } })).toBe(true)
  expect(holdsToken({ a: {}, $extensions: { b: { $value: 1 } } })).toBe(false)
})
