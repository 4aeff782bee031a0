/**
 * The stored format: names of roots, limits, and their history. Everything here is frozen: a document written once is read
 * by every later version.
 *
 * A change of meaning (of a field, the winner, coverage, ids, order keys, hashes or limits) needs the next major version:
 * other root names, a reader that maps these facts through a pure function, and a new line below. What a minor version may
 * add (unknown fields, longer entries, other `v1/…` roots, reserved segments) is ignored and kept by this one.
 *
 * History:
 * - 1: seeds, lanes with header, facts.
 */
export const formatVersion = 1

export const seedPrefix = 'v1/seed/'
export const lanePrefix = 'v1/lane/'

export const maxIdChars = 8192
/** Segments of an id; also containers inside each other in the JSON of a fact. */
export const maxDepth = 512
export const maxOrderChars = 256
/** In the year 2109; a seed later than this is none. */
export const maxSeedTime: number = 2 ** 52

/** Session client ids stay below, those of seeds stand above. */
export const firstSeedClientId: number = 2 ** 31

/** The lane under which seeds rank: below every device. */
export const seedLane = '*'
/** The product's own registers stand below this id and are not read for tokens. */
export const registerPrefix = '/~y/'

export type RootName =
  | { readonly kind: 'seed'; readonly time: number; readonly hash: string }
  | { readonly kind: 'lane'; readonly lane: string }
  /** Written by a later major version. */
  | { readonly kind: 'newer' }
  | { readonly kind: 'other' }

const other: RootName = { kind: 'other' }

export function isLaneId(lane: string): boolean {
  return /^[0-9a-z]{8,32}$/.test(lane)
}

export function seedRootName(time: number, hash: string): string {
  return `${seedPrefix}${time.toString(36).padStart(11, '0')}/${hash}`
}

/** What a root array of the Y.Doc holds, judged by its name alone. */
export function readRootName(name: string): RootName {
  if (name.startsWith(lanePrefix)) {
    const lane = name.slice(lanePrefix.length)
    return isLaneId(lane) ? { kind: 'lane', lane } : other
  }
  if (name.startsWith(seedPrefix)) {
    const parts = /^([0-9a-z]{11})\/([0-9a-f]{16})(?:\/[0-9a-z]{8,32})?$/.exec(name.slice(seedPrefix.length))
    const time = parts ? Number.parseInt(parts[1] as string, 36) : Number.POSITIVE_INFINITY
    return time <= maxSeedTime ? { kind: 'seed', time, hash: parts?.[2] as string } : other
  }
  const major = /^v(\d{1,9})\//.exec(name)
  return major && Number(major[1]) > formatVersion ? { kind: 'newer' } : other
}
