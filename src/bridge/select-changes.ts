/**
 * Goes through a foreign file and lets the decision table judge each of its differences: what is accepted, what the document
 * keeps against it, what was only an old copy. Facts are made of the accepted changes elsewhere (`foreign-facts.ts`).
 */
import { escapeSegment } from '../payload/json-pointer.ts'
import type { Row } from '../payload/plugin-rows.ts'
import type { AcceptedChange } from './accepted-change.ts'
import { type Decision, decideCreation, decideField, decideRemoval } from './decide.ts'
import type { ForeignMerge } from './foreign-merge.ts'
import { type Pair, parentOf, rootKey, setKeyOf } from './identify.ts'
import { type NodePlace, registerOf } from './node-place.ts'
import { keyInSnapshot, shownKey } from './place-in-document.ts'
import { comparedFields, fieldText } from './row-fields.ts'
import { selectOrder } from './select-order.ts'
import { type Collector, compareName, compareParent } from './select-places.ts'
import type { KeptReason, KeptValue } from './side-entries.ts'
import { themePrefix } from './snapshot-content.ts'
import type { Snap } from './snapshot-history.ts'

export interface Selection {
  readonly accepted: readonly AcceptedChange[]
  readonly kept: readonly KeptValue[]
  /** Values that were only older copies of what the document has. */
  readonly ignored: number
}

export function selectChanges(merge: ForeignMerge): Selection {
  const into: Collector = { accepted: [], kept: [], ignored: 0 }
  const { identity } = merge
  for (const pair of identity.sets) compareName(merge, pair, into)
  for (const pair of identity.groups) compareName(merge, pair, into)
  const removedSets = removeSets(merge, into)
  for (const pair of identity.tokens) {
    compareName(merge, pair, into)
    compareParent(merge, pair, into)
    compareFields(merge, pair, into)
  }
  for (const pair of identity.themes) compareFields(merge, pair, into)
  for (const key of identity.gone.tokens) if (!removedSets.has(setKeyOf(key))) removeNode(merge, key, into)
  for (const key of identity.gone.themes) removeNode(merge, key, into)
  noticeTakenBack(merge, into)
  for (const key of identity.born.sets) createSet(merge, key, into)
  for (const key of identity.born.tokens) createNode(merge, key, into)
  for (const key of identity.born.themes) createNode(merge, key, into)
  selectOrder(merge, 'sets', into)
  selectOrder(merge, 'themes', into)
  return into
}

function compareFields(merge: ForeignMerge, { key, baseKey, place }: Pair, into: Collector): void {
  const fileRow = merge.fileRow(key)
  const baseRow = merge.baseRow(baseKey)
  const documentRow = merge.documentRow(place.id)
  if (fileRow === baseRow && baseRow === documentRow) return
  const decided = comparedFields(fileRow, baseRow, documentRow).flatMap((field): FieldDecision[] => {
    const r = fieldText(fileRow, field)
    const b = fieldText(baseRow, field)
    const d = fieldText(documentRow, field)
    if (r === b && d === r) return []
    return [
      { field, r, b, d, decision: judgeField(merge, place, field, { r, b, d, lives: documentRow !== undefined }) },
    ]
  })
  for (const { field, r, b, d, decision } of coupleType(decided, documentRow)) {
    if (decision === 'take') {
      const known = merge.everHad(place.id, field, r)
      into.accepted.push({ kind: 'field', key, place, field, before: b, after: r, known })
    } else if (decision === 'stale') into.ignored++
    else if (typeof decision === 'object') {
      const values = { text: r ?? null, ours: d ?? null }
      into.kept.push({ role: 'field', node: place.id, place: key, field, ...values, reason: decision.keep })
    }
  }
}

interface FieldDecision {
  readonly field: string
  readonly r: string | undefined
  readonly b: string | undefined
  readonly d: string | undefined
  readonly decision: Decision
}

function judgeField(
  merge: ForeignMerge,
  place: NodePlace,
  field: string,
  {
    r,
    b,
    d,
    lives,
  }: {
    readonly r: string | undefined
    readonly b: string | undefined
    readonly d: string | undefined
    readonly lives: boolean
  },
): Decision {
  const { id } = place
  return decideField({
    r,
    b,
    d,
    lives,
    known: r !== b && merge.everHad(id, field, r),
    nearHas: r !== b && merge.nearHas(id, field, r),
    nearDiffers: merge.nearOthers.some((snap) => fieldText(merge.rowIn(snap, id), field) !== r),
    low: merge.low,
    beaten: r !== b && merge.isBeaten(registerOf(place, field), id, ['v', 'c']),
    deletedLater: !lives && merge.wasDeletedLater(id),
  })
}

/** Type and value are taken together or not at all: a colour with a dimension's type is worse than either. */
function coupleType(decided: readonly FieldDecision[], documentRow: Row | undefined): readonly FieldDecision[] {
  const coupled = decided.filter(({ field }) => field === '$type' || field === '$value' || field.startsWith('$value/'))
  const type = coupled.find(({ field }) => field === '$type')
  if (!documentRow || !type) return decided
  const typeMoves = type.r !== type.b || type.d !== type.b
  const torn = coupled.some(({ decision }) => typeof decision === 'object' || decision === 'stale')
  if (!typeMoves || !torn) return decided
  return decided.map((each) =>
    coupled.includes(each) && each.decision === 'take' ? { ...each, decision: { keep: 'type-changed' } } : each,
  )
}

/** Whole sets first: one removal instead of one for each token. Answers the sets whose tokens are dealt with. */
function removeSets(merge: ForeignMerge, into: Collector): ReadonlySet<string> {
  const settled = new Set<string>()
  for (const key of merge.identity.gone.sets) {
    const place = merge.base.places.get(key)
    if (!place) continue
    const decision = decideRemoval({
      lives: merge.view.keyById.has(place.id),
      nearLacks: merge.nearLacks(place.id),
      known: merge.everLacked(place.id),
      low: merge.low,
      changed: setChanged(merge, key, place),
    })
    if (decision === 'take') into.accepted.push({ kind: 'removal', key, place })
    if (typeof decision === 'object') keepRemoval(place, key, decision.keep, into)
    const byTokens = typeof decision === 'object' && decision.keep === 'edit-beats-delete'
    if (!byTokens) settled.add(key)
  }
  return settled
}

function setChanged(merge: ForeignMerge, key: string, { id }: NodePlace): boolean {
  const { view, base } = merge
  const shown = view.keyById.get(id)
  if (shown === undefined) return false
  const heldBack = view.heldBack.some(
    ({ set, outcome }) => outcome === 'held-back' && `/${escapeSegment(set ?? '')}` === shown,
  )
  if (heldBack || shown !== key || merge.hasUnseen(id)) return true
  const count = (keys: Iterable<string>): number => [...keys].filter((each) => setKeyOf(each) === key).length
  if (count(view.rows.tokens.keys()) !== count(base.rows.tokens.keys())) return true
  return [...base.rows.tokens.keys()].some((each) => setKeyOf(each) === key && tokenChanged(merge, each))
}

function tokenChanged(merge: ForeignMerge, baseKey: string): boolean {
  const id = merge.base.places.get(baseKey)?.id ?? ''
  const baseRow = merge.baseRow(baseKey)
  const row = merge.documentRow(id)
  return comparedFields(baseRow, row).some((field) => fieldText(baseRow, field) !== fieldText(row, field))
}

function removeNode(merge: ForeignMerge, key: string, into: Collector): void {
  const place = merge.base.places.get(key)
  if (!place) return
  const shown = merge.view.keyById.get(place.id)
  const decision = decideRemoval({
    lives: shown !== undefined,
    nearLacks: merge.nearLacks(place.id),
    known: merge.everLacked(place.id),
    low: merge.low,
    changed: shown !== key || tokenChanged(merge, key) || merge.hasUnseen(place.id),
  })
  if (decision === 'take') into.accepted.push({ kind: 'removal', key, place })
  else if (typeof decision === 'object') keepRemoval(place, key, decision.keep, into)
}

function keepRemoval(place: NodePlace, key: string, reason: KeptReason, into: Collector): void {
  into.kept.push({ role: 'node', node: place.id, place: key, field: '', text: null, ours: null, reason })
}

/** Made, then deleted by the same writer: neither file nor base has it, but the document and a near snapshot do. */
function noticeTakenBack(merge: ForeignMerge, into: Collector): void {
  const { view, base, nearOthers, history, file } = merge
  if (nearOthers.length === 0) return
  const fileKeys = (keyOf: (key: string) => string): ReadonlySet<string> =>
    new Set([...[...file.tokens.keys()].map(keyOf), ...[...file.themes.keys()].map((id) => themePrefix + id)])
  const shown = fileKeys((key) => shownKey(merge, key))
  const inSnapshots = new Map<Snap, ReadonlySet<string>>()
  const inSnapshot = (snap: Snap): ReadonlySet<string> => {
    const keys = inSnapshots.get(snap) ?? fileKeys((key) => keyInSnapshot(merge, snap, key))
    inSnapshots.set(snap, keys)
    return keys
  }
  const keys = [...view.rows.tokens.keys(), ...[...view.rows.themes.keys()].map((id) => themePrefix + id)]
  for (const key of keys) {
    const place = view.places.get(key)
    if (!place || base.keyById.has(place.id) || shown.has(key)) continue
    const takenBack = nearOthers.some((snap) => {
      const at = history.keyOf(snap, place.id)
      return at !== undefined && !inSnapshot(snap).has(at)
    })
    if (takenBack) keepRemoval(place, key, 'possible-revert', into)
  }
}

/** A new set without tokens; one with tokens comes with the first of them. */
function createSet(merge: ForeignMerge, key: string, into: Collector): void {
  const holdsTokens = [...merge.file.tokens.keys()].some((each) => setKeyOf(each) === key)
  const place = merge.identity.placeOf(key)
  if (holdsTokens || merge.view.places.has(key)) return
  const nearHad = merge.near.some(
    (snap) => snap.id !== merge.base.snap.id && merge.history.keyOf(snap, place.id) === key,
  )
  const decision = decideCreation({
    taken: false,
    equal: false,
    nearHad,
    known:
      merge.everHad(place.id, '', undefined) &&
      merge.history.snapsOf(merge.bin).some((snap) => merge.history.keyOf(snap, place.id) !== undefined),
    low: merge.low,
    elsewhere: merge.view.keyById.has(place.id),
  })
  if (decision === 'take') into.accepted.push({ kind: 'creation', key, place, row: undefined })
  else if (typeof decision === 'object') keepCreation(merge, key, place, undefined, decision.keep, into)
}

function createNode(merge: ForeignMerge, key: string, into: Collector): void {
  const row = merge.fileRow(key)
  const place = merge.identity.placeOf(key)
  if (!row) return
  const wouldShow = shownKey(merge, key)
  const there = merge.view.places.get(wouldShow)
  const had = merge.history.snapsOf(merge.bin).filter((snap) => {
    const at = merge.history.rowAt(snap, keyInSnapshot(merge, snap, key))
    return coversRow(at, key.startsWith(themePrefix) ? undefined : row)
  })
  const decision = decideCreation({
    taken: there !== undefined || isInsideToken(merge, wouldShow),
    equal: there !== undefined && coversRow(merge.documentRow(there.id), row),
    nearHad: merge.near.some((snap) => snap.id !== merge.base.snap.id && had.includes(snap)),
    known: had.length > 0,
    low: merge.low,
    elsewhere: merge.view.keyById.has(place.id) || setLivesElsewhere(merge, key),
    deletedLater: merge.wasDeletedLater(place.id),
  })
  if (decision === 'take') into.accepted.push({ kind: 'creation', key, place, row })
  else if (typeof decision === 'object') keepCreation(merge, key, there ?? place, row, decision.keep, into)
}

function keepCreation(
  merge: ForeignMerge,
  key: string,
  place: NodePlace,
  row: Row | undefined,
  reason: KeptReason,
  into: Collector,
): void {
  const ours = merge.documentRow(place.id)
  if (!row || !ours) {
    const text = row ? JSON.stringify(row) : '{}'
    into.kept.push({ role: 'node', node: place.id, place: key, field: '', text, ours: null, reason })
    return
  }
  for (const field of comparedFields(row, ours)) {
    const text = fieldText(row, field)
    const our = fieldText(ours, field)
    if (text === our || text === undefined) continue
    into.kept.push({ role: 'field', node: place.id, place: key, field, text, ours: our ?? null, reason })
  }
}

/** `at` says at least what `row` says. */
function coversRow(at: Row | undefined, row: Row | undefined): boolean {
  return at !== undefined && (row === undefined || Object.entries(row).every(([field, text]) => at[field] === text))
}

function isInsideToken(merge: ForeignMerge, key: string): boolean {
  for (let above = parentOf(key); above !== rootKey; above = parentOf(above)) {
    if (merge.view.rows.tokens.has(above)) return true
  }
  return false
}

/** A new set of a name that another set of the document took meanwhile: its tokens have no place to go. */
function setLivesElsewhere(merge: ForeignMerge, key: string): boolean {
  if (key.startsWith(themePrefix)) return false
  const setKey = setKeyOf(key)
  if (!merge.identity.isNew(setKey)) return false
  const { id } = merge.identity.placeOf(setKey)
  const shown = merge.view.places.get(setKey)
  return (shown !== undefined && shown.id !== id) || (merge.view.keyById.get(id) ?? setKey) !== setKey
}
