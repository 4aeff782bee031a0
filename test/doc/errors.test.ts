import { beforeEach, describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { createTokenDocument, type TokenDocument } from '../../src/doc/index.ts'
import { isTokenError, type TokenErrorCode } from '../../src/payload/token-error.ts'
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

/** The call throws this code, and neither the stored state nor the view nor undo has changed. */
function refuses(code: TokenErrorCode, call: (it: TokenDocument) => void): void {
  const before = replica.encode()
  const snapshot = document.getSnapshot()
  const { canUndo } = document
  let thrown: unknown
  try {
    call(document)
  } catch (error) {
    thrown = error
  }
  expect(isTokenError(thrown), `expected a TokenError, got ${String(thrown)}`).toBe(true)
  expect((thrown as { code: string }).code).toBe(code)
  expect((thrown as Error).message).toMatch(/\w+ \w+/)
  expect(replica.encode()).toEqual(before)
  expect(document.getSnapshot()).toBe(snapshot)
  expect(document.canUndo).toBe(canUndo)
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
      refuses('invalid-name', (it) => it.set('core', ['color', name], token))
      refuses('invalid-name', (it) => it.set('core', [name, 'x'], token))
      refuses('invalid-name', (it) => it.rename('core', 'color.red', ['color', name]))
      refuses('invalid-name', (it) => it.rename('core', 'color', [name]))
      refuses('invalid-name', (it) => it.move('core', 'color.red', 'light', [name]))
    }
    for (const path of ['color..red', '.red', 'red.', 'color.$value'])
      refuses('invalid-name', (it) => it.set('core', path, token))
  })

  it('refuses them for sets', () => {
    for (const name of ['', ' ', '$themes', 'a//b', '/a', 'a/', '__proto__', ' a', 'a\tb']) {
      refuses('invalid-name', (it) => it.addSet(name))
      refuses('invalid-name', (it) => it.renameSet('light', name))
    }
  })

  it('refuses to write to the set itself', () => {
    refuses('invalid-name', (it) => it.set('core', [], token))
    refuses('invalid-name', (it) => it.set('core', '', token))
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
    refuses('not-found', (it) => it.update('core', 'color.nope', { $value: 1 }))
    refuses('not-found', (it) => it.update('nope', 'color.red', { $value: 1 }))
    refuses('not-found', (it) => it.set('nope', 'color.red', token))
    refuses('not-found', (it) => it.remove('core', 'nope.deep.er'))
    refuses('not-found', (it) => it.rename('core', 'nope', 'yes'))
    refuses('not-found', (it) => it.move('core', 'nope', 'light', 'nope'))
    refuses('not-found', (it) => it.move('core', 'color.red', 'nope', 'red'))
    refuses('not-found', (it) => it.reorder('core', 'nope', { before: 'red' }))
    refuses('not-found', (it) => it.removeSet('nope'))
    refuses('not-found', (it) => it.renameSet('nope', 'yes'))
    refuses('not-found', (it) => it.reorderSets(['core', 'nope']))
    refuses('not-found', (it) => it.removeTheme('nope'))
    refuses('not-found', (it) => it.reorderThemes(['nope']))
  })

  it('also for neighbours of a place', () => {
    refuses('not-found', (it) => it.set('core', 'color.nu', token, { after: 'nope' }))
    refuses('not-found', (it) => it.reorder('core', 'color.red', { before: 'nope' }))
    refuses('not-found', (it) => it.move('core', 'color.red', 'light', 'red', { after: 'nope' }))
    refuses('not-found', (it) => it.addSet('nu', {}, { before: 'nope' }))
  })

  it('also for names of the prototype', () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      expect(document.get('core', [name])).toBeUndefined()
      expect(document.get(name, [])).toBeUndefined()
      refuses('not-found', (it) => it.update('core', ['color', name], { $value: 1 }))
      refuses('not-found', (it) => it.removeSet(name))
    }
  })

  it('also once it has been deleted', () => {
    document.remove('core', 'color.red')
    refuses('not-found', (it) => it.update('core', 'color.red', { $value: 1 }))
    document.removeSet('light')
    refuses('not-found', (it) => it.update('light', 'bg', { $value: 1 }))
  })
})

describe('path-taken', () => {
  it('refuses to rename, move or add onto what is there', () => {
    refuses('path-taken', (it) => it.rename('core', 'color.red', 'color.blue'))
    refuses('path-taken', (it) => it.rename('core', 'color.red', 'space.m'))
    refuses('path-taken', (it) => it.rename('core', 'color.red', 'color.brand'))
    refuses('path-taken', (it) => it.move('light', 'bg', 'dark', 'bg'))
    refuses('path-taken', (it) => it.addSet('core'))
    refuses('path-taken', (it) => it.renameSet('light', 'dark'))
  })

  it('refuses to move a group into itself', () => {
    for (const to of ['color.brand.inner', 'color.brand.light.x'])
      expect(() => document.rename('core', 'color.brand', to)).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^(?:path-taken|invalid-value|invalid-name)$/) }),
      )
    expect(document.toText()).toBe(sampleText())
  })

  it('refuses to make a token a parent', () => {
    refuses('path-taken', (it) => it.set('core', 'color.red.inner', token))
    refuses('path-taken', (it) => it.rename('core', 'color.blue', 'color.red.blue'))
    refuses('path-taken', (it) => it.move('light', 'bg', 'core', 'color.red.bg'))
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
      { a: undefined },
    ])
      refuses('invalid-value', (it) => it.set('core', 'color.nu', { $value: value as never }))
    for (const value of [Number.NaN, 1n, (): number => 1, cyclic])
      refuses('invalid-value', (it) => it.update('core', 'color.red', { $value: value }))
  })

  it('refuses a token that is none', () => {
    for (const value of [null, 7, 'text', [], {}, { $type: 'color' }, { a: { $value: 1 } }])
      refuses('invalid-value', (it) => it.set('core', 'color.nu', value as never))
  })

  it('refuses a part below a text, which would not show', () => {
    refuses('invalid-value', (it) => it.update('core', 'color.red', { $value: { fontSize: '1px' } }))
  })

  it('refuses what is nested too deep', () => {
    let deep: unknown = 1
    for (let i = 0; i < 600; i++) deep = [deep]
    refuses('invalid-value', (it) => it.set('core', 'color.nu', { $value: deep as never }))
    refuses('invalid-value', (it) => it.update('core', 'color.red', { $value: deep }))
  })

  it('refuses a set or theme that is no object', () => {
    for (const value of [null, 7, [], 'x']) {
      refuses('invalid-value', (it) => it.addSet('nu', value as never))
      refuses('invalid-value', (it) => void it.setTheme(value as never))
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
      for (const mode of ['replace', 'merge'] as const) refuses('invalid-file', (it) => it.import(text, { mode }))
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
    for (const write of writes) refuses('read-only', write)
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
    const before = replica.encode()
    try {
      document.undo()
    } catch (error) {
      expect(isTokenError(error) && error.code).toBe('read-only')
    }
    expect(replica.encode()).toEqual(before)
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
