/**
 * What a foreign file says of names and of the groups that tokens stand in. Both are judged by one table (`decideName`).
 */
import { segmentsOf } from '../payload/json-pointer.ts'
import type { AcceptedChange } from './accepted-change.ts'
import { decideName } from './decide.ts'
import type { ForeignMerge } from './foreign-merge.ts'
import { type Pair, parentOf } from './identify.ts'
import type { NodePlace } from './node-place.ts'
import type { KeptReason, KeptValue } from './side-entries.ts'
import type { Snap } from './snapshot-history.ts'

export interface Collector {
  readonly accepted: AcceptedChange[]
  readonly kept: KeptValue[]
  ignored: number
}

/** The last segments of the key are the node's own name: two of them where `x.l` is shown as `x/l`. */
function nameAt(key: string, folded: number): string {
  return segmentsOf(key).slice(-folded).join('.')
}

export function compareName(merge: ForeignMerge, { key, baseKey, place }: Pair, into: Collector): void {
  const shown = merge.view.keyById.get(place.id)
  if (key === baseKey && key === shown) return
  const { folded } = place
  const b = nameAt(baseKey, folded)
  const r = nameAt(key, folded)
  const d = shown === undefined ? undefined : nameAt(shown, merge.view.places.get(shown)?.folded ?? 1)
  if (r === b) {
    const reverted = merge.nearOthers.some((snap) => {
      const at = merge.history.keyOf(snap, place.id)
      return at !== undefined && nameAt(at, folded) !== r
    })
    if (d !== undefined && d !== r && reverted) keepName(place, key, r, d, 'possible-revert', into)
    return
  }
  const nearHas = merge.near.some(
    (snap) => snap.id !== merge.base.snap.id && merge.history.keyOf(snap, place.id) === key,
  )
  const beaten = merge.isBeaten(place.id, place.id, ['n', 'p'])
  const decision = decideName({ r, b, d, nearHas, beaten })
  if (decision === 'take') {
    const known = merge.history.snapsOf(merge.bin).some((snap) => merge.history.keyOf(snap, place.id) === key)
    into.accepted.push({ kind: 'name', key, place, before: b, after: r, known })
  } else if (typeof decision === 'object') keepName(place, key, r, d ?? null, decision.keep, into)
}

function keepName(
  place: NodePlace,
  key: string,
  text: string,
  ours: string | null,
  reason: KeptReason,
  into: Collector,
): void {
  into.kept.push({ role: 'name', node: place.id, place: key, field: '', text, ours, reason })
}

/** The group or set that a token stands in, as its name is judged. */
export function compareParent(merge: ForeignMerge, { key, baseKey, place }: Pair, into: Collector): void {
  const { id, folded } = place
  const shown = merge.view.keyById.get(id)
  if (
    folded !== 1 ||
    (parentOf(key) === parentOf(baseKey) && (shown === undefined || parentOf(shown) === parentOf(key)))
  )
    return
  const b = merge.base.places.get(parentOf(baseKey))?.id
  const r = merge.identity.placeOf(parentOf(key)).id
  const d = shown === undefined ? undefined : merge.view.places.get(parentOf(shown))?.id
  if (b === undefined) return
  const parentIn = (snap: Snap): string | undefined => {
    const at = merge.history.keyOf(snap, id)
    return at === undefined ? undefined : merge.history.placeAt(snap, parentOf(at))?.id
  }
  if (r === b) {
    const reverted = merge.nearOthers.some((snap) => (parentIn(snap) ?? r) !== r)
    if (d !== undefined && d !== r && reverted) keepParent(place, key, r, d, 'possible-revert', into)
    return
  }
  const nearHas = merge.near.some((snap) => snap.id !== merge.base.snap.id && parentIn(snap) === r)
  const decision = decideName({ r, b, d, nearHas, beaten: merge.isBeaten(id, id, ['p']) })
  if (decision === 'take') {
    const known = merge.history.snapsOf(merge.bin).some((snap) => parentIn(snap) === r)
    into.accepted.push({ kind: 'move', key, place, before: b, after: r, known })
  } else if (typeof decision === 'object') keepParent(place, key, r, d ?? null, decision.keep, into)
}

function keepParent(
  place: NodePlace,
  key: string,
  text: string,
  ours: string | null,
  reason: KeptReason,
  into: Collector,
): void {
  into.kept.push({ role: 'parent', node: place.id, place: key, field: '', text, ours, reason })
}
