/**
 * The file that the plugin gets: always accepted by it, and given back unchanged where nobody edits (`plugin-rules.ts`). What
 * it would refuse, lose or turn into something else is repaired in a way that can be undone, or held back, and listed.
 *
 * One spelling for the whole file, that of most tokens: the plugin writes all sets in the spelling of the last one, so a mixed
 * file would flip with its next save. For the same reason a DTCG file does not end with an empty set.
 */
import type { HeldBack } from './held-back.ts'
import { isToken } from './is-token.ts'
import { markerKey } from './marker-block.ts'
import { getKey, isIntegerKey, isObject, type Json, type JsonObject, keysOf, objectFrom } from './ordered-json.ts'
import { type PluginRows, pluginRows } from './plugin-rows.ts'
import type { ValueKey } from './plugin-view.ts'
import { showThemes } from './project-themes.ts'
import { countSpellings, projectSet, type TokenOrigin } from './projected-set.ts'
import { inEngineOrder, orderSets, tokenSetOrderOf } from './set-order.ts'

export type { HeldBack } from './held-back.ts'
export type { TokenField } from './project-token.ts'
export type { TokenOrigin } from './projected-set.ts'

export interface ProjectionOrigins {
  /** Set name in the file → in the document. */
  readonly sets: ReadonlyMap<string, string>
  /** Row path → token; the same paths as `rows.tokens`. */
  readonly tokens: ReadonlyMap<string, TokenOrigin>
  /** Theme id in the file → index in the document's `$themes`. */
  readonly themes: ReadonlyMap<string, number>
}

export interface PluginProjection {
  /** `{ values, $themes, $metadata: { tokenSetOrder, version, updatedAt } }`, without a marker. */
  readonly file: JsonObject
  readonly rows: PluginRows
  readonly origins: ProjectionOrigins
  readonly heldBack: readonly HeldBack[]
  /** No token is shown. Such a file must not be served: pulling it empties the designer's file. */
  readonly isEmpty: boolean
}

/** A payload in the single-file form, as a file or as a document's snapshot. */
export type ProjectionSource = JsonObject | { readonly values: object; readonly [key: string]: unknown }

export interface ProjectionOptions {
  /** ISO 8601, in the past: the plugin cannot save over a file that is not older than its own clock. */
  readonly updatedAt?: string
}

/** The version whose rules are kept, named where the payload names none. */
export const pluginVersion = '2.11.10'
/** Long past, so that the plugin can save over a file whose payload has no date. */
const noDate = '1970-01-01T00:00:00.000Z'

export function projectForPlugin(source: ProjectionSource, options: ProjectionOptions = {}): PluginProjection {
  const payload = source as JsonObject
  const heldBack: HeldBack[] = []
  const shown = mostUsedSpelling(payload)
  const contents = new Map<string, JsonObject>()
  const tokens = new Map<string, TokenOrigin>()
  for (const [set, node] of setsInOrder(payload)) {
    const reason = reasonAgainstSet(set, node)
    if (reason !== undefined) {
      heldBack.push({ set, path: [], outcome: 'held-back', reason })
      continue
    }
    const projected = projectSet(set, node as JsonObject, shown)
    contents.set(set, projected.content)
    for (const [path, origin] of projected.origins) tokens.set(path, origin)
    for (const each of projected.heldBack) heldBack.push(each)
  }
  const names = avoidEmptyLastSet([...contents.keys()], contents, shown, heldBack)
  const { themes, origins } = showThemes(payload, (path, outcome, reason) => {
    heldBack.push({ set: null, path, outcome, reason })
  })
  const file: JsonObject = {
    values: objectFrom(
      names,
      names.map((name) => contents.get(name) as JsonObject),
    ),
    $themes: themes,
    $metadata: showMetadata(payload, names, options, heldBack),
  }
  for (const key of keysOf(payload)) {
    if (knownKeys.has(key)) continue
    heldBack.push({
      set: null,
      path: [key],
      outcome: 'held-back',
      reason: 'The plugin strips unknown keys of the file.',
    })
  }
  return {
    file,
    rows: pluginRows(file),
    origins: { sets: new Map(names.map((name) => [name, name])), tokens, themes: origins },
    heldBack,
    isEmpty: tokens.size === 0,
  }
}

/** `version` and `updatedAt` once stood here; `$metadata` has taken them over. */
const knownKeys: ReadonlySet<string> = new Set(['values', '$themes', '$metadata', 'version', 'updatedAt'])

function mostUsedSpelling(payload: JsonObject): ValueKey {
  let lead = 0
  for (const [name, set] of setsInOrder(payload)) {
    if (!isObject(set)) continue
    const count = countSpellings(name, set)
    lead += count.$value - count.value
  }
  return lead < 0 ? 'value' : '$value'
}

function setsInOrder(payload: JsonObject): (readonly [string, Json])[] {
  const values = getKey(payload, 'values')
  if (!isObject(values)) return []
  return orderSets(keysOf(values), tokenSetOrderOf(payload)).map(
    (name) => [name, getKey(values, name) as Json] as const,
  )
}

function reasonAgainstSet(name: string, set: Json): string | undefined {
  if (name === '__proto__') return 'The plugin drops a set of this name.'
  if (!isObject(set)) return 'A token set must be an object.'
  return isToken(set) ? 'The plugin shows tokens in sets only, and this set is a token itself.' : undefined
}

/**
 * An empty set overrides nothing, so it may stand before the last one that is not. Where even that does not help, because
 * whole numbers always come first, empty sets are held back.
 */
function avoidEmptyLastSet(
  names: readonly string[],
  contents: ReadonlyMap<string, JsonObject>,
  shown: ValueKey,
  heldBack: HeldBack[],
): readonly string[] {
  const isEmpty = (name: string): boolean => keysOf(contents.get(name) as JsonObject).length === 0
  const inOrder = inEngineOrder(names)
  const last = inOrder.findLastIndex((name) => !isEmpty(name))
  const trailing = new Set(inOrder.slice(last + 1))
  if (shown === 'value' || last < 0 || trailing.size === 0) return names
  const lastName = inOrder[last] as string
  const canMove = !isIntegerKey(lastName)
  for (const set of trailing) {
    heldBack.push({ set, path: [], outcome: canMove ? 'repaired' : 'held-back', reason: emptyLastReason })
  }
  const rest = names.filter((name) => !trailing.has(name))
  if (!canMove) return rest
  return rest.flatMap((name) => (name === lastName ? [...trailing, name] : [name]))
}

const emptyLastReason = 'An empty last set makes the plugin rewrite all sets in the old spelling.'

function showMetadata(
  payload: JsonObject,
  names: readonly string[],
  options: ProjectionOptions,
  heldBack: HeldBack[],
): JsonObject {
  const given = getKey(payload, '$metadata')
  const metadata = isObject(given) ? given : {}
  for (const key of keysOf(metadata)) {
    if (key === markerKey || key === 'tokenSetOrder' || knownKeys.has(key)) continue
    const reason = 'The plugin writes $metadata anew and strips unknown keys.'
    heldBack.push({ set: null, path: ['$metadata', key], outcome: 'held-back', reason })
  }
  const shownNames = new Set(names)
  for (const name of tokenSetOrderOf(payload)) {
    if (shownNames.has(name)) continue
    const reason = 'The plugin lists only the sets that are there.'
    heldBack.push({ set: null, path: ['$metadata', 'tokenSetOrder', name], outcome: 'held-back', reason })
  }
  const text = (key: string): string | undefined =>
    [getKey(metadata, key), getKey(payload, key)].find((value): value is string => typeof value === 'string')
  return {
    tokenSetOrder: names,
    version: text('version') ?? pluginVersion,
    updatedAt: options.updatedAt ?? text('updatedAt') ?? noDate,
  }
}
