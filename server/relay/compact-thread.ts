/** The thread in which Yjs decodes what the relay has stored: folding rooms and answering state vectors. */
import { unpackStoredRows } from '../store/row-batch.ts'
import { serveTasks } from '../store/serve-tasks.ts'
import { type Compacted, compactUpdates } from './compact-updates.ts'
import { answerFrom } from './merge-updates.ts'

export type CompactTask =
  | {
      readonly op: 'compact'
      readonly snapshot: Uint8Array | null
      /** Packed, see `row-batch.ts`. */
      readonly rows: Uint8Array
    }
  | { readonly op: 'answer'; readonly updates: Uint8Array; readonly vector: Uint8Array }

export type CompactResult =
  | { readonly op: 'compact'; readonly compacted: Compacted }
  /** Null where Yjs cannot decode an update. */
  | { readonly op: 'answer'; readonly update: Uint8Array | null }

serveTasks<CompactTask, CompactResult>(
  (task) =>
    task.op === 'compact'
      ? { op: 'compact', compacted: compactUpdates(task.snapshot, rowsOf(task.rows)) }
      : { op: 'answer', update: answerFrom(rowsOf(task.updates), task.vector) },
  (result) => {
    const update = result.op === 'compact' ? result.compacted.update : result.update
    return update ? [update.buffer] : []
  },
)

function rowsOf(packed: Uint8Array): readonly Uint8Array[] {
  return unpackStoredRows(packed).map((row) => row.update)
}
