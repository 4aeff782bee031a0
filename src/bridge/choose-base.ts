/**
 * Which snapshot a foreign file descends from. The plugin PUTs the whole file it pulled minutes or days ago, so the last state
 * that was synchronised is the wrong base: against it, everything the team changed since the pull looks like a change back.
 */
import type { PluginRows } from '../payload/plugin-rows.ts'
import type { Snap, SnapshotHistory } from './snapshot-history.ts'

export interface BaseChoice {
  readonly base: Snap
  /** Snapshots hardly farther from the file than the base, the base among them. */
  readonly near: readonly Snap[]
  /** The file resembles no snapshot well, and no marker names one. */
  readonly low: boolean
  readonly distance: number
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
  const distances = history.distances(bin, rows)
  const distanceTo = (snap: Snap): number => distances.get(snap) ?? Number.POSITIVE_INFINITY
  let base: Snap | undefined
  for (const snap of candidates) if (!base || distanceTo(snap) <= distanceTo(base)) base = snap
  if (!base) return null
  const distance = distanceTo(base)
  return {
    base,
    near: candidates.filter((snap) => distanceTo(snap) <= distance + nearMargin),
    low: marked.length === 0 && distance > Math.max(lowDistance, lowShare * countFields(rows)),
    distance,
  }
}

function countFields(rows: PluginRows): number {
  let count = 0
  for (const row of rows.tokens.values()) count += Object.keys(row).length
  for (const row of rows.themes.values()) count += Object.keys(row).length
  return count
}
