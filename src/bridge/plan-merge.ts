/**
 * A foreign file turned into what goes into the side document and, after it, into the document. Pure but for reading both.
 */
import { escapeSegment } from '../payload/json-pointer.ts'
import { canonicalRows, type PluginRows } from '../payload/plugin-rows.ts'
import { sha256Hex } from '../payload/sha256.ts'
import { chooseBase } from './choose-base.ts'
import { type ForeignFacts, foreignFacts } from './foreign-facts.ts'
import { type ForeignMerge, prepareMerge } from './foreign-merge.ts'
import { parentOf, rootKey, setKeyOf } from './identify.ts'
import { type Lens, placesToContent } from './lens.ts'
import { guardMassChange, type GuardedSelection } from './mass-change.ts'
import { mergeEntry, mergeEntryId } from './merge-entry.ts'
import type { NodePlace, SpelledField } from './node-place.ts'
import { shownKey } from './place-in-document.ts'
import { selectChanges, type Selection } from './select-changes.ts'
import type { MergeAbout, SnapHead } from './side-entries.ts'
import type { MergeEntry, NewEntry, SideDocument } from './side-document.ts'
import { rowsToContent, themePrefix } from './snapshot-content.ts'
import type { Snap } from './snapshot-history.ts'

export interface ForeignFile {
  readonly bin: string
  readonly rows: PluginRows
  /** Identity of this PUT: a known one is a repeat. */
  readonly write: string
  /** `$metadata.updatedAt`. */
  readonly savedAt: string | null
  /** `id` of the marker that the writer kept. */
  readonly marker: string | undefined
  readonly recovered: boolean
}

export type MergePlan =
  /** Nothing in the history can be the base. */
  | { readonly kind: 'noBase' }
  /** The base holds edits that this replica lacks. */
  | { readonly kind: 'baseAhead'; readonly base: Snap }
  | { readonly kind: 'plan'; readonly entries: readonly NewEntry[]; readonly merge: Omit<MergeEntry, 't'> | null }

export interface PlanOptions {
  readonly lens: Lens
  readonly side: SideDocument
  readonly by: string
  /** Whether this replica holds all that the snapshot's state vector names. */
  readonly covers: (snap: Snap) => boolean
  /** The wait for missing edits is over: choose among what is covered. */
  readonly onlyCovered: boolean
}

/** Hash of what the plugin would make of the file, and its date: the same content with another date is a new write. */
export function writeIdOf(rows: PluginRows, savedAt: string | null): string {
  return sha256Hex(`${canonicalRows(rows)}\n${savedAt ?? ''}`)
}

export function planMerge(file: ForeignFile, { lens, side, by, covers, onlyCovered }: PlanOptions): MergePlan {
  const { history } = side
  const { bin, rows, marker } = file
  const allowed = (snap: Snap): boolean => !onlyCovered || covers(snap)
  const choice = chooseBase(history, { bin, rows, marker, allowed })
  if (!choice) return { kind: 'noBase' }
  if (!covers(choice.base)) return { kind: 'baseAhead', base: choice.base }
  const { near, low, renamed: renamedSets } = choice
  const base = history.view(choice.base)
  const { access } = lens
  const merge = prepareMerge({
    file: rows,
    base,
    near,
    low,
    renamedSets,
    history,
    bin,
    view: lens.view(),
    access,
    deletedLater: deletedLater(side, file),
  })
  const selection = guardMassChange(merge, selectChanges(merge))
  const written = foreignFacts(merge, selection.accepted)
  const about = aboutOf(file, merge, selection)
  const body = mergeEntry({ merge, selection, written, write: file.write, about })
  const seen = seenSnap(file, merge, selection, written, by)
  if (!body) return { kind: 'plan', entries: [seen], merge: null }
  const id = mergeEntryId(body)
  return { kind: 'plan', entries: [seen, { kind: 'merge', id, body }], merge: { ...body, id } }
}

/** What merges of files deleted that were saved after this one, by the clocks of their writers. */
function deletedLater(side: SideDocument, { bin, savedAt }: ForeignFile): ReadonlySet<string> {
  const at = Date.parse(savedAt ?? '')
  const later = side.merges().filter((entry) => entry.bin === bin && Date.parse(entry.about.savedAt ?? '') > at)
  return new Set(
    later.flatMap(({ taken }) =>
      taken.flatMap(({ role, node, text }) => (role === 'node' && text === null ? [node] : [])),
    ),
  )
}

function aboutOf(file: ForeignFile, merge: ForeignMerge, { ignored, mass }: GuardedSelection): MergeAbout {
  const { snap } = merge.base
  const later = merge.history.snapsOf(merge.bin).filter(({ kind, t }) => kind === 'published' && t > snap.t)
  return {
    from: file.recovered ? 'recovered' : file.marker !== undefined ? 'edited' : 'plugin',
    savedAt: file.savedAt,
    baseAt: snap.t,
    behind: later.length,
    ignored,
    low: merge.low,
    ...(mass ? { mass } : {}),
  }
}

/** The file as it was read, with the nodes as after the merge: a later file of the same writer may descend from it. */
function seenSnap(
  file: ForeignFile,
  merge: ForeignMerge,
  selection: Selection,
  written: ForeignFacts,
  by: string,
): NewEntry {
  const { base, T } = merge
  const merged = written.facts.length > 0
  const vv = new Map(base.vv)
  if (merged) vv.set(written.lane, T)
  const head: Omit<SnapHead, 'parent'> = {
    kind: 'seen',
    bin: file.bin,
    top: merged ? T : base.snap.top,
    sv: base.snap.sv,
    by,
    rev: base.snap.rev,
    write: file.write,
    ...(file.marker === undefined ? {} : { marker: file.marker }),
  }
  const places = placesAfter(merge, selection, written)
  const id = `o${sha256Hex(file.write + base.snap.id + written.lane).slice(0, 16)}`
  return { kind: 'snap', id, head, content: { rows: rowsToContent(file.rows), ids: placesToContent(places), vv } }
}

function placesAfter(
  merge: ForeignMerge,
  { accepted }: Selection,
  { orders }: ForeignFacts,
): ReadonlyMap<string, NodePlace> {
  const { identity, view, history, bin } = merge
  const created = new Set(accepted.flatMap((change) => (change.kind === 'creation' ? [change.key] : [])))
  const places = new Map<string, NodePlace>()
  const snaps = history.snapsOf(bin)
  /** Undefined for a group that no node stands for: `x` above `x.l`, or one whose tokens were not taken. */
  const placeAfter = (key: string): NodePlace | undefined => {
    const place = identity.placeOf(key)
    const order = orders.get(key) ?? place.order
    if (!identity.isNew(key)) return { ...place, order }
    const old = !key.startsWith(themePrefix) && identity.spellsOld(setKeyOf(key)) ? allOld : place.old
    if (created.has(key)) return { ...place, order, old }
    if (orders.has(key)) return { ...place, order }
    const shown = view.places.get(shownKey(merge, key))
    const last = snaps.findLast((snap) => history.placeAt(snap, key) !== undefined)
    const known = shown ?? (last && history.placeAt(last, key))
    return known ?? (merge.file.tokens.has(key) || key.startsWith(themePrefix) ? place : undefined)
  }
  const put = (key: string): void => {
    const place = places.has(key) ? undefined : placeAfter(key)
    if (place) places.set(key, place)
  }
  for (const name of merge.file.sets) put(`/${escapeSegment(name)}`)
  for (const key of merge.file.tokens.keys()) {
    for (let group = parentOf(key); group !== rootKey; group = parentOf(group)) put(group)
    put(key)
  }
  for (const theme of merge.file.themes.keys()) put(themePrefix + theme)
  return places
}

const allOld: ReadonlySet<SpelledField> = new Set(['$value', '$type', '$description'])
