import { describe, expect, it } from 'vitest'
import { createClock, dayInUnits, toTime } from '../../../src/doc/clock.ts'

describe('a stamp', () => {
  it('is the time in 1/1024 ms, and never twice the same', () => {
    const clock = createClock(
      () => 1_000,
      () => 0,
    )
    expect([clock.tick(), clock.tick(), clock.tick()]).toEqual([1_024_000, 1_024_001, 1_024_002])
  })

  it('passes what was seen', () => {
    const clock = createClock(
      () => 1_000,
      () => 0,
    )
    clock.see(toTime(5_000))
    expect(clock.tick()).toBe(toTime(5_000) + 1)
    clock.seeSeed(toTime(9_000))
    expect(clock.tick()).toBe(toTime(9_000) + 1)
  })

  it('does not pass the far future, until that comes near', () => {
    let now = 1_000
    const clock = createClock(
      () => now,
      () => 0,
    )
    const far = toTime(1_000) + dayInUnits + 1
    clock.see(far)
    expect(clock.hasFar).toBe(true)
    expect(clock.tick()).toBe(toTime(1_000))
    now += 60_000
    expect(clock.hasFar).toBe(false)
    expect(clock.tick()).toBe(far + 1)
  })

  it('counts a day from the newest seed, too', () => {
    const clock = createClock(
      () => 0,
      () => 0,
    )
    clock.seeSeed(toTime(1e12))
    expect(clock.limit()).toBe(toTime(1e12) + dayInUnits)
  })

  it('comes back when the clock is put back by days', () => {
    let now = 10 * 86_400_000
    const clock = createClock(
      () => now,
      (limit) => Math.min(limit, 77),
    )
    clock.tick()
    now = 1_000
    expect(clock.last).toBe(77)
    expect(clock.hasFar).toBe(true)
    expect(clock.tick()).toBe(toTime(1_000))
  })

  it('never leaves the safe integers', () => {
    const clock = createClock(
      () => Number.MAX_SAFE_INTEGER,
      () => 0,
    )
    expect(clock.tick()).toBe(Number.MAX_SAFE_INTEGER)
  })

  it('is 0 before 1970', () => {
    expect([toTime(-5), toTime(1.9)]).toEqual([0, 1_024])
  })
})
