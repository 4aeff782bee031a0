import { createRandom } from './random.ts'
import type { HistoryOptions } from './replicas-history.ts'
import { ledgerScenario } from './replicas-history-ledger.ts'
import { wildScenario } from './replicas-history-wild.ts'

/** One kind of random history, which a seed makes one of. */
export interface HistoryKind {
  readonly name: string
  readonly options: (seed: number) => HistoryOptions
}

const dayMs = 86_400_000
export const historyOperations = 200

/** Two to eight replicas, those who come later included. */
const kind = (name: string, scenario: HistoryOptions['scenario'], most: number, newcomers = 1): HistoryKind => ({
  name,
  options: (seed) => ({
    seed,
    replicas:
      2 +
      createRandom(seed)
        .fork(name)
        .int(most - newcomers - 1),
    newcomers,
    operations: historyOperations,
    scenario,
  }),
})

/** Histories that an oracle judges: which tokens, where, with which values and conflicts. */
export const ledgerKinds: readonly HistoryKind[] = [
  kind('messages overtake each other, clocks minutes apart', () => ledgerScenario(), 6),
  kind(
    'storage loses its tail, clocks an hour apart',
    () => ledgerScenario({ losesTails: true, skewMs: 3_600_000 }),
    5,
  ),
  kind('newer files come later, storage loses its tail', () => ledgerScenario({ losesTails: true, files: true }), 8, 3),
]

/** Histories in which everybody does everything the interface offers; all must end equal. */
export const wildKinds: readonly HistoryKind[] = [
  kind('everything at once, clocks minutes apart', () => wildScenario(), 5),
  kind('clocks days apart', () => wildScenario({ skewMs: 4 * dayMs }), 4),
  kind('three files taken in apart, others later', () => wildScenario({ versions: 3 }), 8, 2),
]
