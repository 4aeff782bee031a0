/** How the plugin (2.11.10) reads one node of a token set. */
import { isToken } from './is-token.ts'
import { getKey, hasKey, isObject, type JsonObject, keysOf } from './ordered-json.ts'

export type ValueKey = '$value' | 'value'

/** Type, value and description under each of the two spellings. */
export const spelled: Readonly<Record<ValueKey, { readonly type: string; readonly description: string }>> = {
  $value: { type: '$type', description: '$description' },
  value: { type: 'type', description: 'description' },
}

/** Keys that the plugin uses for itself; in a file they are lost or do damage. */
export const pluginInternalKeys: ReadonlySet<string> = new Set([
  'name',
  'inheritTypeLevel',
  'internal__Parent',
  'rawValue',
])

export function otherSpelling(key: ValueKey): ValueKey {
  return key === '$value' ? 'value' : '$value'
}

/**
 * The key of a token's value; undefined for a group. Beyond `isToken`, an object under `value` is a value where a type is
 * inherited: the plugin leaves the type of a legacy composite to its group.
 */
export function valueKeyOf(node: JsonObject, inheritsLegacyType: boolean): ValueKey | undefined {
  if (hasKey(node, '$value')) return '$value'
  if (isToken(node)) return 'value'
  const value = getKey(node, 'value')
  const isComposite = isObject(value) && (!hasKey(value, 'value') || survivesAsGroup(value))
  return inheritsLegacyType && isComposite ? 'value' : undefined
}

/** True where the value itself holds the value key: the plugin then takes the node for a group with a token of that name. */
export function hasNestedValue(node: JsonObject, key: ValueKey): boolean {
  const value = getKey(node, key)
  return isObject(value) && hasKey(value, key)
}

/**
 * True for a legacy token whose value the plugin takes for a token of its own, without harm: it writes back what it read. So
 * it is with a dimension `{ value: 16, unit: "px" }`, unless that has a type or keys that the plugin uses.
 */
export function survivesAsGroup(value: JsonObject): boolean {
  if (getKey(value, 'value') === null || hasNestedValue(value, 'value')) return false
  return keysOf(value).every((key) => key !== 'type' && !key.startsWith('$') && !pluginInternalKeys.has(key))
}

/** True where the plugin reads the set as DTCG. It searches the set's text for `$value`, wherever that stands. */
export function isReadAsDtcg(setText: string): boolean {
  return setText.includes('$value')
}

export function textOf(node: JsonObject, key: string): string | undefined {
  const value = getKey(node, key)
  return typeof value === 'string' && value !== '' ? value : undefined
}
