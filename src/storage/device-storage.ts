import { systemTimers, type Timers } from './timers.ts'

/** What the browser says of this origin's storage; a rough figure, padded against fingerprinting. */
export interface StorageEstimate {
  readonly usedBytes: number
  readonly quotaBytes: number
}

/** Firefox asks the user, who may never answer. */
const answerTimeoutMs = 3_000

/**
 * Asks the browser not to evict this origin's storage when the disk fills up. Call it on a user's gesture. `unknown` where
 * the browser cannot, may not, or does not answer within three seconds; it may still say yes later.
 */
export async function requestPersistence(timers: Timers = systemTimers): Promise<'granted' | 'denied' | 'unknown'> {
  const granted = await answerOf((storage) => storage.persist(), timers)
  return granted === null ? 'unknown' : granted ? 'granted' : 'denied'
}

/** Null where the browser does not say. */
export async function estimateStorage(timers: Timers = systemTimers): Promise<StorageEstimate | null> {
  const estimate = await answerOf((storage) => storage.estimate(), timers)
  return estimate && { usedBytes: estimate.usage ?? 0, quotaBytes: estimate.quota ?? 0 }
}

/** Null without an answer: absent in an insecure context, denied in an opaque origin, silent while the user is asked. */
function answerOf<T>(ask: (storage: StorageManager) => Promise<T>, timers: Timers): Promise<T | null> {
  return new Promise((resolve) => {
    const timeout = timers.setTimer(() => resolve(null), answerTimeoutMs)
    const answer = async (): Promise<T | null> =>
      typeof navigator === 'object' && 'storage' in navigator ? ask(navigator.storage) : null
    const settle = (value: T | null): void => {
      timers.clearTimer(timeout)
      resolve(value)
    }
    answer().then(settle, () => settle(null))
  })
}
