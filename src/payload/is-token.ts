import { getKey, hasKey, isObject, type Json, type JsonObject, keysOf } from './ordered-json.ts'

/**
 * The one test for a token: an object with `$value`, or with `value` where that is no object or `type` is a string. A group
 * may hold a token named `value`, hence the second half.
 *
 * Not a type guard: a guard would tell the compiler that what fails the test is no object.
 */
export function isToken(value: Json | undefined): boolean {
  if (!isObject(value)) return false
  if (hasKey(value, '$value')) return true
  if (!hasKey(value, 'value')) return false
  return !isObject(getKey(value, 'value')) || typeof getKey(value, 'type') === 'string'
}

/**
 * True for a member of a group or token that can be, or hold, tokens. What starts with `$` describes its parent, but for
 * DTCG's `$root`, the group's own value; `value`, `type` and `description` are a token's fields, but names in a group.
 */
export function isChildKey(key: string, parentIsToken: boolean): boolean {
  if (key.startsWith('$')) return key === '$root'
  return !parentIsToken || (key !== 'value' && key !== 'type' && key !== 'description')
}

/** Every token at or below `node`, parents before children, in the order of the file. `path` is relative to `node`. */
export function* tokensIn(
  node: JsonObject,
  path: readonly string[] = [],
): Generator<{ readonly path: readonly string[]; readonly token: JsonObject }, void, undefined> {
  const token = isToken(node)
  if (token) yield { path, token: node }
  for (const key of keysOf(node)) {
    const child = getKey(node, key)
    if (isObject(child) && isChildKey(key, token)) yield* tokensIn(child, [...path, key])
  }
}

/** Whether `node` is a token or holds one, however deep. */
export function holdsToken(node: JsonObject): boolean {
  return tokensIn(node).next().done !== true
}
