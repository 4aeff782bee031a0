/**
 * What differs between two files, readable enough to show a person: one record for each field of a token, group or theme.
 *
 * It compares plain files and knows no ids; what it calls renamed is a token that left one place and, alone among all, came up
 * the same in another.
 */
import type { TokenFile } from './file-form.ts'
import { isChildKey, isToken } from './is-token.ts'
import { markerKey } from './marker-block.ts'
import {
  equalJson,
  getKey,
  isObject,
  type Json,
  type JsonObject,
  keysOf,
  objectFrom,
  stringifyJson,
} from './ordered-json.ts'
import { orderSets, tokenSetOrderOf } from './set-order.ts'

/**
 * One thing that differs.
 *
 * - `token`: `path` below `set`, `field` below the token: `['$value']`, `['$value', 'fontSize']`; `[]` for a token that only
 *   one file has, or that was renamed.
 * - `group`: the same for fields of groups, such as `$description`, and for groups without a token that only one file has.
 * - `set`: only one file has it; its tokens are then listed, too. `path` is `[]`.
 * - `theme`: `path` is `[theme id]`, `set` null. `metadata`: `path` below the file's root, `set` null.
 * - `order`: what both have at `path` stands in another order; `before` and `after` list the names. The order of sets has the
 *   `path` `['values']`, that of themes `['$themes']`, both `set` null.
 */
export interface FileChange {
  readonly kind: 'token' | 'group' | 'set' | 'theme' | 'metadata' | 'order'
  readonly set: string | null
  readonly path: readonly string[]
  readonly field: readonly string[]
  /** Undefined where the earlier file has no such thing. */
  readonly before: Json | undefined
  /** Undefined where the later file has no such thing. */
  readonly after: Json | undefined
  /** Where the token was in the earlier file; what it was is the same. */
  readonly renamedFrom?: { readonly set: string; readonly path: readonly string[] }
}

/** In the order of the later file, set by set, and then what only the earlier one has. Dates and the bridge's marker do not count. */
export function changesOfFiles(before: TokenFile, after: TokenFile): readonly FileChange[] {
  const changes: FileChange[] = []
  const add = (change: FileChange): void => void changes.push(change)
  for (const [set, content] of after.sets) compareSets(set, before.sets.get(set), content, add)
  for (const [set, content] of before.sets) if (!after.sets.has(set)) compareSets(set, content, undefined, add)
  compareOrder(null, ['values'], setOrderOf(before), setOrderOf(after), add)
  compareThemes(getKey(before.root, '$themes'), getKey(after.root, '$themes'), add)
  compareRest(before, after, add)
  return withRenames(changes)
}

type Add = (change: FileChange) => void
type Values = Pick<FileChange, 'before' | 'after'>

function compareSets(set: string, before: JsonObject | undefined, after: JsonObject | undefined, add: Add): void {
  if (equalJson(before, after, true)) return
  if (!before || !after) add({ kind: 'set', set, path: [], field: [], before, after })
  compareNodes(set, [], before, after, add)
}

/** Two nodes of one place, at least one of which is there. */
function compareNodes(
  set: string,
  path: readonly string[],
  before: JsonObject | undefined,
  after: JsonObject | undefined,
  add: Add,
): void {
  if (equalJson(before, after, true)) return
  const old = partsOf(before, path.length > 0)
  const now = partsOf(after, path.length > 0)
  compareOwn(set, path, old, now, add)
  for (const [name, child] of now.children) compareNodes(set, [...path, name], old.children.get(name), child, add)
  for (const [name, child] of old.children)
    if (!now.children.has(name)) compareNodes(set, [...path, name], child, undefined, add)
  compareOrder(set, path, [...old.children.keys()], [...now.children.keys()], add)
}

interface NodeParts {
  readonly kind: 'token' | 'group' | 'none'
  /** Its own members, without what lies below it. */
  readonly own: JsonObject
  readonly children: ReadonlyMap<string, JsonObject>
}

const noNode: NodeParts = { kind: 'none', own: {}, children: new Map() }

function partsOf(node: JsonObject | undefined, mayBeToken: boolean): NodeParts {
  if (!node) return noNode
  const token = mayBeToken && isToken(node)
  const children = new Map<string, JsonObject>()
  for (const key of keysOf(node)) {
    const child = getKey(node, key)
    if (isObject(child) && isChildKey(key, token)) children.set(key, child)
  }
  const own = keysOf(node).filter((key) => !children.has(key))
  return { kind: token ? 'token' : 'group', own: pick(node, own), children }
}

function compareOwn(set: string, path: readonly string[], old: NodeParts, now: NodeParts, add: Add): void {
  const at = (kind: 'token' | 'group', field: readonly string[], values: Values): void =>
    add({ kind, set, path, field, ...values })
  if (old.kind === 'token' || now.kind === 'token') {
    const token = old.kind === 'token' ? old.own : undefined
    const later = now.kind === 'token' ? now.own : undefined
    if (token && later) for (const change of fieldChanges(token, later, [])) at('token', change.field, change)
    else at('token', [], { before: token, after: later })
  }
  const group = old.kind === 'group' ? old : undefined
  const later = now.kind === 'group' ? now : undefined
  if (!group && !later) return
  // A whole set is listed already, and a group that holds tokens comes and goes with them.
  const isAlone = path.length > 0 && (!group || !later) && !holdsAny(group ?? later)
  if (isAlone) at('group', [], { before: group?.own, after: later?.own })
  else for (const change of fieldChanges(group?.own ?? {}, later?.own ?? {}, [])) at('group', change.field, change)
}

function holdsAny(parts: NodeParts | undefined): boolean {
  return parts !== undefined && parts.children.size > 0
}

interface FieldChange extends Values {
  readonly field: readonly string[]
}

/** As deep as both have the same shape, so that a composite value is compared part by part. */
function* fieldChanges(
  before: Json | undefined,
  after: Json | undefined,
  field: readonly string[],
): Generator<FieldChange, void, undefined> {
  if (equalJson(before, after)) return
  if (isObject(before) && isObject(after)) {
    for (const key of new Set([...keysOf(after), ...keysOf(before)]))
      yield* fieldChanges(getKey(before, key), getKey(after, key), [...field, key])
  } else if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    for (const [i, item] of after.entries()) yield* fieldChanges(before[i] as Json, item as Json, [...field, String(i)])
  } else yield { field, before, after }
}

function setOrderOf({ root, sets }: TokenFile): readonly string[] {
  return orderSets(sets.keys(), tokenSetOrderOf(root))
}

/** What only one has says so elsewhere. */
function compareOrder(
  set: string | null,
  path: readonly string[],
  before: readonly string[],
  after: readonly string[],
  add: Add,
): void {
  const now = new Set(after)
  const kept = before.filter((name) => now.has(name))
  const known = new Set(kept)
  const common = after.filter((name) => known.has(name))
  if (kept.some((name, i) => name !== common[i]))
    add({ kind: 'order', set, path, field: [], before: kept, after: common })
}

function compareThemes(before: Json | undefined, after: Json | undefined, add: Add): void {
  const old = themesById(before)
  const now = themesById(after)
  const base = { kind: 'theme', set: null } as const
  for (const [id, theme] of now) {
    const was = old.get(id)
    if (was === undefined) add({ ...base, path: [id], field: [], before: undefined, after: theme })
    else for (const change of fieldChanges(was, theme, [])) add({ ...base, path: [id], ...change })
  }
  for (const [id, theme] of old)
    if (!now.has(id)) add({ ...base, path: [id], field: [], before: theme, after: undefined })
  compareOrder(null, ['$themes'], [...old.keys()], [...now.keys()], add)
}

/** Themes without an id of their own are known by their place. */
function themesById(themes: Json | undefined): ReadonlyMap<string, Json> {
  const byId = new Map<string, Json>()
  for (const [i, theme] of (Array.isArray(themes) ? (themes as readonly Json[]) : []).entries()) {
    const id = isObject(theme) ? getKey(theme, 'id') : undefined
    byId.set(typeof id === 'string' && !byId.has(id) ? id : String(i), theme)
  }
  return byId
}

/** Told elsewhere, or set anew by every write of a bin. */
const notMetadata: ReadonlySet<string> = new Set(['tokenSetOrder', 'updatedAt', 'version', markerKey])

function compareRest(before: TokenFile, after: TokenFile, add: Add): void {
  for (const change of fieldChanges(restOf(before), restOf(after), []))
    add({ kind: 'metadata', set: null, path: change.field, field: [], before: change.before, after: change.after })
}

function restOf({ form, root, sets }: TokenFile): JsonObject {
  const keys = keysOf(root).filter(
    (key) => key !== '$themes' && (form === 'single' ? key !== 'values' : !sets.has(key)),
  )
  const rest = pick(root, keys)
  const metadata = getKey(rest, '$metadata')
  if (!isObject(metadata)) return rest
  const told = keysOf(metadata).filter((key) => !notMetadata.has(key))
  const others = keys.filter((key) => key !== '$metadata')
  if (told.length === 0) return pick(rest, others)
  return objectFrom([...others, '$metadata'], [...others.map((key) => getKey(rest, key) as Json), pick(metadata, told)])
}

function pick(object: JsonObject, keys: readonly string[]): JsonObject {
  return objectFrom(
    keys,
    keys.map((key) => getKey(object, key) as Json),
  )
}

/** Joins a token that is gone with the one that came: first those that kept their last name, then any that are alone. */
function withRenames(changes: readonly FileChange[]): readonly FileChange[] {
  const joined = new Map<FileChange, FileChange>()
  const join = (keyOf: (change: FileChange, token: Json) => string): void => {
    const gone = uniqueBy(changes, ({ before, after }) => (after === undefined ? before : undefined), joined, keyOf)
    const came = uniqueBy(changes, ({ before, after }) => (before === undefined ? after : undefined), joined, keyOf)
    for (const [key, later] of came) {
      const earlier = gone.get(key)
      if (!earlier || !later) continue
      joined.set(earlier, later)
      joined.set(later, earlier)
    }
  }
  join(({ path }, token) => `${path.at(-1)}\n${stringifyJson(token)}`)
  join((_, token) => stringifyJson(token))
  return changes.flatMap((change) => {
    const other = joined.get(change)
    if (!other) return [change]
    if (change.after === undefined) return []
    const renamedFrom = { set: other.set as string, path: other.path }
    return [{ ...change, before: other.before, renamedFrom }]
  })
}

/** Key → the only whole token that has it; null where several do. */
function uniqueBy(
  changes: readonly FileChange[],
  tokenOf: (change: FileChange) => Json | undefined,
  taken: ReadonlyMap<FileChange, FileChange>,
  keyOf: (change: FileChange, token: Json) => string,
): ReadonlyMap<string, FileChange | null> {
  const found = new Map<string, FileChange | null>()
  for (const change of changes) {
    const token = change.kind === 'token' && change.field.length === 0 ? tokenOf(change) : undefined
    if (token === undefined || taken.has(change)) continue
    const key = keyOf(change, token)
    found.set(key, found.has(key) ? null : change)
  }
  return found
}
