/**
 * What a write must look at beyond its own register: facts of the far future that would outdo it for ever, and everything a
 * deletion covers.
 */
import { coverOf } from './cover.ts'
import type { Draft } from './draft.ts'
import { compareFacts, type Fact } from './fact.ts'
import type { FactStore } from './fact-store.ts'
import { seedLane } from './format.ts'
import { layersOf } from './layers.ts'
import { resolveMoves } from './moves.ts'
import { findNode, type Node, nodesBelow } from './node.ts'

/**
 * Facts beyond `limit` at or above the node, at birth and now, and for a deletion those below it, oldest first. The writer
 * issues them again at the present time.
 */
export function repairFarFuture(store: FactStore, id: string, below: boolean, limit: number): readonly Fact[] {
  const node = findNode(store.tree.root, id, false) ?? nearestNode(store, id)
  if (!node) return store.registers.factsAt(id).filter((fact) => fact.t > limit && fact.counts())
  resolveMoves(store.tree)
  const nodes = new Set<Node>()
  for (let above: Node | null = node; above; above = above.up) nodes.add(above)
  for (let above: Node | null = node; above; above = above.parent) nodes.add(above)
  if (below && node.id === id) for (const each of nodesBelow(node)) nodes.add(each)
  const far: Fact[] = []
  for (const each of nodes) for (const fact of each.facts) if (fact.t > limit && fact.counts()) far.push(fact)
  return far.toSorted(compareFacts)
}

function nearestNode(store: FactStore, id: string): Node | undefined {
  let above = id
  while (above !== '') {
    above = above.slice(0, above.lastIndexOf('/'))
    const node = findNode(store.tree.root, above, false)
    if (node) return node
  }
  return undefined
}

/** Facts of the running action at or below the node, and the nodes it moved in. */
export function stagedBelow(
  store: FactStore,
  id: string,
  draft: Draft,
): { readonly staged: readonly Fact[]; readonly movedIn: readonly string[] } {
  const node = findNode(store.tree.root, id, false)
  const staged: Fact[] = []
  const movedIn: string[] = []
  if (!node || draft.staged.length === 0) return { staged, movedIn }
  resolveMoves(store.tree)
  for (const each of nodesBelow(node)) {
    for (const fact of each.facts) if (draft.isStaged(fact)) staged.push(fact)
    if (each !== node && each.moveFact && draft.isStaged(each.moveFact)) movedIn.push(each.id)
  }
  return { staged, movedIn }
}

/**
 * Lane → newest stamp at or below the node as it stands now, lanes sorted. With it goes what gave the node its content from
 * above, a set created with tokens in it, and what earlier deletions there had seen. Undefined where there is nothing to
 * delete: only this action had made it.
 */
export function deletionVector(
  store: FactStore,
  id: string,
  limit: number,
  atMost: number,
): Readonly<Record<string, number>> | undefined {
  const { tree } = store
  const seen = new Map<string, number>()
  const see = (lane: string, t: number): void => {
    // What came from the far future was issued again just before.
    const known = t > limit ? atMost : t
    if (known > (seen.get(lane) ?? -1)) seen.set(lane, known)
  }
  const node = findNode(tree.root, id, true)
  const layers = node ? layersOf(tree, node) : []
  if (!node || layers.length === 0) return undefined
  resolveMoves(tree)
  // Covers nothing; it tells who decided against a newer file from who did not know it.
  if (tree.seeds.length > 1) seen.set(seedLane, tree.seeds[0]?.time ?? 0)
  for (const { lane, t } of layers) if (lane !== seedLane) see(lane, t)
  for (const fact of node.facts) {
    const cover = fact.field === 'x' ? coverOf(fact) : undefined
    if (cover && cover.seen !== 'everything') for (const [lane, t] of cover.seen) see(lane, t)
  }
  for (const each of nodesBelow(node)) for (const fact of each.facts) see(fact.lane, fact.t)
  return Object.fromEntries([...seen].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
