/** Time as the bridge takes it. Waits run on a clock that never goes back; dates come from the wall clock. */
export interface BridgeClock {
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly monotonic: () => number
  readonly setTimer: (run: () => void, delayMs: number) => number
  readonly clearTimer: (handle: number) => void
}

export const systemClock: BridgeClock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer: (run, delayMs) => setTimeout(run, delayMs),
  clearTimer: (handle) => clearTimeout(handle),
}
