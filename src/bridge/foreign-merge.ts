/**
 * What the selection of a foreign file's changes works with: the file, its base, and the document, plus the questions that the
 * decision table asks about them.
 */
import type { FactAccess, FactField } from '../doc/fact-access.ts'
import { lastSegmentOf } from '../doc/node-id.ts'
import { escapeSegment } from '../payload/json-pointer.ts'
import type { PluginRows, Row } from '../payload/plugin-rows.ts'
import { identify, type Identity } from './identify.ts'
import type { DocumentView } from './lens.ts'
import type { NodePlace } from './node-place.ts'
import { fieldPath, fieldText } from './row-fields.ts'
import type { RenamedSets } from './renamed-sets.ts'
import { themePrefix } from './snapshot-content.ts'
import type { Snap, SnapshotHistory, SnapView } from './snapshot-history.ts'

export interface MergeInput {
  readonly file: PluginRows
  readonly base: SnapView
  readonly near: readonly Snap[]
  readonly low: boolean
  readonly renamedSets: RenamedSets
  readonly history: SnapshotHistory
  readonly bin: string
  readonly view: DocumentView
  readonly access: FactAccess
  /** Nodes that a file deleted which its writer saved later than this one. */
  readonly deletedLater: ReadonlySet<string>
}

export interface ForeignMerge extends MergeInput {
  readonly identity: Identity
  /** Time of the merge's facts: right after all that the base has seen. */
  readonly T: number
  /** Rows with set names of themes turned into the segments under which the document stores them. */
  fileRow(key: string): Row | undefined
  baseRow(key: string): Row | undefined
  documentRow(nodeId: string): Row | undefined
  /** Some snapshot of the bin had this text here; undefined asks for absence. */
  everHad(nodeId: string, field: string, text: string | undefined): boolean
  everLacked(nodeId: string): boolean
  /** As near as the base, but not the base. */
  nearHas(nodeId: string, field: string, text: string | undefined): boolean
  nearLacks(nodeId: string): boolean
  /** Near snapshots but the base. Any of them, older or newer, may be what the writer started from. */
  readonly nearOthers: readonly Snap[]
  rowIn(snap: Snap, nodeId: string): Row | undefined
  /** A fact of these fields at the register, or above it up to the node, is as new as the merge. */
  isBeaten(register: string, nodeId: string, fields: readonly FactField[]): boolean
  /** A file saved later deleted the node, or what it stands in. */
  wasDeletedLater(nodeId: string): boolean
  /** Facts at or below the node that the base has not seen. */
  hasUnseen(nodeId: string): boolean
}

export function prepareMerge(input: MergeInput): ForeignMerge {
  const { file, base, near, history, bin, view, access, renamedSets, deletedLater } = input
  const identity = identify(file, base, access.setsId, renamedSets)
  const T = base.snap.top + 1
  const snaps = history.snapsOf(bin)
  const nearOthers = near.filter(({ id }) => id !== base.snap.id)
  const segmentIn =
    (place: (key: string) => NodePlace | undefined) =>
    (set: string): string => {
      const id = place(`/${escapeSegment(set)}`)?.id
      return id === undefined ? escapeSegment(set) : lastSegmentOf(id)
    }
  const setsOfFile = new Set(file.sets.map((name) => `/${escapeSegment(name)}`))
  const inFile = segmentIn((key) => (setsOfFile.has(key) ? identity.placeOf(key) : undefined))
  const inBase = segmentIn((key) => base.places.get(key))
  const inView = segmentIn((key) => view.places.get(key))

  const rowIn = (snap: Snap, nodeId: string): Row | undefined => {
    const key = history.keyOf(snap, nodeId)
    const row = key === undefined ? undefined : history.rowAt(snap, key)
    return key?.startsWith(themePrefix)
      ? themeRow(
          row,
          segmentIn((at) => history.placeAt(snap, at)),
        )
      : row
  }
  const had = (snap: Snap, nodeId: string, field: string, text: string | undefined): boolean =>
    fieldText(rowIn(snap, nodeId), field) === text
  const lacks = (snap: Snap, nodeId: string): boolean => history.keyOf(snap, nodeId) === undefined

  return {
    ...input,
    identity,
    T,
    fileRow: (key) => rowAt(file, key, inFile),
    baseRow: (key) => rowAt(base.rows, key, inBase),
    documentRow: (nodeId) => {
      const key = view.keyById.get(nodeId)
      return key === undefined ? undefined : rowAt(view.rows, key, inView)
    },
    everHad: (nodeId, field, text) => snaps.some((snap) => had(snap, nodeId, field, text)),
    everLacked: (nodeId) => snaps.some((snap) => lacks(snap, nodeId)),
    nearHas: (nodeId, field, text) => nearOthers.some((snap) => had(snap, nodeId, field, text)),
    nearLacks: (nodeId) => nearOthers.some((snap) => lacks(snap, nodeId)),
    nearOthers,
    rowIn,
    isBeaten: (register, nodeId, fields) => {
      for (let at = register; at.length >= nodeId.length; at = at.slice(0, at.lastIndexOf('/'))) {
        if (access.factsAt(at).some((fact) => fields.includes(fact.field) && fact.t >= T)) return true
      }
      return false
    },
    wasDeletedLater: (nodeId) => {
      if (deletedLater.size === 0) return false
      for (let at = nodeId; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) if (deletedLater.has(at)) return true
      return false
    },
    hasUnseen: (nodeId) => {
      for (const { lane, field, t } of access.factsBelow(nodeId)) {
        if (field !== 'x' && !((base.vv.get(lane) ?? -1) >= t)) return true
      }
      return false
    },
  }
}

function rowAt(rows: PluginRows, key: string, segment: (set: string) => string): Row | undefined {
  if (!key.startsWith(themePrefix)) return rows.tokens.get(key)
  return themeRow(rows.themes.get(key.slice(themePrefix.length)), segment)
}

const selected = 'selectedTokenSets/'

function themeRow(row: Row | undefined, segment: (set: string) => string): Row | undefined {
  if (!row) return undefined
  const fields = Object.entries(row).map(([field, text]) => {
    const [head, set] = fieldPath(field)
    return head === 'selectedTokenSets' && set !== undefined ? [selected + segment(set), text] : [field, text]
  })
  return Object.fromEntries(fields) as Row
}
