import { describe, expect, it } from 'vitest'
import { createNameIndex } from '../../../editor/model/name-index.ts'
import {
  createResolver,
  maxChain,
  problemText,
  type Resolved,
  type Resolver,
} from '../../../editor/model/resolve-value.ts'
import { createTokenDocument } from '../../../src/doc/index.ts'

type Values = Readonly<Record<string, unknown>>

function resolverOf(sets: Readonly<Record<string, Values>>, include?: (set: string) => boolean): Resolver {
  const document = createTokenDocument()
  const tokens = (values: Values): object =>
    Object.fromEntries(Object.entries(values).map(([name, $value]) => [name, { $type: 'other', $value }]))
  document.import(
    JSON.stringify({ values: Object.fromEntries(Object.entries(sets).map(([set, values]) => [set, tokens(values)])) }),
  )
  return createResolver(createNameIndex(document, include))
}

const resolve = (values: Values, value: unknown): Resolved => resolverOf({ core: values }).value(value as string)
const problems = ({ problems: found }: Resolved): string[] => found.map(problemText)

describe('a reference', () => {
  it.each([
    ['alone', { a: '#fff' }, '{a}', '#fff'],
    ['with spaces', { a: '#fff' }, '{ a }', '#fff'],
    ['inside a text', { a: '#fff' }, 'rgba({a}, 0.5)', 'rgba(#fff, 0.5)'],
    ['twice', { a: '4px', b: '8px' }, '{a} {b}', '4px 8px'],
    ['through others', { a: '{b}', b: '{c}', c: '1' }, '{a}', '1'],
    ['in another', { mode: 'light', light: '#eee' }, '{{mode}}', '#eee'],
    ['in the old spelling', { a: '#fff' }, '$a', '#fff'],
    ['to a number', { a: 4 }, '{a}', 4],
    ['to a number, in a text', { a: 4 }, '{a}px', '4px'],
    ['in a part', { a: '16px' }, { fontSize: '{a}', fontWeight: '400' }, { fontSize: '16px', fontWeight: '400' }],
    ['in a layer', { a: '#000' }, [{ color: '{a}', x: 0 }], [{ color: '#000', x: 0 }]],
    ['to a whole composite', { h: { fontSize: '16px' } }, '{h}', { fontSize: '16px' }],
    ['to a part of one', { h: { fontSize: '16px' } }, '{h.fontSize}', '16px'],
  ])('%s', (_case, values, value, expected) => {
    const resolved = resolve(values, value)
    expect(resolved.value).toEqual(expected)
    expect(resolved.problems).toEqual([])
  })

  it('means the token of the last set that has the name', () => {
    const sets = { core: { a: 'core', b: '{a}' }, light: { a: 'light' }, dark: { a: 'dark' } }
    expect(resolverOf(sets).value('{b}').value).toBe('dark')
    expect(resolverOf(sets, (set) => set !== 'dark').value('{b}').value).toBe('light')
  })

  it('a name with a dot of its own wins over a part of a composite', () => {
    const document = createTokenDocument()
    document.import(
      JSON.stringify({
        values: {
          core: {
            h: { $type: 'typography', $value: { fontSize: '16px' }, fontSize: { $type: 'fontSizes', $value: '20px' } },
          },
        },
      }),
    )
    expect(createResolver(createNameIndex(document)).value('{h.fontSize}').value).toBe('20px')
  })

  it('names the tokens it refers to', () => {
    const { references } = resolve({ a: '1' }, '{a} {b}')
    expect(references.map(({ name, token }) => [name, token?.set])).toEqual([
      ['a', 'core'],
      ['b', undefined],
    ])
  })

  it('leaves money, braces of JSON and empty texts alone', () => {
    for (const value of ['$5', '', '{"a": 1', 'a } b { c'])
      expect(resolve({}, value)).toMatchObject({ value, problems: [] })
  })
})

describe('a reference that leads nowhere', () => {
  it('stays as its text and is named', () => {
    const resolved = resolve({ a: '4px' }, '{a} {no.such}')
    expect(resolved.value).toBe('4px {no.such}')
    expect(problems(resolved)).toEqual(['{no.such} is not found in these sets'])
  })

  it('also where a token in between lacks it, and where a part is missing', () => {
    expect(problems(resolve({ a: '{b}' }, '{a}'))).toEqual(['{b} is not found in these sets'])
    expect(problems(resolve({ h: { fontSize: '1px' } }, '{h.lineHeight}'))).toEqual([
      '{h.lineHeight} is not found in these sets',
    ])
  })
})

describe('a circle', () => {
  it('is told by the names it runs through', () => {
    const resolver = resolverOf({ core: { a: '{b}', b: '{c}', c: '{b}' } })
    expect(problems(resolver.value('{a}'))).toEqual(['Circular: b → c → b'])
  })

  it('is seen where a token refers to itself', () => {
    const resolver = resolverOf({ core: { a: '{a}' } })
    expect(problems(resolver.token('core', 'a', { $value: '{a}' }))).toEqual(['Circular: a → a'])
  })

  it('is none where another set has the name that overrides', () => {
    const resolver = resolverOf({ core: { a: '{b}' }, over: { b: '{a}', a: '5' } })
    expect(resolver.token('core', 'a', { $value: '{b}' })).toMatchObject({ value: '5', problems: [] })
  })
})

describe('files made to freeze a page', () => {
  it('texts that double with every step end', () => {
    const values = {
      b0: 'x'.repeat(50),
      ...Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`b${i + 1}`, `{b${i}}{b${i}}`])),
    }
    expect(problems(resolve(values, '{b60}'))[0]).toContain('too long a text')
  })

  it('circles that cross are walked once', () => {
    const values = Object.fromEntries(
      Array.from({ length: 200 }, (_, i) => [`m${i}`, `{m${(i + 1) % 200}}{m${(i + 2) % 200}}`]),
    )
    const { index } = resolverOf({ core: values })
    let lookups = 0
    const counting = createResolver({
      ...index,
      find: (name) => {
        lookups++
        return index.find(name)
      },
    })
    expect(counting.value('{m0}').problems.length).toBeGreaterThan(0)
    expect(lookups).toBeLessThan(200 * 4)
  })

  it('a chain beyond all reason ends without overflowing the stack', () => {
    const length = maxChain * 10
    const values = { c0: '1', ...Object.fromEntries(Array.from({ length }, (_, i) => [`c${i + 1}`, `{c${i}}`])) }
    expect(problems(resolve(values, `{c${length}}`))[0]).toContain('too many steps')
    expect(resolve(values, `{c${maxChain - 1}}`)).toMatchObject({ value: '1', problems: [] })
  })
})
