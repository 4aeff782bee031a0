/**
 * Where two wrote without knowing of each other. Who overwrites a fact erases what he has seen, so facts side by side in one
 * register were concurrent.
 */
import { equalJson, getKey, hasKey, isContainer, isObject, type Json } from '../payload/ordered-json.ts'
import type { ChangeAuthor } from './change-author.ts'
import { unitsPerMs } from './clock.ts'
import { conflictPlaceOf, type ConflictPlace, type Visit as PlaceVisit } from './conflict-place.ts'
import { type Cover, isCovered, noCovers, seenSeedTime } from './cover.ts'
import { coversReaching, voidFromBirth, withOwnCovers } from './coverage.ts'
import { compareFacts, compareText, type Fact, newestFact } from './fact.ts'
import type { FactStore } from './fact-store.ts'
import { seedLane } from './format.ts'
import { freezeJson } from './frozen-json.ts'
import { authorOf } from './lane.ts'
import { layersOf, ownVoid } from './layers.ts'
import type { Layer, Node } from './node.ts'
import { placeBelow, type Place, rootPlace } from './places.ts'
import type { Shown } from './shown.ts'
import { plainOf } from './snapshot.ts'
import { isReborn, standingOf } from './standing.ts'

/** A value, and who holds it. */
export interface Claim extends ChangeAuthor {
  readonly value: Json | undefined
}

/**
 * Two or more values side by side in one register: neither author had seen the other's. Writing the field settles it.
 *
 * - `value`: of a field or part; also an edit that lost to a newer file or to an edit of the same token under another id, or
 *   that does not show because somebody replaced or removed what it was a part of; and what a newer file says of something
 *   that was deleted, perhaps without knowing that file.
 * - `name`: two names given at once, or one name held by two, of which one shows with a suffix; or renamed and deleted at once.
 * - `place`: moved to two places, or moved and deleted, at once.
 * - `mixed-format`: a token with `value` and `$value`, which readers understand differently.
 */
export interface Conflict extends ConflictPlace {
  readonly kind: 'value' | 'name' | 'place' | 'mixed-format'
  readonly current: Claim
  readonly others: readonly Claim[]
}

/** With the deletions that reach the node. */
interface Visit extends PlaceVisit {
  readonly covers: readonly Cover[]
  /** What is strictly older is void here. */
  readonly voidBefore: number
  readonly above: Visit | undefined
}

type Found = Pick<Conflict, 'kind' | 'current' | 'others'>

const ids = new WeakMap<Conflict, string>()

/** The node whose facts stand against each other. Undefined for a copy of a conflict. */
export function conflictIdOf(conflict: Conflict): string | undefined {
  return ids.get(conflict)
}

/** In the order of their ids; frozen. */
export function conflictsIn(store: FactStore, shown: Shown): readonly Conflict[] {
  const { tree } = store
  const { setsId } = shown
  const found: { readonly id: string; readonly conflict: Conflict }[] = []
  const whole = rootPlace(tree, shown.view())
  const root: Visit = { node: tree.root, covers: noCovers, voidBefore: -1, place: whole, above: undefined }
  const open: Visit[] = [root]
  for (let visit = open.pop(); visit; visit = open.pop()) {
    const { node, place } = visit
    const voidBelow = Math.max(visit.voidBefore, ownVoid(layersOf(tree, node), visit.covers))
    for (const kid of node.currentKids()) {
      if (kid.kind === 'reserved') continue
      const voidBefore = kid.parent === kid.up ? voidBelow : voidFromBirth(tree, kid)
      const at = place && placeBelow(tree, place, kid.id)
      const covers = withOwnCovers(tree, kid, coversReaching(kid, visit.covers))
      open.push({ node: kid, covers, voidBefore, place: at, above: visit })
    }
    for (const each of conflictsAt(store, visit)) {
      const at = conflictPlaceOf(tree, setsId, visit)
      const conflict: Conflict = { kind: each.kind, ...at, current: each.current, others: each.others }
      freezeJson(conflict as unknown as Json)
      ids.set(conflict, node.id)
      found.push({ id: node.id, conflict })
    }
  }
  return Object.freeze(found.toSorted((a, b) => compareText(a.id, b.id)).map(({ conflict }) => conflict))
}

function* conflictsAt(store: FactStore, visit: Visit): Generator<Found, void, undefined> {
  const claim = (value: Json | undefined, lane: string, t: number): Claim => {
    const who = lane === seedLane ? { lane } : authorOf(store.registers, lane)
    return { value: value === undefined ? undefined : plainOf(value), who, when: Math.floor(t / unitsPerMs) }
  }
  const { node, place } = visit
  const isOwn = place?.id === node.id
  const value = isOwn ? valueConflict(store, visit, place, claim) : hiddenConflict(store, visit, claim)
  if (value) yield value
  const format = isOwn ? mixedFormat(store, node, place, claim) : undefined
  if (format) yield format
  if (node.facts.length === 0) return
  for (const field of ['n', 'p'] as const) {
    const register = registerConflict(store, visit, field, claim)
    if (register) yield register
  }
  const newer = place ? undefined : newerFileConflict(store, visit, claim)
  if (newer) yield newer
  const suffix = isOwn ? suffixConflict(store, visit, place, claim) : undefined
  if (suffix) yield suffix
}

type ToClaim = (value: Json | undefined, lane: string, t: number) => Claim

/**
 * Values of the node itself that no deletion covers; leaves of creations made apart, unless a later value settled them. What
 * is older than a value given to a group above may have been seen by who gave it.
 */
function valueConflict(store: FactStore, visit: Visit, place: Place, claim: ToClaim): Found | undefined {
  const { node, covers, voidBefore } = visit
  const layers = layersOf(store.tree, node).filter(({ t }) => t >= voidBefore)
  // What an edit brought back whole shows its newest value, also a deleted one.
  const winner = layers.findLast(({ t, lane }) => !isCovered(t, lane, node.shownCovers ?? covers))
  if (!winner || layers.every((layer) => layer.lane === seedLane)) return undefined
  const alive = layers.filter(({ t, lane }) => !isCovered(t, lane, covers))
  const own = alive.filter((layer) => layer.fact?.field === 'v')
  const newest = own.at(-1)
  const created = alive.filter((layer) => layer.created && layer.lane !== seedLane && !isContainer(layer.value))
  const isSettled = newest !== undefined && created.every((layer) => newest.t > layer.t)
  const isMerged = place.merged.length > 0
  const shown = isMerged ? place.view.value : winner.value
  const lost = (isSettled ? own : [...own, ...created]).filter((layer) => {
    if (equalJson(layer.value, shown)) return false
    if (isObject(layer.value) && isObject(shown)) return layer !== winner && winner.fact?.field === 'v'
    return layer !== winner || (isMerged && !isContainer(shown))
  })
  if (lost.length === 0) return undefined
  return { kind: 'value', current: shownClaim(store, place, claim), others: claimsOf(lost, claim) }
}

/** The newest first. */
function claimsOf(layers: readonly Layer[], claim: ToClaim): readonly Claim[] {
  return layers.toSorted((a, b) => b.t - a.t).map(({ value, lane, t }) => claim(value, lane, t))
}

/** What is shown, and who gave it. */
function shownClaim({ tree }: FactStore, { node, merged, view: { value } }: Place, claim: ToClaim): Claim {
  const nodes = node ? [node, ...merged] : merged
  const layers = nodes.flatMap((each) => layersOf(tree, each)).toSorted((a, b) => a.t - b.t)
  const by = layers.findLast((layer) => equalJson(layer.value, value)) ?? layers.at(-1)
  return claim(value, by?.lane ?? seedLane, by?.t ?? 0)
}

/** Values of the node itself that do not show, but for what was deleted by somebody who had seen them. */
function hiddenConflict(store: FactStore, visit: Visit, claim: ToClaim): Found | undefined {
  const { node, voidBefore } = visit
  const deletions = visit.covers.filter(({ seen }) => seen !== 'everything')
  const own = layersOf(store.tree, node).filter(
    ({ fact, t, lane }) => fact?.field === 'v' && t >= voidBefore && !isCovered(t, lane, deletions),
  )
  const current = own.length === 0 ? undefined : hidingClaim(store, visit, claim)
  const lost = own.filter(({ value }) => !equalJson(value, current?.value))
  if (!current || lost.length === 0) return undefined
  return { kind: 'value', current, others: claimsOf(lost, claim) }
}

/**
 * What stands in place of something hidden: the same of another id, a value without parts in place of what it was a part
 * of, a deletion, or a newer file that lacks it.
 */
function hidingClaim(store: FactStore, from: Visit, claim: ToClaim): Claim | undefined {
  if (from.place) return shownClaim(store, from.place, claim)
  for (let visit: Visit | undefined = from; visit; visit = visit.above) {
    const { node, place } = visit
    if (place) return isContainer(place.view.value) ? undefined : shownClaim(store, place, claim)
    const by = newestFact(node.facts, 'x')
    if (by && by.t > (node.gone?.t ?? 0)) return claim(undefined, by.lane, by.t)
    if (node.gone) return claim(undefined, seedLane, node.gone.t)
  }
  return undefined
}

/** What the newest file says of something deleted by who had not seen that file, or does not say so. */
function newerFileConflict({ tree }: FactStore, { node, above }: Visit, claim: ToClaim): Found | undefined {
  const [active, ...older] = node.seedValues ?? []
  const before = older.find((value) => value !== undefined)
  const by = newestFact(node.facts, 'x')
  if (!by || !above?.place || active === undefined || before === undefined || equalJson(active, before))
    return undefined
  const time = tree.seeds[0]?.time ?? 0
  const hasSeen = node.facts.some((fact) => fact.field === 'x' && seenSeedTime(fact) >= time)
  if (hasSeen) return undefined
  return { kind: 'value', current: claim(undefined, by.lane, by.t), others: [claim(active, seedLane, time)] }
}

/** Facts of different texts in a register of which the newest wins; all of them, where a deletion won. */
function registerConflict(store: FactStore, visit: Visit, field: 'n' | 'p', toClaim: ToClaim): Found | undefined {
  const { node, covers, place } = visit
  const isUncovered = ({ t, lane }: Fact): boolean => !isCovered(t, lane, covers)
  const newest = newestFact(node.facts, field, isReborn(store.tree, node, covers) ? isUncovered : undefined)
  const others = node.facts.filter(
    (fact) => fact.field === field && isUncovered(fact) && (!place || fact.text !== newest?.text),
  )
  if (!newest || others.length === 0) return undefined
  const claim = ({ text, lane, t }: Fact): Claim => toClaim(text, lane, t)
  const current = place ? claim(newest) : hidingClaim(store, visit, toClaim)
  const sorted = others.toSorted((a, b) => compareFacts(b, a))
  return current && { kind: field === 'n' ? 'name' : 'place', current, others: sorted.map(claim) }
}

/** It is called what another is called, too, and shows with a suffix. */
function suffixConflict(
  store: FactStore,
  { node, covers, voidBefore }: Visit,
  place: Place,
  claim: ToClaim,
): Found | undefined {
  if (!isObject(place.view.value) || !/-\d+$/.test(place.name)) return undefined
  const called = standingOf(store.tree, node, covers, voidBefore).name ?? node.key
  if (place.name === called || place.name.replace(/-\d+$/, '') !== called) return undefined
  const by = node.facts
    .filter(({ field }) => field === 'n' || field === 'c')
    .toSorted(compareFacts)
    .at(-1)
  const [lane, t] = [by?.lane ?? seedLane, by?.t ?? 0]
  return { kind: 'name', current: claim(place.name, lane, t), others: [claim(called, lane, t)] }
}

/** Both spellings, of which at least one was written here. */
function mixedFormat({ tree }: FactStore, node: Node, place: Place, claim: ToClaim): Found | undefined {
  const { value } = place.view
  if (!isObject(value) || !hasKey(value, '$value') || !hasKey(value, 'value') || node.up === tree.sets) return undefined
  const tops = ['$value', 'value'].map((key) => layersOf(tree, node.makeKid(key)).at(-1))
  if (tops.every((top) => !top || top.lane === seedLane)) return undefined
  const [current, other] = tops.map((top, i) =>
    claim(getKey(value, i === 0 ? '$value' : 'value'), top?.lane ?? seedLane, top?.t ?? 0),
  )
  return { kind: 'mixed-format', current: current as Claim, others: [other as Claim] }
}
