import { describe, expect, it } from 'vitest'
import { calculate } from '../../../editor/model/arithmetic.ts'
import { colorOf, contrastOf } from '../../../editor/model/color-value.ts'
import { swatchOf, valueSummary } from '../../../editor/model/swatch.ts'
import { textKindOf, textToValue, valueToText } from '../../../editor/model/value-text.ts'

describe('arithmetic', () => {
  it.each([
    ['16px * 1.5', '24px'],
    ['4px + 4px', '8px'],
    ['(2 + 3) * 4', '20'],
    ['10px - -2px', '12px'],
    ['100% / 3', '33.3333%'],
    ['7 % 4', '3'],
    ['.5rem*2', '1rem'],
  ])('%s is %s', (text, result) => {
    expect(calculate(text)).toBe(result)
  })

  it.each(['16px', '4px 8px', '4px + 2rem', '1 / 0', 'calc(1px + 2px)', '2 *', '(1', 'a + b', '', '1'.repeat(300)])(
    '"%s" is none',
    (text) => {
      expect(calculate(text)).toBeUndefined()
    },
  )
})

describe('colours', () => {
  it.each([
    ['#06f', '#0066ff', 1],
    ['#0066ff80', '#0066ff80', 0.5],
    ['rgb(0 102 255 / 50%)', '#0066ff80', 0.5],
    ['rgba(#16191f, 0.12)', '#16191f1f', 0.12],
    ['rgba(rgb(0, 102, 255), 50%)', '#0066ff80', 0.5],
    ['hsl(216, 100%, 50%)', '#0066ff', 1],
    ['oklch(0.628 0.2577 29.23)', '#ff0000', 1],
    ['rebeccapurple', '#663399', 1],
  ])('%s is %s', (text, hex, alpha) => {
    const color = colorOf(text)
    expect(color?.hex).toBe(hex)
    expect(color?.alpha).toBeCloseTo(alpha, 2)
  })

  it('reads DTCG’s object', () => {
    expect(colorOf({ colorSpace: 'srgb', components: [0, 0.4, 1] })?.hex).toBe('#0066ff')
    expect(colorOf({ colorSpace: 'srgb', components: [0, 0.4, 1], alpha: 0.5 })?.hex).toBe('#0066ff80')
    expect(colorOf({ colorSpace: 'somewhere', components: [1], hex: '#0066ff' })?.hex).toBe('#0066ff')
  })

  it('applies Tokens Studio’s modifiers', () => {
    expect(colorOf('#0066ff', { type: 'alpha', value: '0.5', space: 'lch' })?.hex).toBe('#0066ff80')
    expect(colorOf('#808080', { type: 'lighten', value: '0.5', space: 'srgb' })?.hex).toBe('#c0c0c0')
    expect(colorOf('#808080', { type: 'darken', value: '0.5', space: 'srgb' })?.hex).toBe('#404040')
    expect(colorOf('#808080', { type: 'darken', value: '0.5', space: 'hsl' })?.hex).toBe('#404040')
    expect(colorOf('#000000', { type: 'mix', value: '0.5', space: 'srgb', color: '#ffffff' })?.hex).toBe('#808080')
    expect(colorOf('#808080', { type: 'lighten', value: 'much', space: 'lch' })?.hex).toBe('#808080')
    expect(colorOf('#808080', { type: 'unheard of', value: '1' })?.hex).toBe('#808080')
  })

  it.each(['', 'nothing', 'url(https://evil.example)', '{color.red}', 'red; background: blue', 12, null, []])(
    '%j is none',
    (value) => {
      expect(colorOf(value as string)).toBeUndefined()
    },
  )

  it('has a contrast', () => {
    expect(contrastOf({ hex: '#000000', alpha: 1 }, { hex: '#ffffff', alpha: 1 })).toBeCloseTo(21)
  })
})

describe('swatches', () => {
  it.each([
    ['color', '#0066ff', { kind: 'color', color: '#0066ff', opaque: true }],
    [undefined, '#0066ff', { kind: 'color', color: '#0066ff', opaque: true }],
    ['spacing', '8px 16px', { kind: 'bar', px: 8 }],
    ['sizing', '1.5rem', { kind: 'bar', px: 24 }],
    ['dimension', { value: 2, unit: 'rem' }, { kind: 'bar', px: 32 }],
    ['spacing', '16px * 2', { kind: 'bar', px: 32 }],
    ['spacing', '-4px', { kind: 'bar', px: 0 }],
    ['radius', '4', { kind: 'radius', px: 4 }],
    ['opacity', '40%', { kind: 'opacity', share: 0.4 }],
    ['opacity', 2, { kind: 'opacity', share: 1 }],
    ['fontWeights', 'Semi Bold Italic', { kind: 'text', style: { 'font-weight': '600' } }],
    [
      'fontFamilies',
      ["'JetBrains Mono'", 'monospace'],
      { kind: 'text', style: { 'font-family': '"JetBrains Mono", monospace' } },
    ],
    [
      'border',
      { color: '#f00', width: '2px', style: 'dashed' },
      { kind: 'border', px: 2, style: 'dashed', color: '#ff0000' },
    ],
    [
      'border',
      { color: '#f00', width: '2px', style: 'red; x' },
      { kind: 'border', px: 2, style: 'solid', color: '#ff0000' },
    ],
    [
      'boxShadow',
      [{ x: '0', y: '400px', blur: '2', spread: '0', color: '#000', type: 'innerShadow' }],
      { kind: 'shadow', shadow: 'inset 0px 12px 2px 0px #000000' },
    ],
    [
      'shadow',
      { offsetX: { value: 1, unit: 'px' }, offsetY: '2px', blur: '3px', spread: '0', color: '#00000080', inset: false },
      { kind: 'shadow', shadow: '1px 2px 3px 0px #00000080' },
    ],
    ['text', 'hello', { kind: 'none' }],
    ['spacing', 'wide', { kind: 'none' }],
    ['boxShadow', { x: '0', color: 'url(x)' }, { kind: 'none' }],
  ])('%s %j', (type, value, swatch) => {
    expect(swatchOf(type, value as string)).toEqual(swatch)
  })

  it('draws gradients, and nothing that could call somebody', () => {
    const good = 'linear-gradient(90deg, #ff0000 0%, rgba(0, 0, 255, 0.5) 100%)'
    expect(swatchOf('color', good)).toEqual({ kind: 'gradient', image: good })
    for (const bad of [
      'linear-gradient(red, blue), url(x)',
      'linear-gradient(url(x), red)',
      'linear-gradient(\\75rl(x))',
      'linear-gradient(red);x',
      'x-gradient(red)',
    ]) {
      expect(swatchOf('color', bad)).toEqual({ kind: 'none' })
    }
  })

  it('keeps a type sample in its row', () => {
    expect(
      swatchOf('typography', {
        fontSize: '400px',
        fontWeight: '700',
        textCase: 'uppercase',
        textDecoration: 'underline',
      }),
    ).toEqual({
      kind: 'text',
      style: {
        'font-size': '22px',
        'font-weight': '700',
        'text-transform': 'uppercase',
        'text-decoration-line': 'underline',
      },
    })
  })
})

describe('a value in one line', () => {
  it.each([
    [
      'typography',
      { fontFamily: 'Inter', fontWeight: '500', fontSize: '16px', lineHeight: '120%' },
      'Inter · 500 · 16px/120%',
    ],
    ['border', { color: '#000', width: '1px', style: 'solid' }, '1px solid #000'],
    ['boxShadow', [{ x: '0', y: '1', blur: '2', spread: '0', color: '#000' }, {}], '0 1 2 0 #000 + 1 more'],
    ['boxShadow', [], 'No layers'],
    ['fontFamilies', ['Inter', 'sans-serif'], 'Inter, sans-serif'],
    ['composition', { fill: '{a}' }, '{"fill":"{a}"}'],
    ['number', 1.5, '1.5'],
    ['text', 'two\nlines\u202e', 'two lines'],
  ])('%s %j', (type, value, text) => {
    expect(valueSummary(type, value as string)).toBe(text)
  })
})

describe('values as text', () => {
  it.each([
    ['16px', 'text', '16px'],
    [16, 'number', '16'],
    [true, 'boolean', 'true'],
    [['Inter', 'sans-serif'], 'list', 'Inter, sans-serif'],
    [{ value: 1.5, unit: 'rem' }, 'dimension', '1.5rem'],
    [{ colorSpace: 'srgb', components: [1, 0, 0] }, 'json', '{"colorSpace":"srgb","components":[1,0,0]}'],
    [['a, b'], 'json', '["a, b"]'],
    [[], 'json', '[]'],
  ])('%j comes back as it was', (value, kind, text) => {
    expect(textKindOf(value as string)).toBe(kind)
    expect(valueToText(value as string)).toBe(text)
    expect(textToValue(text, textKindOf(value as string))).toEqual({ kind: 'value', value })
  })

  it.each([
    ['{a.b}', 'number', '{a.b}'],
    ['12', 'number', 12],
    ['1e999', 'number', '1e999'],
    ['yes', 'boolean', 'yes'],
    ['{fonts.main}', 'list', '{fonts.main}'],
    ['{space.m}', 'dimension', '{space.m}'],
    ['{color.red}', 'json', '{color.red}'],
  ] as const)('%s in place of a %s', (text, kind, value) => {
    expect(textToValue(text, kind)).toEqual({ kind: 'value', value })
  })

  it('JSON that is none is refused', () => {
    expect(textToValue('{"a": ', 'json')).toMatchObject({ kind: 'refused' })
  })
})
