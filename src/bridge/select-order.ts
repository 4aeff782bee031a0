/**
 * The order of sets decides which tokens override which, and that of themes what people see: a foreign writer may change both.
 * Only what file and base share is compared; of that, the longest run that kept its order stays and the rest has moved.
 */
import { escapeSegment, segmentsOf } from '../payload/json-pointer.ts'
import { isIntegerKey } from '../payload/ordered-json.ts'
import type { AcceptedChange } from './accepted-change.ts'
import { decideField, type FieldSituation } from './decide.ts'
import type { ForeignMerge } from './foreign-merge.ts'
import type { Pair } from './identify.ts'
import type { KeptValue } from './side-entries.ts'
import { themePrefix } from './snapshot-content.ts'
import type { Snap } from './snapshot-history.ts'

export type OrderedList = 'sets' | 'themes'

interface Into {
  readonly accepted: AcceptedChange[]
  readonly kept: KeptValue[]
}

export function selectOrder(merge: ForeignMerge, list: OrderedList, into: Into): void {
  const pairs = comparable(merge, list)
  const keys = new Map(pairs.map(({ key, place }) => [place.id, key]))
  const shared = (order: readonly string[]): readonly string[] => order.filter((id) => keys.has(id))
  const r = pairs.map(({ place }) => place.id)
  const b = shared(basePlaces(merge, list))
  const d = shared(documentOrder(merge, list))
  const stays = longestRun(r.map((id) => b.indexOf(id)))
  const moved = new Set(r.filter((_, at) => !stays.has(at)))
  const situation = situationOf(merge, list, { r, b, d, moved })
  const decision = decideField(situation)
  const toKeys = (order: readonly string[]): readonly string[] => order.map((id) => keys.get(id) ?? id)
  if (decision === 'take') {
    const movedKeys = new Set(toKeys([...moved]))
    const { known } = situation
    into.accepted.push({ kind: 'order', list, before: toKeys(b), after: toKeys(r), moved: movedKeys, known })
  } else if (typeof decision === 'object') {
    const names = (order: readonly string[]): string => JSON.stringify(toKeys(order).map((key) => nameOf(list, key)))
    const node = list === 'sets' ? merge.access.setsId : '/$themes'
    const values = { text: names(r), ours: names(d), reason: decision.keep }
    into.kept.push({ role: 'order', node, place: list, field: '', ...values })
  }
}

export function nameOf(list: OrderedList, key: string): string {
  return list === 'sets' ? (segmentsOf(key)[0] ?? '') : key.slice(themePrefix.length)
}

interface Orders {
  readonly r: readonly string[]
  readonly b: readonly string[]
  readonly d: readonly string[]
  readonly moved: ReadonlySet<string>
}

/** An order is a field whose text is the list. What was deleted here leaves the order of the rest as it was. */
function situationOf(merge: ForeignMerge, list: OrderedList, { r, b, d, moved }: Orders): FieldSituation {
  const living = new Set(d)
  const isAs = (order: readonly string[]): boolean =>
    sameList(
      d,
      order.filter((id) => living.has(id)),
    )
  const had = (snap: Snap): boolean =>
    sameList(
      snapshotOrder(merge, list, snap).filter((id) => r.includes(id)),
      r,
    )
  const { history, bin, near, base, nearOthers, low } = merge
  return {
    r: r.join(),
    b: b.join(),
    d: (isAs(b) ? b : isAs(r) ? r : d).join(),
    lives: true,
    known: history.snapsOf(bin).some(had),
    nearHas: near.some((snap) => snap.id !== base.snap.id && had(snap)),
    nearDiffers: nearOthers.some((snap) => !had(snap)),
    low,
    beaten: [...moved].some((id) => merge.isBeaten(id, id, ['p', 'q'])),
  }
}

/** Names that look like whole numbers stand first in every object, whatever anybody does: their place says nothing. */
function comparable(merge: ForeignMerge, list: OrderedList): readonly Pair[] {
  const { sets, themes } = merge.identity
  return list === 'themes' ? themes : sets.filter(({ key, baseKey }) => ![key, baseKey].some(isNumbered))
}

function isNumbered(setKey: string): boolean {
  return isIntegerKey(segmentsOf(setKey)[0] ?? '')
}

function keysIn(list: OrderedList, sets: readonly string[], themes: Iterable<string>): readonly string[] {
  return list === 'sets' ? sets.map((name) => `/${escapeSegment(name)}`) : [...themes].map((id) => themePrefix + id)
}

function basePlaces({ base }: ForeignMerge, list: OrderedList): readonly string[] {
  return keysIn(list, base.rows.sets, base.rows.themes.keys()).flatMap((key) => base.places.get(key)?.id ?? [])
}

function documentOrder({ view }: ForeignMerge, list: OrderedList): readonly string[] {
  return keysIn(list, view.rows.sets, view.rows.themes.keys()).flatMap((key) => view.places.get(key)?.id ?? [])
}

function snapshotOrder({ history }: ForeignMerge, list: OrderedList, snap: Snap): readonly string[] {
  return keysIn(list, history.setsAt(snap), history.themesAt(snap)).flatMap(
    (key) => history.placeAt(snap, key)?.id ?? [],
  )
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each, at) => each === b[at])
}

/** Positions of a longest increasing subsequence. */
export function longestRun(values: readonly number[]): ReadonlySet<number> {
  const tails: number[] = []
  const before: number[] = []
  for (const [at, value] of values.entries()) {
    let low = 0
    let high = tails.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((values[tails[middle] as number] as number) < value) low = middle + 1
      else high = middle
    }
    before[at] = low > 0 ? (tails[low - 1] as number) : -1
    tails[low] = at
  }
  const run = new Set<number>()
  for (let at = tails.at(-1) ?? -1; at >= 0; at = before[at] as number) run.add(at)
  return run
}
