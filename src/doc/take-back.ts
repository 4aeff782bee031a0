/** Taking back one thing this device wrote: new facts at the present time, where one's own still stand. */
import {
  equalJson,
  getKey,
  hasKey,
  isObject,
  type Json,
  keysOf,
  parseJson,
  stringifyJson,
} from '../payload/ordered-json.ts'
import { nameOf, placeBefore, standingAt } from './edit-places.ts'
import { beforeRemoval, type Editing } from './editing.ts'
import { type Fact, type FactField, newestFact } from './fact.ts'
import { seedLane } from './format.ts'
import { layersOf } from './layers.ts'
import { isWellFormed, parentIdOf, segmentForKey } from './node-id.ts'
import { findNode, type Node, nodesBelow } from './node.ts'
import { sameItems } from './same-items.ts'
import type { Before, UndoRecord } from './undo-record.ts'

export function takeBack(editing: Editing, record: UndoRecord): void {
  const { store, writer } = editing
  if (record.kind === 'erased') {
    putAgain(editing, record)
    return
  }
  if (record.kind === 'revival') {
    takeBackRevival(editing, record.id, record.vector)
    return
  }
  const { id, before } = record
  const isMine = (fact: Fact | undefined): boolean => fact?.lane === record.lane && fact.t === record.t
  const stands = (field: 'n' | 'p' | 'q'): boolean => isMine(newestFact(store.factsAt(id), field))
  switch (before.field) {
    case 'v':
      takeBackValue(editing, id, before.value, before.after, record)
      return
    case 'n':
      if (stands('n')) takeBackName(editing, id, before.name)
      return
    case 'p':
      if (stands('p')) writer.put(id, 'p', before.parentId, currentPlace(editing, id), before.order)
      return
    case 'q':
      if (!stands('q')) return
      if (before.order === undefined) eraseMine(editing, id, 'q')
      else writer.put(id, 'q', before.order, { field: 'q', order: currentSetOrder(editing, id) })
      return
    case 'c':
      takeBackCreation(
        editing,
        id,
        store.factsAt(id).find((fact) => fact.field === 'c' && isMine(fact)),
      )
      return
    case 'x':
      takeBackDeletion(
        editing,
        id,
        before,
        store.factsAt(id).find((fact) => fact.field === 'x' && isMine(fact)),
      )
      return
  }
}

/** Each leaf by itself: one that still has my value, and which nobody has written since. */
function takeBackValue(
  editing: Editing,
  id: string,
  before: Json | undefined,
  after: Json,
  record: { readonly t: number; readonly lane: string },
): void {
  if (isObject(before) && isObject(after)) {
    // Only as a whole it has the order that it had.
    if (!comesBackInOrder(before, after) && standsAlone(editing, id, after, record.t)) {
      editing.writer.put(id, 'v', stringifyJson(before), { field: 'v', value: after, after: before })
      return
    }
    for (const key of new Set([...keysOf(before), ...keysOf(after)])) {
      const value = getKey(after, key)
      const childId = `${id}/${segmentForKey(id, key)}`
      if (value !== undefined) takeBackValue(editing, childId, getKey(before, key), value, record)
      else restoreLost(editing, childId, getKey(before, key) as Json, id, record)
    }
    return
  }
  const current = editing.shown.partOf(id)
  if (equalJson(before, after) || !current || !equalJson(current.view.value, after)) return
  if (isWrittenSince(editing, id, record.t)) return
  if (before === undefined) {
    const removal = beforeRemoval(editing, current)
    editing.writer.putDeletion(id, { [record.lane]: editing.writer.t }, removal)
  } else editing.writer.put(id, 'v', stringifyJson(before), { field: 'v', value: current.view.value, after: before })
}

/** Whether the leaves of `before`, put back one by one, stand in their order: what `after` lacks comes last, by id. */
function comesBackInOrder(before: Json, after: Json): boolean {
  if (!isObject(before) || !isObject(after)) return true
  const keys = keysOf(before)
  const kept = keysOf(after).filter((key) => hasKey(before, key))
  const added = keys.filter((key) => !hasKey(after, key)).toSorted()
  return (
    sameItems([...kept, ...added], keys) &&
    keys.every((key) => comesBackInOrder(getKey(before, key) as Json, getKey(after, key) ?? null))
  )
}

/** Whether my value shows as I wrote it, and nobody else wrote at, above or below it since. */
function standsAlone(editing: Editing, id: string, value: Json, t: number): boolean {
  const { store, writer, shown } = editing
  const node = findNode(store.tree.root, id, false)
  if (!node || !equalJson(shown.partOf(id)?.view.value, value, true) || isWrittenSince(editing, id, t)) return false
  return [...nodesBelow(node)].every(({ facts }) => facts.every((fact) => fact.t <= t || writer.isOwnLane(fact.lane)))
}

/** A part that my value did not have. */
function restoreLost(
  editing: Editing,
  id: string,
  before: Json,
  parentId: string,
  record: { readonly t: number },
): void {
  const parent = editing.shown.partOf(parentId)
  if (!parent || !isObject(parent.view.value)) return
  if (editing.shown.partOf(id) || isWrittenSince(editing, parentId, record.t)) return
  editing.writer.put(id, 'v', stringifyJson(before), { field: 'v', value: undefined, after: before })
}

/** Whether a teammate has a newer value at the node or above it. */
function isWrittenSince({ store, writer }: Editing, id: string, t: number): boolean {
  for (let above = id; above !== ''; above = parentIdOf(above)) {
    const newest = newestFact(store.factsAt(above), 'v', (fact) => fact.counts())
    if (newest && newest.t > t && !writer.isOwnLane(newest.lane)) return true
  }
  return false
}

/** A deletion that reaches my lane only: what somebody else did to it keeps it alive. */
function takeBackCreation(editing: Editing, id: string, mine: Fact | undefined): void {
  const { store, writer, shown } = editing
  const node = findNode(store.tree.root, id, false)
  if (!node || !mine) return
  if (isRecreation(editing, node)) {
    // With everything I gave it since, in this undo too: one fact that no deletion covers would bring the old one back.
    writer.dropStaged(id)
    for (const each of nodesBelow(node))
      for (const fact of each.facts.filter(
        ({ field, lane, t }) => field !== 'x' && writer.isOwnLane(lane) && t >= mine.t,
      ))
        erase(editing, fact)
    return
  }
  const place = shown.partOf(id)
  if (!place) return
  const vector: Record<string, number> = {}
  for (const each of nodesBelow(node))
    for (const fact of each.facts)
      if (writer.isOwnLane(fact.lane)) vector[fact.lane] = Math.max(fact.t, vector[fact.lane] ?? 0)
  writer.putDeletion(id, vector, beforeRemoval(editing, place))
}

/** Over something that was there before, in a file or until I deleted it: a deletion would reach that, too. */
function isRecreation({ store, writer }: Editing, node: Node): boolean {
  if (layersOf(store.tree, node).some((layer) => layer.lane === seedLane)) return true
  for (let above: Node | null = node; above; above = above.up)
    if (above.facts.some((fact) => fact.field === 'x' && writer.isOwnLane(fact.lane))) return true
  return false
}

function takeBackDeletion(
  editing: Editing,
  id: string,
  before: Before & { readonly field: 'x' },
  mine: Fact | undefined,
): void {
  const { store, writer, shown } = editing
  if (!mine) return
  writer.erase(mine, { kind: 'revival', id, vector: mine.text })
  if (before.own !== undefined)
    writer.putDeletion(id, JSON.parse(before.own) as Record<string, number>, {
      field: 'x',
      value: undefined,
      own: undefined,
    })
  if (before.value === undefined || shown.partOf(id)) return
  // Dead still, though nobody else deleted it: the newer file lacks it.
  const node = findNode(store.tree.root, id, false)
  if (!node?.gone || node.gone.t < mine.t || node.facts.some((fact) => fact.field === 'x')) return
  writer.put(id, 'c', stringifyJson(before.value), { field: 'c' })
}

/** The deletion again, as far as it reached, and over what I did to bring the node back. */
function takeBackRevival(editing: Editing, id: string, text: string): void {
  const { writer, shown } = editing
  const vector = JSON.parse(text) as Record<string, number>
  const place = shown.partOf(id)
  const removal = place ? beforeRemoval(editing, place) : { field: 'x' as const, value: undefined, own: undefined }
  writer.putDeletion(id, { ...vector, [writer.lane]: writer.t - 1 }, removal)
}

function takeBackName(editing: Editing, id: string, name: string): void {
  const { writer } = editing
  if (isWellFormed(name)) {
    writer.put(id, 'n', name, { field: 'n', name: currentName(editing, id) })
    return
  }
  // Only a file can bring such a name; without one's own it has it again.
  eraseMine(editing, id, 'n')
}

function eraseMine(editing: Editing, id: string, field: 'n' | 'q'): void {
  const facts = editing.store.factsAt(id).filter((fact) => fact.field === field && editing.writer.isOwnLane(fact.lane))
  for (const fact of facts) erase(editing, fact)
}

function erase({ writer }: Editing, fact: Fact): void {
  const { id, field, text, order } = fact
  writer.erase(fact, field === 'x' ? undefined : { kind: 'erased', id, field, text, order })
}

function putAgain(editing: Editing, { id, field, text, order }: UndoRecord & { readonly kind: 'erased' }): void {
  editing.writer.put(id, field, text, beforeOf(editing, id, field, text), order)
}

function beforeOf(editing: Editing, id: string, field: Exclude<FactField, 'x'>, text: string): Before | undefined {
  switch (field) {
    case 'v':
      return { field, value: editing.shown.partOf(id)?.view.value, after: parseJson(text) }
    case 'n':
      return { field, name: currentName(editing, id) }
    case 'p':
      return currentPlace(editing, id)
    case 'q':
      return { field, order: currentSetOrder(editing, id) }
    case 'c':
      return { field }
  }
}

function currentName(editing: Editing, id: string): string {
  const place = editing.shown.partOf(id)
  return place ? nameOf(editing, place) : ''
}

function currentPlace(editing: Editing, id: string): Before | undefined {
  const place = editing.shown.partOf(id)
  return place && { field: 'p', ...placeBefore(place) }
}

function currentSetOrder(editing: Editing, id: string): string | undefined {
  const place = editing.shown.partOf(id)
  return place && standingAt(editing, place)?.setOrder
}
