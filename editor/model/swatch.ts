/**
 * What is drawn beside a token. Every text that becomes a style is checked here: it may come from a teammate or a file, so no
 * image, no variable, no second property gets through.
 */
import { getKey, isContainer, isObject, type Json, type JsonObject } from '../../src/payload/ordered-json.ts'
import { calculate } from './arithmetic.ts'
import { colorOf } from './color-value.ts'
import { plainText } from './plain-text.ts'
import { tokenTypeOf } from './token-type.ts'
import { dimensionOf, valueToText } from './value-text.ts'

export type Swatch =
  | { readonly kind: 'none' }
  | { readonly kind: 'color'; readonly color: string; readonly opaque: boolean }
  | { readonly kind: 'gradient'; readonly image: string }
  | { readonly kind: 'bar'; readonly px: number }
  | { readonly kind: 'radius'; readonly px: number }
  | { readonly kind: 'opacity'; readonly share: number }
  | { readonly kind: 'text'; readonly style: Readonly<Record<string, string>> }
  | { readonly kind: 'shadow'; readonly shadow: string }
  | { readonly kind: 'border'; readonly px: number; readonly style: string; readonly color: string }

const none: Swatch = { kind: 'none' }

/** `value` has its references resolved already. */
export function swatchOf(type: string | undefined, value: Json, modifier?: JsonObject): Swatch {
  switch (tokenTypeOf(type)?.name) {
    case 'color':
      return colorSwatch(value, modifier)
    case 'spacing':
    case 'sizing':
    case 'dimension':
    case 'borderWidth':
    case 'fontSizes':
    case 'paragraphSpacing':
      return withPx(value, (px) => ({ kind: 'bar', px }))
    case 'borderRadius':
      return withPx(value, (px) => ({ kind: 'radius', px }))
    case 'opacity':
      return opacitySwatch(value)
    case 'fontFamilies':
      return textSwatch({ 'font-family': fontFamily(value) })
    case 'fontWeights':
      return textSwatch({ 'font-weight': fontWeight(value) })
    case 'typography':
      return typographySwatch(value)
    case 'boxShadow':
      return shadowSwatch(value)
    case 'border':
      return borderSwatch(value)
    default:
      // A file may leave the type out; a colour is still a colour.
      return type === undefined && typeof value === 'string' && /^(?:#|rgb|hsl)/.test(value) ? colorSwatch(value) : none
  }
}

/** Pixels of a length; rem and em at 16. Undefined for anything else. */
export function pxOf(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value
  const dimension = dimensionOf(value)
  const text = dimension ? `${dimension.amount}${dimension.unit}` : typeof value === 'string' ? value.trim() : ''
  const match = /^(-?\d*\.?\d+)(px|rem|em)?$/.exec(calculate(text) ?? text)
  if (!match) return undefined
  return Number(match[1]) * (match[2] === 'rem' || match[2] === 'em' ? 16 : 1)
}

function withPx(value: Json, make: (px: number) => Swatch): Swatch {
  // `8px 16px` is drawn by its first side.
  const px = pxOf(value) ?? (typeof value === 'string' ? pxOf(value.trim().split(/\s+/)[0]) : undefined)
  return px === undefined ? none : make(Math.max(0, px))
}

function colorSwatch(value: Json, modifier?: JsonObject): Swatch {
  const color = colorOf(value, modifier)
  if (color) return { kind: 'color', color: color.hex, opaque: color.alpha === 1 }
  const image = typeof value === 'string' ? gradientOf(value) : undefined
  return image === undefined ? none : { kind: 'gradient', image }
}

const gradientParts: ReadonlySet<string> = new Set([
  'linear-gradient',
  'radial-gradient',
  'conic-gradient',
  'repeating-linear-gradient',
  'repeating-radial-gradient',
  'repeating-conic-gradient',
  'rgb',
  'rgba',
  'hsl',
  'hsla',
  'hwb',
  'lab',
  'lch',
  'oklab',
  'oklch',
  'color',
])

function gradientOf(text: string): string | undefined {
  if (text.length > 1_000 || !/^[a-z-]+-gradient\(/.test(text) || !/^[\w\s#%.,()/+-]*$/.test(text)) return undefined
  const called = [...text.matchAll(/([a-z-]+)\(/gi)].map((match) => (match[1] as string).toLowerCase())
  return called.every((name) => gradientParts.has(name)) ? text : undefined
}

function opacitySwatch(value: Json): Swatch {
  const text = valueToText(value).trim()
  const share = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text)
  return text !== '' && Number.isFinite(share) ? { kind: 'opacity', share: Math.min(1, Math.max(0, share)) } : none
}

function textSwatch(style: Readonly<Record<string, string | undefined>>): Swatch {
  const given = Object.entries(style).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return given.length === 0 ? none : { kind: 'text', style: Object.fromEntries(given) }
}

function typographySwatch(value: Json): Swatch {
  if (!isObject(value)) return none
  const size = pxOf(getKey(value, 'fontSize'))
  const decoration = getKey(value, 'textDecoration')
  const textCase = valueToText(getKey(value, 'textCase'))
  return textSwatch({
    'font-family': fontFamily(getKey(value, 'fontFamily')),
    'font-weight': fontWeight(getKey(value, 'fontWeight')),
    'font-size': size === undefined ? undefined : `${Math.min(22, Math.max(9, size))}px`,
    'font-style': /italic/i.test(valueToText(getKey(value, 'fontWeight'))) ? 'italic' : undefined,
    'text-decoration-line': decoration === 'underline' || decoration === 'line-through' ? decoration : undefined,
    'text-transform': ['uppercase', 'lowercase', 'capitalize'].includes(textCase) ? textCase : undefined,
  })
}

function fontFamily(value: Json | undefined): string | undefined {
  const names = (Array.isArray(value) ? (value as readonly Json[]).map(valueToText) : valueToText(value).split(','))
    .map((name) => name.trim().replace(/^(['"])(.*)\1$/, '$2'))
    .filter((name) => /^[\p{L}\p{N} _.-]{1,80}$/u.test(name))
  return names.length === 0 ? undefined : names.map((name) => (/^[a-z-]+$/.test(name) ? name : `"${name}"`)).join(', ')
}

const weightNames: readonly (readonly [name: RegExp, weight: string])[] = [
  [/thin|hairline/, '100'],
  [/(?:extra|ultra)\s*-?light/, '200'],
  [/light/, '300'],
  [/(?:semi|demi)\s*-?bold/, '600'],
  [/(?:extra|ultra)\s*-?bold/, '800'],
  [/bold/, '700'],
  [/black|heavy/, '900'],
  [/medium/, '500'],
  [/regular|normal|book/, '400'],
]

function fontWeight(value: Json | undefined): string | undefined {
  const text = valueToText(value).toLowerCase()
  if (/^\d{1,4}$/.test(text)) return text
  return weightNames.find(([name]) => name.test(text))?.[1]
}

function shadowSwatch(value: Json): Swatch {
  const layers = (Array.isArray(value) ? (value as readonly Json[]) : [value]).slice(0, 8).map(shadowLayer)
  const drawn = layers.filter((layer) => layer !== undefined)
  return drawn.length === 0 ? none : { kind: 'shadow', shadow: drawn.join(', ') }
}

/** Tokens Studio says x, y and a type; DTCG offsetX, offsetY and inset. Kept small enough for the tile. */
function shadowLayer(layer: Json): string | undefined {
  if (!isObject(layer)) return undefined
  const length = (...keys: readonly string[]): number => {
    for (const key of keys) {
      const px = pxOf(getKey(layer, key))
      if (px !== undefined) return Math.max(-12, Math.min(12, px))
    }
    return 0
  }
  const color = colorOf(getKey(layer, 'color'))
  if (!color) return undefined
  const inner = getKey(layer, 'type') === 'innerShadow' || getKey(layer, 'inset') === true
  const parts = [length('x', 'offsetX'), length('y', 'offsetY'), Math.max(0, length('blur')), length('spread')]
  return `${inner ? 'inset ' : ''}${parts.map((px) => `${px}px`).join(' ')} ${color.hex}`
}

const borderStyles: ReadonlySet<string> = new Set([
  'solid',
  'dashed',
  'dotted',
  'double',
  'groove',
  'ridge',
  'inset',
  'outset',
])

function borderSwatch(value: Json): Swatch {
  if (!isObject(value)) return none
  const color = colorOf(getKey(value, 'color'))
  if (!color) return none
  const style = valueToText(getKey(value, 'style')) || 'solid'
  const px = Math.min(6, Math.max(1, pxOf(getKey(value, 'width')) ?? 1))
  return { kind: 'border', px, style: borderStyles.has(style) ? style : 'solid', color: color.hex }
}

/** A value in one line: the text itself, or the parts of a composite in the order people say them. */
export function valueSummary(type: string | undefined, value: Json): string {
  if (!isContainer(value) || dimensionOf(value)) return plainText(valueToText(value))
  const text = (part: Json | undefined): string => (part === undefined ? '' : valueToText(part))
  if (Array.isArray(value)) {
    const layers = value as readonly Json[]
    const [first] = layers
    if (!isContainer(first))
      return layers.length === 0 && tokenTypeOf(type)?.name === 'boxShadow'
        ? 'No layers'
        : plainText(valueToText(value))
    const more = layers.length > 1 ? ` + ${layers.length - 1} more` : ''
    return plainText(`${valueSummary(type, first)}${more}`)
  }
  const object = value as JsonObject
  const part = (...keys: readonly string[]): string =>
    text(keys.map((key) => getKey(object, key)).find((each) => each !== undefined))
  switch (tokenTypeOf(type)?.name) {
    case 'typography':
      return plainText(
        [
          part('fontFamily').split(',')[0],
          part('fontWeight'),
          [part('fontSize'), part('lineHeight')].filter(Boolean).join('/'),
        ]
          .filter(Boolean)
          .join(' · '),
      )
    case 'boxShadow':
      return plainText(
        [part('x', 'offsetX'), part('y', 'offsetY'), part('blur'), part('spread'), part('color')]
          .filter(Boolean)
          .join(' '),
      )
    case 'border':
      return plainText([part('width'), part('style'), part('color')].filter(Boolean).join(' '))
    case 'color':
      return plainText(colorOf(value)?.hex ?? valueToText(value))
    default:
      return plainText(valueToText(value))
  }
}
