import {
  getKey,
  type Json,
  type JsonObject,
  keysOf,
  mayHoldIntegerKeys,
  objectFrom,
  OrderedObject,
  parseJson,
  type PlainObject,
} from '../payload/ordered-json.ts'
import { maxDepth } from './format.ts'

/**
 * Parses the JSON of a stored entry into frozen values, in key order; undefined where it is none or nested too deep. Stored
 * text comes from anybody: nothing here throws, and nothing recurses deeper than the limit.
 *
 * An `OrderedObject` cannot be frozen; it never leaves the document, which gives out plain objects only.
 */
export function readFrozen(text: string): Json | undefined {
  try {
    const value = mayHoldIntegerKeys(text) ? parseJson(text, maxDepth) : (JSON.parse(text) as Json)
    return freezeJson(value, maxDepth) ? value : undefined
  } catch {
    // Not JSON: the entry does not count.
    return undefined
  }
}

/** Freezes the value throughout; false, and a part may stay unfrozen, where it is nested deeper than `levels`. */
export function freezeJson(value: Json, levels: number = maxDepth): boolean {
  if (value === null || typeof value !== 'object') return true
  if (levels <= 0) return false
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[])
      if (item !== null && typeof item === 'object' && !freezeJson(item, levels - 1)) return false
  } else if (value instanceof OrderedObject) {
    for (const item of value.values())
      if (item !== null && typeof item === 'object' && !freezeJson(item, levels - 1)) return false
    orderedExist = true
    return true
  } else {
    // `for in` is the fast way through objects of one shape; only own keys exist on parsed JSON.
    const members = value as PlainObject
    for (const key in members) {
      const item = members[key] as Json
      if (item !== null && typeof item === 'object' && !freezeJson(item, levels - 1)) return false
    }
  }
  Object.freeze(value)
  return true
}

/** An object of these members in this order, frozen; the members are frozen already. */
export function frozenObject(keys: readonly string[], values: readonly Json[]): JsonObject {
  const object = objectFrom(keys, values)
  if (!(object instanceof OrderedObject)) return Object.freeze(object)
  orderedExist = true
  return object
}

/** The object with other members in these places, frozen; they are frozen already. */
export function replaceMembers(object: JsonObject, members: ReadonlyMap<string, Json>): JsonObject {
  const keys = keysOf(object)
  return frozenObject(
    keys,
    keys.map((key) => (members.has(key) ? members.get(key) : getKey(object, key)) as Json),
  )
}

let orderedExist = false

/** False until any document of this program held an `OrderedObject`: so long, nobody need look for one. */
export function orderedObjectsExist(): boolean {
  return orderedExist
}
