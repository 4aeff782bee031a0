/** What differs between two versions, as the history panel shows it: by set, token and field, in words and swatches. */
import type { VersionChange } from 'y-tokens/bridge'
import { isObject, type Json } from '../../src/payload/ordered-json.ts'
import { countOf, plainText } from './plain-text.ts'
import { type Swatch, swatchOf, valueSummary } from './swatch.ts'
import { ownTypeOf, valueOf } from './token-fields.ts'
import { valueToText } from './value-text.ts'

export interface Comparison {
  readonly sets: readonly ChangedSet[]
  /** Themes, the order of sets, other parts of the file: they come back with the whole version only. */
  readonly others: readonly ChangedField[]
  /** `2 new, 3 changed, 1 removed`; empty where no token differs. */
  readonly summary: string
}

export interface ChangedSet {
  readonly name: string
  readonly what: 'new' | 'removed' | 'changed'
  readonly tokens: readonly ChangedToken[]
  /** Of groups and of the order in it. */
  readonly others: readonly ChangedField[]
}

export interface ChangedToken {
  /** Names the token among all that changed. */
  readonly key: string
  /** Dotted. */
  readonly name: string
  readonly what: 'new' | 'removed' | 'changed' | 'renamed'
  /** What it was called, where it was renamed or moved. */
  readonly from: string | null
  readonly fields: readonly ChangedField[]
  /** What has to be put back for it to be as it was. */
  readonly places: readonly ChangedPlace[]
}

export interface ChangedPlace {
  readonly set: string
  readonly path: readonly string[]
  /** The earlier version has it; else putting it back takes it out. */
  readonly wasThere: boolean
}

export interface ChangedField {
  readonly label: string
  /** Null where there was none. */
  readonly before: ShownPart | null
  readonly after: ShownPart | null
}

export interface ShownPart {
  readonly text: string
  readonly swatch: Swatch
}

interface SetDraft {
  what: ChangedSet['what']
  readonly tokens: Map<string, ChangedToken>
  readonly others: ChangedField[]
}

export function compareVersions(changes: readonly VersionChange[]): Comparison {
  const sets = new Map<string, SetDraft>()
  const others: ChangedField[] = []
  for (const change of changes) {
    if (change.set === null) {
      others.push(describeOther(change))
      continue
    }
    const set: SetDraft = sets.get(change.set) ?? { what: 'changed', tokens: new Map(), others: [] }
    sets.set(change.set, set)
    if (change.kind === 'set') set.what = change.before === undefined ? 'new' : 'removed'
    else if (change.kind !== 'token') set.others.push(describeOther(change))
    else {
      const token = describeToken(change.set, change)
      const known = set.tokens.get(token.key)
      set.tokens.set(token.key, known ? { ...known, fields: [...known.fields, ...token.fields] } : token)
    }
  }
  const shown = [...sets].map(([name, { what, tokens, others: rest }]) => {
    return { name, what, tokens: [...tokens.values()], others: rest }
  })
  return { sets: shown, others, summary: summaryOf(shown.flatMap(({ tokens }) => tokens)) }
}

function describeToken(set: string, { path, field, before, after, renamedFrom }: VersionChange): ChangedToken {
  const key = JSON.stringify([set, ...path])
  const name = plainText(path.join('.'), 160)
  const wasThere = before !== undefined || field.length > 0
  const base = { key, name, from: null, places: [{ set, path, wasThere }] }
  if (renamedFrom) {
    const old = plainText(renamedFrom.path.join('.'), 160)
    const from = renamedFrom.set === set ? old : `${old} in ${plainText(renamedFrom.set, 80)}`
    const places = [
      { set, path, wasThere: false },
      { ...renamedFrom, wasThere: true },
    ]
    return { ...base, what: 'renamed', from, fields: [], places }
  }
  if (field.length > 0) {
    const shownField = { label: fieldLabel(field), before: partOf(before), after: partOf(after) }
    return { ...base, what: 'changed', fields: [shownField] }
  }
  const what = before === undefined ? 'new' : 'removed'
  return { ...base, what, fields: [{ label: 'Value', before: tokenPart(before), after: tokenPart(after) }] }
}

function describeOther({ kind, path, field, before, after }: VersionChange): ChangedField {
  const values = { before: partOf(before), after: partOf(after) }
  const name = plainText([...path, ...field].map(bare).join(', '), 160)
  switch (kind) {
    case 'order': {
      const [first = ''] = path
      const of =
        first === 'values' ? 'sets' : first === '$themes' ? 'themes' : plainText(path.join('.'), 120) || 'the set'
      return { label: `Order of ${of}`, before: orderPart(before), after: orderPart(after) }
    }
    case 'theme':
      return {
        label: `Theme ${plainText(nameOfTheme(path[0] ?? '', before, after), 80)}${belowTheme(field)}`,
        ...values,
      }
    case 'group':
      return { label: path.length === 0 ? plainText(field.map(bare).join(', '), 160) : `Group ${name}`, ...values }
    case 'metadata':
    case 'set':
    case 'token':
      return { label: name, ...values }
  }
}

function nameOfTheme(id: string, before: Json | undefined, after: Json | undefined): string {
  for (const theme of [after, before]) {
    const name = isObject(theme) ? (theme as { readonly name?: unknown }).name : undefined
    if (typeof name === 'string') return name
  }
  return id
}

function belowTheme(field: readonly string[]): string {
  return field.length === 0 ? '' : `, ${plainText(field.join(', '), 120)}`
}

const fieldLabels: Readonly<Record<string, string>> = { value: 'Value', type: 'Type', description: 'Description' }

function fieldLabel(field: readonly string[]): string {
  const [first = '', ...below] = field
  const name = fieldLabels[bare(first)] ?? bare(first)
  return plainText([name, ...below].join(', '), 160)
}

function bare(name: string): string {
  return name.replace(/^\$/, '')
}

function partOf(value: Json | undefined): ShownPart | null {
  if (value === undefined) return null
  return { text: plainText(valueToText(value), 240) || 'empty', swatch: swatchOf(undefined, value) }
}

function tokenPart(token: Json | undefined): ShownPart | null {
  const value = isObject(token) ? valueOf(token) : undefined
  if (!isObject(token) || value === undefined) return partOf(token)
  const type = ownTypeOf(token)
  return { text: valueSummary(type, value) || 'empty', swatch: swatchOf(type, value) }
}

function orderPart(names: Json | undefined): ShownPart | null {
  if (!Array.isArray(names)) return partOf(names)
  return { text: plainText(names.map(String).join(', '), 240), swatch: { kind: 'none' } }
}

function summaryOf(tokens: readonly ChangedToken[]): string {
  const counts = (['new', 'changed', 'renamed', 'removed'] as const).flatMap((what) => {
    const count = tokens.filter((token) => token.what === what).length
    return count > 0 ? [`${count.toLocaleString('en')} ${what}`] : []
  })
  return counts.length === 0 ? '' : `${countOf(tokens.length, 'token')}: ${counts.join(', ')}.`
}
