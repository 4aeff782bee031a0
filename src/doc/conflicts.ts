/**
 * Where two wrote without knowing of each other. Who overwrites a fact erases what he has seen, so facts side by side in one
 * register were concurrent.
 */
import { isToken } from '../payload/is-token.ts'
import { equalJson, hasKey, isContainer, isObject, type Json } from '../payload/ordered-json.ts'
import type { ChangeAuthor } from './change-author.ts'
import { unitsPerMs } from './clock.ts'
import { isCovered } from './cover.ts'
import { coversAt } from './coverage.ts'
import { themeIdOf } from './edit-themes.ts'
import { compareFacts, compareText, type Fact, type FactField } from './fact.ts'
import type { FactStore } from './fact-store.ts'
import { isFieldKey } from './field-key.ts'
import { seedLane } from './format.ts'
import { freezeJson } from './frozen-json.ts'
import { authorOf } from './lane.ts'
import { layersOf } from './layers.ts'
import { readSegment } from './node-id.ts'
import type { Layer, Node } from './node.ts'
import type { Place } from './places.ts'
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
 * - `value`: of a field or part; also an edit that lost to a newer file, or that does not show because somebody replaced
 *   what it was a part of.
 * - `name`: two names given at once, or one name held by two, of which one shows with a suffix.
 * - `place`: moved to two places at once.
 * - `mixed-format`: a token with `value` and `$value`, which readers understand differently.
 */
export interface Conflict {
  readonly kind: 'value' | 'name' | 'place' | 'mixed-format'
  readonly set: string | null
  readonly path: readonly string[]
  readonly field: readonly string[]
  readonly current: Claim
  readonly others: readonly Claim[]
}

interface Context {
  readonly store: FactStore
  readonly shown: Shown
  readonly add: (kind: Conflict['kind'], node: Node, current: Claim, others: readonly Claim[]) => void
}

/** In the order of their ids; frozen. */
export function conflictsIn(store: FactStore, shown: Shown): readonly Conflict[] {
  shown.view()
  const found: { readonly id: string; readonly conflict: Conflict }[] = []
  const context: Context = {
    store,
    shown,
    add: (kind, node, current, others) => {
      const place = placeOfConflict(shown, node)
      if (!place) return
      const conflict = { kind, ...place, current, others }
      freezeJson(conflict as unknown as Json)
      found.push({ id: node.id, conflict })
    },
  }
  const open: Node[] = [store.tree.root]
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.kids) for (const kid of node.kids.values()) open.push(kid)
    if (node.up === null || node.kind === 'reserved') continue
    addValueConflict(context, node)
    if (node.facts.length === 0) continue
    addNameConflicts(context, node)
    addRegisterConflict(context, node, 'p', 'place')
    addMixedFormat(context, node)
  }
  return Object.freeze(found.toSorted((a, b) => compareText(a.id, b.id)).map(({ conflict }) => conflict))
}

/** The set, the token or group, and the field below it; where the node itself does not show, what it would be. */
function placeOfConflict(
  shown: Shown,
  node: Node,
): { readonly set: string | null; readonly path: readonly string[]; readonly field: readonly string[] } | undefined {
  const hidden: string[] = []
  let place: Place | undefined
  for (let each: Node | null = node; each && !place; each = each.up) {
    place = shown.placeOf(each.id)
    if (!place) hidden.unshift(readSegment(each.segment).name)
  }
  const names: string[] = [...hidden]
  const owners: Place[] = []
  for (let each = place ?? null; each?.parent; each = each.parent) {
    names.unshift(each.parent.id === '/$themes' ? themeIdOf(each) : each.name)
    owners.unshift(each)
  }
  const from = shown.setsId === '' ? 0 : 1
  if (shown.setsId !== '' && names[0] !== 'values') {
    return names[0] === '$themes' && names.length > 1
      ? { set: null, path: names.slice(1, 2), field: names.slice(2) }
      : { set: null, path: names, field: [] }
  }
  const [set, ...below] = names.slice(from)
  if (set === undefined) return undefined
  if (set.startsWith('$')) return { set: null, path: names.slice(from), field: [] }
  let length = 0
  for (let owner = owners[from + length + 1]; owner; owner = owners[from + length + 1]) {
    if (!isObject(owner.view.value) || isFieldKey(owner.name, isToken(owner.parent?.view.value))) break
    length++
  }
  return { set, path: below.slice(0, length), field: below.slice(length) }
}

function claimOf({ store }: Context, value: Json | undefined, lane: string, t: number): Claim {
  const who = lane === seedLane ? { lane } : authorOf(store.registers, lane)
  return { value: value === undefined ? undefined : plainOf(value), who, when: Math.floor(t / unitsPerMs) }
}

/** Values of the node itself, or of creations made apart; what came later than all of them has settled it. */
function addValueConflict(context: Context, node: Node): void {
  const { store, shown } = context
  const layers = layersOf(store.tree, node)
  if (layers.every((layer) => layer.lane === seedLane)) return
  const covers = coversAt(store.tree, node)
  const alive = layers.filter((layer) => !isCovered(layer.t, layer.lane, covers))
  const own = alive.filter((layer) => layer.fact?.field === 'v')
  const created = alive.filter((layer) => layer.created && layer.lane !== seedLane && !isContainer(layer.value))
  const isSettled = own.some((layer) => created.every((each) => layer.t > each.t))
  const claims = isSettled ? own : [...own, ...created]
  const place = shown.placeOf(node.id)
  const lost = claims.filter(
    (claim) => !equalJson(claim.value, place?.view.value) && isUnseen(node, claim, layers, place),
  )
  if (lost.length === 0) return
  const top = place && alive.at(-1)
  const hidden = place ? undefined : hidingPlace(shown, node)
  if (!top && !hidden) return
  const current = top
    ? claimOf(context, place.view.value, top.lane, top.t)
    : claimOf(context, hidden?.place.view.value, hidden?.by?.lane ?? seedLane, hidden?.by?.t ?? 0)
  context.add(
    'value',
    node,
    current,
    lost.toSorted((a, b) => b.t - a.t).map((claim) => claimOf(context, claim.value, claim.lane, claim.t)),
  )
}

/** Objects are united, so only parts of them can lose; a part is lost where it is not shown at all. */
function isUnseen(node: Node, claim: Layer, layers: readonly Layer[], place: Place | undefined): boolean {
  if (isObject(claim.value) && isObject(place?.view.value)) return false
  if (place) return true
  // Older than what hides it: its author may have been seen.
  return node.up !== null && layers.includes(claim)
}

/** What stands in place of a part that does not show, if that is no container, and who put it there before. */
function hidingPlace(shown: Shown, node: Node): { readonly place: Place; readonly by: Fact | undefined } | undefined {
  for (let above = node.up; above; above = above.up) {
    const place = shown.placeOf(above.id)
    if (!place) continue
    if (isContainer(place.view.value)) return undefined
    const values = above.facts.filter((fact) => fact.field === 'v').toSorted(compareFacts)
    return { place, by: values.at(-1) }
  }
  return undefined
}

function addNameConflicts(context: Context, node: Node): void {
  addRegisterConflict(context, node, 'n', 'name')
  const { store, shown } = context
  const place = shown.placeOf(node.id)
  if (!place || !isObject(place.view.value)) return
  const { covers, voidBefore } = node.viewKey ?? { covers: [], voidBefore: -1 }
  const standing = standingOf(node, [...covers, ...(node.ownCovers ?? [])], voidBefore)
  const name = standing.name ?? node.key
  if (!/^-\d+$/.test(place.name.slice(name.length)) || !place.name.startsWith(name)) return
  const newest = node.facts
    .filter((fact) => fact.field === 'n' || fact.field === 'c')
    .toSorted(compareFacts)
    .at(-1)
  const claim = claimOf(context, place.name, newest?.lane ?? seedLane, newest?.t ?? 0)
  void store
  context.add('name', node, claim, [{ ...claim, value: name }])
}

/** Two facts of different texts in a register of which the newest wins. */
function addRegisterConflict(context: Context, node: Node, field: FactField, kind: Conflict['kind']): void {
  const covers = coversAt(context.store.tree, node)
  const facts = node.facts
    .filter((fact) => fact.field === field && !isCovered(fact.t, fact.lane, covers))
    .toSorted(compareFacts)
  const newest = facts.at(-1)
  const others = facts.filter((fact) => fact.text !== newest?.text)
  if (!newest || others.length === 0 || !context.shown.placeOf(node.id)) return
  const claim = (fact: Fact): Claim => claimOf(context, fact.text, fact.lane, fact.t)
  context.add(kind, node, claim(newest), others.toReversed().map(claim))
}

/** Both spellings, of which at least one was written here. */
function addMixedFormat(context: Context, node: Node): void {
  const other = node.segment === '$value' ? 'value' : node.segment === 'value' ? '$value' : undefined
  const token = other === undefined ? undefined : context.shown.placeOf(node.up?.id ?? '')?.view.value
  if (other === undefined || !isObject(token) || !hasKey(token, '$value') || !hasKey(token, 'value')) return
  // Once for each token.
  if (node.segment === 'value' && (node.up?.kid('$value')?.facts.length ?? 0) > 0) return
  const claims = ['$value', 'value'].map((segment): Claim => {
    const kid = node.up?.kid(segment)
    const top = kid && layersOf(context.store.tree, kid).at(-1)
    const shownValue = context.shown.placeOf(`${node.up?.id}/${segment}`)?.view.value
    return claimOf(context, shownValue, top?.lane ?? seedLane, top?.t ?? 0)
  })
  context.add('mixed-format', node, claims[0] as Claim, claims.slice(1))
}
