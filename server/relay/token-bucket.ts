/** A rate: `perSecond` in the long run, `burst` at once. Pure; may go into debt, which is then waited off. */
export interface TokenBucket {
  /** Takes the cost and tells how long to wait before more may be taken, 0 for not at all. */
  take(cost: number, nowMs: number): number
}

export function createTokenBucket(options: { readonly perSecond: number; readonly burst: number }): TokenBucket {
  const { perSecond, burst } = options
  let level = burst
  let filledAtMs: number | null = null
  return {
    take(cost, nowMs) {
      const elapsedMs = Math.max(0, nowMs - (filledAtMs ?? nowMs))
      filledAtMs = nowMs
      level = Math.min(burst, level + (elapsedMs * perSecond) / 1_000) - cost
      return level >= 0 ? 0 : Math.ceil((-level * 1_000) / perSecond)
    },
  }
}
