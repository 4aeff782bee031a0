import { beforeEach, describe, expect, it, vi } from 'vitest'
import * as Y from 'yjs'
import { createTokenDocument, type TokenDocument } from '../../../src/doc/index.ts'
import { sampleText } from '../../support/generated-tokens-sample.ts'
import { putFacts, toFactTime } from '../../support/replicas-facts.ts'
import { createReplicas, type Replicas } from '../../support/replicas.ts'
import { testEpoch } from '../../support/virtual-clock.ts'

/** What is shown, and what is not: frozen throughout, fields that are no tokens, names, lists of themes. */

function unfrozenIn(value: unknown, at: string): string[] {
  if (value === null || typeof value !== 'object') return []
  const below = Object.entries(value).flatMap(([key, member]) => unfrozenIn(member, `${at}/${key}`))
  return Object.isFrozen(value) ? below : [at, ...below]
}

const withValues = (values: string): TokenDocument => {
  const document = createTokenDocument()
  document.import(`{"values":${values}}`)
  return document
}

describe('what is given out is frozen throughout', () => {
  const values = '{"s":{"a":{"$value":[{"x":[{"y":1}]},[{}]]},"7":{"b":{"$value":{"10":{"c":[{}]},"9":1}}}}}'

  it('from a file', () => {
    const document = withValues(values)
    expect(unfrozenIn(document.getSnapshot(), '')).toEqual([])
    expect(unfrozenIn(document.get('s', ['a']), '')).toEqual([])
    expect(unfrozenIn(document.outline('s'), '')).toEqual([])
  })

  it('from facts', () => {
    const document = withValues('{"o":{}}')
    document.addSet('s', JSON.parse(values).s)
    document.update('s', 'a', { $extensions: { list: [{ z: [{}] }], object: { 5: [{}] } } })
    expect(unfrozenIn(document.getSnapshot(), '')).toEqual([])
    expect(unfrozenIn(document.outline('s'), '')).toEqual([])
  })
})

describe('fields', () => {
  it('of a token are reached through the token', () => {
    const document = withValues('{"s":{"a":{"$value":{"x":{"y":1}},"$extensions":{"e":{}}}}}')
    expect(document.get('s', ['a', '$value'])).toBeUndefined()
    expect(document.get('s', ['a', '$extensions', 'e'])).toBeUndefined()
    expect(document.lastChange('s', ['a', '$value', 'x'])).toBeNull()
    expect(() => document.remove('s', ['a', '$value'])).toThrow('There is no token or group')
  })

  it('and their parts have no names but their own', () => {
    const document = withValues('{"s":{"a":{"$value":{"x":{"y":1}}}}}')
    const at = toFactTime(testEpoch)
    putFacts(
      document.ydoc,
      'somebody',
      ['/values/s/a/$value', 'n', 'other', at],
      ['/values/s/a/$value/x', 'n', 'other', at],
      ['/values/s/a/$value/x/z', 'v', '2', at],
    )
    expect(document.get('s', 'a')).toEqual({ $value: { x: { y: 1, z: 2 } } })
  })

  it('are no rows, nor are members that are no objects', () => {
    const document = withValues('{"s":{"note":"n","list":[1],"g":{"count":1,"t":{"$value":1,"$extensions":{}}}}}')
    expect(document.outline('s').map(({ path }) => path.join('.'))).toEqual(['g', 'g.t'])
  })
})

describe('a list of themes', () => {
  it('holds the themes of all files of one time, each once', () => {
    const file = (...ids: string[]): string =>
      `{"values":{"${ids.join('')}":{}},"$themes":[${ids.map((id) => `{"id":"${id}","name":"${id}"}`).join(',')}]}`
    const replicas = ['a', 'b'].map((id) => {
      const document = createTokenDocument()
      document.import(file(id, 'both'), { savedAt: testEpoch })
      return document
    })
    const [one, other] = replicas as [TokenDocument, TokenDocument]
    Y.applyUpdate(one.ydoc, Y.encodeStateAsUpdate(other.ydoc))
    Y.applyUpdate(other.ydoc, Y.encodeStateAsUpdate(one.ydoc))
    for (const document of replicas) {
      const ids = (document.getSnapshot().$themes as unknown as readonly { id: string }[]).map(({ id }) => id)
      expect(ids.toSorted()).toEqual(['a', 'b', 'both'])
    }
    expect(one.toText()).toBe(other.toText())
  })
})

describe('between two who work at once', () => {
  let replicas: Replicas
  let a: TokenDocument
  let b: TokenDocument
  const file =
    '{"values":{"s":{"g1":{"a":{"$value":1}},"g2":{"b":{"$value":2}},"size-2":{"$value":3},"size":{"$value":4}}}}'

  beforeEach(() => {
    replicas = createReplicas({ count: 2, seed: 17, file })
    a = replicas.all[0]!.document
    b = replicas.all[1]!.document
  })

  it('a name that looks like one with a suffix is no conflict', () => {
    a.rename('s', 'size-2', 'size-3')
    a.update('s', 'size-3', { $value: 5 })
    a.set('s', 'tall-2', { $value: 1 })
    replicas.sync()
    expect(b.conflicts).toEqual([])
  })

  it('a part of a united group keeps its identity under another name', () => {
    a.rename('s', 'g2.b', 'g2.c')
    a.rename('s', 'g2', 'g1')
    replicas.sync()
    b.rename('s', 'g1.c', 'g1.d')
    b.update('s', 'g1.d', { $value: 9 })
    replicas.sync()
    for (const document of [a, b])
      expect(document.getSnapshot().values['s']).toMatchObject({ g1: { a: { $value: 1 }, d: { $value: 9 } } })
  })

  it('a legacy composite that took a group’s place takes no token in', () => {
    const g1 = (fields: string): string => file.replace('{"a":{"$value":1}}', `{${fields}}`)
    for (const [fields, isToken] of [
      ['"value":{"x":1},"type":"typography"', true],
      ['"value":{"x":1}', false],
    ] as const) {
      const world = createReplicas({ count: 2, seed: 18, file })
      const [c, d] = world.all.map(({ document }) => document) as [TokenDocument, TokenDocument]
      c.move('s', 'g2.b', 's', 'g1.b')
      world.clock.advance(1_000)
      d.import(g1(fields), { mode: 'replace' })
      world.sync()
      for (const document of [c, d]) {
        expect(document.get('s', 'g1.b')).toEqual(isToken ? undefined : { $value: 2 })
        expect(document.get('s', 'g2.b')).toEqual(isToken ? { $value: 2 } : undefined)
      }
    }
  })

  it('undo of a creation that a teammate removed writes nothing', () => {
    a.set('s', 'mine', { $value: 1 })
    replicas.sync()
    b.remove('s', 'mine')
    replicas.sync()
    const before = a.toText()
    expect(a.undo()).toBe(true)
    expect(a.toText()).toBe(before)
    expect(a.canRedo).toBe(false)
  })
})

describe('an action that only erases', () => {
  it('is told of', () => {
    const document = createTokenDocument()
    document.import(sampleText())
    document.remove('core', 'color.red')
    const told = vi.fn<(changes: readonly unknown[]) => void>()
    document.subscribe(told)
    document.undo()
    expect(told).toHaveBeenCalledTimes(1)
    expect(told.mock.calls[0]![0]).toMatchObject([
      { kind: 'token', set: 'core', path: ['color', 'red'], before: undefined, origin: 'undo' },
      { kind: 'order', path: ['color'] },
    ])
  })
})

describe('facts from far in the future, of an earlier session', () => {
  it('are given a time anew, in their order', () => {
    const document = createTokenDocument(new Y.Doc(), { lane: 'abcdefgh', now: () => testEpoch })
    document.import(sampleText(), { savedAt: testEpoch })
    const far = toFactTime(testEpoch + 30 * 86_400_000)
    putFacts(
      document.ydoc,
      'abcdefgh',
      ['/values/core/color/red/$value', 'v', '"first"', far],
      ['/values/core/color/red', 'x', JSON.stringify({ abcdefgh: far }), far + 1],
      ['/values/core/color/blue', 'x', JSON.stringify({ abcdefgh: far }), far],
      ['/values/core/color/blue/$value', 'v', '"blue"', far + 1],
    )
    const again = createTokenDocument(document.ydoc, { lane: 'abcdefgh', now: () => testEpoch })
    again.update('core', 'color.brand.light', { $value: 'new' })
    expect(again.get('core', 'color.red')).toBeUndefined()
    expect(again.get('core', 'color.blue')).toMatchObject({ $value: 'blue' })
  })
})
