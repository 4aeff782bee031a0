import { maxFileDepth } from '../payload/file-form.ts'
import { isToken } from '../payload/is-token.ts'
import { isDeeperThan, type Json } from '../payload/ordered-json.ts'
import { TokenError } from '../payload/token-error.ts'
import { checkSegment, formatPath } from '../payload/token-name.ts'
import { withOwnCovers } from './coverage.ts'
import { type GroupPlan, makeGroups, planGroups } from './edit-groups.ts'
import { type Editing, findPlace, orderAt, placeAt, type Position, putName, setPlaceOf, slotOf } from './editing.ts'
import { noCovers } from './cover.ts'
import { parentIdOf } from './node-id.ts'
import { unordered } from './order-key.ts'
import { childPlace, namesAt, orderKeyOf, partsOf, type Place } from './places.ts'
import { type Standing, standingOf } from './standing.ts'

/** Token or group. A path with another parent also moves it. */
export function renameNode(editing: Editing, set: string, path: readonly string[], to: readonly string[]): void {
  moveNode(editing, set, path, set, to, undefined)
}

/** `toPath` is the node's new path, its own name included. A group that comes onto a group is united with it. */
export function moveNode(
  editing: Editing,
  set: string,
  path: readonly string[],
  toSet: string,
  toPath: readonly string[],
  position: Position | undefined,
): void {
  const place = placeAt(editing, set, path)
  const target = setPlaceOf(editing, toSet)
  const shown = formatPath(toPath)
  const name = toPath.at(-1)
  if (path.length === 0 || name === undefined)
    throw new TokenError('invalid-name', 'A token set is renamed by renameSet; a token needs a name below its set.', {
      set,
    })
  const parentPath = toPath.slice(0, -1)
  const parent = findPlace(target, parentPath)
  const stays = parent !== undefined && parent.id === place.parent?.id
  // A token's children stay among themselves, whatever may be put into a token.
  const plan = stays ? { place: parent, missing: [] } : planGroups(target, parentPath, toPath)
  if (isInside(plan.place, place))
    throw new TokenError('path-taken', `"${formatPath(path)}" cannot be moved into itself. Choose another path.`, {
      path: shown,
    })
  const there = plan.missing.length === 0 ? childPlace(plan.place, name) : undefined
  if (there && there.id !== place.id && !areGroups(there, place))
    throw new TokenError('path-taken', `"${shown}" is taken. Choose another name, or remove what has it.`, {
      path: shown,
    })
  if (name !== place.name) checkSegment(name, shown)
  if (toPath.length > path.length) checkRoom(toPath, place.view.value)
  if (position) checkPosition(plan, position, place)
  const parts = partsOf(place)
  if (!stays) {
    const to = makeGroups(editing, plan)
    const order = orderAt(editing, to, position ?? {}, place)
    for (const part of parts) putPlace(editing, part, to.id, order)
  } else if (position) reorderPlace(editing, place, position)
  for (const part of parts) {
    // Its name may show with a suffix; what counts is what it was called.
    const called = nameOf(editing, part)
    if (name !== (stays ? place.name : called)) putName(editing, part.id, name, called)
  }
}

/** What comes out of the document can be taken in again: no file is read that is nested deeper. */
export function checkRoom(path: readonly string[], value: Json): void {
  // In a file the set stands in `values`, and that in the whole.
  if (!isDeeperThan(value, maxFileDepth - 2 - path.length)) return
  throw new TokenError('too-large', `There would be more than ${maxFileDepth} levels. Choose a shorter path.`, {
    path: formatPath(path),
    limit: maxFileDepth,
  })
}

function isInside(place: Place, outer: Place): boolean {
  for (let each: Place | null = place; each; each = each.parent) if (each.id === outer.id) return true
  return false
}

function areGroups(a: Place, b: Place): boolean {
  return [a, b].every(({ view: { value } }) => typeof value === 'object' && !Array.isArray(value) && !isToken(value))
}

function checkPosition(plan: GroupPlan, position: Position, leaving: Place): void {
  const siblings = plan.missing.length === 0 ? namesAt(plan.place) : []
  const isHere = leaving.parent?.id === plan.place.id
  slotOf(
    siblings.filter((name) => !isHere || name !== leaving.name),
    position,
  )
}

/** Where the node stands now, for undo. */
export function placeBefore(place: Place): { readonly parentId: string; readonly order: string | undefined } {
  const order = orderKeyOf(place)
  return { parentId: parentNowOf(place), order: order === unordered ? undefined : order }
}

/** A child of a group that is shown as one with another still belongs to its own. */
function parentNowOf(place: Place): string {
  return place.node?.parent?.id ?? parentIdOf(place.id)
}

export function putPlace(editing: Editing, place: Place, parentId: string, order: string): void {
  editing.writer.put(place.id, 'p', parentId, { field: 'p', ...placeBefore(place) }, order)
}

/** Nothing is written where the node stands there already. */
export function reorderPlace(editing: Editing, place: Place, position: Position): void {
  if (!place.parent) return
  const siblings = namesAt(place.parent)
  const others = siblings.filter((name) => name !== place.name)
  if (slotOf(others, position) === siblings.indexOf(place.name)) return
  putPlace(editing, place, parentNowOf(place), orderAt(editing, place.parent, position, place))
}

export function reorderNode(editing: Editing, set: string, path: readonly string[], position: Position): void {
  const place = placeAt(editing, set, path)
  if (path.length === 0) throw new TokenError('invalid-name', 'Token sets are ordered by reorderSets.', { set })
  reorderPlace(editing, place, position)
}

/** What it was called last, whatever suffix it shows. */
export function nameOf(editing: Editing, place: Place): string {
  return standingAt(editing, place)?.name ?? place.node?.key ?? place.name
}

export function standingAt({ store }: Editing, { node }: Place): Standing | undefined {
  if (!node) return undefined
  const { covers, voidBefore } = node.viewKey ?? { covers: noCovers, voidBefore: -1 }
  return standingOf(store.tree, node, withOwnCovers(store.tree, node, covers), voidBefore)
}
