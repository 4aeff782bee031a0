import { Worker } from 'node:worker_threads'
import { threadFile } from '../store/thread-file.ts'
import type { Compacted } from './compact-updates.ts'
import type { CompactReply, CompactTask } from './compact-thread.ts'
import type { FoldInput } from './room-content.ts'
import type { Timers } from './timers.ts'

/**
 * Yjs work outside the main thread. A task that takes too long ends the thread, since what Yjs is given came from outside and
 * some updates cost quadratic time; the next task starts a new one.
 */
export interface Compactor {
  /** Rejects where Yjs fails, takes too long, or too many tasks wait. */
  compact(input: FoldInput): Promise<Compacted>
  /** Null where the difference is not there in time; the sender then sends everything. */
  difference(update: Uint8Array, vector: Uint8Array): Promise<Uint8Array | null>
  close(): Promise<void>
}

export interface CompactorOptions {
  readonly timers: Timers
  readonly compactTimeoutMs: number
  readonly differenceTimeoutMs: number
  readonly maxWaiting?: number
}

interface Job {
  readonly task: CompactTask
  readonly transfer: readonly ArrayBuffer[]
  readonly resolve: (reply: CompactReply) => void
  readonly reject: (error: Error) => void
}

export function createCompactor(options: CompactorOptions): Compactor {
  const { timers, compactTimeoutMs, differenceTimeoutMs, maxWaiting = 256 } = options
  const waiting: Job[] = []
  let worker: Worker | undefined
  let running: Job | undefined
  let deadline: unknown
  let lastId = 0
  let closed = false

  function startThread(): Worker {
    const started = new Worker(threadFile('compact-thread', import.meta.url), { name: 'relay-compact' })
    started.unref()
    started.on('message', (reply: CompactReply) => {
      if (started !== worker || reply.id !== running?.task.id) return
      settle((job) => job.resolve(reply))
    })
    started.on('error', (error: Error) => {
      if (started === worker) endThread(error)
    })
    return started
  }

  function endThread(reason: Error): void {
    const ended = worker
    worker = undefined
    void ended?.terminate()
    settle((job) => job.reject(reason))
  }

  function settle(finish: (job: Job) => void): void {
    const job = running
    running = undefined
    timers.clearTimer(deadline)
    if (job) finish(job)
    runNext()
  }

  function runNext(): void {
    if (running || closed) return
    running = waiting.shift()
    if (!running) return
    worker ??= startThread()
    worker.postMessage(running.task, running.transfer)
    deadline = timers.setTimer(() => {
      endThread(new Error(`Yjs took longer than ${compactTimeoutMs} ms`))
    }, compactTimeoutMs)
  }

  function run(task: CompactTask, transfer: readonly ArrayBuffer[]): Promise<CompactReply> {
    return new Promise((resolve, reject) => {
      if (closed) {
        reject(new Error('The relay is closing'))
        return
      }
      if (waiting.length >= maxWaiting) {
        reject(new Error(`${waiting.length} tasks wait already`))
        return
      }
      const job: Job = { task, transfer, resolve, reject }
      // Somebody waits for a difference; a fold can wait.
      if (task.op === 'diff') waiting.unshift(job)
      else waiting.push(job)
      runNext()
    })
  }

  return {
    async compact({ snapshot, rows }) {
      let length = 0
      for (const { update } of rows) length += update.length
      const bytes = new Uint8Array(length)
      let at = 0
      for (const { update } of rows) {
        bytes.set(update, at)
        at += update.length
      }
      const lengths = rows.map((row) => row.update.length)
      const reply = await run({ op: 'compact', id: ++lastId, snapshot, bytes, lengths }, [bytes.buffer])
      if ('compacted' in reply) return reply.compacted
      throw new Error('failure' in reply ? reply.failure : 'The thread answered something else')
    },
    difference(update, vector) {
      return new Promise((resolve) => {
        const patience = timers.setTimer(() => resolve(null), differenceTimeoutMs)
        run({ op: 'diff', id: ++lastId, update, vector }, []).then(
          (reply) => {
            timers.clearTimer(patience)
            resolve('difference' in reply ? reply.difference : null)
          },
          () => {
            timers.clearTimer(patience)
            resolve(null)
          },
        )
      })
    },
    async close() {
      closed = true
      timers.clearTimer(deadline)
      const ending = [running, ...waiting.splice(0)]
      running = undefined
      for (const job of ending) job?.reject(new Error('The relay is closing'))
      await worker?.terminate()
      worker = undefined
    },
  }
}
