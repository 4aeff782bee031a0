/**
 * A whole file as the rows of a snapshot, order-exact: `""` is the root with empty sets, `/<set>` the text of a set. What is
 * long inside a set stands in a row of its own, `/<set>/<group>`, and leaves `{}` behind, so that a version costs what changed
 * and not the sets that changed.
 */
import { parseTokenFile, type TokenFile } from '../payload/file-form.ts'
import { holdsToken } from '../payload/is-token.ts'
import { escapeSegment, segmentsOf } from '../payload/json-pointer.ts'
import {
  getKey,
  isObject,
  type Json,
  type JsonObject,
  keysOf,
  objectFrom,
  parseJson,
  stringifyJson,
  withMember,
} from '../payload/ordered-json.ts'
import { isTokenError } from '../payload/token-error.ts'
import type { FlatMap } from './snapshot-content.ts'

/** An edit of one token writes about so much into the next version. */
const maxRowChars = 1_000

/** Null for a file without tokens. */
export function fileToRows({ form, root, sets }: TokenFile): Map<string, Json> | null {
  if (![...sets.values()].some(holdsToken)) return null
  const emptied = (object: JsonObject): JsonObject => mapMembers(object, (key, value) => (sets.has(key) ? {} : value))
  const values = getKey(root, 'values')
  const bare = form === 'single' && isObject(values) ? withMember(root, 'values', emptied(values)) : emptied(root)
  const rows = new Map<string, Json>([['', stringifyJson(bare)]])
  for (const [name, set] of sets) {
    const pointer = `/${escapeSegment(name)}`
    rows.set(pointer, writeRows(set, pointer, rows))
  }
  return rows
}

/** The same for a file's text; null also for what is no token file. */
export function textToRows(text: string): Map<string, Json> | null {
  try {
    return fileToRows(parseTokenFile(text))
  } catch (error) {
    if (isTokenError(error)) return null
    throw error
  }
}

/** The file's text. Throws a `SyntaxError` for rows that no version has. */
export function rowsToText(rows: FlatMap): string {
  const root = parseRow(rows.get(''))
  const inner = new Set<string>()
  for (const key of rows.keys()) {
    const segments = segmentsOf(key)
    for (let above = key, i = segments.length; i > 0; i--) {
      inner.add(above)
      above = above.slice(0, above.lastIndexOf('/'))
    }
  }
  const fill = (node: JsonObject, pointer: string): JsonObject =>
    mapMembers(node, (key, value) => {
      const below = `${pointer}/${escapeSegment(key)}`
      if (!isObject(value) || !inner.has(below)) return value
      const row = rows.get(below)
      return fill(row === undefined ? value : parseRow(row), below)
    })
  const values = getKey(root, 'values')
  return stringifyJson(isObject(values) ? withMember(root, 'values', fill(values, '')) : fill(root, ''))
}

/** The node's text; whatever in it is long goes into rows of its own. */
function writeRows(node: JsonObject, pointer: string, rows: Map<string, Json>): string {
  const members = keysOf(node).map((key) => {
    const value = getKey(node, key) as Json
    return `${JSON.stringify(key)}:${isObject(value) ? writeChild(value, `${pointer}/${escapeSegment(key)}`, rows) : stringifyJson(value)}`
  })
  return `{${members.join(',')}}`
}

function writeChild(node: JsonObject, pointer: string, rows: Map<string, Json>): string {
  const text = writeRows(node, pointer, rows)
  if (text.length <= maxRowChars) return text
  rows.set(pointer, text)
  return '{}'
}

function parseRow(row: Json | undefined): JsonObject {
  const value = typeof row === 'string' ? parseJson(row) : null
  if (!isObject(value)) throw new SyntaxError('A part of this version is missing')
  return value
}

function mapMembers(object: JsonObject, map: (key: string, value: Json) => Json): JsonObject {
  const keys = keysOf(object)
  return objectFrom(
    keys,
    keys.map((key) => map(key, getKey(object, key) as Json)),
  )
}
