import type { Clock } from './clock.ts'
import { compareFacts } from './fact.ts'
import type { FactStore } from './fact-store.ts'
import type { Writer } from './writer.ts'

/**
 * Facts of the far future in one's own lane come from a time when this device's clock was wrong. They are issued again at
 * the present time, in their old order.
 */
export function reissueOwnFarFacts(store: FactStore, writer: Writer, clock: Clock): void {
  store.settle()
  if (!clock.hasFar) return
  const limit = clock.limit()
  const far = [...store.allFacts()].filter((fact) => fact.lane === writer.lane && fact.t > limit && fact.counts())
  if (far.length > 0) writer.transact('local', () => writer.reissue(far.toSorted(compareFacts)))
}
