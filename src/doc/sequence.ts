/** Ordered names with order keys, and the keys that bring them into another order with as few moves as can be. */
import { isOrderKey, orderKeyBetween, unordered } from './order-key.ts'

export interface Keyed {
  readonly name: string
  readonly order: string
}

/** A key right behind the last of `predecessors` that the sequence has; at its start where it has none of them. */
export function keyBehind(
  sequence: readonly Keyed[],
  predecessors: readonly string[],
  random: () => number,
): { readonly key: string; readonly at: number; readonly fits: (key: string) => boolean } {
  const behind = new Set(predecessors)
  const at = sequence.findLastIndex(({ name }) => behind.has(name)) + 1
  const { left, right } = boundsAt(sequence, at)
  return {
    key: orderKeyBetween(left, right, random),
    at,
    fits: (key) => (left === undefined || left < key) && (right === undefined || key < right),
  }
}

/** The keys around a slot. Equal keys stand side by side after concurrent inserts; nothing fits between them. */
export function boundsAt(
  sequence: readonly Keyed[],
  slot: number,
): { readonly left: string | undefined; readonly right: string | undefined } {
  const left = sequence.slice(0, slot).findLast(({ order }) => order !== unordered)?.order
  const right = sequence.slice(slot).find(({ order }) => left === undefined || order > left)?.order
  return { left, right: right === unordered ? undefined : right }
}

/**
 * New keys for the names that must move so that the sequence comes into the wanted order. The longest run that stands right
 * already stays. Wanted names which the sequence lacks get a key only where one that it has comes behind them. `fixed` names
 * never move.
 */
export function keysForOrder(
  sequence: readonly Keyed[],
  wanted: readonly string[],
  random: () => number,
  fixed: ReadonlySet<string> = new Set(),
): ReadonlyMap<string, string> {
  const rank = new Map(wanted.map((name, i) => [name, i]))
  // A list may name one set twice; the first counts.
  const first = new Map(sequence.map((each): [string, Keyed] => [each.name, each]).toReversed())
  const placed = sequence.filter(
    (each) => rank.has(each.name) && isOrderKey(each.order) && first.get(each.name) === each,
  )
  const pillars = placed.flatMap(({ name }, at) => (fixed.has(name) ? [{ at, rank: rank.get(name) as number }] : []))
  const ranked = placed.filter(({ name }, at) =>
    pillars.every((pillar) => Math.sign(pillar.at - at) === Math.sign(pillar.rank - (rank.get(name) as number))),
  )
  const stays = longestIncreasing(ranked.map(({ name }) => rank.get(name) as number))
  const orderOf = new Map<string, string>()
  let highest = ''
  for (const [i, { name, order }] of ranked.entries()) {
    // Of equal keys one stays: nothing fits between them.
    if (!stays.has(i) || order <= highest) continue
    orderOf.set(name, order)
    highest = order
  }
  const has = new Set(sequence.map(({ name }) => name))
  const last = wanted.findLastIndex((name) => has.has(name))
  const keys = new Map<string, string>()
  let left: string | undefined
  for (const [i, name] of wanted.entries()) {
    const kept = orderOf.get(name)
    if (kept !== undefined) {
      left = kept
      continue
    }
    if (i > last) continue
    const next = wanted.slice(i + 1).find((each) => orderOf.has(each))
    const right = next === undefined ? undefined : orderOf.get(next)
    left = orderKeyBetween(left, right, random)
    keys.set(name, left)
  }
  return keys
}

/** Indexes of a longest strictly increasing run. */
export function longestIncreasing(values: readonly number[]): ReadonlySet<number> {
  /** Of each length the run that ends lowest: the index of its end. */
  const ends: number[] = []
  const previous: (number | undefined)[] = []
  for (const [i, value] of values.entries()) {
    let low = 0
    let high = ends.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((values[ends[middle] as number] as number) < value) low = middle + 1
      else high = middle
    }
    previous[i] = low > 0 ? ends[low - 1] : undefined
    ends[low] = i
  }
  const run = new Set<number>()
  for (let i = ends.at(-1); i !== undefined; i = previous[i]) run.add(i)
  return run
}
