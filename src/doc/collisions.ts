/**
 * Children of one name. Groups become one group; what a newer file lacks, but later edits keep alive, lends those edits to
 * what the file has at its path; otherwise the first to get the name keeps it, and the others get `-2`, `-3`, ….
 */
import { isToken } from '../payload/is-token.ts'
import { getKey, isContainer, isObject, type Json, type JsonObject, keysOf } from '../payload/ordered-json.ts'
import { compareText, newestFact } from './fact.ts'
import { frozenObject } from './frozen-json.ts'
import { arrangedView, type Child, childId, type Node, type View } from './node.ts'
import { orderKeyAt, unordered } from './order-key.ts'
import type { Tree } from './tree.ts'

export function settleNames(tree: Tree, parent: Node, children: readonly Child[]): readonly Child[] {
  if (new Set(children.map((child) => child.name)).size === children.length) return children
  const byName = new Map<string, Child[]>()
  for (const child of children) {
    const same = byName.get(child.name)
    if (same) same.push(child)
    else byName.set(child.name, [child])
  }
  const taken = new Set(byName.keys())
  const settled = new Map<Child, Child | null>()
  for (const [name, same] of byName) if (same.length > 1) settleOne(tree, parent, name, same, taken, settled)
  const result: Child[] = []
  for (const child of children) {
    const outcome = settled.get(child)
    if (outcome !== null) result.push(outcome ?? child)
  }
  return result
}

function settleOne(
  tree: Tree,
  parent: Node,
  name: string,
  same: readonly Child[],
  taken: Set<string>,
  settled: Map<Child, Child | null>,
): void {
  const [first, ...others] = same.toSorted(
    (a, b) => goneRank(a) - goneRank(b) || a.stamp - b.stamp || compareText(childId(a), childId(b)),
  ) as [Child, ...Child[]]
  const areSets = parent === tree.sets
  let keeper = first
  for (const child of others) {
    settled.set(child, null)
    const outlived = goneRank(child) > goneRank(first)
    if (name.startsWith('$')) continue
    if (isGroup(first, areSets) && isGroup(child, areSets) && (!areSets || outlived))
      keeper = merge(tree, keeper, child)
    else if (outlived && !areSets && isToken(first.view.value) && isToken(child.view.value))
      keeper = lend(keeper, child)
    else {
      let suffix = 2
      while (taken.has(`${name}-${suffix}`)) suffix++
      taken.add(`${name}-${suffix}`)
      settled.set(child, { ...child, name: `${name}-${suffix}` })
    }
  }
  settled.set(first, keeper)
}

function goneRank(child: Child): number {
  return child.node?.gone ? 1 : 0
}

/** A set is a group, whatever stands in it. */
function isGroup({ view: { value } }: Child, isSet: boolean): boolean {
  return isObject(value) && (isSet || !isToken(value))
}

/** One group of the children of both; where fields differ the first's count. */
function merge(tree: Tree, keeper: Child, other: Child): Child {
  const node = nodeOf(keeper)
  const otherNode = nodeOf(other)
  const others = childrenOf(other.view, otherNode)
  const fields = new Map(others.filter(isFieldChild).map((child) => [child.name, child]))
  const own = childrenOf(keeper.view, node).map((child) => {
    const field = isFieldChild(child) ? fields.get(child.name) : undefined
    if (!field) return child
    fields.delete(child.name)
    return { ...child, merged: [...child.merged, nodeOf(field), ...field.merged] }
  })
  const more = others.filter((child) => !isFieldChild(child) || fields.has(child.name))
  const children = settleNames(tree, node, [...own, ...more])
  return {
    ...keeper,
    node,
    view: viewOfChildren(children, false),
    merged: [...keeper.merged, otherNode, ...other.merged],
  }
}

/** Each of them is a node of its own from now on, for edits of the one group that they show as. */
function nodeOf(child: Child): Node {
  if (child.node) return child.node
  const node = child.base.makeKid(child.segment)
  node.view ??= child.view
  return node
}

/** `$type` and the like, and members that are no objects. */
function isFieldChild(child: Child): boolean {
  return child.name.startsWith('$') || !isObject(child.view.value)
}

/** The children of a view, also where they are just the members of its value. */
export function childrenOf(view: View, node: Node): readonly Child[] {
  if (view.children) return view.children
  if (!isContainer(view.value)) return []
  // The keys of an array are the segments of its entries.
  const value = view.value as JsonObject
  return keysOf(value).map((key, index) => {
    const segment = node.segmentFor(key)
    const kid = node.kid(segment) ?? null
    return {
      name: key,
      base: node,
      segment,
      node: kid,
      order: kid && isAddedByValue(kid) ? unordered : orderKeyAt(index),
      stamp: 0,
      view: kid?.view ?? { value: getKey(value, key) as Json, children: null },
      merged: [],
    }
  })
}

/** No file and no creation placed it. */
function isAddedByValue(kid: Node): boolean {
  return kid.layers !== undefined && kid.layers.every((layer) => layer.fact !== null)
}

/** The token of the file, with what the one that the file lacks was given since; edits of it are edits of both. */
function lend(keeper: Child, other: Child): Child {
  const node = nodeOf(keeper)
  const otherNode = nodeOf(other)
  const since = otherNode.gone ? otherNode.gone.t + 1 : Number.POSITIVE_INFINITY
  return {
    ...keeper,
    node,
    view: lentView(keeper.view, node, otherNode, since) as View,
    merged: [...keeper.merged, otherNode, ...other.merged],
  }
}

/**
 * `view` of `node` with the values laid over it that `from` and what is below it were given at `since` or later, and later
 * than what `node` itself was given.
 */
function lentView(view: View | undefined, node: Node, from: Node, since: number): View | undefined {
  const own = node.facts.filter(({ field }) => field === 'v' || field === 'c' || field === 'x')
  const bound = own.reduce((latest, { t }) => Math.max(latest, t + 1), since)
  const given = newestFact(from.facts, 'v', (fact) => fact.t >= bound && fact.counts())
  const base = given ? plainView(given.json() as Json, node) : view
  if (!base || !from.kids || !isContainer(base.value)) return base
  const children = new Map(childrenOf(base, node).map((child) => [child.segment, child]))
  const isArray = Array.isArray(base.value)
  // By their ids: they came in any order.
  for (const kid of [...from.kids.values()].toSorted((a, b) => compareText(a.segment, b.segment))) {
    const child = children.get(kid.segment)
    if (isArray && !child) continue
    const below = node.makeKid(kid.segment)
    const lent = lentView(child?.view, below, kid, given?.t ?? bound)
    if (!lent) continue
    const added = { name: kid.key, base: node, segment: kid.segment, order: unordered, stamp: 0, merged: [] }
    const { merged } = child ?? added
    children.set(kid.segment, { ...(child ?? added), node: below, view: lent, merged: [...merged, kid] })
  }
  return viewOfChildren([...children.values()], isArray)
}

function viewOfChildren(children: readonly Child[], isArray: boolean): View {
  const values = children.map((child) => child.view.value)
  const names = children.map((child) => child.name)
  return arrangedView(isArray ? Object.freeze(values) : frozenObject(names, values), children)
}

/** Of a value given whole: what else the node and its children were given has no say in it. */
function plainView(value: Json, node: Node): View {
  if (!isContainer(value) || !node.kids) return { value, children: null }
  const children = childrenOf({ value, children: null }, node)
  const plain = (child: Child): View => plainView(getKey(value as JsonObject, child.name) as Json, nodeOf(child))
  return arrangedView(
    value,
    children.map((child) => ({ ...child, view: plain(child) })),
  )
}
