import * as Y from 'yjs'
import { type Json, type JsonObject, stringifyJson } from '../payload/ordered-json.ts'
import { TokenError } from '../payload/token-error.ts'
import { splitFile, type TokenFiles } from '../payload/token-files.ts'
import { formatPath, parsePath } from '../payload/token-name.ts'
import type { ChangeAuthor } from './change-author.ts'
import type { TokenChange } from './changes.ts'
import { createChangesSince } from './changes-since.ts'
import { type Claim, type Conflict, conflictsIn } from './conflicts.ts'
import { provideCore } from './core-of.ts'
import { createCore, type DocumentState } from './document-core.ts'
import { moveNode, renameNode, reorderNode } from './edit-places.ts'
import { addSet, removeSet, renameSet, reorderSets, setNamesOf } from './edit-sets.ts'
import { removeTheme, reorderThemes, setTheme } from './edit-themes.ts'
import { removeNode, setToken, updateNode } from './edit-tokens.ts'
import { type Editing, findPlace, type Position } from './editing.ts'
import { isLaneId } from './format.ts'
import { importFile, type ImportOptions, type ImportSource } from './import-file.ts'
import { freshLaneId } from './lane.ts'
import { lastChangeAt } from './last-change.ts'
import { type OutlineRow, outlineOf } from './outline.ts'
import type { Reference, UnresolvedReference } from './reference.ts'
import { createReferences } from './references.ts'
import { type RenameOptions, takeReferences } from './rename-references.ts'
import { settleConflict } from './settle-conflict.ts'
import { plainOf, setsIn, type Snapshot } from './snapshot.ts'
import { reportUncaught } from './subscribers.ts'
import { createEntries } from './yjs-entries.ts'

export type { TokenChange } from './changes.ts'
export type { Claim, Conflict } from './conflicts.ts'
export type { DocumentState } from './document-core.ts'
export type { Position } from './editing.ts'
export type { ImportOptions, ImportSource } from './import-file.ts'
export type { Author } from './lane.ts'
export type { ChangeOrigin } from './origin.ts'
export type { OutlineRow } from './outline.ts'
export type { Reference, UnresolvedReference } from './reference.ts'
export type { RenameOptions } from './rename-references.ts'
export type { Snapshot } from './snapshot.ts'
export type { TokenFiles } from '../payload/token-files.ts'

/** A path below a set: `color.brand.500` or its segments. Segments are needed where a name holds a dot. */
export type TokenPath = string | readonly string[]

export interface TokenDocumentOptions {
  /** The leased lane id of this running instance, `[0-9a-z]{8,32}`. Random by default: fine in memory, wasteful with storage. */
  readonly lane?: string
  readonly user?: { readonly id?: string; readonly name?: string }
  /** Names this program in the lane's header, at most 64 characters together with the user. */
  readonly app?: string
  readonly now?: () => number
  readonly random?: () => number
  /** Told what a subscriber threw. By default it is an uncaught error, which a page reports and Node ends the process for. */
  readonly onError?: (error: unknown) => void
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
  /**
   * The same as several files, as Tokens Studio keeps them in a folder: one for each set, `brand/dark.json` for `brand/dark`,
   * `$themes.json`, `$metadata.json`; indented by 2. {@link import} takes them in again, and what it took in comes out equal.
   * A name that is no path is written with `%` and hex digits, so that no file leaves its folder; `$metadata.json` lists the
   * sets where nothing else would tell their order.
   */
  toFiles(options?: { readonly indent?: number }): TokenFiles

  setNames(): readonly string[]
  /** The token or group at `path`, the whole set for `[]`; undefined where nothing lives. Frozen. */
  get(set: string, path: TokenPath): JsonObject | undefined
  /** Groups and tokens of a set in document order, parents before children; the same array until the set changes. */
  outline(set: string): readonly OutlineRow[]

  /** Writes a whole token; creates it, with the set and the groups above it, where there is none. */
  set(set: string, path: TokenPath, token: JsonObject, position?: Position): void
  /** Field-wise; an object value is merged part by part, `undefined` removes a field or part. */
  update(set: string, path: TokenPath, fields: { readonly [field: string]: unknown }): void
  remove(set: string, path: TokenPath): void
  /** Token or group. A `to` with another parent also moves it. */
  rename(set: string, path: TokenPath, to: TokenPath, options?: RenameOptions): void
  /** `toPath` is the new path, the node's name included. A group that comes onto a group, here or by `rename`, is united with it. */
  move(set: string, path: TokenPath, toSet: string, toPath: TokenPath, options?: Position & RenameOptions): void
  reorder(set: string, path: TokenPath, position: Position): void

  /**
   * Who refers to the token or group at `path`, or to what lies below it: by its dotted name, whichever set it is in, as Tokens
   * Studio resolves names. In order of sets, then of paths.
   */
  references(path: TokenPath): readonly Reference[]
  /**
   * References that name no token, and those that go in circles, as if all sets were on; themes are left aside. The same
   * array until something changes. The first call reads all tokens, a later one those that have changed.
   */
  unresolved(): readonly UnresolvedReference[]

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
  /**
   * JSON text, an object, or a Map of files as {@link toFiles} gives it. Text keeps key order exactly; an object keeps what
   * JavaScript keeps. Fills an empty document by a seed, else writes the difference. Throws `invalid-file` or `too-large`;
   * for one of several files `details.file` and the message name it.
   */
  import(source: ImportSource, options?: ImportOptions): void

  /** A throwing subscriber harms nobody. Called once per transaction, after the snapshot is current. */
  subscribe(listener: (changes: readonly TokenChange[]) => void): () => void
  /**
   * What differs from an earlier snapshot, as subscribers would be told at once; `who` and `when` are of who wrote last what is
   * there now. Cheap for a snapshot that `getSnapshot` of this document gave out, by what both share, and renames are seen as
   * such. Any other payload is compared by names; throws `invalid-file` where it is none. `describeChange` puts a change into
   * words.
   */
  changesSince(snapshot: Snapshot | JsonObject): readonly TokenChange[]

  /** This session's own steps only; a teammate's newer value is never undone. Returns false where there is nothing to do. */
  undo(): boolean
  redo(): boolean
  readonly canUndo: boolean
  readonly canRedo: boolean

  readonly conflicts: readonly Conflict[]
  /**
   * Takes one side of a conflict, its `current` or one of its `others`, for good. Throws `not-found` for a conflict that is
   * none of `conflicts`, and where what it is about has been deleted; `path-taken` for a name that another has.
   */
  settle(conflict: Conflict, claim: Claim): void
  /** Who wrote the current value, and when; null for what came with the file. */
  lastChange(set: string, path: TokenPath): ChangeAuthor | null

  /** Refuses writes with `read-only` and this reason until called with null. Reading and remote changes go on. */
  setReadOnly(reason: string | null): void
  /** Detaches from the Y.Doc, which stays usable. */
  destroy(): void
}

/**
 * The token document of a Y.Doc; a new Y.Doc by default. Reading writes nothing. Throws `duplicate-yjs` for a Y.Doc of
 * another copy of Yjs, and a `TypeError` for a lane id that is none.
 */
export function createTokenDocument(ydoc: Y.Doc = new Y.Doc(), options: TokenDocumentOptions = {}): TokenDocument {
  const { now = Date.now, random = Math.random, onError = reportUncaught } = options
  const lane = options.lane ?? freshLaneId(random)
  if (!(ydoc instanceof Y.Doc))
    throw new TokenError(
      'duplicate-yjs',
      'This Y.Doc comes from another copy of Yjs than y-tokens uses. Install one copy only: see "npm ls yjs".',
    )
  if (!isLaneId(lane)) throw new TypeError(`A lane id has 8 to 32 characters of 0-9 and a-z; "${lane}" has not.`)
  const core = createCore({ ...options, ydoc, entries: createEntries(ydoc), lane, now, random, onError })
  const { store, shown, undo } = core
  const changes = createChangesSince(core)
  const references = createReferences(core.editing)
  const withReferences = (
    renaming: RenameOptions | undefined,
    set: string,
    path: readonly string[],
    to: readonly string[],
    move: (editing: Editing, path: readonly string[], to: readonly string[]) => void,
  ): void =>
    core.act('local', (editing) => {
      if (renaming?.references) takeReferences(editing, references, { set, path }, to, () => move(editing, path, to))
      else move(editing, path, to)
    })
  let conflicts: { readonly revision: number; readonly list: readonly Conflict[] } | undefined

  const document: TokenDocument = {
    ydoc,
    get state() {
      return core.state
    },
    get lane() {
      return core.writer.lane
    },
    getSnapshot: changes.snapshot,
    toJSON: () => JSON.parse(JSON.stringify(shown.snapshot())) as Json,
    toText: ({ indent = 0 } = {}) => stringifyJson(shown.root(), indent),
    toFiles: ({ indent } = {}) => {
      const root = shown.root()
      const { setsId } = shown
      return splitFile({ form: setsId === '' ? 'sets' : 'single', root, sets: setsIn(root, setsId) }, indent)
    },
    setNames: () => setNamesOf(core.editing),
    get: (set, path) => {
      const place = shown.setPlace(set)
      const found = place && findPlace(place, parsePath(path))
      return found && (plainOf(found.view.value) as JsonObject)
    },
    outline: (set) => {
      const found = setsIn(shown.root(), shown.setsId).get(set)
      return found ? outlineOf(found) : noRows
    },
    set: (set, path, token, position) =>
      core.act('local', (editing) => setToken(editing, set, parsePath(path), token, position)),
    update: (set, path, fields) => core.act('local', (editing) => updateNode(editing, set, parsePath(path), fields)),
    remove: (set, path) => core.act('local', (editing) => removeNode(editing, set, parsePath(path))),
    rename: (set, path, to, renaming) =>
      withReferences(renaming, set, parsePath(path), parsePath(to), (editing, from, toPath) =>
        renameNode(editing, set, from, toPath),
      ),
    move: (set, path, toSet, to, moving) =>
      withReferences(moving, set, parsePath(path), parsePath(to), (editing, from, toPath) =>
        moveNode(
          editing,
          set,
          from,
          toSet,
          toPath,
          (moving?.before ?? moving?.after) === undefined ? undefined : moving,
        ),
      ),
    references: (path) => references().to(formatPath(parsePath(path))),
    unresolved: () => references().unresolved(),
    reorder: (set, path, position) =>
      core.act('local', (editing) => reorderNode(editing, set, parsePath(path), position)),
    addSet: (name, tokens = {}, position = {}) =>
      core.act('local', (editing) => addSet(editing, name, tokens, position)),
    removeSet: (name) => core.act('local', (editing) => removeSet(editing, name)),
    renameSet: (name, to) => core.act('local', (editing) => renameSet(editing, name, to)),
    reorderSets: (names) => core.act('local', (editing) => reorderSets(editing, names)),
    setTheme: (theme) => core.act('local', (editing) => setTheme(editing, theme)),
    removeTheme: (id) => core.act('local', (editing) => removeTheme(editing, id)),
    reorderThemes: (ids) => core.act('local', (editing) => reorderThemes(editing, ids)),
    transact: (fn) => core.act('local', fn),
    import: (source, importOptions) => importFile(core, source, importOptions),
    subscribe: core.subscribe,
    changesSince: changes.since,
    undo: () => {
      if (!undo.canUndo) return false
      core.checkWritable()
      return undo.undo()
    },
    redo: () => {
      if (!undo.canRedo) return false
      core.checkWritable()
      return undo.redo()
    },
    get canUndo() {
      return undo.canUndo
    },
    get canRedo() {
      return undo.canRedo
    },
    get conflicts() {
      shown.view()
      const { revision } = store
      if (conflicts?.revision !== revision) conflicts = { revision, list: conflictsIn(store, shown) }
      return conflicts.list
    },
    settle: (conflict, claim) => core.act('local', (editing) => settleConflict(editing, conflict, claim)),
    lastChange: (set, path) => {
      const place = shown.setPlace(set)
      const found = place && findPlace(place, parsePath(path))
      return found ? lastChangeAt(store, found) : null
    },
    setReadOnly: core.setReadOnly,
    destroy: core.destroy,
  }
  provideCore(document, core)
  return document
}

const noRows: readonly OutlineRow[] = Object.freeze([])
