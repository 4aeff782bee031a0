import type { RelayLimits } from './limits.ts'
import type { FrameSocket } from './relay-socket.ts'
import type { Timers } from '../store/timers.ts'
import { createTokenBucket } from './token-bucket.ts'

/**
 * Reads from a socket no faster than the limits allow. Nothing is lost and nobody is closed: TCP makes the sender wait, so a
 * paste of a thousand edits just takes its time.
 */
export interface ReadingRate {
  charge(messages: number, bytes: number): void
  close(): void
}

export function createReadingRate(socket: FrameSocket, limits: RelayLimits, timers: Timers): ReadingRate {
  const messageBucket = createTokenBucket({ perSecond: limits.messagesPerSecond, burst: limits.messageBurst })
  const byteBucket = createTokenBucket({ perSecond: limits.bytesPerSecond, burst: limits.byteBurst })
  let timer: unknown = null
  return {
    charge(messages, bytes) {
      const nowMs = timers.now()
      const waitMs = Math.max(messageBucket.take(messages, nowMs), byteBucket.take(bytes, nowMs))
      if (waitMs === 0 || timer !== null) return
      socket.pause('rate')
      timer = timers.setTimer(() => {
        timer = null
        socket.resume('rate')
      }, waitMs)
    },
    close() {
      timers.clearTimer(timer)
    },
  }
}
