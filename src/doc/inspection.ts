/**
 * A document laid open, for who looks after one: what it holds, who wrote it, what is stored where and how large it is.
 * Reading it writes nothing.
 */
import * as encoding from 'lib0/encoding'
import * as Y from 'yjs'
import { getKey, isObject, type Json } from '../payload/ordered-json.ts'
import type { ChangeAuthor } from './change-author.ts'
import { unitsPerMs } from './clock.ts'
import type { Conflict } from './conflicts.ts'
import { coreOf } from './core-of.ts'
import type { DocumentState } from './document-core.ts'
import { formatVersion, readRootName } from './format.ts'
import { type IgnoredReason, ignoredReasonOf } from './ignored-entries.ts'
import { headerId } from './lane.ts'
import type { TokenDocument } from './token-document.ts'

export interface DocumentInspection {
  readonly state: DocumentState
  /** Major version of the stored format that this program reads. */
  readonly format: number
  readonly sets: readonly InspectedSet[]
  readonly themes: number
  /** Tokens with a change since the file they came with, newest first, as many as asked for. */
  readonly changes: readonly InspectedChange[]
  readonly conflicts: readonly Conflict[]
  /** Files taken in, newest first; the first whole one is what everything lies on. */
  readonly seeds: readonly InspectedSeed[]
  /** Newest first. */
  readonly lanes: readonly InspectedLane[]
  /** Entries of lanes that count for nothing here, by reason. */
  readonly ignored: Readonly<Partial<Record<IgnoredReason, number>>>
  /** Facts stamped more than a day ahead of this clock: somebody's clock was wrong. */
  readonly farFuture: number
  readonly bytes: InspectedBytes
  /** Roots of the Y.Doc that this version does not read. `newer`: of a later major version, which alone may read and write then. */
  readonly roots: { readonly newer: readonly string[]; readonly other: readonly string[] }
  /** Sessions that ever wrote: each costs a few bytes for good. */
  readonly sessions: number
}

export interface InspectedSet {
  readonly name: string
  readonly tokens: number
  readonly groups: number
  /** Null where everything came with a file. */
  readonly lastChange: ChangeAuthor | null
}

export interface InspectedChange extends ChangeAuthor {
  readonly set: string
  readonly path: readonly string[]
}

export interface InspectedSeed {
  readonly hash: string
  /** When the file was saved, as it says itself, in milliseconds since 1970; 0 where it does not. */
  readonly savedAt: number
  readonly whole: boolean
  readonly active: boolean
  readonly bytes: number
}

export interface InspectedLane {
  readonly lane: string
  /** `device`: one running instance. `bin`: a merge of a bin that somebody else wrote. */
  readonly kind: 'device' | 'bin'
  readonly user?: string
  readonly name?: string
  readonly app?: string
  readonly facts: number
  readonly ignored: number
  /** Of its newest fact, in milliseconds since 1970; null for a lane without any. */
  readonly newest: number | null
  readonly bytes: number
}

export interface InspectedBytes {
  /** The whole document, as it is sent and stored. */
  readonly total: number
  readonly seeds: number
  readonly lanes: number
  /** What Yjs needs beside the entries, traces of erased ones included, and roots that are not read. */
  readonly rest: number
}

export interface InspectOptions {
  /** How many of the latest changes to list. */
  readonly changes?: number
  /** Wall-clock milliseconds. */
  readonly now?: number
}

/** Throws for anything but a document made by `createTokenDocument`. */
export function inspectDocument(
  document: TokenDocument,
  { changes: limit = 10, now = Date.now() }: InspectOptions = {},
): DocumentInspection {
  const core = coreOf(document)
  if (!core) throw new Error('This document was not made by createTokenDocument of this copy of y-tokens')
  const { ydoc, store } = core
  const roots = readRoots(ydoc)
  const tally = createTally(now)
  const lanes = roots.lanes.map(({ lane, entries }) =>
    inspectLane(lane, entries, store.registers.newest(headerId(lane))?.json(), tally),
  )
  const seeds = inspectSeeds(store.seeds.values(), roots.seedBytes)
  const total = Y.encodeStateAsUpdate(ydoc).length
  const bytes = { seeds: sum(seeds.map((seed) => seed.bytes)), lanes: sum(lanes.map((lane) => lane.bytes)) }
  return {
    state: document.state,
    format: formatVersion,
    ...inspectContent(document, limit),
    conflicts: document.conflicts,
    seeds,
    lanes: lanes.toSorted((a, b) => (b.newest ?? 0) - (a.newest ?? 0) || (a.lane < b.lane ? -1 : 1)),
    ignored: Object.fromEntries(tally.ignored),
    farFuture: tally.farFuture,
    bytes: { total, ...bytes, rest: Math.max(0, total - bytes.seeds - bytes.lanes) },
    roots: { newer: roots.newer, other: roots.other },
    sessions: Y.decodeStateVector(Y.encodeStateVector(ydoc)).size,
  }
}

function inspectContent(
  document: TokenDocument,
  limit: number,
): Pick<DocumentInspection, 'sets' | 'themes' | 'changes'> {
  const changes: InspectedChange[] = []
  const sets = document.setNames().map((name): InspectedSet => {
    const rows = document.outline(name)
    const tokens = rows.filter(({ kind }) => kind === 'token')
    for (const { path } of limit > 0 ? tokens : []) {
      const change = document.lastChange(name, path)
      if (change) changes.push({ set: name, path, ...change })
    }
    const lastChange = document.lastChange(name, [])
    return { name, tokens: tokens.length, groups: rows.length - tokens.length, lastChange }
  })
  const newest = changes.toSorted((a, b) => b.when - a.when)
  return { sets, themes: document.getSnapshot().$themes.length, changes: newest.slice(0, limit) }
}

interface Tally {
  readonly ignored: Map<IgnoredReason, number>
  readonly farFrom: number
  farFuture: number
}

const farFutureMs = 86_400_000

function createTally(now: number): Tally {
  return { ignored: new Map(), farFrom: now + farFutureMs, farFuture: 0 }
}

function inspectLane(lane: string, entries: readonly unknown[], header: Json | undefined, tally: Tally): InspectedLane {
  let ignored = 0
  let newest: number | null = null
  for (const entry of entries) {
    const reason = ignoredReasonOf(entry, lane)
    if (reason) {
      ignored++
      tally.ignored.set(reason, (tally.ignored.get(reason) ?? 0) + 1)
      continue
    }
    const when = Math.floor((entry as readonly [string, string, string, number])[3] / unitsPerMs)
    if (when > tally.farFrom) tally.farFuture++
    newest = Math.max(newest ?? 0, when)
  }
  const kind = /^bin[0-9a-f]{13}$/.test(lane) ? 'bin' : 'device'
  return {
    lane,
    kind,
    ...readHeader(header),
    facts: entries.length - ignored,
    ignored,
    newest,
    bytes: bytesOf(entries),
  }
}

function readHeader(header: Json | undefined): Pick<InspectedLane, 'user' | 'name' | 'app'> {
  if (!isObject(header)) return {}
  const texts = (['user', 'name', 'app'] as const).flatMap((key) => {
    const text = getKey(header, key)
    return typeof text === 'string' ? [[key, text] as const] : []
  })
  return Object.fromEntries(texts)
}

interface KnownSeed {
  readonly time: number
  readonly hash: string
  readonly name: string
  readonly whole: boolean
}

function inspectSeeds(known: Iterable<KnownSeed>, bytesByName: ReadonlyMap<string, number>): readonly InspectedSeed[] {
  const newestFirst = [...known].toSorted((a, b) => b.time - a.time || (a.hash < b.hash ? 1 : -1))
  const active = newestFirst.find((seed) => seed.whole)
  return newestFirst.map((seed) => ({
    hash: seed.hash,
    savedAt: Math.floor(seed.time / unitsPerMs),
    whole: seed.whole,
    active: seed === active,
    bytes: bytesByName.get(seed.name) ?? 0,
  }))
}

interface Roots {
  readonly lanes: readonly { readonly lane: string; readonly entries: readonly unknown[] }[]
  /** Copies count with what they are copies of. */
  readonly seedBytes: ReadonlyMap<string, number>
  readonly newer: readonly string[]
  readonly other: readonly string[]
}

function readRoots(ydoc: Y.Doc): Roots {
  const lanes: { readonly lane: string; readonly entries: readonly unknown[] }[] = []
  const seedBytes = new Map<string, number>()
  const newer: string[] = []
  const other: string[] = []
  for (const root of ydoc.share.keys()) {
    const name = readRootName(root)
    const entries = name.kind === 'lane' || name.kind === 'seed' ? entriesOf(ydoc, root) : undefined
    if (name.kind === 'newer') newer.push(root)
    else if (!entries) other.push(root)
    else if (name.kind === 'lane') lanes.push({ lane: name.lane, entries })
    else {
      // A copy's name goes on behind it with a lane id.
      const seed = root.split('/').slice(0, 4).join('/')
      seedBytes.set(seed, (seedBytes.get(seed) ?? 0) + bytesOf(entries))
    }
  }
  return { lanes, seedBytes, newer, other }
}

/** Undefined where something else than an array stands under this name. */
function entriesOf(ydoc: Y.Doc, root: string): readonly unknown[] | undefined {
  const type: unknown = ydoc.share.get(root)
  const isKnownOther =
    type instanceof Y.AbstractType && type.constructor !== Y.AbstractType && !(type instanceof Y.Array)
  return isKnownOther ? undefined : ydoc.getArray(root).toArray()
}

/** As Yjs encodes them. */
function bytesOf(entries: readonly unknown[]): number {
  const encoder = encoding.createEncoder()
  // A shared type among them is none of ours, and leads to all of the Y.Doc.
  const plain = entries.filter((entry) => !(entry instanceof Y.AbstractType) && !(entry instanceof Y.Doc))
  for (const entry of plain) encoding.writeAny(encoder, entry as Parameters<typeof encoding.writeAny>[1])
  return encoding.length(encoder)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
