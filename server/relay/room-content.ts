/**
 * The committed content of an open room, without a Y.Doc: the bytes of its snapshot and the rows since. Answers state vectors
 * from these. What was accepted but is not yet committed is no part of it; see `room-clocks.ts` for that.
 */
import type { RoomSnapshot, StoredRoom, StoredRow } from '../store/room-store.ts'
import { type ClockVector, coversVector, decodeClockVector } from './clock-vector.ts'
import { answerFrom, mergeUpdates } from './merge-updates.ts'
import { deletesOf } from './stored-update.ts'

export interface RoomContent {
  /** Log position of the newest committed row, 0 in an empty room. */
  readonly position: number
  readonly snapshot: RoomSnapshot | null
  readonly tailRows: number
  readonly tailBytes: number
  commit(row: StoredRow): void
  /** One update that brings a replica with this state vector up to date; null where that is too much work to do here. */
  answer(asked: StateVector): Uint8Array | null
  /** Everything, as it is kept: the snapshot, then the rows. */
  parts(): readonly Uint8Array[]
  /** What brings a replica up to date that has everything up to `position`, as it is kept. */
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

/** Merging costs about 10 µs per kB: more than this is done in a thread. */
const defaultMaxBytesMerged = 128 * 1024
const emptyUpdate = Uint8Array.of(0, 0)

export function createRoomContent(
  stored: StoredRoom | null,
  maxBytesMerged: number = defaultMaxBytesMerged,
): RoomContent {
  let snapshot = stored?.snapshot ?? null
  let snapshotVector = vectorOf(snapshot)
  let snapshotDeletes: Uint8Array | null | undefined
  let tail = [...(stored?.rows ?? [])]
  let tailBytes = sumOf(tail)
  let ordinal = stored?.lastOrdinal ?? 0
  let merged: { readonly rows: number; readonly update: Uint8Array } | null = null

  const position = (): number => tail.at(-1)?.position ?? snapshot?.position ?? 0

  /** All rows as one update, none for no row; null where that is too much, or cannot be done. */
  function mergedTail(): readonly Uint8Array[] | null {
    if (tail.length === 0) return []
    if (merged?.rows !== tail.length) {
      if (tailBytes > maxBytesMerged) return null
      const fresh = tail.slice(merged?.rows ?? 0).map((row) => row.update)
      const update = mergeUpdates(merged ? [merged.update, ...fresh] : fresh)
      if (!update) return null
      merged = { rows: tail.length, update }
    }
    return [merged.update]
  }

  /** The part of the snapshot that a replica lacks; null where that is too much to compute. */
  function snapshotFor(asked: StateVector): readonly Uint8Array[] | null {
    if (!snapshot) return []
    if (asked.vector.size === 0) return [snapshot.update]
    if (!coversVector(asked.vector, snapshotVector))
      return snapshot.update.length > maxBytesMerged ? null : [snapshot.update]
    if (snapshotDeletes === undefined) snapshotDeletes = deletesOf(snapshot.update)
    return snapshotDeletes ? [snapshotDeletes] : []
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
    answer(asked) {
      const base = snapshotFor(asked)
      const rows = mergedTail()
      if (!base || !rows) return null
      const parts = [...base, ...rows]
      if (parts.length === 0) return emptyUpdate
      if (asked.vector.size === 0 && parts.length === 1) return parts[0] as Uint8Array
      if (parts.reduce((sum, part) => sum + part.length, 0) > maxBytesMerged) return null
      return answerFrom(parts, asked.encoded)
    },
    parts: () => [...(snapshot ? [snapshot.update] : []), ...tail.map((row) => row.update)],
    since(from) {
      const rows = tail.filter((row) => row.position > from).map((row) => row.update)
      return snapshot && from < snapshot.position ? [snapshot.update, ...rows] : rows
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
      tailBytes = sumOf(tail)
      merged = null
    },
  }
}

function vectorOf(snapshot: RoomSnapshot | null): ClockVector {
  return snapshot ? decodeClockVector(snapshot.vector, Number.POSITIVE_INFINITY) : new Map()
}

function sumOf(rows: readonly StoredRow[]): number {
  return rows.reduce((sum, row) => sum + row.update.length, 0)
}
