/**
 * `tokenSetOrder` and the themes' `selectedTokenSets` name sets by what they were called at birth; this gives them the names
 * the sets have now, in the order they have now. Names of no set are kept, deleted sets are left out.
 */
import { getKey, isObject, type Json, type JsonObject, keysOf } from '../payload/ordered-json.ts'
import { noCovers } from './cover.ts'
import { withOwnCovers } from './coverage.ts'
import { compareText } from './fact.ts'
import { frozenObject, replaceMembers } from './frozen-json.ts'
import { plainLayers } from './layers.ts'
import type { Child, Node, View } from './node.ts'
import { orderKeyAt } from './order-key.ts'
import { sameItems } from './same-items.ts'
import { standingOf } from './standing.ts'
import type { Tree } from './tree.ts'

/** How order and themes call a set: its name at birth; for a later node of that name its segment. */
export function linkKeyOf(child: {
  readonly node: Node | null
  readonly segment: string
  readonly key: string
}): string {
  return child.node?.kind === 'generation' ? child.segment : child.key
}

export interface Links {
  /** Link key → name now, where it differs. */
  readonly renamed: ReadonlyMap<string, string>
  readonly dead: ReadonlySet<string>
  readonly sets: readonly LinkedSet[]
}

export interface LinkedSet {
  readonly key: string
  readonly name: string
  /** Its own place in the order, by `q`. */
  readonly setOrder: string | undefined
  readonly creation: string | undefined
}

/** The root with its links followed; the same object where nothing had to be. */
export function followLinks(tree: Tree, root: JsonObject, setChildren: readonly Child[] | null): JsonObject {
  if (!setChildren) return root
  const links = readLinks(tree, setChildren)
  const metadata = getKey(root, '$metadata')
  const themes = getKey(root, '$themes')
  const changed = new Map<string, Json>()
  if (isObject(metadata)) {
    const order = getKey(metadata, 'tokenSetOrder')
    if (Array.isArray(order)) {
      const followed = followOrder(order, links)
      if (followed !== order) changed.set('$metadata', replaceMembers(metadata, new Map([['tokenSetOrder', followed]])))
    }
  }
  if (Array.isArray(themes) && (links.renamed.size > 0 || links.dead.size > 0)) {
    const followed = themes.map((theme: Json) => followTheme(theme, links))
    if (followed.some((theme, i) => theme !== themes[i])) changed.set('$themes', Object.freeze(followed))
  }
  return changed.size === 0 ? root : replaceMembers(root, changed)
}

/** What order and themes need to know of the sets. */
export function readLinks(tree: Tree, setChildren: readonly Child[]): Links {
  const renamed = new Map<string, string>()
  const dead = new Set<string>()
  const sets: LinkedSet[] = []
  const alive = new Set<Node>()
  for (const child of setChildren) {
    if (child.node) alive.add(child.node)
    for (const node of child.merged) alive.add(node)
    if (!isObject(child.view.value)) continue
    const key = linkKeyOf({ ...child, key: child.node?.key ?? child.name })
    if (key !== child.name) renamed.set(key, child.name)
    const standing = child.node
      ? standingOf(tree, child.node, withOwnCovers(tree, child.node, noCovers), -1)
      : undefined
    sets.push({ key, name: child.name, setOrder: standing?.setOrder, creation: standing?.created })
  }
  for (const node of tree.sets.kids?.values() ?? []) {
    if (alive.has(node) || node.kind === 'reserved' || node.key.startsWith('$')) continue
    if (plainLayers(tree, node).length > 0) dead.add(linkKeyOf({ node, segment: node.segment, key: node.key }))
  }
  return { renamed, dead, sets }
}

/**
 * What `tokenSetOrder` shows, in order: listed sets by `q`, else by their place in the list; others where a fact placed them.
 * An entry that names no set, though one is now called so, stands for that one if it has no place of its own.
 */
export function orderedLinks(
  list: readonly Json[],
  sets: readonly LinkedSet[],
  dead: ReadonlySet<Json>,
): readonly { readonly name: Json; readonly order: string }[] {
  const byKey = new Map<Json, LinkedSet>(sets.map((set) => [set.key, set]))
  const byName = new Map<Json, LinkedSet>(sets.map((set) => [set.name, set]))
  const listed = new Set(list)
  const placed: { readonly name: Json; readonly order: string }[] = []
  const done = new Set<string>()
  for (const [index, key] of list.entries()) {
    const own = byKey.get(key)
    const namesake = own ? undefined : byName.get(key)
    if (namesake && (listed.has(namesake.key) || placeOf(namesake) !== undefined || done.has(namesake.key))) continue
    const set = own ?? namesake
    if (!set) {
      if (!dead.has(key)) placed.push({ name: key, order: orderKeyAt(index) })
    } else if (!done.has(set.key) || set.setOrder === undefined) {
      done.add(set.key)
      placed.push({ name: set.name, order: set.setOrder ?? orderKeyAt(index) })
    }
  }
  for (const set of sets) {
    const order = placeOf(set)
    if (!done.has(set.key) && order !== undefined) placed.push({ name: set.name, order })
  }
  return placed.toSorted((a, b) => compareText(a.order, b.order) || compareText(String(a.name), String(b.name)))
}

/** By a fact. */
function placeOf({ setOrder, creation }: LinkedSet): string | undefined {
  return setOrder ?? creation
}

function followOrder(list: readonly Json[], links: Links): readonly Json[] {
  const names = orderedLinks(list, links.sets, links.dead).map((each) => each.name)
  return sameItems(names, list) ? list : Object.freeze(names)
}

const followedThemes = new WeakMap<object, { readonly signature: string; readonly theme: Json }>()

function followTheme(theme: Json, links: Links): Json {
  const selected = isObject(theme) ? getKey(theme, 'selectedTokenSets') : undefined
  if (!isObject(theme) || !isObject(selected)) return theme
  const statuses = new Map<string, Json>()
  let same = true
  for (const key of keysOf(selected)) {
    const name = links.renamed.get(key) ?? key
    if (name !== key) same = false
    if (links.dead.has(key)) same = false
    else if (!statuses.has(name)) statuses.set(name, getKey(selected, key) as Json)
  }
  if (same) return theme
  // The same object for the same outcome: what did not change is shared between snapshots.
  const signature = JSON.stringify([...statuses])
  const known = followedThemes.get(theme)
  if (known?.signature === signature) return known.theme
  const followedSets = frozenObject([...statuses.keys()], [...statuses.values()])
  const followed = replaceMembers(theme, new Map([['selectedTokenSets', followedSets]]))
  followedThemes.set(theme, { signature, theme: followed })
  return followed
}

/** Name now → how order and themes call the set; sets never renamed are left out. */
export function linkKeysByName(tree: Tree, root: View): ReadonlyMap<string, string> {
  const sets = setChildrenOf(tree, root)
  const keys = new Map<string, string>()
  if (sets) for (const [key, name] of readLinks(tree, sets).renamed) keys.set(name, key)
  return keys
}

/** `made`, with every member taken from `before` that is equal: what did not change is shared between snapshots. */
export function shareLinked(before: JsonObject, made: JsonObject): JsonObject {
  const keys = keysOf(made)
  const members = keys.map((key) => {
    const value = getKey(made, key) as Json
    const old = getKey(before, key)
    return old !== undefined && (key === '$themes' || key === '$metadata') && isAlike(old, value, 2) ? old : value
  })
  const isMade = (object: JsonObject): boolean =>
    members.every((member, i) => member === getKey(object, keys[i] as string))
  if (sameItems(keys, keysOf(before)) && isMade(before)) return before
  return isMade(made) ? made : frozenObject(keys, members)
}

/** Equal down to `levels` levels, and the same objects below. */
function isAlike(a: Json, b: Json, levels: number): boolean {
  if (a === b) return true
  if (levels === 0) return false
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item: Json, i) => isAlike(item, b[i] as Json, levels - 1))
  if (!isObject(a) || !isObject(b)) return false
  const keys = keysOf(a)
  const same = sameItems(keys, keysOf(b))
  return same && keys.every((key) => isAlike(getKey(a, key) as Json, getKey(b, key) as Json, levels - 1))
}

/** Where the sets' children stand in the view of the root. */
export function setChildrenOf(tree: Tree, root: View): readonly Child[] | null {
  if (tree.sets === tree.root) return root.children?.filter((child) => !child.name.startsWith('$')) ?? null
  const view = tree.sets.view
  return view?.children ?? null
}
