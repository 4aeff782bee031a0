import { Worker } from 'node:worker_threads'
import type { Timers } from './timers.ts'

/** What the thread gets and gives back. */
export interface TaskQuestion<Task> {
  readonly id: number
  readonly task: Task
}
export type TaskReply<Result> =
  | { readonly id: number; readonly result: Result }
  | { readonly id: number; readonly failure: string }

/**
 * Runs tasks in a thread, one at a time. A task that takes too long ends the thread, since what it works on came from outside;
 * the next task starts a new one. An idle thread ends as well.
 */
export interface TaskThread<Task, Result> {
  /** Rejects where the task throws, takes too long, or too many wait. `urgent` goes before what waits. */
  run(task: Task, options?: { readonly transfer?: readonly ArrayBuffer[]; readonly urgent?: boolean }): Promise<Result>
  close(): Promise<void>
}

export interface TaskThreadOptions {
  readonly file: URL
  readonly name: string
  readonly timers: Timers
  readonly timeoutMs: number
  readonly maxWaiting?: number
  readonly idleMs?: number
}

interface Job<Task, Result> {
  readonly question: TaskQuestion<Task>
  readonly transfer: readonly ArrayBuffer[]
  readonly resolve: (result: Result) => void
  readonly reject: (error: Error) => void
}

export function createTaskThread<Task, Result>(options: TaskThreadOptions): TaskThread<Task, Result> {
  const { file, name, timers, timeoutMs, maxWaiting = 256, idleMs = 60_000 } = options
  const waiting: Job<Task, Result>[] = []
  let worker: Worker | undefined
  let running: Job<Task, Result> | undefined
  let timer: unknown
  let lastId = 0
  let closed = false

  function startThread(): Worker {
    const started = new Worker(file, { name })
    started.unref()
    started.on('message', (reply: TaskReply<Result>) => {
      if (started !== worker || reply.id !== running?.question.id) return
      settle((job) => ('result' in reply ? job.resolve(reply.result) : job.reject(new Error(reply.failure))))
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

  function settle(finish: (job: Job<Task, Result>) => void): void {
    const job = running
    running = undefined
    timers.clearTimer(timer)
    if (job) finish(job)
    runNext()
  }

  function runNext(): void {
    if (running || closed) return
    running = waiting.shift()
    timers.clearTimer(timer)
    if (running) {
      worker ??= startThread()
      worker.postMessage(running.question, running.transfer)
      timer = timers.setTimer(() => endThread(new Error(`It took longer than ${timeoutMs} ms`)), timeoutMs)
    } else if (worker) timer = timers.setTimer(() => endThread(new Error('The thread was idle')), idleMs)
  }

  return {
    run(task, { transfer = [], urgent = false } = {}) {
      return new Promise((resolve, reject) => {
        if (closed) {
          reject(new Error('The relay is closing'))
          return
        }
        if (waiting.length >= maxWaiting) {
          reject(new Error(`${waiting.length} tasks wait already`))
          return
        }
        const job: Job<Task, Result> = { question: { id: ++lastId, task }, transfer, resolve, reject }
        if (urgent) waiting.unshift(job)
        else waiting.push(job)
        runNext()
      })
    },
    async close() {
      closed = true
      timers.clearTimer(timer)
      const ending = [running, ...waiting.splice(0)]
      running = undefined
      for (const job of ending) job?.reject(new Error('The relay is closing'))
      const ended = worker
      worker = undefined
      await ended?.terminate()
    },
  }
}
