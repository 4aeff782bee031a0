/** A token's fields, whichever spelling its file uses: `$value`, `$type`, `$description` or the older ones without `$`. */
import { getKey, hasKey, isObject, type Json, type JsonObject } from '../../src/payload/ordered-json.ts'

export interface Spelling {
  readonly value: string
  readonly type: string
  readonly description: string
}

export const dtcgSpelling: Spelling = { value: '$value', type: '$type', description: '$description' }
export const legacySpelling: Spelling = { value: 'value', type: 'type', description: 'description' }

/** The spelling `token` is written in; new fields are added in the same one. */
export function spellingOf(token: JsonObject): Spelling {
  return hasKey(token, '$value') || !hasKey(token, 'value') ? dtcgSpelling : legacySpelling
}

export function valueOf(token: JsonObject): Json | undefined {
  return getKey(token, spellingOf(token).value)
}

/** The token's or group's own type; a group passes it on to what lies below. */
export function ownTypeOf(node: JsonObject): string | undefined {
  const type = getKey(node, '$type') ?? getKey(node, 'type')
  return typeof type === 'string' ? type : undefined
}

export function descriptionOf(token: JsonObject): string {
  const text = getKey(token, '$description') ?? getKey(token, 'description')
  return typeof text === 'string' ? text : ''
}

/** Tokens Studio's colour modifier, unread: `{ type, value, space, color? }`. */
export function modifierOf(token: JsonObject): JsonObject | undefined {
  const extensions = getKey(token, '$extensions')
  const studio = isObject(extensions) ? getKey(extensions, 'studio.tokens') : undefined
  const modifier = isObject(studio) ? getKey(studio, 'modify') : undefined
  return isObject(modifier) ? modifier : undefined
}
