import { describe, expect, it } from 'vitest'
import { type Comparison, compareVersions } from '../../../editor/model/version-comparison.ts'
import { changesOfFiles } from '../../../src/payload/file-changes.ts'
import { parseTokenFile } from '../../../src/payload/file-form.ts'
import type { JsonObject } from '../../../src/payload/ordered-json.ts'

function compare(before: JsonObject, after: JsonObject): Comparison {
  return compareVersions(changesOfFiles(parseTokenFile(before), parseTokenFile(after)))
}

const red = { $type: 'color', $value: '#f00' }

describe('compareVersions', () => {
  it('gathers the fields of a token, in words and with the swatch of colours', () => {
    const { sets, summary } = compare(
      { core: { a: { red, size: { $type: 'dimension', $value: '8px' } } } },
      {
        core: {
          a: { red: { ...red, $value: '#e00', $description: 'Brand' }, size: { $type: 'dimension', $value: '9px' } },
        },
      },
    )
    expect(summary).toBe('2 tokens: 2 changed.')
    expect(sets).toMatchObject([
      {
        name: 'core',
        what: 'changed',
        tokens: [
          {
            name: 'a.red',
            what: 'changed',
            places: [{ set: 'core', path: ['a', 'red'], wasThere: true }],
            fields: [
              {
                label: 'Value',
                before: { text: '#f00', swatch: { kind: 'color', color: '#ff0000' } },
                after: { text: '#e00', swatch: { kind: 'color', color: '#ee0000' } },
              },
              { label: 'Description', before: null, after: { text: 'Brand', swatch: { kind: 'none' } } },
            ],
          },
          { name: 'a.size', fields: [{ before: { text: '8px' }, after: { text: '9px' } }] },
        ],
      },
    ])
  })

  it('tells new, removed and renamed tokens and sets, and where each has to be put back', () => {
    const { sets, summary } = compare(
      { core: { red, gone: { $value: '1' } }, old: { t: { $value: '2' } } },
      { core: { crimson: red, fresh: { $type: 'color', $value: '#0f0' } }, young: { t: { $value: '3' } } },
    )
    expect(summary).toBe('5 tokens: 2 new, 1 renamed, 2 removed.')
    expect(sets.map(({ name, what }) => [name, what])).toEqual([
      ['core', 'changed'],
      ['young', 'new'],
      ['old', 'removed'],
    ])
    expect(sets[0]?.tokens).toMatchObject([
      {
        name: 'crimson',
        what: 'renamed',
        from: 'red',
        fields: [],
        places: [
          { path: ['crimson'], wasThere: false },
          { path: ['red'], wasThere: true },
        ],
      },
      { name: 'fresh', what: 'new', fields: [{ before: null, after: { swatch: { kind: 'color' } } }] },
      { name: 'gone', what: 'removed', fields: [{ before: { text: '1' }, after: null }] },
    ])
  })

  it('keeps themes, orders, groups and other parts apart', () => {
    const { sets, others, summary } = compare(
      {
        core: { a: { $description: 'Old', x: red, y: { $value: '1' } } },
        dark: { t: red },
        $themes: [{ id: 't', name: 'Day', group: 'Mode' }],
        $metadata: { tokenSetOrder: ['core', 'dark'], note: 'a' },
      },
      {
        core: { a: { $description: 'New', y: { $value: '1' }, x: red } },
        dark: { t: red },
        $themes: [
          { id: 't', name: 'Night', group: 'Mode' },
          { id: 'u', name: 'Print' },
        ],
        $metadata: { tokenSetOrder: ['dark', 'core'], note: 'b' },
      },
    )
    expect(summary).toBe('')
    expect(sets).toMatchObject([
      {
        name: 'core',
        tokens: [],
        others: [
          { label: 'Group a, description', before: { text: 'Old' }, after: { text: 'New' } },
          { label: 'Order of a', before: { text: 'x, y' }, after: { text: 'y, x' } },
        ],
      },
    ])
    expect(others.map(({ label }) => label)).toEqual([
      'Order of sets',
      'Theme t, name',
      'Theme Print',
      'metadata, note',
    ])
  })

  it('shows what hostile names and values say as plain, short text', () => {
    const { sets } = compare(
      { core: { a: { $value: 'x' } } },
      { core: { a: { $value: `\u202e${'y'.repeat(900)}\n` }, 'b\u0007': { $value: '' } } },
    )
    const [a, b] = sets[0]?.tokens ?? []
    expect(a?.fields[0]?.after?.text).toMatch(/^y{239}…$/)
    expect([b?.name, b?.fields[0]?.after?.text]).toEqual(['b', 'empty'])
  })
})
