/** The parts of composite values (Tokens Studio's names; DTCG's where a file uses them). */
import { getKey, hasKey, isObject, type Json, type JsonObject, keysOf } from '../../src/payload/ordered-json.ts'
import { type TextKind, textKindOf, valueToText } from './value-text.ts'

export interface PartField {
  readonly key: string
  readonly label: string
  /** Type whose tokens are offered as references. */
  readonly type: string
  readonly text: string
  readonly kind: TextKind
}

interface PartSpec {
  readonly key: string
  readonly label: string
  readonly type: string
  readonly initial?: string
}

const part = (key: string, label: string, type: string, initial?: string): PartSpec => ({
  key,
  label,
  type,
  ...(initial === undefined ? {} : { initial }),
})

const specs: Readonly<Record<string, readonly PartSpec[]>> = {
  typography: [
    part('fontFamily', 'Font family', 'fontFamilies'),
    part('fontWeight', 'Font weight', 'fontWeights'),
    part('fontSize', 'Font size', 'fontSizes'),
    part('lineHeight', 'Line height', 'lineHeights'),
    part('letterSpacing', 'Letter spacing', 'letterSpacing'),
    part('paragraphSpacing', 'Paragraph spacing', 'paragraphSpacing'),
    part('paragraphIndent', 'Paragraph indent', 'paragraphIndent'),
    part('textCase', 'Text case', 'textCase'),
    part('textDecoration', 'Text decoration', 'textDecoration'),
  ],
  boxShadow: [
    part('x', 'X', 'dimension', '0'),
    part('y', 'Y', 'dimension', '4'),
    part('blur', 'Blur', 'dimension', '8'),
    part('spread', 'Spread', 'dimension', '0'),
    part('color', 'Colour', 'color', '#00000033'),
    part('type', 'Kind', 'other', 'dropShadow'),
  ],
  dtcgShadow: [
    part('offsetX', 'X', 'dimension'),
    part('offsetY', 'Y', 'dimension'),
    part('blur', 'Blur', 'dimension'),
    part('spread', 'Spread', 'dimension'),
    part('color', 'Colour', 'color'),
    part('inset', 'Inset', 'boolean'),
  ],
  border: [part('color', 'Colour', 'color'), part('width', 'Width', 'borderWidth'), part('style', 'Style', 'other')],
  composition: [],
}

/** Values a part is chosen from. */
export const partChoices: ReadonlyMap<string, readonly string[]> = new Map([
  ['type', ['dropShadow', 'innerShadow']],
  ['style', ['solid', 'dashed', 'dotted', 'double', 'groove', 'ridge', 'outset', 'inset']],
  ['textCase', ['none', 'uppercase', 'lowercase', 'capitalize', 'small-caps']],
  ['textDecoration', ['none', 'underline', 'line-through']],
])

/** Properties a composition can be given, beyond those it has. */
export const compositionKeys: readonly string[] = [
  'fill',
  'sizing',
  'width',
  'height',
  'spacing',
  'horizontalPadding',
  'verticalPadding',
  'itemSpacing',
  'borderRadius',
  'borderWidth',
  'borderColor',
  'opacity',
  'boxShadow',
  'typography',
]

/** One field per part: those the form knows, in its order, then what else the value holds. */
export function partsOf(form: string, value: Json | undefined): readonly PartField[] {
  const object: JsonObject = isObject(value) ? value : {}
  const known = specsFor(form, object)
  const others = keysOf(object).filter((key) => !known.some((each) => each.key === key))
  return [...known, ...others.map((key) => part(key, key, key))].map(({ key, label, type }) => ({
    key,
    label,
    type,
    text: hasKey(object, key) ? valueToText(getKey(object, key)) : '',
    kind: textKindOf(getKey(object, key)),
  }))
}

/** A new shadow layer, filled so that it can be seen. */
export function newLayer(): readonly PartField[] {
  return (specs['boxShadow'] ?? []).map(({ key, label, type, initial = '' }) => ({
    key,
    label,
    type,
    text: initial,
    kind: 'text',
  }))
}

export function newPart(key: string): PartField {
  return { key, label: key, type: key, text: '', kind: 'text' }
}

function specsFor(form: string, value: JsonObject): readonly PartSpec[] {
  const dtcg = form === 'boxShadow' && (hasKey(value, 'offsetX') || hasKey(value, 'offsetY'))
  return specs[dtcg ? 'dtcgShadow' : form] ?? []
}
