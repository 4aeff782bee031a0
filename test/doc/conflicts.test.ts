import { beforeEach, describe, expect, it } from 'vitest'
import type { TokenDocument } from '../../src/doc/index.ts'
import { peek, sampleText } from '../support/generated-tokens-sample.ts'
import { createReplicas, type Replicas } from '../support/replicas.ts'

/** `document-model.md` 4: facts side by side in one register were concurrent, and a person can settle them. */

let replicas: Replicas
let a: TokenDocument
let b: TokenDocument
const step = (): void => replicas.clock.advance(1_000)

beforeEach(() => {
  replicas = createReplicas({
    count: 2,
    seed: 51,
    file: sampleText(),
    options: (index) => ({ user: { id: `u${index}`, name: ['Ana', 'Bob'][index]! } }),
  })
  a = replicas.all[0]!.document
  b = replicas.all[1]!.document
})

describe('conflicts', () => {
  it('are none while people follow each other', () => {
    a.update('core', 'color.red', { $value: 'A' })
    replicas.sync()
    b.update('core', 'color.red', { $value: 'B' })
    a.update('core', 'color.blue', { $value: 'A' })
    replicas.sync()
    expect(a.conflicts).toEqual([])
    expect(b.conflicts).toEqual([])
  })

  it('list both values of a field, who and when; the shown one is current', () => {
    a.update('core', 'color.red', { $value: 'A' })
    const whenA = replicas.clock.now()
    step()
    b.update('core', 'color.red', { $value: 'B' })
    const whenB = replicas.clock.now()
    replicas.sync()
    for (const document of [a, b])
      expect(document.conflicts).toMatchObject([
        {
          kind: 'value',
          set: 'core',
          path: ['color', 'red'],
          field: ['$value'],
          current: { value: 'B', who: { user: 'u1', name: 'Bob' }, when: whenB },
          others: [{ value: 'A', who: { user: 'u0', name: 'Ana' }, when: whenA }],
        },
      ])
  })

  it('name a part of a composite', () => {
    a.update('core', 'type.h1', { $value: { fontSize: 'A' } })
    step()
    b.update('core', 'type.h1', { $value: { fontSize: 'B' } })
    replicas.sync()
    expect(a.conflicts).toMatchObject([{ path: ['type', 'h1'], field: ['$value', 'fontSize'] }])
  })

  it('are none where both wrote the same', () => {
    a.update('core', 'color.red', { $value: 'same' })
    step()
    b.update('core', 'color.red', { $value: 'same' })
    replicas.sync()
    expect(a.conflicts).toEqual([])
  })

  it('are settled by writing the field, with either value', () => {
    for (const [round, settle] of ['theirs', 'mine', 'a third'].entries()) {
      const [mine, theirs] = [`A${round}`, `B${round}`]
      a.update('core', 'color.red', { $value: mine })
      step()
      b.update('core', 'color.red', { $value: theirs })
      replicas.sync()
      expect(a.conflicts.length).toBe(1)
      step()
      // Also the value that is shown already: writing it says that it was meant.
      const value = settle === 'theirs' ? theirs : settle === 'mine' ? mine : settle
      a.update('core', 'color.red', { $value: value })
      replicas.sync()
      expect(a.conflicts).toEqual([])
      expect(b.conflicts).toEqual([])
      expect(peek(b.getSnapshot(), 'values/core/color/red/$value')).toBe(value)
      step()
    }
  })

  it('follow the token to its new name', () => {
    a.update('core', 'color.red', { $value: 'A' })
    step()
    b.update('core', 'color.red', { $value: 'B' })
    replicas.sync()
    a.rename('core', 'color.red', 'color.crimson')
    expect(a.conflicts).toMatchObject([{ path: ['color', 'crimson'], field: ['$value'] }])
  })

  it('show a part edited in a composite that someone replaced', () => {
    a.update('core', 'type.h1', { $value: '{typo.base}' })
    step()
    b.update('core', 'type.h1', { $value: { fontSize: 'B' } })
    replicas.sync()
    expect(a.conflicts.map(({ path }) => path)).toContainEqual(['type', 'h1'])
    expect(JSON.stringify(a.conflicts)).toContain('"B"')
  })

  it('show names given at once', () => {
    a.rename('core', 'color.red', 'color.r1')
    step()
    b.rename('core', 'color.red', 'color.r2')
    replicas.sync()
    expect(a.conflicts).toMatchObject([{ kind: 'name', path: ['color', 'r2'] }])
    expect(JSON.stringify(a.conflicts)).toContain('r1')
  })

  it('show names that got a suffix', () => {
    a.rename('core', 'color.red', 'color.x')
    step()
    b.rename('core', 'color.blue', 'color.x')
    replicas.sync()
    expect(a.conflicts).toMatchObject([{ kind: 'name', path: ['color', 'x-2'] }])
    a.rename('core', 'color.x-2', 'color.y')
    expect(a.conflicts).toEqual([])
  })

  it('show places given at once', () => {
    a.move('core', 'space.m', 'light', 'm')
    step()
    b.move('core', 'space.m', 'extra', 'm')
    replicas.sync()
    expect(a.conflicts).toMatchObject([{ kind: 'place', set: 'extra', path: ['m'] }])
    a.move('extra', 'm', 'dark', 'm')
    expect(a.conflicts).toEqual([])
  })

  it('are none for what a deletion covers, and show an edit that lost to a newer file', () => {
    a.update('core', 'color.red', { $value: 'A' })
    step()
    b.update('core', 'color.red', { $value: 'B' })
    replicas.sync()
    step()
    a.remove('core', 'color.red')
    expect(a.conflicts).toEqual([])

    const others = createReplicas({ count: 2, seed: 52, clock: replicas.clock })
    const [early, late] = others.all.map(({ document }) => document)
    early!.import(sampleText())
    step()
    early!.update('core', 'color.red', { $value: 'early' })
    step()
    late!.import(
      sampleText({
        'values/core/color/red/$value': 'V2',
        '$metadata/updatedAt': new Date(replicas.clock.now()).toISOString(),
      }),
    )
    others.sync()
    expect(early!.conflicts).toMatchObject([
      {
        kind: 'value',
        path: ['color', 'red'],
        field: ['$value'],
        current: { value: 'V2' },
        others: [{ value: 'early' }],
      },
    ])
  })

  it('show an edit that brought a token back, whose value is older than the deleted one that shows', () => {
    a.update('core', 'color.red', { $value: 'A' })
    step()
    b.update('core', 'color.red', { $value: 'B' })
    step()
    b.remove('core', 'color.red')
    replicas.sync()
    for (const document of [a, b]) {
      expect(document.get('core', 'color.red')).toMatchObject({ $value: 'B' })
      expect(document.conflicts).toMatchObject([
        {
          kind: 'value',
          path: ['color', 'red'],
          field: ['$value'],
          current: { value: 'B', who: { name: 'Bob' } },
          others: [{ value: 'A', who: { name: 'Ana' } }],
        },
      ])
      expect(document.lastChange('core', 'color.red')).toMatchObject({ who: { name: 'Bob' } })
    }
    a.update('core', 'color.red', { $value: 'A' })
    expect(a.conflicts).toEqual([])
  })

  it('show a group moved back, or renamed, while somebody deleted what it stands in', () => {
    a.move('core', 'color.brand', 'light', 'brand')
    replicas.sync()
    step()
    a.move('light', 'brand', 'core', 'color.brand')
    a.rename('core', 'space', 'gaps')
    step()
    b.remove('core', 'color')
    b.remove('core', 'space')
    replicas.sync()
    for (const document of [a, b]) {
      expect(peek(document.getSnapshot(), 'values/core/color')).toBeUndefined()
      expect(document.conflicts).toMatchObject([
        {
          kind: 'place',
          set: 'core',
          path: ['color', 'brand'],
          field: [],
          current: { value: undefined, who: { name: 'Bob' } },
          others: [{ value: '/values/core/color', who: { name: 'Ana' } }],
        },
        {
          kind: 'name',
          set: 'core',
          path: ['space'],
          current: { value: undefined, who: { name: 'Bob' } },
          others: [{ value: 'gaps', who: { name: 'Ana' } }],
        },
      ])
    }
  })

  describe('of files taken in apart', () => {
    const later = (changes: Record<string, unknown>): string =>
      sampleText({ ...changes, '$metadata/updatedAt': new Date(replicas.clock.now()).toISOString() })
    const apart = (): readonly [TokenDocument, TokenDocument] => {
      replicas = createReplicas({ count: 2, seed: 53, clock: replicas.clock })
      const [early, late] = replicas.all.map(({ document }) => document) as [TokenDocument, TokenDocument]
      early.import(sampleText())
      step()
      return [early, late]
    }

    it('show an edit of a token that the newer file lacks', () => {
      for (const crimson of [undefined, { $value: '#f00', $type: 'color' }]) {
        const [early, late] = apart()
        early.update('core', 'color.red', { $value: 'early' })
        const when = replicas.clock.now()
        step()
        late.import(later({ 'values/core/color/red': undefined, 'values/core/color/crimson': crimson }))
        replicas.sync()
        for (const document of [early, late])
          expect(document.conflicts).toMatchObject([
            {
              kind: 'value',
              set: 'core',
              path: ['color', 'red'],
              field: ['$value'],
              current: { value: undefined, who: { lane: '*' }, when: replicas.clock.now() },
              others: [{ value: 'early', when }],
            },
          ])
      }
    })

    it('none of what was deleted before the newer file lacked it', () => {
      const [early, late] = apart()
      early.update('core', 'color.red', { $value: 'early' })
      early.remove('core', 'color.red')
      step()
      late.import(later({ 'values/core/color/red': undefined }))
      replicas.sync()
      expect(late.conflicts).toEqual([])
    })

    it('show what the newer file says of something deleted, perhaps without knowing it', () => {
      const [early, late] = apart()
      late.import(later({ 'values/core/color/red/$value': 'V2' }))
      step()
      early.remove('core', 'color.red')
      early.remove('core', 'color.blue')
      replicas.sync()
      for (const document of [early, late])
        expect(document.conflicts).toMatchObject([
          {
            kind: 'value',
            path: ['color', 'red'],
            field: [],
            current: { value: undefined },
            others: [{ value: { $value: 'V2' }, who: { lane: '*' } }],
          },
        ])
    })

    it('none of what was deleted by somebody who had seen the newer file', () => {
      const [early, late] = apart()
      late.import(later({ 'values/core/color/red/$value': 'V2' }))
      replicas.sync()
      step()
      early.remove('core', 'color.red')
      replicas.sync()
      expect(late.conflicts).toEqual([])
    })

    it('can be settled: the token is back as it would be, or stays deleted', () => {
      for (const side of ['others', 'current'] as const) {
        const [early, late] = apart()
        early.update('core', 'color.red', { $value: 'early' })
        early.update('core', 'type.h1', { $value: { fontSize: 'early' } })
        step()
        late.import(later({ 'values/core/color/red': undefined, 'values/core/type': undefined }))
        replicas.sync()
        step()
        for (const conflict of late.conflicts)
          late.settle(conflict, side === 'current' ? conflict.current : conflict.others[0]!)
        replicas.sync()
        const back = side === 'others'
        expect(early.get('core', 'color.red')).toEqual(
          back ? { $value: 'early', $type: 'color', $description: 'brand red' } : undefined,
        )
        expect(peek(early.getSnapshot(), 'values/core/type/h1/$value')).toEqual(
          back ? { fontFamily: 'Inter', fontWeight: 700, fontSize: 'early', lineHeight: '120%' } : undefined,
        )
        expect(early.conflicts).toEqual([])
        late.undo()
        late.undo()
        replicas.sync()
        expect(early.get('core', 'color.red')).toBeUndefined()
      }
    })

    it('can be settled for the newer file over the deletion, or for the deletion', () => {
      for (const side of ['others', 'current'] as const) {
        const [early, late] = apart()
        late.import(later({ 'values/core/color/red/$value': 'V2' }))
        step()
        early.remove('core', 'color.red')
        replicas.sync()
        const [conflict] = late.conflicts
        step()
        late.settle(conflict!, side === 'current' ? conflict!.current : conflict!.others[0]!)
        replicas.sync()
        expect(peek(early.getSnapshot(), 'values/core/color/red/$value')).toBe(side === 'others' ? 'V2' : undefined)
        expect(early.conflicts).toEqual([])
      }
    })

    it('show edits of one token under two ids, and are settled like any', () => {
      const [early, late] = apart()
      early.rename('core', 'color.red', 'color.crimson')
      step()
      late.import(later({ 'values/core/color/red': undefined, 'values/core/color/crimson': { $value: '#f00' } }))
      step()
      early.update('core', 'color.crimson', { $value: 'early' })
      step()
      late.update('core', 'color.crimson', { $value: 'late' })
      replicas.sync()
      for (const document of [early, late])
        expect(document.conflicts).toMatchObject([
          {
            kind: 'value',
            path: ['color', 'crimson'],
            field: ['$value'],
            current: { value: 'late' },
            others: [{ value: 'early' }],
          },
        ])
      step()
      early.update('core', 'color.crimson', { $value: 'late' })
      replicas.sync()
      expect(late.conflicts).toEqual([])
      expect(late.toText()).toBe(early.toText())
    })
  })

  it('of every kind can be settled for either side by one call, undone as one', () => {
    const cases: readonly {
      readonly act: () => void
      readonly shown: (document: TokenDocument) => unknown
      readonly outcomes: readonly [current: unknown, other: unknown]
    }[] = [
      {
        act: () => {
          a.update('core', 'type.h1', { $value: { fontSize: 'A' } })
          step()
          b.update('core', 'type.h1', { $value: { fontSize: 'B' } })
        },
        shown: (document) => peek(document.getSnapshot(), 'values/core/type/h1/$value/fontSize'),
        outcomes: ['B', 'A'],
      },
      {
        act: () => {
          a.update('core', 'type.h1', { $value: '{typo.base}' })
          step()
          b.update('core', 'type.h1', { $value: { fontSize: 'B' } })
        },
        shown: (document) => peek(document.getSnapshot(), 'values/core/type/h1/$value'),
        outcomes: ['{typo.base}', { fontFamily: 'Inter', fontWeight: 700, fontSize: 'B', lineHeight: '120%' }],
      },
      {
        act: () => {
          a.rename('core', 'color.red', 'color.r1')
          step()
          b.rename('core', 'color.red', 'color.r2')
        },
        shown: (document) => Object.keys(document.get('core', 'color') ?? {}).find((name) => name.startsWith('r')),
        outcomes: ['r2', 'r1'],
      },
      {
        act: () => {
          a.move('core', 'space.m', 'light', 'm')
          step()
          b.move('core', 'space.m', 'extra', 'm')
        },
        shown: (document) => document.setNames().find((name) => document.get(name, 'm')),
        outcomes: ['extra', 'light'],
      },
      {
        act: () => {
          a.set('core', 'color.nu', { value: 'A', type: 'color' })
          step()
          b.set('core', 'color.nu', { $value: 'B', $type: 'color' })
        },
        shown: (document) => {
          const token = document.get('core', 'color.nu') as { $value?: unknown; value?: unknown } | undefined
          return [token?.$value, token?.value]
        },
        outcomes: [
          ['B', undefined],
          ['A', undefined],
        ],
      },
    ]
    for (const { act, shown, outcomes } of cases)
      for (const [i, outcome] of outcomes.entries()) {
        act()
        replicas.sync()
        step()
        const before = b.toText()
        const conflict = a.conflicts.find(({ kind }) => kind !== 'value') ?? a.conflicts[0]!
        a.settle(conflict, i === 0 ? conflict.current : conflict.others[0]!)
        expect(shown(a)).toEqual(outcome)
        expect(a.conflicts).toEqual([])
        replicas.sync()
        expect(b.conflicts).toEqual([])
        expect(b.toText()).toBe(a.toText())
        if (a.toText() !== before) {
          a.undo()
          expect(a.toText()).toBe(before)
        }
        replicas = createReplicas({ count: 2, seed: 51 + i, file: sampleText() })
        a = replicas.all[0]!.document
        b = replicas.all[1]!.document
      }
  })

  it('that are none of the document cannot be settled, nor names that are taken', () => {
    a.rename('core', 'color.red', 'color.x')
    step()
    b.rename('core', 'color.blue', 'color.x')
    replicas.sync()
    const [conflict] = a.conflicts
    expect(() => a.settle(structuredClone(conflict!), conflict!.current)).toThrow(/none of this document/)
    expect(() => a.settle(conflict!, conflict!.others[0]!)).toThrow(/taken/)
    a.settle(conflict!, conflict!.current)
    expect(a.get('core', 'color.x-2')).toBeDefined()
    expect(a.conflicts).toEqual([])
  })

  it('show fields of groups that are shown as one, and are settled for both', () => {
    a.update('core', 'space', { $description: 'A' })
    step()
    b.update('core', 'shadow', { $description: 'B' })
    b.rename('core', 'shadow', 'space')
    replicas.sync()
    expect(a.get('core', 'space')).toMatchObject({ $description: 'A' })
    expect(a.conflicts).toMatchObject([
      { kind: 'value', path: ['space'], field: ['$description'], current: { value: 'A' }, others: [{ value: 'B' }] },
    ])
    step()
    a.update('core', 'space', { $description: 'both' })
    replicas.sync()
    expect(b.conflicts).toEqual([])
    b.update('core', 'space', { $description: undefined })
    expect(b.get('core', 'space')).not.toHaveProperty('$description')
  })

  it('are frozen, and the same everywhere', () => {
    a.update('core', 'color.red', { $value: 'A', $description: 'A' })
    b.update('core', 'color.red', { $value: 'B', $description: 'B' })
    replicas.sync()
    expect(a.conflicts).toEqual(b.conflicts)
    expect(a.conflicts.length).toBe(2)
    expect(Object.isFrozen(a.conflicts[0])).toBe(true)
    expect(replicas.observe(replicas.all[0]!.encode()).conflicts).toEqual(a.conflicts)
  })
})
