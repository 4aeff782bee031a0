/** A value as people edit it: one line, the parts of a composite, or the layers of a shadow. Immutable. */
import { isContainer, isObject, type Json, type JsonObject, objectFrom } from '../../src/payload/ordered-json.ts'
import { newLayer, newPart, type PartField, partsOf } from './composite-parts.ts'
import { tokenTypeOf } from './token-type.ts'
import { type ParsedText, type TextKind, textKindOf, textToValue, valueToText } from './value-text.ts'

export type ValueDraft =
  | { readonly kind: 'line'; readonly text: string; readonly textKind: TextKind }
  | { readonly kind: 'parts'; readonly parts: readonly PartField[] }
  /** `single`: the file has the one layer without an array around it. */
  | { readonly kind: 'layers'; readonly layers: readonly (readonly PartField[])[]; readonly single: boolean }

/** `composite`: by its parts; `line`: as text, which for a composite is a reference to another one. */
export type ValueShape = 'line' | 'composite'

export function draftOf(type: string | undefined, value: Json | undefined): ValueDraft {
  const form = tokenTypeOf(type)?.form
  if (form === 'boxShadow' && isContainer(value)) {
    const layers = Array.isArray(value) ? (value as readonly Json[]) : [value as Json]
    if (layers.every((layer) => isObject(layer))) {
      return { kind: 'layers', layers: layers.map((layer) => partsOf(form, layer)), single: !Array.isArray(value) }
    }
  }
  if ((form === 'typography' || form === 'border' || form === 'composition') && isObject(value)) {
    return { kind: 'parts', parts: partsOf(form, value) }
  }
  return { kind: 'line', text: valueToText(value), textKind: textKindOf(value) }
}

/** An empty value of a type in this shape. */
export function emptyDraft(type: string, shape: ValueShape): ValueDraft {
  const form = tokenTypeOf(type)?.form ?? 'line'
  if (shape === 'line' || form === 'line' || form === 'color') return { kind: 'line', text: '', textKind: 'text' }
  return form === 'boxShadow'
    ? { kind: 'layers', layers: [newLayer()], single: false }
    : { kind: 'parts', parts: partsOf(form, undefined) }
}

export function shapeOfDraft(draft: ValueDraft): ValueShape {
  return draft.kind === 'line' ? 'line' : 'composite'
}

/** True where the type can be entered in parts. */
export function isComposite(type: string): boolean {
  const form = tokenTypeOf(type)?.form ?? 'line'
  return form !== 'line' && form !== 'color'
}

/** Texts by field: `value`, `part:fontSize`, `layer:0:blur`. */
export function draftFields(draft: ValueDraft): ReadonlyMap<string, string> {
  switch (draft.kind) {
    case 'line':
      return new Map([['value', draft.text]])
    case 'parts':
      return new Map(draft.parts.map(({ key, text }) => [`part:${key}`, text]))
    case 'layers':
      return new Map(
        draft.layers.flatMap((layer, i) => layer.map(({ key, text }): [string, string] => [`layer:${i}:${key}`, text])),
      )
  }
}

export function withField(draft: ValueDraft, field: string, text: string): ValueDraft {
  const put = (parts: readonly PartField[], key: string): readonly PartField[] =>
    parts.map((each) => (each.key === key ? { ...each, text } : each))
  switch (draft.kind) {
    case 'line':
      return { ...draft, text }
    case 'parts':
      return { ...draft, parts: put(draft.parts, field.slice('part:'.length)) }
    case 'layers': {
      const [, at, ...key] = field.split(':')
      return {
        ...draft,
        layers: draft.layers.map((layer, i) => (i === Number(at) ? put(layer, key.join(':')) : layer)),
      }
    }
  }
}

export function withLayer(draft: ValueDraft): ValueDraft {
  return draft.kind === 'layers' ? { ...draft, layers: [...draft.layers, newLayer()], single: false } : draft
}

export function withoutLayer(draft: ValueDraft, at: number): ValueDraft {
  return draft.kind === 'layers' ? { ...draft, layers: draft.layers.filter((_, i) => i !== at) } : draft
}

export function withPart(draft: ValueDraft, key: string): ValueDraft {
  if (draft.kind !== 'parts' || draft.parts.some((each) => each.key === key)) return draft
  return { ...draft, parts: [...draft.parts, newPart(key)] }
}

/** The JSON of the whole draft; parts left empty are not written. */
export function draftToValue(draft: ValueDraft): ParsedText {
  if (draft.kind === 'line') return textToValue(draft.text, draft.textKind)
  if (draft.kind === 'parts') return partsToValue(draft.parts)
  const layers: JsonObject[] = []
  for (const layer of draft.layers) {
    const parsed = partsToValue(layer)
    if (parsed.kind === 'refused') return parsed
    layers.push(parsed.value as JsonObject)
  }
  return { kind: 'value', value: draft.single && layers[0] !== undefined ? layers[0] : layers }
}

function partsToValue(parts: readonly PartField[]): ParsedText {
  const keys: string[] = []
  const values: Json[] = []
  for (const { key, label, text, kind } of parts) {
    if (text.trim() === '') continue
    const parsed = textToValue(text, kind)
    if (parsed.kind === 'refused') return { kind: 'refused', message: `${label}: ${parsed.message}` }
    keys.push(key)
    values.push(parsed.value)
  }
  return { kind: 'value', value: objectFrom(keys, values) }
}
