import { runHistory, type HistoryOptions } from '../support/replicas-history.ts'
import { ledgerScenario } from '../support/replicas-history-ledger.ts'
import { wildScenario } from '../support/replicas-history-wild.ts'
import type { SoakArea } from './run.ts'

const dayMs = 86_400_000

/** The histories of `convergence.test.ts`, longer, one kind after the other. */
const kinds: readonly Omit<HistoryOptions, 'seed'>[] = [
  { replicas: 3, operations: 200, scenario: () => ledgerScenario() },
  { replicas: 5, operations: 300, scenario: () => ledgerScenario({ skewMs: 3_600_000 }) },
  { replicas: 3, operations: 200, scenario: () => wildScenario() },
  { replicas: 4, operations: 200, scenario: () => wildScenario({ skewMs: 4 * dayMs }) },
  { replicas: 3, operations: 120, scenario: () => wildScenario({ versions: 3 }) },
  { replicas: 8, operations: 300, scenario: () => wildScenario({ versions: 2 }) },
]

export const documentSoak: SoakArea = {
  run: (seed) => {
    const options = kinds[seed % kinds.length] as Omit<HistoryOptions, 'seed'>
    const { operations, refused, deliveries, restarts } = runHistory({ ...options, seed })
    return { operations, refused, deliveries, restarts }
  },
}
