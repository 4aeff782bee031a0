import type { Cover } from './cover.ts'
import type { Node, View, ViewKey } from './node.ts'
import type { Tree } from './tree.ts'

/** What the makers of views share; `viewOf` is how they come to the views of children. */
export interface Viewing {
  readonly tree: Tree
  viewOf(node: Node, under: ViewKey): View | undefined
}

/** Where the children of a node find themselves. */
export interface Inside extends ViewKey {
  /** Reaching the children, the node's own included. */
  readonly covers: readonly Cover[]
  readonly isToken: boolean
}

/**
 * A deleted group, which shows again what in it lives. `reborn`: it was created anew, so that its own fields count only if
 * they are new, too; else they come back with what lives.
 */
export interface Revival {
  readonly reborn: boolean
}
