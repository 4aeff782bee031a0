import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import type { Snapshot, TokenDocument } from '../../src/doc/index.ts'
import { tokenPlaces } from '../support/generated-tokens.ts'
import { namesAt, peek, sampleText } from '../support/generated-tokens-sample.ts'
import { lane, rename, update } from '../support/replicas-actors.ts'
import { type Actor, concurrently, meetInEveryOrder } from '../support/replicas-concurrent.ts'
import { putFacts, type RawFact, readRoots, toFactTime } from '../support/replicas-facts.ts'
import { createReplicas, randomClientId, type Replica, type Replicas } from '../support/replicas.ts'

/**
 * `document-model.md` 4, row by row: files taken in apart, gaps in delivery, facts of the bridge. `A ‖ B`: neither knew of the
 * other. `concurrently` runs a row in every order of time and of delivery, with random client ids and lanes.
 */

const sampleCount = tokenPlaces(JSON.parse(sampleText()) as Snapshot).length
const count = (json: Snapshot): number => tokenPlaces(json).length
const order = (json: Snapshot): readonly string[] => json.$metadata.tokenSetOrder

/** Seeds, and how many replicas: the third knows only what reaches it. */
const casts = [
  [1, 2],
  [2, 3],
  [3, 3],
] as const

describe('files taken in apart', () => {
  const editsOnOneFile = (a: TokenDocument, b: TokenDocument, step: () => void): void => {
    a.update('core', 'color.red', { $value: 'A' })
    step()
    b.update('core', 'color.blue', { $value: 'B' })
    step()
    b.set('core', 'color.nu', { $value: 'N', $type: 'color' })
  }
  const checkOneDocument = (json: Snapshot): void => {
    expect(peek(json, 'values/core/color/red/$value')).toBe('A')
    expect(peek(json, 'values/core/color/blue/$value')).toBe('B')
    expect(peek(json, 'values/core/color/nu')).toBeDefined()
    expect(count(json)).toBe(sampleCount + 1)
    expect(order(json)).toEqual(['core', 'light', 'dark', 'extra'])
    expect(json.$themes.length).toBe(2)
  }

  it('8 same bin twice, seeded ids: one document, all edits and adds once', () => {
    for (const [seed, size] of casts) {
      const replicas = createReplicas({ count: size, seed, file: sampleText(), hydrate: 'each' })
      const { all, clock } = replicas
      editsOnOneFile(all[0]!.document, all[1]!.document, () => clock.advance(1_000))
      meetInEveryOrder(replicas)
      checkOneDocument(all[0]!.document.getSnapshot())
      expect(all[1]!.document.toText()).toBe(all[0]!.document.toText())
    }
  })

  it('8 same bin twice, random ids: one document, all edits and adds once', () => {
    for (const [seed, size] of casts) {
      // The seed as another program would write it: the same entries under a client id of its own.
      const source = createReplicas({ count: 1, seed, file: sampleText() }).all[0]!
      const [root, entries] = [...readRoots(source.ydoc)].find(([name]) => name.startsWith('v1/seed/'))!
      const replicas = createReplicas({ count: size, seed: seed + 10 })
      for (const { receive } of replicas.all) {
        const ydoc = new Y.Doc()
        ydoc.clientID = randomClientId(replicas.random)
        ydoc.getArray(root).push(entries)
        receive(Y.encodeStateAsUpdate(ydoc))
      }
      const [a, b] = replicas.all
      editsOnOneFile(a!.document, b!.document, () => replicas.clock.advance(1_000))
      meetInEveryOrder(replicas)
      checkOneDocument(a!.document.getSnapshot())
      expect(b!.document.toText()).toBe(a!.document.toText())
    }
  })

  const later = (ms: number): string => new Date(Date.UTC(2026, 0, 1) + ms).toISOString()

  it("9 v1, v2 hydrated apart, then edits: v2's values and deletions, all edits", () => {
    const second = sampleText({
      'values/core/color/red/$value': 'V2',
      'values/core/color/blue': undefined,
      'values/core/color/green': { $value: '#0f0', $type: 'color' },
      'values/light/bg/$value': 'V2bg',
      '$metadata/updatedAt': later(5_000),
    })
    for (const [seed, size] of casts) {
      const replicas = createReplicas({ count: size, seed })
      const { all, clock } = replicas
      const [a, b] = all.map(({ document }) => document)
      a!.import(sampleText())
      b!.import(second)
      a!.update('core', 'color.brand.dark', { $value: 'A' })
      clock.advance(1_000)
      b!.update('light', 'fg', { $value: 'B' })
      clock.advance(1_000)
      a!.update('core', 'type.h1', { $value: { fontSize: 'A2' } })
      meetInEveryOrder(replicas)
      const json = a!.getSnapshot()
      expect(b!.toText()).toBe(a!.toText())
      expect(peek(json, 'values/core/color/red/$value')).toBe('V2')
      expect(peek(json, 'values/core/color/blue')).toBeUndefined()
      expect(peek(json, 'values/core/color/green/$value')).toBe('#0f0')
      expect(peek(json, 'values/light/bg/$value')).toBe('V2bg')
      expect(peek(json, 'values/core/color/brand/dark/$value')).toBe('A')
      expect(peek(json, 'values/light/fg/$value')).toBe('B')
      expect(peek(json, 'values/core/type/h1/$value/fontSize')).toBe('A2')
      expect(order(json)).toEqual(['core', 'light', 'dark', 'extra'])
    }
  })

  it('9b edits on v1 before v2 was saved: kept where v2 left the value, lost where v2 changed it, deleted stays deleted', () => {
    for (const [seed, size] of casts) {
      const replicas = createReplicas({ count: size, seed })
      const { all, clock } = replicas
      const [a, b] = all.map(({ document }) => document)
      const step = (): void => clock.advance(1_000)
      a!.import(sampleText())
      step()
      a!.update('core', 'color.brand.dark', { $value: 'A' })
      step()
      a!.update('core', 'color.red', { $value: 'A-red' })
      step()
      a!.update('core', 'color.blue', { $value: 'A-blue' })
      clock.advance(5_000)
      b!.import(
        sampleText({
          'values/core/color/red/$value': 'V2',
          'values/core/color/blue': undefined,
          'values/core/space/s/$value': 40,
          '$metadata/updatedAt': new Date(clock.now()).toISOString(),
        }),
      )
      step()
      b!.update('light', 'fg', { $value: 'B' })
      step()
      a!.update('core', 'space.l', { $value: 'A-late' })
      meetInEveryOrder(replicas)
      const json = a!.getSnapshot()
      expect(b!.toText()).toBe(a!.toText())
      expect(peek(json, 'values/core/color/brand/dark/$value')).toBe('A')
      expect(peek(json, 'values/core/color/red/$value')).toBe('V2')
      expect(peek(json, 'values/core/color/blue')).toBeUndefined()
      expect(peek(json, 'values/core/space/s/$value')).toBe(40)
      expect(peek(json, 'values/light/fg/$value')).toBe('B')
      expect(peek(json, 'values/core/space/l/$value')).toBe('A-late')
    }
  })

  it('9c v2 holds renames, then edits on old ids: one token per path, all edits', () => {
    for (const [seed, size] of casts) {
      const replicas = createReplicas({ count: size, seed })
      const { all, clock } = replicas
      const [a, b] = all.map(({ document }) => document)
      a!.import(sampleText())
      clock.advance(1_000)
      a!.rename('core', 'color.red', 'color.crimson')
      a!.rename('core', 'type', 'typo')
      a!.renameSet('light', 'day')
      clock.advance(5_000)
      const saved = JSON.parse(a!.toText()) as { $metadata: { updatedAt: string } }
      saved.$metadata.updatedAt = new Date(clock.now()).toISOString()
      b!.import(JSON.stringify(saved))
      clock.advance(5_000)
      const before = count(b!.getSnapshot())
      a!.update('core', 'color.crimson', { $value: 'A' })
      a!.update('core', 'typo.h1', { $value: { fontSize: 'A2' } })
      a!.update('day', 'bg', { $value: 'A3' })
      clock.advance(1_000)
      b!.update('core', 'color.crimson', { $description: 'B' })
      meetInEveryOrder(replicas)
      const json = a!.getSnapshot()
      expect(b!.toText()).toBe(a!.toText())
      expect(peek(json, 'values/core/color/crimson')).toEqual({ $value: 'A', $type: 'color', $description: 'B' })
      expect(peek(json, 'values/core/typo/h1/$value/fontSize')).toBe('A2')
      expect(peek(json, 'values/day/bg/$value')).toBe('A3')
      expect(count(json)).toBe(before)
      expect(Object.keys(json.values)).toEqual(['core', 'day', 'dark', 'extra'])
    }
  })

  /** a renamed red to crimson, b took in a later file that holds the rename, then a edited by the old id. */
  const lending = (): { readonly replicas: Replicas; readonly a: Replica; readonly b: Replica } => {
    const replicas = createReplicas({ count: 2, seed: 71 })
    const [a, b] = replicas.all as [Replica, Replica]
    a.document.import(sampleText())
    replicas.clock.advance(1_000)
    a.document.rename('core', 'color.red', 'color.crimson')
    replicas.clock.advance(1_000)
    const saved = JSON.parse(a.document.toText()) as { $metadata: { updatedAt: string } }
    saved.$metadata.updatedAt = new Date(replicas.clock.now()).toISOString()
    b.document.import(JSON.stringify(saved))
    replicas.clock.advance(1_000)
    return { replicas, a, b }
  }

  it('9c … edits on the old id come in one order of fields, in whichever order they arrive', () => {
    const texts = ['zz then aa', 'aa then zz'].map((arrival) => {
      const { replicas, a, b } = lending()
      replicas.sync()
      const edit = (field: string): RawFact => [
        `/values/core/color/red/${field}`,
        'v',
        `"${field}"`,
        toFactTime(replicas.clock.now()),
      ]
      for (const fact of arrival.split(' then ').map(edit)) {
        putFacts(b.ydoc, 'somebody', fact)
        b.document.getSnapshot()
      }
      replicas.sync()
      expect(a.document.toText()).toBe(b.document.toText())
      return b.document.toText()
    })
    expect(texts[0]).toContain('"zz":"zz"')
    expect(texts[1]).toBe(texts[0])
  })

  it('9c … the name it was born with can be given to a new token', () => {
    const { replicas, a, b } = lending()
    a.document.update('core', 'color.crimson', { $value: 'A' })
    replicas.sync()
    a.document.set('core', 'color.red', { $value: 'new', $type: 'color' })
    replicas.sync()
    for (const { document } of [a, b]) {
      expect(document.get('core', 'color.red')).toEqual({ $value: 'new', $type: 'color' })
      expect(document.get('core', 'color.crimson')).toMatchObject({ $value: 'A' })
    }
  })

  it('9c … edits of a token make no token of a group that has its path in the newer file', () => {
    const { replicas, a, b } = lending()
    const other = sampleText({
      'values/core/color/red': undefined,
      'values/core/color/crimson': { dark: { $value: '#900', $type: 'color' } },
      '$metadata/updatedAt': new Date(replicas.clock.now()).toISOString(),
    })
    const third = replicas.add()
    third.document.import(other)
    replicas.clock.advance(1_000)
    a.document.update('core', 'color.crimson', { $value: 'A' })
    replicas.sync()
    for (const { document } of [a, b, third]) {
      expect(document.get('core', 'color.crimson')).toEqual({ dark: { $value: '#900', $type: 'color' } })
      expect(document.get('core', 'color.crimson-2')).toMatchObject({ $value: 'A' })
    }
  })

  it('9c … the token shows what it was given last, under either id', () => {
    const { replicas, a, b } = lending()
    a.document.update('core', 'color.crimson', { $value: 'A', $description: 'A' })
    replicas.sync()
    const value = (): readonly unknown[] =>
      [a, b].map(({ document }) => peek(document.getSnapshot(), 'values/core/color/crimson/$value'))
    expect(value()).toEqual(['A', 'A'])
    // Also back to what the file says, and a value that somebody gave before.
    for (const next of ['#f00', 'B', 'A', 'C']) {
      replicas.clock.advance(1_000)
      b.document.update('core', 'color.crimson', { $value: next })
      replicas.sync()
      expect(value()).toEqual([next, next])
      expect(b.document.conflicts).toEqual([])
    }
    expect(b.document.undo()).toBe(true)
    replicas.sync()
    expect(value()).toEqual(['A', 'A'])
    b.document.update('core', 'color.crimson', { $description: undefined })
    replicas.sync()
    expect(a.document.get('core', 'color.crimson')).toEqual({ $value: 'A', $type: 'color' })
  })

  it('9c … parts of composites and entries of arrays, too', () => {
    const { all, clock, sync } = createReplicas({ count: 2, seed: 72 })
    const [a, b] = all as [Replica, Replica]
    a.document.import(sampleText())
    clock.advance(1_000)
    a.document.rename('core', 'type.h1', 'type.top')
    a.document.rename('core', 'shadow.md', 'shadow.mid')
    clock.advance(1_000)
    const saved = JSON.parse(a.document.toText()) as { $metadata: { updatedAt: string } }
    saved.$metadata.updatedAt = new Date(clock.now()).toISOString()
    b.document.import(JSON.stringify(saved))
    clock.advance(1_000)
    a.document.update('core', 'type.top', { $value: { fontSize: 'A', extra: 'A' } })
    a.document.update('core', 'shadow.mid', { $value: { 1: { blur: 'A' } } })
    sync()
    clock.advance(1_000)
    b.document.update('core', 'type.top', { $value: { fontSize: 'B', fontWeight: 'B' } })
    b.document.update('core', 'shadow.mid', { $value: { 1: { x: 'B' } } })
    sync()
    for (const { document } of [a, b]) {
      expect(document.get('core', 'type.top')).toMatchObject({
        $value: { fontSize: 'B', extra: 'A', fontWeight: 'B' },
      })
      expect(peek(document.getSnapshot(), 'values/core/shadow/mid/$value')).toEqual([
        { x: 0, y: 1, blur: '2px', color: '#000' },
        { x: 'B', y: 4, blur: 'A', color: '#333' },
      ])
    }
    clock.advance(1_000)
    b.document.update('core', 'type.top', { $value: 'none' })
    sync()
    clock.advance(1_000)
    b.document.set('core', 'type.top', { $value: { fontSize: 'C' }, $type: 'typography' })
    sync()
    expect(a.document.get('core', 'type.top')).toEqual({ $value: { fontSize: 'C' }, $type: 'typography' })
    expect(b.document.toText()).toBe(a.document.toText())
  })

  it('9c … one removal removes it, one rename or move takes all of it along', () => {
    const acts: readonly (readonly [act: (document: TokenDocument) => void, shows: readonly string[]])[] = [
      [(document) => document.remove('core', 'color.crimson'), []],
      [(document) => document.rename('core', 'color.crimson', 'color.ruby'), ['core/color/ruby']],
      [(document) => document.move('core', 'color.crimson', 'light', 'ruby'), ['light/ruby']],
    ]
    for (const [act, shows] of acts) {
      const { replicas, a, b } = lending()
      a.document.update('core', 'color.crimson', { $value: 'A' })
      replicas.sync()
      const places = (): readonly string[] =>
        tokenPlaces(b.document.getSnapshot()).flatMap(({ set, path }) =>
          ['red', 'crimson', 'ruby'].some((name) => path.at(-1)?.startsWith(name)) ? [[set, ...path].join('/')] : [],
        )
      act(a.document)
      replicas.sync()
      expect(places()).toEqual(shows)
      for (const place of shows) expect(peek(b.document.getSnapshot(), `values/${place}/$value`)).toBe('A')
      a.document.undo()
      replicas.sync()
      expect(places()).toEqual(['core/color/crimson'])
      a.document.redo()
      replicas.sync()
      expect(places()).toEqual(shows)
      expect(b.document.toText()).toBe(a.document.toText())
    }
  })

  it('9c … what its author did before the file came can be undone', () => {
    const { replicas, a, b } = lending()
    a.document.update('core', 'color.crimson', { $value: 'A' })
    replicas.sync()
    expect(a.document.undo()).toBe(true)
    replicas.sync()
    expect(b.document.get('core', 'color.crimson')).toMatchObject({ $value: '#f00' })
    expect(a.document.redo()).toBe(true)
    replicas.sync()
    expect(b.document.get('core', 'color.crimson')).toMatchObject({ $value: 'A' })
  })

  it('two seeds of one time: union, values by the greater hash', () => {
    for (const [seed, size] of casts) {
      const replicas = createReplicas({ count: size, seed })
      const [a, b] = replicas.all
      a!.document.import(
        sampleText({ 'values/core/color/onlyA': { $value: 'a' }, 'values/core/color/red/$value': 'A' }),
      )
      b!.document.import(
        sampleText({ 'values/core/color/onlyB': { $value: 'b' }, 'values/core/color/red/$value': 'B' }),
      )
      const hash = (of: Y.Doc): string =>
        [...readRoots(of).keys()].find((name) => name.startsWith('v1/seed/'))!.split('/')[3] as string
      const winner = hash(a!.ydoc) > hash(b!.ydoc) ? 'A' : 'B'
      meetInEveryOrder(replicas)
      const json = a!.document.getSnapshot()
      expect(b!.document.toText()).toBe(a!.document.toText())
      expect(peek(json, 'values/core/color/red/$value')).toBe(winner)
      expect(peek(json, 'values/core/color/onlyA/$value')).toBe('a')
      expect(peek(json, 'values/core/color/onlyB/$value')).toBe('b')
      expect(count(json)).toBe(sampleCount + 2)
      // Neither lacks what only the other has: nothing is deleted, also where somebody's older facts stand.
      for (const name of ['onlyA', 'onlyB'])
        putFacts(a!.ydoc, 'somebody', [`/values/core/color/${name}/$value`, 'v', '"older"', 0])
      expect(a!.document.getSnapshot()).toEqual(json)
    }
  })
})

describe('gaps in delivery', () => {
  it('facts before their seed: hidden until then', () => {
    const replicas = createReplicas({ count: 1, seed: 1 })
    const a = replicas.all[0]!
    a.document.import(sampleText())
    const afterSeed = Y.encodeStateVector(a.ydoc)
    const whole = Y.encodeStateAsUpdate(a.ydoc)
    replicas.clock.advance(1_000)
    a.document.update('core', 'color.red', { $value: 'A' })
    a.document.rename('core', 'color.blue', 'color.b2')
    const edits = Y.encodeStateAsUpdate(a.ydoc, afterSeed)

    const early = replicas.observe(edits)
    expect(early.getSnapshot().values).toEqual({})
    expect(early.conflicts).toEqual([])
    Y.applyUpdate(early.ydoc, whole)
    expect(early.toText()).toBe(a.document.toText())
  })

  it("an update overtakes its author's earlier one: the old value until the gap closes", () => {
    const replicas = createReplicas({ count: 2, seed: 2, file: sampleText() })
    const [a, b] = replicas.all
    const updates: Uint8Array[] = []
    a!.ydoc.on('update', (update: Uint8Array) => updates.push(update))
    a!.document.update('dark', 'bg', { $value: 'first' })
    replicas.clock.advance(1_000)
    a!.document.update('light', 'fg', { $value: 'second' })
    b!.receive(updates[1]!)
    expect(peek(b!.document.getSnapshot(), 'values/light/fg/$value')).toBe('#222')
    b!.receive(updates[0]!)
    expect(peek(b!.document.getSnapshot(), 'values/light/fg/$value')).toBe('second')
    expect(b!.document.toText()).toBe(a!.document.toText())
  })
})

describe('facts of the bridge', () => {
  // 16a to 16d are the bridge's; these rows show that facts written as it writes them have the outcomes of the table.
  const base = toFactTime(Date.UTC(2026, 0, 1)) // the sample's seed
  const bin = (...facts: readonly (readonly unknown[])[]): Actor => lane('bin0123456789abc', ...facts)

  it('16a bin edit, add, delete ‖ live edit: all', () => {
    concurrently({
      actors: [
        bin(
          ['/values/core/color/blue/$value', 'v', '"BIN"', base + 1],
          ['/values/core/color/zed', 'c', '{"$value":"Z","$type":"color"}', base + 1, 'a5VV'],
          ['/values/extra/z', 'x', '{}', base + 1],
        ),
        update('core', 'color.red', { $value: 'LIVE' }),
      ],
      bystander: update('light', 'fg', { $description: 'meanwhile' }),
      check: ({ json }) => {
        expect(peek(json, 'values/core/color/blue/$value')).toBe('BIN')
        expect(namesAt(json, 'values/core/color')).toEqual(['$type', '$description', 'red', 'blue', 'brand', 'zed'])
        expect(json.values['extra']).toEqual({})
        expect(peek(json, 'values/core/color/red/$value')).toBe('LIVE')
      },
    })
  })

  it('16b bin edits ‖ live rename: value at the new name', () => {
    concurrently({
      actors: [
        bin(['/values/core/color/red/$value', 'v', '"BIN"', base + 1]),
        rename('core', 'color.red', 'color.crimson'),
      ],
      check: ({ json }) => {
        expect(peek(json, 'values/core/color/crimson/$value')).toBe('BIN')
        expect(peek(json, 'values/core/color/red')).toBeUndefined()
      },
    })
  })

  it('16c bin deletes ‖ live edit: live token, whole', () => {
    concurrently({
      actors: [bin(['/values/core/color/red', 'x', '{}', base + 1]), update('core', 'color.red', { $value: 'LIVE' })],
      check: ({ json }) =>
        expect(peek(json, 'values/core/color/red')).toEqual({
          $value: 'LIVE',
          $type: 'color',
          $description: 'brand red',
        }),
    })
  })

  it('16d two peers write one lane: once', () => {
    const facts = [
      ['/values/core/color/blue/$value', 'v', '"BIN"', base + 1],
      ['/values/core/color/zed', 'c', '{"$value":"Z","$type":"color"}', base + 1, 'a5VV'],
      ['/values/nu', 'c', '{"q":{"$value":1,"$type":"number"}}', base + 1, 'a4VV'],
    ] as const
    concurrently({
      actors: [bin(...facts), bin(...facts)],
      check: ({ json }) => {
        expect(count(json)).toBe(sampleCount + 2)
        expect(peek(json, 'values/core/color/blue/$value')).toBe('BIN')
        expect(order(json)).toEqual(['core', 'light', 'dark', 'extra', 'nu'])
        expect(Object.keys(json.values)).toEqual(['core', 'light', 'dark', 'extra', 'nu'])
      },
    })
  })

  it('a live edit beats a bin edit of an older base; the bin edit shows in conflicts', () => {
    concurrently({
      actors: [
        bin(['/values/core/color/red/$value', 'v', '"BIN"', base + 1]),
        update('core', 'color.red', { $value: 'LIVE' }),
      ],
      check: ({ json, document }) => {
        expect(peek(json, 'values/core/color/red/$value')).toBe('LIVE')
        const [conflict] = document.conflicts
        expect(conflict).toMatchObject({ set: 'core', path: ['color', 'red'], field: ['$value'] })
        expect(conflict?.current.value).toBe('LIVE')
        expect(conflict?.others.map(({ value }) => value)).toEqual(['BIN'])
      },
    })
  })
})
