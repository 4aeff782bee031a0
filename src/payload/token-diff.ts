import type { TokenFile } from './file-form.ts'
import { holdsToken, isChildKey, tokensIn } from './is-token.ts'
import { pointerOf } from './json-pointer.ts'
import { markerKey } from './marker-block.ts'
import {
  equalJson,
  getKey,
  isObject,
  type Json,
  type JsonObject,
  keysOf,
  objectFrom,
  withMember,
} from './ordered-json.ts'

/** One token that differs between two files. `before` is undefined for an added token, `after` for a removed one. */
export interface TokenDifference {
  readonly set: string
  readonly path: readonly string[]
  readonly before: JsonObject | undefined
  readonly after: JsonObject | undefined
}

export interface FileDifference {
  /** In the order of the later file, removed ones last. A renamed token is one removed and one added. */
  readonly tokens: readonly TokenDifference[]
  /** The files differ at all: also by themes, groups, sets, the order of anything. Dates and the marker do not count. */
  readonly isDifferent: boolean
}

/** What changed from one file to another, for people and for gates. */
export function diffFiles(before: TokenFile, after: TokenFile): FileDifference {
  const isDifferent = !equalJson(timeless(before.root), timeless(after.root), true)
  if (!isDifferent) return { tokens: [], isDifferent }
  const earlier = tokensOf(before)
  const tokens: TokenDifference[] = []
  for (const [pointer, { set, path, token }] of tokensOf(after)) {
    const old = earlier.get(pointer)?.token
    earlier.delete(pointer)
    if (!old || !equalJson(old, token)) tokens.push({ set, path, before: old, after: token })
  }
  for (const { set, path, token } of earlier.values()) tokens.push({ set, path, before: token, after: undefined })
  return { tokens, isDifferent }
}

interface FoundToken {
  readonly set: string
  readonly path: readonly string[]
  readonly token: JsonObject
}

function tokensOf(file: TokenFile): Map<string, FoundToken> {
  const found = new Map<string, FoundToken>()
  for (const [set, content] of file.sets) {
    for (const { path, token } of tokensIn(content)) {
      found.set(pointerOf([set, ...path]), { set, path, token: withoutInnerTokens(token) })
    }
  }
  return found
}

/** Tokens inside a token are tokens of their own. */
function withoutInnerTokens(token: JsonObject): JsonObject {
  const keys = keysOf(token).filter(
    (key) => !isChildKey(key, true) || !isObject(getKey(token, key)) || !holdsToken(getKey(token, key) as JsonObject),
  )
  return objectFrom(
    keys,
    keys.map((key) => getKey(token, key) as Json),
  )
}

/** Every write of a bin sets these anew. */
function timeless(root: JsonObject): JsonObject {
  const metadata = getKey(root, '$metadata')
  if (!isObject(metadata)) return root
  return withMember(root, '$metadata', withMember(withMember(metadata, markerKey, undefined), 'updatedAt', undefined))
}
