/** The thread in which Yjs decodes what the relay has stored: folding rooms and computing differences. */
import { type MessagePort, parentPort } from 'node:worker_threads'
import * as Y from 'yjs'
import { type Compacted, compactUpdates } from './compact-updates.ts'

export type CompactTask =
  | {
      readonly op: 'compact'
      readonly id: number
      readonly snapshot: Uint8Array | null
      /** The rows, one after the other. */
      readonly bytes: Uint8Array
      readonly lengths: readonly number[]
    }
  | { readonly op: 'diff'; readonly id: number; readonly update: Uint8Array; readonly vector: Uint8Array }

export type CompactReply =
  | { readonly id: number; readonly compacted: Compacted }
  | { readonly id: number; readonly difference: Uint8Array }
  | { readonly id: number; readonly failure: string }

const port = parentPort as MessagePort

port.on('message', (task: CompactTask) => {
  try {
    if (task.op === 'compact') {
      const compacted = compactUpdates(task.snapshot, rowsOf(task.bytes, task.lengths))
      port.postMessage({ id: task.id, compacted } satisfies CompactReply, [compacted.update.buffer as ArrayBuffer])
    } else {
      const difference = Y.diffUpdate(task.update, task.vector)
      port.postMessage({ id: task.id, difference } satisfies CompactReply, [difference.buffer as ArrayBuffer])
    }
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error)
    port.postMessage({ id: task.id, failure } satisfies CompactReply)
  }
})

function rowsOf(bytes: Uint8Array, lengths: readonly number[]): readonly Uint8Array[] {
  let at = 0
  return lengths.map((length) => bytes.subarray(at, (at += length)))
}
