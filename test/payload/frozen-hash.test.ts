import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { digest as browserDigest } from '../../node_modules/lib0/hash/sha256.js'
import { canonicalHash } from '../../src/payload/canonical-hash.ts'
import { canonicalJson, compareText } from '../../src/payload/canonical-json.ts'
import { type Marker, markerVersion, readMarker, withMarker, withoutMarker } from '../../src/payload/marker.ts'
import { type JsonObject, parseJson, stringifyJson } from '../../src/payload/ordered-json.ts'
import { sha256Hex } from '../../src/payload/sha256.ts'

const parse = (text: string): JsonObject => parseJson(text) as JsonObject

const marker: Marker = {
  v: 1,
  doc: '0123456789abcdef',
  id: 'snap-1',
  rev: 3,
  epoch: 2,
  by: 'Ana',
  sv: 'AQID',
  hash: 'f'.repeat(64),
}
const file = parse(
  '{"values":{"core":{"b":{"$value":"ü"},"50":{"$value":1.0},"a":{"$value":null}}},"$themes":[],"$metadata":{"tokenSetOrder":["core"],"updatedAt":"2026-01-01T00:00:00.000Z"}}',
)

test('canonicalJson sorts keys by UTF-16 units, at any depth, and nothing else', () => {
  expect(canonicalJson(parse('{"b":[{"z":1,"10":2,"9":3}],"a":"x","ü":1,"\\ud83d\\ude00":2,"\\uffff":3}'))).toBe(
    '{"a":"x","b":[{"10":2,"9":3,"z":1}],"ü":1,"😀":2,"\uffff":3}',
  )
  expect(['b', 'B', 'a', '😀', '\uffff'].toSorted(compareText)).toEqual(['B', 'a', 'b', '😀', '\uffff'])
  expect(compareText('a', 'a')).toBe(0)
})

describe('sha256Hex', () => {
  test.each([0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 1000])('of %i characters is that of node:crypto', (length) => {
    const text = 'aé'.repeat(length).slice(0, length)
    const expected = createHash('sha256').update(text).digest('hex')
    expect(sha256Hex(text)).toBe(expected)
    // Node resolves to its own implementation; browsers run this one.
    expect(Buffer.from(browserDigest(new TextEncoder().encode(text))).toString('hex')).toBe(expected)
  })
})

describe('the marker, frozen', () => {
  test('has a version with a history line', () => {
    expect(markerVersion).toBe(1)
    const source = readFileSync(new URL('../../src/payload/marker.ts', import.meta.url), 'utf8')
    for (let v = 1; v <= markerVersion; v++) expect(source).toMatch(new RegExp(` \\* - ${v}: \``))
  })

  test('golden text and golden hash', () => {
    expect(canonicalHash(file)).toBe('eab9710ae056888d0a8aa2efe66100063adf255be48c9e376b9da13f852d225d')
    expect(stringifyJson(withMarker(file, marker))).toBe(
      `{"values":{"core":{"b":{"$value":"ü"},"50":{"$value":1},"a":{"$value":null}}},"$themes":[],"$metadata":{"tokenSetOrder":["core"],"updatedAt":"2026-01-01T00:00:00.000Z","y-tokens":{"v":1,"doc":"0123456789abcdef","id":"snap-1","rev":3,"epoch":2,"by":"Ana","sv":"AQID","hash":"${'f'.repeat(64)}"}}}`,
    )
  })

  test('the hash does not see marker, date, key order or spaces, and sees everything else', () => {
    const hash = canonicalHash(file)
    expect(canonicalHash(withMarker(file, marker))).toBe(hash)
    expect(canonicalHash(parse(stringifyJson(file, 2).replace('2026', '2027')))).toBe(hash)
    expect(canonicalHash(parse(canonicalJson(file)))).toBe(hash)
    expect(canonicalHash(parse(stringifyJson(file).replace('"ü"', '"u"')))).not.toBe(hash)
    expect(canonicalHash(parse(stringifyJson(file).replace('["core"]', '[]')))).not.toBe(hash)
    expect(canonicalHash({ values: {} })).toBe(sha256Hex('{"values":{}}'))
    expect(canonicalHash({ $metadata: 5 })).toBe(sha256Hex('{"$metadata":5}'))
  })

  test('is read back, replaced and removed without touching the rest', () => {
    const marked = withMarker(file, marker)
    expect(readMarker(marked)).toEqual(marker)
    expect(readMarker(parse(stringifyJson(withMarker(marked, { ...marker, rev: 4 }))))).toEqual({ ...marker, rev: 4 })
    expect(stringifyJson(withoutMarker(marked))).toBe(stringifyJson(file))
    expect(withoutMarker(file)).toBe(file)
    expect(stringifyJson(withMarker({ values: {} }, marker))).toMatch(
      /^\{"values":\{\},"\$metadata":\{"y-tokens":\{"v":1,/,
    )
  })

  test('ignores unknown fields, and reads a later version as far as it can', () => {
    const later = parse(`{"$metadata":{"y-tokens":{"new":1,${JSON.stringify({ ...marker, v: 2 }).slice(1)}}}`)
    expect(readMarker(later)).toEqual({ ...marker, v: 2 })
  })

  test.each([
    ['v', 0],
    ['v', '1'],
    ['doc', 5],
    ['id', null],
    ['rev', -1],
    ['rev', 1.5],
    ['epoch', '2'],
    ['by', undefined],
    ['sv', 1],
    ['hash', 'F'.repeat(64)],
    ['hash', 'f'.repeat(63)],
  ])('a damaged %s (%o) is no marker, so the file counts as foreign', (field, value) => {
    const damaged = JSON.parse(JSON.stringify({ ...marker, [field]: value })) as JsonObject
    expect(readMarker({ $metadata: { 'y-tokens': damaged } })).toBeUndefined()
  })

  test('is nowhere else', () => {
    expect(readMarker(file)).toBeUndefined()
    expect(readMarker({ values: {} })).toBeUndefined()
    expect(readMarker({ $metadata: { 'y-tokens': 'x' } })).toBeUndefined()
    expect(readMarker(parse('{"$metadata":{"y-tokens":{"z":1,"5":1}}}'))).toBeUndefined()
  })
})
