/**
 * What is known of one seed. Its entries come from anybody, in any order, from its root and from copies of it: each is
 * checked alone against the digests, so that strays and forgeries are passed over, and half a seed is known as half.
 */
import { getKey, isObject, type Json, type JsonObject } from '../payload/ordered-json.ts'
import { readFrozen } from './frozen-json.ts'
import { digestSeed, digestSet, type Seed, type SeedEntry, type SetsId } from './seed.ts'

/** A seed as the view reads it. */
export interface SeedInForce {
  readonly time: number
  readonly hash: string
  readonly root: JsonObject
  readonly setsId: SetsId
  /** Ids of its sets, those whose entries are missing included. */
  readonly setIds: Iterable<string>
  /** True also where the entry of the set is missing. */
  hasSet(id: string): boolean
  /** The set with this id, parsed when first asked for; undefined where its entry is missing. */
  setValue(id: string): Json | undefined
}

/** Stands in while there is no seed: a file without sets. */
export const noSeed: SeedInForce = {
  time: 0,
  hash: '',
  root: Object.freeze({ values: Object.freeze({}) }),
  setsId: '/values',
  setIds: [],
  hasSet: () => false,
  setValue: () => undefined,
}

export interface SeedRecord {
  readonly time: number
  readonly hash: string
  /** The name of its root; copies have a lane id behind it. */
  readonly name: string
  readonly whole: boolean
  add(entry: unknown): void
  remove(entry: unknown): void
  /** Takes the entries of a seed built here for checked; they are not hashed a second time. */
  trust(seed: Seed): void
  /** Undefined while the root entry is missing. */
  inForce(): SeedInForce | undefined
  /** Its entries, once it has been whole here: with them a copy can be written when somebody erases some. */
  copy(): readonly SeedEntry[] | undefined
}

interface Roof {
  readonly entry: SeedEntry
  readonly root: JsonObject
  readonly setsId: SetsId
  /** Set id → digest. */
  readonly digests: ReadonlyMap<string, string>
}

export function createSeedRecord(name: string, time: number, hash: string): SeedRecord {
  const entries = new Set<unknown>()
  /** The text of each set that has been found right; kept when its entry is erased. */
  const texts = new Map<string, string>()
  const forged = new WeakSet<object>()
  const values = new Map<string, Json | undefined>()
  let roof: Roof | undefined
  let wasWhole = false
  /** What of it is here; undefined when it must be looked up again. */
  let here: { readonly roof: boolean; readonly sets: ReadonlySet<string> } | undefined

  const isRoof = (entry: SeedEntry): boolean => {
    if (entry[0] !== '' || typeof entry[4] !== 'string') return false
    if (roof) return roof.entry[2] === entry[2] && roof.entry[4] === entry[4]
    if (digestSeed(time, entry[2], entry[4]) !== hash) return false
    roof = readRoof(entry)
    return roof !== undefined
  }
  const isSet = (entry: SeedEntry): boolean => {
    const [id, , text] = entry
    const digest = roof?.digests.get(id)
    if (digest === undefined) return false
    if (texts.get(id) === text) return true
    if (forged.has(entry)) return false
    if (digestSet(time, id, text) !== digest) {
      forged.add(entry)
      return false
    }
    texts.set(id, text)
    return true
  }
  const look = (): NonNullable<typeof here> => {
    if (here) return here
    const own: SeedEntry[] = []
    for (const entry of entries) if (isEntry(entry, time)) own.push(entry)
    const hasRoof = own.some(isRoof)
    const sets = new Set<string>()
    if (hasRoof) for (const entry of own) if (!sets.has(entry[0]) && isSet(entry)) sets.add(entry[0])
    here = { roof: hasRoof, sets }
    wasWhole ||= hasRoof && sets.size === roof?.digests.size
    return here
  }
  const createInForce = ({ root, setsId, digests }: Roof): SeedInForce => ({
    time,
    hash,
    root,
    setsId,
    setIds: digests.keys(),
    hasSet: (id) => digests.has(id),
    setValue: (id) => {
      if (!look().sets.has(id)) return undefined
      if (!values.has(id)) values.set(id, readFrozen(texts.get(id) as string))
      return values.get(id)
    },
  })

  return {
    time,
    hash,
    name,
    get whole() {
      const { roof: hasRoof, sets } = look()
      return hasRoof && sets.size === roof?.digests.size
    },
    add: (entry) => {
      entries.add(entry)
      here = undefined
    },
    remove: (entry) => {
      entries.delete(entry)
      here = undefined
    },
    trust: (seed) => {
      for (const [id, , text] of seed.entries) if (id !== '') texts.set(id, text)
    },
    inForce: () => (look().roof && roof ? createInForce(roof) : undefined),
    copy: () => {
      look()
      if (!wasWhole || !roof) return undefined
      const sets = [...roof.digests.keys()].map((id): SeedEntry => [id, 'c', texts.get(id) as string, time])
      return [roof.entry, ...sets]
    },
  }
}

function isEntry(entry: unknown, time: number): entry is SeedEntry {
  return (
    Array.isArray(entry) &&
    typeof entry[0] === 'string' &&
    entry[1] === 'c' &&
    typeof entry[2] === 'string' &&
    entry[3] === time
  )
}

function readRoof(entry: SeedEntry): Roof | undefined {
  const root = readFrozen(entry[2])
  const list = readFrozen(entry[4] as string)
  if (!isObject(root) || !Array.isArray(list)) return undefined
  const listed: (readonly [id: string, digest: string])[] = []
  for (const row of list as readonly Json[]) {
    if (!Array.isArray(row) || typeof row[0] !== 'string' || typeof row[1] !== 'string') return undefined
    listed.push([row[0], row[1]])
  }
  // A set may itself be called `values`, in a file of the form without.
  const single = isObject(getKey(root, 'values')) && listed.every(([id]) => id.startsWith('/values/'))
  const setsId: SetsId = single ? '/values' : ''
  const digests = new Map(listed.filter(([id]) => id.startsWith('/') && id.lastIndexOf('/') === setsId.length))
  return { entry, root, setsId, digests }
}
