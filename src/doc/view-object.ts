import { getKey, hasKey, isObject, type Json, type JsonObject, keysOf } from '../payload/ordered-json.ts'
import { settleNames } from './collisions.ts'
import { type Cover, isCovered, noCovers } from './cover.ts'
import { coversReaching, voidFromBirth, withOwnCovers } from './coverage.ts'
import { compareText } from './fact.ts'
import { isFieldKey } from './field-key.ts'
import { frozenObject } from './frozen-json.ts'
import { arrangedView, type Child, childId, type Layer, type Node, type View } from './node.ts'
import { orderKeyAt, unordered } from './order-key.ts'
import { standingOf } from './standing.ts'
import { sharedValue, type Inside, type Revival, type Viewing } from './view-context.ts'
import { overlay } from './view-overlay.ts'

/** An object as its children show. Undefined for a deleted group in which nothing lives. */
export function buildObject(
  viewing: Viewing,
  node: Node,
  layers: readonly Layer[],
  inside: Inside,
  revival: Revival | undefined,
): View | undefined {
  const objects = layers.filter((layer) => isObject(layer.value))
  if (!revival && inside.covers.length === 0 && !node.arranged && objects.length === 1) {
    const overlaid = overlay(viewing, node, (objects[0] as Layer).value as JsonObject, inside)
    if (overlaid) return overlaid
  }
  if (revival && !revival.reborn && isDeadThroughout(viewing, node, objects, inside)) return undefined
  const children: Child[] = []
  let lives = false
  /** Each under its own key at birth: no two have one name. */
  let isPlain = true
  for (const draft of draftsOf(viewing, node, objects, inside)) {
    const child = settle(viewing, node, draft, inside, revival)
    if (!child) continue
    children.push(child)
    isPlain &&=
      child.name === draft.key && (draft.node === null || (draft.node.up === node && draft.node.kind === 'name'))
    lives ||= isObject(child.view.value) && !isField(draft.key, inside)
  }
  if (revival && !revival.reborn && !lives) return undefined
  children.sort((a, b) => compareText(a.order, b.order) || compareText(childId(a), childId(b)))
  const settled = inside.inField || isPlain ? children : settleNames(viewing.tree, node, children)
  return arrangedView(valueOf(settled, node.view), settled)
}

/** The object of these members; the one given out before where that shows the same. */
function valueOf(children: readonly Child[], before: View | null | undefined): Json {
  if (before?.children && showSame(before.children, children)) return before.value
  const made = frozenObject(
    children.map((child) => child.name),
    children.map((child) => child.view.value),
  )
  return before?.children ? made : sharedValue(before, made)
}

function showSame(a: readonly Child[], b: readonly Child[]): boolean {
  return (
    a.length === b.length && a.every((child, i) => child.name === b[i]?.name && child.view.value === b[i].view.value)
  )
}

/** Quick answer for a deleted group to which nobody did anything: it is not looked through. */
function isDeadThroughout(viewing: Viewing, node: Node, objects: readonly Layer[], inside: Inside): boolean {
  if (node.kids || node.guests?.size || viewing.tree.seeds.length > 1) return false
  return objects.every((layer) => isCovered(layer.t, layer.lane, inside.covers))
}

/** A child that may show: a member of some layer, a node added by facts, or one that moved in. */
interface Draft {
  readonly key: string
  readonly segment: string
  readonly node: Node | null
  /** Its place and value in the newest layer that has it. */
  readonly index: number
  readonly layer: Layer | undefined
}

function* draftsOf(
  viewing: Viewing,
  node: Node,
  objects: readonly Layer[],
  inside: Inside,
): Generator<Draft, void, undefined> {
  const seen = new Set<string>()
  // Under deletions each child counts from its own oldest equal seed, which takes a node to find out.
  const needsNodes = inside.covers.length > 0 && viewing.tree.seeds.length > 1
  for (let i = objects.length - 1; i >= 0; i--) {
    const layer = objects[i] as Layer
    for (const [index, key] of keysOf(layer.value as JsonObject).entries()) {
      const segment = node.segmentFor(key)
      if (seen.has(segment)) continue
      seen.add(segment)
      const united = needsNodes || objects.slice(0, i).some(({ value }) => hasKey(value as JsonObject, key))
      const kid = united ? node.makeKid(segment) : node.kid(segment)
      if (!kid || kid.parent === node) yield { key, segment, node: kid ?? null, index, layer }
    }
  }
  for (const kid of node.kids?.values() ?? []) {
    if (seen.has(kid.segment) || kid.parent !== node || !canShow(kid)) continue
    yield { key: kid.key, segment: kid.segment, node: kid, index: -1, layer: undefined }
  }
  for (const guest of node.guests ?? []) {
    if (canShow(guest)) yield { key: guest.key, segment: guest.segment, node: guest, index: -1, layer: undefined }
  }
}

function canShow(kid: Node): boolean {
  return kid.kind === 'name' || kid.kind === 'generation'
}

function isField(key: string, inside: Inside): boolean {
  return inside.inField || isFieldKey(key, inside.isToken)
}

function settle(
  viewing: Viewing,
  node: Node,
  draft: Draft,
  inside: Inside,
  revival: Revival | undefined,
): Child | undefined {
  const { key, segment, node: kid, index, layer } = draft
  const fileOrder = index === -1 ? unordered : orderKeyAt(index)
  const value = layer && (getKey(layer.value as JsonObject, key) as Json)
  const field = isField(key, inside)
  // The fields of a group that lives again come back with it.
  const spared = revival !== undefined && !revival.reborn && (field || (value !== undefined && !isObject(value)))
  if (!kid) {
    if (!layer || value === undefined) return undefined
    if (!spared && isCovered(layer.t, layer.lane, inside.covers)) return undefined
    return {
      name: key,
      base: node,
      segment,
      node: null,
      order: fileOrder,
      stamp: 0,
      view: { value, children: null },
      merged: [],
    }
  }
  const isGuest = kid.parent !== kid.up
  const covers: readonly Cover[] = spared ? noCovers : coversReaching(kid, inside.covers)
  const voidBefore = isGuest ? voidFromBirth(viewing.tree, kid) : inside.voidBefore
  const view = viewing.viewOf(kid, { covers, inField: field, voidBefore })
  if (!view) return undefined
  if (kid.sibling?.fileOrder === fileOrder) return kid.sibling.child
  const standing = standingOf(viewing.tree, kid, withOwnCovers(viewing.tree, kid, covers), voidBefore)
  const renamed = !field && isObject(view.value) && isName(standing.name, node, viewing)
  const child: Child = {
    name: renamed ? (standing.name as string) : key,
    base: kid.up ?? node,
    segment,
    node: kid,
    order: standing.order ?? fileOrder,
    stamp: standing.stamp,
    view,
    merged: [],
  }
  kid.sibling = { child, fileOrder }
  return child
}

/** A token renamed `$value` would make its group a token; set names are free. */
function isName(name: string | undefined, parent: Node, viewing: Viewing): boolean {
  if (name === undefined) return false
  return parent === viewing.tree.sets || (name !== '' && !name.startsWith('$'))
}
