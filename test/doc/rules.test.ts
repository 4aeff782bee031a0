import { beforeEach, describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { createCore } from '../../src/doc/document-core.ts'
import { setToken, updateNode } from '../../src/doc/edit-tokens.ts'
import { factAccessOf } from '../../src/doc/fact-access.ts'
import { createTokenDocument, type TokenDocument } from '../../src/doc/index.ts'
import { createFastEntries, createPlainEntries, type Entries } from '../../src/doc/yjs-entries.ts'
import { namesAt, peek, sampleText } from '../support/generated-tokens-sample.ts'
import { factsUpdate, laneFacts, putFacts } from '../support/replicas-facts.ts'
import { documentOf, factNow, readFacts, shownAt } from '../support/replicas-reading.ts'
import { createReplicas, rethrow, type Replicas } from '../support/replicas.ts'
import { createVirtualClock, testEpoch } from '../support/virtual-clock.ts'

/** Rules of `document-model.md` that, switched off one at a time, no other test of this folder noticed (README.md). */

const red = '/values/core/color/red'

describe('facts', () => {
  it('that name, move or order a field count as ignored', () => {
    const facts = [
      ['aaaaaaaa', `${red}/$value`, 'n', 'foo', factNow],
      ['aaaaaaaa', `${red}/$value`, 'q', 'a0', factNow],
      ['aaaaaaaa', `${red}/$value`, 'p', '/values/core/space', factNow, 'a0'],
      ['aaaaaaaa', '/$themes/th1', 'p', '/values/core', factNow, 'a0'],
    ]
    expect(factAccessOf(documentOf(facts)).ignoredEntries).toBe(4)
  })

  it('whose text is no JSON are not erased by a write to their register', () => {
    const document = documentOf([['aaaaaaaa', `${red}/$value`, 'v', 'of a later version', factNow - 5]])
    document.update('core', 'color.red', { $value: 'A' })
    expect(laneFacts(document.ydoc, 'aaaaaaaa').map((fact) => fact[2])).toEqual(['of a later version'])
  })

  it('of one stamp and lane rank by their texts', () => {
    const document = readFacts(
      ['aaaaaaaa', '/values/core/color/nu', 'c', '{"$value":"1"}', factNow, 'a0'],
      ['aaaaaaaa', '/values/core/color/nu', 'c', '{"$value":"2"}', factNow, 'a0'],
    )
    expect(shownAt(document, 'core/color/nu')).toEqual({ $value: '2' })
  })
})

describe('seeds and sessions', () => {
  it('a session keeps its client id below those of seeds, also one that the application gave it later', () => {
    const ydoc = new Y.Doc()
    const document = createTokenDocument(ydoc)
    document.import(sampleText())
    ydoc.clientID = 2 ** 31 + 5
    document.update('core', 'color.red', { $value: 'A' })
    expect(ydoc.clientID).toBeLessThan(2 ** 31)
    ydoc.clientID = 2 ** 31 + 6
    expect(createTokenDocument(ydoc).ydoc.clientID).toBeLessThan(2 ** 31)
  })

  it('a group that the newest file lacks covers with itself, not once more with all that is in it', () => {
    const replicas = createReplicas({ count: 2, seed: 5 })
    const [a, b] = replicas.all.map((each) => each.document) as [TokenDocument, TokenDocument]
    a.import(sampleText())
    replicas.clock.advance(1_000)
    a.move('core', 'color.brand', 'extra', 'brand')
    b.import(sampleText({ 'values/core/color': undefined, '$metadata/updatedAt': '2026-01-01T00:00:00.500Z' }))
    replicas.sync()
    expect(namesAt(b.getSnapshot(), 'values/extra/brand')).toEqual(['light', 'dark'])
    expect(a.toText()).toBe(b.toText())
  })
})

describe('themes', () => {
  const numbered = sampleText({
    $themes: [
      { id: '1', name: 'One' },
      { id: '0', name: 'Null' },
    ],
  })

  it('with integers for ids are known by their place', () => {
    const document = createTokenDocument(new Y.Doc(), { now: () => testEpoch })
    document.import(numbered)
    putFacts(document.ydoc, 'aaaaaaaa', ['/$themes/0/name', 'v', '"First"', factNow])
    expect(document.getSnapshot().$themes.map((theme) => (theme as { name: string }).name)).toEqual(['First', 'Null'])
  })

  it('are written with their sets as they were called at birth, and follow every later name', () => {
    const document = documentOf([])
    document.renameSet('light', 'day')
    document.setTheme({ id: 'th3', name: 'Third', selectedTokenSets: { day: 'source' } })
    document.renameSet('day', 'noon')
    expect(peek(document.getSnapshot(), '$themes/2/selectedTokenSets')).toEqual({ noon: 'source' })
  })

  it('without an id get one each', () => {
    const document = documentOf([])
    expect(document.setTheme({ name: 'A' })).not.toBe(document.setTheme({ name: 'B' }))
  })
})

describe('reading', () => {
  it('a value without parts between two that have some hides the older', () => {
    const created = (lane: string, value: unknown, t: number): readonly unknown[] => [
      lane,
      '/values/core/color/nu',
      'c',
      JSON.stringify({ $value: value }),
      t,
      'a0',
    ]
    const document = readFacts(
      created('aaaaaaaa', { a: 1, b: 1 }, factNow),
      created('bbbbbbbb', 'plain', factNow + 1),
      created('cccccccc', { a: 2 }, factNow + 2),
    )
    expect(shownAt(document, 'core/color/nu/$value')).toEqual({ a: 2 })
  })

  it('the list of themes is shared between snapshots that differ in a set only', () => {
    const document = documentOf([])
    document.renameSet('light', 'day')
    const before = document.getSnapshot()
    document.update('core', 'color.red', { $value: 'A' })
    const after = document.getSnapshot()
    expect(after.$themes).toBe(before.$themes)
    expect(after.$metadata).toBe(before.$metadata)
    expect(after.values.day).toBe(before.values.day)
  })

  it('a deletion that has seen a move takes what moved in', () => {
    const document = readFacts(
      ['aaaaaaaa', red, 'p', '/values/core/space', factNow, 'b00'],
      ['bbbbbbbb', '/values/core/space', 'x', JSON.stringify({ aaaaaaaa: factNow }), factNow + 1],
    )
    expect(shownAt(document, 'core/space')).toBeUndefined()
    expect(shownAt(document, 'core/color/red')).toBeUndefined()
  })

  it('a deletion covers no later fact, whatever it says', () => {
    const document = readFacts(
      ['bbbbbbbb', red, 'x', JSON.stringify({ aaaaaaaa: 2 ** 53 - 1 }), factNow],
      ['aaaaaaaa', `${red}/$value`, 'v', '"A"', factNow + 1],
    )
    expect(shownAt(document, 'core/color/red/$value')).toBe('A')
  })

  it('of several places the newest, whatever comes first', () => {
    const document = readFacts(
      ['bbbbbbbb', red, 'p', '/values/core/type', factNow + 1, 'b00'],
      ['aaaaaaaa', red, 'p', '/values/core/space', factNow, 'b00'],
    )
    expect(shownAt(document, 'core/type/red')).toBeDefined()
  })

  it('sets with one place in the order stand by name', () => {
    const document = readFacts(
      ['aaaaaaaa', '/values/light', 'q', 'a0V', factNow],
      ['aaaaaaaa', '/values/dark', 'q', 'a0V', factNow],
    )
    expect(document.getSnapshot().$metadata.tokenSetOrder).toEqual(['core', 'dark', 'light', 'extra'])
  })

  it('what is edited in a group that moved shows where the group stands now', () => {
    const document = documentOf([])
    document.move('core', 'color.brand', 'extra', 'brand')
    document.getSnapshot()
    putFacts(document.ydoc, 'aaaaaaaa', ['/values/core/color/brand/dark/$value', 'v', '"A"', factNow + 1])
    expect(shownAt(document, 'extra/brand/dark/$value')).toBe('A')
  })

  it('a fault while following the Y.Doc is reported, and not thrown into Yjs', () => {
    const errors: unknown[] = []
    const ydoc = new Y.Doc()
    const failing: Entries = {
      ...createPlainEntries(ydoc),
      changesOf: () => {
        throw new Error('unreadable')
      },
    }
    const options = { lane: 'aaaaaaaa', now: () => testEpoch, random: Math.random }
    createCore({ ...options, ydoc, entries: failing, onError: (error) => errors.push(error) })
    Y.applyUpdate(ydoc, factsUpdate(7, 'bbbbbbbb', [red, 'v', '1', factNow]))
    expect(errors.map(String)).toContain('Error: unreadable')
  })
})

describe('writing', () => {
  it('an action is one append, however many facts it has', () => {
    const ydoc = new Y.Doc()
    const appended: number[] = []
    const entries = createPlainEntries(ydoc)
    const core = createCore({
      ydoc,
      entries: {
        ...entries,
        append: (root, facts) => {
          appended.push(facts.length)
          return entries.append(root, facts)
        },
      },
      lane: 'aaaaaaaa',
      now: createVirtualClock().now,
      random: Math.random,
      onError: rethrow,
    })
    core.act('local', (editing) => {
      setToken(editing, 'core', ['a'], { $value: 1 }, undefined)
      setToken(editing, 'core', ['b'], { $value: 2 }, undefined)
      updateNode(editing, 'core', ['a'], { $description: 'A' })
    })
    // The header, the set with its first token, the second token, the description.
    expect(appended).toEqual([4])
  })

  it('erasing leaves no wrong positions behind for who reads by index', () => {
    const ydoc = new Y.Doc()
    const entries = createFastEntries(ydoc)
    const root = 'v1/lane/aaaaaaaa'
    entries.open([root])
    const places = Array.from({ length: 40 }, (_, i) => {
      ydoc.clientID = 100 + (i % 2)
      return ydoc.transact(() => ({ root, entry: [i], ...entries.append(root, [[i]]) }))
    })
    const array = ydoc.getArray(root)
    expect(array.get(30)).toEqual([30])
    ydoc.transact(() => entries.erase(places.slice(3, 8)))
    expect(array.get(30)).toEqual([35])
  })
})

describe('undo', () => {
  let replicas: Replicas
  let a: TokenDocument
  let b: TokenDocument
  const sync = (): void => {
    replicas.sync()
    expect(b.toText()).toBe(a.toText())
    replicas.clock.advance(1_000)
  }
  const at = (pointer: string): unknown => peek(a.getSnapshot(), `values/${pointer}`)

  beforeEach(() => {
    replicas = createReplicas({ count: 2, seed: 7, file: sampleText() })
    a = replicas.all[0]!.document
    b = replicas.all[1]!.document
  })

  it('of a value is none where a teammate wrote the same value above it since', () => {
    a.update('core', 'type.h1', { $value: { fontSize: 'A' } })
    sync()
    b.update('core', 'type.h1', { $value: '{other}' })
    sync()
    const $value = { fontFamily: 'Inter', fontWeight: 700, fontSize: 'A', lineHeight: '120%' }
    b.set('core', 'type.h1', { $type: 'typography', $value })
    sync()
    a.undo()
    sync()
    expect(at('core/type/h1/$value/fontSize')).toBe('A')
  })

  it('of a field that was absent reaches my own value only', () => {
    b.update('core', 'color.red', { $extensions: { k: 'B' } })
    replicas.clock.advance(1_000)
    a.update('core', 'color.red', { $extensions: { k: 'A' } })
    sync()
    expect(at('core/color/red/$extensions')).toEqual({ k: 'A' })
    a.undo()
    sync()
    expect(at('core/color/red/$extensions')).toEqual({ k: 'B' })
  })

  it('of another value takes back each part by itself', () => {
    a.set('core', 'type.h1', { $type: 'typography', $value: { x: 1, y: 2 } })
    sync()
    b.update('core', 'type.h1', { $value: { y: 'B' } })
    sync()
    a.undo()
    sync()
    expect(at('core/type/h1/$value')).toMatchObject({ fontSize: '32px', y: 'B' })
    expect(at('core/type/h1/$value/x')).toBeUndefined()
  })

  it('of a field that was absent is none where a teammate added to it', () => {
    a.update('core', 'color.red', { $extensions: { k: 1 } })
    sync()
    b.update('core', 'color.red', { $extensions: { x: 2 } })
    sync()
    a.undo()
    sync()
    expect(at('core/color/red/$extensions')).toEqual({ k: 1, x: 2 })
  })

  it('of a move is none over a teammate’s newer one', () => {
    a.move('core', 'color.red', 'light', 'red')
    sync()
    b.move('light', 'red', 'dark', 'red')
    sync()
    a.undo()
    sync()
    expect(at('dark/red')).toBeDefined()
  })

  it('of an order of sets is none over a teammate’s newer one', () => {
    a.reorderSets(['extra', 'core', 'light', 'dark'])
    sync()
    b.reorderSets(['core', 'light', 'extra', 'dark'])
    sync()
    const order = a.setNames()
    a.undo()
    sync()
    expect(a.setNames()).toEqual(order)
  })

  it('of a second deletion puts the first back', () => {
    b.update('core', 'color.red', { $value: 'B' })
    a.remove('core', 'color')
    sync()
    expect(namesAt(a.getSnapshot(), 'values/core/color')).toEqual(['$type', '$description', 'red'])
    a.remove('core', 'color')
    sync()
    a.undo()
    sync()
    expect(namesAt(a.getSnapshot(), 'values/core/color')).toEqual(['$type', '$description', 'red'])
  })

  it('redo of a deletion covers what it covered, and nothing a teammate did since', () => {
    b.update('core', 'color.red', { $value: 'B' })
    sync()
    a.remove('core', 'color.red')
    sync()
    a.undo()
    sync()
    expect(at('core/color/red/$value')).toBe('B')
    a.redo()
    sync()
    expect(at('core/color/red')).toBeUndefined()
  })

  it('redo of a deletion covers what its author wrote before', () => {
    a.update('core', 'color.red', { $value: 'A' })
    sync()
    a.remove('core', 'color.red')
    sync()
    a.undo()
    sync()
    a.redo()
    sync()
    expect(at('core/color/red')).toBeUndefined()
  })

  it('redo of a deletion covers what earlier redos wrote', () => {
    a.update('core', 'color.red', { $value: 'A' })
    sync()
    a.remove('core', 'color.red')
    sync()
    for (const back of [a.undo, a.undo, a.redo, a.redo]) {
      back()
      sync()
    }
    expect(at('core/color/red')).toBeUndefined()
  })

  it('of an action takes its facts back from the last to the first', () => {
    a.transact(() => {
      a.set('core', 'color.nu', { $value: '1', $type: 'color' })
      a.rename('core', 'color.nu', 'color.neu')
      a.move('core', 'color.neu', 'light', 'neu')
    })
    sync()
    a.undo()
    sync()
    expect(at('core/color/nu')).toBeUndefined()
    expect(at('light/neu')).toBeUndefined()
  })
})

describe('undo of a deletion that a newer file agrees with', () => {
  let replicas: Replicas
  let all: readonly TokenDocument[]
  const shown = (): readonly unknown[] => all.map((each) => peek(each.getSnapshot(), 'values/core/color/red'))

  /** The first two have the older file; the third took in one that lacks the token, saved after the deletion. */
  const deleteAndImport = (others: (second: TokenDocument) => void): TokenDocument => {
    replicas = createReplicas({ count: 3, seed: 9 })
    all = replicas.all.map((each) => each.document)
    const [first, second, third] = all as [TokenDocument, TokenDocument, TokenDocument]
    first.import(sampleText())
    second.import(sampleText())
    replicas.clock.advance(1_000)
    first.remove('core', 'color.red')
    others(second)
    replicas.clock.advance(1_000)
    const savedAt = new Date(replicas.clock.now()).toISOString()
    replicas.clock.advance(1_000)
    third.import(sampleText({ 'values/core/color/red': undefined, '$metadata/updatedAt': savedAt }))
    replicas.sync()
    expect(shown()).toEqual([undefined, undefined, undefined])
    replicas.clock.advance(1_000)
    return first
  }

  it('creates the token again; redo takes that back', () => {
    const first = deleteAndImport(() => undefined)
    first.undo()
    replicas.sync()
    for (const token of shown()) expect(token).toMatchObject({ $value: '#f00' })
    replicas.clock.advance(1_000)
    first.redo()
    replicas.sync()
    expect(shown()).toEqual([undefined, undefined, undefined])
  })

  it('leaves it deleted where somebody else deleted it, too', () => {
    const first = deleteAndImport((second) => second.remove('core', 'color.red'))
    first.undo()
    replicas.sync()
    expect(shown()).toEqual([undefined, undefined, undefined])
  })
})
