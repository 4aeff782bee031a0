/** Whether the other side is still there, and what to send so that both sides know. Pure. */
export interface Liveness {
  heard(nowMs: number): void
  sent(nowMs: number): void
  /**
   * What is due. `bufferedBytes`: unsent; if they shrink, the other side is alive although its pong sits behind them. `slow`:
   * it is known to be slow and gets longer.
   */
  due(nowMs: number, bufferedBytes: number, slow: boolean): 'dead' | 'ping' | 'keep-alive' | null
}

export interface LivenessLimits {
  readonly keepAliveMs: number
  readonly pingIntervalMs: number
  readonly pongTimeoutMs: number
  readonly slowConsumerTimeoutMs: number
}

export function createLiveness(limits: LivenessLimits, openedAtMs: number): Liveness {
  let heardAtMs = openedAtMs
  let sentAtMs = openedAtMs
  let pingedAtMs = openedAtMs
  let awaitsPong = false
  let bufferedBefore = 0
  return {
    heard(nowMs) {
      heardAtMs = nowMs
      awaitsPong = false
    },
    sent(nowMs) {
      sentAtMs = nowMs
    },
    due(nowMs, bufferedBytes, slow) {
      if (bufferedBytes < bufferedBefore) heardAtMs = nowMs
      bufferedBefore = bufferedBytes
      const patienceMs = slow ? limits.slowConsumerTimeoutMs : limits.pongTimeoutMs
      if (awaitsPong && nowMs - Math.max(pingedAtMs, heardAtMs) >= patienceMs) return 'dead'
      if (!awaitsPong && nowMs - pingedAtMs >= limits.pingIntervalMs) {
        pingedAtMs = nowMs
        awaitsPong = true
        return 'ping'
      }
      return nowMs - sentAtMs >= limits.keepAliveMs && !slow ? 'keep-alive' : null
    },
  }
}
