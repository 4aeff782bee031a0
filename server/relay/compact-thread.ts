/** The thread in which Yjs decodes what the relay has stored: folding rooms and computing differences. */
import * as Y from 'yjs'
import { unpackStoredRows } from '../store/row-batch.ts'
import { serveTasks } from '../store/serve-tasks.ts'
import { type Compacted, compactUpdates } from './compact-updates.ts'

export type CompactTask =
  | {
      readonly op: 'compact'
      readonly snapshot: Uint8Array | null
      /** Packed, see `row-batch.ts`. */
      readonly rows: Uint8Array
    }
  | { readonly op: 'diff'; readonly update: Uint8Array; readonly vector: Uint8Array }

export type CompactResult =
  | { readonly op: 'compact'; readonly compacted: Compacted }
  | { readonly op: 'diff'; readonly difference: Uint8Array }

serveTasks<CompactTask, CompactResult>(
  (task) =>
    task.op === 'compact'
      ? { op: 'compact', compacted: compactUpdates(task.snapshot, rowsOf(task.rows)) }
      : { op: 'diff', difference: Y.diffUpdate(task.update, task.vector) },
  (result) => [result.op === 'compact' ? result.compacted.update.buffer : result.difference.buffer],
)

function rowsOf(packed: Uint8Array): readonly Uint8Array[] {
  return unpackStoredRows(packed).map((row) => row.update)
}
