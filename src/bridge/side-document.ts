/**
 * The side document `<room>~history`: what the bridges of a room remember together, beside the tokens and never needed to read
 * them. One root `Y.Array` per writer, append-only by its owner; the state is the union of all entries by kind and id.
 *
 * Entries are plain and immutable (`side-entries.ts`). This file knows where they stand and what they add up to, not when one
 * is due.
 */
import type * as Y from 'yjs'
import { notify } from './notify.ts'
import {
  decodeEntry,
  encodeEntry,
  type MergeBody,
  type PauseBody,
  type SideEntry,
  sideRootPrefix,
  type StoredEntry,
} from './side-entries.ts'
import { planTrim, type TrimLimits } from './side-trim.ts'
import { planDrop } from './version-chain.ts'
import { type ChainSizes, codeSnap, countSnap, type NewSnap } from './snapshot-coding.ts'
import { createSnapshotHistory, type SnapshotHistory } from './snapshot-history.ts'

export interface MergeEntry extends MergeBody {
  readonly id: string
  readonly t: number
}

export type NewEntry =
  | { readonly kind: 'merge'; readonly id: string; readonly body: MergeBody }
  | { readonly kind: 'pause'; readonly id: string; readonly body: PauseBody }
  | { readonly kind: 'done' | 'gone'; readonly id: string; readonly body: { readonly entry: string } }
  | NewSnap

export interface SideDocument {
  readonly lane: string
  readonly history: SnapshotHistory
  /** Oldest first; the same array until one comes. */
  merges(): readonly MergeEntry[]
  isDone(entryId: string): boolean
  /** Whether somebody removed this saved version. */
  isGone(versionId: string): boolean
  /** The team's pause: the newest word counts. */
  pause(): PauseBody | null
  /** Whether a bridge has already dealt with this write to the bin. */
  knowsWrite(bin: string, write: string): boolean
  /** One transaction; entries get one time, later than any seen. */
  append(entries: readonly NewEntry[]): void
  /** Called after entries came or went, from here or elsewhere. */
  subscribe(listener: () => void): () => void
  /** Drops the oldest entries of this device's own lane where it has outgrown the limits. */
  trim(): void
  /** Takes saved versions out of their lane. Another's lane must be silent, and all of its versions must be named. */
  dropVersions(from: string, ids: ReadonlySet<string>): void
  /** Characters that a saved version takes in its lane; 0 for one that is unknown. */
  versionSize(id: string): number
  /** When an entry last came into a lane; 0 for an unknown one. */
  newestIn(from: string): number
  destroy(): void
}

export interface SideDocumentOptions {
  readonly ydoc: Y.Doc
  /** The leased lane of this running instance; nobody else appends to it. */
  readonly lane: string
  /** Wall-clock milliseconds. */
  readonly now: () => number
  readonly limits?: TrimLimits
}

const lanePattern = /^[0-9a-z]{8,32}$/
/** A clock this far ahead is wrong; following it would spoil every later time. */
const farFutureMs = 86_400_000

export function createSideDocument({ ydoc, lane, now, limits }: SideDocumentOptions): SideDocument {
  const history = createSnapshotHistory()
  const arrays = new Map<string, Y.Array<StoredEntry>>()
  const observers = new Map<string, (event: Y.YArrayEvent<StoredEntry>) => void>()
  const listeners = new Set<() => void>()
  const merges = new Map<string, MergeEntry>()
  const done = new Set<string>()
  const gone = new Set<string>()
  const writes = new Set<string>()
  const sizes: ChainSizes = new Map()
  const versionSizes = new Map<string, number>()
  const newestTimes = new Map<string, number>()
  let sortedMerges: readonly MergeEntry[] | undefined
  let newestPause: (SideEntry & { kind: 'pause' }) | null = null
  let newestTime = 0
  let rootCount = -1

  const take = (entry: SideEntry, length: number): void => {
    if (entry.t < now() + farFutureMs) newestTime = Math.max(newestTime, entry.t)
    newestTimes.set(entry.lane, Math.max(newestTimes.get(entry.lane) ?? 0, entry.t))
    switch (entry.kind) {
      case 'snap':
        if (!history.add(entry)) break
        if (entry.lane === lane) countSnap(sizes, entry, length)
        if (entry.body.kind === 'saved') versionSizes.set(entry.id, length)
        if (entry.body.write) writes.add(`${entry.body.bin} ${entry.body.write}`)
        break
      case 'merge':
        if (!merges.has(entry.id)) merges.set(entry.id, { ...entry.body, id: entry.id, t: entry.t })
        sortedMerges = undefined
        break
      case 'pause':
        if (!newestPause || isNewer(entry, newestPause)) newestPause = entry
        break
      case 'done':
        done.add(entry.body.entry)
        break
      case 'gone':
        gone.add(entry.body.entry)
        break
    }
  }

  const takeAll = (stored: readonly unknown[], from: string): void => {
    for (const each of stored) {
      const entry = decodeEntry(each, from)
      if (entry) take(entry, (each as StoredEntry)[3].length)
    }
  }

  const readLane = (from: string): void => {
    const array = ydoc.getArray<StoredEntry>(sideRootPrefix + from)
    const observer = (event: Y.YArrayEvent<StoredEntry>): void => {
      if (event.changes.deleted.size > 0) reloadLane(from, array)
      else for (const { insert } of event.changes.delta) takeAll((insert ?? []) as readonly unknown[], from)
      notify(listeners)
    }
    arrays.set(from, array)
    observers.set(from, observer)
    takeAll(array.toArray(), from)
    array.observe(observer)
  }

  /** Only snapshots of trimmed entries are forgotten: a merge stays known for as long as this session lasts. */
  const reloadLane = (from: string, array: Y.Array<StoredEntry>): void => {
    history.forget(from)
    if (from === lane) sizes.clear()
    takeAll(array.toArray(), from)
  }

  const findLanes = (): void => {
    if (ydoc.share.size === rootCount) return
    for (const root of ydoc.share.keys()) {
      const from = root.slice(sideRootPrefix.length)
      if (root.startsWith(sideRootPrefix) && lanePattern.test(from) && !arrays.has(from)) readLane(from)
    }
    rootCount = ydoc.share.size
  }

  const onTransaction = (): void => {
    const known = arrays.size
    findLanes()
    if (arrays.size > known) notify(listeners)
  }

  const append = (entries: readonly NewEntry[]): void => {
    if (!arrays.has(lane)) readLane(lane)
    const t = Math.max(Math.floor(now()), newestTime + 1)
    const stored = entries.map((entry): StoredEntry => {
      const body = entry.kind === 'snap' ? codeSnap(history, lane, entry, sizes) : entry.body
      const side = { kind: entry.kind, id: entry.id, t, lane, body } as SideEntry
      const encoded = encodeEntry(side)
      take(side, encoded[3].length)
      return encoded
    })
    ydoc.transact(() => arrays.get(lane)?.push(stored), 'bridge')
  }

  findLanes()
  ydoc.on('afterTransaction', onTransaction)

  return {
    lane,
    history,
    merges: () => (sortedMerges ??= [...merges.values()].toSorted((a, b) => a.t - b.t || (a.id < b.id ? -1 : 1))),
    isDone: (entryId) => done.has(entryId),
    isGone: (versionId) => gone.has(versionId),
    pause: () => (newestPause?.body.paused ? newestPause.body : null),
    knowsWrite: (bin, write) => writes.has(`${bin} ${write}`),
    append,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    trim: () => {
      const array = arrays.get(lane)
      if (!array) return
      const plan = planTrim(array.toArray(), lane, now(), limits)
      if (!plan) return
      ydoc.transact(() => {
        array.push([...plan.again])
        array.delete(0, plan.cut)
      }, 'bridge')
    },
    dropVersions: (from, ids) => {
      const array = arrays.get(from)
      const plan = array && planDrop(array.toArray(), from, ids)
      if (!plan) return
      ydoc.transact(() => {
        array.push([...plan.again])
        for (const at of plan.places.toReversed()) array.delete(at)
      }, 'bridge')
    },
    versionSize: (id) => versionSizes.get(id) ?? 0,
    newestIn: (from) => newestTimes.get(from) ?? 0,
    destroy: () => {
      ydoc.off('afterTransaction', onTransaction)
      for (const [from, observer] of observers) arrays.get(from)?.unobserve(observer)
      listeners.clear()
    },
  }
}

function isNewer(a: SideEntry, b: SideEntry): boolean {
  return a.t > b.t || (a.t === b.t && (a.lane > b.lane || (a.lane === b.lane && a.id > b.id)))
}
