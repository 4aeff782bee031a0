/**
 * Which snapshot a foreign file descends from. The plugin PUTs the whole file it pulled minutes or days ago, so the last state
 * that was synchronised is the wrong base: against it, everything the team changed since the pull looks like a change back.
 */
import type { PluginRows } from '../payload/plugin-rows.ts'
import { renamedGroups } from './renamed-groups.ts'
import { isBelievable, type RenamedSets, renameReadings, setKeyOfName, underFormerNames } from './renamed-sets.ts'
import type { Snap, SnapshotHistory } from './snapshot-history.ts'

export interface BaseChoice {
  readonly base: Snap
  /** Snapshots hardly farther from the file than the base, the base among them. */
  readonly near: readonly Snap[]
  /** The file resembles no snapshot well, and no marker names one. */
  readonly low: boolean
  readonly distance: number
  /** Sets that the file has under another name than the snapshots. */
  readonly renamed: RenamedSets
}

export interface BaseQuestion {
  readonly bin: string
  readonly rows: PluginRows
  /** `id` of the marker that the writer kept. */
  readonly marker: string | undefined
  /** Only snapshots for which this holds; those of edits this replica lacks may be left out. */
  readonly allowed: (snap: Snap) => boolean
}

const nearMargin = 2
const lowDistance = 3
const lowShare = 0.02

/** Null without any candidate. A tie goes to the newest. */
export function chooseBase(history: SnapshotHistory, { bin, rows, marker, allowed }: BaseQuestion): BaseChoice | null {
  const all = history.snapsOf(bin).filter(allowed)
  const marked = marker === undefined ? [] : all.filter((snap) => snap.id === marker || snap.marker === marker)
  const candidates = marked.length > 0 ? marked : all
  const [plain, ...others] = renameReadings(
    rows,
    candidates.map((snap) => history.setsAt(snap)),
  ).map((renamed) => {
    const distances = history.distances(bin, underFormerNames(rows, renamed))
    return { renamed, ...nearest(candidates, (snap) => distances.get(snap) ?? Number.POSITIVE_INFINITY) }
  })
  if (!plain?.base) return null
  const { distance } = plain
  const best = others
    .filter((each) => isBelievable(rows, each.renamed, distance - each.distance))
    .reduce((a, b) => (b.distance < a.distance ? b : a), plain)
  const chosen = { ...best, base: best.base ?? plain.base }
  const again = withFormerGroups(history, { bin, rows }, candidates, chosen) ?? chosen
  const low = marked.length === 0 && again.distance > Math.max(lowDistance, lowShare * countFields(rows))
  return { ...again, low }
}

type Choice = Omit<BaseChoice, 'low'>

/**
 * Renamed groups, seen against the first choice, count once and not with every token: else no base would be trusted, and one
 * that was taken after the rename would win. Null where nothing was renamed.
 */
function withFormerGroups(
  history: SnapshotHistory,
  { bin, rows }: Pick<BaseQuestion, 'bin' | 'rows'>,
  candidates: readonly Snap[],
  { base, renamed }: Choice,
): Choice | null {
  const before = history.view(base).rows
  const present = new Set(before.sets)
  const sets = rows.sets.flatMap((name): (readonly [string, string])[] => {
    const key = setKeyOfName(name)
    const former = renamed.get(key) ?? (present.has(name) ? key : undefined)
    return former === undefined ? [] : [[key, former]]
  })
  const groups = renamedGroups(rows, before, new Map(sets))
  if (groups.size === 0) return null
  const distances = history.distances(bin, underFormerNames(rows, new Map([...sets, ...groups])))
  const again = nearest(candidates, (snap) => (distances.get(snap) ?? Number.POSITIVE_INFINITY) + groups.size)
  return { ...again, base: again.base ?? base, renamed }
}

function nearest(
  candidates: readonly Snap[],
  distanceTo: (snap: Snap) => number,
): { readonly base: Snap | undefined; readonly near: readonly Snap[]; readonly distance: number } {
  let base: Snap | undefined
  for (const snap of candidates) if (!base || distanceTo(snap) <= distanceTo(base)) base = snap
  const distance = base ? distanceTo(base) : Number.POSITIVE_INFINITY
  return { base, distance, near: candidates.filter((snap) => distanceTo(snap) <= distance + nearMargin) }
}

function countFields(rows: PluginRows): number {
  let count = 0
  for (const row of rows.tokens.values()) count += Object.keys(row).length
  for (const row of rows.themes.values()) count += Object.keys(row).length
  return count
}
