/** Time as this folder takes it. Tests pass a virtual clock. */
export interface Timers {
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly setTimer: (run: () => void, delayMs: number) => number
  readonly clearTimer: (handle: number) => void
}

export const systemTimers: Timers = {
  now: () => Date.now(),
  setTimer: (run, delayMs) => setTimeout(run, delayMs),
  clearTimer: (handle) => clearTimeout(handle),
}
