/**
 * Versions that people, and the bridge before it replaces everything, put aside: the whole file as text, in the snapshot format
 * of the side document, so that they cost only what changed.
 */
import { toBase64 } from 'lib0/buffer'
import type { FactAccess } from '../doc/fact-access.ts'
import type { TokenDocument } from '../doc/token-document.ts'
import { parseTokenFile } from '../payload/file-form.ts'
import { escapeSegment, segmentsOf } from '../payload/json-pointer.ts'
import {
  getKey,
  isObject,
  type Json,
  type JsonObject,
  keysOf,
  objectFrom,
  parseJson,
  stringifyJson,
} from '../payload/ordered-json.ts'
import { isTokenError } from '../payload/token-error.ts'
import { BridgeError } from './bridge-error.ts'
import type { NewEntry, SideDocument } from './side-document.ts'
import type { Snap } from './snapshot-history.ts'

export interface SavedVersion {
  readonly id: string
  readonly name: string
  readonly at: number
  readonly by: string
}

export interface Versions {
  /** Newest first; the same array until one comes. */
  list(): readonly SavedVersion[]
  subscribe(listener: () => void): () => void
  /** Puts the present tokens aside for the team. Throws `no-tokens` where there are none. */
  save(name: string): string
  /** The version's file, order-exact. Throws `not-found`. */
  text(id: string): string
  /** Makes the tokens those of the version, as one ordinary change that can be undone. Throws `not-found`. */
  restore(id: string): void
}

export interface VersionsOptions {
  readonly document: TokenDocument
  readonly access: FactAccess
  readonly side: SideDocument
  readonly by: () => string
  readonly randomId: () => string
}

export function createVersions({ document, access, side, by, randomId }: VersionsOptions): Versions {
  let listed: { readonly snaps: readonly Snap[]; readonly versions: readonly SavedVersion[] } | undefined

  const text = (id: string): string => {
    const snap = side.history.get(id)
    if (snap?.kind !== 'saved')
      throw new BridgeError('not-found', `There is no saved version ${id}. Choose one of the list.`)
    return joinFile(side.history.content(snap).rows)
  }

  return {
    list: () => {
      const snaps = side.history.saved()
      if (listed?.snaps !== snaps) {
        const versions = snaps.map(({ id, name, t, by: author }) => ({ id, name: name ?? '', at: t, by: author }))
        listed = { snaps, versions: versions.toReversed() }
      }
      return listed.versions
    },
    subscribe: (listener) => side.subscribe(listener),
    save: (name) => {
      const entry = savedVersion({ text: document.toText(), name, access, by: by(), id: randomId() })
      if (!entry) throw new BridgeError('no-tokens', 'There are no tokens to save as a version yet.')
      side.append([entry])
      return entry.id
    },
    text,
    restore: (id) => document.import(text(id), { mode: 'replace' }),
  }
}

export interface SavedVersionParts {
  readonly text: string
  readonly name: string
  readonly access: FactAccess
  readonly by: string
  readonly id: string
}

/** The entry that puts a file aside; null for a text that holds no tokens. */
export function savedVersion({ text, name, access, by, id }: SavedVersionParts): NewEntry | null {
  const rows = splitFile(text)
  if (!rows) return null
  const { top } = access.vectors()
  const head = { kind: 'saved', bin: '', top, sv: toBase64(access.stateVector()), by, rev: 0, name } as const
  return { kind: 'snap', id, head, content: { rows, ids: new Map(), vv: new Map() } }
}

/** `""` → the file with empty sets, `/<set>` → a set; each as JSON text. */
function splitFile(text: string): Map<string, Json> | null {
  try {
    const { form, root, sets } = parseTokenFile(text)
    const emptied = (object: JsonObject): JsonObject => mapMembers(object, (key, value) => (sets.has(key) ? {} : value))
    const bare =
      form === 'sets'
        ? emptied(root)
        : mapMembers(root, (key, value) => (key === 'values' ? emptied(value as JsonObject) : value))
    const rows = new Map<string, Json>([['', stringifyJson(bare)]])
    for (const [name, set] of sets) rows.set(`/${escapeSegment(name)}`, stringifyJson(set))
    return rows
  } catch (error) {
    if (isTokenError(error)) return null
    throw error
  }
}

function joinFile(rows: ReadonlyMap<string, Json>): string {
  const root = parseJson(rows.get('') as string) as JsonObject
  const sets = new Map<string, Json>()
  for (const [key, text] of rows) if (key !== '') sets.set(segmentsOf(key)[0] ?? '', parseJson(text as string))
  const filled = (object: JsonObject): JsonObject => mapMembers(object, (key, value) => sets.get(key) ?? value)
  const values = getKey(root, 'values')
  return stringifyJson(
    isObject(values) ? mapMembers(root, (key, value) => (key === 'values' ? filled(values) : value)) : filled(root),
  )
}

function mapMembers(object: JsonObject, map: (key: string, value: Json) => Json): JsonObject {
  const keys = keysOf(object)
  return objectFrom(
    keys,
    keys.map((key) => map(key, getKey(object, key) as Json)),
  )
}
