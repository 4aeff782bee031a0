/**
 * Where two wrote without knowing of each other. Who overwrites a fact erases what he has seen, so facts side by side in one
 * register were concurrent.
 */
import { equalJson, hasKey, isContainer, isObject, type Json } from '../payload/ordered-json.ts'
import type { ChangeAuthor } from './change-author.ts'
import { unitsPerMs } from './clock.ts'
import { conflictPlaceOf, type ConflictPlace } from './conflict-place.ts'
import { type Cover, isCovered, noCovers } from './cover.ts'
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
import { standingOf } from './standing.ts'

/** A value, and who holds it. */
export interface Claim extends ChangeAuthor {
  readonly value: Json | undefined
}

/**
 * Two or more values side by side in one register: neither author had seen the other's. Writing the field settles it.
 *
 * - `value`: of a field or part; also an edit that lost to a newer file, or that does not show because somebody replaced or
 *   removed what it was a part of.
 * - `name`: two names given at once, or one name held by two, of which one shows with a suffix.
 * - `place`: moved to two places at once.
 * - `mixed-format`: a token with `value` and `$value`, which readers understand differently.
 */
export interface Conflict extends ConflictPlace {
  readonly kind: 'value' | 'name' | 'place' | 'mixed-format'
  readonly current: Claim
  readonly others: readonly Claim[]
}

/** A node with the deletions that reach it, and where it shows. */
interface Visit {
  readonly node: Node
  readonly covers: readonly Cover[]
  /** What is strictly older is void here. */
  readonly voidBefore: number
  readonly place: Place | undefined
  readonly above: Visit | undefined
}

type Found = Pick<Conflict, 'kind' | 'current' | 'others'>

/** In the order of their ids; frozen. */
export function conflictsIn(store: FactStore, shown: Shown): readonly Conflict[] {
  const { tree } = store
  const found: { readonly id: string; readonly conflict: Conflict }[] = []
  const whole = rootPlace(tree, shown.view())
  const root: Visit = { node: tree.root, covers: noCovers, voidBefore: -1, place: whole, above: undefined }
  const open: Visit[] = [root]
  for (let visit = open.pop(); visit; visit = open.pop()) {
    const { node, place } = visit
    const voidBelow = Math.max(visit.voidBefore, ownVoid(layersOf(tree, node), visit.covers))
    for (const kid of node.currentKids()) {
      if (kid.kind === 'reserved') continue
      const covers = withOwnCovers(tree, kid, coversReaching(kid, visit.covers))
      const voidBefore = kid.parent === kid.up ? voidBelow : voidFromBirth(tree, kid)
      open.push({ node: kid, covers, voidBefore, place: place && placeBelow(tree, place, kid.id), above: visit })
    }
    for (const each of conflictsAt(store, shown, visit)) {
      const at = conflictPlaceOf(shown, node)
      if (!at) continue
      const conflict: Conflict = { kind: each.kind, ...at, current: each.current, others: each.others }
      freezeJson(conflict as unknown as Json)
      found.push({ id: node.id, conflict })
    }
  }
  return Object.freeze(found.toSorted((a, b) => compareText(a.id, b.id)).map(({ conflict }) => conflict))
}

function* conflictsAt(store: FactStore, shown: Shown, visit: Visit): Generator<Found, void, undefined> {
  const claim = (value: Json | undefined, lane: string, t: number): Claim => {
    const who = lane === seedLane ? { lane } : authorOf(store.registers, lane)
    return { value: value === undefined ? undefined : plainOf(value), who, when: Math.floor(t / unitsPerMs) }
  }
  const value = valueConflict(store, visit, claim)
  if (value) yield value
  if (visit.node.facts.length === 0 || !visit.place) return
  for (const field of ['n', 'p'] as const) {
    const register = registerConflict(visit, field, claim)
    if (register) yield register
  }
  const suffix = suffixConflict(store, visit, visit.place, claim)
  if (suffix) yield suffix
  const format = mixedFormat(store, shown, visit, claim)
  if (format) yield format
}

type ToClaim = (value: Json | undefined, lane: string, t: number) => Claim

/**
 * Values of the node itself; leaves of creations made apart, unless a later value settled them. What is older than a value
 * given to a group above may have been seen by who gave it.
 */
function valueConflict(store: FactStore, visit: Visit, claim: ToClaim): Found | undefined {
  const { node, covers, voidBefore, place, above } = visit
  const layers = layersOf(store.tree, node)
  if (layers.every((layer) => layer.lane === seedLane)) return undefined
  const alive = layers.filter(({ t, lane }) => t >= voidBefore && !isCovered(t, lane, covers))
  const own = alive.filter((layer) => layer.fact?.field === 'v')
  const newest = own.at(-1)
  const ofLayer = ({ value, lane, t }: Layer): Claim => claim(value, lane, t)
  if (!place) {
    const hiding = newest && hidingClaim(above, claim)
    return hiding && { kind: 'value', current: hiding, others: own.toReversed().map(ofLayer) }
  }
  const top = alive.at(-1)
  if (!top) return undefined
  const created = alive.filter((layer) => layer.created && layer.lane !== seedLane && !isContainer(layer.value))
  const isSettled = newest !== undefined && created.every((layer) => newest.t > layer.t)
  const claims = isSettled ? own : [...own, ...created].toSorted((a, b) => a.t - b.t)
  const last = claims.at(-1)
  const lost = claims.filter((layer) => layer !== last && !equalJson(layer.value, last?.value))
  const beaten = last && top.lane === seedLane && !isObject(last.value) && !equalJson(last.value, top.value)
  if (beaten) lost.push(last)
  if (lost.length === 0) return undefined
  return { kind: 'value', current: claim(place.view.value, top.lane, top.t), others: lost.toReversed().map(ofLayer) }
}

/** Who put a value without parts in place of what a part was of, or removed it. */
function hidingClaim(from: Visit | undefined, claim: ToClaim): Claim | undefined {
  for (let visit = from; visit; visit = visit.above) {
    const { node, place } = visit
    const field = place ? 'v' : 'x'
    const by = newestFact(node.facts, field)
    if (place)
      return isContainer(place.view.value) ? undefined : claim(place.view.value, by?.lane ?? seedLane, by?.t ?? 0)
    if (by) return claim(undefined, by.lane, by.t)
  }
  return undefined
}

/** Facts of different texts in a register of which the newest wins. */
function registerConflict({ node, covers }: Visit, field: 'n' | 'p', toClaim: ToClaim): Found | undefined {
  const facts = node.facts
    .filter((fact) => fact.field === field && !isCovered(fact.t, fact.lane, covers))
    .toSorted(compareFacts)
  const newest = facts.at(-1)
  const others = facts.filter((fact) => fact.text !== newest?.text)
  if (!newest || others.length === 0) return undefined
  const claim = ({ text, lane, t }: Fact): Claim => toClaim(text, lane, t)
  return { kind: field === 'n' ? 'name' : 'place', current: claim(newest), others: others.toReversed().map(claim) }
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

/** Both spellings, of which at least one was written here; told once for each token. */
function mixedFormat(store: FactStore, shown: Shown, { node, place }: Visit, claim: ToClaim): Found | undefined {
  if (node.segment !== '$value' && node.segment !== 'value') return undefined
  const token = place?.parent
  const value = token?.view.value
  if (!token || !isObject(value) || !hasKey(value, '$value') || !hasKey(value, 'value')) return undefined
  if (node.segment === 'value' && (node.up?.kid('$value')?.facts.length ?? 0) > 0) return undefined
  const [current, other] = ['$value', 'value'].map((key): Claim => {
    const top = node.up ? layersOf(store.tree, node.up.makeKid(key)).at(-1) : undefined
    return claim(shown.placeOf(`${token.id}/${key}`)?.view.value, top?.lane ?? seedLane, top?.t ?? 0)
  })
  return { kind: 'mixed-format', current: current as Claim, others: [other as Claim] }
}
