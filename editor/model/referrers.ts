/** Who refers to a token or group that gets another name, and the question whether they shall follow. */
import type { Reference, TokenDocument } from 'y-tokens/doc'
import { rowId } from './list-rows.ts'
import { countOf, plainText } from './plain-text.ts'

export interface Referrers {
  readonly tokens: number
  /** Other sets that have the name: what refers to it may mean theirs. */
  readonly others: readonly string[]
}

export function referrersOf(document: TokenDocument, set: string, path: readonly string[]): Referrers {
  return {
    tokens: countTokens(document.references(path)),
    others: document.setNames().filter((name) => name !== set && document.get(name, path) !== undefined),
  }
}

export function referrersText({ tokens, others }: Referrers): string {
  const also = `Also change the ${countOf(tokens, 'token')} that ${tokens === 1 ? 'refers' : 'refer'} to it`
  if (others.length === 0) return also
  return `${also}. The name also stands in ${plainText(others.join(', '), 80)}, and would stay there`
}

/** Who is left referring to what has been deleted; nothing where other sets have it still. */
export function danglingText(document: TokenDocument, path: readonly string[]): string {
  const references = document.references(path)
  if (references.length === 0) return ''
  const missing = new Set(document.unresolved().flatMap(({ reason, name }) => (reason === 'missing' ? [name] : [])))
  const tokens = countTokens(references.filter(({ name }) => missing.has(name)))
  return tokens === 0 ? '' : `. ${countOf(tokens, 'token')} still ${tokens === 1 ? 'refers' : 'refer'} to it`
}

function countTokens(references: readonly Reference[]): number {
  return new Set(references.map(({ set, path }) => rowId(set, path))).size
}
