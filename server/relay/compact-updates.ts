/**
 * Folds the updates of a room into one, through a throw-away Y.Doc: only that collects what was deleted. Runs in a thread.
 */
import * as Y from 'yjs'
import { integrateStructs } from './integrate-structs.ts'
import { structsOf } from './stored-update.ts'

export interface Compacted {
  readonly update: Uint8Array
  readonly vector: Uint8Array
  /** Whether `update` holds structs that wait for others. */
  readonly pending: boolean
  /** Rows that Yjs cannot apply, by index. They are not in `update`. */
  readonly refused: readonly { readonly index: number; readonly reason: string }[]
}

/** More rows that cannot be applied than this are no accident: the room is then not folded. */
const maxRefusedRows = 16

/** Throws where the result, read again, does not hold what went in. */
export function compactUpdates(snapshot: Uint8Array | null, rows: readonly Uint8Array[]): Compacted {
  const refused: { readonly index: number; readonly reason: string }[] = []
  const doc = applyAll(snapshot, rows, refused)
  const update = Y.encodeStateAsUpdate(doc)
  const vector = Y.encodeStateVector(doc)
  verify(doc, update)
  doc.destroy()
  return { update, vector, pending: waits(update), refused }
}

function applyAll(
  snapshot: Uint8Array | null,
  rows: readonly Uint8Array[],
  refused: { readonly index: number; readonly reason: string }[],
): Y.Doc {
  const doc = new Y.Doc()
  try {
    doc.transact(() => {
      if (snapshot) Y.applyUpdate(doc, snapshot)
      for (const row of rows) Y.applyUpdate(doc, row)
    })
    return doc
  } catch {
    // One of them is at fault; a document that threw half-way is of no use.
    doc.destroy()
  }
  for (;;) {
    const failure = applyUntilFailure(snapshot, rows, new Set(refused.map((row) => row.index)))
    if (failure.doc) return failure.doc
    refused.push({ index: failure.index, reason: failure.reason })
    if (refused.length > maxRefusedRows) throw new Error(`More than ${maxRefusedRows} rows cannot be applied`)
  }
}

function applyUntilFailure(
  snapshot: Uint8Array | null,
  rows: readonly Uint8Array[],
  without: ReadonlySet<number>,
): { readonly doc: Y.Doc } | { readonly doc: null; readonly index: number; readonly reason: string } {
  const doc = new Y.Doc()
  if (snapshot) Y.applyUpdate(doc, snapshot)
  for (const [index, row] of rows.entries()) {
    if (without.has(index)) continue
    try {
      Y.applyUpdate(doc, row)
    } catch (error) {
      doc.destroy()
      return { doc: null, index, reason: error instanceof Error ? error.message : String(error) }
    }
  }
  return { doc }
}

function verify(doc: Y.Doc, update: Uint8Array): void {
  const again = new Y.Doc()
  Y.applyUpdate(again, update)
  const same = Y.equalSnapshots(Y.snapshot(doc), Y.snapshot(again))
  again.destroy()
  if (!same) throw new Error('The folded update does not read back as what went in')
}

/** Structs beyond a gap travel along in an encoded state. */
function waits(update: Uint8Array): boolean {
  const clocks = new Map<number, number>()
  const rest = integrateStructs(
    structsOf(update),
    (client) => clocks.get(client) ?? 0,
    (client, clock) => clocks.set(client, clock),
  )
  return rest.length > 0
}
