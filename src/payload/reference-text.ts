/**
 * References in values, as Tokens Studio reads them: `{color.red}`, also several in one text or inside arithmetic, nested
 * (`{color.{mode}.bg}`), and the old `$color.red`. They stand in a token's value, parts of composites included, and in its
 * colour modifier. What a name means is not this file's business.
 */
import {
  getKey,
  hasKey,
  isContainer,
  isObject,
  type Json,
  type JsonObject,
  keysOf,
  objectFrom,
} from './ordered-json.ts'

export interface TextReference {
  /** As it stands, with its braces or its `$`. */
  readonly text: string
  /** Without spaces at its ends. Of a nested one with the references in it, as they stand. */
  readonly name: string
  readonly kind: ReferenceKind
}

/** `nested` holds others; `old` begins with `$`. */
export type ReferenceKind = 'plain' | 'nested' | 'old'

export interface FieldReference extends TextReference {
  /** Where in the token, such as `['$value', 'fontSize']`. */
  readonly field: readonly string[]
}

/** What a reference is to be called; undefined for no change. Of a nested one, `name` is what stands before the inner one. */
export type NewName = (name: string, kind: ReferenceKind) => string | undefined

interface Found extends TextReference {
  readonly start: number
  /** Where its first inner reference begins, or else its end. */
  readonly headEnd: number
}

/** Deeper ones are a mistake or an attack: each level costs the length of the text. */
const maxNesting = 8
const oldStyle = /\$([^\s,{}]+\w)/y

/** The references of a token, nested ones behind those in them. */
export function referencesOf(token: JsonObject): readonly FieldReference[] {
  const found: FieldReference[] = []
  for (const { field, value } of placesOf(token)) collect(value, field, found)
  return found
}

/** The fields for `update` in which references are called otherwise; undefined where none is. */
export function renameReferences(token: JsonObject, newName: NewName): Record<string, Json> | undefined {
  const fields: Record<string, Json> = {}
  for (const { field, value } of placesOf(token)) {
    const renamed = renameIn(value, newName)
    const [key, ...inner] = field as [string, ...string[]]
    if (renamed !== value) fields[key] = inner.reduceRight((below, name) => ({ [name]: below }), renamed)
  }
  return Object.keys(fields).length > 0 ? fields : undefined
}

/** The value by which a token goes. */
export function valueOf(token: JsonObject): Json | undefined {
  return getKey(token, valueKeyOf(token))
}

function valueKeyOf(token: JsonObject): string {
  return hasKey(token, '$value') ? '$value' : 'value'
}

const modifierField: readonly string[] = ['$extensions', 'studio.tokens', 'modify']
const valueFields: Readonly<Record<string, readonly string[]>> = { $value: ['$value'], value: ['value'] }

function placesOf(token: JsonObject): readonly { readonly field: readonly string[]; readonly value: Json }[] {
  const key = valueKeyOf(token)
  const places = [{ field: valueFields[key] as readonly string[], value: getKey(token, key) ?? null }]
  let inner: Json | undefined = token
  for (const name of modifierField) inner = isObject(inner) ? getKey(inner, name) : undefined
  return inner === undefined ? places : [...places, { field: modifierField, value: inner }]
}

function collect(value: Json, field: readonly string[], found: FieldReference[]): void {
  if (typeof value === 'string') {
    for (const { text, name, kind } of findIn(value)) found.push({ text, name, kind, field })
  } else if (Array.isArray(value)) {
    for (const [i, item] of (value as readonly Json[]).entries()) collect(item, [...field, String(i)], found)
  } else if (isObject(value)) {
    for (const key of keysOf(value)) collect(getKey(value, key) as Json, [...field, key], found)
  }
}

/** Nested ones come behind those in them. */
function findIn(text: string): readonly Found[] {
  if (!text.includes('{') && !text.includes('$')) return none
  const found: Found[] = []
  const open: { readonly start: number; inner?: number }[] = []
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '{') {
      const outer = open.at(-1)
      if (outer) outer.inner ??= at
      open.push({ start: at })
    } else if (char === '}') {
      const { start, inner } = open.pop() ?? { start: at }
      const name = open.length < maxNesting ? text.slice(start + 1, at).trim() : ''
      if (name === '') continue
      const whole = text.slice(start, at + 1)
      found.push({ text: whole, name, kind: inner === undefined ? 'plain' : 'nested', start, headEnd: inner ?? at })
    } else if (char === '$' && open.length === 0) {
      oldStyle.lastIndex = at
      const name = oldStyle.exec(text)?.[1]
      if (name === undefined) continue
      found.push({ text: `$${name}`, name, kind: 'old', start: at, headEnd: at + 1 + name.length })
      at += name.length
    }
  }
  return found
}

const none: readonly Found[] = []

/** The same object where nothing is called otherwise. */
function renameIn(value: Json, newName: NewName): Json {
  if (typeof value === 'string') return renameInText(value, newName)
  if (!isContainer(value)) return value
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map((item) => renameIn(item, newName))
    return items.some((item, i) => item !== (value as readonly Json[])[i]) ? items : value
  }
  const object = value as JsonObject
  const keys = keysOf(object)
  const members = keys.map((key) => getKey(object, key) as Json)
  const renamed = members.map((member) => renameIn(member, newName))
  return renamed.some((member, i) => member !== members[i]) ? objectFrom(keys, renamed) : value
}

function renameInText(text: string, newName: NewName): string {
  let result = text
  // From the end, so that earlier places stay where they are.
  for (const { start, headEnd, kind } of findIn(text).toSorted((a, b) => b.start - a.start)) {
    const head = text.slice(start + 1, headEnd)
    const name = kind === 'nested' ? head.trimStart() : head.trim()
    const wanted = newName(name, kind)
    if (wanted === undefined || wanted === name) continue
    const written =
      isWritableOld(wanted) || kind !== 'old' ? text[start] + head.replace(name, () => wanted) : `{${wanted}}`
    result = result.slice(0, start) + written + result.slice(headEnd)
  }
  return result
}

function isWritableOld(name: string): boolean {
  return /^[^\s,{}]+\w$/.test(name)
}
