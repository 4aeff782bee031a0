/**
 * The document as the plugin sees it, every row with the node and the spelling behind it. Facts about a foreign file's changes
 * are written through these places, so spellings, repairs, folded names and what is held back are never edits.
 */
import { type FactAccess, factAccessOf } from '../doc/fact-access.ts'
import type { Snapshot, TokenDocument } from '../doc/token-document.ts'
import type { HeldBack } from '../payload/held-back.ts'
import { escapeSegment, pointerOf, segmentsOf } from '../payload/json-pointer.ts'
import type { JsonObject } from '../payload/ordered-json.ts'
import { foldedPath } from '../payload/plugin-names.ts'
import { projectForPlugin, type TokenOrigin } from '../payload/plugin-projection.ts'
import type { PluginRows } from '../payload/plugin-rows.ts'
import { type NodePlace, type SpelledField, writePlace } from './node-place.ts'
import { rowsToContent, type SnapshotContent, themePrefix } from './snapshot-content.ts'

export interface DocumentView {
  /** The body of the bin, without marker and date. */
  readonly file: JsonObject
  readonly rows: PluginRows
  readonly heldBack: readonly HeldBack[]
  /** Row key (`/<set>` for sets, `/<set>/<group>` for groups with tokens, `$themes/<id>`) → node. */
  readonly places: ReadonlyMap<string, NodePlace>
  readonly keyById: ReadonlyMap<string, string>
}

export interface Lens {
  readonly access: FactAccess
  /** The same object until the document shows something else. */
  view(): DocumentView
}

export function createLens(document: TokenDocument): Lens {
  const access = factAccessOf(document)
  let last: { readonly snapshot: Snapshot; readonly view: DocumentView } | undefined
  return {
    access,
    view: () => {
      const snapshot = document.getSnapshot()
      if (last?.snapshot !== snapshot) last = { snapshot, view: lookThrough(snapshot, access) }
      return last.view
    },
  }
}

/** The view as a snapshot's content, with what the document knew at this moment. */
export function contentOf(view: DocumentView, vv: Readonly<Record<string, number>>): SnapshotContent {
  return { rows: rowsToContent(view.rows), ids: placesToContent(view.places), vv: new Map(Object.entries(vv)) }
}

export function placesToContent(places: ReadonlyMap<string, NodePlace>): SnapshotContent['ids'] {
  return new Map([...places].map(([key, place]) => [key, writePlace(key, place)]))
}

function lookThrough(snapshot: Snapshot, access: FactAccess): DocumentView {
  const { file, rows, origins, heldBack } = projectForPlugin(snapshot)
  const places = new Map<string, NodePlace>()
  const keyById = new Map<string, string>()
  const put = (key: string, place: NodePlace): void => {
    if (places.has(key) || keyById.has(place.id)) return
    places.set(key, place)
    keyById.set(place.id, key)
  }
  const children = createChildren(access)
  for (const [name, origin] of origins.sets) {
    const set = children.of(access.setsId).get(origin)
    if (set) put(`/${escapeSegment(name)}`, plainPlace(set))
  }
  const groups = createGroupWalk(access.setsId, children, put)
  for (const [key, origin] of origins.tokens) {
    const parent = groups.parentOf(origin)
    const token = parent && children.of(parent.id).get(origin.path.at(-1) ?? '')
    if (parent && token) put(key, tokenPlace(token, key, parent.depth, origin))
  }
  const themes = access.childrenOf('/$themes')
  for (const [id, index] of origins.themes) {
    const theme = themes[index]
    if (theme) put(themePrefix + id, plainPlace(theme))
  }
  return { file, rows, heldBack, places, keyById }
}

interface ShownNode {
  readonly id: string
  readonly order: string | undefined
}

/** Children by name, each parent asked once. */
function createChildren(access: FactAccess): { of(parentId: string): ReadonlyMap<string, ShownNode> } {
  const known = new Map<string, ReadonlyMap<string, ShownNode>>()
  return {
    of: (parentId) => {
      const found = known.get(parentId) ?? new Map(access.childrenOf(parentId).map((child) => [child.name, child]))
      known.set(parentId, found)
      return found
    },
  }
}

const noneOld: ReadonlySet<SpelledField> = new Set()

function plainPlace({ id, order = '' }: ShownNode, folded = 1): NodePlace {
  return { id, old: noneOld, order, folded }
}

function tokenPlace(node: ShownNode, key: string, depth: number, { keys }: TokenOrigin): NodePlace {
  const old = (['$value', '$type', '$description'] as const).filter((field) => keys[field] !== field)
  const place = plainPlace(node, segmentsOf(key).length - depth)
  return old.length > 0 ? { ...place, old: new Set(old) } : place
}

interface ParentNode {
  readonly id: string
  /** Segments of its row key. */
  readonly depth: number
}

/** Finds the node of a token's parent, and notes the place of each group on the way once. */
function createGroupWalk(
  setsId: string,
  children: ReturnType<typeof createChildren>,
  put: (key: string, place: NodePlace) => void,
): { parentOf(origin: TokenOrigin): ParentNode | undefined } {
  const found = new Map<string, ParentNode | undefined>()
  const nodeOf = (set: string, path: readonly string[]): ParentNode | undefined => {
    const real = pointerOf([set, ...path])
    if (found.has(real)) return found.get(real)
    const node = lookUp(set, path)
    found.set(real, node)
    return node
  }
  const lookUp = (set: string, path: readonly string[]): ParentNode | undefined => {
    if (path.length === 0) {
      const node = children.of(setsId).get(set)
      return node && { id: node.id, depth: 1 }
    }
    const parent = nodeOf(set, path.slice(0, -1))
    const node = parent && children.of(parent.id).get(path.at(-1) ?? '')
    if (!parent || !node) return undefined
    const shown = [set, ...foldedPath(path)]
    put(pointerOf(shown), plainPlace(node, shown.length - parent.depth))
    return { id: node.id, depth: shown.length }
  }
  return { parentOf: ({ set, path }) => nodeOf(set, path.slice(0, -1)) }
}
