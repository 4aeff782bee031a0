import { describe, expect, it } from 'vitest'
import { seedsToRun, withSeed } from '../support/random.ts'
import { runHistory } from '../support/replicas-history.ts'
import { historyOperations, ledgerKinds } from '../support/replicas-history-kinds.ts'

/**
 * Random histories with an independent oracle: it knows the list of operations and who had seen which, and computes from it
 * which tokens live, where, under which name and with which values, and what must stand in `conflicts`; nothing else may be
 * hidden (`document-model.md` I2, I6, I9, W2, W8, W9, W11). A failure names its seed; `Y_TOKENS_SEED` replays it.
 */

const runs = 170

describe('what shows is what the operations say', () => {
  for (const { name, options } of ledgerKinds)
    it(`${name}: ${runs} histories of ${historyOperations} operations`, () => {
      const seeds = seedsToRun(runs)
      const outcomes = seeds.map((seed) => withSeed(seed, () => runHistory(options(seed))))
      for (const { operations, refused } of outcomes) {
        expect(operations).toBe(historyOperations)
        expect(refused).toBe(0)
      }
      // An oracle that never meets a conflict would not know one.
      const conflicts = outcomes.reduce((sum, outcome) => sum + outcome.conflicts, 0)
      if (seeds.length > 1) expect(conflicts).toBeGreaterThan(runs)
    }, 900_000)
})
