import { getKey, isContainer, type Json, type JsonObject, keysOf } from './ordered-json.ts'

/** Compact JSON with the keys of every object sorted by UTF-16 units, so that equal content is equal text. */
export function canonicalJson(value: Json): string {
  if (!isContainer(value)) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonicalJson(item)).join(',')}]`
  const object = value as JsonObject
  const members = keysOf(object)
    .toSorted(compareText)
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(getKey(object, key) as Json)}`)
  return `{${members.join(',')}}`
}

/** Order by UTF-16 units, the same in every engine and locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
