import type { ChangeAuthor } from './change-author.ts'
import { unitsPerMs } from './clock.ts'
import { isCovered, noCovers } from './cover.ts'
import { compareFacts, type Fact } from './fact.ts'
import { authorOf } from './lane.ts'
import { nodesBelow } from './node.ts'
import type { Place } from './places.ts'
import type { FactStore } from './fact-store.ts'

/** The newest living fact at or below a place; null where everything came with the file. */
export function lastChangeAt(store: FactStore, place: Place): ChangeAuthor | null {
  let newest: Fact | undefined
  for (const part of [place.node, ...place.merged]) {
    for (const node of part ? nodesBelow(part) : []) {
      const covers = node.shownCovers ?? noCovers
      for (const fact of node.facts) {
        if (fact.field !== 'x' && isCovered(fact.t, fact.lane, covers)) continue
        if (fact.counts() && (!newest || compareFacts(newest, fact) < 0)) newest = fact
      }
    }
  }
  if (!newest) return null
  return { who: authorOf(store.registers, newest.lane), when: Math.floor(newest.t / unitsPerMs) }
}
