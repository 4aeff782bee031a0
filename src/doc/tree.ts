import { Node } from './node.ts'
import { noSeed, type SeedInForce } from './seed-record.ts'

/** The nodes with their facts, and the seeds they stand on. What shows is worked out in `view.ts`. */
export interface Tree {
  readonly root: Node
  /** Newest first; the first is the active one. Never empty. */
  seeds: readonly SeedInForce[]
  /** The node whose children are the sets. */
  sets: Node
  /** Nodes with a `p` that names another parent than that at birth. */
  readonly movers: Set<Node>
  /** Parents that such facts name; what they are decides whether the move applies. */
  readonly moveTargets: Set<Node>
  movesStale: boolean
  /** Not only values changed since the whole was viewed: what stands where may be otherwise. */
  reshaped: boolean
}

export function createTree(): Tree {
  const root = new Node(null, '')
  return {
    root,
    seeds: [noSeed],
    sets: root.makeKid('values'),
    movers: new Set(),
    moveTargets: new Set(),
    movesStale: false,
    reshaped: true,
  }
}

/** The view of the node, and of everything it stands in, must be made again. */
export function soil(node: Node): void {
  for (let above: Node | null = node; above; above = above.parent) above.dirty = true
}
