/** One token in the spelling of the projection, without what the plugin would refuse or lose. */
import type { ReportHeldBack } from './held-back.ts'
import { holdsToken, isChildKey } from './is-token.ts'
import {
  getKey,
  hasKey,
  isContainer,
  isDeeperThan,
  isObject,
  type Json,
  type JsonObject,
  keysOf,
  stringifyJson,
} from './ordered-json.ts'
import { otherSpelling, pluginInternalKeys, spelled, survivesAsGroup, textOf, type ValueKey } from './plugin-view.ts'
import { fallbackType } from './token-type.ts'

export type TokenField = '$value' | '$type' | '$description'

export interface ShownToken {
  readonly members: ReadonlyMap<string, Json>
  /** The key of the document's token behind each field; where it has none, the one a new value goes to. */
  readonly keys: Readonly<Record<TokenField, string>>
  /** The type comes from the typed group above. */
  readonly hasGroupType: boolean
}

export interface TokenContext {
  readonly own: ValueKey
  readonly shown: ValueKey
  /** From the nearest typed group; `isKept` where that group is shown typed too. */
  readonly inherited: { readonly type: string; readonly isKept: boolean } | undefined
  /** How deep a value may still go. */
  readonly depthLeft: number
}

const bothSpellings = 'The token has this field in both spellings; the plugin keeps one.'
const readAsDtcg = 'The plugin would take the whole set for DTCG because of the text "$value".'

/** Undefined, and reported, where the token as a whole cannot be shown. `report` takes paths below the token. */
export function showToken(token: JsonObject, context: TokenContext, report: ReportHeldBack): ShownToken | undefined {
  const { own, shown } = context
  const value = getKey(token, own) as Json
  const refusal = reasonAgainstToken(value, context)
  if (refusal !== undefined) {
    report([], 'held-back', refusal)
    return undefined
  }
  /** The plugin will see a group, so nothing may stand there but its type. */
  const isBare = isObject(value) && hasKey(value, shown)
  const typeKey = pickText(token, 'type', context)
  const descriptionKey = pickText(token, 'description', context)
  const members = new Map<string, Json>()
  if (typeKey === undefined) {
    if (!context.inherited?.isKept || isBare) members.set(spelled[shown].type, context.inherited?.type ?? fallbackType)
    if (!context.inherited) report([], 'repaired', `The plugin needs a type; it is shown as "${fallbackType}".`)
  }
  for (const key of keysOf(token)) {
    const member = getKey(token, key) as Json
    if (key === own) members.set(shown, member)
    else if (key === typeKey) members.set(spelled[shown].type, member)
    else if (isField(key, 'description') && member === '') continue
    else if (isInnerTokens(key, member)) continue
    else {
      const isDescription = key === descriptionKey
      const reason = isBare ? bareReason : isDescription ? undefined : reasonAgainstMember(key, member, context)
      if (reason !== undefined) report([key], 'held-back', reason)
      else members.set(isDescription ? spelled[shown].description : key, member)
    }
  }
  const keys = {
    $value: own,
    $type: typeKey ?? spelled[own].type,
    $description: descriptionKey ?? spelled[own].description,
  }
  return { members, keys, hasGroupType: typeKey === undefined && context.inherited !== undefined }
}

const bareReason =
  'The plugin takes a token whose value has a part named "value" for a group, and this for a token in it.'

/** Tokens inside the token are shown beside it. */
export function isInnerTokens(key: string, member: Json | undefined): boolean {
  return isChildKey(key, true) && isObject(member) && holdsToken(member)
}

function reasonAgainstToken(value: Json, context: TokenContext): string | undefined {
  if (value === null) return 'The plugin crashes on a value that is null.'
  if (isObject(value) && hasKey(value, context.shown)) {
    if (context.shown === '$value' || !survivesAsGroup(value)) {
      return `The plugin takes a token whose value has a part named "${context.shown}" for a group.`
    }
  }
  return reasonAgainst(value, context)
}

/** The key of this token's type or description: that of its own spelling, if there is text that can be shown. */
function pickText(token: JsonObject, field: 'type' | 'description', context: TokenContext): string | undefined {
  const keys = [spelled[context.own][field], spelled[otherSpelling(context.own)][field]]
  return keys.find((key) => {
    const text = textOf(token, key)
    return text !== undefined && reasonAgainst(text, context) === undefined
  })
}

function isField(key: string, field: 'type' | 'description' | 'value'): boolean {
  return key === field || key === `$${field}`
}

function reasonAgainstMember(key: string, member: Json, context: TokenContext): string | undefined {
  const isText = typeof member === 'string'
  if (isField(key, 'value')) return bothSpellings
  if (isField(key, 'type') || isField(key, 'description')) {
    if (!isText) return `The plugin needs a ${isField(key, 'type') ? 'type' : 'description'} that is text.`
    return reasonAgainst(member, context) ?? bothSpellings
  }
  if (key === '__proto__') return 'The plugin drops this key.'
  if (pluginInternalKeys.has(key)) return 'The plugin uses this key for itself.'
  if (key === '$extensions' && !isObject(member)) return 'The plugin needs $extensions that are an object.'
  return reasonAgainst(key, context) ?? reasonAgainst(member, context)
}

function reasonAgainst(value: Json, context: TokenContext): string | undefined {
  if (isDeeperThan(value, context.depthLeft)) return 'It is nested deeper than a bin may be.'
  if (holdsProtoKey(value)) return 'It holds the key "__proto__", which careless readers take for a prototype.'
  if (context.shown === 'value' && stringifyJson(value).includes('$value')) return readAsDtcg
  return undefined
}

function holdsProtoKey(value: Json): boolean {
  if (!isContainer(value)) return false
  if (Array.isArray(value)) return value.some((item: Json) => holdsProtoKey(item))
  const object = value as JsonObject
  return keysOf(object).some((key) => key === '__proto__' || holdsProtoKey(getKey(object, key) as Json))
}
