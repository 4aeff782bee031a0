import { describe, expect, it } from 'vitest'
import {
  type CreationSituation,
  decideCreation,
  decideField,
  decideName,
  decideRemoval,
  type Decision,
  type FieldSituation,
  type NameSituation,
  type RemovalSituation,
} from '../../src/bridge/decide.ts'

const field: FieldSituation = {
  r: '"new"',
  b: '"old"',
  d: '"old"',
  lives: true,
  known: false,
  nearHas: false,
  nearDiffers: false,
  low: false,
  beaten: false,
}

const fieldRows: readonly (readonly [string, Partial<FieldSituation>, Decision])[] = [
  ['a novel value over an unchanged one is taken', {}, 'take'],
  ['a novel field is taken', { b: undefined, d: undefined }, 'take'],
  ['a removed field is taken', { r: undefined }, 'take'],
  ['all three equal: nothing', { r: '"old"' }, 'same'],
  ['an old copy: the document stays, without an entry', { r: '"old"', d: '"mine"' }, 'stale'],
  [
    'an old copy where a newer near snapshot differs may be a revert',
    { r: '"old"', d: '"mine"', nearDiffers: true },
    { keep: 'possible-revert' },
  ],
  ['both came to it on their own', { d: '"new"' }, 'agreed'],
  ['both changed it: the document stays', { d: '"mine"' }, { keep: 'conflict' }],
  ['both changed it, the file removed it: the document stays', { r: undefined, d: '"mine"' }, { keep: 'conflict' }],
  ['a known value that a near snapshot has is ambiguous', { known: true, nearHas: true }, { keep: 'possible-revert' }],
  ['ambiguous comes before both-changed', { known: true, nearHas: true, d: '"mine"' }, { keep: 'possible-revert' }],
  ['a known value that no near snapshot has is meant', { known: true }, 'take'],
  ['a known value at low confidence is held', { known: true, low: true }, { keep: 'low-confidence' }],
  ['a novel value at low confidence is taken', { low: true }, 'take'],
  ['deleted here, edited there: an edit beats the deletion', { lives: false, d: undefined }, 'take'],
  ['deleted here, an old copy there: nothing', { r: '"old"', lives: false, d: undefined }, 'stale'],
  [
    'deleted here, an old copy that near snapshots lack: held',
    { r: '"old"', lives: false, d: undefined, nearDiffers: true },
    { keep: 'possible-revert' },
  ],
  ['a newer fact in the register beats it', { beaten: true }, { keep: 'newer' }],
  [
    'a newer fact beats the revival of a deleted token',
    { beaten: true, lives: false, d: undefined },
    { keep: 'newer' },
  ],
]

describe('decideField', () => {
  for (const [title, change, decision] of fieldRows) {
    it(`[BR21] ${title}`, () => {
      expect(decideField({ ...field, ...change })).toEqual(decision)
    })
  }
})

const name: NameSituation = { r: 'crimson', b: 'red', d: 'red', nearHas: false, beaten: false }

const nameRows: readonly (readonly [string, Partial<NameSituation>, Decision])[] = [
  ['a new name over an unchanged one is taken', {}, 'take'],
  ['renamed alike on both sides', { d: 'crimson' }, 'agreed'],
  ['renamed differently here: the document stays', { d: 'rouge' }, { keep: 'conflict' }],
  ['a name that a near snapshot has is ambiguous', { nearHas: true }, { keep: 'possible-revert' }],
  ['a newer rename or move beats it', { beaten: true }, { keep: 'newer' }],
  ['deleted here: the rename revives it', { d: undefined }, 'take'],
]

describe('decideName', () => {
  for (const [title, change, decision] of nameRows) {
    it(`[BR22] ${title}`, () => {
      expect(decideName({ ...name, ...change })).toEqual(decision)
    })
  }
})

const removal: RemovalSituation = { lives: true, nearLacks: false, known: false, low: false, changed: false }

const removalRows: readonly (readonly [string, Partial<RemovalSituation>, Decision])[] = [
  ['gone there, untouched here: deleted', {}, 'take'],
  ['gone on both sides', { lives: false }, 'agreed'],
  ['a near snapshot lacks it too: perhaps the file is only older', { nearLacks: true }, { keep: 'possible-revert' }],
  ['absent before, and low confidence: held', { known: true, low: true }, { keep: 'low-confidence' }],
  ['absent before, high confidence: meant', { known: true }, 'take'],
  ['edited here: an edit beats the deletion', { changed: true }, { keep: 'edit-beats-delete' }],
]

describe('decideRemoval', () => {
  for (const [title, change, decision] of removalRows) {
    it(`[BR23] ${title}`, () => {
      expect(decideRemoval({ ...removal, ...change })).toEqual(decision)
    })
  }
})

const creation: CreationSituation = {
  taken: false,
  equal: false,
  nearHad: false,
  known: false,
  low: false,
  elsewhere: false,
}

const creationRows: readonly (readonly [string, Partial<CreationSituation>, Decision])[] = [
  ['new there, nothing here: added', {}, 'take'],
  ['added alike on both sides', { taken: true, equal: true }, 'agreed'],
  ['its path is taken: the document stays', { taken: true }, { keep: 'conflict' }],
  ['a near snapshot had it: perhaps an old copy', { nearHad: true }, { keep: 'possible-revert' }],
  ['known, and low confidence: held', { known: true, low: true }, { keep: 'low-confidence' }],
  ['known, high confidence: meant', { known: true }, 'take'],
  ['its node lives under another name', { elsewhere: true }, { keep: 'path-taken' }],
]

describe('decideCreation', () => {
  for (const [title, change, decision] of creationRows) {
    it(`[BR24] ${title}`, () => {
      expect(decideCreation({ ...creation, ...change })).toEqual(decision)
    })
  }
})

describe('the tables', () => {
  it('[BR20] are total, and never take what the document changed', () => {
    const texts = [undefined, '"a"', '"b"', '"c"']
    const flags = [false, true]
    for (const r of texts)
      for (const b of texts)
        for (const d of texts)
          for (const lives of flags)
            for (const known of flags)
              for (const nearHas of flags)
                for (const nearDiffers of flags)
                  for (const low of flags)
                    for (const beaten of flags) {
                      const decision = decideField({ r, b, d, lives, known, nearHas, nearDiffers, low, beaten })
                      expect(decision).toBeDefined()
                      if (decision !== 'take') continue
                      expect(r).not.toBe(b)
                      expect(lives ? d : b).toBe(b)
                      expect(beaten).toBe(false)
                    }
  })
})
