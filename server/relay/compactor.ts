import { packStoredRows } from '../store/row-batch.ts'
import { type TaskThread, createTaskThread } from '../store/task-thread.ts'
import { threadFile } from '../store/thread-file.ts'
import type { Timers } from '../store/timers.ts'
import type { Compacted } from './compact-updates.ts'
import type { CompactResult, CompactTask } from './compact-thread.ts'
import type { FoldInput } from './room-content.ts'

/** Yjs work outside the main thread, within a time limit: some updates cost quadratic time. */
export interface Compactor {
  /** Rejects where Yjs fails, takes too long, or too much waits. */
  compact(input: FoldInput): Promise<Compacted>
  /**
   * One update that brings a replica with this encoded state vector up to date, from updates that together are the document.
   * Null where it is not there in time; the sender then sends everything as it is.
   */
  answer(updates: readonly Uint8Array[], vector: Uint8Array): Promise<Uint8Array | null>
  close(): Promise<void>
}

export interface CompactorOptions {
  readonly timers: Timers
  readonly compactTimeoutMs: number
  readonly answerTimeoutMs: number
}

export function createCompactor(options: CompactorOptions): Compactor {
  const { timers, compactTimeoutMs, answerTimeoutMs } = options
  const thread: TaskThread<CompactTask, CompactResult> = createTaskThread({
    file: threadFile('compact-thread', import.meta.url),
    name: 'relay-compact',
    timers,
    timeoutMs: compactTimeoutMs,
  })
  return {
    async compact({ snapshot, rows }) {
      const packed = packStoredRows(rows)
      const result = await thread.run({ op: 'compact', snapshot, rows: packed }, { transfer: [packed.buffer] })
      if (result.op !== 'compact') throw new Error('The thread answered another question')
      return result.compacted
    },
    answer(updates, vector) {
      const packed = packStoredRows(updates.map((update) => ({ position: 0, update })))
      return new Promise((resolve) => {
        const patience = timers.setTimer(() => resolve(null), answerTimeoutMs)
        thread
          .run({ op: 'answer', updates: packed, vector }, { transfer: [packed.buffer], urgent: true })
          .then(
            (result) => resolve(result.op === 'answer' ? result.update : null),
            () => resolve(null),
          )
          .finally(() => timers.clearTimer(patience))
      })
    },
    close: () => thread.close(),
  }
}
