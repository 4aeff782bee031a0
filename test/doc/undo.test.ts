import { beforeEach, describe, expect, it } from 'vitest'
import type { TokenDocument } from '../../src/doc/index.ts'
import { namesAt, peek, sampleText } from '../support/generated-tokens-sample.ts'
import { createReplicas, type Replicas } from '../support/replicas.ts'

/** `document-model.md` 6: undo writes new facts at the present time, and never touches what a teammate did. */

let replicas: Replicas
let a: TokenDocument
let b: TokenDocument
const step = (ms = 1_000): void => replicas.clock.advance(ms)
const at = (pointer: string): unknown => peek(a.getSnapshot(), `values/${pointer}`)
/** Everybody knows everything, and sees the same. */
const sync = (): void => {
  replicas.sync()
  expect(b.toText()).toBe(a.toText())
  step()
}

beforeEach(() => {
  replicas = createReplicas({ count: 2, seed: 7, file: sampleText() })
  a = replicas.all[0]!.document
  b = replicas.all[1]!.document
})

describe('a field', () => {
  it('is set, undone, redone, undone', () => {
    a.update('core', 'color.red', { $value: 'A' })
    step()
    expect(a.undo()).toBe(true)
    expect(at('core/color/red/$value')).toBe('#f00')
    step()
    expect(a.redo()).toBe(true)
    expect(at('core/color/red/$value')).toBe('A')
    step()
    expect(a.undo()).toBe(true)
    expect(at('core/color/red/$value')).toBe('#f00')
    sync()
  })

  it('14 undo, redo: own change only', () => {
    a.update('core', 'color.red', { $value: 'A' })
    sync()
    b.update('core', 'color.blue', { $value: 'B' })
    sync()
    a.undo()
    sync()
    expect(at('core/color/red/$value')).toBe('#f00')
    expect(at('core/color/blue/$value')).toBe('B')
    a.redo()
    sync()
    expect(at('core/color/red/$value')).toBe('A')
    expect(at('core/color/blue/$value')).toBe('B')
  })

  it("14b undo after a teammate's overwrite: the teammate's value stays", () => {
    a.update('core', 'color.red', { $value: 'A' })
    sync()
    b.update('core', 'color.red', { $value: 'B' })
    sync()
    a.undo()
    sync()
    expect(at('core/color/red/$value')).toBe('B')
  })

  it("undo after a teammate's overwrite with the very same value: the teammate's value stays", () => {
    a.update('core', 'color.red', { $value: 'same' })
    sync()
    b.update('core', 'color.red', { $value: 'other' })
    sync()
    b.update('core', 'color.red', { $value: 'same' })
    sync()
    a.undo()
    sync()
    expect(at('core/color/red/$value')).toBe('same')
  })

  it('that was absent is gone again', () => {
    a.update('core', 'color.red', { $extensions: { k: 1 } })
    sync()
    a.undo()
    sync()
    expect(at('core/color/red')).toEqual({ $value: '#f00', $type: 'color', $description: 'brand red' })
    a.redo()
    sync()
    expect(at('core/color/red/$extensions')).toEqual({ k: 1 })
  })

  it('that was removed is back', () => {
    a.update('core', 'color.red', { $description: undefined })
    sync()
    a.undo()
    sync()
    expect(at('core/color/red')).toEqual({ $value: '#f00', $type: 'color', $description: 'brand red' })
  })

  it('composite: each part by itself', () => {
    a.update('core', 'type.h1', { $value: { fontSize: 'A', lineHeight: 'A' } })
    sync()
    b.update('core', 'type.h1', { $value: { lineHeight: 'B' } })
    sync()
    a.undo()
    sync()
    expect(at('core/type/h1/$value')).toEqual({
      fontFamily: 'Inter',
      fontWeight: 700,
      fontSize: '32px',
      lineHeight: 'B',
    })
  })

  it('composite replaced by a string gets its parts back', () => {
    a.update('core', 'type.h1', { $value: '{typo.x}' })
    sync()
    a.undo()
    sync()
    expect(at('core/type/h1/$value')).toEqual({
      fontFamily: 'Inter',
      fontWeight: 700,
      fontSize: '32px',
      lineHeight: '120%',
    })
  })

  it('keeps undone what a teammate wrote beside it', () => {
    a.update('core', 'color.red', { $value: 'A' })
    b.update('core', 'color.red', { $description: 'B' })
    sync()
    a.undo()
    sync()
    expect(at('core/color/red')).toEqual({ $value: '#f00', $type: 'color', $description: 'B' })
  })
})

describe('a creation', () => {
  it('is undone and redone', () => {
    a.set('core', 'color.nu', { $value: '1', $type: 'color' })
    sync()
    a.undo()
    sync()
    expect(at('core/color/nu')).toBeUndefined()
    a.redo()
    sync()
    expect(at('core/color/nu')).toEqual({ $value: '1', $type: 'color' })
  })

  it("stays where a teammate edited it, with the teammate's value", () => {
    a.set('core', 'color.nu', { $value: '1', $type: 'color' })
    sync()
    b.update('core', 'color.nu', { $value: 'B' })
    sync()
    a.undo()
    sync()
    expect(at('core/color/nu')).toMatchObject({ $value: 'B', $type: 'color' })
  })

  it('of a token in a new group takes the group away', () => {
    a.set('core', 'neu.deep.t', { $value: '1', $type: 'color' })
    sync()
    a.undo()
    sync()
    expect(at('core/neu')).toBeUndefined()
  })

  it('of a set takes it out of the order', () => {
    a.addSet('nu', { t: { $value: 1 } }, { after: 'core' })
    sync()
    a.undo()
    sync()
    expect(a.setNames()).toEqual(['core', 'light', 'dark', 'extra'])
    a.redo()
    sync()
    expect(a.setNames()).toEqual(['core', 'nu', 'light', 'dark', 'extra'])
  })

  it('of a theme takes it away', () => {
    a.setTheme({ name: 'New', selectedTokenSets: { core: 'source' } })
    sync()
    a.undo()
    sync()
    expect(a.getSnapshot().$themes.length).toBe(2)
  })
})

describe('a deletion', () => {
  it('14 of a group is undone, whole, in its place', () => {
    const before = a.toText()
    a.remove('core', 'color.brand')
    sync()
    a.undo()
    sync()
    expect(a.toText()).toBe(before)
    a.redo()
    sync()
    expect(at('core/color/brand')).toBeUndefined()
  })

  it('by both stays', () => {
    a.remove('core', 'color.red')
    step()
    b.remove('core', 'color.red')
    sync()
    a.undo()
    sync()
    expect(at('core/color/red')).toBeUndefined()
  })

  it("of a token that a teammate's edit revived changes nothing more", () => {
    a.remove('core', 'color.red')
    step()
    b.update('core', 'color.red', { $value: 'B' })
    sync()
    a.undo()
    sync()
    expect(at('core/color/red')).toEqual({ $value: 'B', $type: 'color', $description: 'brand red' })
  })

  it('redone does not take what a teammate wrote after the undo', () => {
    a.remove('core', 'color.red')
    sync()
    a.undo()
    sync()
    b.update('core', 'color.red', { $value: 'B' })
    sync()
    a.redo()
    sync()
    expect(at('core/color/red')).toEqual({ $value: 'B', $type: 'color', $description: 'brand red' })
  })

  it('of a set and its rename before are undone and redone in turn', () => {
    a.renameSet('light', 'day')
    step()
    a.removeSet('day')
    step()
    a.undo()
    step()
    a.undo()
    sync()
    expect(a.setNames()).toEqual(['core', 'light', 'dark', 'extra'])
    expect(peek(a.getSnapshot(), '$themes/0/selectedTokenSets')).toEqual({ core: 'source', light: 'enabled' })
    a.redo()
    step()
    a.redo()
    sync()
    expect(a.setNames()).toEqual(['core', 'dark', 'extra'])
  })

  it('of an edited token brings the edit back', () => {
    a.update('core', 'color.red', { $value: 'A' })
    sync()
    a.remove('core', 'color.red')
    sync()
    a.undo()
    sync()
    expect(at('core/color/red/$value')).toBe('A')
  })
})

describe('names and places', () => {
  it("a rename is undone with a teammate's edit kept, and redone", () => {
    a.rename('core', 'color.red', 'color.x')
    sync()
    b.update('core', 'color.x', { $value: 'B' })
    sync()
    a.undo()
    sync()
    expect(at('core/color/red/$value')).toBe('B')
    expect(at('core/color/x')).toBeUndefined()
    a.redo()
    sync()
    expect(at('core/color/x/$value')).toBe('B')
  })

  it("a rename is not undone over a teammate's newer one", () => {
    a.rename('core', 'color.red', 'color.x')
    sync()
    b.rename('core', 'color.x', 'color.y')
    sync()
    a.undo()
    sync()
    expect(at('core/color/y/$value')).toBe('#f00')
  })

  it('a move is undone, back to its place, and redone', () => {
    const before = a.toText()
    a.move('core', 'color.brand', 'extra', 'brand')
    sync()
    a.undo()
    sync()
    expect(a.toText()).toBe(before)
    a.redo()
    sync()
    expect(namesAt(a.getSnapshot(), 'values/extra')).toEqual(['z', 'brand'])
  })

  it('orders of tokens, sets and themes are undone', () => {
    const before = a.toText()
    a.reorder('core', 'space.l', { before: 's' })
    step()
    a.reorderSets(['extra', 'core'])
    step()
    a.reorderThemes(['th2', 'th1'])
    sync()
    for (let i = 0; i < 3; i++) {
      a.undo()
      step()
    }
    sync()
    expect(a.toText()).toBe(before)
  })
})
