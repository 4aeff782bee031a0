/** Values as facts: only what differs is written, part by part, so that what others write beside it stays. */
import { equalJson, getKey, hasKey, isObject, type Json, type JsonObject, keysOf } from '../payload/ordered-json.ts'
import { TokenError } from '../payload/token-error.ts'
import { type Editing, putValue, removePlace } from './editing.ts'
import { copyJson, shareLeaf } from './json-value.ts'
import { segmentForKey } from './node-id.ts'
import { childPlace, childrenAt, type Place } from './places.ts'

/** Afterwards the place has this value. */
export function writeDifference(editing: Editing, place: Place, after: Json): void {
  const before = place.view.value
  if (equalJson(before, after)) {
    settle(editing, place, after)
    return
  }
  if (isObject(before) && isObject(after) && !isReplacement(before, after)) {
    for (const key of keysOf(before)) {
      const child = hasKey(after, key) ? undefined : childPlace(place, key)
      if (child) removePlace(editing, child)
    }
    for (const key of keysOf(after)) writeMember(editing, place, key, getKey(after, key) as Json)
  } else if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    for (const [i, child] of childrenAt(place).entries()) writeDifference(editing, child.place, after[i] as Json)
  } else putValue(editing, place.id, after, before)
}

/** Who writes a value that stands already decides for it where somebody else wrote another at the same time. */
function settle(editing: Editing, place: Place, value: Json): void {
  if (!place.node) return
  const written = new Set(place.node.facts.filter((fact) => fact.field === 'v').map((fact) => fact.text))
  if (written.size > 1) putValue(editing, place.id, value, value)
  else if (isObject(value)) for (const { place: child } of childrenAt(place)) settle(editing, child, child.view.value)
}

export function writeMember(editing: Editing, place: Place, key: string, value: Json): void {
  const child = childPlace(place, key)
  if (child) writeDifference(editing, child, value)
  else putValue(editing, newMemberId(place, key), value, undefined)
}

/** Fields and parts have no names to give: the id is the key, whatever became of an earlier one. */
function newMemberId(place: Place, key: string): string {
  return `${place.id}/${segmentForKey(place.id, key)}`
}

/** Other keys, and not a single equal part: this is another value, not an edited one. */
function isReplacement(before: JsonObject, after: JsonObject): boolean {
  const keys = keysOf(after)
  const sameKeys = keys.length === keysOf(before).length && keys.every((key) => hasKey(before, key))
  return !sameKeys && !shareLeaf(before, after)
}

/**
 * Takes over the given members and leaves the others alone; objects likewise, part by part. An undefined member is removed.
 * Nothing is written before {@link checkMerge} has passed.
 */
export function writeMerge(editing: Editing, place: Place, members: object, shown: string): void {
  for (const key of keysOf(members as JsonObject)) {
    const value: unknown = getKey(members as JsonObject, key)
    const child = childPlace(place, key)
    if (value === undefined) {
      if (child) removePlace(editing, child)
    } else if (child && isMergeable(value) && isContainerValue(child.view.value)) {
      writeMerge(editing, child, value, `${shown}.${key}`)
    } else writeMember(editing, place, key, copyJson(value, `${shown}.${key}`))
  }
}

/** Throws `invalid-value` where a member cannot be taken over. */
export function checkMerge(place: Place, members: object, shown: string): void {
  for (const key of keysOf(members as JsonObject)) {
    const value: unknown = getKey(members as JsonObject, key)
    const child = childPlace(place, key)
    const at = `${shown}.${key}`
    if (value === undefined) continue
    if (child && isMergeable(value)) {
      const current = child.view.value
      if (!isContainerValue(current)) {
        throw new TokenError(
          'invalid-value',
          `"${at}" is ${JSON.stringify(current)}, which has no parts: a part written there would not show. Set the whole token instead.`,
          { path: at },
        )
      }
      checkMerge(child, value, at)
    } else {
      if (Array.isArray(place.view.value) && !child)
        throw new TokenError('invalid-value', `"${at}" is no entry of the array. Write the whole array instead.`, {
          path: at,
        })
      copyJson(value, at)
    }
  }
}

function isMergeable(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isContainerValue(value: Json): boolean {
  return value !== null && typeof value === 'object'
}
