import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { createTokenDocument, type JsonObject, type TokenDocument } from '../../src/doc/index.ts'
import { generateTokenFile, tokenPlaces } from '../support/generated-tokens.ts'
import { createRandom, seedsToRun } from '../support/random.ts'

/** `design.md` 3.1: `references(path)` and `unresolved()`, by Tokens Studio's rules for names. */

function documentOf(
  sets: Readonly<Record<string, JsonObject>>,
  order: readonly string[] = Object.keys(sets),
): TokenDocument {
  const document = createTokenDocument(new Y.Doc())
  document.import({ values: sets, $metadata: { tokenSetOrder: [...order] } })
  return document
}

const value = (given: unknown): JsonObject => ({ $value: given }) as JsonObject
const to = (document: TokenDocument, path: string | readonly string[]): string[] =>
  document
    .references(path)
    .map(({ set, path: from, field, text }) => `${set}: ${from.join('.')} ${field.join('/')} ${text}`)
const open = (document: TokenDocument): string[] =>
  document.unresolved().map(({ set, path, text, reason }) => `${set}: ${path.join('.')} ${text} ${reason}`)

describe('references', () => {
  it('to a token come from all sets, in order of sets and paths', () => {
    const document = documentOf(
      {
        light: { bg: value('{color.red}'), a: value('{ color.red }') },
        core: { color: { red: value('#f00'), same: value('{color.red} {color.red}') } },
        dark: { color: { red: value('#e00') }, bg: { deep: value({ x: 1, color: ['{color.red}'] }) } },
      },
      ['core', 'light', 'dark'],
    )
    expect(to(document, 'color.red')).toEqual([
      'core: color.same $value {color.red}',
      'core: color.same $value {color.red}',
      'light: a $value { color.red }',
      'light: bg $value {color.red}',
      'dark: bg.deep $value/color/0 {color.red}',
    ])
    expect(document.references(['color', 'red'])).toEqual(document.references('color.red'))
    document.reorderSets(['dark'])
    expect(to(document, 'color.red')[0]).toMatch(/^dark:/)
  })

  it('to a group are those to what is below it, and to parts of composites', () => {
    const document = documentOf({
      core: {
        type: { h1: value({ fontSize: '1px' }) },
        typed: value('x'),
        a: value('{type.h1}'),
        b: value('{type.h1.fontSize}'),
        c: value('{typed}'),
      },
    })
    expect(to(document, 'type')).toEqual(['core: a $value {type.h1}', 'core: b $value {type.h1.fontSize}'])
    expect(to(document, 'type.h1')).toEqual(to(document, 'type'))
    expect(to(document, 'type.h1.fontSize')).toEqual(['core: b $value {type.h1.fontSize}'])
    expect(open(document)).toEqual([])
  })

  it('with "$" count where they name a token; else they are text', () => {
    const document = documentOf({
      core: { color: { red: value('#f00') }, a: value('$color.red'), price: value('$100') },
    })
    expect(to(document, 'color.red')).toEqual(['core: a $value $color.red'])
    expect(open(document)).toEqual([])
    document.remove('core', 'color')
    expect(to(document, 'color.red')).toEqual([])
    expect(open(document)).toEqual([])
  })

  it('that are nested go by what the inner one comes to', () => {
    const document = documentOf({
      core: {
        mode: value('{which}'),
        which: value('dark'),
        depth: value(2),
        color: { dark: { 2: { bg: value('#000') } } },
        a: value('{color.{mode}.{depth}.bg}'),
        b: value('{color.{nope}.bg}'),
        c: value('{color.{mode}.gone}'),
      },
    })
    expect(to(document, 'color.dark.2.bg')).toEqual(['core: a $value {color.{mode}.{depth}.bg}'])
    expect(to(document, 'mode')).toHaveLength(2)
    expect(open(document)).toEqual(['core: b {nope} missing', 'core: c {color.{mode}.gone} missing'])
    document.update('core', 'which', { $value: 'light' })
    expect(open(document)).toContain('core: a {color.{mode}.{depth}.bg} missing')
  })

  it('reach names with dots, spaces and anything else', () => {
    const document = documentOf({
      core: { 'a.b': value(1), 'my group': { 'two words': value(2) }, ['__proto__']: value(3), größe: value(4) },
      use: { x: value('{a.b}'), y: value('{my group.two words}'), z: value('{größe}'), w: value('{constructor}') },
    })
    expect(to(document, ['a.b'])).toEqual(['use: x $value {a.b}'])
    expect(to(document, 'my group')).toEqual(['use: y $value {my group.two words}'])
    expect(to(document, 'größe')).toHaveLength(1)
    expect(open(document)).toEqual(['use: w {constructor} missing'])
  })

  it('are the same list while nobody else refers', () => {
    const document = documentOf({ core: { a: value('{b}'), b: value(1), c: value(2) } })
    const before = document.references('b')
    document.update('core', 'c', { $value: 3 })
    document.update('core', 'b', { $value: 3 })
    expect(document.references('b')).toBe(before)
    document.set('core', 'd', value('{b}'))
    expect(document.references('b')).toHaveLength(2)
    expect(document.references('b')[0]).toBe(before[0])
    for (let i = 0; i < 1_100; i++) document.references(`x${i}`)
    expect(document.references('b')).toHaveLength(2)
  })

  it('of a set that looks like a token are none, those in it are', () => {
    const document = documentOf({ core: { $value: '{a}', type: 'x', b: value('{a}') }, x: { a: value(1) } })
    expect(to(document, 'a')).toEqual(['core: b $value {a}'])
    document.update('core', 'b', { $value: '{c}' })
    expect(open(document)).toEqual(['core: b {c} missing'])
  })

  it('are asked of nothing, and of an empty document', () => {
    expect(createTokenDocument().references('a.b')).toEqual([])
    expect(createTokenDocument().unresolved()).toEqual([])
    expect(documentOf({ core: { a: value('{b}') } }).references([])).toEqual([])
  })
})

describe('unresolved', () => {
  it('names what no set has', () => {
    const document = documentOf({
      core: {
        a: value('{gone}'),
        b: value('{a} {group}'),
        group: { c: value(1) },
        d: value('{a.part}'),
        e: value('{}'),
      },
      dark: { a: value({ part: 1 }) },
    })
    expect(open(document)).toEqual(['core: a {gone} missing', 'core: b {group} missing'])
    expect(document.unresolved()[0]).toEqual({
      set: 'core',
      path: ['a'],
      field: ['$value'],
      text: '{gone}',
      name: 'gone',
      reason: 'missing',
    })
    document.set('late', 'gone', value(1))
    document.set('late', 'group', value(1))
    expect(open(document)).toEqual([])
  })

  it('tells circles, of one and of many, and not who only leads into one', () => {
    const document = documentOf({
      core: {
        self: value('{self}'),
        a: value('{b} 1px'),
        b: value({ x: '{c.y}' }),
        c: value({ y: '{a}' }),
        into: value('{a}'),
        fine: value('{leaf}'),
        leaf: value(1),
      },
    })
    expect(open(document)).toEqual([
      'core: a {b} circular',
      'core: b {c.y} circular',
      'core: c {a} circular',
      'core: self {self} circular',
    ])
    document.update('core', 'b', { $value: { x: '{leaf}' } })
    expect(open(document)).toEqual(['core: self {self} circular'])
    document.set('core', 'self', value('{fine}'))
    expect(open(document)).toEqual([])
    document.set('core', 'leaf', value('{self}'))
    expect(open(document)).toHaveLength(3)
  })

  it('by the token that overrides: later sets win', () => {
    const document = documentOf({ core: { a: value('{b}'), b: value(1) }, dark: { b: value('{a}') } })
    expect(open(document)).toEqual(['core: a {b} circular', 'dark: b {a} circular'])
    document.reorderSets(['dark', 'core'])
    expect(open(document)).toEqual([])
    document.reorderSets(['core', 'dark'])
    expect(open(document)).toHaveLength(2)
    document.removeSet('dark')
    expect(open(document)).toEqual([])
  })

  it('a circle that appears when the token goes that stood in between', () => {
    const document = documentOf({
      core: { a: value({ part: '{b}' }), b: value('{a.part}') },
      x: { 'a.part': value(1) },
    })
    expect(open(document)).toEqual([])
    document.remove('x', ['a.part'])
    expect(open(document)).toEqual(['core: a {b} circular', 'core: b {a.part} circular'])
  })

  it('is the same array until something changes, and frozen', () => {
    const document = documentOf({ core: { a: value('{b}') } })
    const first = document.unresolved()
    expect(document.unresolved()).toBe(first)
    expect(Object.isFrozen(first)).toBe(true)
    expect(Object.isFrozen(first[0])).toBe(true)
    document.set('core', 'c', value(1))
    expect(document.unresolved()).toBe(first)
    document.update('core', 'a', { $description: 'x' })
    expect(document.unresolved()).toEqual(first)
  })

  it('ends for chains and circles of any length', () => {
    const chain: Record<string, JsonObject> = {}
    for (let i = 0; i < 12_000; i++) chain[`t${i}`] = value(`{t${i + 1}}`)
    const document = documentOf({ core: chain })
    expect(open(document)).toEqual(['core: t11999 {t12000} missing'])
    document.set('core', 't12000', value('{t0}'))
    expect(document.unresolved()).toHaveLength(12_001)
    document.set('core', 't6000', value('1'))
    expect(document.unresolved()).toEqual([])
  })

  it('ends where nested names grow without end', () => {
    const document = documentOf({ core: { a: value('{b.{a}{a}}'), b: value('{x.{c}}'), c: value('{{c}}') } })
    expect(document.unresolved().every(({ reason }) => reason === 'circular' || reason === 'missing')).toBe(true)
  })
})

describe('what is kept from call to call', () => {
  it.each(seedsToRun(4))('tells the same as a document that is read anew (seed %i)', (seed) => {
    const random = createRandom(seed)
    const document = createTokenDocument(new Y.Doc())
    document.import(generateTokenFile({ tokens: 60, seed, sets: 3 }))
    const names = ['a', 'b', 'a.b', 'b.c', 'b.c.x', 'mode']
    const texts = [...names.map((name) => `{${name}}`), '$b.c', '{b.{mode}}', '1', '{b} {a.b}']
    const { pick } = random
    for (let step = 0; step < 150; step++) {
      const sets = document.setNames()
      try {
        const set = pick(sets)
        const place = pick(tokenPlaces(document.getSnapshot()))
        const acts = [
          () => document.set(set, pick(names), value(pick(texts))),
          () => document.set(set, pick(names), value({ x: pick(texts), c: pick(texts) })),
          () => document.remove(set, pick(names)),
          () => document.rename(place.set, place.path, pick(names), { references: random.int(2) === 0 }),
          () => document.move(set, pick(names), pick(sets), pick(names)),
          () => document.reorderSets(random.shuffle(sets)),
          () => document.renameSet(set, `s${step}`),
          () => document.update(place.set, place.path, { $value: pick(texts) }),
          () => document.undo(),
          () => document.redo(),
        ]
        pick(acts)()
      } catch (error) {
        // Not every step fits: taken names, missing tokens.
        if (!(error instanceof Error) || error.name !== 'TokenError') throw error
      }
      if (step % 3 !== 0) continue
      const fresh = createTokenDocument(new Y.Doc())
      fresh.import(document.toText())
      expect(document.unresolved()).toEqual(fresh.unresolved())
      for (const name of names) expect(document.references(name)).toEqual(fresh.references(name))
    }
  })
})
