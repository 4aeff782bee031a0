import { shownValue } from '../src/payload/describe-change.ts'
import type { JsonObject } from '../src/payload/ordered-json.ts'
import { valueOf } from '../src/payload/reference-text.ts'
import type { FileDifference, TokenDifference } from '../src/payload/token-diff.ts'

const maxLines = 10

export interface DifferenceCounts {
  readonly added: number
  readonly removed: number
  readonly changedTokens: number
}

export function countDifference({ tokens }: FileDifference): DifferenceCounts {
  const added = tokens.filter(({ before }) => before === undefined).length
  const removed = tokens.filter(({ after }) => after === undefined).length
  return { added, removed, changedTokens: tokens.length - added - removed }
}

/** A line for each of the first tokens that differ, such as `~ core: color.red "#f00" → "#e00"`. */
export function describeDifference({ tokens }: FileDifference): readonly string[] {
  const lines = tokens.slice(0, maxLines).map(describe)
  return tokens.length > maxLines ? [...lines, `… ${tokens.length - maxLines} more`] : lines
}

function describe({ set, path, before, after }: TokenDifference): string {
  const sign = before === undefined ? '+' : after === undefined ? '-' : '~'
  const values = [before, after].filter((token) => token !== undefined).map(valueText)
  // Equal values: something else of the token differs.
  const shown =
    values.length === 2 && values[0] === values[1] ? [...values.slice(1), '(other fields)'] : [values.join(' → ')]
  return `${sign} ${set}: ${path.join('.')} ${shown.join(' ')}`
}

function valueText(token: JsonObject): string {
  return shownValue(valueOf(token) ?? null)
}
