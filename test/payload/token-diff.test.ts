import { expect, test } from 'vitest'
import { parseTokenFile } from '../../src/payload/file-form.ts'
import { diffFiles } from '../../src/payload/token-diff.ts'

const base =
  '{"values":{"core":{"a":{"$value":1},"b":{"$value":2,"kid":{"$value":3}}},"dark":{"c":{"$value":4}}},"$themes":[],"$metadata":{"tokenSetOrder":["core","dark"],"updatedAt":"2026"}}'

function diff(after: string): string[] {
  const { tokens, isDifferent } = diffFiles(parseTokenFile(base), parseTokenFile(after))
  const lines = tokens.map(({ set, path, before, after: now }) => {
    return `${before ? (now ? '~' : '-') : '+'}${set}/${path.join('.')}`
  })
  return [isDifferent ? 'different' : 'same', ...lines]
}

test('dates and the marker make no difference', () => {
  expect(diff(base)).toEqual(['same'])
  expect(diff(base.replace('"2026"', '"2027","y-tokens":{"v":1}'))).toEqual(['same'])
})

test('names what was added, changed and removed', () => {
  expect(
    diff(base.replace('"a":{"$value":1}', '"a":{"$value":9},"n":{"$value":1}').replace('"c":{"$value":4}', '')),
  ).toEqual(['different', '~core/a', '+core/n', '-dark/c'])
})

test('a token inside a token is a token of its own', () => {
  expect(diff(base.replace('"$value":3', '"$value":5'))).toEqual(['different', '~core/b.kid'])
  expect(diff(base.replace('"$value":2,', '"$value":2,"x":{"y":1},'))).toEqual(['different', '~core/b'])
})

test('what is no token differs without a token', () => {
  expect(diff(base.replace('"$themes":[]', '"$themes":[{"id":"x"}]'))).toEqual(['different'])
  expect(diff(base.replace('"core":{', '"core":{"$description":"d",'))).toEqual(['different'])
  expect(diff(base.replace('{"a":{"$value":1},"b"', '{"b":{"$value":0},"a":{"$value":1},"b"'))).toEqual(['different'])
  expect(diff(base.replace('"core","dark"', '"dark","core"'))).toEqual(['different'])
})

test('files without $metadata, in any form', () => {
  const sets = parseTokenFile('{"core":{"a":{"value":1}}}')
  expect(diffFiles(sets, sets).isDifferent).toBe(false)
  expect(diffFiles(sets, parseTokenFile('{"values":{"core":{"a":{"value":1}}}}'))).toEqual({
    tokens: [],
    isDifferent: true,
  })
})
