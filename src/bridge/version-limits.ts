/**
 * How much history is kept. A device takes out its own versions only, so the limits of size hold for each device's part.
 *
 * - of the automatic versions the team's newest 60, for 90 days at most
 * - in one device's part 200 versions, and 12 million characters as stored
 *
 * What is over goes oldest first, automatic versions before those that people named; for its size a device's newest version
 * never goes. A file of more than 9 million characters is not put aside at all: about 110,000 tokens.
 *
 * The sizes stay below what a relay takes in one message, 16 MiB: a device that was offline sends its part in one.
 */
import type { Snap } from './snapshot-history.ts'

export interface VersionLimits {
  readonly maxAutomatic: number
  readonly automaticAgeMs: number
  readonly maxOwn: number
  readonly maxOwnChars: number
}

export const defaultVersionLimits: VersionLimits = {
  maxAutomatic: 60,
  automaticAgeMs: 90 * 86_400_000,
  maxOwn: 200,
  maxOwnChars: 12_000_000,
}

/** Of one file, before it is stored. */
export const maxVersionChars = 9_000_000

export interface OwnVersions {
  /** The team's, oldest first, without those that somebody removed. */
  readonly saved: readonly Snap[]
  readonly lane: string
  /** Of this device's, as stored. */
  readonly sizes: ReadonlyMap<string, number>
  readonly now: number
}

/** Ids of this device's versions that have to go. */
export function surplusVersions(
  { saved, lane, sizes, now }: OwnVersions,
  limits: VersionLimits = defaultVersionLimits,
): ReadonlySet<string> {
  const surplus = new Set<string>()
  const isOwn = (snap: Snap): boolean => snap.lane === lane
  const automatic = saved.filter(({ auto }) => auto !== undefined)
  const kept = new Set(automatic.slice(-limits.maxAutomatic))
  const newest = saved.findLast(isOwn)
  for (const snap of automatic) {
    if (isOwn(snap) && (!kept.has(snap) || now - snap.t > limits.automaticAgeMs)) surplus.add(snap.id)
  }
  const own = saved.filter((snap) => isOwn(snap) && snap !== newest && !surplus.has(snap.id))
  const leaving = [...own.filter(({ auto }) => auto !== undefined), ...own.filter(({ auto }) => auto === undefined)]
  let count = own.length + 1
  for (const { id } of leaving) {
    if (count <= limits.maxOwn && charsWithout(surplus, sizes) <= limits.maxOwnChars) break
    surplus.add(id)
    count--
  }
  return surplus
}

/** What stays. The first of it is written in full, whatever it took before. */
function charsWithout(surplus: ReadonlySet<string>, sizes: ReadonlyMap<string, number>): number {
  const left = [...sizes].filter(([id]) => !surplus.has(id))
  const largest = Math.max(0, ...sizes.values())
  return left.reduce((sum, [, chars], i) => sum + (i === 0 ? largest : chars), 0)
}
