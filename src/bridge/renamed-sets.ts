/**
 * A renamed set looks like a set deleted and another created: every token of it counts against every snapshot, and the distance
 * no longer tells the base. So sets that no snapshot knows are also measured under the names of sets that the file lacks.
 */
import { escapeSegment, segmentsOf } from '../payload/json-pointer.ts'
import type { PluginRows } from '../payload/plugin-rows.ts'
import { formerKeyOf } from './renamed-groups.ts'

/** Set key in the file → set key in the snapshots. */
export type RenamedSets = ReadonlyMap<string, string>

export const noRenamedSets: RenamedSets = new Map()

/** More new sets than this at once are no renames by hand. */
const maxNewSets = 2
const maxFormerNames = 8

/** The readings of the file worth measuring, the plain one first. */
export function renameReadings(file: PluginRows, known: Iterable<readonly string[]>): readonly RenamedSets[] {
  const everKnown = new Set<string>()
  for (const sets of known) for (const name of sets) everKnown.add(name)
  const present = new Set(file.sets)
  const fresh = file.sets.filter((name) => !everKnown.has(name))
  const missing = [...everKnown].filter((name) => !present.has(name)).slice(-maxFormerNames)
  if (fresh.length > maxNewSets) return [noRenamedSets]
  let readings: RenamedSets[] = [noRenamedSets]
  for (const name of fresh) {
    const more = readings.flatMap((reading) => {
      const free = missing.map(setKeyOfName).filter((former) => ![...reading.values()].includes(former))
      return free.map((former): RenamedSets => new Map([...reading, [setKeyOfName(name), former]]))
    })
    readings = [...readings, ...more]
  }
  return readings
}

export function setKeyOfName(name: string): string {
  return `/${escapeSegment(name)}`
}

/** The file with its sets and groups under their former names. */
export function underFormerNames(file: PluginRows, renamed: ReadonlyMap<string, string>): PluginRows {
  if (renamed.size === 0) return file
  const formerKey = (key: string): string => formerKeyOf(key, renamed) ?? key
  const selected = 'selectedTokenSets'
  const themes = [...file.themes].map(([id, row]) => {
    const fields = Object.entries(row).map(([field, text]) =>
      field.startsWith(`${selected}/`) ? [selected + formerKey(field.slice(selected.length)), text] : [field, text],
    )
    return [id, Object.fromEntries(fields) as Readonly<Record<string, string>>] as const
  })
  return {
    tokens: new Map([...file.tokens].map(([key, row]) => [formerKey(key), row])),
    sets: file.sets.map((name) => segmentsOf(formerKey(setKeyOfName(name)))[0] ?? ''),
    themes: new Map(themes),
  }
}

/** A rename is believed where it explains more than half of the set's tokens. */
export function isBelievable(file: PluginRows, renamed: RenamedSets, saved: number): boolean {
  let tokens = 0
  for (const key of file.tokens.keys()) {
    const end = key.indexOf('/', 1)
    if (renamed.has(key.slice(0, end))) tokens++
  }
  return tokens > 0 && saved > tokens / 2
}
