import { isChildKey, isToken } from '../payload/is-token.ts'
import {
  getKey,
  hasKey,
  isObject,
  type Json,
  type JsonObject,
  keysOf,
  objectFrom,
  setKey,
} from '../payload/ordered-json.ts'
import { TokenError } from '../payload/token-error.ts'
import { checkSegment, formatPath } from '../payload/token-name.ts'
import { makeGroups, planGroups } from './edit-groups.ts'
import { writeMember, writeMerge } from './difference.ts'
import { checkRoom, reorderPlace } from './edit-places.ts'
import { addSet } from './edit-sets.ts'
import { createNode, type Editing, findPlace, placeAt, valueAt, type Position, removePlace, slotOf } from './editing.ts'
import { copyJson } from './json-value.ts'
import { childPlace, namesAt, type Place } from './places.ts'

/** Writes a whole token; creates it, with the set and the groups above it, where there is none. */
export function setToken(
  editing: Editing,
  set: string,
  path: readonly string[],
  token: JsonObject,
  position: Position | undefined,
): void {
  const shown = formatPath(path)
  const value = copyJson(token, path)
  if (!isToken(value) || !isObject(value)) {
    throw new TokenError('invalid-value', `"${shown}" would be no token: it needs a "$value".`, { path: shown })
  }
  if (path.length === 0) throw new TokenError('invalid-name', `A token needs a name below its set "${set}".`, { set })
  const named = editing.shown.setNamed(set)
  const known = named && findPlace(named, path)
  if (known && !position && isToken(known.view.value)) {
    writeToken(editing, editing.shown.freshen(known), value)
    return
  }
  const from = editing.shown.setPlace(set)
  if (!from) {
    createSetWith(editing, set, path, value, position ?? {})
    return
  }
  const place = findPlace(from, path)
  if (!place) {
    createToken(editing, from, path, value, position ?? {})
    return
  }
  if (!isToken(place.view.value)) {
    throw new TokenError('path-taken', `"${shown}" is a group. Rename or remove it, or choose another name.`, {
      path: shown,
    })
  }
  writeToken(editing, place, value)
  if (position) reorderPlace(editing, place, position)
}

/** The first token of a set that is not there yet: both are created by one fact. */
function createSetWith(
  editing: Editing,
  set: string,
  path: readonly string[],
  token: JsonObject,
  position: Position,
): void {
  for (const name of path) checkSegment(name, formatPath(path))
  if (position.before !== undefined || position.after !== undefined) slotOf([], position)
  addSet(
    editing,
    set,
    path.reduceRight<JsonObject>((below, name) => objectFrom([name], [below]), token),
    {},
  )
}

function createToken(
  editing: Editing,
  set: Place,
  path: readonly string[],
  token: JsonObject,
  position: Position,
): void {
  const parent = planGroups(set, path.slice(0, -1), path)
  const name = path.at(-1) as string
  checkSegment(name, formatPath(path))
  checkRoom(path, token)
  if (parent.missing.length === 0) {
    checkFree(parent.place, name, path)
    slotOf(namesAt(parent.place), position)
  } else if (position.before !== undefined || position.after !== undefined) slotOf([], position)
  createNode(editing, makeGroups(editing, parent), name, token, position)
}

/** A member that is no object, `name: "x"` in a group of a legacy file, takes the name too. */
function checkFree(parent: Place, name: string, path: readonly string[]): void {
  if (!childPlace(parent, name)) return
  const shown = formatPath(path)
  throw new TokenError('path-taken', `"${shown}" is taken by a field. Choose another name.`, { path: shown })
}

/** The token's own fields become those given; what is below it, children of a token, stays. */
function writeToken(editing: Editing, place: Place, token: JsonObject): void {
  const before = place.view.value as JsonObject
  const spelled = new Map(keysOf(token).map((key) => [spellingIn(before, key), getKey(token, key) as Json]))
  for (const key of keysOf(before)) {
    if (spelled.has(key) || (isChildKey(key, true) && isObject(getKey(before, key)))) continue
    const child = childPlace(place, key)
    if (child) removePlace(editing, child)
  }
  for (const [key, value] of spelled) writeMember(editing, place, key, value)
}

const legacyKeys = ['value', 'type', 'description']

/** The key by which this token goes for a field: a legacy token keeps `value`, `type` and `description`. */
function spellingIn(token: JsonObject, key: string): string {
  if (hasKey(token, key)) return key
  const plain = key.startsWith('$') ? key.slice(1) : key
  if (!legacyKeys.includes(plain) || !isToken(token)) return key
  return hasKey(token, '$value') ? `$${plain}` : plain
}

/** Field-wise; an object value is merged part by part, `undefined` removes a field or part. */
export function updateNode(
  editing: Editing,
  set: string,
  path: readonly string[],
  fields: { readonly [field: string]: unknown },
): void {
  const place = valueAt(editing, set, path)
  const value = place.view.value as JsonObject
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields))
    throw new TokenError('invalid-value', `The fields of "${formatPath(path)}" must be an object.`, {
      path: formatPath(path),
    })
  const token = isToken(value)
  const spelled: Record<string, unknown> = {}
  for (const key of Object.keys(fields)) {
    if (!token) checkGroupField(value, key, fields[key], path)
    setKey(spelled as Record<string, Json>, spellingIn(value, key), fields[key] as Json)
  }
  writeMerge(editing, place, spelled, path)
}

/** Children are not fields: they are made by `set`, removed by `remove`. */
function checkGroupField(group: JsonObject, key: string, value: unknown, path: readonly string[]): void {
  const shown = formatPath(path)
  const current = getKey(group, key)
  const at = `${shown}.${key}`
  if (isChildKey(key, false) && (isObject(current) || (typeof value === 'object' && value !== null)))
    throw new TokenError('invalid-value', `"${at}" is no field of a group. Use set, remove or rename.`, { path: at })
  const hasChildren = keysOf(group).some((each) => isChildKey(each, false) && isObject(getKey(group, each)))
  if (key === '$value' && value !== undefined && hasChildren)
    throw new TokenError('invalid-value', `"${shown}" is a group with tokens in it, and cannot have a value.`, {
      path: shown,
    })
}

export function removeNode(editing: Editing, set: string, path: readonly string[]): void {
  removePlace(editing, placeAt(editing, set, path))
}
