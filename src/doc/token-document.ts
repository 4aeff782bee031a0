import type * as Y from 'yjs'
import type { Json, JsonObject } from '../payload/ordered-json.ts'

/** A path below a set: `color.brand.500` or its segments. Segments are needed where a name holds a dot. */
export type TokenPath = string | readonly string[]

/** The payload as plain, frozen JSON. Sets stand under `values` in `tokenSetOrder` order, whatever form the file came in. */
export interface Snapshot {
  readonly values: { readonly [set: string]: JsonObject }
  readonly $themes: readonly JsonObject[]
  readonly $metadata: { readonly tokenSetOrder: readonly string[]; readonly [key: string]: Json }
  readonly [key: string]: unknown
}

/** Who caused a transaction. `bridge` = merged from a bin; `import` = taken from a file; `remote` = a teammate. */
export type ChangeOrigin = 'local' | 'remote' | 'bridge' | 'undo' | 'import'

/**
 * One thing that differs between the snapshot before and after a transaction. Replaying a batch onto the earlier snapshot
 * gives the later one.
 *
 * - `token`, `group`: `path` below `set`; `field` below the token or group, `[]` for the whole of it.
 * - `set`: `path` is `[]`. `theme`: `path` is `[theme id]`, `set` null. `metadata`: `path` below the file's root, `set` null.
 * - `order`: the children at `path` (sets: `set` null, `path` `['values']`; themes: `['$themes']`) stand in another order; `before` and `after` list their names.
 * - `renamedFrom` marks a node that kept its identity under another name or place; `before` and `after` are then undefined.
 */
export interface TokenChange {
  readonly kind: 'token' | 'group' | 'set' | 'theme' | 'metadata' | 'order'
  readonly set: string | null
  readonly path: readonly string[]
  readonly field: readonly string[]
  readonly before: Json | undefined
  readonly after: Json | undefined
  readonly renamedFrom?: { readonly set: string; readonly path: readonly string[] }
  readonly who: Author
  /** Milliseconds since 1970, from the fact's own stamp. */
  readonly when: number
  readonly origin: ChangeOrigin
}

/** `lane` names the device; `name` and `user` come from the lane's header. A seed's author is `{ lane: '*' }`. */
export interface Author {
  readonly lane: string
  readonly user?: string
  readonly name?: string
}

/** One row of {@link TokenDocument.outline}: a group or a token, in document order. */
export interface OutlineRow {
  readonly kind: 'group' | 'token'
  readonly path: readonly string[]
  readonly depth: number
  /** The token or group as it stands; frozen. */
  readonly value: JsonObject
}

/** Where a node goes among its siblings; the end by default. Names are those of siblings at call time. */
export interface Position {
  readonly before?: string
  readonly after?: string
}

export interface ImportOptions {
  /** `replace`: afterwards the document equals the file. `merge`: what the file lacks stays. */
  readonly mode: 'replace' | 'merge'
}

/**
 * - `empty`: no seed and no set · `whole` · `partial`: a seed is known only in part, the rest is on its way
 * - `schema-too-new`: a newer version wrote here; nothing is read or written
 */
export type DocumentState = 'empty' | 'whole' | 'partial' | 'schema-too-new'

/** Two or more values side by side in one register: neither author had seen the other's. Writing the field settles it. */
export interface Conflict {
  readonly set: string | null
  readonly path: readonly string[]
  readonly field: readonly string[]
  readonly current: { readonly value: Json | undefined; readonly who: Author; readonly when: number }
  readonly others: readonly { readonly value: Json | undefined; readonly who: Author; readonly when: number }[]
}

export interface TokenDocumentOptions {
  /** The leased lane id of this running instance, `[0-9a-z]{8,32}`. Random by default: fine in memory, wasteful with storage. */
  readonly lane?: string
  readonly user?: { readonly id?: string; readonly name?: string }
  /** Names this program in the lane's header, at most 64 characters together with the user. */
  readonly app?: string
  readonly now?: () => number
  readonly random?: () => number
}

/**
 * Token sets in a Y.Doc. All writes throw {@link TokenError} before anything is written; a call with several effects is one
 * transaction, one undo step and one batch of changes.
 */
export interface TokenDocument {
  readonly ydoc: Y.Doc
  readonly state: DocumentState
  readonly lane: string

  /** The same object until something changes; unchanged sets and groups are shared between snapshots. */
  getSnapshot(): Snapshot
  /** `getSnapshot` as a mutable copy. */
  toJSON(): Json
  /** Order-exact JSON text in the form the file came in (with or without `values`). */
  toText(options?: { readonly indent?: number }): string

  setNames(): readonly string[]
  /** The token or group at `path`, the whole set for `[]`; undefined where nothing lives. Frozen. */
  get(set: string, path: TokenPath): JsonObject | undefined
  /** Groups and tokens of a set in document order, parents before children; the same array until the set changes. */
  outline(set: string): readonly OutlineRow[]

  /** Writes a whole token; creates it, with the groups above it, where there is none. */
  set(set: string, path: TokenPath, token: JsonObject, position?: Position): void
  /** Field-wise; an object value is merged part by part, `undefined` removes a field or part. */
  update(set: string, path: TokenPath, fields: { readonly [field: string]: unknown }): void
  remove(set: string, path: TokenPath): void
  /** Token or group. A `to` with another parent also moves it. */
  rename(set: string, path: TokenPath, to: TokenPath): void
  move(set: string, path: TokenPath, toSet: string, toPath: TokenPath, position?: Position): void
  reorder(set: string, path: TokenPath, position: Position): void

  addSet(name: string, tokens?: JsonObject, position?: Position): void
  removeSet(name: string): void
  renameSet(name: string, to: string): void
  /** Sets not named keep their order behind the named ones. */
  reorderSets(names: readonly string[]): void

  /** Creates or updates field by field; returns the theme's id (random where `theme.id` is absent). */
  setTheme(theme: JsonObject): string
  removeTheme(id: string): void
  reorderThemes(ids: readonly string[]): void

  /** Everything inside is one transaction, one undo step, one batch of changes. Rolled back entirely if `fn` throws. */
  transact<T>(fn: () => T): T
  /** JSON text keeps key order exactly; an object keeps what JavaScript keeps. Fills an empty document by a seed, else writes the difference. */
  import(source: string | JsonObject, options?: ImportOptions): void

  /** A throwing subscriber harms nobody. Called once per transaction, after the snapshot is current. */
  subscribe(listener: (changes: readonly TokenChange[]) => void): () => void

  /** This session's own steps only; a teammate's newer value is never undone. Returns false where there is nothing to do. */
  undo(): boolean
  redo(): boolean
  readonly canUndo: boolean
  readonly canRedo: boolean

  readonly conflicts: readonly Conflict[]
  /** Who wrote the current value, and when; null for what came with the file. */
  lastChange(set: string, path: TokenPath): { readonly who: Author; readonly when: number } | null

  /** Refuses writes with `read-only` and this reason until called with null. Reading and remote changes go on. */
  setReadOnly(reason: string | null): void
  /** Detaches from the Y.Doc, which stays usable. */
  destroy(): void
}
