/** Time as this folder takes it. Tests pass a virtual clock. */
export interface Timers {
  /** Milliseconds that only move forward, on the clock that a lease's `until` refers to. */
  readonly now: () => number
  readonly setTimer: (run: () => void, delayMs: number) => number
  readonly clearTimer: (handle: number) => void
}

export const systemTimers: Timers = {
  now: () => performance.now(),
  setTimer: (run, delayMs) => setTimeout(run, delayMs),
  clearTimer: (handle) => clearTimeout(handle),
}
