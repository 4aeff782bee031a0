import { describe, expect, test } from 'vitest'
import {
  maxFileChars,
  maxFileDepth,
  parseTokenFile,
  type TokenFile,
  toSingleForm,
} from '../../src/payload/file-form.ts'
import { type Json, type JsonObject, OrderedObject, parseJson, stringifyJson } from '../../src/payload/ordered-json.ts'
import { TokenError } from '../../src/payload/token-error.ts'
import { corpusFiles } from '../support/corpora.ts'
import { nastyFiles } from '../support/corpora-nasty.ts'

describe('forms', () => {
  test.each(corpusFiles())('$name is read whole', ({ name, text }) => {
    const file = parseTokenFile(text)
    expect(stringifyJson(file.root)).toBe(stringifyJson(parseJson(text)))
    expect(file.form).toBe(name.includes('dtcg') ? 'sets' : 'single')
    expect(file.sets.size).toBeGreaterThan(0)
  })

  test.each(nastyFiles())('$name is read whole, or refused with a code', ({ text }) => {
    const read = parseOrError(text)
    const expected = read instanceof TokenError ? read.code : stringifyJson(parseJson(text))
    expect(read instanceof TokenError ? 'invalid-file' : stringifyJson(read.root)).toBe(expected)
  })

  test('single: the members of values that are objects', () => {
    const file = parseTokenFile('{"values":{"b":{},"1":{"a":{"$value":1}},"odd":5},"x":{"y":{"$value":1}}}')
    expect(file.form).toBe('single')
    expect([...file.sets.keys()]).toEqual(['b', '1'])
    expect(toSingleForm(file)).toBe(file.root)
  })

  test('sets: the top-level objects whose key does not start with $', () => {
    const text = '{"version":"1","$schema":"s","b":{"a":{"$value":1}},"1":{},"$themes":[],"$extensions":{"x":{}}}'
    const file = parseTokenFile(text)
    expect(file.form).toBe('sets')
    expect([...file.sets.keys()]).toEqual(['b', '1'])
    expect(stringifyJson(toSingleForm(file))).toBe(
      '{"values":{"b":{"a":{"$value":1}},"1":{}},"version":"1","$schema":"s","$themes":[],"$extensions":{"x":{}}}',
    )
  })

  test('a token or a list named values makes no single form', () => {
    expect(parseTokenFile('{"values":{"$value":1},"a":{"b":{"$value":1}}}').form).toBe('sets')
    expect([...parseTokenFile('{"values":[],"a":{"b":{"$value":1}}}').sets.keys()]).toEqual(['a'])
  })

  test('sets without tokens are a file where Tokens Studio has left its keys', () => {
    expect(parseTokenFile('{"core":{},"$metadata":{}}').sets.size).toBe(1)
    expect(parseTokenFile('{"core":{},"$themes":[]}').sets.size).toBe(1)
    expect(parseTokenFile('{"values":{"options":{}}}').sets.size).toBe(1)
  })

  test('an object is taken as it is, an ordered one too', () => {
    const object = parseJson('{"values":{"b":{},"1":{"x":{"$value":[null,true,1,"a",{}]}}}}') as JsonObject
    expect(parseTokenFile(object).root).toBe(object)
    const bare = Object.assign(Object.create(null) as object, { core: { red: { $value: 1 } } }) as JsonObject
    expect(parseTokenFile(bare).sets.size).toBe(1)
  })

  test('a byte order mark is no part of the file', () => {
    expect(parseTokenFile('\ufeff{"a":{"b":{"$value":1}}}').form).toBe('sets')
  })
})

describe('refusals', () => {
  const tooDeep = `{"values":{"a":${'{"g":'.repeat(maxFileDepth)}1${'}'.repeat(maxFileDepth)}}}`
  test.each([
    ['', 'not-json', 'This file is empty'],
    ['  \n', 'not-json', 'This file is empty'],
    ['{"a":1', 'not-json', 'line 1, column 7'],
    ['<!doctype html>', 'html', 'web page'],
    ['  <html>', 'html', 'web page'],
    ['[1]', 'not-object', 'This is an array'],
    ['"x"', 'not-object', 'This is a string'],
    ['null', 'not-object', 'This is null'],
    ['{}', 'no-sets', 'no token set'],
    ['{"message":"Bin not found"}', 'no-sets', 'no token set'],
    ['{"values":{}}', 'no-sets', 'under "values"'],
    ['{"values":{"a":1}}', 'no-sets', 'under "values"'],
    ['{"name":"pkg","scripts":{"test":"x"}}', 'no-tokens', 'no token in this file'],
    [tooDeep, 'too-deep', '512'],
  ])('%.40s: %s', (text, reason, message) => {
    const error = refusal(text)
    expect(error).toMatchObject({ code: 'invalid-file', details: { reason } })
    expect(error.message).toContain(message)
  })

  test('say where the JSON breaks off', () => {
    expect(refusal('{\n  "values": {\n    "core": {,}\n  }\n}').details).toEqual({
      reason: 'not-json',
      line: 3,
      column: 14,
    })
  })

  test('by size, before anything is parsed', () => {
    const error = refusal(`{"a":"${'x'.repeat(maxFileChars)}"}`)
    expect(error).toMatchObject({ code: 'too-large', details: { limit: maxFileChars } })
  })

  test.each([
    [{ a: { $value: undefined } }, 'a.$value', 'undefined'],
    [{ a: { $value: Number.NaN } }, 'a.$value', 'NaN'],
    [{ a: { $value: [1, 5n] } }, 'a.$value.1', 'bigint'],
    [{ a: { $value: new Date() } }, 'a.$value', 'object'],
    [{ a: new OrderedObject([['b', Symbol('s') as unknown as Json]]) }, 'a.b', 'symbol'],
    [{ a: { $value: () => 1 } }, 'a.$value', 'function'],
  ])('an object that is no JSON: %o', (object, path, what) => {
    const error = refusal(object as unknown as JsonObject)
    expect(error.details).toEqual({ reason: 'not-plain' })
    expect(error.message).toContain(`At "${path}" stands`)
    expect(error.message).toContain(what)
  })

  test('an object that holds itself', () => {
    const object: Record<string, unknown> = { a: { $value: 1 } }
    object['b'] = object
    expect(refusal(object as unknown as JsonObject).details).toEqual({ reason: 'too-deep' })
  })
})

describe('JSONBin’s envelope', () => {
  const answer = '{"record":{"values":{"core":{"1":{"$value":1}}}},"metadata":{"id":"x","private":true}}'
  test('is refused with what to do, and read where the caller asks', () => {
    const error = refusal(answer)
    expect(error.details).toEqual({ reason: 'envelope' })
    expect(error.message).toContain('X-Bin-Meta: false')
    expect(stringifyJson(parseTokenFile(answer, { unwrapEnvelope: true }).root)).toBe(
      '{"values":{"core":{"1":{"$value":1}}}}',
    )
  })
  test('is not seen in two sets of those names', () => {
    const sets = '{"record":{"a":{"$value":1}},"metadata":{"b":{"$value":1}}}'
    expect([...parseTokenFile(sets, { unwrapEnvelope: true }).sets.keys()]).toEqual(['record', 'metadata'])
    expect(parseTokenFile('{"record":{"a":{"$value":1}},"metadata":{},"x":{}}').sets.size).toBe(3)
  })
})

function parseOrError(source: string | JsonObject): TokenFile | TokenError {
  try {
    return parseTokenFile(source)
  } catch (error) {
    if (error instanceof TokenError) return error
    throw error
  }
}

function refusal(source: string | JsonObject): TokenError {
  const read = parseOrError(source)
  if (read instanceof TokenError) return read
  throw new Error('the file was not refused')
}
