/** Values as facts: only what differs is written, part by part, so that what others write beside it stays. */
import {
  equalJson,
  getKey,
  hasKey,
  isContainer,
  isObject,
  type Json,
  type JsonObject,
  keysOf,
} from '../payload/ordered-json.ts'
import { TokenError } from '../payload/token-error.ts'
import { type Editing, putValue, removePlace } from './editing.ts'
import type { Fact } from './fact.ts'
import { copyJson, shareLeaf } from './json-value.ts'
import { segmentForKey } from './node-id.ts'
import type { Node } from './node.ts'
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
  } else writeValue(editing, place, after)
}

/** What is shown as one with the place has been seen, too, and is outdone with it. */
export function writeValue(editing: Editing, { id, view, merged }: Place, value: Json): void {
  putValue(editing, id, value, view.value)
  for (const fact of merged.flatMap(valueFactsAt)) editing.writer.erase(fact)
}

function valueFactsAt({ facts }: Node): readonly Fact[] {
  return facts.filter((fact) => fact.field === 'v' && fact.counts())
}

/** Who writes a value that stands already decides for it where somebody else wrote another at the same time. */
function settle(editing: Editing, place: Place, value: Json): void {
  if (!place.node) return
  const written = new Set([place.node, ...place.merged].flatMap(valueFactsAt).map((fact) => fact.text))
  if (written.size > 1) writeValue(editing, place, value)
  else if (isObject(value)) for (const { place: child } of childrenAt(place)) settle(editing, child, child.view.value)
}

export function writeMember(
  editing: Editing,
  place: Place,
  key: string,
  value: Json,
  child: Place | undefined = childPlace(place, key),
): void {
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

/** One step of a merge that has been found good: nothing is written while a later one could still be refused. */
type MergeStep =
  | { readonly kind: 'remove'; readonly place: Place }
  | {
      readonly kind: 'write'
      readonly place: Place
      readonly key: string
      readonly value: Json
      readonly child: Place | undefined
    }

/**
 * Takes over the given members and leaves the others alone; objects likewise, part by part. An undefined member is removed.
 * Throws `invalid-value` before anything is written; `path` is named in the message.
 */
export function writeMerge(editing: Editing, place: Place, members: object, path: readonly string[]): void {
  const steps: MergeStep[] = []
  planMerge(place, members, path, noKeys, steps)
  for (const step of steps) {
    if (step.kind === 'remove') removePlace(editing, step.place)
    else writeMember(editing, step.place, step.key, step.value, step.child)
  }
}

const noKeys: readonly string[] = []

function planMerge(
  place: Place,
  members: object,
  path: readonly string[],
  above: readonly string[],
  steps: MergeStep[],
): void {
  for (const key of keysOf(members as JsonObject)) {
    const value: unknown = getKey(members as JsonObject, key)
    const child = childPlace(place, key)
    if (value === undefined) {
      if (child) steps.push({ kind: 'remove', place: child })
    } else if (typeof value === 'object' && value !== null) {
      const keys = [...above, key]
      if (child && !Array.isArray(value)) mergePart(child, value, path, keys, steps)
      else steps.push({ kind: 'write', place, key, value: copyJson(value, [...path, ...keys]), child })
    } else steps.push({ kind: 'write', place, key, value: copyJson(value, [...path, ...above, key]), child })
    if (!child && Array.isArray(place.view.value)) refusePart([...path, ...above, key], 'is no entry of the array')
  }
}

function mergePart(
  place: Place,
  value: object,
  path: readonly string[],
  keys: readonly string[],
  steps: MergeStep[],
): void {
  const current = place.view.value
  if (isContainer(current)) planMerge(place, value, path, keys, steps)
  // It would stand below a text, a number or the like, and not show.
  else refusePart([...path, ...keys], `is ${JSON.stringify(current)}, which has no parts`)
}

function refusePart(path: readonly string[], why: string): never {
  const shown = path.join('.')
  throw new TokenError('invalid-value', `"${shown}" ${why}. Write the whole token instead.`, { path: shown })
}
