import { describe, expect, it } from 'vitest'
import { createVirtualClock } from './virtual-clock.ts'

describe('virtual clock', () => {
  it('runs timers in the order they fall due, each at its own time', () => {
    const clock = createVirtualClock(1_000)
    const seen: [string, number][] = []
    clock.setTimer(() => seen.push(['late', clock.now()]), 50)
    clock.setTimer(() => {
      seen.push(['early', clock.now()])
      clock.setTimer(() => seen.push(['set by early', clock.now()]), 10)
    }, 20)
    clock.advance(40)
    expect(seen).toEqual([
      ['early', 1_020],
      ['set by early', 1_030],
    ])
    clock.advance(60)
    expect(seen.at(-1)).toEqual(['late', 1_050])
    expect([clock.now(), clock.pending]).toEqual([1_100, 0])
  })

  it('repeats intervals until they are cleared', () => {
    const clock = createVirtualClock(0)
    let ticks = 0
    const handle = clock.setInterval(() => ticks++, 10)
    clock.advance(35)
    clock.clearInterval(handle)
    clock.advance(100)
    expect(ticks).toBe(3)
  })

  it('lets promises run between timers', async () => {
    const clock = createVirtualClock(0)
    const seen: string[] = []
    clock.setTimer(() => {
      void Promise.resolve()
        .then(() => seen.push('promise'))
        .then(() => clock.setTimer(() => seen.push('timer of the promise'), 5))
    }, 10)
    clock.setTimer(() => seen.push('later timer'), 30)
    await clock.advanceAsync(100)
    expect(seen).toEqual(['promise', 'timer of the promise', 'later timer'])
  })

  it('ends runAll where timers never do', async () => {
    const clock = createVirtualClock(0)
    clock.setInterval(() => undefined, 1)
    await expect(clock.runAll(20)).rejects.toThrow(/1 timers still wait after 20/)
  })

  it('jumps without running what falls due', () => {
    const clock = createVirtualClock(0)
    let ran = false
    clock.setTimer(() => {
      ran = true
    }, 10)
    clock.jumpTo(1_000)
    expect(ran).toBe(false)
    clock.advance(0)
    expect(ran).toBe(true)
  })
})
