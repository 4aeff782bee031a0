import type { RoomStore } from '../store/room-store.ts'
import type { RelayLog } from './relay-log.ts'
import type { Timers } from '../store/timers.ts'

/** Whether the store takes writes. After a failure it is tried again until it does. */
export interface StoreHealth {
  readonly writable: boolean
  /** Why not, for an operator. */
  readonly reason: string | null
  failed(error: unknown): void
  close(): void
}

export function createStoreHealth(options: {
  readonly store: RoomStore
  readonly retryMs: number
  readonly timers: Timers
  readonly log: RelayLog
}): StoreHealth {
  const { store, retryMs, timers, log } = options
  let reason: string | null = null
  let timer: unknown = null
  let closed = false

  function tryLater(): void {
    timer = timers.setTimer(() => {
      store.probe().then(
        () => {
          reason = null
          log.info('store-recovered', {}, 'The store can be written again')
        },
        (error: unknown) => {
          reason = messageOf(error)
          if (!closed) tryLater()
        },
      )
    }, retryMs)
  }

  return {
    get writable() {
      return reason === null
    },
    get reason() {
      return reason
    },
    failed(error) {
      log.error('store-failed', { reason: messageOf(error) }, 'A write failed; nothing of it was acknowledged')
      const wasWritable = reason === null
      reason = messageOf(error)
      if (wasWritable && !closed) tryLater()
    },
    close() {
      closed = true
      timers.clearTimer(timer)
    },
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
