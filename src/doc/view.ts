/**
 * What nodes show: content united from layers, life and death, names and places. A pure function of the facts; no clock is
 * asked. Views are kept per node and made again only along the way from a change to the root.
 */
import { isObject } from '../payload/ordered-json.ts'
import { type Cover, isCovered, noCovers } from './cover.ts'
import { isAnythingUncovered, withOwnCovers } from './coverage.ts'
import { effectiveLayers, isTokenNode, layersOf, ownVoid, plainVoid } from './layers.ts'
import { resolveMoves } from './moves.ts'
import type { Layer, Node, View, ViewKey } from './node.ts'
import { sameItems } from './same-items.ts'
import type { Tree } from './tree.ts'
import { buildArray } from './view-array.ts'
import type { Viewing } from './view-context.ts'
import { buildObject } from './view-object.ts'

/** The whole, as the file it came from. */
export function viewTree(tree: Tree): View {
  resolveMoves(tree)
  tree.reshaped = false
  return createViewing(tree).viewOf(tree.root, { covers: noCovers, inField: false, voidBefore: -1 }) ?? emptyView
}

/** One node alone, for who knows that nothing but values changed since the whole was viewed. */
export function viewAlone(tree: Tree, node: Node): View | undefined {
  if (!node.dirty && node.view) return node.view
  const voidBefore = node.up ? plainVoid(tree, node.up) : -1
  return createViewing(tree).viewOf(node, { covers: noCovers, inField: false, voidBefore })
}

function createViewing(tree: Tree): Viewing {
  const viewing: Viewing = {
    tree,
    viewOf(node, under) {
      return viewOf(viewing, node, under)
    },
  }
  return viewing
}

const emptyView: View = { value: Object.freeze({}), children: null }

function viewOf(viewing: Viewing, node: Node, under: ViewKey): View | undefined {
  const { viewKey } = node
  if (
    !node.dirty &&
    viewKey &&
    viewKey.inField === under.inField &&
    viewKey.voidBefore === under.voidBefore &&
    sameItems(viewKey.covers, under.covers)
  )
    return node.view ?? undefined
  node.sibling = undefined
  const made = makeView(viewing, node, under)
  node.view = made ?? null
  node.viewKey = under
  node.dirty = false
  return node.view ?? undefined
}

function makeView(viewing: Viewing, node: Node, under: ViewKey): View | undefined {
  const { tree } = viewing
  const all = layersOf(tree, node)
  const voidByAll = Math.max(under.voidBefore, ownVoid(all, noCovers))
  const layers = effectiveLayers(node, all, voidByAll)
  const covers = withOwnCovers(tree, node, under.covers)
  node.shownCovers = covers
  const top = layers.at(-1)?.value
  if (covers.length === 0) return top === undefined ? undefined : build(viewing, node, layers, under, covers)

  // Coverage comes before voiding: a value that was deleted voids nothing.
  const voidBefore = Math.max(under.voidBefore, ownVoid(all, covers))
  const uncovered = effectiveLayers(
    node,
    all.filter((layer) => !isCovered(layer.t, layer.lane, covers)),
    voidBefore,
  )
  const isTheme = node.up?.isThemes === true && isObject(top)
  if (!isTheme && (under.inField || !isObject(top))) {
    return uncovered.length === 0 ? undefined : build(viewing, node, uncovered, { ...under, voidBefore }, covers)
  }
  if (isTheme || isTokenNode(tree, node, layers, voidByAll)) {
    if (uncovered.some((layer) => layer.created))
      return build(viewing, node, uncovered, { ...under, voidBefore }, covers)
    // Somebody edited what others deleted without knowing: the whole token is back, not the edited field alone.
    const lives = uncovered.length > 0 || isAnythingUncovered(tree, node, covers, voidBefore)
    if (!lives || top === undefined) return undefined
    node.shownCovers = noCovers
    return build(viewing, node, layers, under, noCovers)
  }
  const groups = effectiveLayers(node, all, voidBefore)
  if (groups.length === 0) return undefined
  return buildObject(
    viewing,
    node,
    groups,
    { ...under, covers, voidBefore, isToken: false },
    {
      reborn: uncovered.some((layer) => layer.created),
    },
  )
}

function build(
  viewing: Viewing,
  node: Node,
  layers: readonly Layer[],
  under: ViewKey,
  covers: readonly Cover[],
): View | undefined {
  const value = layers.at(-1)?.value
  if (value === undefined) return undefined
  if (value === null || typeof value !== 'object') return { value, children: null }
  const voidBefore = Math.max(under.voidBefore, ownVoid(layers, covers))
  if (Array.isArray(value)) return buildArray(viewing, node, layers, { ...under, covers, voidBefore, isToken: false })
  const isToken = !under.inField && isTokenNode(viewing.tree, node, layers, voidBefore)
  const inField = under.inField || node.up?.isThemes === true
  return buildObject(viewing, node, layers, { covers, inField, voidBefore, isToken }, undefined)
}
