import { getKey, isObject, type Json, type JsonObject } from './ordered-json.ts'
import { sha256Hex } from './sha256.ts'

/** `source`: its tokens are for reference only. A set that is not listed is `disabled`. */
export type SetStatus = 'enabled' | 'source' | 'disabled'

export function isSetStatus(value: Json | undefined): value is SetStatus {
  return value === 'enabled' || value === 'source' || value === 'disabled'
}

/** The entries of `$themes`; empty where it is no array. */
export function themesOf(root: JsonObject): readonly Json[] {
  const themes = getKey(root, '$themes')
  return Array.isArray(themes) ? themes : []
}

/**
 * One id for each theme, all different: its own; where it has none, as in files of the Studio CLI, a hash of its name. The
 * same list gives the same ids. A theme that is no object gets none.
 */
export function themeIds(themes: readonly Json[]): readonly (string | undefined)[] {
  const taken = new Set<string>()
  for (const theme of themes) {
    const id = isObject(theme) ? getKey(theme, 'id') : undefined
    if (typeof id === 'string') taken.add(id)
  }
  const used = new Set<string>()
  return themes.map((theme) => {
    if (!isObject(theme)) return undefined
    const own = getKey(theme, 'id')
    const name = getKey(theme, 'name')
    const wanted = typeof own === 'string' ? own : sha256Hex(typeof name === 'string' ? name : '').slice(0, 40)
    let id = wanted
    for (let n = 2; used.has(id) || (id !== own && taken.has(id)); n++) id = `${wanted}-${n}`
    used.add(id)
    return id
  })
}
