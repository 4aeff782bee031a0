import { type Cover, isCovered, noCovers } from './cover.ts'
import { layersOf, ownCovers } from './layers.ts'
import type { Node } from './node.ts'
import type { Tree } from './tree.ts'

/**
 * Which of the deletions above a node reach it. One that does not cover the fact by which the node moved in was made by
 * somebody who did not know that it was there.
 */
export function coversReaching(node: Node, covers: readonly Cover[]): readonly Cover[] {
  const { moveFact } = node
  if (covers.length === 0 || !moveFact) return covers
  return covers.filter((cover) => isCovered(moveFact.t, moveFact.lane, [cover]))
}

/** Adds the node's own deletions to those that reach it. */
export function withOwnCovers(tree: Tree, node: Node, covers: readonly Cover[]): readonly Cover[] {
  const own = ownCovers(tree, node)
  return own.length === 0 ? covers : covers.length === 0 ? own : [...covers, ...own]
}

/** All deletions at the node: its own, and those above it as it stands now. */
export function coversAt(tree: Tree, node: Node): readonly Cover[] {
  const chain: Node[] = []
  for (let above: Node | null = node; above; above = above.parent) chain.push(above)
  let covers = noCovers
  for (const each of chain.toReversed()) covers = withOwnCovers(tree, each, coversReaching(each, covers))
  return covers
}

/**
 * What is strictly older than this is void in a node that moved away: it inherits from where it was born, whatever stands
 * above it now. A value that a deletion covers voids nothing.
 */
export function voidFromBirth(tree: Tree, node: Node): number {
  let newest = -1
  for (let above = node.up; above; above = above.up) {
    for (const { fact, t, lane } of layersOf(tree, above)) {
      if (fact?.field === 'v' && t > newest && !isCovered(t, lane, coversAt(tree, above))) newest = t
    }
  }
  return newest
}

/** Whether anything at or below the node, as it stands now, is known to none of the deletions. */
export function isAnythingUncovered(tree: Tree, node: Node, covers: readonly Cover[], voidBefore: number): boolean {
  const counts = (t: number, lane: string): boolean => t >= voidBefore && !isCovered(t, lane, covers)
  if (layersOf(tree, node).some(({ t, lane }) => counts(t, lane))) return true
  for (const { field, t, lane } of node.facts)
    if ((field === 'n' || field === 'p' || field === 'q') && counts(t, lane)) return true
  for (const kid of node.currentKids()) {
    const reaching = withOwnCovers(tree, kid, coversReaching(kid, covers))
    if (isAnythingUncovered(tree, kid, reaching, voidBefore)) return true
  }
  return false
}
