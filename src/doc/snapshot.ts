/**
 * What is given out: plain, frozen objects in the single-file form, with everything shared that did not change; and text in
 * the form and order of the file.
 */
import {
  getKey,
  isContainer,
  isObject,
  type Json,
  type JsonObject,
  keysOf,
  OrderedObject,
  setKey,
} from '../payload/ordered-json.ts'
import { orderSets, tokenSetOrderOf } from '../payload/set-order.ts'
import { orderedObjectsExist } from './frozen-json.ts'
import type { SetsId } from './seed.ts'

/** The payload as plain, frozen JSON. Sets stand under `values` in `tokenSetOrder` order, whatever form the file came in. */
export interface Snapshot {
  readonly values: { readonly [set: string]: JsonObject }
  readonly $themes: readonly JsonObject[]
  readonly $metadata: { readonly tokenSetOrder: readonly string[]; readonly [key: string]: Json }
  readonly [key: string]: unknown
}

const plainByOrdered = new WeakMap<object, Json>()

/** The value with plain objects only; itself where it has no others, and the same object for the same value. */
export function plainOf(value: Json): Json {
  if (!isContainer(value) || !orderedObjectsExist()) return value
  const known = plainByOrdered.get(value)
  if (known !== undefined) return known
  let plain: Json = value
  if (Array.isArray(value)) {
    const items = value.map(plainOf)
    if (items.some((item, i) => item !== value[i])) plain = Object.freeze(items)
  } else {
    const object = value as JsonObject
    const keys = keysOf(object)
    const members = keys.map((key) => plainOf(getKey(object, key) as Json))
    if (object instanceof OrderedObject || members.some((member, i) => member !== getKey(object, keys[i] as string)))
      plain = plainObject(keys, members)
  }
  plainByOrdered.set(value, plain)
  return plain
}

function plainObject(keys: readonly string[], members: readonly Json[]): JsonObject {
  const object: Record<string, Json> = {}
  for (let i = 0; i < keys.length; i++) setKey(object, keys[i] as string, members[i] as Json)
  return Object.freeze(object)
}

/** Set name → set, in the order of the file. */
export function setsIn(root: JsonObject, setsId: SetsId): ReadonlyMap<string, JsonObject> {
  const sets = new Map<string, JsonObject>()
  const parent = setsId === '' ? root : getKey(root, 'values')
  if (!isObject(parent)) return sets
  for (const name of keysOf(parent)) {
    const set = getKey(parent, name)
    if (isObject(set) && (setsId !== '' || !name.startsWith('$'))) sets.set(name, set)
  }
  return sets
}

export function snapshotOf(root: JsonObject, setsId: SetsId): Snapshot {
  const sets = setsIn(root, setsId)
  const order = tokenSetOrderOf(root)
  const names = orderSets(sets.keys(), order)
  const values = plainObject(
    names,
    names.map((name) => plainOf(sets.get(name) as JsonObject)),
  )
  const themes = getKey(root, '$themes')
  const metadata = getKey(root, '$metadata')
  const snapshot: Record<string, unknown> = {
    values,
    $themes: Array.isArray(themes) ? plainOf(themes) : noThemes,
    $metadata: metadataOf(isObject(metadata) ? (plainOf(metadata) as JsonObject) : undefined, names),
  }
  for (const key of keysOf(root)) {
    if (Object.hasOwn(snapshot, key) || (setsId === '' && sets.has(key))) continue
    setKey(snapshot as Record<string, Json>, key, plainOf(getKey(root, key) as Json))
  }
  return Object.freeze(snapshot) as unknown as Snapshot
}

const noThemes: readonly Json[] = Object.freeze([])

/** A file need not say the order of its sets; a snapshot does. */
function metadataOf(metadata: JsonObject | undefined, names: readonly string[]): JsonObject {
  if (metadata && Array.isArray(getKey(metadata, 'tokenSetOrder'))) return metadata
  return Object.freeze({ ...(metadata as Record<string, Json> | undefined), tokenSetOrder: Object.freeze([...names]) })
}
