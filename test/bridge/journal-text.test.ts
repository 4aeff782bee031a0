import { describe, expect, it } from 'vitest'
import { summaryOf } from '../../src/bridge/journal-text.ts'
import type { MergeEntry } from '../../src/bridge/side-document.ts'
import type { KeptValue, TakenChange } from '../../src/bridge/side-entries.ts'

const noon = Date.UTC(2026, 0, 2, 12)
const formatTime = (ms: number): string => new Date(ms).toISOString().slice(11, 16)

function taken(
  place: string,
  before: string | null,
  text: string | null,
  more: Partial<TakenChange> = {},
): TakenChange {
  return { role: 'field', node: `/values${place}`, place, field: '$value', before, text, ...more }
}

function kept(place: string, text: string | null, ours: string | null, more: Partial<KeptValue> = {}): KeptValue {
  return { role: 'field', node: `/values${place}`, place, field: '$value', text, ours, reason: 'conflict', ...more }
}

function entry(parts: Partial<MergeEntry>): MergeEntry {
  return {
    id: 'm1',
    t: noon + 120_000,
    bin: 'b',
    write: 'w',
    base: 's',
    lane: 'bin0123456789abc',
    T: 1,
    facts: [],
    taken: [],
    replaced: [],
    kept: [],
    about: {
      from: 'plugin',
      savedAt: new Date(noon).toISOString(),
      baseAt: noon - 3_000_000,
      behind: 3,
      ignored: 0,
      low: false,
    },
    ...parts,
  }
}

function tell(parts: Partial<MergeEntry>): string {
  return summaryOf(entry(parts), { formatTime })
}

describe('the account of a merge', () => {
  it('[BR70] tells what was taken, ignored, kept and held, with the numbers of the entry', () => {
    const summary = tell({
      taken: [
        taken('/core/color/brand/500', '"#06f"', '"#05e"'),
        taken('/core/spacing/odd', '{}', null, { role: 'node', field: '' }),
      ],
      kept: [
        kept('/core/radius/md', '"6px"', '"8px"'),
        kept('/core/font/body', '"Inter"', '"Roboto"', { reason: 'possible-revert' }),
      ],
      about: { ...entry({}).about, ignored: 41 },
    })
    expect(summary).toBe(
      'Figma plugin saved at 12:00 (based on the version from 11:10, 3 saves ago). ' +
        'Took 2 changes: color.brand.500 #06f→#05e, deleted spacing.odd. ' +
        'Ignored 41 values that were only older copies. ' +
        'Kept yours for radius.md (the file has 6px, here it is 8px). ' +
        'Possible revert: font.body → Inter.',
    )
  })

  it('[BR70] counts all, names three', () => {
    const changes = Array.from({ length: 7 }, (_, i) => taken(`/core/c${i}`, '"a"', '"b"'))
    expect(tell({ taken: changes })).toContain('Took 7 changes: c0 a→b, c1 a→b, c2 a→b and 4 more.')
  })

  it('[BR70] one is one', () => {
    const about = { ...entry({}).about, behind: 1, ignored: 1 }
    const summary = tell({ taken: [taken('/core/c', '"a"', '"b"')], about })
    expect(summary).toContain(', 1 save ago)')
    expect(summary).toContain('Took 1 change:')
    expect(summary).toContain('Ignored 1 value that was only older copies.')
  })

  it('[BR70] says who wrote, as far as that shows', () => {
    const about = entry({}).about
    expect(tell({ about: { ...about, from: 'edited' } })).toContain('A hand edit found at 12:02')
    expect(tell({ about: { ...about, from: 'recovered' } })).toContain('An earlier save of this room found at 12:02')
    expect(tell({ about: { ...about, savedAt: 'yesterday' } })).toContain('Figma plugin found at 12:02')
    expect(tell({ about: { ...about, low: true } })).toContain('it resembles no known version well')
  })

  it('[BR70] names fields, names, sets, themes and orders', () => {
    const summary = tell({
      taken: [
        taken('/core/typo/h1', '"1px"', '"2px"', { field: '$value/fontSize' }),
        taken('/core/crimson', 'red', 'crimson', { role: 'name', field: '' }),
        taken('/theme', null, '{}', { role: 'node', field: '' }),
      ],
      kept: [
        kept('$themes/dark', '"enabled"', null, { field: 'selectedTokenSets/core' }),
        kept('sets', '["b","a"]', '["a","b"]', { role: 'order', field: '' }),
        kept('/core/old', null, null, { role: 'node', field: '', reason: 'edit-beats-delete' }),
      ],
    })
    expect(summary).toContain('Took 3 changes: typo.h1 fontSize 1px→2px, red renamed to crimson, added set theme.')
    expect(summary).toContain('theme dark selectedTokenSets/core (the file has enabled, here it is nothing)')
    expect(summary).toContain('the order of sets, old (deleted in the file)')
  })

  it('[BR73] shows names and values as plain, short text', () => {
    const evil = taken('/core/a\u202eb\nc', '"x"', JSON.stringify(`<img src=x>\u0000${'y'.repeat(200)}`))
    const summary = tell({ taken: [evil] })
    for (const hidden of ['\n', '\u0000', '\u202e']) expect(summary).not.toContain(hidden)
    expect(summary).toContain('abc x→<img src=x>yyy')
    expect(summary.length).toBeLessThan(250)
  })
})
