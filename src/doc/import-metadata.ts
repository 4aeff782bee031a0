import { equalJson, getKey, isObject, type Json, type JsonObject, keysOf, objectFrom } from '../payload/ordered-json.ts'
import { tokenSetOrderOf } from '../payload/set-order.ts'
import { writeDifference, writeMember, writeMerge } from './difference.ts'
import { standingAt } from './edit-places.ts'
import { orderSetsInList } from './edit-sets.ts'
import { type Editing, putValue, removePlace } from './editing.ts'
import type { ImportMode } from './import-difference.ts'
import { orderKeyAt } from './order-key.ts'
import { childPlace, childrenAt, type Place, rootPlace } from './places.ts'
import { linkKeysByName } from './set-links.ts'

const orderKey = 'tokenSetOrder'

/** `$metadata` of a file; its `tokenSetOrder` as places of the sets. */
export function writeMetadata(editing: Editing, target: JsonObject, mode: ImportMode): void {
  const place = metadataPlace(editing)
  const order = getKey(target, orderKey)
  if (!place || !isObject(place.view.value)) {
    const keys = keysOf(target)
    const members = keys.map((key) => {
      const value = getKey(target, key) as Json
      return key === orderKey && Array.isArray(value) ? linkedOrder(editing, value) : value
    })
    putValue(editing, '/$metadata', objectFrom(keys, members), place?.view.value)
    return
  }
  const keys = keysOf(target).filter((key) => key !== orderKey || !Array.isArray(order))
  const members = objectFrom(
    keys,
    keys.map((key) => getKey(target, key) as Json),
  )
  if (mode === 'merge') writeMerge(editing, place, members, ['$metadata'])
  else {
    for (const { place: child } of childrenAt(place))
      if (getKey(target, child.name) === undefined) removePlace(editing, child)
    for (const key of keys) writeMember(editing, place, key, getKey(members, key) as Json)
  }
  if (Array.isArray(order)) writeOrder(editing, place, order, mode)
}

function metadataPlace({ store, shown }: Editing): Place | undefined {
  return childPlace(rootPlace(store.tree, shown.view()), '$metadata')
}

/** Names of sets as the list knows them: by what they were called at birth. */
function linkedOrder({ store, shown }: Editing, order: readonly Json[]): readonly Json[] {
  const keys = linkKeysByName(store.tree, shown.view())
  return order.map((name) => (typeof name === 'string' ? (keys.get(name) ?? name) : name))
}

function writeOrder(editing: Editing, metadata: Place, order: readonly Json[], mode: ImportMode): void {
  const list = childPlace(metadata, orderKey)
  if (list && Array.isArray(list.view.value)) {
    if (mode === 'merge' || isShown(editing, order)) return
    orderSetsInList(
      editing,
      order.filter((name) => typeof name === 'string'),
    )
    if (isShown(editing, order)) return
  }
  const value = linkedOrder(editing, order)
  if (list) writeDifference(editing, list, value)
  else putValue(editing, `${metadata.id}/${orderKey}`, value, undefined)
  // A place that a set was given counts more than the list: it must be the one that the list says.
  for (const [index, name] of order.entries()) {
    const place = typeof name === 'string' ? editing.shown.setPlace(name) : undefined
    const given = place && standingAt(editing, place)?.setOrder
    if (place && given !== undefined && given !== orderKeyAt(index))
      editing.writer.put(place.id, 'q', orderKeyAt(index), { field: 'q', order: given })
  }
}

function isShown({ shown }: Editing, order: readonly Json[]): boolean {
  return equalJson(tokenSetOrderOf(shown.root()), order)
}
