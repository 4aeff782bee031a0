/**
 * Parts of an earlier file put back into a later one: whole sets, or single tokens with the groups above them. Everything
 * else stays as the later file has it.
 */
import type { TokenFile } from './file-form.ts'
import { isChildKey, isToken } from './is-token.ts'
import { getKey, hasKey, isObject, type Json, type JsonObject, keysOf, objectFrom, withMember } from './ordered-json.ts'
import { tokenSetOrderOf } from './set-order.ts'

export interface PartsToPutBack {
  readonly sets?: readonly string[]
  /** Tokens or groups. */
  readonly tokens?: readonly { readonly set: string; readonly path: readonly string[] }[]
}

/**
 * The later file with these parts as they were; a part that was not there then is taken out. What is put back stands where it
 * stood among its neighbours.
 */
export function putBack(now: TokenFile, then: TokenFile, { sets = [], tokens = [] }: PartsToPutBack): JsonObject {
  let file: Sets = { root: now.root, sets: now.sets }
  for (const name of sets) file = putSet(file, then, name, then.sets.get(name))
  for (const { set, path } of tokens) {
    const before = then.sets.get(set)
    const current = file.sets.get(set)
    const content = path.length === 0 ? before : putNode(current, before, path, false)
    if (content !== current) file = putSet(file, then, set, content)
  }
  return rootOf(now, file)
}

/** Whether the file has this set, token or group. */
export function hasPart({ sets }: TokenFile, set: string, path: readonly string[]): boolean {
  let node: Json | undefined = sets.get(set)
  for (const name of path) node = isObject(node) ? getKey(node, name) : undefined
  return isObject(node)
}

interface Sets {
  /** Its sets are those of `sets`, whatever stands there. */
  readonly root: JsonObject
  readonly sets: ReadonlyMap<string, JsonObject>
}

function putSet(file: Sets, then: TokenFile, name: string, content: JsonObject | undefined): Sets {
  if (!content) {
    const sets = new Map(file.sets)
    sets.delete(name)
    return { root: withSetOrder(file.root, (order) => order.filter((each) => each !== name)), sets }
  }
  if (file.sets.has(name)) return { ...file, sets: new Map(file.sets).set(name, content) }
  const names = insertNamed([...file.sets.keys()], [...then.sets.keys()], name)
  const sets = new Map(names.map((each) => [each, file.sets.get(each) ?? content]))
  const root = withSetOrder(file.root, (order) =>
    order.includes(name) ? order : insertNamed(order, tokenSetOrderOf(then.root), name),
  )
  return { root: withThemeStatus(root, then.root, name), sets }
}

function withSetOrder(root: JsonObject, change: (order: readonly string[]) => readonly string[]): JsonObject {
  const metadata = getKey(root, '$metadata')
  if (!isObject(metadata) || !Array.isArray(getKey(metadata, 'tokenSetOrder'))) return root
  return withMember(root, '$metadata', withMember(metadata, 'tokenSetOrder', change(tokenSetOrderOf(root))))
}

/** A set that was gone took its place in every theme with it. */
function withThemeStatus(root: JsonObject, then: JsonObject, set: string): JsonObject {
  const themes = getKey(root, '$themes')
  const earlier = getKey(then, '$themes')
  if (!Array.isArray(themes) || !Array.isArray(earlier)) return root
  const statusById = new Map<Json, Json>()
  for (const theme of earlier as readonly Json[]) {
    const status = isObject(theme) ? statusIn(theme, set) : undefined
    const id = isObject(theme) ? getKey(theme, 'id') : undefined
    if (id !== undefined && status !== undefined) statusById.set(id, status)
  }
  const changed = (themes as readonly Json[]).map((theme) => {
    const status = isObject(theme) ? statusById.get(getKey(theme, 'id') ?? null) : undefined
    if (!isObject(theme) || status === undefined || statusIn(theme, set) !== undefined) return theme
    const selected = getKey(theme, 'selectedTokenSets')
    return withMember(theme, 'selectedTokenSets', withMember(isObject(selected) ? selected : {}, set, status))
  })
  return withMember(root, '$themes', changed)
}

function statusIn(theme: JsonObject, set: string): Json | undefined {
  const selected = getKey(theme, 'selectedTokenSets')
  return isObject(selected) ? getKey(selected, set) : undefined
}

/**
 * `current` with what `then` has at `path`, and without it where `then` has nothing. `isTokenAllowed` is false for a set, which
 * is no token whatever stands in it.
 */
function putNode(
  current: JsonObject | undefined,
  then: JsonObject | undefined,
  path: readonly string[],
  isTokenAllowed: boolean,
): JsonObject | undefined {
  const [name, ...below] = path as [string, ...string[]]
  const earlier = then && getKey(then, name)
  const old = isObject(earlier) ? earlier : undefined
  const standing = current && getKey(current, name)
  const now = isObject(standing) ? standing : undefined
  const child = below.length > 0 ? putNode(now, old, below, true) : putWhole(now, old)
  if (child === now) return current
  if (!child) {
    const left = withMember(current as JsonObject, name, undefined)
    // A group that was made for what is taken out goes with it.
    return !then && keysOf(left).length === 0 ? undefined : left
  }
  const base = current ?? ownOf(then as JsonObject, isTokenAllowed)
  if (hasKey(base, name)) return withMember(base, name, child)
  const keys = insertNamed(keysOf(base), then ? keysOf(then) : [], name)
  return objectFrom(
    keys,
    keys.map((key) => (key === name ? child : (getKey(base, key) as Json))),
  )
}

/** A token is put back by itself: tokens inside it are tokens of their own. A group comes with all that it held. */
function putWhole(now: JsonObject | undefined, then: JsonObject | undefined): JsonObject | undefined {
  const inner = now ? keysOf(now).filter((key) => isInner(now, key)) : []
  if (!then) {
    if (!now || !isToken(now) || inner.length === 0) return undefined
    return objectFrom(
      inner,
      inner.map((key) => getKey(now, key) as Json),
    )
  }
  if (!isToken(then)) return then
  const own = ownOf(then, true)
  const kept = inner.filter((key) => !hasKey(own, key))
  return objectFrom(
    [...keysOf(own), ...kept],
    [
      ...keysOf(own).map((key) => getKey(own, key) as Json),
      ...kept.map((key) => getKey(now as JsonObject, key) as Json),
    ],
  )
}

function isInner(node: JsonObject, key: string): boolean {
  return isChildKey(key, isToken(node)) && isObject(getKey(node, key))
}

/** Without what lies below it. */
function ownOf(node: JsonObject, isTokenAllowed: boolean): JsonObject {
  const token = isTokenAllowed && isToken(node)
  const keys = keysOf(node).filter((key) => !isChildKey(key, token) || !isObject(getKey(node, key)))
  return objectFrom(
    keys,
    keys.map((key) => getKey(node, key) as Json),
  )
}

/** `name` behind the nearest name before it in `order` that is there, else before the nearest after it, else last. */
function insertNamed(names: readonly string[], order: readonly string[], name: string): readonly string[] {
  if (names.includes(name)) return names
  const place = order.indexOf(name)
  const before = order.slice(0, Math.max(0, place)).findLast((each) => names.includes(each))
  const after = order.slice(place + 1).find((each) => names.includes(each))
  const at =
    before !== undefined ? names.indexOf(before) + 1 : after !== undefined ? names.indexOf(after) : names.length
  return names.toSpliced(at, 0, name)
}

function rootOf({ form, sets: before }: TokenFile, { root, sets }: Sets): JsonObject {
  if (form === 'sets') return withSets(root, before, sets)
  const values = getKey(root, 'values')
  return withMember(root, 'values', withSets(isObject(values) ? values : {}, before, sets))
}

/** Members that are no sets stay where they are. */
function withSets(
  container: JsonObject,
  before: ReadonlyMap<string, JsonObject>,
  sets: ReadonlyMap<string, JsonObject>,
): JsonObject {
  let keys: readonly string[] = keysOf(container).filter((key) => !before.has(key) || sets.has(key))
  for (const name of sets.keys()) keys = insertNamed(keys, [...sets.keys()], name)
  return objectFrom(
    keys,
    keys.map((key) => sets.get(key) ?? (getKey(container, key) as Json)),
  )
}
