import { beforeEach, describe, expect, it } from 'vitest'
import type { TokenDocument } from '../../src/doc/index.ts'
import { namesAt, peek, sampleText } from '../support/generated-tokens-sample.ts'
import { laneFacts } from '../support/replicas-facts.ts'
import { createReplicas, type Replica, type Replicas } from '../support/replicas.ts'

/** `document-model.md` 6: what one step of undo is, and what undo writes: new facts in the own lane. */

let replicas: Replicas
let replicaA: Replica
let replicaB: Replica
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
  replicaA = replicas.all[0]!
  replicaB = replicas.all[1]!
  a = replicaA.document
  b = replicaB.document
})

describe('steps', () => {
  it('one transact is one step', () => {
    const before = a.toText()
    a.transact(() => {
      a.update('core', 'color.red', { $value: 'A' })
      a.rename('core', 'color.red', 'color.x')
      a.remove('core', 'space.m')
      a.addSet('nu', { t: { $value: 1 } })
    })
    step()
    a.undo()
    sync()
    expect(a.toText()).toBe(before)
    expect(a.canUndo).toBe(false)
  })

  it('writes of one field within 500 ms are one step', () => {
    for (const value of ['1', '2', '3']) {
      a.update('core', 'color.red', { $value: value })
      step(400)
    }
    a.undo()
    expect(at('core/color/red/$value')).toBe('#f00')
    expect(a.canUndo).toBe(false)
  })

  it('writes further apart, or of other fields, are steps of their own', () => {
    a.update('core', 'color.red', { $value: '1' })
    step(600)
    a.update('core', 'color.red', { $value: '2' })
    a.update('core', 'color.blue', { $value: '3' })
    a.undo()
    expect(at('core/color/blue/$value')).toBe('#00f')
    expect(at('core/color/red/$value')).toBe('2')
    a.undo()
    expect(at('core/color/red/$value')).toBe('1')
    a.undo()
    expect(at('core/color/red/$value')).toBe('#f00')
    expect(a.undo()).toBe(false)
  })

  it('a new action clears redo, a teammate does not', () => {
    a.update('core', 'color.red', { $value: 'A' })
    step()
    a.undo()
    expect(a.canRedo).toBe(true)
    b.update('core', 'color.blue', { $value: 'B' })
    sync()
    expect(a.canRedo).toBe(true)
    a.update('core', 'space.m', { $value: 'M' })
    expect(a.canRedo).toBe(false)
    expect(a.redo()).toBe(false)
  })

  it('200 are kept', () => {
    for (let i = 0; i < 205; i++) {
      a.update('core', 'color.red', { $value: `v${i}` })
      step()
    }
    let undone = 0
    while (a.undo()) {
      undone++
      step()
    }
    expect(undone).toBe(200)
    expect(at('core/color/red/$value')).toBe('v4')
  })

  it('with nothing to do nothing is written', () => {
    const before = replicaA.encode()
    expect([a.canUndo, a.canRedo, a.undo(), a.redo()]).toEqual([false, false, false, false])
    expect(replicaA.encode()).toEqual(before)
  })

  it("a teammate's work is no step of mine", () => {
    b.update('core', 'color.red', { $value: 'B' })
    sync()
    expect(a.canUndo).toBe(false)
  })

  it('a refused call is no step', () => {
    expect(() => a.update('core', 'nope', { $value: 1 })).toThrow(expect.objectContaining({ code: 'not-found' }))
    expect(a.canUndo).toBe(false)
  })
})

describe('what undo writes', () => {
  it('goes into the own lane only', () => {
    b.update('light', 'fg', { $value: 'B' })
    sync()
    const client = replicaA.ydoc.clientID
    a.update('light', 'fg', { $value: 'A' })
    step()
    a.undo()
    const lanes = laneFacts(replicaA.ydoc, replicaB.lane).filter(([id]) => !id.startsWith('/~y/'))
    expect(lanes).toEqual([])
    expect(at('light/fg/$value')).toBe('B')
    const [own] = laneFacts(replicaA.ydoc, replicaA.lane).filter(([id]) => id === '/values/light/fg/$value')
    expect(own?.slice(0, 3)).toEqual(['/values/light/fg/$value', 'v', '"B"'])
    expect(client).toBe(replicaA.ydoc.clientID)
  })

  it('works after a newer file was taken in elsewhere', () => {
    a.update('core', 'color.red', { $value: 'A' })
    step()
    a.remove('core', 'color.brand')
    step()
    const other = createReplicas({ count: 1, seed: 99, clock: replicas.clock })
    const saved = JSON.parse(a.toText()) as { $metadata: { updatedAt: string } }
    saved.$metadata.updatedAt = new Date(replicas.clock.now()).toISOString()
    other.all[0]!.document.import(JSON.stringify(saved))
    replicaA.receive(other.all[0]!.encode())
    sync()
    a.undo()
    sync()
    expect(at('core/color/brand/dark')).toEqual({ $value: '#111', $type: 'color', $description: 'd' })
    expect(at('core/color/brand/light')).toEqual({ $value: '#eee', $type: 'color', $description: 'l' })
    a.undo()
    sync()
    expect(at('core/color/red/$value')).toBe('#f00')
    a.redo()
    step()
    a.redo()
    sync()
    expect(at('core/color/brand')).toBeUndefined()
    expect(at('core/color/red/$value')).toBe('A')
  })

  it('takes back an import, with what a teammate did meanwhile kept', () => {
    a.import(
      sampleText({
        'values/core/color/red/$value': 'FILE',
        'values/core/space': undefined,
        'values/nu': { t: { $value: 1 } },
      }),
      { mode: 'replace' },
    )
    sync()
    expect(at('core/color/red/$value')).toBe('FILE')
    expect(at('core/space')).toBeUndefined()
    b.update('core', 'color.blue', { $value: 'B' })
    sync()
    a.undo()
    sync()
    expect(at('core/color/red/$value')).toBe('#f00')
    expect(namesAt(a.getSnapshot(), 'values/core/space')).toEqual(['s', 'm', 'l'])
    expect(at('nu')).toBeUndefined()
    expect(at('core/color/blue/$value')).toBe('B')
  })
})
