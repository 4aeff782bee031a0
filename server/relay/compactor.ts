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
  /** Null where the difference is not there in time; the sender then sends everything. */
  difference(update: Uint8Array, vector: Uint8Array): Promise<Uint8Array | null>
  close(): Promise<void>
}

export interface CompactorOptions {
  readonly timers: Timers
  readonly compactTimeoutMs: number
  readonly differenceTimeoutMs: number
}

export function createCompactor(options: CompactorOptions): Compactor {
  const { timers, compactTimeoutMs, differenceTimeoutMs } = options
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
    difference(update, vector) {
      return new Promise((resolve) => {
        const patience = timers.setTimer(() => resolve(null), differenceTimeoutMs)
        thread
          .run({ op: 'diff', update, vector }, { urgent: true })
          .then(
            (result) => resolve(result.op === 'diff' ? result.difference : null),
            () => resolve(null),
          )
          .finally(() => timers.clearTimer(patience))
      })
    },
    close: () => thread.close(),
  }
}
