import { describe, expect, it, vi } from 'vitest'
import * as Y from 'yjs'
import { createTokenDocument, type TokenDocument } from '../../../src/doc/index.ts'
import { peek, sampleText } from '../../support/generated-tokens-sample.ts'
import { laneFacts, putFacts, toFactTime } from '../../support/replicas-facts.ts'
import { createReplicas } from '../../support/replicas.ts'
import { createVirtualClock } from '../../support/virtual-clock.ts'

/** What a session may and may not do: its lane, actions that fail, subscribers that fail, documents that are closed. */

const open = (options: Parameters<typeof createTokenDocument>[1] = {}): TokenDocument => {
  const document = createTokenDocument(new Y.Doc(), { now: createVirtualClock().now, ...options })
  document.import(sampleText())
  return document
}
const red = (document: TokenDocument): unknown => peek(document.getSnapshot(), 'values/core/color/red/$value')

describe('a lane', () => {
  const intruder = (document: TokenDocument): void => {
    const other = new Y.Doc()
    other.clientID = 5
    putFacts(other, document.lane, [
      '/values/core/color/blue/$value',
      'v',
      '"other tab"',
      toFactTime(Date.UTC(2026, 0, 2)),
    ])
    Y.applyUpdate(document.ydoc, Y.encodeStateAsUpdate(other))
  }

  it('that somebody else writes into, too, is left for a fresh one', () => {
    const document = open({ lane: 'abcdefgh', user: { name: 'Ana' } })
    document.update('core', 'color.red', { $value: 'A' })
    intruder(document)
    expect(document.lane).toMatch(/^[0-9a-z]{8}$/)
    expect(document.lane).not.toBe('abcdefgh')
    document.update('core', 'color.red', { $value: 'B' })
    expect(laneFacts(document.ydoc, document.lane).map(([id]) => id)).toEqual([
      `/~y/lanes/${document.lane}`,
      '/values/core/color/red/$value',
    ])
    // What was written under the old lane is still one's own.
    expect(document.undo()).toBe(true)
    expect(red(document)).toBe('#f00')
    expect(document.lastChange('core', 'color.red')?.who.name).toBe('Ana')
  })

  it('in which earlier sessions wrote is gone on with', () => {
    const document = open({ lane: 'abcdefgh' })
    intruder(document)
    expect(document.lane).toBe('abcdefgh')
    document.update('core', 'color.red', { $value: 'A' })
    expect(document.lane).toBe('abcdefgh')
  })

  it('tells of its owner again only under another name', () => {
    const document = open({ lane: 'abcdefgh', user: { id: 'u1', name: 'Ana' } })
    document.update('core', 'color.red', { $value: 'A' })
    const again = createTokenDocument(document.ydoc, { lane: 'abcdefgh', user: { id: 'u1', name: 'Anna' } })
    again.update('core', 'color.red', { $value: 'B' })
    const headers = laneFacts(document.ydoc, 'abcdefgh').filter(([id]) => id.startsWith('/~y/'))
    expect(headers.map(([, , text]) => JSON.parse(text))).toEqual([{ user: 'u1', name: 'Anna' }])
    const silent = createTokenDocument(document.ydoc, { lane: 'abcdefgh' })
    silent.update('core', 'color.red', { $value: 'C' })
    expect(silent.lastChange('core', 'color.red')?.who).toEqual({ lane: 'abcdefgh', user: 'u1', name: 'Anna' })
  })

  it('cannot say who another lane is', () => {
    const document = open({ lane: 'abcdefgh', user: { name: 'Ana' } })
    document.update('core', 'color.red', { $value: 'A' })
    putFacts(document.ydoc, 'evilevil', ['/~y/lanes/abcdefgh', 'v', '{"name":"Eve"}', toFactTime(Date.UTC(2026, 0, 3))])
    expect(document.lastChange('core', 'color.red')?.who.name).toBeUndefined()
  })

  it('has an id of its form', () => {
    for (const lane of ['', 'short', 'UPPERCASE', 'a'.repeat(33), 'bin-01234567'])
      expect(() => createTokenDocument(new Y.Doc(), { lane })).toThrow(TypeError)
  })
})

describe('an action that throws', () => {
  it('leaves nothing, neither written nor shown nor to undo', () => {
    const document = open({ lane: 'abcdefgh' })
    document.update('core', 'color.red', { $value: 'kept' })
    const before = Y.encodeStateAsUpdate(document.ydoc)
    const snapshot = document.getSnapshot()
    const told = vi.fn<() => void>()
    document.subscribe(told)
    expect(() =>
      document.transact(() => {
        document.update('core', 'color.red', { $value: 'gone' })
        document.remove('core', 'space')
        document.rename('core', 'type', 'typo')
        document.addSet('nu', { t: { $value: 1 } })
        document.move('core', 'color.brand', 'nu', 'brand')
        expect(red(document)).toBe('gone')
        expect(document.setNames()).toContain('nu')
        throw new Error('changed my mind')
      }),
    ).toThrow('changed my mind')
    expect(Y.encodeStateAsUpdate(document.ydoc)).toEqual(before)
    expect(document.getSnapshot()).toEqual(snapshot)
    expect(document.toText()).toBe(sampleText({ 'values/core/color/red/$value': 'kept' }))
    expect(told).not.toHaveBeenCalled()
    document.undo()
    expect(document.toText()).toBe(sampleText())
  })

  it('does not take a teammate’s update with it that came meanwhile', () => {
    const { all, clock } = createReplicas({ count: 2, seed: 5, file: sampleText() })
    const [a, b] = all
    a!.document.update('core', 'color.red', { $value: 'A' })
    b!.receive(a!.encode())
    clock.advance(1_000)
    b!.document.update('core', 'color.red', { $value: 'B' })
    expect(() =>
      a!.document.transact(() => {
        a!.document.update('core', 'color.red', { $value: 'mine' })
        a!.receive(b!.encode())
        throw new Error('no')
      }),
    ).toThrow('no')
    expect(a!.document.toText()).toBe(b!.document.toText())
    expect(createTokenDocument(a!.ydoc).toText()).toBe(b!.document.toText())
  })

  it('inside another ends both', () => {
    const document = open()
    const before = document.toText()
    expect(() =>
      document.transact(() => {
        document.update('core', 'color.red', { $value: 'A' })
        document.transact(() => document.update('core', 'nope', { $value: 1 }))
      }),
    ).toThrow(expect.objectContaining({ code: 'not-found' }))
    expect(document.toText()).toBe(before)
  })
})

describe('one action', () => {
  it('may create, delete and create again', () => {
    const document = open()
    const before = document.toText()
    document.transact(() => {
      document.addSet('s', { t: { $value: 1 }, u: { $value: 3 } })
      document.remove('s', 't')
      document.set('s', 't', { $value: 2 })
      document.remove('core', 'color.red')
      document.set('core', 'color.red', { $value: 'new' })
      document.set('core', 'n.a', { $value: 1 })
      document.remove('core', 'n')
      document.set('core', 'n.b', { $value: 2 })
      document.move('core', 'space.m', 'core', 'color.m')
      document.remove('core', 'color.brand')
    })
    const values = document.getSnapshot().values
    expect(values['s']).toEqual({ u: { $value: 3 }, t: { $value: 2 } })
    expect(peek(values, 'core/n')).toEqual({ b: { $value: 2 } })
    expect(peek(values, 'core/color/red')).toEqual({ $value: 'new' })
    expect(peek(values, 'core/color/m/$value')).toBe('8')
    const reader = createTokenDocument(document.ydoc)
    expect(reader.toText()).toBe(document.toText())
    const after = document.toText()
    document.undo()
    expect(document.toText()).toBe(before)
    document.redo()
    expect(document.toText()).toBe(after)
  })

  it('inside a transaction of the application is written with it, and told once', () => {
    const document = open()
    const told = vi.fn<() => void>()
    document.subscribe(told)
    document.ydoc.transact(() => {
      document.update('core', 'color.red', { $value: 'A' })
      document.update('core', 'color.red', { $value: 'B' })
      expect(red(document)).toBe('B')
    })
    expect(told).toHaveBeenCalledTimes(1)
    expect(laneFacts(document.ydoc, document.lane).filter(([id]) => id.endsWith('$value')).length).toBe(1)
    expect(createTokenDocument(document.ydoc).toText()).toBe(document.toText())
  })
})

describe('a deletion', () => {
  it('reaches what came with a set or group that somebody created whole', () => {
    const { all, clock, sync } = createReplicas({ count: 2, seed: 5, file: sampleText() })
    const [a, b] = all.map(({ document }) => document)
    a!.addSet('nu', { t: { $value: 1 }, g: { u: { $value: 2, $description: 'd' }, w: { $value: 3 } } })
    sync()
    clock.advance(1_000)
    b!.remove('nu', 't')
    b!.update('nu', 'g.u', { $description: undefined })
    b!.remove('nu', 'g.w')
    expect(b!.getSnapshot().values['nu']).toEqual({ g: { u: { $value: 2 } } })
    sync()
    expect(a!.toText()).toBe(b!.toText())
  })
})

describe('a subscriber that throws', () => {
  it('stops neither the others nor the Y.Doc, and is reported', () => {
    const errors: unknown[] = []
    const document = open({ onError: (error) => errors.push(error) })
    const after = vi.fn<() => void>()
    document.subscribe(() => {
      throw new Error('careless')
    })
    document.subscribe(after)
    let updates = 0
    document.ydoc.on('update', () => updates++)
    document.update('core', 'color.red', { $value: 'A' })
    document.update('core', 'color.red', { $value: 'B' })
    expect(errors).toHaveLength(2)
    expect(after).toHaveBeenCalledTimes(2)
    expect(updates).toBe(2)
    const other = createTokenDocument()
    Y.applyUpdate(other.ydoc, Y.encodeStateAsUpdate(document.ydoc))
    expect(red(other)).toBe('B')
  })

  it('ends as an uncaught error where nobody asked for it: of the page, else of the process', async () => {
    const document = open()
    document.subscribe(() => {
      throw new Error('careless')
    })
    const told = vi.fn<(error: unknown) => void>()
    vi.stubGlobal('reportError', told)
    document.update('core', 'color.red', { $value: 'A' })
    expect(told.mock.calls).toEqual([[new Error('careless')]])
    vi.stubGlobal('reportError', undefined)
    const others = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    const uncaught = new Promise((resolve) => process.once('uncaughtException', resolve))
    try {
      document.update('core', 'color.red', { $value: 'B' })
      expect(await uncaught).toEqual(new Error('careless'))
    } finally {
      for (const listener of others) process.on('uncaughtException', listener)
      vi.unstubAllGlobals()
    }
    expect(red(document)).toBe('B')
  })
})

describe('read-only', () => {
  it('refuses writes and goes on reading', () => {
    const { all, sync } = createReplicas({ count: 2, seed: 5, file: sampleText() })
    const [a, b] = all.map(({ document }) => document)
    a!.update('core', 'color.red', { $value: 'A' })
    a!.setReadOnly('your key reads only')
    const writes: ((it: TokenDocument) => void)[] = [
      (it) => it.update('core', 'color.red', { $value: 'B' }),
      (it) => it.undo(),
      (it) => it.import(sampleText()),
      (it) => it.transact(() => undefined),
      (it) => it.addSet('x'),
    ]
    for (const write of writes) expect(() => write(a!)).toThrow(expect.objectContaining({ code: 'read-only' }))
    expect(() => a!.addSet('x')).toThrow('your key reads only')
    sync()
    b!.update('core', 'color.red', { $value: 'theirs' })
    sync()
    expect(red(a!)).toBe('theirs')
    a!.setReadOnly(null)
    a!.update('core', 'color.red', { $value: 'mine' })
    expect(red(a!)).toBe('mine')
  })
})

describe('a closed document', () => {
  it('refuses writes and leaves the Y.Doc alone', () => {
    const document = open()
    const told = vi.fn<() => void>()
    document.subscribe(told)
    document.destroy()
    expect(() => document.addSet('x')).toThrow(expect.objectContaining({ code: 'closed' }))
    putFacts(document.ydoc, 'somebody', ['/values/core/color/red/$value', 'v', '"A"', toFactTime(Date.UTC(2026, 0, 2))])
    expect(told).not.toHaveBeenCalled()
    expect(red(createTokenDocument(document.ydoc))).toBe('A')
  })
})

it('a Y.Doc of another copy of Yjs is named', () => {
  const foreign = { clientID: 1, share: new Map() } as unknown as Y.Doc
  expect(() => createTokenDocument(foreign)).toThrow(expect.objectContaining({ code: 'duplicate-yjs' }))
})
