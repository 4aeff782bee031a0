/** Time that moves only when a test says so, with the timers that hang on it. */
export interface VirtualClock {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Calls `run` once, `delayMs` from now. */
  readonly setTimer: (run: () => void, delayMs: number) => TimerHandle
  readonly clearTimer: (handle: TimerHandle | undefined) => void
  /** The same timers under the names of the globals, for code that takes those. */
  readonly setTimeout: (run: () => void, delayMs?: number) => TimerHandle
  readonly clearTimeout: (handle: TimerHandle | undefined) => void
  readonly setInterval: (run: () => void, delayMs?: number) => TimerHandle
  readonly clearInterval: (handle: TimerHandle | undefined) => void
  /** Moves time and runs what falls due, in order, timers set meanwhile included. */
  readonly advance: (ms: number) => void
  /** As {@link VirtualClock.advance}; lets promise callbacks run before, between and after the timers. */
  readonly advanceAsync: (ms: number) => Promise<void>
  /** Runs timers until none is left. Throws after `limit` of them, as an interval never ends. */
  readonly runAll: (limit?: number) => Promise<void>
  /** Sets the time without running timers: a clock that is put right, or wrong. */
  readonly jumpTo: (ms: number) => void
  /** Timers that still wait. A test of `close` or `destroy` expects 0. */
  readonly pending: number
}

export type TimerHandle = number

interface Timer {
  readonly handle: TimerHandle
  readonly run: () => void
  readonly everyMs: number | undefined
  dueAt: number
}

/** 2 January 2026, later than every file the tests write. */
export const testEpoch: number = Date.UTC(2026, 0, 2)

export function createVirtualClock(startMs: number = testEpoch): VirtualClock {
  let time = startMs
  let lastHandle = 0
  const timers = new Map<TimerHandle, Timer>()

  const add = (run: () => void, delayMs: number, everyMs: number | undefined): TimerHandle => {
    const handle = ++lastHandle
    timers.set(handle, { handle, run, everyMs, dueAt: time + Math.max(0, delayMs) })
    return handle
  }
  const clear = (handle: TimerHandle | undefined): void => {
    if (handle !== undefined) timers.delete(handle)
  }
  const nextDue = (until: number): Timer | undefined => {
    let next: Timer | undefined
    for (const timer of timers.values()) if (timer.dueAt <= until && (!next || timer.dueAt < next.dueAt)) next = timer
    return next
  }
  const fire = (timer: Timer): void => {
    time = Math.max(time, timer.dueAt)
    if (timer.everyMs === undefined) timers.delete(timer.handle)
    else timer.dueAt += Math.max(1, timer.everyMs)
    timer.run()
  }
  const setTimer = (run: () => void, delayMs: number): TimerHandle => add(run, delayMs, undefined)

  return {
    now: () => time,
    setTimer,
    clearTimer: clear,
    setTimeout: (run, delayMs = 0) => setTimer(run, delayMs),
    clearTimeout: clear,
    setInterval: (run, delayMs = 0) => add(run, delayMs, delayMs),
    clearInterval: clear,
    advance: (ms) => {
      const until = time + ms
      for (let timer = nextDue(until); timer; timer = nextDue(until)) fire(timer)
      time = until
    },
    advanceAsync: async (ms) => {
      const until = time + ms
      await settle()
      for (let timer = nextDue(until); timer; timer = nextDue(until)) {
        fire(timer)
        await settle()
      }
      time = until
      await settle()
    },
    runAll: async (limit = 1_000) => {
      await settle()
      for (let ran = 0; timers.size > 0; ran++) {
        if (ran >= limit) throw new Error(`runAll: ${timers.size} timers still wait after ${limit} ran`)
        fire(nextDue(Number.POSITIVE_INFINITY) as Timer)
        await settle()
      }
    },
    jumpTo: (ms) => {
      time = ms
    },
    get pending() {
      return timers.size
    },
  }
}

/** Lets promise chains run to their end: a turn of the macrotask queue comes after all microtasks. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise<void>((resolve) => setImmediate(resolve))
}
