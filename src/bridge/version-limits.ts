/**
 * How much history is kept:
 *
 * - of the automatic versions the team's newest 60, for 90 days at most, and about 12 million characters as stored
 * - in one device's part 200 versions, and 12 million characters as stored
 *
 * What is over goes oldest first, automatic versions before those that people named; for its size a device's newest version
 * never goes. A file of more than 9 million characters is not put aside at all: about 110,000 tokens.
 *
 * Each device takes out its own. The part of a device that wrote nothing for 30 days is taken out by any other, once nothing
 * in it is worth keeping; a version that it then made offline on top of that part cannot be read.
 *
 * The sizes stay below what a relay takes in one message, 16 MiB: a device that was offline sends its part in one.
 */
import type { Snap } from './snapshot-history.ts'

export interface VersionLimits {
  readonly maxAutomatic: number
  readonly automaticAgeMs: number
  readonly maxAutomaticChars: number
  readonly maxOwn: number
  readonly maxOwnChars: number
  readonly silentMs: number
}

export const defaultVersionLimits: VersionLimits = {
  maxAutomatic: 60,
  automaticAgeMs: 90 * 86_400_000,
  maxAutomaticChars: 12_000_000,
  maxOwn: 200,
  maxOwnChars: 12_000_000,
  silentMs: 30 * 86_400_000,
}

/** Of one file, before it is stored. */
export const maxVersionChars = 9_000_000

export interface TeamVersions {
  /** Oldest first, without those that somebody removed, or that another of the same day stands for. */
  readonly saved: readonly Snap[]
  readonly lane: string
  /** As stored. */
  readonly sizeOf: (id: string) => number
  readonly now: number
}

/** Ids of versions that are too much: automatic ones of anybody, and of this device's whatever its part has no room for. */
export function surplusVersions(
  { saved, lane, sizeOf, now }: TeamVersions,
  limits: VersionLimits = defaultVersionLimits,
): ReadonlySet<string> {
  const surplus = new Set<string>()
  let kept = 0
  let chars = 0
  for (const { id, t, auto } of saved.toReversed()) {
    if (auto === undefined) continue
    kept++
    chars += sizeOf(id)
    const isOver = kept > limits.maxAutomatic || chars > limits.maxAutomaticChars || now - t > limits.automaticAgeMs
    if (isOver) surplus.add(id)
  }
  const own = saved.filter((snap) => snap.lane === lane)
  const left = new Set(own.filter(({ id }) => !surplus.has(id)))
  const newest = own.at(-1)
  const leaving = [...own.filter(({ auto }) => auto !== undefined), ...own.filter(({ auto }) => auto === undefined)]
  for (const snap of leaving) {
    if (left.size <= limits.maxOwn && charsOf(own, left, sizeOf) <= limits.maxOwnChars) break
    if (snap === newest) continue
    surplus.add(snap.id)
    left.delete(snap)
  }
  return surplus
}

/** The first that stays is written in full, whatever it took before. */
function charsOf(own: readonly Snap[], left: ReadonlySet<Snap>, sizeOf: (id: string) => number): number {
  const full = Math.max(0, ...own.map(({ id }) => sizeOf(id)))
  const [first, ...others] = left
  return first ? others.reduce((sum, { id }) => sum + sizeOf(id), full) : 0
}
