/** Takes one side of a conflict, as ordinary facts of now: what it outdoes is erased, so the conflict is gone. */
import { isObject, type Json, type JsonObject, withMember } from '../payload/ordered-json.ts'
import { TokenError } from '../payload/token-error.ts'
import { conflictIdOf, type Claim, type Conflict } from './conflicts.ts'
import { writeMember, writeValue } from './difference.ts'
import { nameOf, putPlace } from './edit-places.ts'
import { type Editing, orderAt, putCreation, putName, putValue, removePlace } from './editing.ts'
import { layersOf } from './layers.ts'
import { findNode, type Node } from './node.ts'
import { childPlace, type Place } from './places.ts'

export function settleConflict(editing: Editing, conflict: Conflict, claim: Claim): void {
  const id = conflictIdOf(conflict)
  const node = id === undefined ? undefined : findNode(editing.store.tree.root, id, false)
  if (!node) throw new TokenError('not-found', 'This conflict is none of this document. Take one from "conflicts".')
  const place = shownAt(editing, node)
  const { value } = claim
  if (value === undefined || (!place && claim === conflict.current)) removeAgain(editing, node, place)
  else if (conflict.kind === 'value') writeShowing(editing, node, value, conflict.field.length)
  else if (!place) throw gone('It has been deleted: there is nothing to rename or move.')
  else if (conflict.kind === 'name') takeName(editing, place, String(value))
  else if (conflict.kind === 'place') takePlace(editing, place, String(value))
  else takeFormat(editing, place, value)
}

/** Where the node shows; for one that shows as one with another, where both do. */
function shownAt({ shown }: Editing, { id }: Node): Place | undefined {
  const place = shown.partOf(id)
  return place?.parent ? childPlace(place.parent, place.name) : place
}

function gone(message: string): TokenError {
  return new TokenError('not-found', message)
}

/** Also what does not show already: this time with everything in it seen. */
function removeAgain(editing: Editing, node: Node, place: Place | undefined): void {
  if (place) removePlace(editing, place)
  else editing.writer.remove(node.id, { field: 'x', value: undefined, own: undefined })
}

/**
 * Writes the value so that it shows: together with what it was a part of, where that is gone or was replaced. So many of the
 * names at its end are fields and their parts.
 */
function writeShowing(editing: Editing, from: Node, wanted: Json, fields: number): void {
  const { shown } = editing
  let value = wanted
  let fieldsLeft = fields
  for (let node: Node | null = from; node?.up; node = node.up) {
    const place = shownAt(editing, node)
    if (place) {
      writeValue(editing, place, value)
      return
    }
    const { up, key } = node
    const isField = fieldsLeft-- > 0
    if (isObject(shown.partOf(up.id)?.view.value)) {
      if (isField) putValue(editing, node.id, value, undefined)
      else putCreation(editing, node.id, value, undefined)
      return
    }
    value = withMember(isField ? lastObjectOf(editing, up) : {}, key, value)
  }
}

function lastObjectOf({ store }: Editing, node: Node): JsonObject {
  const value = layersOf(store.tree, node).findLast((layer) => isObject(layer.value))?.value
  return isObject(value) ? value : {}
}

function takeName(editing: Editing, place: Place, name: string): void {
  const there = place.parent ? childPlace(place.parent, name) : undefined
  if (there && there.id !== place.id)
    throw new TokenError('path-taken', `"${name}" is taken. Choose another name.`, { path: name })
  putName(editing, place.id, name, nameOf(editing, place))
}

function takePlace(editing: Editing, place: Place, parentId: string): void {
  const parent = editing.shown.partOf(parentId)
  if (!parent) throw gone('The place it was moved to has been deleted. Choose another.')
  putPlace(editing, place, parentId, orderAt(editing, parent, {}, place))
}

/** One spelling stays, that of the format which is read everywhere. */
function takeFormat(editing: Editing, token: Place, value: Json): void {
  const legacy = childPlace(token, 'value')
  if (legacy) removePlace(editing, legacy)
  writeMember(editing, token, '$value', value)
}
