/**
 * The guard against mass changes. A file that deletes a large part of the tokens, or puts most values back to what they once
 * were, may be a mistake: a set deleted by accident, last week's file restored by hand, another project's tokens. What is new in
 * it is taken; the rest is held until a person decides (`held-changes.ts`).
 *
 * It limits what one merge does; what nobody wrote (blank, corrupt, another room's) never gets so far (`classify.ts`).
 */
import type { AcceptedChange } from './accepted-change.ts'
import type { ForeignMerge } from './foreign-merge.ts'
import { setKeyOf } from './identify.ts'
import { fieldText, headOf } from './row-fields.ts'
import type { Selection } from './select-changes.ts'
import { nameOf } from './select-order.ts'
import type { KeptValue, MassChange } from './side-entries.ts'
import { themePrefix } from './snapshot-content.ts'

const maxTokensGone = 20
const maxShareOfTokens = 0.25
const maxShareOfValues = 0.5

export interface GuardedSelection extends Selection {
  /** Null where the merge is no mass change. */
  readonly mass: MassChange | null
}

export function guardMassChange(merge: ForeignMerge, selection: Selection): GuardedSelection {
  if (!isMassChange(merge, selection)) return { ...selection, mass: null }
  const held = heldOf(selection.accepted)
  if (held.size === 0) return { ...selection, mass: null }
  return {
    accepted: selection.accepted.filter((change) => !held.has(change)),
    kept: [...selection.kept, ...[...held].map((change) => keptInstead(merge, change))],
    ignored: selection.ignored,
    mass: massOf(merge, [...held]),
  }
}

function isMassChange(merge: ForeignMerge, { accepted }: Selection): boolean {
  const { tokens, sets, themes } = massOf(merge, accepted)
  const changed = accepted.filter(isValue).length
  return (
    tokens[0] > Math.max(maxTokensGone, maxShareOfTokens * tokens[1]) ||
    sets[0] > 0 ||
    (themes[0] > 0 && themes[0] === themes[1]) ||
    changed > maxShareOfValues * countValues(merge)
  )
}

/** All but additions and what no snapshot ever had. */
function heldOf(accepted: readonly AcceptedChange[]): ReadonlySet<AcceptedChange> {
  const held = new Set(
    accepted.filter((change) => change.kind === 'removal' || isEmptied(change) || ('known' in change && change.known)),
  )
  // Type and value are taken together or not at all.
  const torn = new Set([...held].flatMap((change) => (isCoupled(change) ? [change.place.id] : [])))
  for (const change of accepted) if (isCoupled(change) && torn.has(change.place.id)) held.add(change)
  return held
}

/** The themes' entries of a set that goes belong to its deletion. */
function isEmptied(change: AcceptedChange): boolean {
  return change.kind === 'field' && change.after === undefined
}

function isCoupled(change: AcceptedChange): change is AcceptedChange & { readonly kind: 'field' } {
  return change.kind === 'field' && (change.field === '$type' || headOf(change.field) === '$value')
}

function massOf(merge: ForeignMerge, changes: readonly AcceptedChange[]): MassChange {
  const { view, base, identity } = merge
  const gone = changes.flatMap((change) => (change.kind === 'removal' ? [change.key] : []))
  const themes = gone.filter((key) => key.startsWith(themePrefix))
  const goneSets = new Set(identity.gone.sets.filter((set) => gone.some((key) => setKeyOf(key) === set)))
  const wholeSets = new Set(gone.filter((key) => goneSets.has(key)))
  const inWholeSets = [...base.rows.tokens.keys()].filter((key) => wholeSets.has(setKeyOf(key)))
  const alone = gone.filter((key) => !key.startsWith(themePrefix) && !wholeSets.has(key))
  return {
    tokens: [inWholeSets.length + alone.length, view.rows.tokens.size],
    sets: [goneSets.size, view.rows.sets.length],
    themes: [themes.length, view.rows.themes.size],
    values: [changes.filter((change) => isValue(change) && change.known).length, countValues(merge)],
  }
}

function isValue(change: AcceptedChange): change is AcceptedChange & { readonly kind: 'field' } {
  return change.kind === 'field' && headOf(change.field) === '$value'
}

function countValues({ view }: ForeignMerge): number {
  let count = 0
  for (const row of view.rows.tokens.values()) {
    for (const field of Object.keys(row)) if (headOf(field) === '$value') count++
  }
  return count
}

const reason = 'mass-change'

function keptInstead(merge: ForeignMerge, change: AcceptedChange): KeptValue {
  switch (change.kind) {
    case 'removal':
    case 'creation': {
      const { key, place } = change
      return { role: 'node', node: place.id, place: key, field: '', text: null, ours: null, reason }
    }
    case 'field': {
      const { key, place, field, after } = change
      const ours = fieldText(merge.documentRow(place.id), field) ?? null
      return { role: 'field', node: place.id, place: key, field, text: after ?? null, ours, reason }
    }
    case 'name': {
      const { key, place, before, after } = change
      return { role: 'name', node: place.id, place: key, field: '', text: after, ours: before, reason }
    }
    case 'move': {
      const { key, place, before, after } = change
      return { role: 'parent', node: place.id, place: key, field: '', text: after, ours: before, reason }
    }
    case 'order': {
      const names = (keys: readonly string[]): string => JSON.stringify(keys.map((key) => nameOf(change.list, key)))
      const node = change.list === 'sets' ? merge.access.setsId : '/$themes'
      const [ours, text] = [names(change.before), names(change.after)]
      return { role: 'order', node, place: change.list, field: '', text, ours, reason }
    }
  }
}
