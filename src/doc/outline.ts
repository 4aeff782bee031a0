import { isToken } from '../payload/is-token.ts'
import { getKey, isObject, type JsonObject, keysOf } from '../payload/ordered-json.ts'
import { isFieldKey } from './field-key.ts'
import { plainOf } from './snapshot.ts'

/** One row of a set: a group or a token, in document order. */
export interface OutlineRow {
  readonly kind: 'group' | 'token'
  readonly path: readonly string[]
  readonly depth: number
  /** The token or group as it stands; frozen. */
  readonly value: JsonObject
}

const outlines = new WeakMap<JsonObject, readonly OutlineRow[]>()

/** The same array for the same set. */
export function outlineOf(set: JsonObject): readonly OutlineRow[] {
  let rows = outlines.get(set)
  if (!rows) {
    rows = Object.freeze([...rowsIn(set, [])])
    outlines.set(set, rows)
  }
  return rows
}

function* rowsIn(parent: JsonObject, above: readonly string[]): Generator<OutlineRow, void, undefined> {
  // A set is no token, whatever stands in it.
  const token = above.length > 0 && isToken(parent)
  for (const key of keysOf(parent)) {
    const value = getKey(parent, key)
    if (!isObject(value) || isFieldKey(key, token)) continue
    const path = Object.freeze([...above, key])
    const kind = isToken(value) ? 'token' : 'group'
    yield Object.freeze({ kind, path, depth: above.length, value: plainOf(value) as JsonObject })
    yield* rowsIn(value, path)
  }
}
