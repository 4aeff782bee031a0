import { testEpoch } from '../virtual-clock.ts'

/** One thread, one queue, virtual time. What is scheduled for the same moment runs in the order in which it was scheduled. */
export interface Scheduler {
  /** Milliseconds since the start. */
  readonly now: () => number
  /** True time, in milliseconds since 1970; what a device's own clock says may differ. */
  readonly wall: () => number
  readonly after: (delayMs: number, run: () => void) => Handle
  readonly cancel: (handle: Handle | undefined) => void
  /** Runs everything up to that moment; promise callbacks run to their end after each step. */
  readonly runUntil: (ms: number) => Promise<void>
  /** The same for a world without promises, and much faster. */
  readonly runAllUntil: (ms: number) => void
  readonly steps: number
  /** Adds to the trace: two runs of one seed must do the same. */
  readonly note: (event: string) => void
  /** Hash of all that was noted, with its times. */
  readonly trace: () => string
}

export interface Handle {
  readonly at: number
  readonly order: number
  run: (() => void) | null
}

export function createScheduler(log?: (line: string) => void): Scheduler {
  const heap: Handle[] = []
  let time = 0
  let order = 0
  let steps = 0
  let hash = 0x811c9dc5

  const isBefore = (a: Handle, b: Handle): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)
  const push = (handle: Handle): void => {
    let at = heap.push(handle) - 1
    while (at > 0) {
      const above = (at - 1) >> 1
      if (isBefore(heap[above]!, handle)) break
      heap[at] = heap[above]!
      at = above
    }
    heap[at] = handle
  }
  const pop = (): Handle | undefined => {
    const first = heap[0]
    const last = heap.pop()
    if (!first || !last || heap.length === 0) return first
    let at = 0
    for (;;) {
      let below = 2 * at + 1
      if (below >= heap.length) break
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below++
      if (isBefore(last, heap[below]!)) break
      heap[at] = heap[below]!
      at = below
    }
    heap[at] = last
    return first
  }

  /** Runs what is due next; false where nothing is. */
  const runNext = (ms: number): boolean => {
    const next = heap[0]
    if (!next || next.at > ms) return false
    pop()
    if (!next.run) return true
    time = next.at
    steps++
    next.run()
    return true
  }

  return {
    now: () => time,
    wall: () => testEpoch + Math.floor(time),
    after: (delayMs, run) => {
      const handle: Handle = { at: time + Math.max(0, delayMs), order: order++, run }
      push(handle)
      return handle
    },
    cancel: (handle) => {
      if (handle) handle.run = null
    },
    runUntil: async (ms) => {
      // All promise callbacks run before the next turn of the event loop.
      while (runNext(ms)) await new Promise<void>((resolve) => void setImmediate(resolve))
      time = ms
    },
    runAllUntil: (ms) => {
      while (runNext(ms));
      time = ms
    },
    get steps() {
      return steps
    },
    note: (event) => {
      log?.(`${(time / 1000).toFixed(3)} ${event}`)
      const line = `${time}${event}`
      for (let at = 0; at < line.length; at++) hash = Math.imul(hash ^ line.charCodeAt(at), 0x01000193)
    },
    trace: () => (hash >>> 0).toString(16).padStart(8, '0'),
  }
}
