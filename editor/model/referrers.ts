/** Who refers to a token or group that gets another name, and the question whether they shall follow. */
import type { TokenDocument } from 'y-tokens/doc'
import { rowId } from './list-rows.ts'
import { countOf, plainText } from './plain-text.ts'

export interface Referrers {
  readonly tokens: number
  /** Other sets that have the name: what refers to it may mean theirs. */
  readonly others: readonly string[]
}

export function referrersOf(document: TokenDocument, set: string, path: readonly string[]): Referrers {
  return {
    tokens: new Set(document.references(path).map((each) => rowId(each.set, each.path))).size,
    others: document.setNames().filter((name) => name !== set && document.get(name, path) !== undefined),
  }
}

export function referrersText({ tokens, others }: Referrers): string {
  const also = `Also change the ${countOf(tokens, 'token')} that ${tokens === 1 ? 'refers' : 'refer'} to it`
  if (others.length === 0) return also
  return `${also}. The name also stands in ${plainText(others.join(', '), 80)}, and would stay there`
}
