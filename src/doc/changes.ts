import { isToken } from '../payload/is-token.ts'
import { getKey, isObject, type Json, type JsonObject } from '../payload/ordered-json.ts'
import { inEngineOrder } from '../payload/set-order.ts'
import type { ChangeAuthor } from './change-author.ts'
import { fieldChanges } from './change-fields.ts'
import { isTokenSeen, type NodeChange, nodeChanges, type Seen } from './change-nodes.ts'
import { freezeJson } from './frozen-json.ts'
import type { Author } from './lane.ts'
import type { ChangeOrigin } from './origin.ts'
import { sameItems } from './same-items.ts'
import type { SetsId } from './seed.ts'
import { plainOf, type Snapshot } from './snapshot.ts'

/**
 * One thing that differs between the snapshot before and after a transaction. Replaying a batch onto the earlier snapshot
 * gives the later one: take out what was removed or renamed, inner nodes first; put the renamed ones back under their new
 * paths, outer ones first; write values and fields; then bring members into order.
 *
 * - `token`, `group`: `path` below `set`; `field` below the token or group, `[]` for the whole of it.
 * - `set`: `path` is `[]`. `theme`: `path` is `[theme id]`, `set` null. `metadata`: `path` below the file's root, `set` null.
 * - `order`: the members at `path` (sets: `set` null, `path` `['values']`; themes: `['$themes']`) stand in another order;
 *   `before` and `after` list their names.
 * - `renamedFrom` marks a node that kept its identity under another name or place, and says where it was in the earlier
 *   snapshot; `before` and `after` are then undefined. What a renamed group holds comes with it.
 */
export interface TokenChange {
  readonly kind: 'token' | 'group' | 'set' | 'theme' | 'metadata' | 'order'
  readonly set: string | null
  readonly path: readonly string[]
  readonly field: readonly string[]
  readonly before: Json | undefined
  readonly after: Json | undefined
  readonly renamedFrom?: { readonly set: string; readonly path: readonly string[] }
  readonly who: Author
  /** Milliseconds since 1970, from the fact's own stamp. */
  readonly when: number
  readonly origin: ChangeOrigin
}

/** A moment to compare with another. */
export interface Moment {
  /** The root's value, links not yet followed. */
  readonly root: JsonObject
  readonly snapshot: Snapshot
  readonly setsId: SetsId
}

type Change = Omit<TokenChange, 'who' | 'when' | 'origin'>

export function changesBetween(
  before: Moment,
  after: Moment,
  authorOf: (id: string) => ChangeAuthor,
  origin: ChangeOrigin,
): readonly TokenChange[] {
  if (before.snapshot === after.snapshot) return []
  const changes: TokenChange[] = []
  const add = (id: string, change: Change): void => {
    changes.push(freezeChange({ ...change, ...authorOf(id), origin }))
  }
  addNodeChanges(before, after, add)
  addThemeChanges(before.snapshot, after.snapshot, add)
  for (const key of new Set([...Object.keys(before.snapshot), ...Object.keys(after.snapshot)])) {
    if (key === 'values' || key === '$themes') continue
    const old = before.snapshot[key] as Json | undefined
    const now = after.snapshot[key] as Json | undefined
    for (const { field, before: from, after: to } of fieldChanges(old, now, [key]))
      add(`/${key}`, { kind: 'metadata', set: null, path: field, field: [], before: from, after: to })
  }
  return Object.freeze(changes)
}

function freezeChange(change: TokenChange): TokenChange {
  freezeJson(change as unknown as Json)
  return change
}

type Add = (id: string, change: Change) => void

function addNodeChanges(before: Moment, after: Moment, add: Add): void {
  const oldSets = setsOf(before)
  const newSets = setsOf(after)
  if (!oldSets || !newSets) return
  const isSet = (name: string): boolean => after.setsId !== '' || !name.startsWith('$')
  const { changes, levels } = nodeChanges(oldSets, newSets, isSet)
  for (const change of changes) add(idOfChange(change), describe(change))
  const moves = movesOf(changes)
  for (const [was, now] of levels) {
    const isTop = now.path.length === 0
    // Members of a token are fields, which have no order of their own.
    if (isTokenSeen(now)) continue
    const old = isTop ? Object.keys(before.snapshot.values) : Object.keys(plainOf(was.value) as object)
    const names = isTop ? Object.keys(after.snapshot.values) : Object.keys(plainOf(now.value) as object)
    const replayed = inEngineOrder(replayedOrder(old, was.id, now.id, moves))
    if (sameItems(replayed, names)) continue
    const [set = null, ...path] = now.path
    add(now.id, { kind: 'order', set, path: isTop ? ['values'] : path, field: [], before: old, after: names })
  }
}

function setsOf({ root, setsId }: Moment): Seen | undefined {
  const value = setsId === '' ? root : getKey(root, 'values')
  return isObject(value) ? { id: setsId, value, path: [], parentId: '', moved: false } : undefined
}

function idOfChange(change: NodeChange): string {
  if (change.kind === 'removed') return change.before.id
  return change.kind === 'field' ? [change.after.id, ...change.field].join('/') : change.after.id
}

function describe(change: NodeChange): Change {
  const { kind, set, path } = placeOf(change.kind === 'removed' ? change.before : change.after)
  const base = { kind, set, path, field: [], before: undefined, after: undefined }
  switch (change.kind) {
    case 'renamed': {
      const [from, ...below] = change.before.path as [string, ...string[]]
      return { ...base, renamedFrom: { set: from, path: below } }
    }
    case 'removed':
      return { ...base, before: plainOf(change.before.value) }
    case 'added':
      return { ...base, after: plainOf(change.after.value) }
    case 'field':
      return { ...base, field: change.field, before: plainOr(change.from), after: plainOr(change.to) }
  }
}

function plainOr(value: Json | undefined): Json | undefined {
  return value === undefined ? undefined : plainOf(value)
}

function placeOf({ path, value }: Seen): Pick<Change, 'kind' | 'set' | 'path'> {
  const [set, ...below] = path as [string, ...string[]]
  return { kind: below.length === 0 ? 'set' : isToken(value) ? 'token' : 'group', set, path: below }
}

interface Moves {
  /** Id of a group → names that left it. */
  readonly left: ReadonlyMap<string, readonly string[]>
  /** Id of a group → names that came, renamed ones first. */
  readonly came: ReadonlyMap<string, readonly string[]>
}

function movesOf(changes: readonly NodeChange[]): Moves {
  const left = new Map<string, string[]>()
  const came = new Map<string, string[]>()
  const note = (map: Map<string, string[]>, id: string, name: string): void => {
    const names = map.get(id)
    if (names) names.push(name)
    else map.set(id, [name])
  }
  for (const change of changes) {
    if (change.kind === 'renamed' || change.kind === 'removed')
      note(left, change.before.parentId, change.before.path.at(-1) as string)
    if (change.kind === 'renamed' || change.kind === 'added')
      note(came, change.after.parentId, change.after.path.at(-1) as string)
    if (change.kind !== 'field' || change.field.length !== 1) continue
    if (change.to === undefined) note(left, change.after.id, change.field[0] as string)
    else if (change.from === undefined) note(came, change.after.id, change.field[0] as string)
  }
  return { left, came }
}

/** How members stand once everything but the order is replayed. */
function replayedOrder(names: readonly string[], oldId: string, newId: string, { left, came }: Moves): string[] {
  const gone = new Set(left.get(oldId))
  const kept = names.filter((name) => !gone.has(name))
  return [...new Set([...kept, ...(came.get(newId) ?? [])])]
}

function addThemeChanges(before: Snapshot, after: Snapshot, add: Add): void {
  if (before.$themes === after.$themes) return
  const old = themesById(before.$themes)
  const now = themesById(after.$themes)
  if (!old || !now) {
    const base = { kind: 'metadata', set: null, path: ['$themes'], field: [] } as const
    add('/$themes', { ...base, before: before.$themes, after: after.$themes })
    return
  }
  const base = { kind: 'theme', set: null } as const
  for (const [id, theme] of old)
    if (!now.has(id)) add(`/$themes/${id}`, { ...base, path: [id], field: [], before: theme, after: undefined })
  for (const [id, theme] of now)
    for (const { field, before: from, after: to } of fieldChanges(old.get(id), theme, []))
      add(['/$themes', id, ...field].join('/'), { ...base, path: [id], field, before: from, after: to })
  const replayed = [...[...old.keys()].filter((id) => now.has(id)), ...[...now.keys()].filter((id) => !old.has(id))]
  const ids = [...now.keys()]
  if (replayed.some((id, i) => id !== ids[i]))
    add('/$themes', { kind: 'order', set: null, path: ['$themes'], field: [], before: [...old.keys()], after: ids })
}

/** Undefined where some theme has no id of its own. */
function themesById(themes: readonly JsonObject[]): ReadonlyMap<string, JsonObject> | undefined {
  const byId = new Map<string, JsonObject>()
  for (const theme of themes) {
    const id = isObject(theme) ? getKey(theme, 'id') : undefined
    if (typeof id !== 'string' || byId.has(id)) return undefined
    byId.set(id, theme)
  }
  return byId
}
