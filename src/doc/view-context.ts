import { getKey, isObject, type Json, type JsonObject, keysOf } from '../payload/ordered-json.ts'
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

/** `made`, or the object given out before where nothing in it changed: snapshots share what is equal. */
export function sharedValue(before: View | null | undefined, made: Json): Json {
  return before && isShallowEqual(before.value, made) ? before.value : made
}

function isShallowEqual(a: Json, b: Json): boolean {
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false
    return a.every((item: Json, i) => item === b[i])
  }
  if (!isObject(a) || !isObject(b)) return false
  const keys = keysOf(a)
  const others = keysOf(b)
  return (
    keys.length === others.length &&
    keys.every((key, i) => key === others[i] && getKey(a, key) === getKey(b as JsonObject, key))
  )
}
