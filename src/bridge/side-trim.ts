/**
 * What may leave the front of a device's own lane in the side document. Old snapshots are the possible bases of stale
 * foreign files, so they stay long: at least the newest `minEntries`; beyond these, for `maxAgeMs`, unless the lane has grown
 * over `maxChars`.
 */
import { decodeEntry, encodeEntry, type SideEntry, type StoredEntry } from './side-entries.ts'
import { applyMapDelta, contentToPlain, flatMapOf, type SnapshotContent } from './snapshot-content.ts'
import { chainOf, type SnapEntry } from './snapshot-history.ts'
import { chainAgain, placedVersions } from './version-chain.ts'

export interface TrimLimits {
  readonly minEntries: number
  readonly maxAgeMs: number
  readonly maxChars: number
}

export const defaultTrimLimits: TrimLimits = {
  minEntries: 1_000,
  maxAgeMs: 90 * 86_400_000,
  maxChars: 4_000_000,
}

export interface TrimPlan {
  /** How many entries leave the front. */
  readonly cut: number
  /** What stands before the cut and must stay: appended again first, snapshots in full. */
  readonly again: readonly StoredEntry[]
}

/** Null where nothing is due. After the cut every chain begins with a full snapshot. */
export function planTrim(
  stored: readonly StoredEntry[],
  lane: string,
  now: number,
  { minEntries, maxAgeMs, maxChars }: TrimLimits = defaultTrimLimits,
): TrimPlan | null {
  const allowed = oldEntries(stored, now, { minEntries, maxAgeMs, maxChars })
  if (allowed === 0) return null
  const entries = stored.map((each) => decodeEntry(each, lane))
  const cut = fullBoundary(entries, allowed)
  if (cut === 0) return null
  const kept = [...savedAgain(entries, cut), ...idleAgain(entries, cut), ...wordsAgain(entries, cut)]
  const again = [
    // What this version does not understand, a newer one wrote: not ours to drop.
    ...stored.slice(0, cut).filter((_, at) => entries[at] === null),
    ...kept.toSorted((a, b) => a.at - b.at).map(({ entry }) => encodeEntry(entry)),
  ]
  return again.length < cut ? { cut, again } : null
}

function oldEntries(stored: readonly StoredEntry[], now: number, limits: TrimLimits): number {
  const beyondMinimum = stored.length - limits.minEntries
  if (beyondMinimum <= 0) return 0
  let chars = stored.reduce((sum, [, , , json]) => sum + json.length, 0)
  let allowed = 0
  for (; allowed < beyondMinimum; allowed++) {
    const [, , t, json] = stored[allowed] as StoredEntry
    if (now - t < limits.maxAgeMs && chars <= limits.maxChars) break
    chars -= json.length
  }
  return allowed
}

interface Placed {
  readonly at: number
  readonly entry: SideEntry
}

/** The greatest cut up to `allowed` that leaves no chain that goes on with a delta in front. */
function fullBoundary(entries: readonly (SideEntry | null)[], allowed: number): number {
  let cut = allowed
  for (;;) {
    const firsts = new Map<string, boolean>()
    for (const entry of entries.slice(cut)) {
      if (entry?.kind !== 'snap' || entry.body.kind === 'saved') continue
      const chain = chainOf(entry.body)
      if (!firsts.has(chain)) firsts.set(chain, entry.body.parent === null)
    }
    if ([...firsts.values()].every(Boolean)) return cut
    cut--
    while (cut > 0 && !isFull(entries[cut])) cut--
    if (cut <= 0) return 0
  }
}

function isFull(entry: SideEntry | null | undefined): boolean {
  return entry?.kind === 'snap' && entry.body.parent === null
}

/** Saved versions. Those behind the cut lose the parents of their deltas, so all are written again. */
function savedAgain(entries: readonly (SideEntry | null)[], cut: number): readonly Placed[] {
  const saved = placedVersions(entries)
  return saved.some(({ at }) => at < cut) ? chainAgain(saved, saved) : []
}

/** The last snapshot of each bin that nothing behind the cut speaks of: without it, linking it again would have no base. */
function idleAgain(entries: readonly (SideEntry | null)[], cut: number): Placed[] {
  const snaps = placedSnaps(entries).filter(({ entry }) => entry.body.kind !== 'saved')
  const active = new Set(snaps.filter(({ at }) => at >= cut).map(({ entry }) => chainOf(entry.body)))
  const idle = inFull(snaps.filter(({ entry }) => !active.has(chainOf(entry.body))))
  return [...new Map(idle.map((placed) => [chainOf((placed.entry as SnapEntry).body), placed])).values()]
}

/** The newest pause, and the marks of what is settled or gone, which other lanes' entries may need. */
function wordsAgain(entries: readonly (SideEntry | null)[], cut: number): Placed[] {
  const before = entries.slice(0, cut).flatMap((entry, at) => (entry ? [{ at, entry }] : []))
  const pauses = entries.flatMap((entry, at) => (entry?.kind === 'pause' ? [{ at, entry }] : []))
  const newest = pauses.toSorted((a, b) => a.entry.t - b.entry.t).at(-1)
  return [
    ...before.filter(({ entry }) => entry.kind === 'done' || entry.kind === 'gone'),
    ...before.filter((placed) => placed.entry === newest?.entry),
  ]
}

function placedSnaps(entries: readonly (SideEntry | null)[]): { readonly at: number; readonly entry: SnapEntry }[] {
  return entries.flatMap((entry, at) => (entry?.kind === 'snap' ? [{ at, entry }] : []))
}

function inFull(snaps: readonly { readonly at: number; readonly entry: SnapEntry }[]): Placed[] {
  const contents = new Map<string, SnapshotContent>()
  return snaps.flatMap(({ at, entry }) => {
    const { full, delta, ...head } = entry.body
    const from = contents.get(head.parent ?? '')
    const content: SnapshotContent | undefined = full
      ? { rows: flatMapOf(full.rows), ids: flatMapOf(full.ids), vv: flatMapOf(full.vv) as Map<string, number> }
      : delta && from
        ? {
            rows: applyMapDelta(from.rows, delta.rows),
            ids: applyMapDelta(from.ids, delta.ids),
            vv: applyMapDelta(from.vv, delta.vv) as Map<string, number>,
          }
        : undefined
    if (!content) return []
    contents.set(entry.id, content)
    return [{ at, entry: { ...entry, body: { ...head, parent: null, full: contentToPlain(content) } } }]
  })
}
