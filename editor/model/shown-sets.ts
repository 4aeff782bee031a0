/** The token sets as the list beside the tokens shows them. */
import type { IndexedDocument } from './name-index.ts'
import type { SetMatches } from './search.ts'
import { rowsOfOutline } from './set-rows.ts'
import type { SetStatus, ShownTheme } from './theme-draft.ts'

export interface ShownSet {
  readonly name: string
  readonly tokens: number
  /** Found tokens, while a search is on. */
  readonly found: number | null
  /** What the theme that is looked through makes of it. */
  readonly status: SetStatus | null
}

/** In their order; during a search those in which something was found. */
export function shownSets(
  document: IndexedDocument,
  theme: ShownTheme | undefined,
  matches: readonly SetMatches[] | null,
): readonly ShownSet[] {
  const found = matches && new Map(matches.map(({ set, tokens }) => [set, tokens.length]))
  return document
    .setNames()
    .filter((name) => !found || found.has(name))
    .map((name) => ({
      name,
      tokens: rowsOfOutline(document.outline(name)).filter(({ kind }) => kind === 'token').length,
      found: found ? (found.get(name) ?? 0) : null,
      status: theme ? (theme.sets.get(name) ?? 'disabled') : null,
    }))
}
