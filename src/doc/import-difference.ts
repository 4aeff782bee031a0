/**
 * A set as a file has it, as facts: what differs from what is shown, and one fact for the whole set only where most of it
 * does. A value for a whole set voids teammates' older offline edits in it.
 */
import { isToken, tokensIn } from '../payload/is-token.ts'
import { equalJson, getKey, hasKey, isObject, type Json, type JsonObject, keysOf } from '../payload/ordered-json.ts'
import { writeDifference, writeMember, writeMerge } from './difference.ts'
import { putPlace } from './edit-places.ts'
import { type Editing, newNodeId, putCreation, putValue, removePlace } from './editing.ts'
import { isFieldKey } from './field-key.ts'
import { findNode, nodesBelow } from './node.ts'
import { childrenAt, keyedChildren, orderKeyOf, type Place } from './places.ts'
import { keyBehind, keysForOrder } from './sequence.ts'

export type ImportMode = 'replace' | 'merge'

/** Smaller sets are written token by token, however much of them differs. */
const minWholeTokens = 20

export function writeSet(editing: Editing, place: Place, target: JsonObject, mode: ImportMode): void {
  if (mode === 'merge') {
    writeGroup(editing, place, target, mode)
    return
  }
  if (equalJson(place.view.value, target, true)) return
  if (isMostlyOther(place.view.value as JsonObject, target) && standsAsBorn(editing, place.id)) {
    putValue(editing, place.id, target, place.view.value)
    return
  }
  writeGroup(editing, place, target, mode)
  orderMembers(editing, place.id, target)
}

function isMostlyOther(before: JsonObject, target: JsonObject): boolean {
  const old = new Map([...tokensIn(before)].map(({ path, token }) => [path.join('\n'), token]))
  let total = old.size
  let same = 0
  for (const { path, token } of tokensIn(target)) {
    const was = old.get(path.join('\n'))
    if (was === undefined) total++
    else if (equalJson(was, token)) same++
  }
  return total >= minWholeTokens && same < total / 2
}

/** A whole value speaks of keys at birth; nodes that were renamed or moved would take the wrong part of it. */
function standsAsBorn({ store }: Editing, id: string): boolean {
  const node = findNode(store.tree.root, id, false)
  if (!node) return true
  for (const each of nodesBelow(node)) {
    const isOwn = each === node
    if (each.kind === 'generation' || (!isOwn && each.facts.some(({ field }) => field === 'n' || field === 'p')))
      return false
    for (const kid of each.kids?.values() ?? []) if (kid.parent !== each) return false
  }
  return true
}

function writeNode(editing: Editing, place: Place, target: JsonObject, mode: ImportMode): void {
  const before = place.view.value
  if (equalJson(before, target, mode === 'replace')) return
  const token = isToken(target)
  if (isToken(before) !== token) replaceNode(editing, place, target)
  else if (!token) writeGroup(editing, place, target, mode)
  else if (mode === 'merge') writeMerge(editing, place, target, [place.name])
  else writeToken(editing, place, target)
}

/**
 * A group in place of a token, or a token in place of a group. Not as a value: that would take the content of what was born
 * in it and moved away.
 */
function replaceNode(editing: Editing, place: Place, target: JsonObject): void {
  const parent = place.parent as Place
  const order = orderKeyOf(place)
  removePlace(editing, place)
  putCreation(editing, newNodeId(editing, parent, place.name), target, order)
}

/** Members of a token have no places of their own; another order takes the whole token. */
function writeToken(editing: Editing, place: Place, target: JsonObject): void {
  const keys = keysOf(target)
  const before = place.view.value as JsonObject
  const kept = keysOf(before).filter((key) => hasKey(target, key))
  const added = keys.filter((key) => !hasKey(before, key)).toSorted()
  const after = [...kept, ...added]
  const holdsPlace = keys.every((key, i) => key === after[i])
  const isShallow = keys.every((key) => !isChild(key, getKey(target, key), true) && isInOrder(before, target, key))
  if (!holdsPlace || !isShallow) {
    putValue(editing, place.id, target, before)
    return
  }
  writeDifferenceOfMembers(editing, place, target)
}

/** Whether the member, if it holds what it held, holds it in this order. */
function isInOrder(before: JsonObject, target: JsonObject, key: string): boolean {
  const old = getKey(before, key)
  const now = getKey(target, key)
  return !equalJson(old, now) || equalJson(old, now, true)
}

function writeDifferenceOfMembers(editing: Editing, place: Place, target: JsonObject): void {
  for (const { place: child } of childrenAt(place)) if (!hasKey(target, child.name)) removePlace(editing, child)
  for (const key of keysOf(target)) writeMember(editing, place, key, getKey(target, key) as Json)
}

function isChild(key: string, value: Json | undefined, parentIsToken: boolean): value is JsonObject {
  return isObject(value) && !isFieldKey(key, parentIsToken)
}

function writeGroup(editing: Editing, place: Place, target: JsonObject, mode: ImportMode): void {
  const members = new Map(childrenAt(place).map((child) => [child.place.name, child.place]))
  if (mode === 'replace') for (const [name, child] of members) if (!hasKey(target, name)) removePlace(editing, child)
  const created = planCreations(editing, place, target)
  for (const { id, value, order } of created) putCreation(editing, id, value, order)
  for (const key of keysOf(target)) {
    const value = getKey(target, key) as Json
    const child = members.get(key)
    if (!child) continue
    if (isChild(key, value, false) && isChild(key, child.view.value, false)) writeNode(editing, child, value, mode)
    else writeDifference(editing, child, value)
  }
}

/** New members get the places that they have in the file, among what is there; fields, too. */
function planCreations(
  editing: Editing,
  place: Place,
  target: JsonObject,
): readonly { readonly id: string; readonly value: Json; readonly order: string }[] {
  const sequence = [...keyedChildren(place)]
  const names = new Set(sequence.map(({ name }) => name))
  const keys = keysOf(target)
  return keys.flatMap((key, index) => {
    if (names.has(key)) return []
    const { key: order, at } = keyBehind(sequence, keys.slice(Math.max(0, index - 1), index), editing.random)
    sequence.splice(at, 0, { name: key, order })
    return [{ id: newNodeId(editing, place, key), value: getKey(target, key) as Json, order }]
  })
}

/** Brings the members of a group, and of the groups in it, into the order of the file. */
function orderMembers(editing: Editing, id: string, target: JsonObject): void {
  const place = editing.shown.placeOf(id)
  if (!place || equalJson(place.view.value, target, true)) return
  const members = childrenAt(place)
  const wanted = keysOf(target)
  const isField = (name: string): boolean => !isChild(name, getKey(target, name), isToken(target))
  if (members.some((member, i) => member.place.name !== wanted[i])) {
    const fields = new Set(wanted.filter(isField))
    const keys = keysForOrder(keyedChildren(place), wanted, editing.random, fields)
    if ([...fields].some((name) => keys.has(name))) {
      // Fields cannot move, so the whole must be written that has them in another order.
      if (!standsAsBorn(editing, id)) return
      editing.writer.dropStaged(id)
      putValue(editing, id, target, editing.shown.placeOf(id)?.view.value)
      return
    }
    for (const { place: child } of members) {
      const order = keys.get(child.name)
      const parentId = child.node?.parent?.id ?? id
      if (order !== undefined) putPlace(editing, child, parentId, order)
    }
  }
  for (const { place: child } of members) {
    const value = getKey(target, child.name)
    if (isObject(value) && !isField(child.name) && !isToken(value)) orderMembers(editing, child.id, value)
  }
}
