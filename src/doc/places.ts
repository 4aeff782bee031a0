/**
 * Where something is shown, and which node it is: the way from names to ids and back. To be asked only of a current view.
 */
import { getKey, isObject, type Json, keysOf } from '../payload/ordered-json.ts'
import { lastSegmentOf, parentIdOf, segmentForKey } from './node-id.ts'
import { type Child, childId, findNode, type Node, type View } from './node.ts'
import { orderKeyAt, unordered } from './order-key.ts'
import type { Keyed } from './sequence.ts'
import { themeSegments } from './theme-id.ts'
import type { Tree } from './tree.ts'

export interface Place {
  readonly id: string
  /** Null where no fact stands at or below it. */
  readonly node: Node | null
  readonly view: View
  /** The name it is shown under. */
  readonly name: string
  readonly parent: Place | null
  /** Others that are shown as one with it: groups of its name, and what a newer file has under another id. */
  readonly merged: readonly Node[]
}

/** An edit looks a few times before the children change; who looks more often gets an index. */
const looksWithoutIndex = 8

/** Finds children by what `keyOf` gives. */
function createIndex(keyOf: (child: Child) => string): (children: readonly Child[], key: string) => Child | undefined {
  const looks = new WeakMap<readonly Child[], number>()
  const indexes = new WeakMap<readonly Child[], ReadonlyMap<string, Child>>()
  return (children, key) => {
    const index = indexes.get(children)
    if (index) return index.get(key)
    const count = looks.get(children) ?? 0
    looks.set(children, count + 1)
    if (count >= looksWithoutIndex) indexes.set(children, new Map(children.map((child) => [keyOf(child), child])))
    return children.find((child) => keyOf(child) === key)
  }
}

const childNamed = createIndex((child) => child.name)
const childWithId = createIndex(childId)

export function rootPlace(tree: Tree, view: View): Place {
  return { id: '', node: tree.root, view, name: '', parent: null, merged: [] }
}

/** What is shown under this name; array entries and themes go by their segment. */
export function childPlace(place: Place, name: string): Place | undefined {
  const { children } = place.view
  if (children) {
    const child = childNamed(children, name)
    return child && placeOfChild(place, child)
  }
  const isArray = Array.isArray(place.view.value)
  const value = isArray ? entryOf(place, name) : memberOf(place.view.value, name)
  if (value === undefined) return undefined
  const segment = isArray ? name : segmentForKey(place.id, name)
  const node = place.node?.kid(segment) ?? null
  const view = node?.view ?? { value, children: null }
  return { id: `${place.id}/${segment}`, node, view, name, parent: place, merged: [] }
}

function placeOfChild(parent: Place, child: Child): Place {
  return { ...child, id: childId(child), parent }
}

function memberOf(value: Json, name: string): Json | undefined {
  return isObject(value) ? getKey(value, name) : undefined
}

function entryOf(place: Place, segment: string): Json | undefined {
  const entries = place.view.value as readonly Json[]
  return entries[entrySegments(place).indexOf(segment)]
}

/** Themes are known by their ids, entries of other arrays by their places. */
function entrySegments({ id, view }: Place): readonly string[] {
  const entries = view.value as readonly Json[]
  return (id === '/$themes' ? themeSegments(entries) : undefined) ?? entries.map((_, i) => String(i))
}

/** Where the node with this id is shown; undefined where it does not live, or only as a part of another group. */
export function placeOfId(tree: Tree, view: View, id: string): Place | undefined {
  const place = hostPlaceOf(tree, view, id)
  return place?.id === id ? place : undefined
}

/** The same; a node that is shown as one with another stands in that one's place. */
export function partOfId(tree: Tree, view: View, id: string): Place | undefined {
  const host = hostPlaceOf(tree, view, id)
  if (!host || host.id === id) return host
  return { ...host, id, node: findNode(tree.root, id, false) ?? null, merged: [] }
}

function hostPlaceOf(tree: Tree, view: View, id: string): Place | undefined {
  let place: Place | undefined = rootPlace(tree, view)
  for (const each of chainTo(tree, id)) {
    place = placeBelow(tree, place, each)
    if (!place) return undefined
  }
  return place
}

/** The place, and each group that is shown as one with it as if it stood there alone. */
export function partsOf(place: Place): readonly Place[] {
  if (place.merged.length === 0) return [place]
  const { name, parent } = place
  return [place.node, ...place.merged].flatMap((node) =>
    node?.view ? [{ id: node.id, node, view: node.view, name, parent, merged: [] }] : [],
  )
}

/** Where a node shows that stands in a place; for a group that is shown as one with another, that other. */
export function placeBelow(tree: Tree, place: Place, id: string): Place | undefined {
  return childOfId(place, id) ?? hostOf(tree, place, id)
}

/** The ids from below the root to this one, as things stand now. */
function chainTo(tree: Tree, id: string): readonly string[] {
  const chain: string[] = []
  for (let each = id; each !== '';) {
    chain.push(each)
    const node = findNode(tree.root, each, false)
    each = node?.parent && node.parent !== node.up ? node.parent.id : parentIdOf(each)
  }
  return chain.toReversed()
}

/** A group may be shown as one with another of the same name. */
function hostOf(tree: Tree, parent: Place, id: string): Place | undefined {
  const { children } = parent.view
  const node = children && findNode(tree.root, id, false)
  const host = node ? children.find((child) => child.merged.includes(node)) : undefined
  return host && placeOfChild(parent, host)
}

function childOfId(parent: Place, id: string): Place | undefined {
  const { children } = parent.view
  if (children) {
    const child = childWithId(children, id)
    return child && placeOfChild(parent, child)
  }
  const segment = lastSegmentOf(id)
  const node = parent.node?.kid(segment) ?? null
  const key = Array.isArray(parent.view.value) ? segment : (node?.key ?? unescapedKey(parent, segment))
  const place = key === undefined ? undefined : childPlace(parent, key)
  return place?.id === id ? place : undefined
}

function unescapedKey(parent: Place, segment: string): string | undefined {
  const { value } = parent.view
  const escaped = segment.includes('~')
  if (!escaped) return segment
  return isObject(value) ? keysOf(value).find((key) => segmentForKey(parent.id, key) === segment) : undefined
}

/** The children of a place in order, with their order keys. */
export function childrenAt(place: Place): readonly { readonly place: Place; readonly order: string }[] {
  const { children, value } = place.view
  if (children) return children.map((child) => ({ place: placeOfChild(place, child), order: child.order }))
  const names = Array.isArray(value) ? entrySegments(place) : isObject(value) ? keysOf(value) : []
  return names.flatMap((name, index) => {
    const child = childPlace(place, name)
    if (!child) return []
    return [{ place: child, order: isAddedByValue(child.node) ? unordered : orderKeyAt(index) }]
  })
}

/** The same, by name. */
export function keyedChildren(place: Place): readonly Keyed[] {
  const { children } = place.view
  return children ?? childrenAt(place).map((child) => ({ name: child.place.name, order: child.order }))
}

/** The order key with which the node stands where it is shown; undefined where it is shown as a part of another group. */
export function orderKeyOf({ id, parent }: Place): string | undefined {
  if (!parent) return undefined
  const { children } = parent.view
  return children ? childWithId(children, id)?.order : childrenAt(parent).find(({ place }) => place.id === id)?.order
}

export function namesAt(place: Place): readonly string[] {
  return keyedChildren(place).map(({ name }) => name)
}

/** No file and no creation placed it. */
function isAddedByValue(node: Node | null): boolean {
  return node?.layers !== undefined && node.layers.every((layer) => layer.fact !== null)
}
