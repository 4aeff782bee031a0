/** A theme as the themes panel shows it, and the writes it makes. */
import { getKey, isObject, type Json, type JsonObject, keysOf, objectFrom } from '../../src/payload/ordered-json.ts'

/** `source`: resolves references, makes no styles. A set that a theme does not name is `disabled`. */
export type SetStatus = 'enabled' | 'source' | 'disabled'

export interface ShownTheme {
  readonly id: string
  readonly name: string
  readonly group: string
  readonly sets: ReadonlyMap<string, SetStatus>
}

/** Themes with an id; one without cannot be addressed, and is shown by its name only. */
export function shownThemes(themes: readonly JsonObject[]): readonly ShownTheme[] {
  return themes.flatMap((theme) => {
    const id = getKey(theme, 'id')
    if (typeof id !== 'string') return []
    return [{ id, name: textOf(getKey(theme, 'name')), group: textOf(getKey(theme, 'group')), sets: statusesOf(theme) }]
  })
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}

function statusesOf(theme: JsonObject): ReadonlyMap<string, SetStatus> {
  const selected = getKey(theme, 'selectedTokenSets')
  if (!isObject(selected)) return new Map()
  return new Map(
    keysOf(selected).map((set): [string, SetStatus] => {
      const status = getKey(selected, set)
      return [set, status === 'enabled' || status === 'source' ? status : 'disabled']
    }),
  )
}

/** What to give `setTheme` so that one set has this status; it merges, so everything else stays. */
export function setStatusChange(id: string, set: string, status: SetStatus): JsonObject {
  return { id, selectedTokenSets: objectFrom([set], [status]) }
}

/** Whether a theme looks through a set; without a theme every set counts. */
export function includesSet(theme: ShownTheme | undefined, viewedSet: string): (set: string) => boolean {
  if (!theme) return () => true
  return (set) => set === viewedSet || (theme.sets.get(set) ?? 'disabled') !== 'disabled'
}
