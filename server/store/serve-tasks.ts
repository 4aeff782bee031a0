import { type MessagePort, parentPort } from 'node:worker_threads'
import type { TaskQuestion, TaskReply } from './task-thread.ts'

/** The other end of a task thread: answers each question with what `work` gives, or with why it throws. */
export function serveTasks<Task, Result>(
  work: (task: Task) => Result,
  transferOf: (result: Result) => readonly ArrayBufferLike[],
): void {
  const port = parentPort as MessagePort
  port.on('message', ({ id, task }: TaskQuestion<Task>) => {
    try {
      const result = work(task)
      port.postMessage({ id, result } satisfies TaskReply<Result>, transferOf(result) as ArrayBuffer[])
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error)
      port.postMessage({ id, failure } satisfies TaskReply<Result>)
    }
  })
}
