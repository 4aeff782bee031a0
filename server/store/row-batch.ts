import type { NewRow, StoredRow } from './room-store.ts'

/**
 * Rows packed for the hop to another thread: one buffer that is transferred, not copied, and numbers beside it. Rooms and
 * authors are listed once.
 */
export interface RowBatch {
  readonly rooms: readonly string[]
  readonly authors: readonly string[]
  readonly roomOf: Uint32Array<ArrayBuffer>
  readonly authorOf: Uint32Array<ArrayBuffer>
  readonly ordinals: Float64Array<ArrayBuffer>
  readonly lengths: Uint32Array<ArrayBuffer>
  readonly bytes: Uint8Array<ArrayBuffer>
}

export function packRows(rows: readonly NewRow[]): RowBatch {
  const roomOf = new Uint32Array(rows.length)
  const authorOf = new Uint32Array(rows.length)
  const ordinals = new Float64Array(rows.length)
  const lengths = new Uint32Array(rows.length)
  const rooms = new Map<string, number>()
  const authors = new Map<string, number>()
  const indexIn = (list: Map<string, number>, name: string): number => {
    const known = list.get(name)
    if (known !== undefined) return known
    list.set(name, list.size)
    return list.size - 1
  }
  rows.forEach((row, i) => {
    roomOf[i] = indexIn(rooms, row.room)
    authorOf[i] = indexIn(authors, row.author)
    ordinals[i] = row.ordinal
    lengths[i] = row.update.length
  })
  return {
    rooms: [...rooms.keys()],
    authors: [...authors.keys()],
    roomOf,
    authorOf,
    ordinals,
    lengths,
    bytes: joinBytes(rows.map((row) => row.update)),
  }
}

/** The rows of a batch; their updates are views of its buffer. */
export function unpackRows(batch: RowBatch): readonly NewRow[] {
  const updates = splitBytes(batch.bytes, batch.lengths)
  return updates.map((update, i) => ({
    room: batch.rooms[batch.roomOf[i] as number] as string,
    author: batch.authors[batch.authorOf[i] as number] as string,
    ordinal: batch.ordinals[i] as number,
    update,
  }))
}

/** Stored rows packed in the same way. */
export interface StoredBatch {
  readonly positions: Float64Array<ArrayBuffer>
  readonly lengths: Uint32Array<ArrayBuffer>
  readonly bytes: Uint8Array<ArrayBuffer>
}

export function packStoredRows(rows: readonly StoredRow[]): StoredBatch {
  return {
    positions: Float64Array.from(rows, (row) => row.position),
    lengths: Uint32Array.from(rows, (row) => row.update.length),
    bytes: joinBytes(rows.map((row) => row.update)),
  }
}

export function unpackStoredRows(batch: StoredBatch): readonly StoredRow[] {
  return splitBytes(batch.bytes, batch.lengths).map((update, i) => ({
    position: batch.positions[i] as number,
    update,
  }))
}

function joinBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 0
  for (const part of parts) length += part.length
  const joined = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}

function splitBytes(bytes: Uint8Array, lengths: Uint32Array): Uint8Array[] {
  const parts: Uint8Array[] = []
  let at = 0
  for (const length of lengths) {
    parts.push(bytes.subarray(at, at + length))
    at += length
  }
  return parts
}
