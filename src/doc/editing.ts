import { isToken } from '../payload/is-token.ts'
import { formatPath } from '../payload/token-name.ts'
import { TokenError } from '../payload/token-error.ts'
import { isObject, type Json, stringifyJson } from '../payload/ordered-json.ts'
import type { FactStore } from './fact-store.ts'
import { isFieldKey } from './field-key.ts'
import { maxDepth, maxIdChars } from './format.ts'
import { generationOf, isWellFormed, segmentForKey } from './node-id.ts'
import type { OrderRun } from './order-key.ts'
import { childPlace, keyedChildren, partsOf, type Place } from './places.ts'
import { boundsAt } from './sequence.ts'
import type { Shown } from './shown.ts'
import type { Before } from './undo-record.ts'
import type { Writer } from './writer.ts'

/** What every edit works with. Edits look first and write then: a refused one has written nothing. */
export interface Editing {
  readonly store: FactStore
  readonly shown: Shown
  readonly writer: Writer
  readonly random: () => number
  readonly orderRun: OrderRun
}

/** Where a node goes among its siblings; the end by default. Names are those of siblings at call time. */
export interface Position {
  readonly before?: string
  readonly after?: string
}

export function setPlaceOf(editing: Editing, set: string): Place {
  return editing.shown.setPlace(set) ?? refuseSet(set)
}

function refuseSet(set: string): never {
  throw new TokenError('not-found', `There is no token set "${set}".`, { set })
}

/** What is shown at a path below a set; undefined where nothing lives. */
export function findPlace(from: Place, path: readonly string[]): Place | undefined {
  let place = from
  for (const name of path) {
    // Fields are reached through their token. A set is none, whatever stands in it.
    if (isFieldKey(name, true) && isFieldKey(name, place !== from && isToken(place.view.value))) return undefined
    const child = childPlace(place, name)
    if (!child || !isObject(child.view.value)) return undefined
    place = child
  }
  return place
}

export function placeAt(editing: Editing, set: string, path: readonly string[]): Place {
  return findPlace(setPlaceOf(editing, set), path) ?? refusePath(set, path)
}

/** The same, for an edit of its own fields alone: what it stands in is not viewed anew for it. */
export function valueAt({ shown }: Editing, set: string, path: readonly string[]): Place {
  const from = shown.setNamed(set)
  if (!from) return refuseSet(set)
  const place = findPlace(from, path)
  return place ? shown.freshen(place) : refusePath(set, path)
}

function refusePath(set: string, path: readonly string[]): never {
  const shown = formatPath(path)
  throw new TokenError('not-found', `There is no token or group "${shown}" in the set "${set}".`, { set, path: shown })
}

/** The order key of a slot among the children of `parent`, one of which may be leaving its place for it. */
export function orderAt(editing: Editing, parent: Place, position: Position, leaving?: Place): string {
  const isHere = leaving?.parent?.id === parent.id
  const siblings = keyedChildren(parent).filter(({ name }) => !isHere || name !== leaving.name)
  const slot = slotOf(
    siblings.map(({ name }) => name),
    position,
  )
  const { left, right } = boundsAt(siblings, slot)
  return editing.orderRun.next(left, right, editing.random)
}

/** The index before which a position stands. */
export function slotOf(names: readonly string[], { before, after }: Position): number {
  const name = before ?? after
  if (name === undefined) return names.length
  const index = names.indexOf(name)
  if (index === -1) throw new TokenError('not-found', `There is no "${name}" to stand beside.`, { name })
  return before === undefined ? index + 1 : index
}

/**
 * The id for a new node of this name: that of its path where none was ever, or where it was deleted; the next generation
 * where the node of that id lives on under another name or elsewhere.
 */
export function newNodeId({ shown }: Editing, parent: Place, name: string): string {
  let id = `${parent.id}/${segmentForKey(parent.id, name)}`
  for (let k = 1; shown.partOf(id); k++) id = `${parent.id}/${generationOf(name, k)}`
  checkId(id)
  return id
}

export function checkId(id: string): void {
  if (id.length > maxIdChars || (id.length > maxDepth && id.split('/').length - 1 > maxDepth))
    throw new TokenError(
      'too-large',
      `This path is too long: at most ${maxDepth} names and ${maxIdChars} characters.`,
      {
        length: id.length,
        limit: maxIdChars,
      },
    )
}

/** Creates a node and gives its place. */
export function createNode(editing: Editing, parent: Place, name: string, value: Json, position: Position): Place {
  const id = newNodeId(editing, parent, name)
  const order = orderAt(editing, parent, position)
  putCreation(editing, id, value, order)
  const place = editing.shown.placeOf(id)
  if (!place) throw new Error(`The node ${id} does not show after its creation`)
  return place
}

export function putCreation({ writer }: Editing, id: string, value: Json, order: string | undefined): void {
  writer.put(id, 'c', stringifyJson(value), { field: 'c' }, order)
}

/** What undo needs to know of a deletion. */
export function beforeRemoval({ writer }: Editing, place: Place): Before & { readonly field: 'x' } {
  const own = place.node?.facts.find((fact) => fact.field === 'x' && writer.isOwnLane(fact.lane))
  return { field: 'x', value: place.view.value, own: own?.text }
}

export function removePlace(editing: Editing, place: Place): void {
  for (const part of partsOf(place)) editing.writer.remove(part.id, beforeRemoval(editing, part))
}

export function putValue({ writer }: Editing, id: string, after: Json, before: Json | undefined): void {
  checkId(id)
  writer.put(id, 'v', stringifyJson(after), { field: 'v', value: before, after })
}

/** Throws `invalid-name` for a name that would arrive as another one elsewhere. */
export function putName({ writer }: Editing, id: string, name: string, before: string): void {
  if (!isWellFormed(name))
    throw new TokenError('invalid-name', 'This name holds half a character (a lone surrogate). Type it again.', {
      name,
    })
  writer.put(id, 'n', name, { field: 'n', name: before })
}
