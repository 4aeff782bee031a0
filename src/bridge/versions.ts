/**
 * The history of a room: versions of the whole file that people named, and those put aside by themselves before much changes
 * (`automatic-versions.ts`). They stand in the side document, in the one format of snapshots, so that each costs what changed
 * since the last of its device; the team shares them, also those made offline, once both devices are online.
 *
 * A reader's key does not open the side document: there the history is empty, and nothing is saved.
 */
import { shownFileOf } from '../doc/shown-file.ts'
import type { FactAccess } from '../doc/fact-access.ts'
import type { TokenDocument, TokenPath } from '../doc/token-document.ts'
import { checkWritable } from '../doc/writable.ts'
import { changesOfFiles, type FileChange } from '../payload/file-changes.ts'
import { type FileForm, parseTokenFile, type TokenFile } from '../payload/file-form.ts'
import { holdsToken } from '../payload/is-token.ts'
import { equalJson, getKey, isObject, type JsonObject, keysOf, stringifyJson } from '../payload/ordered-json.ts'
import { hasPart, type PartsToPutBack, putBack } from '../payload/put-back.ts'
import { isTokenError } from '../payload/token-error.ts'
import { parsePath } from '../payload/token-name.ts'
import { BridgeError } from './bridge-error.ts'
import type { SideDocument } from './side-document.ts'
import type { Snap } from './snapshot-history.ts'
import { rowsToFile } from './version-content.ts'
import { type AutomaticReason, savedFile } from './version-entry.ts'
import { defaultVersionLimits, surplusVersions, type VersionLimits } from './version-limits.ts'

export interface SavedVersion {
  readonly id: string
  /** What people called it, or what an automatic one was put aside for: `Before importing brand.json`. */
  readonly name: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly by: string
  /** Put aside by itself: it goes before those that people named when the history gets too long. */
  readonly automatic: boolean
}

/** One thing that differs between two versions. */
export type VersionChange = FileChange

export interface RestoreParts {
  /** Names of sets, whole. One that the version lacks is removed. */
  readonly sets?: readonly string[]
  /** Tokens or groups. One that the version lacks is removed; groups and sets that are gone are made again. */
  readonly tokens?: readonly { readonly set: string; readonly path: TokenPath }[]
}

export interface PurgeOptions {
  /** Only versions older than this, in milliseconds since 1970. */
  readonly before?: number
  /** Leaves those that people named. */
  readonly automaticOnly?: boolean
}

/**
 * The history of a room. It is bounded: of the automatic versions the newest 60 stay, for 90 days at most and within about 12
 * million characters; of what one device saved, 200 versions and 12 million characters. What is over goes oldest first,
 * automatic ones before named ones. A file of more than 9 million characters is too large for it.
 */
export interface Versions {
  /** Newest first; the same array until something changes. */
  list(): readonly SavedVersion[]
  subscribe(listener: () => void): () => void
  /**
   * Puts the present tokens aside for the team and returns the version's id. Throws `no-tokens`, `too-large`, `invalid-name`,
   * and `read-only` as an edit would.
   */
  save(name: string): string
  /**
   * The same for a program that does so unasked, before it changes much: the version counts as automatic. Where there is
   * nothing to put aside, or too much, it is null. Throws `invalid-name`, `read-only`.
   */
  putAside(name: string): string | null
  /** The version's file, order-exact. Throws `not-found`. */
  text(id: string): string
  /**
   * What changed from version `a` to version `b`, token by token and field by field; `'now'` is the tokens as they are. A token
   * that was renamed is known as such where what it holds is the same. Throws `not-found`.
   */
  diff(a: string, b: string): readonly VersionChange[]
  /**
   * Makes the tokens those of the version, all or the chosen parts, as one ordinary change that can be undone; what it replaces
   * is put aside first, unless it is too large. Where nothing differs, nothing happens. Throws `not-found` for a version, or
   * for a part that neither the version nor the document has; and what `document.import` throws.
   */
  restore(id: string, parts?: RestoreParts): void
  /**
   * Takes a version out of everybody's history. What another device saved is hidden at once, and its content is erased when
   * that device next opens the room; of one that wrote nothing for 30 days, once nothing else of it is left to keep. Throws
   * `not-found`, `read-only`.
   */
  remove(id: string): void
  /** The same for all versions, or those that the options name; returns how many. Throws `read-only`. */
  purge(options?: PurgeOptions): number
}

export interface VersionsOptions {
  readonly document: TokenDocument
  readonly access: FactAccess
  readonly side: SideDocument
  readonly by: () => string
  readonly randomId: () => string
  readonly now: () => number
  readonly limits?: VersionLimits
}

/** What `bridge.ts` needs beside the public calls. */
export interface OwnedVersions extends Versions {
  /** Puts a file aside unasked; nothing where it has no tokens, or too many. */
  keep(file: TokenFile, name: string, reason: AutomaticReason, day?: string): void
  /** Stops following the side document. */
  stop(): void
}

/** An automatic name may hold that of a file or bin. */
const maxNameChars = 200

export function createVersions(options: VersionsOptions): OwnedVersions {
  const { document, access, side, by, randomId, now, limits = defaultVersionLimits } = options
  let listed: { readonly saved: readonly Snap[]; readonly versions: readonly SavedVersion[] } | undefined
  let standing: { readonly all: readonly Snap[]; readonly gone: number; readonly saved: readonly Snap[] } | undefined

  /** Oldest first; the same array until something changes. */
  const saved = (): readonly Snap[] => {
    const all = side.history.saved()
    const gone = all.filter(({ id }) => side.isGone(id)).length
    if (standing?.all !== all || standing.gone !== gone)
      standing = { all, gone, saved: all.filter(({ id }) => !side.isGone(id)) }
    return standing.saved
  }
  const find = (id: string): Snap => {
    const snap = side.history.get(id)
    if (snap?.kind !== 'saved' || side.isGone(id))
      throw new BridgeError('not-found', `There is no saved version ${id}. Choose one of the list.`)
    return snap
  }
  /** The file read last: who compares asks for it again and again. */
  let read: { readonly id: string; readonly file: TokenFile } | undefined
  const fileIn = (snap: Snap): TokenFile => {
    if (read?.id === snap.id) return read.file
    try {
      read = { id: snap.id, file: parseTokenFile(rowsToFile(side.history.content(snap).rows)) }
      return read.file
    } catch (error) {
      const isDamaged = error instanceof SyntaxError || error instanceof RangeError || isTokenError(error)
      if (!isDamaged) throw error
      throw new BridgeError('not-found', `The version "${snap.name}" is damaged and cannot be read.`, { cause: error })
    }
  }
  const fileOf = (id: string): TokenFile => (id === 'now' ? shownFileOf(document) : fileIn(find(id)))

  const put = (file: TokenFile, name: string, auto?: AutomaticReason, day?: string): string | null => {
    const marks = { ...(auto === undefined ? {} : { auto }), ...(day === undefined ? {} : { day }) }
    const entry = savedFile({ file, name: name.slice(0, maxNameChars), ...marks, access, by: by(), id: randomId() })
    if (!entry) return null
    side.append([entry])
    tidy()
    return entry.id
  }
  const putNow = (name: string, auto?: AutomaticReason): string | null => {
    checkWritable(document)
    const trimmed = name.trim()
    if (trimmed === '' || trimmed.length > maxNameChars)
      throw new BridgeError('invalid-name', `A version needs a name of 1 to ${maxNameChars} characters.`)
    return put(shownFileOf(document), trimmed, auto)
  }
  /** Takes out what is too much, what somebody removed, and what another version of the same day stands for. */
  const tidy = (): void => {
    const standing = oneOfADay(saved())
    const own = { saved: standing, lane: side.lane, sizeOf: side.versionSize, now: now() }
    const surplus = surplusVersions(own, limits)
    const wanted = new Set(standing.filter(({ id }) => !surplus.has(id)))
    const all = side.history.saved()
    for (const lane of new Set(all.map((snap) => snap.lane))) {
      const snaps = all.filter((snap) => snap.lane === lane)
      const going = snaps.filter((snap) => !wanted.has(snap))
      const isSilent = side.newestIn(lane) < now() - limits.silentMs
      if (going.length > 0 && (lane === side.lane || (isSilent && going.length === snaps.length)))
        side.dropVersions(lane, new Set(going.map(({ id }) => id)))
    }
  }
  const takeOut = (snaps: readonly Snap[]): void => {
    const own = snaps.filter(({ lane }) => lane === side.lane)
    const others = snaps.filter(({ lane }) => lane !== side.lane)
    if (others.length > 0) side.append(others.map(({ id }) => ({ kind: 'gone', id: randomId(), body: { entry: id } })))
    side.dropVersions(side.lane, new Set(own.map(({ id }) => id)))
    if (others.length > 0) tidy()
  }
  /** With those of the same day, which only stand behind it. */
  const withDoubles = (snaps: readonly Snap[]): readonly Snap[] => {
    const days = new Set(snaps.flatMap(({ day }) => day ?? []))
    return saved().filter((snap) => snaps.includes(snap) || (snap.day !== undefined && days.has(snap.day)))
  }
  const hasGoneOfOwn = (): boolean => side.history.saved().some(({ id, lane }) => lane === side.lane && side.isGone(id))
  const stop = side.subscribe(() => {
    if (hasGoneOfOwn()) tidy()
  })
  if (hasGoneOfOwn()) tidy()

  return {
    list: () => {
      const snaps = saved()
      if (listed?.saved !== snaps) listed = { saved: snaps, versions: oneOfADay(snaps).map(describe).toReversed() }
      return listed.versions
    },
    subscribe: (listener) => side.subscribe(listener),
    save: (name) => {
      const id = putNow(name)
      if (id !== null) return id
      if (![...shownFileOf(document).sets.values()].some(holdsToken))
        throw new BridgeError('no-tokens', 'There are no tokens to save as a version yet.')
      throw new BridgeError(
        'too-large',
        'There are too many tokens to keep a version of them: they take more than 9 million characters. Export them to a file instead.',
      )
    },
    putAside: (name) => putNow(name, 'import'),
    keep: (file, name, reason, day) => void put(file, name, reason, day),
    text: (id) => stringifyJson(fileIn(find(id)).root),
    diff: (a, b) => changesOfFiles(fileOf(a), fileOf(b)),
    restore: (id, parts) => {
      const snap = find(id)
      checkWritable(document)
      const now = shownFileOf(document)
      const then = fileIn(snap)
      const target = parts ? putBack(now, then, checkParts(now, then, parts)) : then.root
      if (equalJson(now.root, target, true)) return
      put(now, `Before restoring “${snap.name}”`, 'restore')
      if (holdsSets(target, now.form)) document.import(target, { mode: 'replace' })
      // The last set goes, and a file without any is none.
      else document.transact(() => now.sets.forEach((_, name) => document.removeSet(name)))
    },
    remove: (id) => {
      checkWritable(document)
      takeOut(withDoubles([find(id)]))
    },
    purge: ({ before = Number.POSITIVE_INFINITY, automaticOnly = false } = {}) => {
      checkWritable(document)
      const chosen = oneOfADay(saved()).filter(({ t, auto }) => t < before && (auto !== undefined || !automaticOnly))
      takeOut(withDoubles(chosen))
      return chosen.length
    },
    stop,
  }
}

/** Throws `not-found` for what is in neither file. */
function checkParts(now: TokenFile, then: TokenFile, { sets = [], tokens = [] }: RestoreParts): PartsToPutBack {
  const parts = { sets, tokens: tokens.map(({ set, path }) => ({ set, path: parsePath(path) })) }
  for (const { set, path } of [...sets.map((set) => ({ set, path: [] })), ...parts.tokens]) {
    if (hasPart(now, set, path) || hasPart(then, set, path)) continue
    const place = path.length === 0 ? `set "${set}"` : `token "${path.join('.')}" in the set "${set}"`
    throw new BridgeError('not-found', `There is no ${place}, neither in the version nor now. Nothing was changed.`)
  }
  return parts
}

function holdsSets(root: JsonObject, form: FileForm): boolean {
  const holder = form === 'single' ? getKey(root, 'values') : root
  if (!isObject(holder)) return false
  return keysOf(holder).some((key) => (form === 'single' || !key.startsWith('$')) && isObject(getKey(holder, key)))
}

function describe({ id, name = '', t, by, auto }: Snap): SavedVersion {
  return { id, name, at: t, by, automatic: auto !== undefined }
}

/** Two devices that began a day apart from each other both put it aside; the first counts. Oldest first. */
function oneOfADay(snaps: readonly Snap[]): readonly Snap[] {
  const days = new Set<string>()
  return snaps.filter(({ day }) => {
    if (day === undefined) return true
    if (days.has(day)) return false
    days.add(day)
    return true
  })
}
