/**
 * One token set as the plugin shall see it. Groups lose what the plugin would turn into tokens, keys that it would split
 * stand where it puts them, and each token remembers where it is in the document.
 *
 * A group keeps its type where that is safe, or a file that just fits a bin would no longer fit.
 */
import type { ReportHeldBack } from './held-back.ts'
import { holdsToken, isChildKey, isToken } from './is-token.ts'
import { getKey, hasKey, isObject, type Json, type JsonObject, keysOf, objectFrom } from './ordered-json.ts'
import { foldedPath, keepsGroupName, keepsTokenName, losesAPart } from './plugin-names.ts'
import { hasNestedValue, pluginInternalKeys, spelled, textOf, type ValueKey, valueKeyOf } from './plugin-view.ts'
import { isInnerTokens, type ShownToken, showToken } from './project-token.ts'

/** Containers inside each other in the whole file; a token of the set stands at level 4. */
export const maxShownDepth = 64
const setLevel = 3

export interface ShownSet {
  readonly content: JsonObject
  /** In the order of the document. */
  readonly tokens: readonly {
    /** In the file. */
    readonly shownPath: readonly string[]
    /** In the document. */
    readonly path: readonly string[]
    readonly keys: ShownToken['keys']
  }[]
}

/** A place in the file under construction: a group, or a token with what stands inside it. */
interface Place {
  token: ReadonlyMap<string, Json> | undefined
  type: string | undefined
  readonly children: Map<string, Place>
}

/** The nearest typed group above. */
interface TypeScope {
  readonly type: string
  readonly isLegacy: boolean
  /** Whether the file shows the group typed; else its type is written on its tokens. */
  readonly isKept: boolean
  readonly path: readonly string[]
  isUsed: boolean
}

export function showSet(set: JsonObject, shown: ValueKey, report: ReportHeldBack): ShownSet {
  const root = emptyPlace()
  const tokens: ShownSet['tokens'][number][] = []
  const namesAreKept = keepsAllNames(set)

  const visit = (node: JsonObject, path: readonly string[], scope: TypeScope | undefined): void => {
    const own = shownValueKey(node, shown, scope)
    if (own === undefined) {
      walk(node, path, scope)
      return
    }
    const shownPath = foldedPath(path)
    const refusal =
      (losesAPart(path) ? unholdableName : undefined) ??
      reasonAgainstName(shownPath, node, own, shown) ??
      reasonAgainstPlace(root, shownPath, node, own, shown)
    if (refusal !== undefined) {
      report(path, 'held-back', refusal)
      return
    }
    const context = { own, shown, inherited: scope, depthLeft: maxShownDepth - setLevel - shownPath.length }
    const token = showToken(node, context, (below, ...rest) => report([...path, ...below], ...rest))
    if (!token) return
    placeAt(root, shownPath).token = token.members
    if (scope && token.hasGroupType) {
      scope.isUsed = true
      if (scope.isKept) placeAt(root, scope.path).type = scope.type
    }
    tokens.push({ shownPath, path, keys: token.keys })
    if (!namesAreKept && shownPath.join('/') !== path.join('/')) {
      report(path, 'repaired', `The plugin splits names at dots; it is shown as ${shownPath.join(' / ')}.`)
    }
    for (const key of keysOf(node)) {
      const inner = getKey(node, key)
      if (!isInnerTokens(key, inner)) continue
      report([...path, key], 'repaired', 'The plugin keeps tokens inside a token, but does not show them.')
      visit(inner as JsonObject, [...path, key], undefined)
    }
  }

  const walk = (group: JsonObject, path: readonly string[], above: TypeScope | undefined): void => {
    const typeKey = ['$type', 'type'].find((key) => isShownType(textOf(group, key), shown))
    const type = typeKey === undefined ? undefined : textOf(group, typeKey)
    const scope =
      type === undefined
        ? above
        : {
            type,
            isLegacy: typeKey === 'type',
            isKept: namesAreKept && path.length > 0 && allowsTypedGroup(group, shown),
            path,
            isUsed: false,
          }
    for (const key of keysOf(group)) {
      const child = getKey(group, key) as Json
      if (key === typeKey) continue
      if (key.startsWith('$') && key !== '$root') {
        report([...path, key], 'held-back', 'The plugin turns what a group says of itself into tokens.')
      } else if (!isObject(child)) {
        report([...path, key], 'held-back', 'The plugin does not take a value that belongs to no token.')
      } else visit(child, [...path, key], scope)
    }
    if (keysOf(group).length === 0 && path.length > 0)
      report(path, 'held-back', 'The plugin does not keep empty groups.')
    if (typeKey !== undefined && scope?.isUsed && !scope.isKept) {
      report([...path, typeKey], 'repaired', 'The type of this group is shown on its tokens.')
    }
  }

  walk(set, [], undefined)
  return { content: toJson(root, shown), tokens }
}

/** As the plugin reads the node once it is shown; undefined for a group. */
function shownValueKey(node: JsonObject, shown: ValueKey, scope: TypeScope | undefined): ValueKey | undefined {
  const value = getKey(node, 'value')
  const key = valueKeyOf(node, scope?.isLegacy === true && !(isObject(value) && holdsToken(value)))
  const isGroup = key === 'value' && shown === 'value' && isObject(value) && hasNestedValue(node, 'value')
  return isGroup && textOf(value, 'type') !== undefined ? undefined : key
}

/** True where no key below would be split, joined or dropped. */
function keepsAllNames(node: JsonObject): boolean {
  const nodeIsToken = isToken(node)
  return keysOf(node).every((key) => {
    const child = getKey(node, key)
    if (!isObject(child) || !isChildKey(key, nodeIsToken)) return true
    return keepsGroupName(key) && keepsAllNames(child)
  })
}

/** In a legacy file, text with `$value` would make the plugin take the set for DTCG. */
function isShownType(type: string | undefined, shown: ValueKey): boolean {
  return type !== undefined && !(shown === 'value' && type.includes('$value'))
}

/**
 * Not in legacy files where a member has a name that the schema takes for the group's own type or description, or where a
 * token's value is an object: without its type it could not be told from a group.
 */
function allowsTypedGroup(group: JsonObject, shown: ValueKey): boolean {
  if (shown === '$value') return true
  if (hasKey(group, 'description') || isObject(getKey(group, 'type')) || textOf(group, 'type')?.includes('$value'))
    return false
  return !textOf(group, '$type')?.includes('$value') && !holdsObjectValue(group)
}

function holdsObjectValue(node: JsonObject): boolean {
  if (isObject(getKey(node, 'value')) || isObject(getKey(node, '$value'))) return true
  return keysOf(node).some((key) => {
    const child = getKey(node, key)
    return isObject(child) && holdsObjectValue(child)
  })
}

const insideReason = 'The plugin takes the token around it for a group.'
const unholdableName =
  'The plugin cannot hold this name: it is empty, reserved in JavaScript, or ends with a backslash.'

/** The plugin sees a group in a token with this value. */
function isGroupToo(value: Json | undefined, shown: ValueKey): boolean {
  return isObject(value) && hasKey(value, shown)
}

function reasonAgainstName(
  path: readonly string[],
  token: JsonObject,
  own: ValueKey,
  shown: ValueKey,
): string | undefined {
  const groups = isGroupToo(getKey(token, own), shown) ? path : path.slice(0, -1)
  if (path.length === 0 || !path.every(keepsTokenName) || !groups.every(keepsGroupName)) return unholdableName
  if (path.length >= maxShownDepth - setLevel) return 'It stands deeper than a bin may be.'
  if (shown === 'value' && path.some((name) => name.includes('$value'))) {
    return 'The plugin would take the whole set for DTCG because of the text "$value".'
  }
  return undefined
}

/** Against what stands in the file already. */
function reasonAgainstPlace(
  root: Place,
  path: readonly string[],
  token: JsonObject,
  own: ValueKey,
  shown: ValueKey,
): string | undefined {
  let at: Place | undefined = root
  for (const [index, name] of path.entries()) {
    if (at?.token && (!isChildKey(name, true) || pluginInternalKeys.has(name) || at.token.has(name))) {
      return 'Inside a token the plugin uses this name for itself.'
    }
    if (at?.token && isGroupToo(at.token.get(shown), shown)) return insideReason
    at = at?.children.get(name)
    if (index < path.length - 1 && name === 'value' && shown === 'value' && !at?.token) {
      return 'The plugin takes a group named "value" for the value of a token.'
    }
  }
  if (at?.token) return 'Another token is shown at this place.'
  const children = [...(at?.children.keys() ?? [])]
  if (children.length > 0 && isGroupToo(getKey(token, own), shown)) return insideReason
  const collides = children.some(
    (name) => !isChildKey(name, true) || pluginInternalKeys.has(name) || hasKey(token, name),
  )
  return collides ? 'A group with names that the plugin uses for itself is shown at this place.' : undefined
}

function emptyPlace(): Place {
  return { token: undefined, type: undefined, children: new Map() }
}

function placeAt(root: Place, path: readonly string[]): Place {
  let at = root
  for (const name of path) {
    const next = at.children.get(name) ?? emptyPlace()
    at.children.set(name, next)
    at = next
  }
  return at
}

function toJson(place: Place, shown: ValueKey): JsonObject {
  const members = new Map<string, Json>(place.token)
  if (place.type !== undefined) members.set(spelled[shown].type, place.type)
  for (const [name, child] of place.children) members.set(name, toJson(child, shown))
  return objectFrom([...members.keys()], [...members.values()])
}
