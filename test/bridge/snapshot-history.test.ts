import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { chooseBase } from '../../src/bridge/choose-base.ts'
import { createSideDocument, type SideDocument } from '../../src/bridge/side-document.ts'
import { rowsToContent } from '../../src/bridge/snapshot-content.ts'
import type { PluginRows, Row } from '../../src/payload/plugin-rows.ts'
import { createRandom, seedsToRun, withSeed } from '../support/random.ts'

function rows(
  tokens: Record<string, string>,
  sets: readonly string[] = ['core'],
  themes: Record<string, string> = {},
): PluginRows {
  const row = (value: string): Row => ({ $type: '"color"', $value: JSON.stringify(value) })
  return {
    tokens: new Map(Object.entries(tokens).map(([key, value]) => [key, row(value)])),
    sets,
    themes: new Map(Object.entries(themes).map(([id, name]) => [id, { name: JSON.stringify(name) }])),
  }
}

let lanes = 0
function history(): {
  side: SideDocument
  add: (id: string, rows: PluginRows, head?: object, ids?: Record<string, string>) => void
} {
  const side = createSideDocument({ ydoc: new Y.Doc(), lane: `lane${String(++lanes).padStart(6, '0')}`, now: () => 0 })
  return {
    side,
    add: (id, of, head = {}, ids = {}) => {
      const shared = { kind: 'published', bin: 'b', top: 1, sv: '', by: '', rev: 1 } as const
      const places = new Map([...of.tokens.keys()].map((key) => [key, ids[key] ? [ids[key], '', 'a0'] : 'a0']))
      side.append([
        {
          kind: 'snap',
          id,
          head: { ...shared, ...head },
          content: { rows: rowsToContent(of), ids: places, vv: new Map() },
        },
      ])
    },
  }
}

const everything = () => true

describe('distances', () => {
  it('[BR50] count differing fields of what both have, and 1 for what only one has', () => {
    const { side, add } = history()
    add('s1', rows({ '/core/a': '1', '/core/b': '2', '/core/c': '3' }))
    const [snap] = side.history.snapsOf('b')
    const to = (file: PluginRows): number | undefined => side.history.distances('b', file).get(snap!)
    expect(to(rows({ '/core/a': '1', '/core/b': '2', '/core/c': '3' }))).toBe(0)
    expect(to(rows({ '/core/a': 'x', '/core/b': 'y', '/core/c': '3' }))).toBe(2)
    expect(to(rows({ '/core/a': '1', '/core/b': '2' }))).toBe(1)
    expect(to(rows({ '/core/a': '1', '/core/b': '2', '/core/d': '3' }))).toBe(2)
    expect(to(rows({ '/core/a': '1', '/core/b': '2', '/core/c': '3' }, ['core', 'new']))).toBe(1)
    expect(to(rows({ '/core/a': '1', '/core/b': '2', '/core/c': '3' }, ['core'], { t: 'Dark' }))).toBe(2)
  })

  for (const seed of seedsToRun(40)) {
    it(`[BR50] in one pass are what comparing one by one gives (seed ${seed})`, () => {
      withSeed(seed, (random) => {
        const { side, add } = history()
        const keys = Array.from({ length: 12 }, (_, i) => `/core/t${i}`)
        const draw = (): PluginRows =>
          rows(
            Object.fromEntries(keys.filter(() => random.chance(0.8)).map((key) => [key, String(random.int(3))])),
            random.shuffle(['core', 'x', 'y']).slice(0, 1 + random.int(3)),
            Object.fromEntries(['t1', 't2'].filter(() => random.chance(0.5)).map((id) => [id, String(random.int(2))])),
          )
        const drawn = Array.from({ length: 25 }, draw)
        for (const [at, each] of drawn.entries()) add(`s${at}`, each)
        const file = draw()
        const fast = side.history.distances('b', file)
        for (const snap of side.history.snapsOf('b')) {
          const { side: alone, add: addAlone } = history()
          addAlone(snap.id, drawn[Number(snap.id.slice(1))]!)
          const [only] = alone.history.snapsOf('b')
          expect(fast.get(snap)).toBe(alone.history.distances('b', file).get(only!))
          expect(side.history.view(snap).rows.tokens).toEqual(new Map([...alone.history.view(only!).rows.tokens]))
          expect(side.history.view(snap).rows.sets).toEqual(alone.history.view(only!).rows.sets)
        }
      })
    })
  }
})

describe('lookups', () => {
  it('[BR51] follow a node through its names', () => {
    const { side, add } = history()
    add('s1', rows({ '/core/red': '1' }), {}, { '/core/red': '/values/core/red' })
    add('s2', rows({ '/core/crimson': '2' }), {}, { '/core/crimson': '/values/core/red' })
    add('s3', rows({}))
    add('s4', rows({ '/core/red': '4' }), {}, { '/core/red': '/values/core/red~:1' })
    const at = (id: string) => side.history.get(id)!
    expect(['s1', 's2', 's3', 's4'].map((id) => side.history.keyOf(at(id), '/values/core/red'))).toEqual([
      '/core/red',
      '/core/crimson',
      undefined,
      undefined,
    ])
    expect(side.history.placeAt(at('s4'), '/core/red')?.id).toBe('/values/core/red~:1')
    expect(side.history.rowAt(at('s2'), '/core/red')).toBeUndefined()
  })
})

describe('chooseBase', () => {
  const v1 = { '/core/a': '1', '/core/b': '1', '/core/c': '1', '/core/d': '1', '/core/e': '1' }

  it('[BR52] takes the nearest snapshot, not the newest', () => {
    const { side, add } = history()
    add('s1', rows(v1))
    add('s2', rows({ ...v1, '/core/a': '2', '/core/b': '2' }))
    add('s3', rows({ ...v1, '/core/a': '3', '/core/b': '3', '/core/c': '3', '/core/d': '3' }))
    const file = rows({ ...v1, '/core/e': 'new' })
    const choice = chooseBase(side.history, { bin: 'b', rows: file, marker: undefined, allowed: everything })
    expect(choice).toMatchObject({ base: { id: 's1' }, distance: 1, low: false })
    expect(choice?.near.map(({ id }) => id)).toEqual(['s1', 's2'])
  })

  it('[BR52] the newest of equals', () => {
    const { side, add } = history()
    add('s1', rows(v1))
    add('s2', rows({ ...v1, '/core/a': '2' }))
    add('s3', rows(v1))
    const choice = chooseBase(side.history, { bin: 'b', rows: rows(v1), marker: undefined, allowed: everything })
    expect(choice?.base.id).toBe('s3')
  })

  it('[BR53] says so where nothing resembles the file well', () => {
    const { side, add } = history()
    add('s1', rows(v1))
    const far = rows({ '/core/a': '9', '/core/b': '9', '/core/c': '9', '/core/d': '9', '/core/e': '1' })
    expect(chooseBase(side.history, { bin: 'b', rows: far, marker: undefined, allowed: everything })?.low).toBe(true)
    expect(chooseBase(side.history, { bin: 'b', rows: far, marker: 's1', allowed: everything })?.low).toBe(false)
  })

  it('[BR54] a kept marker narrows the choice to its snapshot and the files seen with it', () => {
    const { side, add } = history()
    add('s1', rows(v1))
    add('o1', rows({ ...v1, '/core/a': 'x' }), { kind: 'seen', marker: 's1', write: 'w' })
    add('s2', rows({ ...v1, '/core/a': 'x', '/core/b': 'y' }))
    const file = rows({ ...v1, '/core/a': 'x', '/core/b': 'y' })
    const question = { bin: 'b', rows: file, allowed: everything }
    expect(chooseBase(side.history, { ...question, marker: undefined })?.base.id).toBe('s2')
    expect(chooseBase(side.history, { ...question, marker: 's1' })?.base.id).toBe('o1')
    expect(chooseBase(side.history, { ...question, marker: 'unknown' })?.base.id).toBe('s2')
  })

  it('[BR55] leaves out what may not be taken, and answers null where nothing is left', () => {
    const { side, add } = history()
    add('s1', rows(v1))
    const none = { bin: 'b', rows: rows(v1), marker: undefined, allowed: () => false }
    expect(chooseBase(side.history, none)).toBe(null)
    expect(chooseBase(side.history, { ...none, bin: 'another', allowed: everything })).toBe(null)
  })

  it('[BR50] find the last of many snapshots of a large file', () => {
    const { side, add } = history()
    const random = createRandom(1)
    const values = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`/core/t${i}`, '0']))
    add('s0', rows(values))
    for (let i = 1; i < 30; i++) {
      values[`/core/t${random.int(5_000)}`] = String(i)
      add(`s${i}`, rows(values))
    }
    const choice = chooseBase(side.history, { bin: 'b', rows: rows(values), marker: undefined, allowed: everything })
    expect(choice?.base.id).toBe('s29')
  })
})
