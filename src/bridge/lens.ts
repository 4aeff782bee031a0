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
  for (const [name, origin] of origins.sets) {
    const id = access.childOf(access.setsId, origin)
    if (id !== undefined) put(`/${escapeSegment(name)}`, plainPlace(access, id))
  }
  const groups = createGroupWalk(access, put)
  for (const [key, origin] of origins.tokens) {
    const parent = groups.parentOf(origin)
    const id = parent && access.childOf(parent.id, origin.path.at(-1) ?? '')
    if (parent && id !== undefined) put(key, tokenPlace(access, id, key, parent.depth, origin))
  }
  for (const [id, index] of origins.themes) {
    // Themes of a file in which not all have an id go by their index.
    const nodeId = access.childOf('/$themes', id) ?? access.childOf('/$themes', String(index))
    if (nodeId !== undefined) put(themePrefix + id, plainPlace(access, nodeId))
  }
  return { file, rows, heldBack, places, keyById }
}

const noneOld: ReadonlySet<SpelledField> = new Set()

function plainPlace(access: FactAccess, id: string, folded = 1): NodePlace {
  return { id, old: noneOld, order: access.orderKeyOf(id) ?? '', folded }
}

function tokenPlace(access: FactAccess, id: string, key: string, depth: number, { keys }: TokenOrigin): NodePlace {
  const old = (['$value', '$type', '$description'] as const).filter((field) => keys[field] !== field)
  return {
    id,
    old: old.length > 0 ? new Set(old) : noneOld,
    order: access.orderKeyOf(id) ?? '',
    folded: segmentsOf(key).length - depth,
  }
}

interface ParentNode {
  readonly id: string
  /** Segments of its row key. */
  readonly depth: number
}

/** Finds the node of a token's parent, and notes the place of each group on the way once. */
function createGroupWalk(
  access: FactAccess,
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
      const id = access.childOf(access.setsId, set)
      return id === undefined ? undefined : { id, depth: 1 }
    }
    const parent = nodeOf(set, path.slice(0, -1))
    const id = parent && access.childOf(parent.id, path.at(-1) ?? '')
    if (!parent || id === undefined) return undefined
    const shown = [set, ...foldedPath(path)]
    put(pointerOf(shown), plainPlace(access, id, shown.length - parent.depth))
    return { id, depth: shown.length }
  }
  return { parentOf: ({ set, path }) => nodeOf(set, path.slice(0, -1)) }
}
