/**
 * A document as cheap as can be, for thousands of runs: tokens with fields, no names, no groups. As in the real one, every edit
 * is a fact in its device's lane, the newest fact of a register shows, and a deletion hides what it has seen.
 */
import type { Row } from '../../../src/payload/plugin-rows.ts'

export interface ModelFact {
  readonly lane: string
  /** Within its lane. */
  readonly n: number
  readonly key: string
  /** `''` for a deletion of the token. */
  readonly field: string
  readonly text: string
  readonly t: number
  /** Of a deletion, or a merge: what its author had seen, by lane. */
  readonly seen: ModelVector | undefined
  /** Ids of the facts of its register that its author had seen, and which it erases; a merge erases what its base has seen. */
  readonly erases: ReadonlySet<string>
}

export function factId({ lane, n }: ModelFact): string {
  return `${n} ${lane}`
}

/** `[lane, n]` of all that a replica has: lanes arrive in order, so one number for each is enough. */
export type ModelVector = ReadonlyMap<string, number>

export interface ModelDocument {
  readonly vector: ModelVector
  /** Greatest time of a fact. */
  readonly top: number
  take(facts: readonly ModelFact[]): void
  has(fact: ModelFact): boolean
  covers(vector: ReadonlyMap<number | string, number>): boolean
  laneExists(lane: string): boolean
  rows(): ReadonlyMap<string, Row>
  /** The fact that shows in the field, then those beside it that nobody erased. */
  standing(key: string, field: string): readonly ModelFact[]
  factsOf(key: string): readonly ModelFact[]
  /** In the order of their arrival. */
  all(): readonly ModelFact[]
}

export function createModelDocument(): ModelDocument {
  const vector = new Map<string, number>()
  const log: ModelFact[] = []
  const byKey = new Map<string, Set<ModelFact>>()
  const erased = new Set<string>()
  let top = 0
  let shown: Map<string, Row> | undefined

  const take = (facts: readonly ModelFact[]): void => {
    for (const fact of facts) {
      if (fact.n <= (vector.get(fact.lane) ?? 0)) continue
      vector.set(fact.lane, fact.n)
      log.push(fact)
      top = Math.max(top, fact.t)
      const facts = byKey.get(fact.key)
      if (facts) facts.add(fact)
      else byKey.set(fact.key, new Set([fact]))
      for (const each of fact.erases) erased.add(each)
      shown = undefined
    }
  }
  const living = (key: string): ModelFact[] => {
    const facts = [...(byKey.get(key) ?? [])].filter((fact) => !erased.has(factId(fact)))
    const deletions = facts.filter(({ field }) => field === '')
    const isHidden = ({ lane, n }: ModelFact): boolean => deletions.some(({ seen }) => (seen?.get(lane) ?? 0) >= n)
    const values = facts.filter((fact) => fact.field !== '' && !facts.some((other) => isReplacedBy(fact, other)))
    // One unseen edit brings the whole token back.
    return deletions.length === 0 || values.some((fact) => !isHidden(fact)) ? values : []
  }
  const isReplacedBy = (fact: ModelFact, other: ModelFact): boolean =>
    other !== fact && other.field === fact.field && (other.seen?.get(fact.lane) ?? 0) >= fact.n
  const isNewer = (a: ModelFact, b: ModelFact): boolean => a.t > b.t || (a.t === b.t && a.lane > b.lane)
  const standing = (key: string, field: string): readonly ModelFact[] =>
    living(key)
      .filter((fact) => fact.field === field)
      .toSorted((a, b) => (isNewer(a, b) ? -1 : 1))

  return {
    vector,
    get top() {
      return top
    },
    take,
    has: ({ lane, n }) => (vector.get(lane) ?? 0) >= n,
    covers: (other) => [...other].every(([lane, n]) => (vector.get(lane as string) ?? 0) >= n),
    laneExists: (lane) => vector.has(lane),
    rows: () => {
      if (shown) return shown
      shown = new Map()
      for (const key of byKey.keys()) {
        const newest = new Map<string, ModelFact>()
        for (const fact of living(key)) {
          const now = newest.get(fact.field)
          if (!now || isNewer(fact, now)) newest.set(fact.field, fact)
        }
        if (newest.has('$value'))
          shown.set(key, Object.fromEntries([...newest].map(([field, { text }]) => [field, text])))
      }
      return shown
    },
    standing,
    factsOf: (key) => [...(byKey.get(key) ?? [])].filter((fact) => !erased.has(factId(fact))),
    all: () => log,
  }
}
