import { describe, expect, test } from 'vitest'
import {
  equalJson,
  getKey,
  hasKey,
  isDeeperThan,
  isIntegerKey,
  type Json,
  type JsonObject,
  keysOf,
  mayHoldIntegerKeys,
  objectFrom,
  OrderedObject,
  parseJson,
  setKey,
  stringifyJson,
  toPlain,
  withMember,
} from '../../src/payload/ordered-json.ts'
import { corpusFiles } from '../support/corpora.ts'
import { nastyFiles } from '../support/corpora-nasty.ts'

describe('parseJson and stringifyJson', () => {
  test.each([...corpusFiles(), ...nastyFiles()])('keep $name in order', ({ text }) => {
    const parsed = parseJson(text)
    const minified = stringifyJson(parsed)
    expect(JSON.parse(minified)).toEqual(JSON.parse(text))
    expect(minified.length).toBeLessThanOrEqual(text.trim().length)
    expect(stringifyJson(parseJson(stringifyJson(parsed, 2)))).toBe(minified)
  })

  test.each([
    '{"b":1,"50":2,"a":3,"100":4}',
    '{"100":1,"50":2}',
    '{"a":{"b":[{"x":1,"7":2}],"3":{}},"2":[]}',
    '{"x":[],"1":"q\\"}]","0":-1.5e-7,"2":[1,[],{"b":1,"1":2}]}',
    '{"__proto__":{"b":1,"1":2},"0":true,"n":null}',
  ])('give %s back exactly', (text) => {
    expect(stringifyJson(parseJson(text))).toBe(text)
    const pretty = stringifyJson(parseJson(text), 2)
    expect(stringifyJson(parseJson(pretty), 2)).toBe(pretty)
    expect(JSON.stringify(JSON.parse(pretty))).toBe(JSON.stringify(JSON.parse(text)))
  })

  test('read spaces anywhere, and the last of two equal keys', () => {
    expect(stringifyJson(parseJson(' { "b" : [ 1 , { } , [ ] ] ,\n\t"1" : { "x" : 1 , "x" : 2 , "0" : 3 } } '))).toBe(
      '{"b":[1,{},[]],"1":{"x":2,"0":3}}',
    )
  })

  test('keep what the engine keeps as plain objects', () => {
    expect(parseJson('{"1":0,"2":0,"a":0}')).not.toBeInstanceOf(OrderedObject)
    expect(parseJson('{\n  "1": 0,\n  "a": 0\n}')).not.toBeInstanceOf(OrderedObject)
    expect(parseJson('{"a":0,"1":0}')).toBeInstanceOf(OrderedObject)
    expect(parseJson('{"01":0,"1":0,"4294967295":0}')).toBeInstanceOf(OrderedObject)
  })

  test('refuse what is not JSON, and what is nested too deep', () => {
    expect(() => parseJson('{')).toThrow(SyntaxError)
    expect(() => parseJson('[[1]]', 1)).toThrow(RangeError)
    expect(() => parseJson(`{"1":0,"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)).toThrow(RangeError)
    expect(parseJson('[[1]]', 2)).toEqual([[1]])
  })
})

test('isDeeperThan counts containers, of any kind', () => {
  expect(isDeeperThan('x', 0)).toBe(false)
  expect(isDeeperThan([], 0)).toBe(true)
  expect(isDeeperThan([{ a: [] }], 2)).toBe(true)
  expect(isDeeperThan([{ a: [] }], 3)).toBe(false)
  expect(isDeeperThan(new OrderedObject([['a', [1]]]), 1)).toBe(true)
})

test('isIntegerKey knows exactly the keys that engines move', () => {
  for (const key of ['0', '7', '100', '4294967294']) expect(isIntegerKey(key)).toBe(true)
  for (const key of ['', '01', '-1', '1.5', '4294967295', '1e3', 'a']) expect(isIntegerKey(key)).toBe(false)
})

test('mayHoldIntegerKeys is never wrong about no', () => {
  expect(mayHoldIntegerKeys('{"a":1,"b1":"5"}')).toBe(false)
  expect(mayHoldIntegerKeys('{"a":{ "5" : 1}}')).toBe(true)
})

test('own members only: names of prototypes are just names', () => {
  const object: Record<string, Json> = {}
  expect(getKey(object, 'constructor')).toBeUndefined()
  expect(hasKey(object, 'toString')).toBe(false)
  setKey(object, '__proto__', { a: 1 })
  expect(Object.getPrototypeOf(object)).toBe(Object.prototype)
  expect(getKey(object, '__proto__')).toEqual({ a: 1 })
  const ordered = objectFrom(['b', '1'], [1, 2])
  expect(hasKey(ordered, '1')).toBe(true)
  expect(keysOf(ordered)).toEqual(['b', '1'])
})

test('withMember replaces in place, appends and removes, and leaves the original alone', () => {
  const object = objectFrom(['b', '1'], [1, 2])
  expect(stringifyJson(withMember(object, 'b', 3))).toBe('{"b":3,"1":2}')
  expect(stringifyJson(withMember(object, '0', 3))).toBe('{"b":1,"1":2,"0":3}')
  expect(stringifyJson(withMember(object, 'b', undefined))).toBe('{"1":2}')
  expect(stringifyJson(object)).toBe('{"b":1,"1":2}')
})

test('toPlain moves whole numbers to the front', () => {
  expect(JSON.stringify(toPlain(parseJson('{"b":[{"z":1,"5":2}],"1":null}')))).toBe('{"1":null,"b":[{"5":2,"z":1}]}')
})

describe('equalJson', () => {
  const equal = (a: string, b: string, ordered?: boolean): boolean => equalJson(parseJson(a), parseJson(b), ordered)
  test.each([
    ['{"a":1,"b":[1,2]}', '{"b":[1,2],"a":1}', true, false],
    ['{"a":1,"5":2}', '{"5":2,"a":1}', true, false],
    ['[{"a":1}]', '[{"a":1}]', true, true],
    ['[1,2]', '[2,1]', false, false],
    ['[1]', '[1,2]', false, false],
    ['[]', '{}', false, false],
    ['{"a":1}', '{"b":1}', false, false],
    ['{"a":1}', '{"a":1,"b":2}', false, false],
    ['1', '"1"', false, false],
    ['null', '{}', false, false],
  ])('%s and %s: %s, in order %s', (a, b, unordered, ordered) => {
    expect(equal(a, b)).toBe(unordered)
    expect(equal(a, b, true)).toBe(ordered)
  })
  test('undefined equals only itself', () => {
    expect(equalJson(undefined, undefined)).toBe(true)
    expect(equalJson(undefined, {})).toBe(false)
  })
  test('an object with an undefined member is no equal of one without', () => {
    const odd = { a: undefined } as unknown as JsonObject
    expect(equalJson(odd, { b: 1 })).toBe(false)
  })
})
