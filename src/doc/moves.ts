/**
 * Where nodes stand now. Every node starts where it was born; the newest `p` of each is then applied in the order of the
 * facts, so that of two moves into each other the later is skipped, on every device alike.
 */
import { isObject } from '../payload/ordered-json.ts'
import { coversAt, withOwnCovers } from './coverage.ts'
import { type Cover, isCovered, noCovers } from './cover.ts'
import { compareFacts, type Fact, newestFact } from './fact.ts'
import { maxDepth } from './format.ts'
import { isFieldKey } from './field-key.ts'
import { isPlainToken, ownCovers, plainLayers } from './layers.ts'
import { findNode, type Node } from './node.ts'
import { sameItems } from './same-items.ts'
import { isReborn } from './standing.ts'
import { soil, type Tree } from './tree.ts'

/** Levels a tree may have after moves: everything that walks it recurses at most so deep. */
const maxMovedDepth = 2 * maxDepth

export function resolveMoves(tree: Tree): void {
  if (!tree.movesStale) return
  tree.movesStale = false
  const before = new Map<Node, { readonly parent: Node | null; readonly past: readonly Cover[] | undefined }>()
  const wanted: { readonly node: Node; readonly fact: Fact }[] = []
  for (const node of tree.movers) {
    before.set(node, { parent: node.parent, past: node.pastCovers })
    setPast(node, undefined)
    if (node.parent !== node.up) node.parent?.guests?.delete(node)
    node.parent = node.up
    node.moveFact = undefined
    if (!node.facts.some((fact) => fact.field === 'p')) tree.movers.delete(node)
    const own = ownCovers(tree, node)
    const reborn = isReborn(tree, node, own)
    const fact = newestFact(node.facts, 'p', ({ t, lane }) => !(reborn && isCovered(t, lane, own)))
    if (fact && fact.text !== node.up?.id) wanted.push({ node, fact })
  }
  wanted.sort((a, b) => compareFacts(a.fact, b.fact))
  tree.moveTargets.clear()
  const heights = new Map<Node, number>()
  for (const { node, fact } of wanted) apply(tree, node, fact, heights)
  for (const [node, { parent, past }] of before) {
    if (node.parent === parent && sameItems(node.pastCovers ?? noCovers, past ?? noCovers)) continue
    tree.reshaped = true
    for (const each of [node.up, parent, node.parent, node]) {
      if (!each) continue
      if (each !== node) each.arranged = true
      soil(each)
    }
  }
}

function apply(tree: Tree, node: Node, fact: Fact, heights: Map<Node, number>): void {
  const target = targetOf(tree, node, fact.text)
  if (!target || target === node.up) return
  tree.moveTargets.add(target)
  const layers = plainLayers(tree, target)
  if (!isObject(layers.at(-1)?.value) || isPlainToken(tree, target)) return
  let depth = 0
  for (let above: Node | null = target; above; above = above.parent) {
    if (above === node) return
    depth++
  }
  const height = heightOf(node, heights)
  if (depth + height > maxMovedDepth) return
  const past = deletionsOfOldLife(tree, node, fact, target)
  if (past) {
    setPast(node, past)
    return
  }
  for (let above: Node | null = target, below = height + 1; above; above = above.parent, below++)
    if (heightOf(above, heights) < below) heights.set(above, below)
  node.parent = target
  node.moveFact = fact
  target.guests ??= new Set()
  target.guests.add(node)
}

/** The new parent, if such a node may stand there: tokens and groups in sets and groups. */
function targetOf(tree: Tree, node: Node, id: string): Node | undefined {
  if (!id.startsWith(`${tree.sets.id}/`) || !isTokenOrGroup(tree, node)) return undefined
  const target = findNode(tree.root, id, true)
  return target && (target.up === tree.sets || isTokenOrGroup(tree, target)) ? target : undefined
}

/** False for sets and what holds them, fields and their parts, and nodes never shown. */
function isTokenOrGroup(tree: Tree, node: Node): boolean {
  for (let each: Node | null = node; each?.up; each = each.up) {
    if (each.up === tree.sets) return each !== node
    if (each.kind === 'reserved' || each.kind === 'entry') return false
    if (isFieldKey(each.key, isPlainToken(tree, each.up))) return false
  }
  return false
}

/** An upper bound, so that it need not be counted: no birth tree is deeper than ids are long. */
function heightOf(node: Node, heights: ReadonlyMap<Node, number>): number {
  const known = heights.get(node)
  if (known !== undefined) return known
  let depth = 0
  for (let above = node.up; above; above = above.up) depth++
  return maxDepth - depth
}

/** A node that was moved, deleted and then created anew stands where it was created. Undefined for any other. */
function deletionsOfOldLife(tree: Tree, node: Node, fact: Fact, target: Node): readonly Cover[] | undefined {
  const reaching = coversAt(tree, target).filter((cover: Cover) => isCovered(fact.t, fact.lane, [cover]))
  const covers = withOwnCovers(tree, node, reaching)
  return isCovered(fact.t, fact.lane, covers) && isReborn(tree, node, covers) ? reaching : undefined
}

/** What reached it there reaches all that it was before, its name and what stood in it. */
function setPast(node: Node, covers: readonly Cover[] | undefined): void {
  node.pastCovers = covers
  node.ownCovers = undefined
}
