/**
 * The snapshots of one room, as a timeline: every lane's chain keeps, per key, only the versions it had. So a thousand
 * snapshots of a file cost about one file plus what changed, and the distance of a foreign file to all of them is one pass.
 *
 * This file looks up; which snapshot is the base of a foreign file is for `choose-base.ts`.
 */
import { equalJson, type Json, type PlainObject } from '../payload/ordered-json.ts'
import { equalRow, type PluginRows, type Row } from '../payload/plugin-rows.ts'
import { type NodePlace, readPlace } from './node-place.ts'
import type { SideEntry, SnapHead } from './side-entries.ts'
import {
  applyMapDelta,
  type ContentDelta,
  contentToRows,
  deltaOf,
  flatMapOf,
  type FlatMap,
  type MapDelta,
  rowsToContent,
  setsKey,
  type SnapshotContent,
  themesKey,
} from './snapshot-content.ts'

export type SnapEntry = SideEntry & { readonly kind: 'snap' }

export interface Snap extends SnapHead {
  readonly id: string
  readonly t: number
  readonly lane: string
}

/** A snapshot in full, ready to be compared with. */
export interface SnapView {
  readonly snap: Snap
  readonly rows: PluginRows
  /** Row key (`/<set>` for sets, `/<set>/<group>` for groups with tokens) → node. */
  readonly places: ReadonlyMap<string, NodePlace>
  readonly keyById: ReadonlyMap<string, string>
  readonly vv: ReadonlyMap<string, number>
}

export interface SnapshotHistory {
  /** Published and seen snapshots of the bin, oldest first. */
  snapsOf(bin: string): readonly Snap[]
  /** Restorable versions, oldest first. */
  saved(): readonly Snap[]
  /** The newest snapshot of the chain that this one continues: those of one lane and bin, or one lane's saved versions. */
  lastOf(lane: string, head: ChainHead): Snap | undefined
  get(id: string): Snap | undefined
  view(snap: Snap): SnapView
  content(snap: Snap): SnapshotContent
  rowAt(snap: Snap, key: string): Row | undefined
  /** Where the node was shown; undefined where the snapshot lacks it. */
  keyOf(snap: Snap, nodeId: string): string | undefined
  placeAt(snap: Snap, key: string): NodePlace | undefined
  setsAt(snap: Snap): readonly string[]
  themesAt(snap: Snap): readonly string[]
  /** How far the file is from each snapshot of the bin. */
  distances(bin: string, rows: PluginRows): ReadonlyMap<Snap, number>
  /** False for one already known, and for a delta whose parent is unknown. */
  add(entry: SnapEntry): boolean
  /** Throws away what it knows of the lane. */
  forget(lane: string): void
}

export type ChainHead = Pick<SnapHead, 'kind' | 'bin'>

/** Names the chain that a snapshot belongs to within its lane. */
export function chainOf({ kind, bin }: ChainHead): string {
  return kind === 'saved' ? 'saved' : `bin ${bin}`
}

interface Version {
  readonly at: number
  readonly value: Json | undefined
}

type Cells = Map<string, Version[]>

interface Chain {
  readonly snaps: Snap[]
  readonly rows: Cells
  readonly ids: Cells
  readonly vv: Cells
  /** Every key a node was ever shown under. */
  readonly keysById: Map<string, Set<string>>
  readonly last: { readonly rows: Map<string, Json>; readonly ids: Map<string, Json>; readonly vv: Map<string, number> }
}

interface Located {
  readonly snap: Snap
  readonly chain: Chain
  readonly at: number
}

export function createSnapshotHistory(): SnapshotHistory {
  const lanes = new Map<string, Map<string, Chain>>()
  const located = new Map<string, Located>()
  const sorted = new Map<string, readonly Snap[]>()

  const locate = (snap: Snap): Located => {
    const found = located.get(snap.id)
    if (!found) throw new Error(`Snapshot ${snap.id} is not part of this history`)
    return found
  }

  const add = (entry: SnapEntry): boolean => {
    if (located.has(entry.id)) return false
    const { full, delta, ...head } = entry.body
    const snap: Snap = { ...head, id: entry.id, t: entry.t, lane: entry.lane }
    const chains = lanes.get(entry.lane) ?? new Map<string, Chain>()
    lanes.set(entry.lane, chains)
    const chainKey = chainOf(head)
    const chain = chains.get(chainKey) ?? emptyChain()
    const change = full
      ? deltaOf(chain.last, fullContent(full))
      : delta && sinceLast(chain, located.get(head.parent ?? ''), delta)
    // A delta whose parent was trimmed, or never arrived, cannot be read.
    if (!change) return false
    chains.set(chainKey, chain)
    append(chain, snap, change)
    located.set(snap.id, { snap, chain, at: chain.snaps.length - 1 })
    sorted.delete(chainKey)
    return true
  }

  const snapsIn = (chainKey: string): readonly Snap[] => {
    const known = sorted.get(chainKey)
    if (known) return known
    const snaps = [...lanes.values()].flatMap((chains) => chains.get(chainKey)?.snaps ?? [])
    const ordered = snaps.toSorted((a, b) => a.t - b.t || (a.id < b.id ? -1 : 1))
    sorted.set(chainKey, ordered)
    return ordered
  }

  const valueAt = (snap: Snap, part: 'rows' | 'ids', key: string): Json | undefined => {
    const { chain, at } = locate(snap)
    return versionAt(chain[part].get(key), at)
  }

  const placeAt = (snap: Snap, key: string): NodePlace | undefined => {
    const stored = valueAt(snap, 'ids', key)
    return stored === undefined ? undefined : readPlace(key, stored)
  }

  const content = (snap: Snap): SnapshotContent => {
    const { chain, at } = locate(snap)
    return {
      rows: cellsAt(chain.rows, at),
      ids: cellsAt(chain.ids, at),
      vv: cellsAt(chain.vv, at) as Map<string, number>,
    }
  }

  return {
    add,
    snapsOf: (bin) => snapsIn(chainOf({ kind: 'published', bin })),
    saved: () => snapsIn('saved'),
    lastOf: (lane, head) => lanes.get(lane)?.get(chainOf(head))?.snaps.at(-1),
    get: (id) => located.get(id)?.snap,
    content,
    view: (snap) => {
      const { rows, ids, vv } = content(snap)
      const places = new Map<string, NodePlace>()
      for (const [key, stored] of ids) places.set(key, readPlace(key, stored))
      const keyById = new Map<string, string>()
      for (const [key, { id }] of places) keyById.set(id, key)
      return { snap, rows: contentToRows(rows), places, keyById, vv }
    },
    rowAt: (snap, key) => valueAt(snap, 'rows', key) as Row | undefined,
    keyOf: (snap, nodeId) => {
      for (const key of locate(snap).chain.keysById.get(nodeId) ?? []) {
        if (placeAt(snap, key)?.id === nodeId) return key
      }
      return undefined
    },
    placeAt,
    setsAt: (snap) => (valueAt(snap, 'rows', setsKey) ?? []) as readonly string[],
    themesAt: (snap) => (valueAt(snap, 'rows', themesKey) ?? []) as readonly string[],
    distances: (bin, rows) => {
      const file = rowsToContent(rows)
      const distances = new Map<Snap, number>()
      for (const chains of lanes.values()) {
        const chain = chains.get(chainOf({ kind: 'published', bin }))
        if (chain) measureChain(chain, file, distances)
      }
      return distances
    },
    forget: (lane) => {
      for (const chain of lanes.get(lane)?.values() ?? []) for (const snap of chain.snaps) located.delete(snap.id)
      lanes.delete(lane)
      sorted.clear()
    },
  }
}

function emptyChain(): Chain {
  return {
    snaps: [],
    rows: new Map(),
    ids: new Map(),
    vv: new Map(),
    keysById: new Map(),
    last: { rows: new Map(), ids: new Map(), vv: new Map() },
  }
}

function fullContent(full: {
  readonly rows: PlainObject
  readonly ids: PlainObject
  readonly vv: PlainObject
}): SnapshotContent {
  return { rows: flatMapOf(full.rows), ids: flatMapOf(full.ids), vv: flatMapOf(full.vv) as Map<string, number> }
}

/** The delta as one against the chain's last snapshot, whichever it refers to. */
function sinceLast(chain: Chain, parent: Located | undefined, delta: ContentDelta): ContentDelta | undefined {
  if (!parent || parent.chain !== chain) return undefined
  if (parent.at === chain.snaps.length - 1) return delta
  const content: SnapshotContent = {
    rows: applyMapDelta(cellsAt(chain.rows, parent.at), delta.rows),
    ids: applyMapDelta(cellsAt(chain.ids, parent.at), delta.ids),
    vv: applyMapDelta(cellsAt(chain.vv, parent.at), delta.vv) as Map<string, number>,
  }
  return deltaOf(chain.last, content)
}

function append(chain: Chain, snap: Snap, change: ContentDelta): void {
  const at = chain.snaps.length
  chain.snaps.push(snap)
  for (const part of ['rows', 'ids', 'vv'] as const) {
    record(chain[part], chain.last[part] as Map<string, Json>, change[part], at)
  }
  for (const [key, stored] of Object.entries(change.ids.set)) {
    const { id } = readPlace(key, stored)
    const keys = chain.keysById.get(id) ?? new Set<string>()
    chain.keysById.set(id, keys.add(key))
  }
}

function record(cells: Cells, last: Map<string, Json>, { set, gone }: MapDelta, at: number): void {
  const note = (key: string, value: Json | undefined): void => {
    const versions = cells.get(key) ?? []
    versions.push({ at, value })
    cells.set(key, versions)
  }
  for (const [key, value] of Object.entries(set)) {
    note(key, value)
    last.set(key, value)
  }
  for (const key of gone) if (last.delete(key)) note(key, undefined)
}

function versionAt(versions: readonly Version[] | undefined, at: number): Json | undefined {
  if (!versions) return undefined
  let low = 0
  let high = versions.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((versions[middle] as Version).at <= at) low = middle + 1
    else high = middle
  }
  return versions[low - 1]?.value
}

function cellsAt(cells: Cells, at: number): Map<string, Json> {
  const content = new Map<string, Json>()
  for (const [key, versions] of cells) {
    const value = versionAt(versions, at)
    if (value !== undefined) content.set(key, value)
  }
  return content
}

/** Each key adds its distance from the version on that it had it: a running sum over the chain's changes. */
function measureChain(chain: Chain, file: FlatMap, distances: Map<Snap, number>): void {
  const change = Array.from<number>({ length: chain.snaps.length }).fill(0)
  let start = 0
  for (const [key, value] of file) if (!chain.rows.has(key)) start += distanceOf(value, undefined)
  for (const [key, versions] of chain.rows) {
    let was = distanceOf(file.get(key), undefined)
    start += was
    for (const { at, value } of versions) {
      const is = distanceOf(file.get(key), value)
      change[at] = (change[at] as number) + is - was
      was = is
    }
  }
  let distance = start
  for (const [at, snap] of chain.snaps.entries()) {
    distance += change[at] as number
    distances.set(snap, distance)
  }
}

/**
 * Differing fields of what both have; 1 for a token or theme that only one has, since by its fields a single rename would push
 * true bases away; 1 for each set only one has, and for another order.
 */
function distanceOf(a: Json | undefined, b: Json | undefined): number {
  if (Array.isArray(a) || Array.isArray(b)) return listDistance(a, b)
  if (a === undefined || b === undefined) return a === b ? 0 : 1
  const left = a as Row
  const right = b as Row
  if (equalRow(left, right)) return 0
  const fields = new Set([...Object.keys(left), ...Object.keys(right)])
  let differing = 0
  for (const field of fields) if (left[field] !== right[field]) differing++
  return differing
}

function listDistance(a: Json | undefined, b: Json | undefined): number {
  const left = Array.isArray(a) ? a : []
  const right = Array.isArray(b) ? b : []
  const common = left.filter((name: Json) => right.includes(name))
  const sameOrder = equalJson(
    common,
    right.filter((name: Json) => left.includes(name)),
  )
  return left.length + right.length - 2 * common.length + (sameOrder ? 0 : 1)
}
