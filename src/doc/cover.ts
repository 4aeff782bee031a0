import { getKey, isObject, keysOf } from '../payload/ordered-json.ts'
import type { Fact } from './fact.ts'
import { isLaneId, seedLane } from './format.ts'

/** What one deletion covers: what its author had seen, lane by lane, and never anything after the deletion itself. */
export interface Cover {
  readonly t: number
  /** Newest seen stamp of each lane; `everything` where a newer file lacks the node. */
  readonly seen: ReadonlyMap<string, number> | 'everything'
}

export const noCovers: readonly Cover[] = []

/** The cover of an `x`; undefined where its text is no vector. */
export function coverOf(fact: Fact): Cover | undefined {
  const vector = fact.json()
  if (!isObject(vector)) return undefined
  const seen = new Map<string, number>()
  for (const lane of keysOf(vector)) {
    const t = getKey(vector, lane)
    if (typeof t === 'number' && isLaneId(lane)) seen.set(lane, Math.min(t, fact.t))
  }
  return { t: fact.t, seen }
}

/** The time of the newest file that the author of a deletion had seen; -1 where it does not say so. */
export function seenSeedTime(fact: Fact): number {
  const vector = fact.json()
  const t = isObject(vector) ? getKey(vector, seedLane) : undefined
  return typeof t === 'number' ? t : -1
}

export function isCovered(t: number, lane: string, covers: readonly Cover[]): boolean {
  for (const cover of covers) {
    if (t > cover.t) continue
    if (lane === seedLane || cover.seen === 'everything' || t <= (cover.seen.get(lane) ?? -1)) return true
  }
  return false
}
