/**
 * The entries of the side document, as they are stored: `[kind, id, t, json]` in one root `Y.Array` `h1/<laneId>` per writer.
 * Frozen: the test beside compares bytes. Whoever changes the shape of a known kind raises `sideFormatVersion` and the root
 * prefix with it.
 *
 * History of the format:
 * - 1: `snap`, `merge`, `pause`, `done`; an entry may say `about.mass`, keep values for `mass-change`, and have the role `parent`;
 *   `gone`; a saved version may say `auto` and `day`
 *
 * An entry that cannot be read, and one of an unknown kind, is passed over and kept.
 */
import type { StoredFact } from '../doc/fact-access.ts'
import { isObject, type Json, type JsonObject, type PlainObject } from '../payload/ordered-json.ts'
import type { ContentDelta, MapDelta } from './snapshot-content.ts'

export const sideFormatVersion = 1
export const sideRootPrefix: string = `h${sideFormatVersion}/`

/** As stored. `t` is wall-clock milliseconds, but never below an entry its writer had seen. */
export type StoredEntry = readonly [kind: string, id: string, t: number, json: string]

export interface SnapHead {
  /** `published`: a body, stored before it was sent. `seen`: a file somebody else wrote. `saved`: a restorable version. */
  readonly kind: 'published' | 'seen' | 'saved'
  readonly bin: string
  /** The snapshot of this lane that a delta refers to; null for a full one. */
  readonly parent: string | null
  /** Greatest of seed versions and fact times that the content knows of. */
  readonly top: number
  /** Yjs state vector, base64. */
  readonly sv: string
  readonly by: string
  readonly rev: number
  /** `published`: digest of the order of keys as sent; the content's hash does not see order. */
  readonly order?: string
  /** `seen`: the write it comes from, and the snapshot named by the marker it carried. */
  readonly write?: string
  readonly marker?: string
  /** `saved`: what people call it; why it was put aside unasked; the author's day, where the team needs one of a day. */
  readonly name?: string
  readonly auto?: string
  readonly day?: string
}

export interface SnapBody extends SnapHead {
  readonly full?: { readonly rows: PlainObject; readonly ids: PlainObject; readonly vv: PlainObject }
  readonly delta?: ContentDelta
}

/**
 * - `conflict`: changed in the document too · `newer`: the document has a later fact in the register
 * - `edit-beats-delete`: deleted there, edited or renamed here · `path-taken`: the name is in use here
 * - `type-changed`: type and value belong together, and only one of them could be taken
 * - `possible-revert`: perhaps only an old copy, perhaps meant · `low-confidence`: the file resembles no known version well
 * - `mass-change`: one of so many deletions or changes back that a person decides on all of them
 */
export type KeptReason =
  | 'conflict'
  | 'newer'
  | 'edit-beats-delete'
  | 'path-taken'
  | 'type-changed'
  | 'possible-revert'
  | 'low-confidence'
  | 'mass-change'

/**
 * What a value belongs to. `node`: the token, theme or set as a whole. `parent`: the group or set that a token stands in.
 * `order`: the order of sets or themes.
 */
export type ValueRole = 'field' | 'name' | 'parent' | 'node' | 'order'

/**
 * A value at a place. `text` is JSON, null where it is absent or deleted; for `name` it is the name, for `parent` the id of the
 * node above.
 */
export interface EntryValue {
  readonly role: ValueRole
  readonly node: string
  /** Row key of the place as the foreign file shows it; `/<set>` for a set. */
  readonly place: string
  readonly field: string
  readonly text: string | null
}

/** A text that stood in a register the merge writes; `register` is the id of the facts that held it. */
export interface ReplacedValue extends EntryValue {
  readonly register: string
}

export interface KeptValue extends EntryValue {
  readonly reason: KeptReason
  /** What the document had instead. */
  readonly ours: string | null
}

export interface TakenChange extends EntryValue {
  readonly before: string | null
}

export interface MergeBody {
  readonly bin: string
  readonly write: string
  readonly base: string
  readonly lane: string
  readonly T: number
  readonly facts: readonly StoredFact[]
  readonly taken: readonly TakenChange[]
  readonly replaced: readonly ReplacedValue[]
  readonly kept: readonly KeptValue[]
  readonly about: MergeAbout
}

/** What the account tells beside the changes themselves. */
export interface MergeAbout {
  /** `recovered`: edits of this room that reached the bin but not this replica. `edited`: the writer kept our marker. */
  readonly from: 'plugin' | 'edited' | 'recovered'
  /** `updatedAt` of the file; what the writer's clock said. */
  readonly savedAt: string | null
  readonly baseAt: number
  /** Published snapshots between the base and the merge. */
  readonly behind: number
  /** Values that were only older copies. */
  readonly ignored: number
  readonly low: boolean
  /** Where the merge was one of `mass-change`s: how much of what is held for a person to decide. */
  readonly mass?: MassChange
}

/** What a mass change would delete or change back, each of how many in the document. */
export interface MassChange {
  readonly tokens: Share
  readonly sets: Share
  readonly themes: Share
  /** Values, and parts of values, that would go back to what they once were. */
  readonly values: Share
}

export type Share = readonly [count: number, of: number]

export interface PauseBody {
  readonly paused: boolean
  readonly by: string
  readonly reason: string
}

/** `entry` names the merge that a person settled, or the creation of a bin that came to an end. */
export interface DoneBody {
  readonly entry: string
}

/** `entry` names a saved version that somebody removed; its owner takes it out of the lane. */
export interface GoneBody {
  readonly entry: string
}

export type SideEntry =
  | { readonly kind: 'snap'; readonly id: string; readonly t: number; readonly lane: string; readonly body: SnapBody }
  | { readonly kind: 'merge'; readonly id: string; readonly t: number; readonly lane: string; readonly body: MergeBody }
  | { readonly kind: 'pause'; readonly id: string; readonly t: number; readonly lane: string; readonly body: PauseBody }
  | { readonly kind: 'done'; readonly id: string; readonly t: number; readonly lane: string; readonly body: DoneBody }
  | { readonly kind: 'gone'; readonly id: string; readonly t: number; readonly lane: string; readonly body: GoneBody }

export function encodeEntry(entry: Omit<SideEntry, 'lane'>): StoredEntry {
  return [entry.kind, entry.id, entry.t, JSON.stringify(entry.body)]
}

/** Null for what this version does not understand. Teammates' devices wrote it, perhaps in a newer version. */
export function decodeEntry(stored: unknown, lane: string): SideEntry | null {
  if (!Array.isArray(stored)) return null
  const [kind, id, t, json] = stored as readonly unknown[]
  if (typeof id !== 'string' || id === '' || typeof t !== 'number' || typeof json !== 'string') return null
  let body: Json
  try {
    body = JSON.parse(json) as Json
  } catch {
    return null
  }
  if (!isObject(body)) return null
  const plain = body as PlainObject
  if (kind === 'snap' && isSnapBody(plain)) return { kind, id, t, lane, body: plain as unknown as SnapBody }
  if (kind === 'merge' && isMergeBody(plain)) return { kind, id, t, lane, body: plain as unknown as MergeBody }
  if (kind === 'pause' && isPauseBody(plain)) return { kind, id, t, lane, body: plain as unknown as PauseBody }
  if ((kind === 'done' || kind === 'gone') && typeof plain['entry'] === 'string')
    return { kind, id, t, lane, body: { entry: plain['entry'] } }
  return null
}

function isSnapBody(body: PlainObject): boolean {
  const { kind, bin, parent, top, sv, by, rev, full, delta, name, auto, day } = body
  if (![name, auto, day].every((text) => text === undefined || isText(text))) return false
  if (kind !== 'published' && kind !== 'seen' && kind !== 'saved') return false
  if (![bin, sv, by].every(isText) || !isCount(top) || !isCount(rev)) return false
  if (parent === null) return isParts(full, isObject)
  return isText(parent) && isParts(delta, isMapDelta)
}

function isParts(parts: Json | undefined, check: (part: Json | undefined) => boolean): boolean {
  if (!isObject(parts)) return false
  const { rows, ids, vv } = parts as PlainObject
  return check(rows) && check(ids) && check(vv)
}

function isMapDelta(value: Json | undefined): value is JsonObject & MapDelta {
  if (!isObject(value)) return false
  const { set, gone } = value as PlainObject
  return isObject(set) && Array.isArray(gone) && gone.every(isText)
}

function isMergeBody(body: PlainObject): boolean {
  const { bin, write, base, lane, T, facts, taken, replaced, kept, about } = body
  return (
    [bin, write, base].every(isText) &&
    typeof lane === 'string' &&
    /^bin[0-9a-f]{13}$/.test(lane) &&
    isCount(T) &&
    Array.isArray(facts) &&
    facts.every(isStoredFact) &&
    [taken, replaced, kept].every((values) => Array.isArray(values) && values.every(isEntryValue)) &&
    isObject(about)
  )
}

function isStoredFact(fact: Json): boolean {
  if (!Array.isArray(fact) || fact.length < 4 || fact.length > 5) return false
  const [id, field, text, t, order] = fact as readonly Json[]
  return (
    [id, text].every(isText) &&
    typeof field === 'string' &&
    ['v', 'c', 'n', 'p', 'q', 'x'].includes(field) &&
    isCount(t) &&
    (order === undefined || isText(order))
  )
}

function isEntryValue(value: Json): boolean {
  if (!isObject(value)) return false
  const { role, node, place, field, text } = value as PlainObject
  return [role, node, place, field].every(isText) && (text === null || isText(text))
}

function isPauseBody(body: PlainObject): boolean {
  return typeof body['paused'] === 'boolean' && isText(body['by']) && isText(body['reason'])
}

function isText(value: Json | undefined): boolean {
  return typeof value === 'string'
}

function isCount(value: Json | undefined): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
