import {
  getKey,
  isIntegerKey,
  isObject,
  type Json,
  type JsonObject,
  keysOf,
  objectFrom,
  stringifyJson,
} from '../payload/ordered-json.ts'
import { TokenError } from '../payload/token-error.ts'
import { writeMerge } from './difference.ts'
import { placeBefore } from './edit-places.ts'
import { type Editing, orderAt, putValue, removePlace } from './editing.ts'
import { copyJson } from './json-value.ts'
import { segmentOf } from './node-id.ts'
import { childPlace, childrenAt, type Place, rootPlace } from './places.ts'
import { keysForOrder } from './sequence.ts'
import { linkKeysByName } from './set-links.ts'

export const themesId = '/$themes'

/** Creates or updates field by field; gives the theme's id. */
export function setTheme(editing: Editing, theme: JsonObject): string {
  if (!isObject(theme)) throw new TokenError('invalid-value', 'A theme must be an object.')
  const given = getKey(theme, 'id')
  if (given !== undefined && (typeof given !== 'string' || given === ''))
    throw new TokenError('invalid-value', 'The id of a theme must be a text that is not empty.')
  const place = given === undefined ? undefined : findTheme(editing, given)
  const linked = linkSets(editing, theme)
  if (place) {
    writeMerge(editing, place, linked, ['$themes', given as string])
    return given as string
  }
  const id = given ?? randomId(editing.random)
  const value = copyJson({ id, ...toMembers(linked) }, ['$themes', id])
  createTheme(editing, id, value)
  return id
}

function toMembers(object: JsonObject): Record<string, Json> {
  return Object.fromEntries(keysOf(object).map((key) => [key, getKey(object, key) as Json]))
}

/** Statuses stand under what the sets were called at birth, so that they follow them. */
export function linkSets({ shown, store }: Editing, theme: JsonObject): JsonObject {
  const selected = getKey(theme, 'selectedTokenSets')
  if (!isObject(selected)) return theme
  const keys = linkKeysByName(store.tree, shown.view())
  const names = keysOf(selected)
  const linked = objectFrom(
    names.map((name) => keys.get(name) ?? name),
    names.map((name) => getKey(selected, name) as Json),
  )
  return objectFrom(
    keysOf(theme),
    keysOf(theme).map((key) => (key === 'selectedTokenSets' ? linked : (getKey(theme, key) as Json))),
  )
}

function themesPlace({ shown, store }: Editing): Place | undefined {
  return childPlace(rootPlace(store.tree, shown.view()), '$themes')
}

export function themePlaces(
  editing: Editing,
): readonly { readonly id: string; readonly place: Place; readonly order: string }[] {
  const place = themesPlace(editing)
  if (!place || !Array.isArray(place.view.value)) return []
  return childrenAt(place).map((child) => ({ ...child, id: themeIdOf(child.place) }))
}

/** Themes without an id go by their place in the file. */
export function themeIdOf({
  view: { value },
  name,
}: {
  readonly view: { readonly value: Json }
  readonly name: string
}): string {
  const id = isObject(value) ? getKey(value, 'id') : undefined
  return typeof id === 'string' ? id : name
}

function findTheme(editing: Editing, id: string): Place | undefined {
  return themePlaces(editing).find((theme) => theme.id === id)?.place
}

function themeAt(editing: Editing, id: string): Place {
  const place = findTheme(editing, id)
  if (!place) throw new TokenError('not-found', `There is no theme with the id "${id}".`, { id })
  return place
}

export function createTheme(editing: Editing, id: string, value: Json, order?: string): void {
  const { writer, shown, store, random } = editing
  const themes = themesPlace(editing)
  if (themes && !Array.isArray(themes.view.value)) putValue(editing, themesId, [], themes.view.value)
  // Two who add the first theme at once both keep theirs: a list created twice is one list.
  else if (!themes) {
    const root = rootPlace(store.tree, shown.view())
    writer.put(themesId, 'c', '[]', { field: 'c' }, orderAt(editing, root, {}))
  }
  const place = themesPlace(editing) as Place
  // An integer would be a place in the list; and the segment may be taken by a theme whose id was changed.
  const isFree = !isIntegerKey(id) && !shown.placeOf(`${themesId}/${segmentOf(id)}`)
  const segment = isFree ? segmentOf(id) : randomId(random)
  writer.put(`${themesId}/${segment}`, 'c', stringifyJson(value), { field: 'c' }, order ?? orderAt(editing, place, {}))
}

/** Long enough to be no integer and nobody else's. */
function randomId(random: () => number): string {
  let id = ''
  while (id.length < 20) id += Math.floor(random() * 36).toString(36)
  return id
}

export function removeTheme(editing: Editing, id: string): void {
  removePlace(editing, themeAt(editing, id))
}

/** Themes not named keep their order behind the named ones. */
export function reorderThemes(editing: Editing, ids: readonly string[]): void {
  for (const id of ids) themeAt(editing, id)
  const themes = themePlaces(editing)
  const rest = themes.map(({ id }) => id).filter((id) => !ids.includes(id))
  const keys = keysForOrder(
    themes.map(({ id, order }) => ({ name: id, order })),
    [...new Set(ids), ...rest],
    editing.random,
  )
  for (const { id, place } of themes) {
    const key = keys.get(id)
    if (key !== undefined) editing.writer.put(place.id, 'p', themesId, { field: 'p', ...placeBefore(place) }, key)
  }
}
