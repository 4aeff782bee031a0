import type { Timing } from '../../src/bridge/machine-events.ts'

export const stackRoom = 'stack'

/** Real sockets and real time, hence short waits, and requests enough for them. */
export const stackTiming: Partial<Timing> = {
  debounceMs: 30,
  maxDebounceMs: 200,
  verifyAfterForeignMs: 60,
  verifyAfterQuietMs: 150,
  pollMs: 200,
  backoffMinMs: 30,
  backoffMaxMs: 300,
  awaitMs: 1_500,
  awaitCheckMs: 50,
  requestTimeoutMs: 400,
  bucketBurst: 10_000,
}
