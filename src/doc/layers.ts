/**
 * The layers of a node: every value it was given, oldest first. Content is inherited from the parent at birth, so nothing
 * here depends on where nodes stand now.
 */
import {
  equalJson,
  getKey,
  hasKey,
  isIntegerKey,
  isObject,
  type Json,
  type JsonObject,
} from '../payload/ordered-json.ts'
import { type Cover, coverOf, isCovered, noCovers } from './cover.ts'
import { compareText } from './fact.ts'
import { seedLane } from './format.ts'
import type { Layer, Node } from './node.ts'
import { themeSegments } from './theme-id.ts'
import type { Tree } from './tree.ts'

export const noLayers: readonly Layer[] = []

export function layersOf(tree: Tree, node: Node): readonly Layer[] {
  if (node.layers) return node.layers
  const layers: Layer[] = []
  addSeedLayers(tree, node, layers)
  if (node.up && node.kind === 'name') {
    for (const layer of layersOf(tree, node.up)) {
      if (layer.lane === seedLane) continue
      const value = partOf(node, layer.value)
      if (value !== undefined) layers.push({ ...layer, value, fact: null, created: true })
    }
  }
  for (const fact of node.facts) {
    if (fact.field !== 'c' && fact.field !== 'v') continue
    const value = fact.json()
    if (value === undefined) continue
    layers.push({ value, t: fact.t, lane: fact.lane, fact, created: fact.field === 'c', rank: 0 })
  }
  if (layers.length > 1) layers.sort(compareLayers)
  node.layers = layers
  return layers
}

function compareLayers(a: Layer, b: Layer): number {
  return (
    a.t - b.t || compareText(a.lane, b.lane) || compareText(a.fact?.text ?? '', b.fact?.text ?? '') || a.rank - b.rank
  )
}

/**
 * The active seed's value counts since the oldest seed in the unbroken run of equal values, so that an edit survives newer
 * files that left the value alone. Seeds of one time are united. What the active seed lacks is the newest other seed's, and
 * counts as deleted when the active one was saved.
 */
function addSeedLayers(tree: Tree, node: Node, layers: Layer[]): void {
  const values = seedValuesOf(tree, node)
  node.seedValues = values
  node.gone = undefined
  if (!values) return
  const { seeds } = tree
  const active = values[0]
  const activeTime = timeOf(tree, 0)
  if (active !== undefined) {
    const since = sinceWhen(tree, values, 0)
    layers.push(seedLayer(active, since, 0))
    for (let i = 1; i < seeds.length && timeOf(tree, i) === activeTime; i++) {
      const value = values[i]
      if (value !== undefined && !equalJson(active, value)) layers.push(seedLayer(value, since, -i))
    }
    return
  }
  const newest = values.findIndex((value) => value !== undefined)
  layers.push(seedLayer(values[newest] as Json, sinceWhen(tree, values, newest), 0))
  if (timeOf(tree, newest) < activeTime) node.gone = { t: activeTime, seen: 'everything' }
}

/** The time of the oldest seed in the unbroken run of equal values that begins with this one. */
function sinceWhen(tree: Tree, values: readonly (Json | undefined)[], from: number): number {
  const newest = values[from]
  let since = timeOf(tree, from)
  for (let i = from + 1; i < values.length && equalJson(newest, values[i]); i++) since = timeOf(tree, i)
  return since
}

function timeOf(tree: Tree, index: number): number {
  return tree.seeds[index]?.time ?? 0
}

function seedLayer(value: Json, t: number, rank: number): Layer {
  return { value, t, lane: seedLane, fact: null, created: false, rank }
}

function seedValuesOf(tree: Tree, node: Node): readonly (Json | undefined)[] | undefined {
  const { up } = node
  if (!up) return tree.seeds.map((seed) => seed.root)
  layersOf(tree, up)
  const above = up.seedValues
  if (!above || node.kind !== 'name') return undefined
  let any = false
  const values = tree.seeds.map((seed, i) => {
    const parent = above[i]
    const isSet = up.id === seed.setsId && seed.hasSet(node.id)
    const value = isSet ? seed.setValue(node.id) : parent === undefined ? undefined : partOf(node, parent)
    if (value !== undefined) any = true
    return value
  })
  return any ? values : undefined
}

/** What the parent's value says about the node. */
function partOf(node: Node, parent: Json): Json | undefined {
  if (Array.isArray(parent)) return entryOf(node, parent)
  return isObject(parent) ? getKey(parent, node.key) : undefined
}

function entryOf(node: Node, entries: readonly Json[]): Json | undefined {
  const segments = node.up?.isThemes ? themeSegments(entries) : undefined
  if (segments) return entries[segments.indexOf(node.segment)]
  return isIntegerKey(node.segment) ? entries[Number(node.segment)] : undefined
}

/**
 * The layers that count where everything strictly older than `voidBefore` is void: above all older ones from the topmost
 * that is no object, which hides what is below it.
 */
export function effectiveLayers(node: Node, layers: readonly Layer[], voidBefore: number): readonly Layer[] {
  let from = 0
  while (from < layers.length && (layers[from] as Layer).t < voidBefore) from++
  for (let i = layers.length - 1; i > from; i--) {
    if (!unites(node, (layers[i] as Layer).value)) {
      from = i
      break
    }
  }
  return from === 0 ? layers : layers.slice(from)
}

/** Objects are united key by key; lists of themes by the themes' ids. Anything else replaces. */
export function unites(node: Node, value: Json): boolean {
  if (node.isThemes) return Array.isArray(value) && themeSegments(value) !== undefined
  return isObject(value)
}

/** The newest uncovered `v` of the node itself; -1 without one. */
export function ownVoid(layers: readonly Layer[], covers: readonly Cover[]): number {
  let newest = -1
  for (const { fact, t, lane } of layers)
    if (fact?.field === 'v' && t > newest && !isCovered(t, lane, covers)) newest = t
  return newest
}

/** Whatever is strictly older than this is void at the node, deletions left aside. */
export function plainVoid(tree: Tree, node: Node): number {
  return (node.plainVoid ??= Math.max(node.up ? plainVoid(tree, node.up) : -1, ownVoid(layersOf(tree, node), noCovers)))
}

/** Whether the node would be a token if nothing were deleted: deletions have no say in what is one. */
export function isPlainToken(tree: Tree, node: Node): boolean {
  return isTokenNode(tree, node, plainLayers(tree, node), plainVoid(tree, node))
}

/** What the node would be if nothing were deleted. */
export function plainLayers(tree: Tree, node: Node): readonly Layer[] {
  return effectiveLayers(node, layersOf(tree, node), plainVoid(tree, node))
}

/** Whether the layers, and the fields that facts added, make the node a token. `voidBefore` as it is for what is below it. */
export function isTokenNode(tree: Tree, node: Node, layers: readonly Layer[], voidBefore: number): boolean {
  // A set is a group whatever stands in it, and so is what holds the sets.
  if (node === tree.root || node === tree.sets || node.up === tree.sets) return false
  if (!isObject(layers.at(-1)?.value)) return false
  if (layers.some(({ value }) => isObject(value) && hasKey(value, '$value'))) return true
  if (fieldOf(tree, node, layers, voidBefore, '$value') !== undefined) return true
  const value = fieldOf(tree, node, layers, voidBefore, 'value')
  if (value === undefined) return false
  return !isObject(value) || typeof fieldOf(tree, node, layers, voidBefore, 'type') === 'string'
}

function fieldOf(tree: Tree, node: Node, layers: readonly Layer[], voidBefore: number, key: string): Json | undefined {
  const kid = node.kid(key)
  if (kid) {
    const all = layersOf(tree, kid)
    return effectiveLayers(kid, all, Math.max(voidBefore, ownVoid(all, noCovers))).at(-1)?.value
  }
  for (let i = layers.length - 1; i >= 0; i--) {
    const value = (layers[i] as Layer).value
    if (isObject(value) && hasKey(value as JsonObject, key)) return getKey(value as JsonObject, key)
  }
  return undefined
}

/** The deletions that stand on the node itself, and the newer file that lacks it. */
export function ownCovers(tree: Tree, node: Node): readonly Cover[] {
  // Mostly nothing is deleted, and one file cannot lack what another has.
  if (tree.seeds.length === 1 && !node.pastCovers && !node.facts.some(({ field }) => field === 'x')) return noCovers
  if (node.ownCovers) return node.ownCovers
  layersOf(tree, node)
  const covers = [...(node.pastCovers ?? noCovers)]
  for (const fact of node.facts) {
    const cover = fact.field === 'x' ? coverOf(fact) : undefined
    if (cover) covers.push(cover)
  }
  // Only the topmost: what it holds is gone with it.
  if (node.gone && !node.up?.gone) covers.push(node.gone)
  node.ownCovers = covers.length === 0 ? noCovers : covers
  return node.ownCovers
}
