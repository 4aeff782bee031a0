/**
 * What a bin was found to hold. Only unparsable or schema-invalid content is corrupt; content without a single token is blank.
 * Neither is ever read as deletions.
 */
import { parseTokenFile, toSingleForm } from '../payload/file-form.ts'
import { canonicalHash } from '../payload/canonical-hash.ts'
import { type Marker, readMarker } from '../payload/marker.ts'
import { getKey, isObject, type Json, type JsonObject, keysOf, parseJson } from '../payload/ordered-json.ts'
import { type PluginRows, pluginRows } from '../payload/plugin-rows.ts'
import { isTokenError } from '../payload/token-error.ts'
import { reservedFor } from './reserved-bin.ts'

export type Reading =
  /** `message` says what is wrong with it. */
  | { readonly kind: 'corrupt'; readonly message: string }
  | { readonly kind: 'blank' }
  /** Created for this room, and waiting for tokens that fit. */
  | { readonly kind: 'reserved' }
  /** Another project's bridge wrote it, or somebody edited what it wrote. */
  | { readonly kind: 'otherDocument'; readonly file: JsonObject; readonly rows: PluginRows }
  /** A body of this room, exactly as a bridge sent it. */
  | { readonly kind: 'ours'; readonly file: JsonObject; readonly rows: PluginRows; readonly marker: Marker }
  /** Somebody else's. `marker`: they kept ours, so it tells what they started from. */
  | {
      readonly kind: 'foreign'
      readonly file: JsonObject
      readonly rows: PluginRows
      readonly marker: Marker | undefined
    }

export function classify(record: string, isOurDocument: (doc: string) => boolean): Reading {
  let parsed: Json
  try {
    parsed = parseJson(record)
  } catch {
    return { kind: 'corrupt', message: 'The bin does not hold JSON.' }
  }
  const reserved = reservedFor(parsed)
  if (reserved !== undefined && isOurDocument(reserved)) return { kind: 'reserved' }
  if (reserved !== undefined || isBlank(parsed)) return { kind: 'blank' }
  let file: JsonObject
  try {
    file = toSingleForm(parseTokenFile(record))
  } catch (error) {
    if (isTokenError(error)) return { kind: 'corrupt', message: error.message }
    throw error
  }
  const rows = pluginRows(file)
  if (rows.tokens.size === 0) return { kind: 'blank' }
  const marker = readMarker(file)
  if (marker && !isOurDocument(marker.doc)) return { kind: 'otherDocument', file, rows }
  if (marker && marker.hash === canonicalHash(file)) return { kind: 'ours', file, rows, marker }
  return { kind: 'foreign', file, rows, marker }
}

/** `{}`, `{ "values": {} }`, and the stub `{ "values": { "options": {} } }` of a plugin whose first save failed. */
function isBlank(parsed: Json): boolean {
  if (parsed === null) return true
  if (Array.isArray(parsed)) return parsed.length === 0
  if (!isObject(parsed)) return false
  if (keysOf(parsed).length === 0) return true
  const values = getKey(parsed, 'values')
  if (!isObject(values)) return false
  return keysOf(values).every((name) => {
    const set = getKey(values, name)
    return isObject(set) && keysOf(set).length === 0
  })
}

export function updatedAtOf(file: JsonObject): string | null {
  const metadata = getKey(file, '$metadata')
  const updatedAt = isObject(metadata) ? getKey(metadata, 'updatedAt') : undefined
  return typeof updatedAt === 'string' ? updatedAt : null
}
