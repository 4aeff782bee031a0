import { describe, expect, it } from 'vitest'
import { defaultLimits } from '../../../server/relay/limits.ts'
import { createLiveness } from '../../../server/relay/liveness.ts'
import { createTokenBucket } from '../../../server/relay/token-bucket.ts'

const second = 1_000

describe('liveness', () => {
  it('sends a keep-alive after 20 s of sending nothing', () => {
    const liveness = createLiveness(defaultLimits, 0)
    expect(liveness.due(19 * second, 0, false)).toBeNull()
    expect(liveness.due(20 * second, 0, false)).toBe('keep-alive')
    liveness.sent(20 * second)
    expect(liveness.due(21 * second, 0, false)).toBeNull()
  })

  it('pings after 25 s and declares dead after 15 s without a sign of life: within 45 s', () => {
    const liveness = createLiveness(defaultLimits, 0)
    liveness.sent(20 * second)
    expect(liveness.due(25 * second, 0, false)).toBe('ping')
    expect(liveness.due(39 * second, 0, false)).toBeNull()
    expect(liveness.due(40 * second, 0, false)).toBe('dead')
  })

  it('takes any message for a sign of life, and pings again', () => {
    const liveness = createLiveness(defaultLimits, 0)
    expect(liveness.due(25 * second, 0, false)).toBe('ping')
    liveness.heard(26 * second)
    liveness.sent(40 * second)
    expect(liveness.due(41 * second, 0, false)).toBeNull()
    expect(liveness.due(50 * second, 0, false)).toBe('ping')
  })

  it('does not give up a client that is still taking what it was sent', () => {
    const liveness = createLiveness(defaultLimits, 0)
    expect(liveness.due(25 * second, 9_000, false)).toBe('ping')
    liveness.sent(30 * second)
    expect(liveness.due(39 * second, 5_000, false)).toBeNull()
    expect(liveness.due(53 * second, 4_000, false)).not.toBe('dead')
    expect(liveness.due(68 * second, 4_000, false)).toBe('dead')
  })

  it('gives a slow consumer a minute, and no keep-alive on top', () => {
    const liveness = createLiveness(defaultLimits, 0)
    expect(liveness.due(25 * second, 9_000, true)).toBe('ping')
    expect(liveness.due(84 * second, 9_000, true)).toBeNull()
    expect(liveness.due(85 * second, 9_000, true)).toBe('dead')
  })
})

describe('a token bucket', () => {
  it('takes a burst at once, then waits as long as the debt lasts', () => {
    const bucket = createTokenBucket({ perSecond: 100, burst: 50 })
    for (let i = 0; i < 50; i++) expect(bucket.take(1, 0)).toBe(0)
    expect(bucket.take(1, 0)).toBe(10)
    expect(bucket.take(9, 0)).toBe(100)
    expect(bucket.take(0, 100)).toBe(0)
  })

  it('fills no further than the burst, and never by a clock that steps back', () => {
    const bucket = createTokenBucket({ perSecond: 100, burst: 50 })
    expect(bucket.take(50, 1_000_000)).toBe(0)
    expect(bucket.take(1, 0)).toBe(10)
    expect(bucket.take(0, 10_000)).toBe(0)
    expect(bucket.take(51, 20_000)).toBe(10)
  })
})
