import type { HeldBack } from './held-back.ts'
import { tokensIn } from './is-token.ts'
import { pointerOf } from './json-pointer.ts'
import { hasKey, type JsonObject } from './ordered-json.ts'
import type { ValueKey } from './plugin-view.ts'
import { showSet } from './project-set.ts'
import type { TokenField } from './project-token.ts'

/** Where a token of the file stands in the document. */
export interface TokenOrigin {
  readonly set: string
  readonly path: readonly string[]
  /** The key of the document's token that a changed field is written to: `value` for a value shown as `$value`. */
  readonly keys: Readonly<Record<TokenField, string>>
}

export interface ProjectedSet {
  readonly content: JsonObject
  /** Row path → token. */
  readonly origins: ReadonlyMap<string, TokenOrigin>
  readonly heldBack: readonly HeldBack[]
}

/** How many tokens of a set have each spelling. */
export type SpellingCount = Readonly<Record<ValueKey, number>>

interface KnownSet {
  readonly name: string
  count?: SpellingCount
  projected?: { readonly shown: ValueKey; readonly set: ProjectedSet }
}

/** A document's snapshots share what has not changed, frozen. So one edit costs one set, not the file. */
const knownSets = new WeakMap<JsonObject, KnownSet>()

/** The same object again for a frozen set under the same name and spelling. */
export function projectSet(name: string, set: JsonObject, shown: ValueKey): ProjectedSet {
  const known = knownAs(name, set)
  if (known?.projected?.shown === shown) return known.projected.set
  const heldBack: HeldBack[] = []
  const { content, tokens } = showSet(set, shown, (path, outcome, reason) => {
    heldBack.push({ set: name, path, outcome, reason })
  })
  const origins = new Map<string, TokenOrigin>()
  for (const { shownPath, path, keys } of tokens)
    origins.set(pointerOf([name, ...shownPath]), { set: name, path, keys })
  const projected = { content, origins, heldBack }
  if (known) {
    Object.freeze(content)
    known.projected = { shown, set: projected }
  }
  return projected
}

export function countSpellings(name: string, set: JsonObject): SpellingCount {
  const known = knownAs(name, set)
  if (known?.count) return known.count
  const count = { $value: 0, value: 0 }
  for (const { token } of tokensIn(set)) count[hasKey(token, '$value') ? '$value' : 'value']++
  if (known) known.count = count
  return count
}

/** What is kept of a frozen set; undefined for one that may still change. */
function knownAs(name: string, set: JsonObject): KnownSet | undefined {
  if (!Object.isFrozen(set)) return undefined
  const known = knownSets.get(set)
  if (known?.name === name) return known
  const fresh: KnownSet = { name }
  knownSets.set(set, fresh)
  return fresh
}
