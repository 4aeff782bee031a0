/**
 * Colours as token files write them: any CSS colour, `rgba(#16191f, 0.12)` as it results from references, DTCG's object, and
 * Tokens Studio's modifiers. Colours that are given to the page's styles come from here only, re-written: the text of a file
 * is written by others and may hold `url(…)`, which would call a third party.
 */
import {
  formatHex,
  formatHex8,
  interpolate,
  modeHsl,
  modeHsv,
  modeHwb,
  modeLab,
  modeLch,
  modeLrgb,
  modeOklab,
  modeOklch,
  modeP3,
  modeRgb,
  modeXyz50,
  modeXyz65,
  parse,
  useMode,
  wcagContrast,
} from 'culori/fn'
import type { Color } from 'culori/fn'
import { getKey, isObject, type Json, type JsonObject } from '../../src/payload/ordered-json.ts'

const toRgb = useMode(modeRgb)
const toHsl = useMode(modeHsl)
const toLch = useMode(modeLch)
const toP3 = useMode(modeP3)
for (const mode of [modeHsv, modeHwb, modeLab, modeLrgb, modeOklab, modeOklch, modeXyz50, modeXyz65])
  useMode(mode as never)

export interface ColorValue {
  /** `#rrggbb`, or `#rrggbbaa` where it is not opaque. */
  readonly hex: string
  /** 0 to 1. */
  readonly alpha: number
}

/** Colour spaces of DTCG's object form by culori's names. */
const dtcgSpaces: ReadonlyMap<string, string> = new Map([
  ['srgb', 'color(srgb'],
  ['display-p3', 'color(display-p3'],
  ['srgb-linear', 'color(srgb-linear'],
  ['oklch', 'oklch('],
  ['oklab', 'oklab('],
  ['lch', 'lch('],
  ['lab', 'lab('],
])

/** The colour a resolved value means; undefined where it is none. */
export function colorOf(value: Json | undefined, modifier?: JsonObject): ColorValue | undefined {
  const color = parseColor(value)
  if (!color) return undefined
  return colorValue(modifier ? modify(color, modifier) : color)
}

/** WCAG contrast of two colours, 1 to 21; transparency is not looked at. */
export function contrastOf(a: ColorValue, b: ColorValue): number {
  return wcagContrast(a.hex, b.hex)
}

function colorValue(color: Color): ColorValue {
  const rgb = toRgb(color)
  const alpha = Math.min(1, Math.max(0, rgb.alpha ?? 1))
  return { hex: alpha < 1 ? formatHex8(rgb) : formatHex(rgb), alpha }
}

function parseColor(value: Json | undefined): Color | undefined {
  if (typeof value === 'string') return parseColorText(value.trim())
  if (!isObject(value)) return undefined
  const name = getKey(value, 'colorSpace')
  const space = typeof name === 'string' ? dtcgSpaces.get(name) : undefined
  const components = getKey(value, 'components')
  if (space && Array.isArray(components)) {
    const alpha = getKey(value, 'alpha')
    const parts = (components as readonly Json[]).map((part) => (typeof part === 'number' ? part : 'none')).join(' ')
    const text = `${space}${space.endsWith('(') ? '' : ' '}${parts}${typeof alpha === 'number' ? ` / ${alpha}` : ''})`
    return parse(text)
  }
  const hex = getKey(value, 'hex')
  return typeof hex === 'string' ? parse(hex) : undefined
}

function parseColorText(text: string): Color | undefined {
  if (text === '' || text.length > 200) return undefined
  const mixed = /^(?:rgba?|hsla?)\(\s*(#[0-9a-f]{3,8}|[a-z]+|(?:rgb|hsl)a?\([^()]*\))\s*,\s*([\d.]+%?)\s*\)$/i.exec(
    text,
  )
  if (!mixed) return parse(text)
  const base = parse(mixed[1] as string)
  const alpha = mixed[2] as string
  return base && { ...base, alpha: alpha.endsWith('%') ? Number(alpha.slice(0, -1)) / 100 : Number(alpha) }
}

/** As the plugin does it (`utils/color`): lighten and darken move towards white and black by a share of what is left. */
function modify(color: Color, modifier: JsonObject): Color {
  const amount = Number(getKey(modifier, 'value'))
  if (!Number.isFinite(amount)) return color
  const given = getKey(modifier, 'space')
  const space = typeof given === 'string' ? given : 'lch'
  switch (getKey(modifier, 'type')) {
    case 'alpha':
      return { ...color, alpha: amount }
    case 'lighten':
      return scale(color, space, (part, top) => part + (top - part) * amount)
    case 'darken':
      return scale(color, space, (part) => part * (1 - amount))
    case 'mix': {
      const other = parseColor(getKey(modifier, 'color'))
      if (!other) return color
      const mode = space === 'srgb' ? 'rgb' : space === 'hsl' || space === 'p3' ? space : 'lch'
      return interpolate([color, other], mode)(amount)
    }
    default:
      return color
  }
}

function scale(color: Color, space: string, change: (part: number, top: number) => number): Color {
  switch (space) {
    case 'hsl': {
      const hsl = toHsl(color)
      return { ...hsl, l: change(hsl.l, 1) }
    }
    case 'srgb': {
      const rgb = toRgb(color)
      return { ...rgb, r: change(rgb.r, 1), g: change(rgb.g, 1), b: change(rgb.b, 1) }
    }
    case 'p3': {
      const p3 = toP3(color)
      return { ...p3, r: change(p3.r, 1), g: change(p3.g, 1), b: change(p3.b, 1) }
    }
    default: {
      const lch = toLch(color)
      return { ...lch, l: change(lch.l, 100) }
    }
  }
}
