import { expect, it } from 'vitest'
import { createDeleteRanges } from '../../../server/relay/delete-ranges.ts'
import { seedsToRun, withSeed } from '../../support/random.ts'

it('covers exactly the clocks that were added, whatever the order', () => {
  for (const seed of seedsToRun(200))
    withSeed(seed, (random) => {
      const ranges = createDeleteRanges()
      const clocks = [new Set<number>(), new Set<number>()]
      for (let i = 0; i < 30; i++) {
        const client = random.int(2)
        const start = random.int(60)
        const end = start + 1 + random.int(10)
        const isKnown = Array.from({ length: end - start }, (_, k) => start + k).every((c) => clocks[client]!.has(c))
        expect(ranges.covers(client, start, end)).toBe(isKnown)
        ranges.add(client, start, end)
        for (let clock = start; clock < end; clock++) clocks[client]!.add(clock)
        expect(ranges.covers(client, start, end)).toBe(true)
      }
      for (let clock = 0; clock < 75; clock++)
        for (const client of [0, 1]) expect(ranges.covers(client, clock, clock + 1)).toBe(clocks[client]!.has(clock))
    })
})
