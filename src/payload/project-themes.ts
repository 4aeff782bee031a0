/** `$themes` as the plugin accepts it. Unknown keys are left out: it would strip them. */
import type { ReportHeldBack } from './held-back.ts'
import { getKey, isObject, type Json, type JsonObject, keysOf, objectFrom } from './ordered-json.ts'
import { themeReferenceKeys, themeTextKeys } from './plugin-head-rules.ts'
import { isSetStatus, themeIds, themesOf } from './themes.ts'

export interface ShownThemes {
  readonly themes: readonly JsonObject[]
  /** Theme id in the file → index in the document's `$themes`. */
  readonly origins: ReadonlyMap<string, number>
}

/** Known to later plugins; this one strips them without harm. */
const laterTextKeys: readonly string[] = ['$extendsThemeId', '$figmaParentCollectionId']

export function showThemes(payload: JsonObject, report: ReportHeldBack): ShownThemes {
  const given = getKey(payload, '$themes')
  if (given !== undefined && !Array.isArray(given))
    report(['$themes'], 'held-back', 'The plugin needs a list of themes.')
  const themes = themesOf(payload)
  const shown: JsonObject[] = []
  const origins = new Map<string, number>()
  for (const [index, id] of themeIds(themes).entries()) {
    const path = ['$themes', String(index)]
    if (id === undefined) {
      report(path, 'held-back', 'The plugin needs a theme that is an object.')
      continue
    }
    shown.push(showTheme(themes[index] as JsonObject, id, (below, ...rest) => report([...path, ...below], ...rest)))
    origins.set(id, index)
  }
  return { themes: shown, origins }
}

function showTheme(theme: JsonObject, id: string, report: ReportHeldBack): JsonObject {
  const members = new Map<string, Json>([['id', id]])
  if (getKey(theme, 'id') !== id) report(['id'], 'repaired', 'The plugin needs an id of its own for each theme.')
  if (typeof getKey(theme, 'name') !== 'string') {
    members.set('name', 'Unnamed theme')
    report(['name'], 'repaired', 'The plugin needs a name; it is shown as "Unnamed theme".')
  }
  if (!isObject(getKey(theme, 'selectedTokenSets'))) {
    members.set('selectedTokenSets', {})
    report(['selectedTokenSets'], 'repaired', 'The plugin needs selected token sets; none are shown.')
  }
  for (const key of keysOf(theme)) {
    const value = getKey(theme, key) as Json
    if (key === 'id' || members.has(key)) continue
    if (key === 'selectedTokenSets') {
      members.set(
        key,
        pick(value as JsonObject, isSetStatus, (name) =>
          report([key, name], 'held-back', 'A set is enabled, disabled or source.'),
        ),
      )
    } else if (themeReferenceKeys.includes(key) && isObject(value)) {
      members.set(
        key,
        pick(value, isText, (name) => report([key, name], 'held-back', 'The plugin needs text here.')),
      )
    } else if ((key === 'name' || themeTextKeys.includes(key) || laterTextKeys.includes(key)) && isText(value)) {
      members.set(key, value)
    } else report([key], 'held-back', 'The plugin does not take this field of a theme.')
  }
  return objectFrom([...members.keys()], [...members.values()])
}

function pick(
  object: JsonObject,
  accepts: (value: Json | undefined) => boolean,
  leaveOut: (key: string) => void,
): JsonObject {
  const kept = keysOf(object).filter((key) => {
    const keeps = key !== '__proto__' && accepts(getKey(object, key))
    if (!keeps) leaveOut(key)
    return keeps
  })
  return objectFrom(
    kept,
    kept.map((key) => getKey(object, key) as Json),
  )
}

function isText(value: Json | undefined): value is string {
  return typeof value === 'string'
}
