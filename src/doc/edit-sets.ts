import { getKey, isObject, type JsonObject } from '../payload/ordered-json.ts'
import { orderSets, tokenSetOrderOf } from '../payload/set-order.ts'
import { TokenError } from '../payload/token-error.ts'
import { checkSetName } from '../payload/token-name.ts'
import { nameOf, putPlace } from './edit-places.ts'
import {
  type Editing,
  newNodeId,
  type Position,
  putCreation,
  putName,
  removePlace,
  setPlaceOf,
  slotOf,
} from './editing.ts'
import { newestFact } from './fact.ts'
import { copyJson } from './json-value.ts'
import { orderKeyAt } from './order-key.ts'
import { childPlace, childrenAt, type Place } from './places.ts'
import { type Keyed, keyBehind, keysForOrder } from './sequence.ts'
import { orderedLinks, readLinks, setChildrenOf } from './set-links.ts'

/** The sets in the order they show: as `tokenSetOrder` lists them, others behind. */
export function setNamesOf(editing: Editing): string[] {
  const names = inFile(editing).map(({ name }) => name)
  return orderSets(names, tokenSetOrderOf(editing.shown.root()))
}

/** The order of the file, which need not be that of `tokenSetOrder`. */
function inFile({ shown }: Editing): readonly Keyed[] {
  const sets = shown.setsPlace()
  if (!sets) return []
  return childrenAt(sets).flatMap(({ place: { name, view }, order }) =>
    isObject(view.value) && (sets.id !== '' || !name.startsWith('$')) ? [{ name, order }] : [],
  )
}

/** What `tokenSetOrder` lists, names of no set included; undefined where the file has no such list. */
function inList({ store, shown }: Editing): readonly Keyed[] | undefined {
  const view = shown.view()
  const metadata = isObject(view.value) ? getKey(view.value, '$metadata') : undefined
  const list = isObject(metadata) ? getKey(metadata, 'tokenSetOrder') : undefined
  if (!Array.isArray(list)) return undefined
  const sets = setChildrenOf(store.tree, view)
  if (!sets) return list.map((name, index) => ({ name: String(name), order: orderKeyAt(index) }))
  const links = readLinks(store.tree, sets)
  return orderedLinks(list, links.sets, links.dead).map(({ name, order }) => ({ name: String(name), order }))
}

function setsPlaceOf({ shown }: Editing): Place {
  const sets = shown.setsPlace()
  if (!sets) throw new TokenError('invalid-file', 'The "values" of this document is no object: it can have no sets.')
  return sets
}

export function addSet(editing: Editing, name: string, tokens: JsonObject, position: Position): void {
  checkSetName(name)
  const value = copyJson(tokens, [name])
  if (!isObject(value)) throw new TokenError('invalid-value', `The set "${name}" must be an object.`, { set: name })
  checkFree(setsPlaceOf(editing), name)
  const names = setNamesOf(editing)
  createSet(editing, name, value, names.slice(0, slotOf(names, position)))
}

/** Creates a set that is not there, behind these. */
export function createSet(editing: Editing, name: string, value: JsonObject, behind: readonly string[]): void {
  const sets = setsPlaceOf(editing)
  const { key } = keyBehind(inFile(editing), behind, editing.random)
  const list = inList(editing)
  const id = newNodeId(editing, sets, name)
  putCreation(editing, id, value, key)
  if (!list) return
  // In most files the sets stand in the order in which they are listed, and one key says both.
  const listed = keyBehind(list, behind, editing.random)
  if (listed.fits(key)) return
  // A deleted set of this id may have had a place of its own, which it gets back with its life.
  const before = newestFact(editing.store.factsAt(id), 'q')?.text
  editing.writer.put(id, 'q', listed.key, { field: 'q', order: before })
}

function checkFree(sets: Place, name: string): void {
  if (childPlace(sets, name))
    throw new TokenError('path-taken', `There is a token set "${name}" already. Choose another name.`, { set: name })
}

export function removeSet(editing: Editing, name: string): void {
  removePlace(editing, setPlaceOf(editing, name))
}

export function renameSet(editing: Editing, name: string, to: string): void {
  const place = setPlaceOf(editing, name)
  if (to === name) return
  checkSetName(to)
  checkFree(setsPlaceOf(editing), to)
  putName(editing, place.id, to, nameOf(editing, place))
}

/** Sets not named keep their order behind the named ones. */
export function reorderSets(editing: Editing, names: readonly string[]): void {
  for (const name of names) setPlaceOf(editing, name)
  const wanted = orderSets(setNamesOf(editing), names)
  orderSetsInFile(editing, wanted)
  orderSetsInList(editing, wanted)
}

/** Brings the sets into this order in the file, moving as few as can be. */
export function orderSetsInFile(editing: Editing, wanted: readonly string[]): void {
  const parent = setsPlaceOf(editing)
  for (const [name, key] of keysForOrder(inFile(editing), wanted, editing.random)) {
    const place = setPlaceOf(editing, name)
    putPlace(editing, place, parent.id, key)
  }
}

/** Brings `tokenSetOrder` into this order, moving as few as can be. Names of no set stay where they are. */
export function orderSetsInList(editing: Editing, wanted: readonly string[]): void {
  const list = inList(editing)
  if (!list) return
  const before = new Map(list.map(({ name, order }) => [name, order]))
  for (const [name, key] of keysForOrder(list, wanted, editing.random)) {
    const place = editing.shown.setPlace(name)
    const order = before.get(name)
    if (place) editing.writer.put(place.id, 'q', key, { field: 'q', order })
  }
}
