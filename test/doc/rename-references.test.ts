import { beforeEach, describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { createTokenDocument, type JsonObject, type TokenDocument } from '../../src/doc/index.ts'
import { isTokenError } from '../../src/payload/token-error.ts'

/** `tokens-studio-format.md` 3.1: "Renaming a token rewrites `{refs}` in all sets"; issue: one undoable step. */

const value = (given: unknown): JsonObject => ({ $value: given }) as JsonObject

let document: TokenDocument

function open(sets: Readonly<Record<string, JsonObject>>): void {
  document = createTokenDocument(new Y.Doc(), { now: () => (time += 10_000) })
  document.import({ values: sets, $metadata: { tokenSetOrder: Object.keys(sets) } })
}
let time = 1_700_000_000_000

const at = (set: string, path: string): unknown => document.get(set, path)?.['$value' as never]

describe('renaming a token', () => {
  beforeEach(() =>
    open({
      core: { color: { red: value('#f00'), other: value('{color.red}'), redder: value('#a00') } },
      light: {
        bg: value('{color.red}'),
        typo: value({ color: '{ color.red }', size: 1, list: ['{color.redder}', '{color.red}'] }),
        mixed: {
          $value: '#000',
          $extensions: { 'studio.tokens': { modify: { type: 'mix', color: '{color.red}', value: '0.5' } }, keep: 1 },
        },
        text: { $value: 'see {color.reds}', $description: 'like {color.red}' },
        old: value('$color.red'),
        math: value('{color.red} * 2'),
      },
    }),
  )

  it('takes references along, everywhere a value can refer, and in one step', () => {
    const before = document.toText()
    let batches = 0
    document.subscribe(() => batches++)
    document.rename('core', 'color.red', 'brand.main', { references: true })
    expect(batches).toBe(1)
    expect(document.get('light', [])).toEqual({
      bg: value('{brand.main}'),
      typo: value({ color: '{ brand.main }', size: 1, list: ['{color.redder}', '{brand.main}'] }),
      mixed: {
        $value: '#000',
        $extensions: { 'studio.tokens': { modify: { type: 'mix', color: '{brand.main}', value: '0.5' } }, keep: 1 },
      },
      text: { $value: 'see {color.reds}', $description: 'like {color.red}' },
      old: value('$brand.main'),
      math: value('{brand.main} * 2'),
    })
    expect(at('core', 'color.other')).toBe('{brand.main}')
    expect(document.undo()).toBe(true)
    expect(document.toText()).toBe(before)
    expect(document.redo()).toBe(true)
    expect(at('light', 'bg')).toBe('{brand.main}')
  })

  it('leaves them where nobody asks for it', () => {
    document.rename('core', 'color.red', 'brand.main')
    document.move('core', 'brand.main', 'light', 'main', {})
    expect(at('light', 'bg')).toBe('{color.red}')
    expect(document.unresolved().map(({ text }) => text)).toContain('{color.red}')
  })

  it('writes only what changes: a teammate’s edit of another part stays', () => {
    const other = createTokenDocument(new Y.Doc(), { now: () => (time += 10_000) })
    Y.applyUpdate(other.ydoc, Y.encodeStateAsUpdate(document.ydoc))
    other.update('light', 'typo', { $value: { size: 2 } })
    other.update('light', 'bg', { $description: 'theirs' })
    document.rename('core', 'color.red', 'color.crimson', { references: true })
    Y.applyUpdate(other.ydoc, Y.encodeStateAsUpdate(document.ydoc))
    Y.applyUpdate(document.ydoc, Y.encodeStateAsUpdate(other.ydoc))
    expect(document.toText()).toBe(other.toText())
    expect(document.get('light', 'typo')).toMatchObject(value({ color: '{ color.crimson }', size: 2 }))
    expect(document.get('light', 'bg')).toEqual({ $value: '{color.crimson}', $description: 'theirs' })
  })

  it('onto a taken name, or one that cannot be, writes nothing', () => {
    const before = Y.encodeStateAsUpdate(document.ydoc)
    const refused = (call: () => void): string => {
      try {
        call()
      } catch (error) {
        if (isTokenError(error)) return error.code
      }
      return 'nothing'
    }
    expect(refused(() => document.rename('core', 'color.red', 'color.other', { references: true }))).toBe('path-taken')
    expect(refused(() => document.rename('core', 'color.red', 'a..b', { references: true }))).toBe('invalid-name')
    expect(refused(() => document.rename('core', 'nope', 'a', { references: true }))).toBe('not-found')
    expect(refused(() => document.rename('core', [], 'a', { references: true }))).toBe('invalid-name')
    expect(Y.encodeStateAsUpdate(document.ydoc)).toEqual(before)
    expect(document.canUndo).toBe(false)
  })

  it('inside an action that fails is undone with it', () => {
    const before = document.toText()
    expect(() =>
      document.transact(() => {
        document.rename('core', 'color.red', 'x', { references: true })
        expect(at('light', 'bg')).toBe('{x}')
        throw new Error('stop')
      }),
    ).toThrow('stop')
    expect(document.toText()).toBe(before)
    expect(document.references('x')).toEqual([])
    expect(document.references('color.red')).toHaveLength(7)
  })

  it('to a name that "$" cannot carry, uses braces', () => {
    document.rename('core', 'color.red', 'color.dark red', { references: true })
    expect(at('light', 'old')).toBe('{color.dark red}')
    expect(document.unresolved().map(({ name }) => name)).toEqual(['color.reds'])
  })
})

describe('renaming a group', () => {
  it('takes along references to all below it, also from inside', () => {
    open({
      core: {
        color: { a: value('#f00'), b: value('{color.a}'), type: { h1: value({ size: '{color.b}' }) } },
        mode: value('a'),
      },
      use: {
        x: value('{color.type.h1.size} {color}'),
        y: value('{color.{mode}} {colors.{mode}}'),
        u: value('{color.{nope}.x}'),
        z: value('{colored.a}'),
        w: value('{color.gone}'),
        v: value('$color.gone and $color.a'),
      },
    })
    document.rename('core', 'color', 'brand.farbe', { references: true })
    expect(at('core', 'brand.farbe.b')).toBe('{brand.farbe.a}')
    expect(at('core', 'brand.farbe.type.h1')).toEqual({ size: '{brand.farbe.b}' })
    expect(at('use', 'x')).toBe('{brand.farbe.type.h1.size} {brand.farbe}')
    expect(at('use', 'y')).toBe('{brand.farbe.{mode}} {colors.{mode}}')
    expect(at('use', 'u')).toBe('{brand.farbe.{nope}.x}')
    expect(at('use', 'z')).toBe('{colored.a}')
    expect(at('use', 'w')).toBe('{brand.farbe.gone}')
    expect(at('use', 'v')).toBe('$color.gone and $brand.farbe.a')
    document.undo()
    expect(at('use', 'x')).toBe('{color.type.h1.size} {color}')
  })

  it('leaves references to what only another set has', () => {
    open({
      light: { color: { bg: value('#fff'), fg: value('#000') } },
      dark: { color: { bg: value('#000'), only: value('#111') } },
      use: { a: value('{color.bg}'), b: value('{color.only}'), c: value('{color.fg}') },
    })
    document.rename('light', 'color', 'tint', { references: true })
    expect(at('use', 'a')).toBe('{tint.bg}')
    expect(at('use', 'b')).toBe('{color.only}')
    expect(at('use', 'c')).toBe('{tint.fg}')
  })

  it('leaves references to a part that only the token of another set has', () => {
    open({
      light: { shadow: value('none') },
      dark: { shadow: value({ color: '#000' }) },
      use: { a: value('{shadow.color}'), b: value('{shadow}') },
    })
    document.rename('light', 'shadow', 'lift', { references: true })
    expect([at('use', 'a'), at('use', 'b')]).toEqual(['{shadow.color}', '{lift}'])
    expect(document.unresolved()).toEqual([])
  })

  it('onto another unites both, and the references are right', () => {
    open({
      core: { a: { x: value(1) }, b: { y: value(2) } },
      use: { x: value('{a.x}'), y: value('{b.y}') },
    })
    document.rename('core', 'a', 'b', { references: true })
    expect(document.get('core', [])).toEqual({ b: { y: value(2), x: value(1) } })
    expect(at('use', 'x')).toBe('{b.x}')
    expect(document.unresolved()).toEqual([])
  })
})

describe('moving', () => {
  it('to another set under another name takes references along; at its place where asked', () => {
    open({ core: { a: value(1), b: value(2) }, light: { x: value('{a}'), y: value(3) } })
    document.move('core', 'a', 'light', 'z', { before: 'x', references: true })
    expect(document.outline('light').map(({ path }) => path[0])).toEqual(['z', 'x', 'y'])
    expect(at('light', 'x')).toBe('{z}')
    document.undo()
    expect(document.get('core', 'a')).toEqual(value(1))
    expect(at('light', 'x')).toBe('{a}')
  })

  it('under the same name, references need no change; nor does a place', () => {
    open({ core: { a: value(1), b: value('{a}') }, light: {} })
    document.move('core', 'a', 'light', 'a', { references: true })
    expect(at('core', 'b')).toBe('{a}')
    open({ core: { a: value(1), b: value('{a}') } })
    document.move('core', 'a', 'core', 'c', { references: true })
    expect(document.outline('core').map(({ path }) => path[0])).toEqual(['c', 'b'])
    expect(at('core', 'b')).toBe('{c}')
  })

  it('into a group that a reference cannot name is refused only with references', () => {
    open({ core: { '{odd}': {}, a: value(1), b: value('{a}') } })
    expect(() => document.rename('core', 'a', ['{odd}', 'a'], { references: true })).toThrow(
      /No reference can be written/,
    )
    expect(document.canUndo).toBe(false)
    document.rename('core', 'a', ['{odd}', 'a'])
    expect(document.get('core', ['{odd}', 'a'])).toEqual(value(1))
  })
})
