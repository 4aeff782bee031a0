/** A token's value as the list shows it: its own text with references apart, what it comes to, what is wrong with it. */
import type { ListRow } from './list-rows.ts'
import { calculate } from './arithmetic.ts'
import { colorOf } from './color-value.ts'
import { isContainer, type Json, type JsonObject } from '../../src/payload/ordered-json.ts'
import { plainText } from './plain-text.ts'
import { problemText, type Resolved, type Resolver } from './resolve-value.ts'
import type { SetRow } from './set-rows.ts'
import { type Swatch, swatchOf, valueSummary } from './swatch.ts'
import { modifierOf, valueOf } from './token-fields.ts'
import { tokenTypeOf, typeLabel } from './token-type.ts'

export interface ShownValue {
  readonly swatch: Swatch
  /** The value's own text, references apart. */
  readonly text: readonly { readonly text: string; readonly reference: boolean }[]
  /** What it comes to, where that says more than the text. */
  readonly result: string | undefined
  /** What is wrong, in words; empty where nothing is. */
  readonly problems: readonly string[]
}

export function showValue(set: string, row: SetRow, resolver: Resolver): ShownValue {
  return showResolved(
    row.type,
    valueOf(row.value) ?? null,
    resolver.token(set, row.name, row.value),
    resolver,
    modifierOf(row.value),
  )
}

/** The same for a value that is being typed. */
export function showResolved(
  type: string | undefined,
  value: Json,
  resolved: Resolved,
  resolver: Resolver,
  modifier: JsonObject | undefined,
): ShownValue {
  // The parts of a composite are shown as what they come to: with their references they would not fit.
  const composite = isContainer(value)
  const ownText = valueSummary(type, composite ? resolved.value : value)
  const problems = [...new Set(resolved.problems.map(problemText))]
  const applied = modifier && resolveModifier(modifier, resolver)
  const swatch = swatchOf(type, resolved.value, applied)
  const result = problems.length === 0 && !composite ? resultOf(type, resolved.value, applied) : undefined
  return { swatch, text: splitReferences(ownText), result: result === ownText ? undefined : result, problems }
}

function resultOf(type: string | undefined, value: Json, modifier: JsonObject | undefined): string {
  if (typeof value !== 'string') return valueSummary(type, value)
  if (tokenTypeOf(type)?.form === 'color') {
    const color = modifier || /^(?:rgb|hsl)a?\(\s*#/i.test(value) ? colorOf(value, modifier) : undefined
    return color?.hex ?? plainText(value)
  }
  return plainText(calculate(value) ?? value)
}

function resolveModifier(modifier: JsonObject, resolver: Resolver): JsonObject {
  const { value } = resolver.value(modifier)
  return isContainer(value) ? (value as JsonObject) : modifier
}

export function splitReferences(text: string): readonly { readonly text: string; readonly reference: boolean }[] {
  return text
    .split(/(\{[^{}]*\})/)
    .filter((part) => part !== '')
    .map((part) => ({ text: part, reference: part.startsWith('{') && part.endsWith('}') }))
}

/** The whole row in words: the accessible name of a row of the token list. */
export function rowLabel(row: ListRow, shown: ShownValue | undefined): string {
  if (row.kind === 'set') return `Set ${plainText(row.set)}, ${row.matches} found`
  const name = plainText(row.row.name)
  if (row.kind === 'group') return `${name}, group, ${row.row.tokens} ${row.row.tokens === 1 ? 'token' : 'tokens'}`
  const value = shown?.text.map(({ text }) => text).join('') ?? ''
  const parts = [
    name,
    typeLabel(row.row.type),
    value,
    shown?.result && `resolves to ${shown.result}`,
    ...(shown?.problems ?? []),
  ]
  return parts.filter(Boolean).join(', ')
}
