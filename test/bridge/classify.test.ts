import { describe, expect, it } from 'vitest'
import { classify, updatedAtOf } from '../../src/bridge/classify.ts'
import { canonicalHash } from '../../src/payload/canonical-hash.ts'
import { type Marker, withMarker } from '../../src/payload/marker.ts'
import { type JsonObject, stringifyJson } from '../../src/payload/ordered-json.ts'

const file: JsonObject = {
  values: { core: { color: { red: { $type: 'color', $value: '#f00' } } } },
  $themes: [],
  $metadata: { tokenSetOrder: ['core'], version: '2.11.10', updatedAt: '2026-01-01T00:00:00.000Z' },
}
const ourDoc = '0123456789abcdef'
const marker: Marker = { v: 1, doc: ourDoc, id: 's1', rev: 3, epoch: 1, by: 'Ana', sv: '', hash: canonicalHash(file) }
const isOurs = (doc: string): boolean => doc === ourDoc

function read(content: unknown): ReturnType<typeof classify> {
  return classify(typeof content === 'string' ? content : stringifyJson(content as JsonObject), isOurs)
}

describe('classify', () => {
  it('[BR30] a body of ours, as it was sent', () => {
    expect(read(withMarker(file, marker))).toMatchObject({ kind: 'ours', marker: { id: 's1', rev: 3 } })
  })

  it('[BR30] also where the service wrote the JSON anew, or only the date moved', () => {
    const reordered = {
      $metadata: file['$metadata' as never],
      $themes: [],
      values: file['values' as never],
    } as JsonObject
    expect(read(withMarker(reordered, marker)).kind).toBe('ours')
  })

  it('[BR31] without a marker it is foreign', () => {
    expect(read(file)).toMatchObject({ kind: 'foreign', marker: undefined })
  })

  it('[BR31] a marker whose hash disagrees with valid content is an edit by someone who kept it', () => {
    const edited = { ...file, values: { core: { color: { red: { $type: 'color', $value: '#e00' } } } } } as JsonObject
    expect(read(withMarker(edited, marker))).toMatchObject({ kind: 'foreign', marker: { id: 's1' } })
  })

  it('[BR32] the marker of another document is another project, edited or not', () => {
    const other = { ...marker, doc: 'ffffffffffffffff' }
    expect(read(withMarker(file, other)).kind).toBe('otherDocument')
    expect(read(withMarker(file, { ...other, hash: '0'.repeat(64) })).kind).toBe('otherDocument')
  })

  for (const [what, content] of [
    ['{}', {}],
    ['[]', '[]'],
    ['null', 'null'],
    ['no set', { values: {} }],
    ['the stub of a plugin that could not save', { values: { options: {} } }],
    ['empty sets', { values: { core: {}, theme: {} }, $themes: [] }],
    ['groups without a token', { values: { core: { color: {} } }, $themes: [] }],
  ] as const) {
    it(`[BR33] blank: ${what}`, () => {
      expect(read(content).kind).toBe('blank')
    })
  }

  for (const [what, content] of [
    ['half a file', stringifyJson(file).slice(0, 60)],
    ['an error page', '<html><body>502</body></html>'],
    ['a number', '42'],
    ['a list of things', '[1, 2]'],
    ['JSON that is no token file', { hello: 'world' }],
    ['the envelope inside the record', { record: file, metadata: { id: 'x' } }],
  ] as const) {
    it(`[BR34] corrupt, with a message: ${what}`, () => {
      const reading = read(content)
      expect(reading.kind).toBe('corrupt')
      expect('message' in reading ? reading.message : '').not.toBe('')
    })
  }

  it('[BR30] reads the date that a write carries', () => {
    expect(updatedAtOf(file)).toBe('2026-01-01T00:00:00.000Z')
    expect(updatedAtOf({ values: {} })).toBe(null)
    expect(updatedAtOf({ $metadata: { updatedAt: 5 } })).toBe(null)
  })
})
