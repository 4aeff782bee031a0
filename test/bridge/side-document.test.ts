import { toBase64 } from 'lib0/buffer'
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import type { MergeBody } from '../../src/bridge/side-entries.ts'
import { createSideDocument, type NewEntry, type SideDocument } from '../../src/bridge/side-document.ts'
import type { SnapshotContent } from '../../src/bridge/snapshot-content.ts'
import { sha256Hex } from '../../src/payload/sha256.ts'

const laneA = 'aaaaaaaa'
const laneB = 'bbbbbbbb'

function open(lane: string, options: { clientId?: number; now?: () => number; limits?: object } = {}) {
  const ydoc = new Y.Doc()
  ydoc.clientID = options.clientId ?? 1
  const now = options.now ?? (() => 1_767_312_000_000)
  const side = createSideDocument({ ydoc, lane, now, ...(options.limits ? { limits: options.limits as never } : {}) })
  return { ydoc, side }
}

function content(values: Record<string, string>, vv: Record<string, number> = {}): SnapshotContent {
  const tokens = Object.entries(values).map(([key, value]) => [
    key,
    { $type: '"color"', $value: JSON.stringify(value) },
  ])
  return {
    rows: new Map([...tokens, ['$sets', ['core']], ['$themes', []]] as never),
    ids: new Map(Object.keys(values).map((key, at) => [key, `a${at}`])),
    vv: new Map(Object.entries(vv)),
  }
}

function snap(id: string, values: Record<string, string>, head: object = {}): NewEntry {
  const shared = { kind: 'published', bin: 'bin1', top: 5, sv: 'AA==', by: 'Ana', rev: 1 } as const
  return { kind: 'snap', id, head: { ...shared, ...head }, content: content(values) }
}

const merge: MergeBody = {
  bin: 'bin1',
  write: 'w1',
  base: 's1',
  lane: 'bin0123456789abc',
  T: 6,
  facts: [['/values/core/red/$value', 'v', '"#e00"', 6]],
  taken: [],
  replaced: [],
  kept: [],
  about: { from: 'plugin', savedAt: null, baseAt: 0, behind: 0, ignored: 0, low: false },
}

function entriesOf(ydoc: Y.Doc, lane: string): readonly (readonly unknown[])[] {
  return ydoc.getArray<readonly unknown[]>(`h1/${lane}`).toArray()
}

function kinds(ydoc: Y.Doc, lane: string): string[] {
  return entriesOf(ydoc, lane).map(([kind, id]) => `${String(kind)} ${String(id)}`)
}

function parsed(ydoc: Y.Doc, lane: string, id: string): Record<string, unknown> {
  const entry = entriesOf(ydoc, lane).find((each) => each[1] === id)
  return JSON.parse(String(entry?.[3])) as Record<string, unknown>
}

function sync(...docs: readonly Y.Doc[]): void {
  for (const from of docs) for (const to of docs) if (from !== to) Y.applyUpdate(to, Y.encodeStateAsUpdate(from))
}

describe('the side document', () => {
  it('[BR40] keeps its bytes: format 1', () => {
    const { ydoc, side } = open(laneA, { clientId: 7 })
    side.append([snap('s1', { '/core/red': '#f00', '/core/blue': '#00f' })])
    side.append([snap('s2', { '/core/red': '#e00', '/core/blue': '#00f' }, { rev: 2, order: 'abcd' })])
    side.append([{ kind: 'merge', id: 'm1', body: merge }])
    side.append([{ kind: 'pause', id: 'p1', body: { paused: true, by: 'Ana', reason: 'review' } }])
    side.append([{ kind: 'done', id: 'd1', body: { entry: 'm1' } }])
    const golden = toBase64(Y.encodeStateAsUpdate(ydoc))
    expect(entriesOf(ydoc, laneA)).toMatchInlineSnapshot(`
      [
        [
          "snap",
          "s1",
          1767312000000,
          "{"kind":"published","bin":"bin1","top":5,"sv":"AA==","by":"Ana","rev":1,"parent":null,"full":{"rows":{"/core/red":{"$type":"\\"color\\"","$value":"\\"#f00\\""},"/core/blue":{"$type":"\\"color\\"","$value":"\\"#00f\\""},"$sets":["core"],"$themes":[]},"ids":{"/core/red":"a0","/core/blue":"a1"},"vv":{}}}",
        ],
        [
          "snap",
          "s2",
          1767312000001,
          "{"kind":"published","bin":"bin1","top":5,"sv":"AA==","by":"Ana","rev":2,"order":"abcd","parent":"s1","delta":{"rows":{"set":{"/core/red":{"$type":"\\"color\\"","$value":"\\"#e00\\""}},"gone":[]},"ids":{"set":{},"gone":[]},"vv":{"set":{},"gone":[]}}}",
        ],
        [
          "merge",
          "m1",
          1767312000002,
          "{"bin":"bin1","write":"w1","base":"s1","lane":"bin0123456789abc","T":6,"facts":[["/values/core/red/$value","v","\\"#e00\\"",6]],"taken":[],"replaced":[],"kept":[],"about":{"from":"plugin","savedAt":null,"baseAt":0,"behind":0,"ignored":0,"low":false}}",
        ],
        [
          "pause",
          "p1",
          1767312000003,
          "{"paused":true,"by":"Ana","reason":"review"}",
        ],
        [
          "done",
          "d1",
          1767312000004,
          "{"entry":"m1"}",
        ],
      ]
    `)
    expect(sha256Hex(golden)).toMatchInlineSnapshot(
      `"6a9dc24732853ff03338b4852abf52f29478ee7a4cc934408b245560b50b28dd"`,
    )
  })

  it('[BR41] is the union of all lanes, whatever the order of arrival', () => {
    const a = open(laneA, { clientId: 1 })
    const b = open(laneB, { clientId: 2 })
    a.side.append([snap('s1', { '/core/red': '#f00' }), { kind: 'merge', id: 'm1', body: merge }])
    b.side.append([snap('s2', { '/core/red': '#e00' }), { kind: 'merge', id: 'm1', body: merge }])
    sync(a.ydoc, b.ydoc)
    for (const { side } of [a, b]) {
      expect(side.history.snapsOf('bin1').map(({ id }) => id)).toEqual(['s1', 's2'])
      expect(side.merges().map(({ id }) => id)).toEqual(['m1'])
    }
    const late = new Y.Doc()
    Y.applyUpdate(late, Y.encodeStateAsUpdate(a.ydoc))
    const reader = createSideDocument({ ydoc: late, lane: 'cccccccc', now: () => 0 })
    expect(reader.history.snapsOf('bin1')).toHaveLength(2)
    expect(late.share.has('h1/cccccccc')).toBe(false)
  })

  it('[BR41] passes over what it does not understand, and keeps it', () => {
    const { ydoc } = open(laneA)
    ydoc
      .getArray('h1/aaaaaaaa')
      .push([
        ['vote', 'v1', 1, '{}'],
        ['snap', 's1', 1, 'not json'],
        ['snap', 's2', 1, '{"kind":"published"}'],
        ['merge', 'm1', 'yesterday', '{}'],
        [1, 2],
        'text',
        ['merge', 'm2', 1, JSON.stringify({ ...merge, lane: 'somebody' })],
      ])
    ydoc.getArray('h1/x').push([['merge', 'm3', 1, JSON.stringify(merge)]])
    const again = createSideDocument({ ydoc, lane: laneB, now: () => 0 })
    expect(again.merges()).toEqual([])
    expect(again.history.snapsOf('bin1')).toEqual([])
    again.append([snap('s3', { '/core/red': '#f00' })])
    expect(entriesOf(ydoc, laneA)).toHaveLength(7)
  })

  it('[BR42] stores a snapshot as what changed against the one before', () => {
    const { ydoc, side } = open(laneA)
    const values = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`/core/c${i}`, `#${i}`]))
    side.append([snap('s1', values)])
    side.append([snap('s2', { ...values, '/core/c3': '#new' })])
    const { full, delta, parent } = parsed(ydoc, laneA, 's2') as {
      full?: unknown
      delta: { rows: unknown }
      parent: string
    }
    expect(full).toBeUndefined()
    expect(parent).toBe('s1')
    expect(delta.rows).toEqual({ set: { '/core/c3': { $type: '"color"', $value: '"#new"' } }, gone: [] })
  })

  it('[BR42] writes a full one again when the deltas have outgrown the last', () => {
    const { ydoc, side } = open(laneA)
    for (let i = 0; i < 30; i++) side.append([snap(`s${i}`, { '/core/red': `#${i}`, '/core/blue': `#b${i}` })])
    const fulls = entriesOf(ydoc, laneA).filter(([, id]) => parsed(ydoc, laneA, String(id))['parent'] === null)
    expect(fulls.length).toBeGreaterThan(3)
    expect(fulls.length).toBeLessThan(25)
    const reread = createSideDocument({ ydoc, lane: laneB, now: () => 0 })
    for (const history of [side.history, reread.history]) {
      const [first, , , , , , , , , , , tenth] = history.snapsOf('bin1')
      expect(history.rowAt(first!, '/core/red')).toMatchObject({ $value: '"#0"' })
      expect(history.rowAt(tenth!, '/core/blue')).toMatchObject({ $value: '"#b11"' })
    }
  })

  it('[BR42] keeps the histories of two bins apart', () => {
    const { side } = open(laneA)
    side.append([snap('s1', { '/core/red': '#f00' }), snap('s2', { '/core/red': '#0f0' }, { bin: 'bin2' })])
    side.append([snap('s3', { '/core/red': '#f11' })])
    expect(side.history.snapsOf('bin1').map(({ id }) => id)).toEqual(['s1', 's3'])
    expect(side.history.snapsOf('bin2').map(({ id }) => id)).toEqual(['s2'])
  })

  it('[BR43] the newest pause counts, whoever wrote it', () => {
    let now = 1_000
    const a = open(laneA, { clientId: 1, now: () => now })
    const b = open(laneB, { clientId: 2, now: () => now - 500 })
    a.side.append([{ kind: 'pause', id: 'p1', body: { paused: true, by: 'Ana', reason: 'review' } }])
    sync(a.ydoc, b.ydoc)
    expect(b.side.pause()).toMatchObject({ by: 'Ana', reason: 'review' })
    now += 10
    b.side.append([{ kind: 'pause', id: 'p2', body: { paused: false, by: 'Bo', reason: '' } }])
    sync(a.ydoc, b.ydoc)
    expect([a.side.pause(), b.side.pause()]).toEqual([null, null])
  })

  it('[BR43] a clock that is days ahead is not followed', () => {
    const a = open(laneA, { clientId: 1, now: () => 86_400_000 * 30 })
    const b = open(laneB, { clientId: 2, now: () => 1_000 })
    a.side.append([snap('s1', { '/core/red': '#f00' })])
    sync(a.ydoc, b.ydoc)
    b.side.append([snap('s2', { '/core/red': '#f00' })])
    expect(entriesOf(b.ydoc, laneB)[0]?.[2]).toBe(1_000)
  })

  it('[BR44] knows the writes it has dealt with, and what was settled', () => {
    const { side } = open(laneA)
    side.append([snap('o1', { '/core/red': '#f00' }, { kind: 'seen', write: 'w1' })])
    side.append([{ kind: 'done', id: 'd1', body: { entry: 'm1' } }])
    expect([side.knowsWrite('bin1', 'w1'), side.knowsWrite('bin2', 'w1'), side.knowsWrite('bin1', 'w2')]).toEqual([
      true,
      false,
      false,
    ])
    expect([side.isDone('m1'), side.isDone('m2')]).toEqual([true, false])
  })
})

describe('trimming', () => {
  const limits = { minEntries: 10, maxAgeMs: 1_000, maxChars: 1_000_000 }
  function fill(side: SideDocument, count: number, tick: () => void, from = 0): void {
    for (let i = from; i < from + count; i++) {
      tick()
      side.append([snap(`s${i}`, { '/core/red': `#${i}`, '/core/blue': '#00f' })])
    }
  }

  it('[BR45] leaves the newest entries, and whatever is younger than the age', () => {
    let now = 0
    const { ydoc, side } = open(laneA, { now: () => now, limits })
    fill(side, 30, () => (now += 10))
    side.trim()
    expect(entriesOf(ydoc, laneA)).toHaveLength(30)
    now += 2_000
    side.trim()
    const left = entriesOf(ydoc, laneA)
    expect(left.length).toBeGreaterThanOrEqual(10)
    expect(left.length).toBeLessThan(20)
  })

  it('[BR45] a lane grown too large is cut down to the newest entries before their time', () => {
    const { ydoc, side } = open(laneA, { limits: { ...limits, maxAgeMs: 1e12, maxChars: 2_000 } })
    fill(side, 60, () => undefined)
    side.trim()
    const left = entriesOf(ydoc, laneA)
    expect(left.length).toBeGreaterThanOrEqual(10)
    expect(left.length).toBeLessThan(30)
  })

  it('[BR45] begins with a full snapshot afterwards, on every device', () => {
    let now = 0
    const a = open(laneA, { clientId: 1, now: () => now, limits })
    const b = open(laneB, { clientId: 2 })
    fill(a.side, 40, () => (now += 10))
    sync(a.ydoc, b.ydoc)
    now += 5_000
    a.side.trim()
    sync(a.ydoc, b.ydoc)
    const [first] = entriesOf(a.ydoc, laneA)
    expect(parsed(a.ydoc, laneA, String(first?.[1]))['parent']).toBe(null)
    for (const { side } of [a, b]) {
      const snaps = side.history.snapsOf('bin1')
      expect(snaps.length).toBe(entriesOf(a.ydoc, laneA).length)
      for (const each of snaps)
        expect(side.history.rowAt(each, '/core/red')).toMatchObject({ $value: `"#${each.id.slice(1)}"` })
    }
  })

  it('[BR46] saved versions, the pause, settled marks, other bins and unknown kinds survive it', () => {
    let now = 0
    const { ydoc, side } = open(laneA, { now: () => now, limits })
    side.append([snap('v1', { '/core/red': 'saved' }, { kind: 'saved', bin: '', name: 'Release 1' })])
    side.append([snap('x1', { '/core/red': 'other bin' }, { bin: 'bin2' })])
    side.append([{ kind: 'done', id: 'd1', body: { entry: 'm9' } }])
    side.append([{ kind: 'pause', id: 'p1', body: { paused: true, by: 'Ana', reason: '' } }])
    ydoc.getArray<unknown>(`h1/${laneA}`).push([['vote', 'v1', 1, '{}']])
    fill(side, 40, () => (now += 10))
    side.append([snap('v2', { '/core/red': 'saved again' }, { kind: 'saved', bin: '', name: 'Release 2' })])
    now += 5_000
    side.trim()
    const left = kinds(ydoc, laneA)
    expect(left.length).toBeLessThan(30)
    expect(left).toEqual(expect.arrayContaining(['snap v1', 'snap x1', 'done d1', 'pause p1', 'vote v1']))
    const again = createSideDocument({ ydoc, lane: laneB, now: () => now })
    for (const each of [side, again]) {
      const texts = each.history.saved().map((saved) => each.history.rowAt(saved, '/core/red'))
      expect(texts).toEqual([
        { $type: '"color"', $value: '"saved"' },
        { $type: '"color"', $value: '"saved again"' },
      ])
      expect(each.history.snapsOf('bin2')).toHaveLength(1)
      expect(each.isDone('m9')).toBe(true)
      expect(each.pause()).toMatchObject({ by: 'Ana' })
    }
  })

  it('[BR45] touches no other lane', () => {
    let now = 0
    const a = open(laneA, { clientId: 1, now: () => now, limits })
    const b = open(laneB, { clientId: 2, now: () => now, limits })
    fill(a.side, 40, () => (now += 10))
    sync(a.ydoc, b.ydoc)
    now += 5_000
    b.side.trim()
    sync(a.ydoc, b.ydoc)
    expect(entriesOf(a.ydoc, laneA)).toHaveLength(40)
  })
})
