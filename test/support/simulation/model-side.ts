/** What the bridges of the model remember together: the real snapshot history, and merges. */
import { createSnapshotHistory, type SnapshotHistory } from '../../../src/bridge/snapshot-history.ts'
import type { PlainObject } from '../../../src/payload/ordered-json.ts'
import type { Row } from '../../../src/payload/plugin-rows.ts'
import { binId } from './bin-service.ts'
import type { ModelVector } from './model-document.ts'

export interface ModelSnap {
  readonly kind: 'snap'
  readonly id: string
  readonly of: 'published' | 'seen'
  readonly rows: ReadonlyMap<string, Row>
  readonly top: number
  /** What its content knows of. */
  readonly vector: ModelVector
  /** What a replica must have to take it for a base. */
  readonly needs: ModelVector
  readonly write: string | undefined
  readonly marker: string | undefined
}

export interface ModelEntry {
  readonly kind: 'merge'
  readonly id: string
  readonly lane: string
  readonly T: number
  readonly facts: readonly { readonly key: string; readonly field: string; readonly text: string }[]
  readonly replaced: readonly string[]
  readonly kept: readonly string[]
  readonly keptDeletions: readonly string[]
  readonly seen: ModelVector
  readonly savedAt: number
  readonly ghosts: ReadonlyMap<string, ReadonlySet<number>>
}

export type SideItem = (ModelSnap | ModelEntry) & { readonly t: number; readonly by: string }

export interface ModelSide {
  readonly history: SnapshotHistory
  readonly items: ReadonlyMap<string, SideItem>
  readonly newest: number
  take(items: readonly SideItem[]): void
  vectorOf(snapId: string): ModelVector
  knowsWrite(write: string): boolean
}

export function createModelSide(): ModelSide {
  const history = createSnapshotHistory()
  const items = new Map<string, SideItem>()
  const vectors = new Map<string, ModelVector>()
  const writes = new Set<string>()
  let newest = 0

  return {
    history,
    items,
    get newest() {
      return newest
    },
    take: (more) => {
      for (const item of more) {
        if (items.has(item.id)) continue
        items.set(item.id, item)
        newest = Math.max(newest, item.t)
        if (item.kind !== 'snap') continue
        const { id, of, t, by, rows, top, write, marker } = item
        const full = {
          rows: { ...Object.fromEntries(rows), $sets: ['s'], $themes: [] } as unknown as PlainObject,
          ids: {},
          vv: {},
        }
        const head = { kind: of, bin: binId, parent: null, top, sv: '', by, rev: 0 }
        const body = {
          ...head,
          full,
          ...(write === undefined ? {} : { write }),
          ...(marker === undefined ? {} : { marker }),
        }
        history.add({ kind: 'snap', id, t, lane: by, body })
        vectors.set(id, item.needs)
        if (write !== undefined) writes.add(write)
      }
    },
    vectorOf: (id) => vectors.get(id) ?? new Map(),
    knowsWrite: (write) => writes.has(write),
  }
}
