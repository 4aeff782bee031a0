/**
 * Fields of a row compared across versions. A value can be one text in one version and parts in another (`{ref}` against a
 * typography object); then the parts are compared as one, or half of each would be taken.
 */
import { canonicalJson } from '../payload/canonical-json.ts'
import { segmentsOf } from '../payload/json-pointer.ts'
import { getKey, hasKey, isObject, type Json, type JsonObject, keysOf, objectFrom } from '../payload/ordered-json.ts'
import type { Row } from '../payload/plugin-rows.ts'

/** `$value` of `$value/fontSize`. */
export function headOf(field: string): string {
  const slash = field.indexOf('/')
  return slash < 0 ? field : field.slice(0, slash)
}

/** Keys from the token down to the value. */
export function fieldPath(field: string): string[] {
  return segmentsOf(`/${field}`)
}

/** The field's text; that of an object in parts as a whole; undefined where the row has neither. */
export function fieldText(row: Row | undefined, field: string): string | undefined {
  if (!row) return undefined
  if (Object.hasOwn(row, field)) return row[field]
  const depth = fieldPath(field).length
  let joined: Json | undefined
  for (const [part, text] of Object.entries(row)) {
    if (part.startsWith(`${field}/`)) joined = withPart(joined, fieldPath(part).slice(depth), JSON.parse(text) as Json)
  }
  return joined === undefined ? undefined : canonicalJson(joined)
}

/** The fields in which the rows are compared: in parts, except where one of the rows has the whole as one text. */
export function comparedFields(...rows: readonly (Row | undefined)[]): readonly string[] {
  const fields = new Set(rows.flatMap((row) => Object.keys(row ?? {})))
  return [...new Set([...fields].map((field) => wholeOf(field, fields)))]
}

function wholeOf(field: string, fields: ReadonlySet<string>): string {
  for (let slash = field.indexOf('/'); slash >= 0; slash = field.indexOf('/', slash + 1)) {
    const above = field.slice(0, slash)
    if (fields.has(above)) return above
  }
  return field
}

/** The token or theme that a row describes; `spell` gives the key under which a field is stored. */
export function objectFromRow(row: Row, spell: (key: string) => string = (key) => key): JsonObject {
  let object: Json = {}
  for (const [field, text] of Object.entries(row)) {
    const [head, ...rest] = fieldPath(field) as [string, ...string[]]
    object = withPart(object, [spell(head), ...rest], JSON.parse(text) as Json)
  }
  return object as JsonObject
}

function withPart(into: Json | undefined, path: readonly string[], value: Json): Json {
  const [key, ...rest] = path
  if (key === undefined) return value
  const object = isObject(into) ? into : {}
  const keys = hasKey(object, key) ? keysOf(object) : [...keysOf(object), key]
  const part = withPart(getKey(object, key), rest, value)
  return objectFrom(
    keys,
    keys.map((each) => (each === key ? part : (getKey(object, each) as Json))),
  )
}
