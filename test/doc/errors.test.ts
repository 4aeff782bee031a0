import { beforeEach, describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { createTokenDocument, type TokenDocument } from '../../src/doc/index.ts'
import { isTokenError } from '../../src/payload/token-error.ts'
import { peek, sampleText } from '../support/generated-tokens-sample.ts'
import { createReplicas, type Replica, type Replicas } from '../support/replicas.ts'

/** Bad input is refused with a stable code and a remedy, before anything is written. */

let replicas: Replicas
let replica: Replica
let document: TokenDocument

beforeEach(() => {
  replicas = createReplicas({ count: 2, seed: 41, file: sampleText() })
  replica = replicas.all[0]!
  document = replica.document
})

/** The code of the error thrown; neither the stored state nor the view nor undo has changed. */
function refusal(call: (it: TokenDocument) => void): string {
  const before = replica.encode()
  const snapshot = document.getSnapshot()
  const { canUndo } = document
  let thrown: unknown = 'nothing was thrown'
  try {
    call(document)
  } catch (error) {
    thrown = error
  }
  expect(replica.encode()).toEqual(before)
  expect(document.getSnapshot()).toBe(snapshot)
  expect(document.canUndo).toBe(canUndo)
  if (!isTokenError(thrown)) return String(thrown)
  expect(thrown.message.split(' ').length).toBeGreaterThan(3)
  return thrown.code
}

const token = { $value: 1, $type: 'number' }

describe('invalid-name', () => {
  const badNames = [
    '',
    'a.b',
    '$x',
    '{x}',
    'a{',
    ' x',
    'x ',
    '__proto__',
    'constructor',
    'prototype',
    'a\nb',
    'x'.repeat(300),
  ]
  it('refuses what Tokens Studio cannot carry, for new tokens and groups', () => {
    for (const name of badNames) {
      expect(refusal((it) => it.set('core', ['color', name], token))).toBe('invalid-name')
      expect(refusal((it) => it.set('core', [name, 'x'], token))).toBe('invalid-name')
      expect(refusal((it) => it.rename('core', 'color.red', ['color', name]))).toBe('invalid-name')
      expect(refusal((it) => it.rename('core', 'color', [name]))).toBe('invalid-name')
      expect(refusal((it) => it.move('core', 'color.red', 'light', [name]))).toBe('invalid-name')
    }
    for (const path of ['color..red', '.red', 'red.', 'color.$value'])
      expect(refusal((it) => it.set('core', path, token))).toBe('invalid-name')
  })

  it('refuses them for sets', () => {
    for (const name of ['', ' ', '$themes', 'a//b', '/a', 'a/', '__proto__', ' a', 'a\tb']) {
      expect(refusal((it) => it.addSet(name))).toBe('invalid-name')
      expect(refusal((it) => it.renameSet('light', name))).toBe('invalid-name')
    }
  })

  it('refuses to write to the set itself', () => {
    expect(refusal((it) => it.set('core', [], token))).toBe('invalid-name')
    expect(refusal((it) => it.set('core', '', token))).toBe('invalid-name')
  })

  it('reads, edits, moves and keeps files that break the rules', () => {
    replicas = createReplicas({
      count: 1,
      seed: 1,
      file: '{"values":{"core":{"a.b":{"$value":1},"":{"x":{"$value":2}},"{y}":{"$value":3}}}}',
    })
    const odd = replicas.all[0]!.document
    odd.update('core', ['a.b'], { $value: 'A' })
    odd.update('core', ['', 'x'], { $value: 'B' })
    odd.rename('core', ['{y}'], 'y')
    odd.remove('core', [''])
    expect(odd.getSnapshot().values['core']).toEqual({ 'a.b': { $value: 'A' }, y: { $value: 3 } })
  })
})

describe('not-found', () => {
  it('names what is not there', () => {
    expect(refusal((it) => it.update('core', 'color.nope', { $value: 1 }))).toBe('not-found')
    expect(refusal((it) => it.update('nope', 'color.red', { $value: 1 }))).toBe('not-found')
    expect(refusal((it) => it.remove('core', 'nope.deep.er'))).toBe('not-found')
    expect(refusal((it) => it.rename('core', 'nope', 'yes'))).toBe('not-found')
    expect(refusal((it) => it.move('core', 'nope', 'light', 'nope'))).toBe('not-found')
    expect(refusal((it) => it.move('core', 'color.red', 'nope', 'red'))).toBe('not-found')
    expect(refusal((it) => it.reorder('core', 'nope', { before: 'red' }))).toBe('not-found')
    expect(refusal((it) => it.removeSet('nope'))).toBe('not-found')
    expect(refusal((it) => it.renameSet('nope', 'yes'))).toBe('not-found')
    expect(refusal((it) => it.reorderSets(['core', 'nope']))).toBe('not-found')
    expect(refusal((it) => it.removeTheme('nope'))).toBe('not-found')
    expect(refusal((it) => it.reorderThemes(['nope']))).toBe('not-found')
  })

  it('also for neighbours of a place', () => {
    expect(refusal((it) => it.set('core', 'color.nu', token, { after: 'nope' }))).toBe('not-found')
    expect(refusal((it) => it.reorder('core', 'color.red', { before: 'nope' }))).toBe('not-found')
    expect(refusal((it) => it.move('core', 'color.red', 'light', 'red', { after: 'nope' }))).toBe('not-found')
    expect(refusal((it) => it.addSet('nu', {}, { before: 'nope' }))).toBe('not-found')
  })

  it('also for names of the prototype', () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      expect(document.get('core', [name])).toBeUndefined()
      expect(document.get(name, [])).toBeUndefined()
      expect(refusal((it) => it.update('core', ['color', name], { $value: 1 }))).toBe('not-found')
      expect(refusal((it) => it.removeSet(name))).toBe('not-found')
    }
  })

  it('also once it has been deleted', () => {
    document.remove('core', 'color.red')
    expect(refusal((it) => it.update('core', 'color.red', { $value: 1 }))).toBe('not-found')
    document.removeSet('light')
    expect(refusal((it) => it.update('light', 'bg', { $value: 1 }))).toBe('not-found')
  })
})

describe('path-taken', () => {
  it('refuses to rename, move or add onto what is there', () => {
    expect(refusal((it) => it.rename('core', 'color.red', 'color.blue'))).toBe('path-taken')
    expect(refusal((it) => it.rename('core', 'color.red', 'space.m'))).toBe('path-taken')
    expect(refusal((it) => it.rename('core', 'color.red', 'color.brand'))).toBe('path-taken')
    expect(refusal((it) => it.move('light', 'bg', 'dark', 'bg'))).toBe('path-taken')
    expect(refusal((it) => it.addSet('core'))).toBe('path-taken')
    expect(refusal((it) => it.renameSet('light', 'dark'))).toBe('path-taken')
  })

  it('refuses to move a group into itself', () => {
    for (const to of ['color.brand.inner', 'color.brand.light.x'])
      expect(() => document.rename('core', 'color.brand', to)).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^(?:path-taken|invalid-value|invalid-name)$/) }),
      )
    expect(document.toText()).toBe(sampleText())
  })

  it('refuses to make a token a parent', () => {
    expect(refusal((it) => it.set('core', 'color.red.inner', token))).toBe('path-taken')
    expect(refusal((it) => it.rename('core', 'color.blue', 'color.red.blue'))).toBe('path-taken')
    expect(refusal((it) => it.move('light', 'bg', 'core', 'color.red.bg'))).toBe('path-taken')
  })

  it('a place freed by a rename, a move or a deletion is free', () => {
    document.rename('core', 'color.red', 'color.crimson')
    document.rename('core', 'color.blue', 'color.red')
    document.move('light', 'bg', 'core', 'color.blue')
    document.renameSet('light', 'day')
    document.addSet('light')
    document.removeSet('light')
    document.renameSet('dark', 'light')
    expect(peek(document.getSnapshot(), 'values/core/color/blue/$value')).toBe('{color.blue}')
    expect(document.setNames()).toEqual(['core', 'day', 'light', 'extra'])
  })
})

describe('invalid-value', () => {
  it('refuses what JSON cannot hold', () => {
    const cyclic: Record<string, unknown> = {}
    cyclic['self'] = cyclic
    for (const value of [
      Number.NaN,
      Number.POSITIVE_INFINITY,
      1n,
      Symbol('x'),
      (): number => 1,
      new Date(0),
      new Map(),
      cyclic,
      [undefined],
    ])
      expect(refusal((it) => it.set('core', 'color.nu', { $value: value as never }))).toBe('invalid-value')
    for (const value of [Number.NaN, 1n, (): number => 1, cyclic])
      expect(refusal((it) => it.update('core', 'color.red', { $value: value }))).toBe('invalid-value')
  })

  it('refuses a token that is none', () => {
    for (const value of [null, 7, 'text', [], {}, { $type: 'color' }, { a: { $value: 1 } }])
      expect(refusal((it) => it.set('core', 'color.nu', value as never))).toBe('invalid-value')
  })

  it('refuses a part below a text, which would not show', () => {
    expect(refusal((it) => it.update('core', 'color.red', { $value: { fontSize: '1px' } }))).toBe('invalid-value')
  })

  it('refuses what is nested too deep', () => {
    let deep: unknown = 1
    for (let i = 0; i < 600; i++) deep = [deep]
    expect(refusal((it) => it.set('core', 'color.nu', { $value: deep as never }))).toBe('invalid-value')
    expect(refusal((it) => it.update('core', 'color.red', { $value: deep }))).toBe('invalid-value')
  })

  it('refuses a set or theme that is no object', () => {
    for (const value of [null, 7, [], 'x']) {
      expect(refusal((it) => it.addSet('nu', value as never))).toBe('invalid-value')
      expect(refusal((it) => void it.setTheme(value as never))).toBe('invalid-value')
    }
  })
})

describe('invalid-file', () => {
  it('refuses text that is no token file, and says where', () => {
    for (const text of [
      '',
      '   ',
      '{',
      '{"values":}',
      'null',
      '[]',
      '7',
      '"text"',
      '<!doctype html>',
      '{"values":{}}',
      '{"a":1}',
    ])
      for (const mode of ['replace', 'merge'] as const)
        expect(refusal((it) => it.import(text, { mode }))).toBe('invalid-file')
  })

  it('refuses it in an empty document, too, which stays empty', () => {
    const empty = createTokenDocument(new Y.Doc())
    expect(() => empty.import('{broken')).toThrow(expect.objectContaining({ code: 'invalid-file' }))
    expect(empty.state).toBe('empty')
    expect(empty.ydoc.share.size).toBe(0)
  })
})

describe('read-only', () => {
  it('refuses every write with the reason, and reads on', () => {
    document.setReadOnly('You are a reader of this room.')
    const writes: readonly ((it: TokenDocument) => void)[] = [
      (it) => it.set('core', 'nu', token),
      (it) => it.update('core', 'color.red', { $value: 1 }),
      (it) => it.remove('core', 'color'),
      (it) => it.rename('core', 'color', 'colour'),
      (it) => it.move('core', 'color', 'light', 'color'),
      (it) => it.reorder('core', 'color.red', { after: 'blue' }),
      (it) => it.addSet('nu'),
      (it) => it.removeSet('core'),
      (it) => it.renameSet('core', 'base'),
      (it) => it.reorderSets(['extra']),
      (it) => void it.setTheme({ name: 'x' }),
      (it) => it.removeTheme('th1'),
      (it) => it.reorderThemes(['th2']),
      (it) => it.import(sampleText({ 'values/light': undefined })),
      (it) => void it.transact(() => it.removeSet('core')),
    ]
    for (const write of writes) expect(refusal(write)).toBe('read-only')
    expect(() => document.removeSet('core')).toThrow(/You are a reader of this room\./)
    replicas.all[1]!.document.update('core', 'color.red', { $value: 'B' })
    replicas.sync()
    expect(peek(document.getSnapshot(), 'values/core/color/red/$value')).toBe('B')
    document.setReadOnly(null)
    document.update('core', 'color.red', { $value: 'A' })
    expect(peek(document.getSnapshot(), 'values/core/color/red/$value')).toBe('A')
  })

  it('does not let undo write', () => {
    document.update('core', 'color.red', { $value: 'A' })
    document.setReadOnly('no')
    expect(refusal((it) => it.undo())).toBe('read-only')
  })
})

describe('transact', () => {
  it('that throws writes nothing at all, and passes the error on', () => {
    const failure = new Error('in the middle')
    const before = replica.encode()
    const snapshot = document.getSnapshot()
    expect(() =>
      document.transact(() => {
        document.update('core', 'color.red', { $value: 'A' })
        document.addSet('nu', { t: token })
        throw failure
      }),
    ).toThrow(failure)
    expect(replica.encode()).toEqual(before)
    expect(document.getSnapshot()).toEqual(snapshot)
    expect(document.canUndo).toBe(false)
    document.update('core', 'color.red', { $value: 'B' })
    expect(peek(document.getSnapshot(), 'values/core/color/red/$value')).toBe('B')
  })

  it('sees its own writes, nests, and gives the result', () => {
    const result = document.transact(() => {
      document.set('core', 'nu.t', token)
      document.transact(() => document.rename('core', 'nu', 'neu'))
      document.update('core', 'neu.t', { $value: 2 })
      return document.get('core', 'neu.t')
    })
    expect(result).toEqual({ $value: 2, $type: 'number' })
    expect(document.undo()).toBe(true)
    expect(document.toText()).toBe(sampleText())
  })

  it('goes on after a refused call that was caught', () => {
    document.transact(() => {
      document.update('core', 'color.red', { $value: 'A' })
      expect(() => document.removeSet('nope')).toThrow(expect.objectContaining({ code: 'not-found' }))
      document.update('core', 'color.blue', { $value: 'A' })
    })
    expect(peek(document.getSnapshot(), 'values/core/color')).toMatchObject({
      red: { $value: 'A' },
      blue: { $value: 'A' },
    })
  })
})

describe('closed', () => {
  it('a destroyed document refuses writes and leaves the Y.Doc usable', () => {
    const before = replica.encode()
    document.destroy()
    expect(() => document.update('core', 'color.red', { $value: 1 })).toThrow(
      expect.objectContaining({ code: 'closed' }),
    )
    expect(replica.encode()).toEqual(before)
    document.destroy()
    const again = createTokenDocument(replica.ydoc)
    again.update('core', 'color.red', { $value: 'A' })
    expect(peek(again.getSnapshot(), 'values/core/color/red/$value')).toBe('A')
  })
})

describe('options', () => {
  it('refuse a lane id that nobody would read', () => {
    for (const lane of ['', 'short', 'UPPERCASE', 'with-dash', 'a'.repeat(33), '*'])
      expect(() => createTokenDocument(new Y.Doc(), { lane })).toThrow(/lane/i)
  })
})
