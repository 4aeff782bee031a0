/**
 * Versions of one lane, written again: a version that leaves takes the ground from under the deltas behind it.
 */
import { decodeEntry, encodeEntry, type SideEntry, type StoredEntry } from './side-entries.ts'
import { applyMapDelta, contentToPlain, deltaOf, flatMapOf, type SnapshotContent } from './snapshot-content.ts'
import type { SnapEntry } from './snapshot-history.ts'

export interface PlacedVersion {
  /** Its place in the lane. */
  readonly at: number
  readonly entry: SnapEntry
}

export interface DropPlan {
  /** Places in the lane that go, ascending. */
  readonly places: readonly number[]
  /** What is appended: the versions behind the first one that is dropped. */
  readonly again: readonly StoredEntry[]
}

/** Takes versions out of their lane, and rewrites those behind them; null where the lane has none of these. */
export function planDrop(stored: readonly StoredEntry[], lane: string, ids: ReadonlySet<string>): DropPlan | null {
  const versions = placedVersions(stored.map((each) => decodeEntry(each, lane)))
  const first = versions.findIndex(({ entry }) => ids.has(entry.id))
  if (first === -1) return null
  const kept = versions.filter(({ entry }) => !ids.has(entry.id))
  const behind = new Set(versions.slice(first).map(({ at }) => at))
  const again = chainAgain(versions, kept)
    .filter(({ at }) => behind.has(at))
    .map(({ entry }) => encodeEntry(entry))
  return { places: [...behind], again }
}

export function placedVersions(entries: readonly (SideEntry | null)[]): readonly PlacedVersion[] {
  return entries.flatMap((entry, at) => (entry?.kind === 'snap' && entry.body.kind === 'saved' ? [{ at, entry }] : []))
}

/**
 * `kept`, a part of `versions`, as a chain of its own: the first in full, each other as what changed. One that stands there
 * twice is written once.
 */
export function chainAgain(
  versions: readonly PlacedVersion[],
  kept: readonly PlacedVersion[],
): readonly PlacedVersion[] {
  const contents = contentsOf(versions)
  let last: { readonly id: string; readonly content: SnapshotContent } | undefined
  const lastById = new Map(kept.map((placed) => [placed.entry.id, placed]))
  return [...lastById.values()]
    .toSorted((a, b) => a.at - b.at)
    .flatMap(({ at, entry }) => {
      const content = contents.get(entry.id)
      // Its parent was lost before: nobody can read it.
      if (!content) return []
      const { full: _full, delta: _delta, parent: _parent, ...head } = entry.body
      const body = last
        ? { ...head, parent: last.id, delta: deltaOf(last.content, content) }
        : { ...head, parent: null, full: contentToPlain(content) }
      last = { id: entry.id, content }
      return [{ at, entry: { ...entry, body } }]
    })
}

function contentsOf(versions: readonly PlacedVersion[]): ReadonlyMap<string, SnapshotContent> {
  const contents = new Map<string, SnapshotContent>()
  for (const { entry } of versions) {
    const { full, delta, parent } = entry.body
    const from = contents.get(parent ?? '')
    if (full)
      contents.set(entry.id, {
        rows: flatMapOf(full.rows),
        ids: flatMapOf(full.ids),
        vv: flatMapOf(full.vv) as Map<string, number>,
      })
    else if (delta && from)
      contents.set(entry.id, {
        rows: applyMapDelta(from.rows, delta.rows),
        ids: applyMapDelta(from.ids, delta.ids),
        vv: applyMapDelta(from.vv, delta.vv) as Map<string, number>,
      })
  }
  return contents
}
