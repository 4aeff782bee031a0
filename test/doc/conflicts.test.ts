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
