/**
 * What a payload must be to be read at all. Tolerant on purpose: what the plugin would refuse is still tokens
 * (`plugin-rules.ts` says what that is), and everything unknown is kept. By hand, since a schema library would be most of the
 * snapshot loader.
 */
import type { TokenFile } from './file-form.ts'
import { tokensIn } from './is-token.ts'
import { getKey, isObject, type Json, type JsonObject, keysOf, type PlainObject } from './ordered-json.ts'

/** Tokens Studio's single-file form. */
export interface Payload extends PlainObject {
  readonly values: { readonly [set: string]: PlainObject }
}

/** The dotted path of the first place that makes the object no payload; null where it is one. */
export function findPayloadError(root: JsonObject): string | null {
  const values = getKey(root, 'values')
  if (!isObject(values)) return 'values'
  const set = keysOf(values).find((name) => !isObject(getKey(values, name)))
  if (set !== undefined) return `values.${set}`
  const themes = getKey(root, '$themes')
  if (themes !== undefined && !isListOf(themes, isObject)) return '$themes'
  const metadata = getKey(root, '$metadata')
  if (metadata === undefined) return null
  if (!isObject(metadata)) return '$metadata'
  const order = getKey(metadata, 'tokenSetOrder')
  return order === undefined || isListOf(order, isString) ? null : '$metadata.tokenSetOrder'
}

function isListOf(value: Json, accepts: (item: Json) => boolean): boolean {
  return Array.isArray(value) && value.every((item: Json) => accepts(item))
}

function isString(value: Json): boolean {
  return typeof value === 'string'
}

/** How many tokens each set holds, in the order of the file; those inside other tokens included. */
export function countBySet(file: TokenFile): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const [name, set] of file.sets) counts.set(name, [...tokensIn(set)].length)
  return counts
}

export function countTokens(file: TokenFile): number {
  let count = 0
  for (const inSet of countBySet(file).values()) count += inSet
  return count
}
