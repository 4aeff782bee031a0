import { beforeEach, describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { createTokenDocument, isTokenError, type JsonObject, type TokenDocument } from '../../src/doc/index.ts'
import { parseJson } from '../../src/payload/ordered-json.ts'
import { sampleText } from '../support/generated-tokens-sample.ts'

/**
 * Every writing call against every rule of names (`tokens-studio-format.md` 4.1 and 2.1): refused with a stable code before
 * anything is written. Files that break the rules are read, edited and written all the same.
 */

let document: TokenDocument

beforeEach(() => {
  document = createTokenDocument(new Y.Doc())
  document.import(sampleText())
})

/** The code of the refusal; `taken` where there was none. Nothing may have been written by a refused call. */
function outcome(call: (it: TokenDocument) => void): string {
  const before = Y.encodeStateAsUpdate(document.ydoc)
  const snapshot = document.getSnapshot()
  try {
    call(document)
    return 'taken'
  } catch (error) {
    expect(Y.encodeStateAsUpdate(document.ydoc)).toEqual(before)
    expect(document.getSnapshot()).toBe(snapshot)
    expect(document.canUndo).toBe(false)
    if (!isTokenError(error)) return String(error)
    expect(error.message).toMatch(/^.{10,240}$/su)
    expect(error.message).toMatch(/[.!?]$/)
    return error.code
  }
}

const token: JsonObject = { $value: 1, $type: 'number' }

type Call = (name: never) => (it: TokenDocument) => void

const tokenCalls: Readonly<Record<string, Call>> = {
  'set, as a token': (name) => (it) => it.set('core', ['color', name], token),
  'set, as a group': (name) => (it) => it.set('core', [name, 'x'], token),
  'set, in a new set': (name) => (it) => it.set('nu', [name], token),
  rename: (name) => (it) => it.rename('core', 'color.red', ['color', name]),
  'rename, into a new group': (name) => (it) => it.rename('core', 'color.red', [name, 'red']),
  'rename of a group': (name) => (it) => it.rename('core', 'color', [name]),
  'rename with references': (name) => (it) => it.rename('core', 'color.red', ['color', name], { references: true }),
  move: (name) => (it) => it.move('core', 'color.red', 'light', [name]),
  'move, into a new group': (name) => (it) => it.move('core', 'color.red', 'light', [name, 'red']),
}
const setCalls: Readonly<Record<string, Call>> = {
  addSet: (name) => (it) => it.addSet(name),
  renameSet: (name) => (it) => it.renameSet('light', name),
  'set, in a new set': (name) => (it) => it.set(name, 'a', token),
}
const themeCalls: Readonly<Record<string, Call>> = {
  'setTheme, a new one': (name) => (it) => void it.setTheme({ id: 'nu', name }),
  'setTheme, known': (name) => (it) => void it.setTheme({ id: 'th1', name }),
  'setTheme, its group': (name) => (it) => void it.setTheme({ id: 'th1', group: name }),
}

const unreadable = { 'a line break': 'a\nb', NUL: 'a\u0000b', C1: 'a\u0085b', 'U+2028': 'a\u2028b', half: 'a\ud800' }
const noText = { 'a number': 5, null: null, 'an object': {}, 'a list': ['a'] }
const common = { ...unreadable, ...noText, 'too long': 'x'.repeat(257) }
const spaces = { 'a space before': ' x', 'a space behind': 'x ', 'a hard space': '\u00a0x', 'only spaces': '  ' }
const prototypes = { __proto__: '__proto__', constructor: 'constructor', prototype: 'prototype' }
const badTokenNames = {
  ...common,
  ...spaces,
  ...Object.fromEntries(Object.entries(prototypes)),
  nothing: '',
  'a dot': 'a.b',
  '{': 'a{',
  '}': '}a',
  $: '$x',
  $value: '$value',
  $root: '$root',
}
const badSetNames = {
  ...common,
  ...spaces,
  ...Object.fromEntries(Object.entries(prototypes)),
  nothing: '',
  $: '$themes',
  'a folder without a name': 'a//b',
  'the root folder': '/a',
  'no name in a folder': 'a/',
  'this folder': 'a/./b',
  'the folder above': '../a',
  'the folder above, at the end': 'a/..',
  'a reserved folder': 'a/__proto__/b',
}
const badThemeNames = { ...common, 'only spaces': '  ' }

const goodNames = [
  'a',
  'A b',
  'größe',
  '日本語',
  '😀',
  'x/y',
  'a\\b',
  '~:1',
  'value',
  'type',
  'toString',
  '50',
  'x'.repeat(256),
]

describe.each([
  ['a token or group', tokenCalls, badTokenNames, goodNames],
  ['a set', setCalls, badSetNames, [...goodNames.filter((name) => name !== 'x/y'), 'a.b', '{x}', 'brand/dark', 'a/$x']],
  ['a theme', themeCalls, badThemeNames, [...goodNames, 'a.b', '$x', '__proto__', ' x ']],
] as const)('the name of %s', (_, calls, bad, good) => {
  it.each(Object.keys(calls))('%s', (call) => {
    const act = calls[call] as Call
    expect(Object.entries(bad).map(([why, name]) => [why, outcome(act(name as never))])).toEqual(
      Object.keys(bad).map((why) => [why, 'invalid-name']),
    )
    for (const name of good) {
      expect([name, outcome(act(name as never))]).toEqual([name, 'taken'])
      document.undo()
    }
  })
})

describe('a path', () => {
  const calls: Readonly<Record<string, Call>> = {
    set: (path) => (it) => it.set('core', path, token),
    update: (path) => (it) => it.update('core', path, { $value: 2 }),
    remove: (path) => (it) => it.remove('core', path),
    'rename from': (path) => (it) => it.rename('core', path, 'x'),
    'rename to': (path) => (it) => it.rename('core', 'color.red', path),
    'move from': (path) => (it) => it.move('core', path, 'light', 'x'),
    'move to': (path) => (it) => it.move('core', 'color.red', 'light', path),
    reorder: (path) => (it) => it.reorder('core', path, {}),
    get: (path) => (it) => void it.get('core', path),
    references: (path) => (it) => void it.references(path),
    lastChange: (path) => (it) => void it.lastChange('core', path),
  }
  it.each(Object.keys(calls))('that is none is refused by %s', (call) => {
    const act = calls[call] as Call
    for (const path of [5, null, undefined, {}, [5], ['color', null], ['color', undefined]])
      expect([path, outcome(act(path as never))]).toEqual([path, 'invalid-name'])
  })

  it('longer or deeper than any file is refused', () => {
    const deep = (levels: number): string[] => Array.from({ length: levels }, () => 'a')
    expect(outcome((it) => it.set('core', deep(600), token))).toBe('too-large')
    expect(outcome((it) => it.set('core', deep(511), token))).toBe('too-large')
    expect(outcome((it) => it.set('core', deep(509), { $value: { x: 1 } }))).toBe('too-large')
    expect(
      outcome((it) =>
        it.set(
          'core',
          Array.from({ length: 100 }, () => 'a'.repeat(200)),
          token,
        ),
      ),
    ).toBe('too-large')
    expect(outcome((it) => it.rename('core', 'color.red', deep(511)))).toBe('too-large')
    expect(outcome((it) => it.move('core', 'color', 'light', deep(509)))).toBe('too-large')
    // Also where somebody catches the refusal in the middle of an action.
    document.transact(() => {
      expect(() =>
        document.set(
          'core',
          Array.from({ length: 100 }, () => 'a'.repeat(200)),
          token,
        ),
      ).toThrow(/too long/)
      expect(() => document.move('core', 'color', 'light', deep(509))).toThrow(/more than 512 levels/)
    })
    expect(document.toText()).toBe(sampleText())
    // What is taken comes out as a file that can be read.
    document.move('core', 'color', 'light', deep(100))
    document.set('core', deep(507), { $value: [[1]] })
    const copy = createTokenDocument(new Y.Doc())
    copy.import(document.toText())
    expect(copy.toText()).toBe(document.toText())
    expect(() => parseJson(document.toText(), 512)).not.toThrow()
  })
})

describe('a theme', () => {
  it.each<readonly [string, unknown]>([
    ['a status that is none', { selectedTokenSets: { core: 'on' } }],
    ['a status of null', { selectedTokenSets: { core: null } }],
    ['a list of sets', { selectedTokenSets: ['core'] }],
    ['a text for sets', { selectedTokenSets: 'core' }],
    ['what is no JSON', { $figmaModeId: Number.NaN }],
    ['an id that is no text', { id: 7 }],
    ['an id that is empty', { id: '' }],
  ])('with %s is refused, new or known', (_, part) => {
    for (const id of ['th1', 'nu'])
      expect(outcome((it) => void it.setTheme({ id, name: 'x', ...(part as object) }))).toBe('invalid-value')
  })

  it('is made with a name, and changed without', () => {
    expect(outcome((it) => void it.setTheme({ id: 'nu' }))).toBe('invalid-name')
    expect(outcome((it) => void it.setTheme({}))).toBe('invalid-name')
    for (const status of ['enabled', 'source', 'disabled'])
      document.setTheme({ id: 'th1', selectedTokenSets: { core: status, ghost: 'enabled' } })
    document.setTheme({ id: 'th1', selectedTokenSets: { core: undefined }, group: '' } as never)
    expect(document.getSnapshot().$themes[0]).not.toHaveProperty(['selectedTokenSets', 'core'])
  })
})

describe('a value', () => {
  const huge = 'x'.repeat(4 * 1024 * 1024 + 1)
  it('of more text than a relay takes is refused', () => {
    expect(outcome((it) => it.set('core', 'nu', { $value: huge }))).toBe('too-large')
    expect(outcome((it) => it.update('core', 'color.red', { $description: huge }))).toBe('too-large')
    expect(outcome((it) => it.addSet('nu', { a: { $value: [huge] } }))).toBe('too-large')
    expect(outcome((it) => void it.setTheme({ name: 'x', note: huge }))).toBe('too-large')
    document.set('core', 'nu', { $value: huge.slice(1) })
  })
})

describe('an import', () => {
  it('in a mode that is none is refused', () => {
    expect(outcome((it) => it.import(sampleText(), { mode: 'overwrite' as never }))).toBe('invalid-value')
  })

  it('of what is no file is refused', () => {
    for (const source of [null, 5, [], true, () => 1])
      expect(outcome((it) => it.import(source as never))).toBe('invalid-file')
    expect(outcome((it) => it.import(new Map([['core.json', new Uint8Array(2)]]) as never))).toBe('invalid-file')
  })

  it('with names that break every rule is read, edited, and written as it was', () => {
    const names = Object.values(badTokenNames).filter(
      (name): name is string => typeof name === 'string' && name !== '$value',
    )
    const sets = Object.values(badSetNames).filter((name): name is string => typeof name === 'string')
    const set = (at: number): string => `{${names.map((name) => `${JSON.stringify(name)}:{"$value":${at}}`).join(',')}}`
    const text = `{"values":{${sets.map((name, at) => `${JSON.stringify(name)}:${set(at)}`).join(',')}}}`
    document = createTokenDocument(new Y.Doc())
    document.import(text)
    expect(JSON.parse(document.toText())).toEqual(JSON.parse(text))
    const name = sets[3] as string
    document.update(name, ['a.b'], { $value: 'edited' })
    document.rename(name, ['a{'], 'fine')
    document.remove(name, [''])
    document.move(name, [' x'], sets[5] as string, 'moved')
    document.renameSet(name, 'a fine set')
    document.addSet('a copy', document.get(sets[0] as string, []) as JsonObject)
    expect(document.get('a fine set', ['a.b'])).toEqual({ $value: 'edited' })
    expect(document.get('a fine set', ['fine'])).toBeDefined()
    expect(document.get('a fine set', [''])).toBeUndefined()
    expect(document.get(sets[5] as string, 'moved')).toBeDefined()
    expect(Object.keys(document.get('a copy', []) as object)).toHaveLength(new Set(names).size)
  })
})
