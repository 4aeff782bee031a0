/** Completing a reference while it is typed. */
import type { NamedToken, NameIndex } from './name-index.ts'
import { tokenTypeOf } from './token-type.ts'

export interface OpenReference {
  /** Where the text behind `{` begins. */
  readonly start: number
  readonly fragment: string
}

/** The reference the caret stands in; undefined where it stands in none. */
export function openReferenceAt(text: string, caret: number): OpenReference | undefined {
  const brace = text.slice(0, caret).lastIndexOf('{')
  if (brace < 0 || text.slice(brace, caret).includes('}')) return undefined
  return { start: brace + 1, fragment: text.slice(brace + 1, caret) }
}

/** The text with the reference under the caret completed, and where the caret goes. */
export function completeReference(
  text: string,
  caret: number,
  name: string,
): { readonly text: string; readonly caret: number } {
  const open = openReferenceAt(text, caret)
  if (!open) return { text, caret }
  const rest = text.slice(caret)
  // What is left of the name being replaced, up to its brace.
  const tail = /^[^{}]*\}/.exec(rest)?.[0].length ?? 0
  const before = `${text.slice(0, open.start)}${name}}`
  return { text: before + rest.slice(tail), caret: before.length }
}

/** Tokens whose name holds every word of the fragment, those of the same type and those that begin with it first. */
export function suggestReferences(
  index: NameIndex,
  fragment: string,
  options: { readonly type?: string; readonly except?: string; readonly limit?: number } = {},
): readonly NamedToken[] {
  const { type, except, limit = 40 } = options
  const words = fragment
    .toLowerCase()
    .split(/[\s.]+/)
    .filter(Boolean)
  const wanted = tokenTypeOf(type)?.name ?? type
  const ranked: { readonly token: NamedToken; readonly rank: number }[] = []
  for (const [name, token] of index.all()) {
    if (name === except) continue
    const lower = name.toLowerCase()
    if (!words.every((word) => lower.includes(word))) continue
    const sameType = wanted === undefined || (tokenTypeOf(token.row.type)?.name ?? token.row.type) === wanted
    ranked.push({ token, rank: (sameType ? 0 : 2) + (lower.startsWith(fragment.toLowerCase()) ? 0 : 1) })
  }
  return ranked
    .toSorted((a, b) => a.rank - b.rank || compare(a.token.row.name, b.token.row.name))
    .slice(0, limit)
    .map(({ token }) => token)
}

const collator = new Intl.Collator('en', { numeric: true })

function compare(a: string, b: string): number {
  return collator.compare(a, b)
}
