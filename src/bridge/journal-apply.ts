/** Makes a value of a journal entry current, as an ordinary edit of this device: attributed, and undone like any other. */
import type { FactAccess } from '../doc/fact-access.ts'
import { lastSegmentOf, readSegment } from '../doc/node-id.ts'
import type { TokenDocument } from '../doc/token-document.ts'
import { segmentsOf } from '../payload/json-pointer.ts'
import {
  getKey,
  hasKey,
  isObject,
  type Json,
  type JsonObject,
  keysOf,
  objectFrom,
  parseJson,
} from '../payload/ordered-json.ts'
import { BridgeError } from './bridge-error.ts'
import { nameOfNode } from './name-of-node.ts'
import { fieldPath } from './row-fields.ts'
import type { EntryValue } from './side-entries.ts'
import { themePrefix } from './snapshot-content.ts'

/** Where a value's token or set is now; where it was when it lives no more. */
export interface LivingPlace {
  readonly set: string
  readonly path: readonly string[]
  readonly lives: boolean
}

export function placeNow(access: FactAccess, { node, place }: EntryValue): LivingPlace {
  const now = access.pathOf(node)
  if (now) return { ...now, lives: true }
  const [set = '', ...path] = segmentsOf(place)
  return { set, path, lives: false }
}

/** Throws `not-found` where the token of a single field lives no more, and whatever the document throws. */
export function applyValue(document: TokenDocument, access: FactAccess, value: EntryValue): void {
  if (value.role === 'order') applyOrder(document, value)
  else if (value.place.startsWith(themePrefix)) applyToTheme(document, access, value)
  else applyToToken(document, access, placeNow(access, value), value)
}

function applyOrder(document: TokenDocument, { place, text }: EntryValue): void {
  const names = JSON.parse(text ?? '[]') as readonly string[]
  if (place === 'themes') document.reorderThemes(names)
  else document.reorderSets(names.filter((name) => document.setNames().includes(name)))
}

function applyToToken(
  document: TokenDocument,
  access: FactAccess,
  { set, path, lives }: LivingPlace,
  value: EntryValue,
): void {
  const { role, text } = value
  if (role === 'node') {
    if (text === null && lives) removeAt(document, set, path)
    else if (text !== null) putAt(document, set, path, parseJson(text) as JsonObject)
    return
  }
  if (!lives) throw goneError(value)
  if (role === 'name') {
    if (path.length === 0) document.renameSet(set, text ?? '')
    else document.rename(set, path, [...path.slice(0, -1), text ?? ''])
    return
  }
  if (role === 'parent') {
    const parent = access.pathOf(text ?? '')
    if (!parent) throw goneError({ ...value, place: nameOfNode(text ?? '') })
    document.move(set, path, parent.set, [...parent.path, path.at(-1) ?? ''])
    return
  }
  const token = document.get(set, path) ?? {}
  document.update(set, path, changeOf(token, spelledPath(token, fieldPath(value.field)), text))
}

function removeAt(document: TokenDocument, set: string, path: readonly string[]): void {
  if (path.length === 0) document.removeSet(set)
  else document.remove(set, path)
}

function putAt(document: TokenDocument, set: string, path: readonly string[], content: JsonObject): void {
  if (path.length > 0) document.set(set, path, content)
  else if (document.setNames().includes(set)) document.transact(() => fillSet(document, set, content))
  else document.addSet(set, content)
}

function fillSet(document: TokenDocument, set: string, content: JsonObject): void {
  for (const name of keysOf(content)) {
    const member = getKey(content, name)
    if (isObject(member) && document.get(set, [name]) === undefined) document.set(set, [name], member)
  }
}

/** The keys that the token itself uses, `value` or `$value`. */
export function spelledPath(token: JsonObject, [head = '', ...rest]: readonly string[]): readonly string[] {
  const bare = head.slice(1)
  if (!['$value', '$type', '$description'].includes(head)) return [head, ...rest]
  const old = hasKey(token, bare) || (!hasKey(token, head) && !hasKey(token, '$value') && hasKey(token, 'value'))
  return [old ? bare : head, ...rest]
}

/** What `update` needs to put `text` at the path: parts that the value lacks are removed, since objects merge part by part. */
function changeOf(
  token: JsonObject,
  path: readonly string[],
  text: string | null,
): { readonly [key: string]: unknown } {
  const [key = '', ...rest] = path
  const current = getKey(token, key)
  if (rest.length > 0) return { [key]: changeOf(isObject(current) ? current : {}, rest, text) }
  if (text === null) return { [key]: undefined }
  const value = parseJson(text)
  if (!isObject(value) || !isObject(current)) return { [key]: value }
  const dropped = keysOf(current).filter((part) => !hasKey(value, part))
  const parts = new Map<string, unknown>(dropped.map((part) => [part, undefined]))
  for (const part of keysOf(value)) parts.set(part, getKey(value, part))
  return { [key]: Object.fromEntries(parts) }
}

function applyToTheme(document: TokenDocument, access: FactAccess, value: EntryValue): void {
  const id = value.place.slice(themePrefix.length)
  const theme = document.getSnapshot().$themes.find((each) => getKey(each, 'id') === id)
  if (value.role === 'node') {
    if (value.text === null && theme) document.removeTheme(id)
    else if (value.text !== null) document.setTheme(withSetNames(access, parseJson(value.text) as JsonObject))
    return
  }
  if (!theme) throw goneError(value)
  const [head = '', part] = fieldPath(value.field)
  const text = value.text === null ? undefined : parseJson(value.text)
  if (part === undefined) {
    document.setTheme(mergeMember(theme, head, text))
    return
  }
  const current = getKey(theme, head)
  const key = head === 'selectedTokenSets' ? setNameOf(access, part) : part
  document.setTheme(mergeMember(theme, head, mergeMember(isObject(current) ? current : {}, key, text)))
}

function mergeMember(object: JsonObject, key: string, value: Json | undefined): JsonObject {
  const keys = keysOf(object).filter((each) => each !== key)
  const values = keys.map((each) => getKey(object, each) as Json)
  return value === undefined ? objectFrom(keys, values) : objectFrom([...keys, key], [...values, value])
}

/** Entries name the sets of a theme by the last segments of their ids. */
function withSetNames(access: FactAccess, theme: JsonObject): JsonObject {
  const selected = getKey(theme, 'selectedTokenSets')
  if (!isObject(selected)) return theme
  const segments = keysOf(selected)
  const named = objectFrom(
    segments.map((segment) => setNameOf(access, segment)),
    segments.map((segment) => getKey(selected, segment) as Json),
  )
  return mergeMember(theme, 'selectedTokenSets', named)
}

function setNameOf(access: FactAccess, segment: string): string {
  return access.pathOf(`${access.setsId}/${segment}`)?.set ?? readSegment(lastSegmentOf(`/${segment}`)).name
}

function goneError({ place }: Pick<EntryValue, 'place'>): BridgeError {
  return new BridgeError(
    'not-found',
    `${place} was deleted since. Restore it from a saved version or take the whole token first.`,
  )
}
