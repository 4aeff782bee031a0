/** How many tokens two documents differ in, for the question before an import. */
import { equalJson, type JsonObject } from '../../src/payload/ordered-json.ts'
import type { IndexedDocument } from './name-index.ts'
import { rowId } from './list-rows.ts'

export interface TokenDiff {
  readonly sets: number
  readonly tokens: number
  readonly added: number
  readonly changed: number
  /** Tokens of `before` that `after` lacks. */
  readonly missing: number
}

export function diffTokens(before: IndexedDocument, after: IndexedDocument): TokenDiff {
  const old = tokensById(before)
  const now = tokensById(after)
  let added = 0
  let changed = 0
  for (const [id, token] of now) {
    const previous = old.get(id)
    if (!previous) added++
    else if (!equalJson(previous, token)) changed++
  }
  let missing = 0
  for (const id of old.keys()) if (!now.has(id)) missing++
  return { sets: after.setNames().length, tokens: now.size, added, changed, missing }
}

function tokensById(document: IndexedDocument): ReadonlyMap<string, JsonObject> {
  const tokens = new Map<string, JsonObject>()
  for (const set of document.setNames()) {
    for (const row of document.outline(set)) if (row.kind === 'token') tokens.set(rowId(set, row.path), row.value)
  }
  return tokens
}
