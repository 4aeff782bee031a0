import { getKey, isObject, type Json, type JsonObject, keysOf, stringifyJson } from './ordered-json.ts'

const encoder = new TextEncoder()

/** How many bytes the JSON takes on the wire, minified, in UTF-8. */
export function byteLength(value: Json): number {
  return encoder.encode(stringifyJson(value)).length
}

/** What `$themes` takes in the minified file. */
export function themesBytes(file: JsonObject): number {
  const themes = getKey(file, '$themes')
  return themes === undefined ? 0 : byteLength(themes)
}

/** The `count` largest members of `values` with their bytes in the minified file, largest first. */
export function largestSets(
  file: JsonObject,
  count: number,
): readonly { readonly name: string; readonly bytes: number }[] {
  const values = getKey(file, 'values')
  if (!isObject(values)) return []
  return keysOf(values)
    .map((name) => ({ name, bytes: byteLength(getKey(values, name) as Json) }))
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, count)
}
