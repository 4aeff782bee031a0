import { describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '../../src/payload/ordered-json.ts'
import { referencesOf, renameReferences } from '../../src/payload/reference-text.ts'

/** `tokens-studio-format.md` 3, "References". */

const found = (value: Json): string[] =>
  referencesOf({ $value: value }).map(({ field, text, name, kind }) => `${field.join('/')} ${text} ${name} ${kind}`)
const renamed = (token: JsonObject, from: string, to: string): unknown =>
  renameReferences(token, (name, kind) => {
    if (kind === 'nested') return name.startsWith(`${from}.`) ? to + name.slice(from.length) : undefined
    return name === from ? to : undefined
  })

describe('references', () => {
  it.each<readonly [Json, readonly string[]]>([
    ['{color.red}', ['$value {color.red} color.red plain']],
    ['{ a b.c } {d}', ['$value { a b.c } a b.c plain', '$value {d} d plain']],
    ['rgba({a}, 0.5) * 2 + {b.c}px', ['$value {a} a plain', '$value {b.c} b.c plain']],
    ['{color.{mode}.bg}', ['$value {mode} mode plain', '$value {color.{mode}.bg} color.{mode}.bg nested']],
    ['$color.red', ['$value $color.red color.red old']],
    ['$a.b * 2, $c.d', ['$value $a.b a.b old', '$value $c.d c.d old']],
    ['{a.$bc}', ['$value {a.$bc} a.$bc plain']],
    [
      { x: '{a}', y: ['{b}', { z: '{c}' }], n: 1, e: null },
      ['$value/x {a} a plain', '$value/y/0 {b} b plain', '$value/y/1/z {c} c plain'],
    ],
    ['{}', []],
    ['{ }', []],
    ['}{', []],
    ['{a', []],
    ['a}', []],
    ['{a {b}', ['$value {b} b plain']],
    ['$', []],
    ['$ 5', []],
    [7, []],
    [null, []],
  ])('in %j', (value, expected) => {
    expect(found(value)).toEqual(expected)
  })

  it('of a colour modifier, and of no other extension or description', () => {
    const token = {
      value: '{a}',
      type: 'color',
      description: 'like {b}',
      $extensions: { 'studio.tokens': { modify: { type: 'mix', value: '{c}', color: '{d}' }, x: '{e}' }, other: '{f}' },
    }
    expect(referencesOf(token).map(({ field, name }) => [...field, name].join(' '))).toEqual([
      'value a',
      '$extensions studio.tokens modify value c',
      '$extensions studio.tokens modify color d',
    ])
  })

  it('take time by the length of the text, however deep they are nested', () => {
    const text = `${'{a'.repeat(200_000)}${'}'.repeat(200_000)}`
    const start = performance.now()
    expect(found(text).length).toBeLessThan(10)
    expect(found('{'.repeat(1_000_000))).toEqual([])
    expect(found('$a'.repeat(300_000)).length).toBe(1)
    expect(performance.now() - start).toBeLessThan(2_000)
  })
})

describe('renamed', () => {
  it.each<readonly [string, string]>([
    ['{a.b}', '{x.y}'],
    ['{ a.b }', '{ x.y }'],
    ['{a.b}{a.b} * {b}', '{x.y}{x.y} * {b}'],
    ['$a.b', '$x.y'],
    ['calc($a.b, {a.b})', 'calc($x.y, {x.y})'],
    ['{a.b.{a.b}.b}', '{x.y.{x.y}.b}'],
    ['{ a.b.{b} }', '{ x.y.{b} }'],
  ])('%j becomes %j', (value, expected) => {
    expect(renamed({ $value: value }, 'a.b', 'x.y')).toEqual({ $value: expected })
    // Names of other lengths shift what comes behind.
    for (const name of ['x', 'longer.name'])
      expect(renamed({ $value: value }, 'a.b', name)).toEqual({
        $value: expected.replaceAll(/\$x\.y/g, name === 'x' ? '{x}' : '$longer.name').replaceAll('x.y', name),
      })
  })

  it('to what "$" cannot name, takes braces', () => {
    expect(renamed({ value: '$old.name * 2' }, 'old.name', 'new name')).toEqual({ value: '{new name} * 2' })
  })

  it('only the fields that change, the rest of them as it was', () => {
    const token = {
      $value: { a: '{x}', b: '{y}', c: [1, '{z}'] },
      $extensions: { 'studio.tokens': { modify: { value: '{z}', type: 'lighten' }, id: 'i' }, v: 1 },
    }
    expect(renamed(token, 'z', 'w')).toEqual({
      $value: { a: '{x}', b: '{y}', c: [1, '{w}'] },
      $extensions: { 'studio.tokens': { modify: { value: '{w}', type: 'lighten' } } },
    })
    expect(renamed(token, 'y', 'w')).toEqual({ $value: { a: '{x}', b: '{w}', c: [1, '{z}'] } })
    expect(renamed(token, 'nope', 'w')).toBeUndefined()
    expect(renamed({ $value: '{$&}' }, '$&', '$`$1')).toEqual({ $value: '{$`$1}' })
  })
})
