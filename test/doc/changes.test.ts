import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Snapshot, TokenChange, TokenDocument } from '../../src/doc/index.ts'
import { peek, sampleText } from '../support/generated-tokens-sample.ts'
import { payloadText, replayChanges } from '../support/replicas-changes.ts'
import { putFacts, toFactTime } from '../support/replicas-facts.ts'
import { createReplicas, type Replica, type Replicas } from '../support/replicas.ts'

/** What subscribers are told, and how snapshots are shared: `design.md` 3.1, `document-model.md` 5.9. */

let replicas: Replicas
let replicaA: Replica
let a: TokenDocument
let b: TokenDocument
let batches: (readonly TokenChange[])[]
let errors: unknown[]
const step = (ms = 1_000): void => replicas.clock.advance(ms)

beforeEach(() => {
  errors = []
  replicas = createReplicas({
    count: 2,
    seed: 31,
    file: sampleText(),
    options: (index) => ({
      user: { id: `u${index}`, name: ['Ana', 'Bob'][index]! },
      onError: (error) => errors.push(error),
    }),
  })
  replicaA = replicas.all[0]!
  a = replicaA.document
  b = replicas.all[1]!.document
  batches = []
  a.subscribe((changes) => batches.push(changes))
})

afterEach(() => {
  // Nothing goes wrong besides what a test lets go wrong.
  expect(errors.filter((error) => !String(error).includes('careless'))).toEqual([])
})

/** Runs an action and gives its one batch of changes. */
function changesOf(act: () => void): readonly TokenChange[] {
  batches.length = 0
  act()
  expect(batches.length).toBe(1)
  return batches[0]!
}

describe('a change', () => {
  it('names set, path, field, before, after, who, when and origin', () => {
    expect(changesOf(() => a.update('core', 'color.red', { $value: 'A' }))).toEqual([
      {
        kind: 'token',
        set: 'core',
        path: ['color', 'red'],
        field: ['$value'],
        before: '#f00',
        after: 'A',
        who: { lane: replicaA.lane, user: 'u0', name: 'Ana' },
        when: replicas.clock.now(),
        origin: 'local',
      },
    ])
  })

  it('of a part names the part', () => {
    const [change] = changesOf(() => a.update('core', 'type.h1', { $value: { fontSize: 'A' } }))
    expect(change).toMatchObject({ field: ['$value', 'fontSize'], before: '32px', after: 'A' })
  })

  it('of a creation and of a deletion is the whole token', () => {
    const token = { $value: '1', $type: 'color' }
    expect(changesOf(() => a.set('core', 'color.nu', token))).toMatchObject([
      { kind: 'token', path: ['color', 'nu'], field: [], before: undefined, after: token },
    ])
    expect(changesOf(() => a.remove('core', 'color.nu'))).toMatchObject([
      { kind: 'token', path: ['color', 'nu'], field: [], before: token, after: undefined },
    ])
  })

  it('of a rename or move says where from', () => {
    const [renamed] = changesOf(() => a.rename('core', 'color.brand', 'color.corp'))
    expect(renamed).toMatchObject({
      kind: 'group',
      set: 'core',
      path: ['color', 'corp'],
      before: undefined,
      after: undefined,
      renamedFrom: { set: 'core', path: ['color', 'brand'] },
    })
    const [moved] = changesOf(() => a.move('core', 'space.m', 'light', 'm'))
    expect(moved).toMatchObject({
      kind: 'token',
      set: 'light',
      path: ['m'],
      renamedFrom: { set: 'core', path: ['space', 'm'] },
    })
    const [set] = changesOf(() => a.renameSet('light', 'day'))
    expect(set).toMatchObject({ kind: 'set', set: 'day', path: [], renamedFrom: { set: 'light', path: [] } })
  })

  it('of an order lists the names before and after', () => {
    expect(changesOf(() => a.reorder('core', 'space.l', { before: 's' }))).toMatchObject([
      { kind: 'order', set: 'core', path: ['space'], before: ['s', 'm', 'l'], after: ['l', 's', 'm'] },
    ])
    expect(changesOf(() => a.reorderSets(['extra', 'core', 'light', 'dark']))).toContainEqual(
      expect.objectContaining({
        kind: 'order',
        set: null,
        path: ['values'],
        before: ['core', 'light', 'dark', 'extra'],
        after: ['extra', 'core', 'light', 'dark'],
      }),
    )
    expect(changesOf(() => a.reorderThemes(['th2', 'th1']))).toMatchObject([
      { kind: 'order', set: null, path: ['$themes'], before: ['th1', 'th2'], after: ['th2', 'th1'] },
    ])
  })

  it('of a theme has its id for a path', () => {
    expect(changesOf(() => void a.setTheme({ id: 'th1', name: 'Day' }))).toMatchObject([
      { kind: 'theme', set: null, path: ['th1'], field: ['name'], before: 'Light', after: 'Day' },
    ])
  })

  it('tells local, remote, undo, import and bridge apart', () => {
    const origin = (act: () => void): unknown => [...new Set(changesOf(act).map((change) => change.origin))]
    expect(origin(() => a.update('core', 'color.red', { $value: 'A' }))).toEqual(['local'])
    expect(origin(() => a.undo())).toEqual(['undo'])
    expect(origin(() => a.redo())).toEqual(['undo'])
    expect(origin(() => a.import(sampleText({ 'values/core/color/red/$value': 'F' })))).toEqual(['import'])
    b.update('core', 'color.blue', { $value: 'B' })
    expect(origin(() => replicas.sync())).toEqual(['remote'])
  })

  it("of a teammate names the teammate and the fact's own time", () => {
    step()
    b.update('core', 'color.blue', { $value: 'B' })
    const when = replicas.clock.now()
    step(60_000)
    const [change] = changesOf(() => replicas.sync())
    expect(change).toMatchObject({ who: { user: 'u1', name: 'Bob' }, when, after: 'B' })
  })
})

describe('batches', () => {
  it('come once per transaction, after the snapshot is current', () => {
    let seen: unknown
    a.subscribe(() => {
      seen = peek(a.getSnapshot(), 'values/core/color/red/$value')
    })
    a.update('core', 'color.red', { $value: 'A' })
    expect(seen).toBe('A')
    const changes = changesOf(() =>
      a.transact(() => {
        a.update('core', 'color.red', { $value: 'B' })
        a.update('core', 'color.blue', { $value: 'B' })
        a.removeSet('dark')
      }),
    )
    expect(changes.length).toBeGreaterThanOrEqual(3)
  })

  it('do not come where nothing visible changed', () => {
    a.update('core', 'color.red', { $value: '#f00' })
    // Outdone: older than the seed.
    putFacts(replicaA.ydoc, 'somebody', ['/values/core/color/red/$value', 'v', '"old"', 0])
    // A register of the product, which is no token.
    putFacts(replicaA.ydoc, 'somebody', ['/~y/bins/1', 'v', '{"name":"x"}', toFactTime(replicas.clock.now())])
    expect(batches).toEqual([])
  })

  it('end with the subscription', () => {
    const listener = vi.fn<() => void>()
    const unsubscribe = a.subscribe(listener)
    unsubscribe()
    unsubscribe()
    a.update('core', 'color.red', { $value: 'A' })
    expect(listener).not.toHaveBeenCalled()
  })

  it('reach everybody though one subscriber throws, and the edit stands; the error is reported', () => {
    const failure = new Error('a careless subscriber')
    const after = vi.fn<() => void>()
    a.subscribe(() => {
      throw failure
    })
    a.subscribe(after)
    a.update('core', 'color.red', { $value: 'A' })
    expect(after).toHaveBeenCalledTimes(1)
    expect(batches.length).toBe(1)
    replicas.sync()
    expect(b.toText()).toBe(a.toText())
    a.update('core', 'color.red', { $value: 'B' })
    expect(after).toHaveBeenCalledTimes(2)
    expect(errors).toEqual([failure, failure])
  })

  it('let a subscriber write, unsubscribe and subscribe', () => {
    let once = false
    const unsubscribe = a.subscribe(() => {
      unsubscribe()
      if (once) return
      once = true
      a.subscribe(() => undefined)
      a.update('core', 'color.blue', { $value: 'from a subscriber' })
    })
    a.update('core', 'color.red', { $value: 'A' })
    expect(peek(a.getSnapshot(), 'values/core/color/blue/$value')).toBe('from a subscriber')
    expect(batches.length).toBe(2)
  })
})

describe('replayed onto the earlier snapshot, the changes give the later', () => {
  const actions: readonly (readonly [string, (document: TokenDocument) => void])[] = [
    ['update', (it) => it.update('core', 'type.h1', { $value: { fontSize: 'A', zz: 1 }, $description: 'd' })],
    ['a field removed', (it) => it.update('core', 'color.red', { $description: undefined })],
    ['set', (it) => it.set('core', 'new.group.t', { $value: 1, $type: 'number' })],
    ['set over', (it) => it.set('core', 'type.h1', { $value: 'x', $type: 'other' })],
    ['set between', (it) => it.set('core', 'color.mid', { $value: 1, $type: 'number' }, { after: 'red' })],
    ['remove', (it) => it.remove('core', 'color.brand')],
    ['rename', (it) => it.rename('core', 'color', 'colour')],
    ['rename that moves', (it) => it.rename('core', 'color.red', 'space.rosso')],
    ['rename onto a group', (it) => it.rename('core', 'type', 'space')],
    ['move', (it) => it.move('core', 'color', 'extra', 'paint', { before: 'z' })],
    ['reorder', (it) => it.reorder('core', 'space.l', { before: 's' })],
    ['array entries', (it) => it.update('core', 'shadow.md', { $value: [{ x: 9 }] })],
    ['addSet', (it) => it.addSet('nu', { t: { $value: 1 } }, { before: 'light' })],
    ['removeSet', (it) => it.removeSet('light')],
    ['renameSet', (it) => it.renameSet('light', 'day')],
    ['reorderSets', (it) => it.reorderSets(['extra', 'dark'])],
    [
      'swapped sets',
      (it) =>
        it.transact(() => (it.renameSet('light', 'tmp'), it.renameSet('dark', 'light'), it.renameSet('tmp', 'dark'))),
    ],
    [
      'swapped tokens',
      (it) =>
        it.transact(
          () => (
            it.rename('core', 'color.red', 'color.tmp'),
            it.rename('core', 'color.blue', 'color.red'),
            it.rename('core', 'color.tmp', 'color.blue')
          ),
        ),
    ],
    [
      'a group moved, its token renamed and edited',
      (it) =>
        it.transact(
          () => (
            it.move('core', 'color.brand', 'light', 'brand'),
            it.rename('light', 'brand.dark', 'brand.darker'),
            it.update('light', 'brand.darker', { $value: 'A' })
          ),
        ),
    ],
    [
      'a group moved, a token moved out of it, another created in its place',
      (it) =>
        it.transact(() => {
          it.move('core', 'color.brand', 'light', 'brand')
          it.move('light', 'brand.dark', 'dark', 'd')
          it.set('light', 'brand.dark', { $value: 'new', $type: 'color' })
        }),
    ],
    ['setTheme', (it) => void it.setTheme({ id: 'th1', name: 'Day', selectedTokenSets: { dark: 'source' } })],
    ['a new theme', (it) => void it.setTheme({ name: 'New', selectedTokenSets: { core: 'source' } })],
    ['removeTheme', (it) => it.removeTheme('th1')],
    ['reorderThemes', (it) => it.reorderThemes(['th2', 'th1'])],
    [
      'import',
      (it) =>
        it.import(
          sampleText({
            'values/core/space': undefined,
            'values/core/color/red/$value': 'F',
            'values/nu': { a: { $value: 1 } },
            '$themes/1': undefined,
            '$metadata/zz': [1],
          }),
        ),
    ],
  ]
  const replayed = (before: Snapshot): string => payloadText(batches.reduce(replayChanges, before))

  for (const [name, act] of actions) {
    it(`${name}, and its undo and redo`, () => {
      for (const run of [(): void => act(a), (): boolean => a.undo(), (): boolean => a.redo()]) {
        const before = a.getSnapshot()
        batches.length = 0
        run()
        expect(replayed(before)).toBe(payloadText(a.getSnapshot()))
        step()
      }
    })

    it(`${name}, by a teammate`, () => {
      const before = a.getSnapshot()
      a.update('core', 'color.red', { $extensions: { mine: true } })
      act(b)
      replicas.sync()
      expect(replayed(before)).toBe(payloadText(a.getSnapshot()))
    })
  }
})

describe('snapshots', () => {
  it('are the same object until something changes', () => {
    const before = a.getSnapshot()
    expect(a.getSnapshot()).toBe(before)
    a.update('core', 'color.red', { $value: '#f00' })
    expect(a.getSnapshot()).toBe(before)
    a.update('core', 'color.red', { $value: 'A' })
    expect(a.getSnapshot()).not.toBe(before)
    expect(peek(before, 'values/core/color/red/$value')).toBe('#f00')
  })

  it('share every set, group and token that did not change', () => {
    const before = a.getSnapshot()
    a.update('core', 'color.red', { $value: 'A' })
    const after = a.getSnapshot()
    for (const place of [
      'values/light',
      'values/dark',
      'values/core/type',
      'values/core/space',
      'values/core/color/blue',
      'values/core/color/brand',
      '$themes',
      '$metadata',
    ])
      expect(peek(after, place)).toBe(peek(before, place))
    expect(peek(after, 'values/core/color')).not.toBe(peek(before, 'values/core/color'))
  })

  it('share after a remote edit, too, and get gives the same object', () => {
    const before = a.getSnapshot()
    const light = a.get('light', [])
    const outline = a.outline('light')
    b.update('core', 'color.red', { $value: 'B' })
    replicas.sync()
    expect(a.getSnapshot().values['light']).toBe(before.values['light'])
    expect(a.get('light', [])).toBe(light)
    expect(a.outline('light')).toBe(outline)
    expect(a.outline('core')).not.toBe(outline)
    const rows = a.outline('core')
    a.update('core', 'color.red', { $value: 'again' })
    const changed = a.outline('core').filter((row, i) => row !== rows[i])
    expect(changed.map(({ path }) => path.join('.'))).toEqual(['color', 'color.red'])
    expect(changed.map(({ value }) => value)).toEqual([a.get('core', 'color'), a.get('core', 'color.red')])
    a.rename('core', 'color', 'colour')
    expect(a.outline('core').map(({ path }) => path.join('.'))).toContain('colour.blue')
    a.undo()
    expect(a.outline('core').map(({ path }) => path)).toEqual(rows.map(({ path }) => path))
  })

  it('are frozen all the way down', () => {
    a.update('core', 'shadow.md', { $description: 'd' })
    const check = (value: unknown): void => {
      if (value === null || typeof value !== 'object') return
      expect(Object.isFrozen(value)).toBe(true)
      for (const key of Object.keys(value)) check((value as Record<string, unknown>)[key])
    }
    check(a.getSnapshot())
    check(a.get('core', 'color'))
    check(a.outline('core'))
    for (const batch of batches) check(batch)
  })

  it('and copies of them are apart', () => {
    const copy = a.toJSON() as { values: { core: { color: { red: { $value: string } } } } }
    copy.values.core.color.red.$value = 'mine'
    expect(peek(a.getSnapshot(), 'values/core/color/red/$value')).toBe('#f00')
    const given = { $value: { a: 1 }, $type: 'x' }
    a.set('core', 'given', given)
    given.$value.a = 2
    expect(peek(a.getSnapshot(), 'values/core/given/$value/a')).toBe(1)
  })
})

describe('who and when', () => {
  it('lastChange names the author of the current value, null for what came with the file', () => {
    expect(a.lastChange('core', 'color.blue')).toBeNull()
    step()
    b.update('core', 'color.blue', { $value: 'B' })
    const when = replicas.clock.now()
    replicas.sync()
    step()
    expect(a.lastChange('core', 'color.blue')).toMatchObject({ who: { user: 'u1', name: 'Bob' }, when })
    a.update('core', 'color.blue', { $description: 'A' })
    expect(a.lastChange('core', 'color.blue')).toMatchObject({ who: { user: 'u0' }, when: replicas.clock.now() })
    expect(a.lastChange('core', 'color.red')).toBeNull()
  })
})
