/**
 * The plugin's view of a file as flat rows, in normal form: what the Tokens Studio plugin (2.11.10) itself would have
 * written from that file. Two files that differ only by the plugin's cosmetic rewrites have equal rows. Foreign files are
 * compared by rows only.
 *
 * Cosmetic, hence equal: the spelling of `value`/`$value`, synonyms of types, types inherited or repeated, key order inside
 * tokens and values, whole-number keys moved to the front, dotted keys split, empty descriptions, token ids, empty groups,
 * what groups say of themselves, unknown keys of the file, of `$metadata` and of themes, set statuses that say nothing.
 *
 * A file that the plugin would refuse has rows too. A set that mixes both spellings is read token by token, as people mean
 * it; the plugin takes its legacy tokens for groups.
 */
import { canonicalJson, compareText } from './canonical-json.ts'
import { holdsToken, isChildKey } from './is-token.ts'
import { escapeSegment, pointerOf } from './json-pointer.ts'
import {
  getKey,
  isContainer,
  isObject,
  type Json,
  type JsonObject,
  keysOf,
  objectFrom,
  setKey,
  stringifyJson,
} from './ordered-json.ts'
import { foldedPath, keepsGroupName } from './plugin-names.ts'
import {
  isReadAsDtcg,
  otherSpelling,
  pluginInternalKeys,
  spelled,
  textOf,
  type ValueKey,
  valueKeyOf,
} from './plugin-view.ts'
import { inEngineOrder } from './set-order.ts'
import { isSetStatus, themeIds, themesOf } from './themes.ts'
import { fallbackType, pluginType } from './token-type.ts'

/**
 * Field → JSON text, keys sorted inside it. Fields are `$type`, `$value` and `$description` whatever the spelling in the file,
 * then `$extensions/<vendor>` and the token's unknown keys. An object has one field per part, such as `$value/fontSize` or
 * `$extensions/studio.tokens/modify`, the part escaped as in a JSON Pointer.
 */
export type Row = Readonly<Record<string, string>>

export interface PluginRows {
  /** JSON Pointer `/<set>/<group>/<token>` → row, in the order of the file. */
  readonly tokens: ReadonlyMap<string, Row>
  /** Set names in the order in which the plugin reads `values`, empty sets included. */
  readonly sets: readonly string[]
  /** Theme id → row: `name`, `group`, `selectedTokenSets/<set>` and so on, in the order of `$themes`. */
  readonly themes: ReadonlyMap<string, Row>
}

/** The rows of a file in the single-file form; without `values`, there are none. */
export function pluginRows(file: JsonObject): PluginRows {
  const values = getKey(file, 'values')
  const tokens = new Map<string, Row>()
  const names: string[] = []
  for (const name of isObject(values) ? keysOf(values) : []) {
    const set = getKey(values as JsonObject, name)
    if (!isObject(set) || name === '__proto__') continue
    names.push(name)
    for (const [path, row] of rowsOfSet(name, set)) tokens.set(path, row)
  }
  return { tokens, sets: inEngineOrder(names), themes: themeRows(file, new Set(names)) }
}

/** One text for equal rows, whatever the order of tokens in the files. */
export function canonicalRows(rows: PluginRows): string {
  const sorted = [...rows.tokens].toSorted(([a], [b]) => compareText(a, b))
  return JSON.stringify({ tokens: sorted, sets: rows.sets, themes: [...rows.themes] })
}

export function equalRows(a: PluginRows, b: PluginRows): boolean {
  return canonicalRows(a) === canonicalRows(b)
}

/** Row fields are sorted, so that equal rows are equal text too. */
export function equalRow(a: Row | undefined, b: Row | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && JSON.stringify(a) === JSON.stringify(b))
}

interface KnownRows {
  readonly name: string
  readonly rows: ReadonlyMap<string, Row>
}

/** The projection shares what has not changed, frozen. */
const rowsOfFrozenSets = new WeakMap<JsonObject, KnownRows>()

function rowsOfSet(name: string, set: JsonObject): ReadonlyMap<string, Row> {
  const known = rowsOfFrozenSets.get(set)
  if (known?.name === name) return known.rows
  const rows = readSet(name, set)
  if (Object.isFrozen(set)) rowsOfFrozenSets.set(set, { name, rows })
  return rows
}

function readSet(name: string, set: JsonObject): ReadonlyMap<string, Row> {
  const tokens = new Map<string, Row>()
  const dtcg = isReadAsDtcg(stringifyJson(set))
  const prefix = `/${escapeSegment(name)}`

  /** `pointer` is undefined below a key that the plugin folds; then `path` decides. */
  const add = (path: readonly string[], pointer: string | undefined, row: Row): void => {
    const folded = pointer === undefined ? foldedPath(path) : path
    if (folded.length === 0) return
    const at = pointer ?? prefix + pointerOf(folded)
    const earlier = tokens.get(at)
    tokens.set(at, earlier ? overlay(earlier, row) : row)
  }
  const walk = (
    node: JsonObject | readonly Json[],
    path: readonly string[],
    pointer: string | undefined,
    inherited: string | undefined,
  ): void => {
    const group = Array.isArray(node) ? objectFrom(Object.keys(node), node as readonly Json[]) : (node as JsonObject)
    const own = textOf(group, '$type') ?? (dtcg ? undefined : textOf(group, 'type'))
    const type = own ?? inherited
    for (const key of keysOf(group)) {
      if (!isChildKey(key, false) || key === '__proto__') continue
      const child = getKey(group, key)
      if (child === null || child === undefined) continue
      if (key === 'type' && !dtcg && typeof child === 'string') continue
      visit(
        child,
        [...path, key],
        pointer !== undefined && keepsGroupName(key) ? `${pointer}/${escapeSegment(key)}` : undefined,
        type,
      )
    }
  }
  const visit = (child: Json, path: readonly string[], pointer: string | undefined, type: string | undefined): void => {
    if (!isContainer(child)) {
      add(path, pointer, { $type: JSON.stringify(fallbackType), $value: JSON.stringify(child) })
      return
    }
    const key = isObject(child) ? valueKeyOf(child, !dtcg && type !== undefined) : undefined
    if (key === undefined) {
      walk(child, path, pointer, type)
      return
    }
    const token = child as JsonObject
    add(path, pointer, tokenRow(token, key, type))
    for (const name of keysOf(token)) {
      const inner = getKey(token, name)
      if (!isObject(inner) || !isNestedTokens(name, inner)) continue
      visit(
        inner,
        [...path, name],
        pointer !== undefined && keepsGroupName(name) ? `${pointer}/${escapeSegment(name)}` : undefined,
        undefined,
      )
    }
  }
  walk(set, [], prefix, undefined)
  return tokens
}

/** Tokens inside a token: the plugin keeps them, but shows them to nobody. */
function isNestedTokens(key: string, value: JsonObject): boolean {
  return key !== '__proto__' && isChildKey(key, true) && holdsToken(value)
}

function tokenRow(token: JsonObject, key: ValueKey, inherited: string | undefined): Row {
  const own = spelled[key]
  const other = spelled[otherSpelling(key)]
  const type = textOf(token, own.type) ?? textOf(token, other.type) ?? inherited ?? fallbackType
  const description = textOf(token, own.description) ?? textOf(token, other.description)
  const fields = new Map<string, string>([['$type', JSON.stringify(pluginType(type))]])
  addParts(fields, '$value', getKey(token, key) as Json)
  if (description !== undefined) fields.set('$description', JSON.stringify(description))
  for (const name of keysOf(token)) {
    if (isTokenField(name) || pluginInternalKeys.has(name)) continue
    const extra = getKey(token, name) as Json
    if (name === '$extensions' && isObject(extra)) addExtensions(fields, extra)
    else if (!isObject(extra) || !isNestedTokens(name, extra)) fields.set(escapeSegment(name), canonicalJson(extra))
  }
  return sortedRow(fields)
}

function isTokenField(key: string): boolean {
  return /^\$?(?:value|type|description)$/.test(key) || key === '__proto__'
}

/** An object part by part, so that two people can change two parts; anything else, and `{}`, as a whole. */
function addParts(fields: Map<string, string>, field: string, value: Json): void {
  const keys = isObject(value) ? keysOf(value) : []
  if (keys.length === 0) fields.set(field, canonicalJson(value))
  for (const key of keys) {
    fields.set(`${field}/${escapeSegment(key)}`, canonicalJson(getKey(value as JsonObject, key) as Json))
  }
}

/** Without the ids that the plugin gives tokens in memory and strips on every write, and what that leaves empty. */
function addExtensions(fields: Map<string, string>, extensions: JsonObject): void {
  for (const vendor of keysOf(extensions)) {
    if (vendor === 'id') continue
    const field = `$extensions/${escapeSegment(vendor)}`
    const value = getKey(extensions, vendor) as Json
    if (vendor !== 'studio.tokens' || !isObject(value)) {
      addParts(fields, field, value)
      continue
    }
    const kept = keysOf(value).filter((key) => key !== 'id')
    if (kept.length > 0)
      addParts(
        fields,
        field,
        objectFrom(
          kept,
          kept.map((key) => getKey(value, key) as Json),
        ),
      )
  }
}

/** Two tokens on one path: the plugin lays the later over the earlier, key by key. */
function overlay(earlier: Row, later: Row): Row {
  const replaced = new Set(Object.keys(later).map(headOf))
  const fields = Object.entries(earlier).filter(([field]) => !replaced.has(headOf(field)))
  return sortedRow(new Map([...fields, ...Object.entries(later)]))
}

function headOf(field: string): string {
  return field.split('/', 1)[0] as string
}

function sortedRow(fields: ReadonlyMap<string, string>): Row {
  const row: Record<string, string> = {}
  for (const field of [...fields.keys()].toSorted(compareText)) setKey(row, field, fields.get(field) as string)
  return row
}

const themeTexts = ['name', 'group', '$figmaCollectionId', '$figmaModeId'] as const
const themeReferences = ['$figmaStyleReferences', '$figmaVariableReferences'] as const

function themeRows(file: JsonObject, sets: ReadonlySet<string>): ReadonlyMap<string, Row> {
  const rows = new Map<string, Row>()
  const themes = themesOf(file)
  for (const [index, id] of themeIds(themes).entries()) {
    if (id === undefined) continue
    const theme = themes[index] as JsonObject
    const fields = new Map<string, string>()
    for (const key of themeTexts) {
      const value = getKey(theme, key)
      if (typeof value === 'string') fields.set(key, JSON.stringify(value))
    }
    const selected = getKey(theme, 'selectedTokenSets')
    for (const set of isObject(selected) ? keysOf(selected) : []) {
      const status = getKey(selected as JsonObject, set)
      if (!sets.has(set) || !isSetStatus(status) || status === 'disabled') continue
      fields.set(`selectedTokenSets/${escapeSegment(set)}`, JSON.stringify(status))
    }
    for (const key of themeReferences) {
      const references = getKey(theme, key)
      if (!isObject(references)) continue
      for (const name of keysOf(references)) {
        const target = getKey(references, name)
        if (typeof target === 'string') fields.set(`${key}/${escapeSegment(name)}`, JSON.stringify(target))
      }
    }
    rows.set(id, sortedRow(fields))
  }
  return rows
}
