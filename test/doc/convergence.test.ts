import { describe, expect, it } from 'vitest'
import { seedsToRun, withSeed } from '../support/random.ts'
import { runHistory, type HistoryOptions, type Scenario } from '../support/replicas-history.ts'
import { ledgerScenario } from '../support/replicas-history-ledger.ts'
import { wildScenario } from '../support/replicas-history-wild.ts'

/**
 * Random histories: whatever people do and however the network delivers it, everybody ends equal (`document-model.md` I1, I2,
 * I10, I11), and where an oracle can tell, with the right tokens. A failure names its seed; `Y_TOKENS_SEED` replays it.
 */

const dayMs = 86_400_000
const kinds: readonly (readonly [name: string, runs: number, options: Omit<HistoryOptions, 'seed'>])[] = [
  ['as the ledger of the operations says', 25, { replicas: 3, operations: 100, scenario: () => ledgerScenario() }],
  ['as the ledger says, five replicas', 5, { replicas: 5, operations: 150, scenario: () => ledgerScenario() }],
  ['everybody does everything', 30, { replicas: 3, operations: 80, scenario: () => wildScenario() }],
  [
    '… with clocks days apart',
    15,
    { replicas: 3, operations: 80, scenario: () => wildScenario({ skewMs: 4 * dayMs }) },
  ],
  [
    '… with three files taken in apart',
    15,
    { replicas: 3, operations: 60, scenario: () => wildScenario({ versions: 3 }) },
  ],
  ['… eight replicas', 2, { replicas: 8, operations: 120, scenario: () => wildScenario() }],
]

describe('everybody ends equal', () => {
  for (const [name, runs, options] of kinds)
    it(`${name}, ${runs} histories`, () => {
      for (const seed of seedsToRun(runs)) {
        const outcome = withSeed(seed, () => runHistory({ ...options, seed }))
        expect(outcome.operations).toBe(options.operations)
        // A history in which most calls are refused would prove little.
        expect(outcome.refused).toBeLessThan(options.operations / 2)
      }
    }, 120_000)

  // Each found a fault once: groups shown as one taken for free names, stamps after a clock was put back, conflicts that
  // depended on what had been looked at.
  const skewed = (): Scenario => wildScenario({ skewMs: 4 * dayMs })
  const threeFiles = (): Scenario => wildScenario({ versions: 3 })
  for (const [seed, scenario] of [
    [218, threeFiles],
    [522, threeFiles],
    [641, skewed],
    [762, threeFiles],
    [1185, skewed],
    [1288, wildScenario],
    [1897, skewed],
  ] as const)
    it(`seed ${seed}`, () => {
      const outcome = runHistory({ seed, replicas: 3 + (seed % 2), operations: 80, scenario: () => scenario() })
      expect(outcome.operations).toBe(80)
    })

  it('the same seed gives the same trace', () => {
    for (const [, , options] of kinds.slice(0, 5))
      expect(runHistory({ ...options, seed: 77 })).toEqual(runHistory({ ...options, seed: 77 }))
  })
})
