/**
 * A seed: the first file taken in, as the same bytes on every machine. One root array of one entry for the file without its
 * sets, which lists the digest of each set, and one entry for each set. Never changed afterwards.
 */
import * as Y from 'yjs'
import type { TokenFile } from '../payload/file-form.ts'
import {
  getKey,
  isObject,
  type Json,
  type JsonObject,
  keysOf,
  objectFrom,
  stringifyJson,
} from '../payload/ordered-json.ts'
import { sha256Hex } from '../payload/sha256.ts'
import { toTime } from './clock.ts'
import { firstSeedClientId, seedRootName } from './format.ts'
import { segmentOf } from './node-id.ts'

export type SeedEntry =
  | readonly [id: '', field: 'c', text: string, time: number, manifest: string]
  | readonly [id: string, field: 'c', text: string, time: number]

export interface Seed {
  readonly root: string
  readonly time: number
  readonly hash: string
  readonly clientId: number
  readonly entries: readonly SeedEntry[]
}

/** The id of the node whose children are the sets. */
export type SetsId = '/values' | ''

export function buildSeed(file: TokenFile, time: number): Seed {
  const rootText = stringifyJson(withoutSets(file))
  const sets: SeedEntry[] = []
  const manifest: (readonly [id: string, digest: string])[] = []
  for (const [name, set] of file.sets) {
    const id = `${setsIdOf(file)}/${segmentOf(name)}`
    const text = stringifyJson(set)
    sets.push([id, 'c', text, time])
    manifest.push([id, digestSet(time, id, text)])
  }
  const manifestText = JSON.stringify(manifest)
  const hash = digestSeed(time, rootText, manifestText)
  return {
    root: seedRootName(time, hash),
    time,
    hash,
    clientId: firstSeedClientId + Number(BigInt(`0x${hash}`) % BigInt(firstSeedClientId)),
    entries: [['', 'c', rootText, time, manifestText], ...sets],
  }
}

/** The Yjs update that carries the seed. Equal seeds give equal bytes, so replicas that took a file in apart agree. */
export function encodeSeed(seed: Seed): Uint8Array {
  const ydoc = new Y.Doc()
  ydoc.clientID = seed.clientId
  ydoc.getArray(seed.root).push(seed.entries as SeedEntry[])
  const update = Y.encodeStateAsUpdate(ydoc)
  ydoc.destroy()
  return update
}

/** First 16 hex digits of SHA-256 over `time "\n" id "\t" text`. */
export function digestSet(time: number, id: string, text: string): string {
  return sha256Hex(`${time}\n${id}\t${text}`).slice(0, 16)
}

/** First 16 hex digits of SHA-256 over `time "\n\t" root "\n\t" manifest`. */
export function digestSeed(time: number, root: string, manifest: string): string {
  return sha256Hex(`${time}\n\t${root}\n\t${manifest}`).slice(0, 16)
}

/**
 * The time of a file: `$metadata.updatedAt`, else the top-level `updatedAt`, else `savedAt` of where it came from, else 0;
 * never later than now. Only dates count, no revision number: it is compared with the times of edits.
 */
export function seedTimeOf(root: JsonObject, savedAt: number | undefined, now: number): number {
  const metadata = getKey(root, '$metadata')
  const stamped = isObject(metadata) ? dateOf(getKey(metadata, 'updatedAt')) : undefined
  const ms = stamped ?? dateOf(getKey(root, 'updatedAt')) ?? savedAt ?? 0
  return toTime(Math.min(ms, now))
}

function dateOf(value: Json | undefined): number | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d/.test(value)) return undefined
  const ms = Date.parse(value)
  return Number.isNaN(ms) ? undefined : ms
}

function setsIdOf(file: TokenFile): SetsId {
  return file.form === 'single' ? '/values' : ''
}

function withoutSets(file: TokenFile): JsonObject {
  const emptied = (parent: JsonObject): JsonObject => {
    const keys = keysOf(parent)
    return objectFrom(
      keys,
      keys.map((key) => (file.sets.has(key) ? {} : (getKey(parent, key) as Json))),
    )
  }
  if (file.form === 'sets') return emptied(file.root)
  const keys = keysOf(file.root)
  return objectFrom(
    keys,
    keys.map((key) => {
      const member = getKey(file.root, key) as Json
      return key === 'values' && isObject(member) ? emptied(member) : member
    }),
  )
}
