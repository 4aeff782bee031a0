/** How facts and seeds come into the tree and leave it, and what must be worked out anew with them. */
import { isContainer } from '../payload/ordered-json.ts'
import type { Fact } from './fact.ts'
import { layersOf, ownCovers } from './layers.ts'
import { findNode, type Node } from './node.ts'
import { noSeed, type SeedInForce } from './seed-record.ts'
import { soil, type Tree } from './tree.ts'

/** Puts other seeds in force; everything derived is dropped. */
export function putSeeds(tree: Tree, seeds: readonly SeedInForce[]): void {
  tree.seeds = seeds.length === 0 ? [noSeed] : seeds
  const setsId = tree.seeds[0]?.setsId ?? '/values'
  // Each set has a node: its value stands in an entry of its own, not in the root's.
  for (const seed of tree.seeds) for (const id of seed.setIds) findNode(tree.root, id, true)
  tree.sets = setsId === '' ? tree.root : tree.root.makeKid('values')
  dropLayers(tree.root)
  tree.reshaped = true
  soil(tree.root)
  tree.movesStale = tree.movers.size > 0
}

export function addFact(tree: Tree, fact: Fact): boolean {
  const node = findNode(tree.root, fact.id, true)
  if (!node) return false
  node.addFact(fact)
  touch(tree, node, fact)
  return true
}

/** False where the tree has no such fact. */
export function removeFact(tree: Tree, fact: Fact): boolean {
  const node = findNode(tree.root, fact.id, false)
  if (!node?.removeFact(fact)) return false
  touch(tree, node, fact)
  return true
}

function touch(tree: Tree, node: Node, fact: Fact): void {
  const { field } = fact
  if (field === 'c' || field === 'v') dropLayers(node)
  if (field === 'x') node.ownCovers = undefined
  if (field !== 'v' && node.up) node.up.arranged = true
  if (field === 'p') {
    const moves = node.facts.some((each) => each.field === 'p' && each.text !== node.up?.id)
    if (moves || tree.movers.has(node)) tree.movesStale = true
    if (moves) tree.movers.add(node)
  } else if (tree.movers.size > 0 && decidesMoves(tree, node, fact)) tree.movesStale = true
  tree.reshaped ||= !keepsShape(tree, node, fact)
  soil(node)
  // Its place among the children at birth may be free again.
  if (field !== 'v' && node.up && node.parent !== node.up) soil(node.up)
}

/** Whether the fact only gives or takes another value without parts where there was one already, and nothing was deleted. */
function keepsShape(tree: Tree, node: Node, fact: Fact): boolean {
  if (fact.field !== 'v' || isContainer(fact.json())) return false
  const others = layersOf(tree, node).filter((layer) => layer.fact !== fact)
  if (others.length === 0 || others.some((layer) => isContainer(layer.value))) return false
  for (let above: Node | null = node; above; above = above.parent) if (ownCovers(tree, above).length > 0) return false
  return true
}

/** Whether the fact can change what a moved node or its new parent is: a group, a token, deleted, created anew. */
function decidesMoves(tree: Tree, node: Node, { field }: Fact): boolean {
  if (field === 'n' || field === 'q') return false
  if (field === 'x' || node.kids !== null || tree.movers.has(node) || tree.moveTargets.has(node)) return true
  const { up, segment } = node
  if (!up || (segment !== '$value' && segment !== 'value' && segment !== 'type')) return false
  const below = `${up.id}/`
  const concerns = (each: Node): boolean => each === up || each.id.startsWith(below)
  return [...tree.moveTargets].some(concerns) || [...tree.movers].some(concerns)
}

/** Content is inherited: with a node's, that of all nodes born below it changes. Iterative: ids may be long. */
function dropLayers(node: Node): void {
  node.layers = undefined
  node.plainVoid = undefined
  node.ownCovers = undefined
  if (!node.kids) return
  const open = [...node.kids.values()]
  for (let next = open.pop(); next; next = open.pop()) {
    next.layers = undefined
    next.plainVoid = undefined
    next.ownCovers = undefined
    next.dirty = true
    if (next.parent !== next.up) soil(next)
    if (next.kids) for (const kid of next.kids.values()) open.push(kid)
  }
}
