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
/** The rows of a group or token and what is below it; they hold as long as it stands at their path. */
const known = new WeakMap<JsonObject, readonly [OutlineRow, ...OutlineRow[]]>()

/** The same array for the same set; the same rows for what did not change in it. */
export function outlineOf(set: JsonObject): readonly OutlineRow[] {
  let rows = outlines.get(set)
  if (!rows) {
    // A set is no token, whatever stands in it.
    rows = Object.freeze(rowsBelow(set, [], false))
    outlines.set(set, rows)
  }
  return rows
}

function rowsBelow(parent: JsonObject, path: readonly string[], parentIsToken: boolean): OutlineRow[] {
  const rows: OutlineRow[] = []
  for (const key of keysOf(parent)) {
    const value = getKey(parent, key)
    if (!isObject(value) || isFieldKey(key, parentIsToken)) continue
    for (const row of rowsAt(value, path, key)) rows.push(row)
  }
  return rows
}

function rowsAt(value: JsonObject, above: readonly string[], key: string): readonly OutlineRow[] {
  const before = known.get(value)
  if (before && standsAt(before[0].path, above, key)) return before
  const path = Object.freeze([...above, key])
  const token = isToken(value)
  const kind = token ? 'token' : 'group'
  const row = Object.freeze({ kind, path, depth: above.length, value: plainOf(value) as JsonObject } as const)
  const rows = [row, ...rowsBelow(value, path, token)] as const
  known.set(value, rows)
  return rows
}

function standsAt(path: readonly string[], above: readonly string[], key: string): boolean {
  return path.length === above.length + 1 && path.at(-1) === key && above.every((name, i) => name === path[i])
}
