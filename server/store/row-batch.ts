/**
 * Rows packed for the hop to another thread: one buffer, which is transferred. A structured clone of the rows costs several
 * times what the commit itself does.
 *
 * ```
 * batch  = names, names × str, rows × row      str = length, UTF-8
 * row    = room, author (indexes of names), ordinal, length, bytes
 * ```
 */
import { createDecoder, hasContent, readVarString, readVarUint, readVarUint8Array } from 'lib0/decoding'
import { createEncoder, toUint8Array, writeVarString, writeVarUint, writeVarUint8Array } from 'lib0/encoding'
import type { NewRow, StoredRow } from './room-store.ts'

export function packRows(rows: readonly NewRow[]): Uint8Array<ArrayBuffer> {
  const names = new Map<string, number>()
  const indexOf = (name: string): number => {
    const known = names.get(name)
    if (known !== undefined) return known
    names.set(name, names.size)
    return names.size - 1
  }
  for (const { room, author } of rows) {
    indexOf(room)
    indexOf(author)
  }
  const encoder = createEncoder()
  writeVarUint(encoder, names.size)
  for (const name of names.keys()) writeVarString(encoder, name)
  for (const { room, author, ordinal, update } of rows) {
    writeVarUint(encoder, indexOf(room))
    writeVarUint(encoder, indexOf(author))
    writeVarUint(encoder, ordinal)
    writeVarUint8Array(encoder, update)
  }
  return toUint8Array(encoder) as Uint8Array<ArrayBuffer>
}

/** The rows of a batch; their updates are views of it. */
export function unpackRows(batch: Uint8Array): readonly NewRow[] {
  const decoder = createDecoder(batch)
  const names = Array.from({ length: readVarUint(decoder) }, () => readVarString(decoder))
  const rows: NewRow[] = []
  while (hasContent(decoder)) {
    rows.push({
      room: names[readVarUint(decoder)] as string,
      author: names[readVarUint(decoder)] as string,
      ordinal: readVarUint(decoder),
      update: readVarUint8Array(decoder),
    })
  }
  return rows
}

/** The rows of one room in the same way: `rows × (position, length, bytes)`. */
export function packStoredRows(rows: readonly StoredRow[]): Uint8Array<ArrayBuffer> {
  const encoder = createEncoder()
  for (const { position, update } of rows) {
    writeVarUint(encoder, position)
    writeVarUint8Array(encoder, update)
  }
  return toUint8Array(encoder) as Uint8Array<ArrayBuffer>
}

export function unpackStoredRows(batch: Uint8Array): readonly StoredRow[] {
  const decoder = createDecoder(batch)
  const rows: StoredRow[] = []
  while (hasContent(decoder)) rows.push({ position: readVarUint(decoder), update: readVarUint8Array(decoder) })
  return rows
}
