import {
  getKey,
  hasKey,
  isIntegerKey,
  isObject,
  type Json,
  type JsonObject,
  keysOf,
  objectFrom,
} from '../payload/ordered-json.ts'
import { isSetStatus } from '../payload/themes.ts'
import { TokenError } from '../payload/token-error.ts'
import { checkThemeName } from '../payload/token-name.ts'
import { writeMerge } from './difference.ts'
import { putPlace } from './edit-places.ts'
import { type Editing, orderAt, putCreation, putValue, removePlace } from './editing.ts'
import { replaceMembers } from './frozen-json.ts'
import { copyJson } from './json-value.ts'
import { segmentOf } from './node-id.ts'
import { childPlace, childrenAt, type Place, rootPlace } from './places.ts'
import { randomText } from './random-text.ts'
import { keysForOrder } from './sequence.ts'
import { linkKeysByName } from './set-links.ts'

export const themesId = '/$themes'

/** Long enough to be no integer and nobody else's. */
const themeIdChars = 20

/** Creates or updates field by field; gives the theme's id. */
export function setTheme(editing: Editing, theme: JsonObject): string {
  if (!isObject(theme)) throw new TokenError('invalid-value', 'A theme must be an object.')
  const given = getKey(theme, 'id')
  if (given !== undefined && (typeof given !== 'string' || given === ''))
    throw new TokenError('invalid-value', 'The id of a theme must be a text that is not empty.')
  const place = given === undefined ? undefined : findTheme(editing, given)
  checkTheme(theme, place === undefined)
  const linked = linkSets(editing, theme)
  if (place) {
    writeMerge(editing, place, linked, ['$themes', given as string])
    return given as string
  }
  const id = given ?? randomText(themeIdChars, editing.random)
  const value = copyJson({ id, ...toMembers(linked) }, ['$themes', id])
  createTheme(editing, id, value)
  return id
}

/** What Tokens Studio refuses a whole file for. */
function checkTheme(theme: JsonObject, isNew: boolean): void {
  if (isNew || hasKey(theme, 'name')) checkThemeName(getKey(theme, 'name'))
  const group = getKey(theme, 'group')
  if (group !== undefined && group !== '') checkThemeName(group)
  const selected = getKey(theme, 'selectedTokenSets')
  if (selected === undefined) return
  if (!isObject(selected)) throw new TokenError('invalid-value', 'The selectedTokenSets of a theme must be an object.')
  for (const set of keysOf(selected)) {
    const status = getKey(selected, set)
    if (status !== undefined && !isSetStatus(status))
      throw new TokenError('invalid-value', `A theme has the set "${set}" as enabled, source or disabled.`, { set })
  }
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
  return replaceMembers(theme, new Map([['selectedTokenSets', linked]]))
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
  const { shown, store, random } = editing
  const themes = themesPlace(editing)
  if (themes && !Array.isArray(themes.view.value)) putValue(editing, themesId, [], themes.view.value)
  // Two who add the first theme at once both keep theirs: a list created twice is one list.
  else if (!themes) {
    const root = rootPlace(store.tree, shown.view())
    putCreation(editing, themesId, [], orderAt(editing, root, {}))
  }
  const place = themesPlace(editing) as Place
  // An integer would be a place in the list; and the segment may be taken by a theme whose id was changed.
  const isFree = !isIntegerKey(id) && !shown.placeOf(`${themesId}/${segmentOf(id)}`)
  const segment = isFree ? segmentOf(id) : randomText(themeIdChars, random)
  putCreation(editing, `${themesId}/${segment}`, value, order ?? orderAt(editing, place, {}))
}

export function removeTheme(editing: Editing, id: string): void {
  removePlace(editing, themeAt(editing, id))
}

/** Themes not named keep their order behind the named ones. */
export function reorderThemes(editing: Editing, ids: readonly string[]): void {
  for (const id of ids) themeAt(editing, id)
  const rest = themePlaces(editing).flatMap(({ id }) => (ids.includes(id) ? [] : [id]))
  orderThemes(editing, [...new Set(ids), ...rest])
}

/** Brings the themes into this order, moving as few as can be. */
export function orderThemes(editing: Editing, wanted: readonly string[]): void {
  const themes = themePlaces(editing)
  const keys = keysForOrder(
    themes.map(({ id, order }) => ({ name: id, order })),
    wanted,
    editing.random,
  )
  for (const { id, place } of themes) {
    const key = keys.get(id)
    if (key !== undefined) putPlace(editing, place, themesId, key)
  }
}
