/** Search over names, values, types and descriptions of tokens, and over set names: every word must occur, in any case. */
import type { SetRow } from './set-rows.ts'
import { descriptionOf, valueOf } from './token-fields.ts'
import { valueToText } from './value-text.ts'

export interface SetMatches {
  readonly set: string
  /** The set's own name matches. */
  readonly nameMatches: boolean
  readonly tokens: readonly SetRow[]
}

const textByRow = new WeakMap<SetRow, string>()

function textOf(row: SetRow): string {
  const known = textByRow.get(row)
  if (known !== undefined) return known
  const text = [row.name, row.type ?? '', valueToText(valueOf(row.value)), descriptionOf(row.value)]
    .join('\n')
    .toLowerCase()
  textByRow.set(row, text)
  return text
}

/** The words of a query; none for a blank one. */
export function searchWords(query: string): readonly string[] {
  return query.toLowerCase().split(/\s+/).filter(Boolean)
}

/** Sets with a match, in order. Without words: nothing. */
export function searchSets(
  sets: readonly { readonly set: string; readonly rows: readonly SetRow[] }[],
  words: readonly string[],
): readonly SetMatches[] {
  if (words.length === 0) return []
  const matches: SetMatches[] = []
  for (const { set, rows } of sets) {
    const name = set.toLowerCase()
    const nameMatches = words.every((word) => name.includes(word))
    const tokens = rows.filter((row) => {
      if (row.kind !== 'token') return false
      const text = textOf(row)
      return words.every((word) => text.includes(word))
    })
    if (nameMatches || tokens.length > 0) matches.push({ set, nameMatches, tokens })
  }
  return matches
}
