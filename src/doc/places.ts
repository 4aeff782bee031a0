/**
 * Where something is shown, and which node it is: the way from names to ids and back. To be asked only of a current view.
 */
import { getKey, hasKey, isIntegerKey, isObject, type Json, keysOf } from '../payload/ordered-json.ts'
import { lastSegmentOf, parentIdOf, segmentForKey } from './node-id.ts'
import { type Child, childId, findNode, type Node, type View } from './node.ts'
import { orderKeyAt, unordered } from './order-key.ts'
import type { Tree } from './tree.ts'

export interface Place {
  readonly id: string
  /** Null where no fact stands at or below it. */
  readonly node: Node | null
  readonly view: View
  /** The name it is shown under. */
  readonly name: string
  readonly parent: Place | null
}

export function rootPlace(tree: Tree, view: View): Place {
  return { id: '', node: tree.root, view, name: '', parent: null }
}

/** What is shown under this name; array entries and themes go by their segment. */
export function childPlace(place: Place, name: string): Place | undefined {
  const { children } = place.view
  if (children) {
    const child = indexOf(children).byName.get(name)
    return child && placeOfChild(place, child)
  }
  const value = memberOf(place.view.value, name)
  if (value === undefined) return undefined
  const segment = segmentForKey(place.id, name)
  const node = place.node?.kid(segment) ?? null
  const view = node?.view ?? { value, children: null }
  return { id: `${place.id}/${segment}`, node, view, name, parent: place }
}

function placeOfChild(parent: Place, child: Child): Place {
  return { id: childId(child), node: child.node, view: child.view, name: child.name, parent }
}

function memberOf(value: Json, name: string): Json | undefined {
  if (Array.isArray(value)) return isIntegerKey(name) ? (value as readonly Json[])[Number(name)] : undefined
  return isObject(value) && hasKey(value, name) ? getKey(value, name) : undefined
}

/** Where the node with this id is shown; undefined where it does not live. */
export function placeOfId(tree: Tree, view: View, id: string): Place | undefined {
  if (id === '') return rootPlace(tree, view)
  const node = findNode(tree.root, id, false)
  const moved = node && node.parent !== node.up
  const parentId = moved ? (node.parent as Node).id : parentIdOf(id)
  const parent = placeOfId(tree, view, parentId)
  if (parent) return childOfId(parent, id)
  // Its group may be shown as one with another of the same name.
  const host = hostOf(tree, view, parentId)
  return host && childOfId(host, id)
}

function childOfId(parent: Place, id: string): Place | undefined {
  const { children } = parent.view
  if (children) {
    const child = indexOf(children).byId.get(id)
    return child && placeOfChild(parent, child)
  }
  const segment = lastSegmentOf(id)
  const node = parent.node?.kid(segment) ?? null
  const key = node?.key ?? unescapedKey(parent, segment)
  const place = key === undefined ? undefined : childPlace(parent, key)
  return place?.id === id ? place : undefined
}

function unescapedKey(parent: Place, segment: string): string | undefined {
  const { value } = parent.view
  if (Array.isArray(value)) return segment
  const escaped = segment.includes('~')
  if (!escaped) return segment
  return isObject(value) ? keysOf(value).find((key) => segmentForKey(parent.id, key) === segment) : undefined
}

function hostOf(tree: Tree, view: View, id: string): Place | undefined {
  const node = findNode(tree.root, id, false)
  if (!node?.parent) return undefined
  const parent = placeOfId(tree, view, node.parent.id)
  const host = parent?.view.children?.find((child) => child.merged.includes(node))
  return parent && host && placeOfChild(parent, host)
}

interface Index {
  readonly byName: ReadonlyMap<string, Child>
  readonly byId: ReadonlyMap<string, Child>
}

const indexes = new WeakMap<readonly Child[], Index>()

function indexOf(children: readonly Child[]): Index {
  let index = indexes.get(children)
  if (!index) {
    index = {
      byName: new Map(children.map((child) => [child.name, child])),
      byId: new Map(children.map((child) => [childId(child), child])),
    }
    indexes.set(children, index)
  }
  return index
}

/** The children of a place in order, with their order keys. */
export function childrenAt(place: Place): readonly { readonly place: Place; readonly order: string }[] {
  const { children, value } = place.view
  if (children) return children.map((child) => ({ place: placeOfChild(place, child), order: child.order }))
  const names = Array.isArray(value) ? value.map((_, i) => String(i)) : isObject(value) ? keysOf(value) : []
  return names.flatMap((name, index) => {
    const child = childPlace(place, name)
    if (!child) return []
    return [{ place: child, order: isAddedByValue(child.node) ? unordered : orderKeyAt(index) }]
  })
}

/** No file and no creation placed it. */
function isAddedByValue(node: Node | null): boolean {
  return node?.layers !== undefined && node.layers.every((layer) => layer.fact !== null)
}
