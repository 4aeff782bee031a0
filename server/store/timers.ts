/** Time as the relay takes it. Tests pass a virtual clock. */
export interface Timers {
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly setTimer: (run: () => void, delayMs: number) => unknown
  readonly clearTimer: (handle: unknown) => void
}

export const systemTimers: Timers = {
  now: Date.now,
  setTimer: (run, delayMs) => setTimeout(run, delayMs),
  clearTimer: (handle) => {
    clearTimeout(handle as NodeJS.Timeout)
  },
}
