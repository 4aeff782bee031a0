/**
 * The committed content of an open room, without a Y.Doc: the bytes of its snapshot and the rows since. Answers state vectors
 * from these. What was accepted but is not yet committed is no part of it; see `room-clocks.ts` for that.
 */
import * as Y from 'yjs'
import type { RoomSnapshot, StoredRoom, StoredRow } from '../store/room-store.ts'
import { type ClockVector, coversVector, decodeClockVector } from './clock-vector.ts'
import { mergeUpdates } from './merge-updates.ts'
import { deletesOf } from './stored-update.ts'

export interface RoomContent {
  /** Log position of the newest committed row, 0 in an empty room. */
  readonly position: number
  readonly snapshot: RoomSnapshot | null
  readonly tailRows: number
  readonly tailBytes: number
  commit(row: StoredRow): void
  /**
   * What brings a replica with this state vector up to date, in order. A replica behind the snapshot needs the difference
   * computed elsewhere: without it the answer is null, or everything where `whole` is asked for.
   */
  answer(asked: StateVector, snapshotPart: Uint8Array | 'whole' | null): readonly Uint8Array[] | null
  /** What brings a replica up to date that has everything up to `position`. */
  since(position: number): readonly Uint8Array[]
  /** Everything up to {@link RoomContent.position}, as it would be folded. */
  forFold(): FoldInput
  /** Takes the folded snapshot in place of the rows in it. Ignores one that is older than the present. */
  folded(snapshot: RoomSnapshot): void
}

export interface StateVector {
  readonly encoded: Uint8Array
  readonly vector: ClockVector
}

export interface FoldInput {
  readonly snapshot: Uint8Array | null
  readonly rows: readonly StoredRow[]
  readonly position: number
  readonly ordinal: number
}

export function createRoomContent(stored: StoredRoom | null): RoomContent {
  let snapshot = stored?.snapshot ?? null
  let snapshotVector = vectorOf(snapshot)
  let snapshotDeletes: Uint8Array | null | undefined
  let tail = [...(stored?.rows ?? [])]
  let tailBytes = tail.reduce((sum, row) => sum + row.update.length, 0)
  let ordinal = stored?.lastOrdinal ?? 0
  let merged: { readonly rows: number; readonly update: Uint8Array } | null = null

  const position = (): number => tail.at(-1)?.position ?? snapshot?.position ?? 0

  /** The rows as one update, or as they are where they cannot be merged. */
  function mergedTail(): readonly Uint8Array[] {
    if (tail.length === 0) return []
    if (merged?.rows !== tail.length) {
      const fresh = tail.slice(merged?.rows ?? 0).map((row) => row.update)
      const update = mergeUpdates(merged ? [merged.update, ...fresh] : fresh)
      if (!update) return tail.map((row) => row.update)
      merged = { rows: tail.length, update }
    }
    return [merged.update]
  }

  function tailFor(asked: StateVector): readonly Uint8Array[] {
    const updates = mergedTail()
    if (asked.vector.size === 0 || updates.length !== 1) return updates
    const update = updates[0] as Uint8Array
    try {
      const difference = Y.diffUpdate(update, asked.encoded)
      return isEmptyUpdate(difference) ? [] : [difference]
    } catch {
      // More than needed is as good an answer.
      return updates
    }
  }

  function snapshotFor(asked: StateVector, part: Uint8Array | 'whole' | null): readonly Uint8Array[] | null {
    if (!snapshot) return []
    if (asked.vector.size === 0 || part === 'whole') return [snapshot.update]
    if (coversVector(asked.vector, snapshotVector)) {
      if (snapshotDeletes === undefined) snapshotDeletes = deletesOf(snapshot.update)
      return snapshotDeletes ? [snapshotDeletes] : []
    }
    return part && [part]
  }

  return {
    get position() {
      return position()
    },
    get snapshot() {
      return snapshot
    },
    get tailRows() {
      return tail.length
    },
    get tailBytes() {
      return tailBytes
    },
    commit(row) {
      tail.push(row)
      tailBytes += row.update.length
      ordinal++
    },
    answer(asked, snapshotPart) {
      const base = snapshotFor(asked, snapshotPart)
      return base && [...base, ...tailFor(asked)]
    },
    since(from) {
      if (from >= position()) return []
      if (snapshot && from < snapshot.position) return [snapshot.update, ...mergedTail()]
      const rows = tail.slice(tail.findIndex((row) => row.position > from)).map((row) => row.update)
      const update = mergeUpdates(rows)
      return update ? [update] : rows
    },
    forFold() {
      return { snapshot: snapshot?.update ?? null, rows: [...tail], position: position(), ordinal }
    },
    folded(fresh) {
      if (fresh.position <= (snapshot?.position ?? 0)) return
      snapshot = fresh
      snapshotVector = vectorOf(fresh)
      snapshotDeletes = undefined
      tail = tail.filter((row) => row.position > fresh.position)
      tailBytes = tail.reduce((sum, row) => sum + row.update.length, 0)
      merged = null
    },
  }
}

function vectorOf(snapshot: RoomSnapshot | null): ClockVector {
  return snapshot ? decodeClockVector(snapshot.vector, Number.POSITIVE_INFINITY) : new Map()
}

function isEmptyUpdate(update: Uint8Array): boolean {
  return update.length === 2 && update[0] === 0 && update[1] === 0
}
