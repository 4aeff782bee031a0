import { type Cover, isCovered } from './cover.ts'
import { type Fact, newestFact } from './fact.ts'
import { layersOf } from './layers.ts'
import type { Node } from './node.ts'
import type { Tree } from './tree.ts'

/** What its own facts say of a node's name and place among its siblings. */
export interface Standing {
  /** Undefined where it was never renamed. */
  readonly name: string | undefined
  /** When it got its name: by `n`, else by its creation, else 0, as what a file brought. */
  readonly stamp: number
  /** Undefined where its place in a file decides. */
  readonly order: string | undefined
  /** The order key of its creation. */
  readonly created: string | undefined
  /** A set's own place in `tokenSetOrder`. */
  readonly setOrder: string | undefined
}

const untold: Standing = { name: undefined, stamp: 0, order: undefined, created: undefined, setOrder: undefined }

/**
 * `covers` are those at the node, its own included. A node created anew after its deletion has a new life: names and places
 * that the deletion covers belong to the old one. A node brought back by an edit keeps them.
 *
 * Names and places older than a value given to what it was born in (`voidBefore`) are void; moves elsewhere are not.
 */
export function standingOf(tree: Tree, node: Node, covers: readonly Cover[], voidBefore: number): Standing {
  if (!node.facts.some((fact) => fact.field !== 'v' && fact.field !== 'x')) return untold
  const reborn = isReborn(tree, node, covers)
  const counts = (fact: Fact): boolean =>
    fact.t >= voidBefore && fact.counts() && !(reborn && isCovered(fact.t, fact.lane, covers))
  const name = newestFact(node.facts, 'n', counts)
  const creation = newestFact(node.facts, 'c', counts)
  const created = newestFact(node.facts, 'c', (fact) => counts(fact) && fact.order !== undefined)?.order
  return {
    name: name?.text,
    stamp: name?.t ?? creation?.t ?? 0,
    order: placeOrder(node, counts) ?? created,
    created,
    setOrder: newestFact(node.facts, 'q', counts)?.text,
  }
}

/** Whether it was created again, itself or with a group above it, after what covers it. */
export function isReborn(tree: Tree, node: Node, covers: readonly Cover[]): boolean {
  return layersOf(tree, node).some((layer) => layer.created && !isCovered(layer.t, layer.lane, covers))
}

/** The newest `p` gives the place, if it names the parent the node stands in. */
function placeOrder(node: Node, counts: (fact: Fact) => boolean): string | undefined {
  if (node.moveFact) return node.moveFact.order
  const place = newestFact(node.facts, 'p', counts)
  return place?.text === node.up?.id ? place?.order : undefined
}
