import type { Json } from '../payload/ordered-json.ts'
import { type Fact, newestFact } from './fact.ts'

/**
 * The product's own facts, `/~y/…`: bins, lane headers and the like. Read by the newest `v` alone, without voiding or
 * deletion, and never for tokens.
 */
export interface Registers {
  add(fact: Fact): void
  /** False where there is no such fact. */
  remove(fact: Fact): boolean
  factsAt(id: string): readonly Fact[]
  newest(id: string): Fact | undefined
  value(id: string): Json | undefined
  /** Ids and values below a prefix, null ones included. */
  below(prefix: string): ReadonlyMap<string, Json>
  all(): Iterable<Fact>
}

export function createRegisters(): Registers {
  const byId = new Map<string, Fact[]>()
  const newest = (id: string): Fact | undefined => newestFact(byId.get(id) ?? [], 'v', (fact) => fact.counts())
  return {
    add: (fact) => {
      const facts = byId.get(fact.id)
      if (facts) facts.push(fact)
      else byId.set(fact.id, [fact])
    },
    remove: (fact) => {
      const facts = byId.get(fact.id)
      const at = facts?.indexOf(fact) ?? -1
      if (at === -1) return false
      facts?.splice(at, 1)
      if (facts?.length === 0) byId.delete(fact.id)
      return true
    },
    factsAt: (id) => byId.get(id) ?? [],
    newest,
    value: (id) => newest(id)?.json(),
    below: (prefix) => {
      const values = new Map<string, Json>()
      for (const id of byId.keys()) {
        const value = id.startsWith(prefix) ? newest(id)?.json() : undefined
        if (value !== undefined) values.set(id, value)
      }
      return values
    },
    *all() {
      for (const facts of byId.values()) yield* facts
    },
  }
}
