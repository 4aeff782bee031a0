import { unitsPerMs } from './clock.ts'
import { compareFacts, type Fact } from './fact.ts'
import { seedLane } from './format.ts'
import { type Author, authorOf } from './lane.ts'
import { parentIdOf } from './node-id.ts'
import type { Registers } from './registers.ts'

export interface ChangeAuthor {
  readonly who: Author
  /** Milliseconds since 1970. */
  readonly when: number
}

/**
 * Who made a node show otherwise, among the facts that came with a transaction: the one at the node or nearest above it,
 * else the newest below it, else the newest at all. Without any, a file did, or a fact that was taken back.
 */
export function createChangeAuthors(
  registers: Registers,
  facts: readonly Fact[],
  otherwise: { readonly lane: string; readonly t: number },
): (id: string) => ChangeAuthor {
  const newestAt = new Map<string, Fact>()
  let newest: Fact | undefined
  for (const fact of facts) {
    const known = newestAt.get(fact.id)
    if (!known || compareFacts(known, fact) < 0) newestAt.set(fact.id, fact)
    if (!newest || compareFacts(newest, fact) < 0) newest = fact
  }
  const authors = new Map<string, Author>()
  const describe = (lane: string, t: number): ChangeAuthor => {
    let who = authors.get(lane)
    if (!who) {
      who = lane === seedLane ? { lane } : authorOf(registers, lane)
      authors.set(lane, who)
    }
    return { who, when: Math.floor(t / unitsPerMs) }
  }
  return (id) => {
    let fact: Fact | undefined
    for (let above = id; above !== '' && !fact; above = parentIdOf(above)) fact = newestAt.get(above)
    if (!fact) {
      const below = `${id}/`
      for (const each of newestAt.values())
        if (each.id.startsWith(below) && (!fact || compareFacts(fact, each) < 0)) fact = each
    }
    fact ??= newest
    return fact ? describe(fact.lane, fact.t) : describe(otherwise.lane, otherwise.t)
  }
}
