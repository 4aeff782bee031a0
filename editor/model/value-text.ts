/**
 * A JSON value as the text of an input, and back into the same kind of JSON: a number stays a number, a list a list, DTCG's
 * `{ value, unit }` an object. So editing a value never changes how its file spells it.
 */
import { getKey, isObject, type Json, keysOf, parseJson, stringifyJson } from '../../src/payload/ordered-json.ts'

export type TextKind = 'text' | 'number' | 'boolean' | 'list' | 'dimension' | 'json'

export type ParsedText =
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'refused'; readonly message: string }

export function textKindOf(value: Json | undefined): TextKind {
  if (value === undefined || typeof value === 'string') return 'text'
  if (typeof value === 'number') return 'number'
  if (typeof value === 'boolean') return 'boolean'
  if (Array.isArray(value)) return isList(value) ? 'list' : 'json'
  return dimensionOf(value) ? 'dimension' : 'json'
}

export function valueToText(value: Json | undefined): string {
  if (value === undefined) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return `${value}`
  const dimension = dimensionOf(value)
  if (dimension) return `${dimension.amount}${dimension.unit}`
  return Array.isArray(value) && isList(value) ? value.join(', ') : stringifyJson(value)
}

/** Text that no longer fits its kind becomes a plain string, as a reference must be; only `json` can be refused. */
export function textToValue(text: string, kind: TextKind): ParsedText {
  const trimmed = text.trim()
  switch (kind) {
    case 'text':
      return { kind: 'value', value: text }
    case 'number':
      return { kind: 'value', value: isNumberText(trimmed) ? Number(trimmed) : text }
    case 'boolean':
      return { kind: 'value', value: trimmed === 'true' ? true : trimmed === 'false' ? false : text }
    case 'list':
      return {
        kind: 'value',
        value: /^\{[^{}]*\}$/.test(trimmed) ? trimmed : trimmed.split(',').map((each) => each.trim()),
      }
    case 'dimension': {
      const match = /^(-?\d*\.?\d+)\s*(px|rem|em|ms|s|%)$/.exec(trimmed)
      return { kind: 'value', value: match ? { value: Number(match[1]), unit: match[2] as string } : text }
    }
    case 'json':
      return parseJsonText(trimmed)
  }
}

interface Dimension {
  readonly amount: number
  readonly unit: string
}

/** DTCG's `{ value, unit }`; undefined for anything else. */
export function dimensionOf(value: Json | undefined): Dimension | undefined {
  if (!isObject(value)) return undefined
  const amount = getKey(value, 'value')
  const unit = getKey(value, 'unit')
  return keysOf(value).length === 2 && typeof amount === 'number' && typeof unit === 'string'
    ? { amount, unit }
    : undefined
}

/** Text with a comma in it would not come back as it was. */
function isList(items: readonly Json[]): items is readonly string[] {
  return (
    items.length > 0 && items.every((item) => typeof item === 'string' && item.trim() === item && !item.includes(','))
  )
}

function isNumberText(text: string): boolean {
  return text !== '' && Number.isFinite(Number(text)) && /^-?\d*\.?\d+$/.test(text)
}

function parseJsonText(text: string): ParsedText {
  if (/^\{[^{}":]+\}$/.test(text)) return { kind: 'value', value: text }
  try {
    return { kind: 'value', value: parseJson(text, 64) }
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    return {
      kind: 'refused',
      message: `This value is JSON and cannot be read as such: ${detail}. Check quotes and brackets.`,
    }
  }
}
