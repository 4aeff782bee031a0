/**
 * What a snapshot holds, as flat maps that can be delta-coded: rows by key, node places by pointer, newest time by lane.
 *
 * Row keys: a token's pointer `/set/group/token`; `$themes/<id>` for a theme; `$sets` and `$themes` for the two orders. A
 * saved version holds the text of the whole file instead: `""` for the root with empty sets, `/<set>` for each set.
 */
import { equalJson, isObject, type Json, type JsonObject, type PlainObject } from '../payload/ordered-json.ts'
import type { PluginRows, Row } from '../payload/plugin-rows.ts'

export type FlatMap<T extends Json = Json> = ReadonlyMap<string, T>

export interface SnapshotContent {
  readonly rows: FlatMap
  readonly ids: FlatMap
  readonly vv: FlatMap<number>
}

export interface MapDelta {
  readonly set: PlainObject
  readonly gone: readonly string[]
}

export interface ContentDelta {
  readonly rows: MapDelta
  readonly ids: MapDelta
  readonly vv: MapDelta
}

export const setsKey = '$sets'
export const themesKey = '$themes'
export const themePrefix = '$themes/'

export function rowsToContent(rows: PluginRows): Map<string, Json> {
  const content = new Map<string, Json>(rows.tokens)
  content.set(setsKey, rows.sets)
  content.set(themesKey, [...rows.themes.keys()])
  for (const [id, row] of rows.themes) content.set(themePrefix + id, row)
  return content
}

/** Tokens come back in the order of the map, which a delta does not keep; sets and themes in their order. */
export function contentToRows(content: FlatMap): PluginRows {
  const tokens = new Map<string, Row>()
  const themes = new Map<string, Row>()
  for (const [key, value] of content) if (key.startsWith('/')) tokens.set(key, value as Row)
  for (const id of listAt(content, themesKey)) {
    const row = content.get(themePrefix + id)
    if (isObject(row)) themes.set(id, row as Row)
  }
  return { tokens, themes, sets: listAt(content, setsKey) }
}

function listAt(content: FlatMap, key: string): readonly string[] {
  const list = content.get(key)
  return Array.isArray(list) ? (list as readonly string[]) : []
}

/** What turns `from` into `to`. */
export function deltaOf(from: SnapshotContent, to: SnapshotContent): ContentDelta {
  return { rows: mapDelta(from.rows, to.rows), ids: mapDelta(from.ids, to.ids), vv: mapDelta(from.vv, to.vv) }
}

function mapDelta(from: FlatMap, to: FlatMap): MapDelta {
  const set: [string, Json][] = []
  for (const [key, value] of to) if (!equalJson(from.get(key), value)) set.push([key, value])
  const gone: string[] = []
  for (const key of from.keys()) if (!to.has(key)) gone.push(key)
  return { set: Object.fromEntries(set), gone }
}

export function applyMapDelta(from: FlatMap, { set, gone }: MapDelta): Map<string, Json> {
  const to = new Map(from)
  for (const key of gone) to.delete(key)
  for (const [key, value] of Object.entries(set)) to.set(key, value)
  return to
}

export function flatMapOf(object: JsonObject | undefined): Map<string, Json> {
  return new Map(object ? Object.entries(object as PlainObject) : [])
}

/** Content as plain objects. Keys are pointers, theme keys or lane ids, so `__proto__` never stands alone among them. */
export function contentToPlain({ rows, ids, vv }: SnapshotContent): {
  readonly rows: PlainObject
  readonly ids: PlainObject
  readonly vv: PlainObject
} {
  return { rows: Object.fromEntries(rows), ids: Object.fromEntries(ids), vv: Object.fromEntries(vv) }
}
