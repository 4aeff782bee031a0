/**
 * The journal entry of a merge: its facts as they will be written, every value they replace, every value the document keeps
 * against them. It is stored before the facts, and they are written as they stand in it.
 */
import type { LaneFact } from '../doc/fact-access.ts'
import { isObject, stringifyJson } from '../payload/ordered-json.ts'
import { sha256Hex } from '../payload/sha256.ts'
import type { AcceptedChange } from './accepted-change.ts'
import type { ForeignFacts } from './foreign-facts.ts'
import type { ForeignMerge } from './foreign-merge.ts'
import { type NodePlace, registerOf } from './node-place.ts'
import type { Selection } from './select-changes.ts'
import { nameOf } from './select-order.ts'
import type { MergeAbout, MergeBody, ReplacedValue, TakenChange } from './side-entries.ts'

export interface EntryParts {
  readonly merge: ForeignMerge
  readonly selection: Selection
  readonly written: ForeignFacts
  readonly write: string
  readonly about: MergeAbout
}

/** Null where the merge changes nothing and keeps nothing: then there is nothing to tell. */
export function mergeEntry({ merge, selection, written, write, about }: EntryParts): MergeBody | null {
  if (written.facts.length === 0 && selection.kept.length === 0) return null
  return {
    bin: merge.bin,
    write,
    base: merge.base.snap.id,
    lane: written.lane === '' ? emptyLane : written.lane,
    T: merge.T,
    facts: written.facts,
    taken: selection.accepted.map((change) => takenChange(merge, change)),
    replaced: selection.accepted.flatMap((change) => replacedBy(merge, change)),
    kept: selection.kept,
    about,
  }
}

/** Stands in an entry without facts, which has no lane. */
const emptyLane = 'bin0000000000000'

/** Hash of all that decides and is decided: two bridges may keep different values of one write. */
export function mergeEntryId({ write, base, lane, T, facts, replaced, kept }: MergeBody): string {
  return `m${sha256Hex(JSON.stringify([write, base, lane, T, facts, replaced, kept])).slice(0, 20)}`
}

/** What may be erased when the entry's facts are written, on the first run and on every replay. */
export function erasableBy(entry: MergeBody): (fact: LaneFact) => boolean {
  const texts = new Map<string, Set<string>>()
  for (const { register, text } of entry.replaced) {
    if (text !== null) texts.set(register, (texts.get(register) ?? new Set()).add(text))
  }
  return ({ id, t, text }) => t < entry.T && (texts.get(id)?.has(text) ?? false)
}

function takenChange(merge: ForeignMerge, change: AcceptedChange): TakenChange {
  switch (change.kind) {
    case 'field': {
      const { key, place, field, before, after } = change
      return { role: 'field', node: place.id, place: key, field, before: before ?? null, text: after ?? null }
    }
    case 'name': {
      const { key, place, before, after } = change
      return { role: 'name', node: place.id, place: key, field: '', before, text: after }
    }
    case 'move': {
      const { key, place, before, after } = change
      return { role: 'parent', node: place.id, place: key, field: '', before, text: after }
    }
    case 'removal': {
      const { key, place } = change
      return { role: 'node', node: place.id, place: key, field: '', before: nodeText(merge, place.id), text: null }
    }
    case 'creation': {
      const { key, place, row } = change
      const text = JSON.stringify(row ?? {})
      return { role: 'node', node: place.id, place: key, field: '', before: null, text }
    }
    case 'order': {
      const names = (keys: readonly string[]): string => JSON.stringify(keys.map((key) => nameOf(change.list, key)))
      const node = change.list === 'sets' ? merge.access.setsId : '/$themes'
      const [before, text] = [names(change.before), names(change.after)]
      return { role: 'order', node, place: change.list, field: '', before, text }
    }
  }
}

function nodeText(merge: ForeignMerge, id: string): string {
  return stringifyJson(merge.access.valueOf(id) ?? {})
}

function replacedBy(merge: ForeignMerge, change: AcceptedChange): ReplacedValue[] {
  switch (change.kind) {
    case 'field':
      return [...fieldTexts(merge, change.key, change.place, change.field, change.after), ...deletion(merge, change)]
    case 'name':
      return [...nameTexts(merge, change, change.after), ...deletion(merge, change)]
    case 'move':
      return [...parentTexts(merge, change), ...deletion(merge, change)]
    case 'removal': {
      const { key, place } = change
      const whole = { role: 'node', node: place.id, register: place.id, place: key, field: '' } as const
      const row = merge.documentRow(place.id) ?? {}
      return [
        { ...whole, text: nodeText(merge, place.id) },
        ...Object.keys(row).flatMap((field) => fieldTexts(merge, key, place, field, row[field])),
        ...nameTexts(merge, change, undefined),
      ]
    }
    case 'creation':
    case 'order':
      return []
  }
}

/** An edit revives a token that was deleted here: the deletion is what it replaces. */
function deletion(
  merge: ForeignMerge,
  { key, place: { id } }: { readonly key: string; readonly place: NodePlace },
): ReplacedValue[] {
  if (merge.view.keyById.has(id)) return []
  return [{ role: 'node', node: id, register: id, place: key, field: '', text: null }]
}

/** Also texts that had already lost: for certain, the foreign author has seen none of them. */
function fieldTexts(
  { access }: ForeignMerge,
  key: string,
  place: NodePlace,
  field: string,
  kept: string | undefined,
): ReplacedValue[] {
  const register = registerOf(place, field)
  const texts = new Set(access.layerTexts(register))
  const value = access.valueOf(register)
  if (isObject(value)) texts.add(stringifyJson(value))
  texts.delete(kept ?? '')
  return [...texts].map((text) => ({ role: 'field', node: place.id, register, place: key, field, text }))
}

function nameTexts(
  { access }: ForeignMerge,
  change: { readonly key: string; readonly place: NodePlace; readonly before?: string },
  kept: string | undefined,
): ReplacedValue[] {
  const { id } = change.place
  const names = new Set(access.factsAt(id).flatMap(({ field, text }) => (field === 'n' ? [text] : [])))
  if (change.before !== undefined) names.add(change.before)
  names.delete(kept ?? '')
  return [...names].map((text) => ({ role: 'name', node: id, register: id, place: change.key, field: '', text }))
}

function parentTexts(
  { access }: ForeignMerge,
  { key, place: { id }, before, after }: Extract<AcceptedChange, { kind: 'move' }>,
): ReplacedValue[] {
  const parents = new Set(access.factsAt(id).flatMap(({ field, text }) => (field === 'p' ? [text] : [])))
  parents.add(before).delete(after)
  return [...parents].map((text) => ({ role: 'parent', node: id, register: id, place: key, field: '', text }))
}
