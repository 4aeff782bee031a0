/**
 * JSON that keeps the key order of its text.
 *
 * A plain object moves integer-like keys (`50`, `100`) to the front, so an object whose keys would be reordered becomes an
 * {@link OrderedObject}; every other object stays plain and is parsed by the engine. Space between tokens, number
 * spellings (`1.0`) and duplicate keys (the last one wins) are not kept.
 */

export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export type JsonObject = PlainObject | OrderedObject
export interface PlainObject {
  readonly [key: string]: Json
}

/** An object whose key order a plain object cannot hold. Read it with {@link keysOf} and {@link getKey}. */
export class OrderedObject extends Map<string, Json> {}

const integerKeyInText = /"(?:0|[1-9]\d{0,9})"\s*:/
const maxArrayIndex = 4_294_967_295

/** True for a key that a plain object would move to the front: the canonical spelling of an array index. */
export function isIntegerKey(key: string): boolean {
  return /^(?:0|[1-9]\d{0,9})$/.test(key) && Number(key) < maxArrayIndex
}

export function isObject(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

export function isContainer(value: Json | undefined): value is JsonObject | readonly Json[] {
  return value !== null && typeof value === 'object'
}

/** The keys in the order of the text. */
export function keysOf(object: JsonObject): string[] {
  return object instanceof OrderedObject ? [...object.keys()] : Object.keys(object)
}

/** The own value under `key`; never something inherited, so `constructor` is just a name. */
export function getKey(object: JsonObject, key: string): Json | undefined {
  if (object instanceof OrderedObject) return object.get(key)
  return Object.hasOwn(object, key) ? (object as PlainObject)[key] : undefined
}

export function hasKey(object: JsonObject, key: string): boolean {
  return object instanceof OrderedObject ? object.has(key) : Object.hasOwn(object, key)
}

/** Sets an own property also for `__proto__`, which an assignment would take for the prototype. */
export function setKey(object: Record<string, Json>, key: string, value: Json): void {
  if (key === '__proto__')
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
  else object[key] = value
}

/** An object with these keys in this order: plain where a plain object keeps it, else an {@link OrderedObject}. */
export function objectFrom(keys: readonly string[], values: readonly Json[]): JsonObject {
  let lastInteger = -1
  let sawText = false
  let plainKeepsOrder = true
  for (const key of keys) {
    if (!isIntegerKey(key)) {
      sawText = true
      continue
    }
    if (sawText || Number(key) <= lastInteger) {
      plainKeepsOrder = false
      break
    }
    lastInteger = Number(key)
  }
  if (plainKeepsOrder) {
    const object: Record<string, Json> = {}
    for (let i = 0; i < keys.length; i++) setKey(object, keys[i] as string, values[i] as Json)
    return object
  }
  const ordered = new OrderedObject()
  for (let i = 0; i < keys.length; i++) ordered.set(keys[i] as string, values[i] as Json)
  return ordered
}

/** A copy with the member set, at its old place or else the end; `undefined` removes it. */
export function withMember(object: JsonObject, key: string, value: Json | undefined): JsonObject {
  const members = new Map<string, Json>(keysOf(object).map((each) => [each, getKey(object, each) as Json]))
  if (value === undefined) members.delete(key)
  else members.set(key, value)
  return objectFrom([...members.keys()], [...members.values()])
}

/** False where every object of the text keeps its key order as a plain object. True costs a second look. */
export function mayHoldIntegerKeys(text: string): boolean {
  return integerKeyInText.test(text)
}

/** Deeper than any token file, and shallow enough for every recursive walk over JSON here. */
const maxParsedDepth = 2000

/**
 * Parses JSON text in the order of its keys. Throws the engine's `SyntaxError` on anything that is not JSON, a `RangeError`
 * on containers nested deeper than `maxDepth`.
 */
export function parseJson(text: string, maxDepth: number = maxParsedDepth): Json {
  const plain = JSON.parse(text) as Json
  if (isDeeperThan(plain, maxDepth)) throw new RangeError(`The JSON is nested deeper than ${maxDepth} levels`)
  if (!integerKeyInText.test(text)) return plain
  // Mostly such keys stand in front already. What the engine writes back equal, it has read in order.
  const indent = text.startsWith('{\n  "') ? 2 : 0
  return JSON.stringify(plain, null, indent) === text ? plain : readOrdered(text)
}

/** True where containers are nested more than `levels` deep; never looks deeper than that. */
export function isDeeperThan(value: Json, levels: number): boolean {
  if (!isContainer(value)) return false
  if (levels <= 0) return true
  const members: Iterable<Json> =
    value instanceof OrderedObject ? value.values() : Array.isArray(value) ? value : Object.values(value)
  for (const member of members) if (isDeeperThan(member, levels - 1)) return true
  return false
}

/** Walks text that `JSON.parse` has already accepted; it may therefore be lax about syntax. */
function readOrdered(text: string): Json {
  let at = 0
  const skipSpace = (): void => {
    for (;;) {
      const code = text.charCodeAt(at)
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return
      at++
    }
  }
  const readString = (): string => {
    const start = at++
    let escaped = false
    for (;;) {
      const code = text.charCodeAt(at)
      if (code === 34) break
      if (code === 92) {
        escaped = true
        at++
      }
      at++
    }
    at++
    return escaped ? (JSON.parse(text.slice(start, at)) as string) : text.slice(start + 1, at - 1)
  }
  const readObject = (): JsonObject => {
    at++
    skipSpace()
    if (text.charCodeAt(at) === 125) {
      at++
      return {}
    }
    const keys: string[] = []
    const values: Json[] = []
    let repeated = false
    const seen = new Set<string>()
    for (;;) {
      skipSpace()
      const key = readString()
      skipSpace()
      at++
      if (seen.has(key)) repeated = true
      seen.add(key)
      keys.push(key)
      values.push(readValue())
      skipSpace()
      if (text.charCodeAt(at++) === 125) break
    }
    if (!repeated) return objectFrom(keys, values)
    const last = new Map(keys.map((key, i) => [key, values[i] as Json]))
    return objectFrom([...last.keys()], [...last.values()])
  }
  const readArray = (): Json[] => {
    at++
    const items: Json[] = []
    skipSpace()
    if (text.charCodeAt(at) === 93) {
      at++
      return items
    }
    for (;;) {
      items.push(readValue())
      skipSpace()
      if (text.charCodeAt(at++) === 93) return items
    }
  }
  const readValue = (): Json => {
    skipSpace()
    const first = text[at]
    if (first === '{') return readObject()
    if (first === '[') return readArray()
    if (first === '"') return readString()
    const start = at
    for (;;) {
      const code = text.charCodeAt(at)
      // Space, ",", "]", "}" or the end (NaN, which no comparison matches).
      if (!(code > 32) || code === 44 || code === 93 || code === 125) break
      at++
    }
    return JSON.parse(text.slice(start, at)) as Json
  }
  return readValue()
}

function holdsOrdered(value: Json): boolean {
  if (!isContainer(value)) return false
  if (value instanceof OrderedObject) return true
  for (const item of Array.isArray(value) ? value : Object.values(value)) if (holdsOrdered(item)) return true
  return false
}

/** JSON text in key order, indented like `JSON.stringify` (0 = minified). */
export function stringifyJson(value: Json, indent = 0): string {
  if (!holdsOrdered(value)) return JSON.stringify(value, null, indent)
  const step = ' '.repeat(indent)
  const colon = indent > 0 ? ': ' : ':'
  const write = (item: Json, lead: string): string => {
    if (!isContainer(item)) return JSON.stringify(item)
    const open = indent > 0 ? `\n${lead}${step}` : ''
    const close = indent > 0 ? `\n${lead}` : ''
    if (Array.isArray(item)) {
      if (item.length === 0) return '[]'
      return `[${item.map((each: Json) => open + write(each, lead + step)).join(',')}${close}]`
    }
    const object = item as JsonObject
    const keys = keysOf(object)
    if (keys.length === 0) return '{}'
    const members = keys.map(
      (key) => open + JSON.stringify(key) + colon + write(getKey(object, key) as Json, lead + step),
    )
    return `{${members.join(',')}${close}}`
  }
  return write(value, '')
}

/** The same value with plain objects only; integer-like keys then stand first, as in any JavaScript object. */
export function toPlain(value: Json): Json {
  if (!isContainer(value)) return value
  if (Array.isArray(value)) return value.map(toPlain)
  const plain: Record<string, Json> = {}
  for (const key of keysOf(value as JsonObject)) setKey(plain, key, toPlain(getKey(value as JsonObject, key) as Json))
  return plain
}

/** Deep equality; key order counts only with `ordered`. */
export function equalJson(a: Json | undefined, b: Json | undefined, ordered = false): boolean {
  if (a === b) return true
  if (!isContainer(a) || !isContainer(b)) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false
    return a.every((item: Json, i) => equalJson(item, b[i] as Json, ordered))
  }
  const left = a as JsonObject
  const right = b as JsonObject
  const keys = keysOf(left)
  const others = keysOf(right)
  if (keys.length !== others.length) return false
  if (ordered && keys.some((key, i) => key !== others[i])) return false
  return keys.every((key) => hasKey(right, key) && equalJson(getKey(left, key), getKey(right, key), ordered))
}
