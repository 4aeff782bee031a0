/**
 * Children of one name. Groups become one group; what a newer file lacks, but later edits keep alive, lends those edits to
 * what the file has at its path; otherwise the first to get the name keeps it, and the others get `-2`, `-3`, ….
 */
import { isToken } from '../payload/is-token.ts'
import { getKey, isObject, type Json, type JsonObject, keysOf } from '../payload/ordered-json.ts'
import { compareText, newestFact } from './fact.ts'
import { frozenObject } from './frozen-json.ts'
import { arrangedView, type Child, childId, type Node, type View } from './node.ts'
import { orderKeyAt, unordered } from './order-key.ts'
import type { Tree } from './tree.ts'

export function settleNames(tree: Tree, parent: Node, children: readonly Child[]): readonly Child[] {
  const byName = new Map<string, Child[]>()
  for (const child of children) {
    const same = byName.get(child.name)
    if (same) same.push(child)
    else byName.set(child.name, [child])
  }
  if (byName.size === children.length) return children
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
  let keeper = first
  for (const child of others) {
    settled.set(child, null)
    const outlived = goneRank(child) > goneRank(first)
    if (name.startsWith('$')) continue
    if (isGroup(first) && isGroup(child) && (parent !== tree.sets || outlived)) keeper = merge(tree, keeper, child)
    else if (outlived && isObject(keeper.view.value) && !isGroup(child)) keeper = lend(keeper, child)
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

function isGroup(child: Child): boolean {
  return isObject(child.view.value) && !isToken(child.view.value)
}

/** One group of the children of both; where fields differ the first's count. */
function merge(tree: Tree, keeper: Child, other: Child): Child {
  const node = nodeOf(keeper)
  const otherNode = nodeOf(other)
  const own = childrenOf(keeper.view, node)
  const fields = new Set(own.filter(isFieldChild).map((child) => child.name))
  const more = childrenOf(other.view, otherNode).filter((child) => !isFieldChild(child) || !fields.has(child.name))
  const children = settleNames(tree, node, [...own, ...more])
  const value = frozenObject(
    children.map((child) => child.name),
    children.map((child) => child.view.value),
  )
  return {
    ...keeper,
    node,
    view: arrangedView(value, children),
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
  const { value } = view
  if (!isObject(value)) return []
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

function lend(keeper: Child, from: Child): Child {
  const after = from.node?.gone?.t ?? Number.POSITIVE_INFINITY
  const value = from.node ? lay(keeper.view.value, from.node, after) : keeper.view.value
  return { ...keeper, view: { value: value as Json, children: keeper.view.children } }
}

/** `value` with the values laid over it that `node` and what is below it were given later than `after`. */
function lay(value: Json | undefined, node: Node, after: number): Json | undefined {
  const given = newestFact(node.facts, 'v', (fact) => fact.t > after && fact.counts())
  const base = given ? given.json() : value
  if (!node.kids || !isObject(base)) return base
  const members = new Map<string, Json>()
  for (const key of keysOf(base)) members.set(key, getKey(base as JsonObject, key) as Json)
  for (const kid of node.kids.values()) {
    const laid = lay(members.get(kid.key), kid, after)
    if (laid !== undefined) members.set(kid.key, laid)
  }
  return frozenObject([...members.keys()], [...members.values()])
}
