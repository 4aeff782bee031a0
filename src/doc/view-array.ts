import type { Json } from '../payload/ordered-json.ts'
import { compareText } from './fact.ts'
import { type Child, childId, type Layer, type Node, type View } from './node.ts'
import { orderKeyAt, unordered } from './order-key.ts'
import { sameItems } from './same-items.ts'
import { standingOf } from './standing.ts'
import { withOwnCovers } from './coverage.ts'
import { themeSegments } from './theme-id.ts'
import { type Inside, sharedValue, type Viewing } from './view-context.ts'

/** An array as its entries show: those of files by their place, later ones by their order keys; themes by their ids. */
export function buildArray(viewing: Viewing, node: Node, layers: readonly Layer[], inside: Inside): View {
  const top = layers.at(-1)?.value as readonly Json[]
  if (!node.kids && (layers.length === 1 || !node.isThemes)) return { value: top, children: null }
  const children: Child[] = []
  const taken = new Set<string>()
  for (let i = layers.length - 1; i >= 0; i--) {
    const entries = (layers[i] as Layer).value
    const segments = node.isThemes && Array.isArray(entries) ? themeSegments(entries) : undefined
    // Of lists of themes that files of one time brought, all themes count; any other array replaces the older.
    if (!Array.isArray(entries) || (i < layers.length - 1 && !segments)) break
    for (const [index, entry] of (entries as readonly Json[]).entries()) {
      const segment = segments?.[index] ?? String(index)
      if (taken.has(segment)) continue
      taken.add(segment)
      const child = childAt(viewing, node, segment, inside, orderKeyAt(index), entry)
      if (child) children.push(child)
    }
    if (!segments) break
  }
  for (const kid of node.kids?.values() ?? []) {
    if (taken.has(kid.segment) || (kid.kind !== 'entry' && kid.kind !== 'name')) continue
    const child = childAt(viewing, node, kid.segment, inside, undefined, undefined)
    if (child) children.push(child)
  }
  children.sort((a, b) => compareText(a.order, b.order) || compareText(childId(a), childId(b)))
  const value = Object.freeze(children.map((child) => child.view.value))
  return { value: sameItems(value, top) ? top : sharedValue(node.view, value), children }
}

function childAt(
  viewing: Viewing,
  node: Node,
  segment: string,
  inside: Inside,
  fileOrder: string | undefined,
  entry: Json | undefined,
): Child | undefined {
  const kid = node.kid(segment)
  const base = { name: segment, base: node, segment, stamp: 0, merged: [] }
  if (!kid) {
    if (entry === undefined) return undefined
    return { ...base, node: null, order: fileOrder ?? unordered, view: { value: entry, children: null } }
  }
  const { covers, voidBefore } = inside
  const { order = fileOrder } = standingOf(viewing.tree, kid, withOwnCovers(viewing.tree, kid, covers), voidBefore)
  // A part of an entry that is not there has no place.
  if (order === undefined) return undefined
  const view = viewing.viewOf(kid, { covers, inField: !node.isThemes, voidBefore })
  return view && { ...base, node: kid, order, view }
}
