import * as Y from 'yjs'

export interface AppliedRows {
  readonly rows: number
  readonly bytes: number
  readonly largest: number
  readonly damaged: number
  /** A listener of the document threw; the rows are in the document all the same. */
  readonly listenerThrew: boolean
}

/** Puts stored rows into the document, each on its own: one that cannot be read costs only itself. */
export function applyRows(ydoc: Y.Doc, rows: readonly Uint8Array[], origin: unknown): AppliedRows {
  let bytes = 0
  let largest = 0
  let damaged = 0
  let listenerThrew = false
  const applyAll = (): void => {
    for (const row of rows) {
      const size = row.byteLength
      bytes += size
      largest = Math.max(largest, size)
      try {
        Y.applyUpdate(ydoc, row, origin)
      } catch {
        damaged++
      }
    }
  }
  try {
    // One transaction, so that listeners hear of one change.
    Y.transact(ydoc, applyAll, origin, false)
  } catch {
    listenerThrew = true
  }
  return { rows: rows.length, bytes, largest, damaged, listenerThrew }
}

/** What the document holds beyond these rows, as one update; null where it is nothing. */
export function beyondRows(ydoc: Y.Doc, rows: readonly Uint8Array[]): Uint8Array | null {
  const stored = new Y.Doc()
  applyRows(stored, rows, null)
  const same = Y.equalSnapshots(Y.snapshot(ydoc), Y.snapshot(stored))
  const missing = same ? null : Y.encodeStateAsUpdate(ydoc, Y.encodeStateVector(stored))
  stored.destroy()
  return missing
}

/** Merging takes longer than proportionally to the number of updates (yjs/yjs#710). */
const maxMergedUpdates = 50

/** Fewer rows for the same updates. */
export function mergeRows(updates: readonly Uint8Array[]): readonly Uint8Array[] {
  const rows: Uint8Array[] = []
  for (let from = 0; from < updates.length; from += maxMergedUpdates) {
    const chunk = updates.slice(from, from + maxMergedUpdates)
    rows.push(chunk.length === 1 ? (chunk[0] as Uint8Array) : Y.mergeUpdates(chunk))
  }
  return rows
}
