import { equalJson, getKey, isObject, type Json, type JsonObject, keysOf } from '../payload/ordered-json.ts'
import { writeDifference, writeMerge } from './difference.ts'
import { createTheme, linkSets, orderThemes, themePlaces, themesId } from './edit-themes.ts'
import { type Editing, putValue, removePlace } from './editing.ts'
import type { ImportMode } from './import-difference.ts'
import { childPlace, type Place, rootPlace } from './places.ts'
import { keyBehind, type Keyed } from './sequence.ts'

/** The themes of a file: by their ids, where all have some of their own, here and there; else as a whole list. */
export function writeThemes(editing: Editing, themes: readonly Json[], mode: ImportMode): void {
  const target = themesById(themes)
  const shown = themePlaces(editing)
  const places = new Map(shown.map(({ id, place }) => [id, place]))
  const isKeyed = target && places.size === shown.length && shown.every(({ place }) => hasOwnId(place.view.value))
  if (!isKeyed) {
    writeList(editing, themes, mode)
    return
  }
  if (mode === 'replace') for (const [id, place] of places) if (!target.has(id)) removePlace(editing, place)
  createThemes(
    editing,
    target,
    shown.map(({ id, order }) => ({ name: id, order })),
  )
  for (const [id, theme] of target) {
    const place = places.get(id)
    if (place) writeTheme(editing, place, linkSets(editing, theme), mode)
  }
  if (mode === 'merge') return
  orderThemes(editing, [...target.keys()])
  if (!isShown(editing, themes)) writeList(editing, themes, mode)
}

function hasOwnId(theme: Json): boolean {
  return isObject(theme) && typeof getKey(theme, 'id') === 'string'
}

function themesById(themes: readonly Json[]): ReadonlyMap<string, JsonObject> | undefined {
  const byId = new Map<string, JsonObject>()
  for (const theme of themes) {
    const id = isObject(theme) ? getKey(theme, 'id') : undefined
    if (typeof id !== 'string' || id === '' || byId.has(id)) return undefined
    byId.set(id, theme as JsonObject)
  }
  return byId
}

function createThemes(editing: Editing, target: ReadonlyMap<string, JsonObject>, shown: readonly Keyed[]): void {
  const sequence = [...shown]
  const ids = [...target.keys()]
  for (const [i, [id, theme]] of [...target].entries()) {
    if (shown.some(({ name }) => name === id)) continue
    const { key, at } = keyBehind(sequence, ids.slice(Math.max(0, i - 1), i), editing.random)
    sequence.splice(at, 0, { name: id, order: key })
    createTheme(editing, id, linkSets(editing, theme), key)
  }
}

function writeTheme(editing: Editing, place: Place, theme: JsonObject, mode: ImportMode): void {
  const before = place.view.value
  if (mode === 'merge') writeMerge(editing, place, theme, ['$themes', place.name])
  else if (isObject(before) && equalJson(keysOf(before), keysOf(theme))) writeDifference(editing, place, theme)
  else if (!equalJson(before, theme, true)) putValue(editing, place.id, theme, before)
}

function isShown({ shown }: Editing, themes: readonly Json[]): boolean {
  const now = getKey(shown.root(), '$themes')
  return Array.isArray(now) && equalJson(now, themes, true)
}

/** The whole list at once. Of two such lists the newer wins; merged, it fills only a place where there is none. */
function writeList(editing: Editing, themes: readonly Json[], mode: ImportMode): void {
  if (isShown(editing, themes)) return
  const { shown, store, writer } = editing
  writer.dropStaged(themesId)
  const place = childPlace(rootPlace(store.tree, shown.view()), '$themes')
  const isEmpty = !place || !Array.isArray(place.view.value) || place.view.value.length === 0
  if (mode === 'merge' && !isEmpty) return
  const value = themes.map((theme) => (isObject(theme) ? linkSets(editing, theme) : theme))
  putValue(editing, themesId, value, place?.view.value)
}
