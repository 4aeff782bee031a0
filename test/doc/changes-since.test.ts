import { beforeEach, describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import {
  createTokenDocument,
  describeChange,
  type JsonObject,
  type Snapshot,
  type TokenDocument,
} from '../../src/doc/index.ts'
import { generateTokenFile, tokenPlaces } from '../support/generated-tokens.ts'
import { sampleText } from '../support/generated-tokens-sample.ts'
import { seedsToRun, withSeed } from '../support/random.ts'
import { payloadText, replayChanges } from '../support/replicas-changes.ts'
import { putFacts, toFactTime } from '../support/replicas-facts.ts'
import { createReplicas, type Replicas } from '../support/replicas.ts'

/** `design.md` 3.1: `changesSince(snapshot)`, in the words of `subscribe`. */

let replicas: Replicas
let a: TokenDocument
let b: TokenDocument

beforeEach(() => {
  replicas = createReplicas({
    count: 2,
    seed: 31,
    file: sampleText(),
    options: (index) => ({ user: { id: `u${index}`, name: ['Ana', 'Bob'][index]! } }),
  })
  a = replicas.all[0]!.document
  b = replicas.all[1]!.document
})

const told = (earlier: Snapshot | JsonObject): string[] => a.changesSince(earlier).map(describeChange)

describe('since a snapshot of this document', () => {
  it('tells what one batch would tell, over any number of edits, with who and when', () => {
    const earlier = a.getSnapshot()
    a.update('core', 'color.red', { $value: '#111' })
    replicas.clock.advance(5_000)
    const when = replicas.clock.now()
    b.update('core', 'color.red', { $description: 'Bob was here' })
    b.rename('core', 'color.blue', 'color.sea')
    replicas.sync()
    a.update('core', 'color.red', { $value: '#222' })
    a.set('core', 'nu', { $value: 1 })
    a.remove('core', 'nu')
    expect(told(earlier)).toEqual([
      'Renamed color.blue to color.sea in core',
      'Changed color.red in core from "#f00" to "#222"',
      'Changed $description of color.red in core from "brand red" to "Bob was here"',
      // Renamed in place: replayed, it would come last.
      'Put the group color in core into another order',
    ])
    const changes = a.changesSince(earlier)
    // Of an order it is who wrote last in the group.
    expect(changes.map(({ who, origin }) => [who.name, origin])).toEqual([
      ['Bob', 'remote'],
      ['Ana', 'local'],
      ['Bob', 'remote'],
      ['Ana', 'local'],
    ])
    expect(changes[2]!.when).toBe(when)
    expect(payloadText(replayChanges(earlier, changes))).toBe(payloadText(a.getSnapshot()))
    expect(Object.isFrozen(changes)).toBe(true)
    expect(Object.isFrozen(changes[0])).toBe(true)
  })

  it('is nothing where nothing differs, also when edits came and went', () => {
    const earlier = a.getSnapshot()
    expect(a.changesSince(earlier)).toEqual([])
    a.update('core', 'color.red', { $value: '#111' })
    a.undo()
    expect(a.changesSince(earlier)).toEqual([])
    expect(a.changesSince(a.getSnapshot())).toEqual([])
  })

  it('tells who deleted, who came from a file, and who from a bin', () => {
    const earlier = a.getSnapshot()
    b.remove('core', 'color.red')
    replicas.sync()
    expect(a.changesSince(earlier)).toMatchObject([
      { kind: 'token', after: undefined, who: { name: 'Bob' }, origin: 'remote' },
    ])
    const merged = a.getSnapshot()
    const fact = ['/values/core/color/blue/$value', 'v', '"#bbb"', toFactTime(replicas.clock.now())]
    putFacts(a.ydoc, 'bin0123456789abc', fact)
    expect(a.changesSince(merged)).toMatchObject([
      { after: '#bbb', who: { lane: 'bin0123456789abc' }, origin: 'bridge' },
    ])
    const empty = createTokenDocument(new Y.Doc())
    const nothing = empty.getSnapshot()
    empty.import(sampleText())
    expect(new Set(empty.changesSince(nothing).map(({ who, origin }) => `${who.lane} ${origin}`))).toEqual(
      new Set(['* import']),
    )
  })

  it('follows a set under another name and a group to another set', () => {
    const earlier = a.getSnapshot()
    a.renameSet('light', 'day')
    a.move('core', 'space', 'day', 'space')
    a.setTheme({ id: 'new', name: 'New', selectedTokenSets: { core: 'source' } })
    a.reorderSets(['dark'])
    expect(told(earlier)).toEqual(
      expect.arrayContaining([
        'Renamed the set light to day',
        'Moved the group space from core to the group space in day',
        'Added the theme New',
        'Put the sets into another order',
      ]),
    )
  })

  it.each(seedsToRun(6))('replayed gives the snapshot of now (seed %i)', (seed) => {
    withSeed(seed, (random) => {
      const document = createTokenDocument(new Y.Doc())
      document.import(generateTokenFile({ tokens: 60, seed, sets: 3 }))
      const earlier = [document.getSnapshot()]
      const names = ['a', 'b', 'a.b', 'b.c', 'x']
      for (let step = 0; step < 80; step++) {
        const sets = document.setNames()
        const place = random.pick(tokenPlaces(document.getSnapshot()))
        const group = place.path.slice(0, -1)
        const acts = [
          () => document.set(random.pick(sets), random.pick(names), { $value: step }),
          () => document.update(place.set, place.path, { $value: step }),
          () => document.remove(place.set, place.path),
          () => document.rename(place.set, place.path, random.pick(names)),
          () => document.rename(place.set, group, random.pick(names)),
          () => document.move(place.set, group, random.pick(sets), `m${step}`),
          () => document.renameSet(random.pick(sets), `s${step}`),
          () => document.reorderSets(random.shuffle(sets)),
          () => document.undo(),
        ]
        try {
          random.pick(acts)()
        } catch (error) {
          // Not every step fits: taken names, missing tokens.
          if (!(error instanceof Error) || error.name !== 'TokenError') throw error
        }
        if (step % 20 === 10) earlier.push(document.getSnapshot())
      }
      for (const snapshot of earlier)
        expect(payloadText(replayChanges(snapshot, document.changesSince(snapshot)))).toBe(
          payloadText(document.getSnapshot()),
        )
    })
  })
})

describe('since any other payload', () => {
  it('compares by names: what was renamed is gone and new', () => {
    const earlier = JSON.parse(sampleText()) as JsonObject
    a.rename('core', 'color.blue', 'color.sea')
    a.update('core', 'color.red', { $value: '#111' })
    expect(told(earlier)).toEqual([
      expect.stringMatching(/^Removed color\.blue in core, which was /),
      'Changed color.red in core from "#f00" to "#111"',
      expect.stringMatching(/^Added color\.sea in core: /),
      'Put the group color in core into another order',
    ])
    const fromOther = createTokenDocument(new Y.Doc())
    fromOther.import(a.toText())
    expect(a.changesSince(fromOther.getSnapshot())).toEqual([])
    expect(a.changesSince(JSON.parse(a.toText()) as JsonObject)).toEqual([])
  })

  it('knows who wrote what is there, also under a name given later', () => {
    b.rename('core', 'color.blue', 'color.sea')
    b.renameSet('core', 'base')
    replicas.sync()
    const earlier = a.toJSON() as JsonObject
    a.update('base', 'color.sea', { $value: '#00e' })
    expect(a.changesSince(earlier)).toMatchObject([
      { set: 'base', path: ['color', 'sea'], field: ['$value'], after: '#00e', who: { name: 'Ana' }, origin: 'local' },
    ])
  })

  it('takes a file without values, and an empty payload', () => {
    const document = createTokenDocument(new Y.Doc())
    document.import('{"core":{"t":{"$value":1}},"$schema":"s"}')
    expect(document.changesSince({ core: { t: { $value: 2 } }, $schema: 's' }).map(describeChange)).toEqual([
      'Changed t in core from 2 to 1',
    ])
    expect(document.changesSince({ values: {} }).map(({ kind }) => kind)).toContain('set')
  })

  it('refuses what is no payload', () => {
    expect(() => a.changesSince({ x: 1 })).toThrow(expect.objectContaining({ code: 'invalid-file' }))
    expect(() => a.changesSince([] as never)).toThrow(expect.objectContaining({ code: 'invalid-file' }))
  })
})
