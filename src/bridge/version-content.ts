/**
 * A whole file as the rows of a snapshot, order-exact: `""` is the root with empty sets, `/<set>` the text of a set. What is
 * long inside a set stands in a row of its own, `/<set>/<group>`, and leaves `{}` behind, so that a version costs what changed
 * and not the sets that changed.
 */
import { parseTokenFile, type TokenFile } from '../payload/file-form.ts'
import { holdsToken, isToken } from '../payload/is-token.ts'
import { escapeSegment } from '../payload/json-pointer.ts'
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

/** What an object may take in the row of its parent. */
const maxInnerChars = 1_000
/** Beyond it, no object stays in the row of its parent: an edit of one token writes at most so much into the next version. */
const maxRowChars = 8_000

/** Null for a file without tokens. */
export function fileToRows({ form, root, sets: all }: TokenFile): Map<string, Json> | null {
  if (![...all.values()].some(holdsToken)) return null
  // A set named `values` is a token, or the file would have the other form. It stays in the root, to be told by that.
  const sets = new Map([...all].filter(([name]) => form === 'single' || name !== 'values'))
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

/** What a version of these rows takes in full, about. */
export function charsOf(rows: FlatMap): number {
  let chars = 0
  for (const [key, row] of rows) chars += key.length + String(row).length
  return chars
}

/** The file again. Throws a `SyntaxError` for rows that no version has. */
export function rowsToFile(rows: FlatMap): JsonObject {
  const root = parseRow(rows.get(''))
  const inner = new Set<string>()
  for (const key of rows.keys())
    for (let above = key; above !== ''; above = above.slice(0, above.lastIndexOf('/'))) inner.add(above)
  const fill = (node: JsonObject, pointer: string): JsonObject =>
    mapMembers(node, (key, value) => {
      const below = `${pointer}/${escapeSegment(key)}`
      if (!isObject(value) || !inner.has(below)) return value
      const row = rows.get(below)
      return fill(row === undefined ? value : parseRow(row), below)
    })
  const values = getKey(root, 'values')
  const isSingle = isObject(values) && !isToken(values)
  return isSingle ? withMember(root, 'values', fill(values, '')) : fill(root, '')
}

/** The node's text; whatever in it is long goes into rows of its own. */
function writeRows(node: JsonObject, pointer: string, rows: Map<string, Json>): string {
  // Most of a file is tokens, and most of these are short.
  const whole = isToken(node) ? stringifyJson(node) : ''
  if (whole !== '' && whole.length <= maxInnerChars) return whole
  const members = keysOf(node).map((key) => {
    const value = getKey(node, key) as Json
    const below = `${pointer}/${escapeSegment(key)}`
    const isInner = isObject(value)
    return { key, below, isInner, text: isInner ? writeRows(value, below, rows) : stringifyJson(value) }
  })
  const chars = members.reduce((sum, { text }) => sum + Math.min(text.length, maxInnerChars), 0)
  const maxChars = chars > maxRowChars ? '{}'.length : maxInnerChars
  const texts = members.map(({ key, below, isInner, text }) => {
    const isApart = isInner && text.length > maxChars
    if (isApart) rows.set(below, text)
    return `${JSON.stringify(key)}:${isApart ? '{}' : text}`
  })
  return `{${texts.join(',')}}`
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
