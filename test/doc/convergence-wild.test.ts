import { describe, expect, it } from 'vitest'
import { seedsToRun, withSeed } from '../support/random.ts'
import { runHistory } from '../support/replicas-history.ts'
import { historyOperations, wildKinds } from '../support/replicas-history-kinds.ts'

/**
 * Random histories in which everybody does whatever the interface offers, names collide, files are taken in apart and clocks
 * are wrong: everybody ends equal (`document-model.md` I1, I2, I10, I11). A failure names its seed; `Y_TOKENS_SEED` replays it.
 */

const runs = 170

describe('everybody ends equal', () => {
  for (const { name, options } of wildKinds)
    it(`${name}: ${runs} histories of ${historyOperations} operations`, () => {
      const seeds = seedsToRun(runs)
      const outcomes = seeds.map((seed) => withSeed(seed, () => runHistory(options(seed))))
      for (const { operations, refused } of outcomes) {
        expect(operations).toBe(historyOperations)
        // A history in which most calls are refused would prove little.
        expect(refused).toBeLessThan(historyOperations / 2)
      }
      if (seeds.length > 1) expect(Math.max(...outcomes.map(({ replicas }) => replicas))).toBeGreaterThanOrEqual(4)
    }, 900_000)
})
