import { runHistory } from '../support/replicas-history.ts'
import { ledgerKinds, wildKinds } from '../support/replicas-history-kinds.ts'
import type { SoakArea } from './run.ts'

/** The histories of `convergence-*.test.ts` with fresh seeds, one kind after the other. */
const kinds = [...ledgerKinds, ...wildKinds]

export const documentSoak: SoakArea = {
  run: (seed) => {
    const { trace: _, ...counts } = runHistory((kinds[seed % kinds.length] as (typeof kinds)[number]).options(seed))
    return counts
  },
}
