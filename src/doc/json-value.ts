import { isObject, type Json, keysOf, getKey, objectFrom, OrderedObject } from '../payload/ordered-json.ts'
import { TokenError } from '../payload/token-error.ts'

/** Containers inside each other in a value that is written: room is left for the path above it. */
const maxValueDepth = 256
/** With three bytes each still a message that a relay takes. */
const maxTextChars = 4 * 1024 * 1024

/**
 * A copy of a value that a program gave, as JSON; members that are undefined are left out, as JSON leaves them. Throws
 * `invalid-value` for what JSON cannot hold, `too-large` for a text of more than 4 Mi characters. `path` is named in the message.
 */
export function copyJson(value: unknown, path: readonly string[]): Json {
  return copy(value, path, maxValueDepth)
}

function copy(value: unknown, path: readonly string[], levels: number): Json {
  if (typeof value === 'string') return checkLength(value, path)
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (typeof value !== 'object')
    refuse(path, `${typeof value === 'number' ? String(value) : `a value of type ${typeof value}`} is no JSON`)
  if (levels === 0) refuse(path, `it is nested deeper than ${maxValueDepth} levels, or refers to itself`)
  if (Array.isArray(value)) return value.map((item, i) => copy(item, [...path, String(i)], levels - 1))
  if (!(value instanceof OrderedObject) && !isPlain(value)) refuse(path, 'only plain objects and arrays can be stored')
  const object = value as Record<string, Json>
  const keys = keysOf(object).filter((key) => getKey(object, key) !== undefined)
  return objectFrom(
    keys,
    keys.map((key) => copy(getKey(object, key), [...path, key], levels - 1)),
  )
}

function checkLength(text: string, path: readonly string[]): string {
  if (text.length <= maxTextChars) return text
  const shown = shownPath(path)
  throw new TokenError('too-large', `The text at "${shown}" has more than ${maxTextChars} characters.`, {
    path: shown,
    length: text.length,
    limit: maxTextChars,
  })
}

/** Also an object of another realm, whose prototype is another `Object.prototype`. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

function refuse(path: readonly string[], why: string): never {
  const shown = shownPath(path)
  throw new TokenError('invalid-value', `The value at "${shown}" cannot be stored: ${why}.`, { path: shown })
}

function shownPath(path: readonly string[]): string {
  const whole = path.join('.')
  return whole.length > 80 ? `${whole.slice(0, 79)}…` : whole
}

/** Whether the two have any equal leaf at the same place. */
export function shareLeaf(a: Json, b: Json): boolean {
  if (isObject(a) && isObject(b)) {
    return keysOf(a).some((key) => {
      const other = getKey(b, key)
      return other !== undefined && shareLeaf(getKey(a, key) as Json, other)
    })
  }
  if (Array.isArray(a) && Array.isArray(b))
    return a.some((item: Json, i) => i < b.length && shareLeaf(item, b[i] as Json))
  return a === b
}
