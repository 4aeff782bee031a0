import { beforeEach, describe, expect, it, vi } from 'vitest'
import * as Y from 'yjs'
import { type FactAccess, factAccessOf } from '../../../src/doc/fact-access.ts'
import type { TokenDocument } from '../../../src/doc/index.ts'
import { createTokenDocument } from '../../../src/doc/index.ts'
import { peek, sampleText } from '../../support/generated-tokens-sample.ts'
import { laneFacts, putFacts, readRoots, toFactTime } from '../../support/replicas-facts.ts'
import { createReplicas, type Replica, type Replicas } from '../../support/replicas.ts'

/** The document below the token interface, as the bridge uses it. */

let replicas: Replicas
let replicaA: Replica
let replicaB: Replica
let a: TokenDocument
let b: TokenDocument
let access: FactAccess
const red = '/values/core/color/red'
const binLane = 'bin0123456789abc'
const now = (): number => toFactTime(replicas.clock.now())

beforeEach(() => {
  replicas = createReplicas({ count: 2, seed: 3, file: sampleText() })
  replicaA = replicas.all[0]!
  replicaB = replicas.all[1]!
  a = replicaA.document
  b = replicaB.document
  access = factAccessOf(a)
})

it('is given for documents of this package only', () => {
  expect(() => factAccessOf({ ...a })).toThrow('not made by createTokenDocument')
})

describe('names and ids', () => {
  it('follow renames and moves', () => {
    a.rename('core', 'color.red', 'color.crimson')
    a.move('core', 'space.m', 'light', 'mm')
    a.renameSet('light', 'day')
    expect(access.childOf('/values/core/color', 'crimson')).toBe(red)
    expect(access.childOf('/values/core/color', 'red')).toBeUndefined()
    expect(access.childOf('/values', 'day')).toBe('/values/light')
    expect(access.childOf('/values/light', 'mm')).toBe('/values/core/space/m')
    expect(access.pathOf(red)).toEqual({ set: 'core', path: ['color', 'crimson'] })
    expect(access.pathOf('/values/core/space/m')).toEqual({ set: 'day', path: ['mm'] })
    expect(access.pathOf('/values/light')).toEqual({ set: 'day', path: [] })
  })

  it('are none for what does not live, is a field, or is no part of a set', () => {
    a.remove('core', 'color.red')
    for (const id of [
      red,
      `${red}/$value`,
      '/values/core/color/blue/$value',
      '/$themes/th1',
      '/values',
      '',
      '/nowhere',
    ])
      expect(access.pathOf(id)).toBeUndefined()
    expect(access.childOf(red, '$value')).toBeUndefined()
  })

  it('of themes and array entries are their segments', () => {
    expect(access.childOf('/$themes', 'th2')).toBe('/$themes/th2')
    expect(access.childOf('/values/core/shadow/md/$value', '1')).toBe('/values/core/shadow/md/$value/1')
    expect(access.childOf('/$themes/th1/selectedTokenSets', 'light')).toBe('/$themes/th1/selectedTokenSets/light')
  })

  it('in a file without values have their sets at the top', () => {
    const other = createTokenDocument()
    other.import('{"core":{"a":{"$value":1}},"$metadata":{"tokenSetOrder":["core"]}}')
    const it = factAccessOf(other)
    expect(it.setsId).toBe('')
    expect(it.childOf('', 'core')).toBe('/core')
    expect(it.pathOf('/core/a')).toEqual({ set: 'core', path: ['a'] })
    expect(access.setsId).toBe('/values')
  })
})

describe('places and values', () => {
  it('order keys are those that decide', () => {
    expect(access.orderKeyOf(red)).toBe('a2')
    a.set('core', 'color.mid', { $value: 1 }, { after: 'red' })
    const key = access.orderKeyOf('/values/core/color/mid') as string
    expect(key > 'a2' && key < 'a3').toBe(true)
    a.reorder('core', 'color.red', { before: 'blue' })
    a.reorder('core', 'color.red', { after: 'blue' })
    expect(access.orderKeyOf(red)! > 'a3').toBe(true)
    putFacts(replicaA.ydoc, 'somebody', ['/values/core/color/zz', 'v', '{"$value":1}', now()])
    expect(access.orderKeyOf('/values/core/color/zz')).toBeUndefined()
    expect(access.orderKeyOf('/values/nobody')).toBeUndefined()
  })

  it('values are what lives now', () => {
    a.update('core', 'color.red', { $value: 'A' })
    expect(access.valueOf(`${red}/$value`)).toBe('A')
    expect(access.valueOf(red)).toEqual({ $value: 'A', $type: 'color', $description: 'brand red' })
    a.remove('core', 'color.red')
    expect(access.valueOf(red)).toBeUndefined()
  })

  it('layer texts are everything that stands in a register, what lost included', () => {
    a.update('core', 'color.red', { $value: 'A' })
    b.update('core', 'color.red', { $value: 'B' })
    replicas.sync()
    expect([...access.layerTexts(`${red}/$value`)].toSorted()).toEqual(['"#f00"', '"A"', '"B"'])
    expect(access.layerTexts(red)).toEqual([])
    a.set('core', 'color.nu', { $value: [1], $type: 'x' })
    expect(access.layerTexts('/values/core/color/nu/$value')).toEqual(['[1]'])
    expect(access.layerTexts('/values/nobody')).toEqual([])
  })
})

describe('facts', () => {
  it('at a node are those that count', () => {
    a.update('core', 'color.red', { $value: 'A' })
    putFacts(replicaA.ydoc, 'somebody', [`${red}/$value`, 'v', '{broken', now()])
    expect(access.factsAt(`${red}/$value`).map(({ text, lane }) => [text, lane])).toEqual([['"A"', replicaA.lane]])
    expect(access.factsAt('/values/nobody')).toEqual([])
  })

  it('below a node come with those of nodes that moved in', () => {
    a.update('core', 'color.red', { $value: 'A' })
    a.move('core', 'color.red', 'core', 'space.red')
    const ids = [...access.factsBelow('/values/core/space')].map(({ id, field }) => `${id} ${field}`)
    expect(ids.toSorted()).toEqual([`${red} p`, `${red}/$value v`])
    expect([...access.factsBelow('/values/core/color')]).toEqual([])
  })

  it('give the newest time of each lane, and the greatest of all that is not far in the future', () => {
    const seedTime = toFactTime(Date.UTC(2026, 0, 1))
    expect(factAccessOf(b).vectors()).toEqual({ vv: {}, top: seedTime })
    a.update('core', 'color.red', { $value: 'A' })
    putFacts(replicaA.ydoc, 'evilevil', [`${red}/$type`, 'v', '"x"', Number.MAX_SAFE_INTEGER])
    expect(access.vectors()).toEqual({ vv: { [replicaA.lane]: now(), evilevil: Number.MAX_SAFE_INTEGER }, top: now() })
    expect(Object.keys(access.vectors().vv)).toEqual(Object.keys(access.vectors().vv).toSorted())
  })

  it('that count for nothing are counted', () => {
    putFacts(replicaA.ydoc, 'somebody', ['no slash', 'v', '1', 1], ['/values/x', 'zz', '1', 1])
    expect(access.ignoredEntries).toBe(2)
  })
})

describe('state vectors', () => {
  it('say what a replica holds', () => {
    b.update('core', 'color.red', { $value: 'B' })
    const theirs = factAccessOf(b).stateVector()
    expect(access.covers(theirs)).toBe(false)
    replicas.sync()
    expect(access.covers(theirs)).toBe(true)
    expect(access.covers(access.stateVector())).toBe(true)
    expect(access.covers(new Uint8Array([255, 255, 255]))).toBe(false)
  })
})

describe('a lane of the bridge', () => {
  const base = toFactTime(Date.UTC(2026, 0, 1))
  const facts = [
    [`${red}/$value`, 'v', '"BIN"', base + 1],
    ['/values/core/color/zed', 'c', '{"$value":"Z"}', base + 1, 'a5VV'],
  ] as const

  it('is written verbatim, in one transaction of origin bridge, and only once', () => {
    const origins: unknown[] = []
    let updates = 0
    replicaA.ydoc.on('update', () => updates++)
    a.subscribe((changes) => origins.push(...changes.map((change) => [change.origin, change.who.lane])))
    expect(access.laneExists(binLane)).toBe(false)
    expect(replicaA.ydoc.share.has(`v1/lane/${binLane}`)).toBe(false)
    expect(access.putLane(binLane, facts, () => true)).toBe(true)
    expect(laneFacts(replicaA.ydoc, binLane)).toEqual(facts)
    expect(updates).toBe(1)
    expect(new Set(origins.map(String))).toEqual(new Set([`bridge,${binLane}`]))
    expect(access.laneExists(binLane)).toBe(true)
    expect(access.putLane(binLane, facts, () => true)).toBe(false)
    expect(updates).toBe(1)
    expect(peek(a.getSnapshot(), 'values/core/color/red/$value')).toBe('BIN')
    expect(a.canUndo).toBe(false)
  })

  it('erases what it is told to, of the same registers only', () => {
    b.update('core', 'color.red', { $value: 'B', $description: 'B' })
    replicas.sync()
    const asked: string[] = []
    access.putLane(binLane, [[`${red}/$value`, 'v', '"BIN"', now() + 1]], (fact) => {
      asked.push(fact.text)
      return fact.lane === replicaB.lane
    })
    expect(asked).toEqual(['"B"'])
    expect(laneFacts(replicaA.ydoc, replicaB.lane).map(([id]) => id)).not.toContain(`${red}/$value`)
    expect(peek(a.getSnapshot(), 'values/core/color/red')).toMatchObject({ $value: 'BIN', $description: 'B' })
  })

  it('exists also when all its facts have been erased', () => {
    access.putLane(binLane, facts.slice(0, 1), () => true)
    replicas.clock.advance(1_000)
    a.update('core', 'color.red', { $value: 'A' })
    expect(laneFacts(replicaA.ydoc, binLane)).toEqual([])
    expect(access.laneExists(binLane)).toBe(true)
    replicas.sync()
    expect(factAccessOf(b).laneExists(binLane)).toBe(true)
  })

  it('is refused where nothing may be written', () => {
    a.setReadOnly('you are a reader here')
    expect(() => access.putLane(binLane, facts, () => true)).toThrow(expect.objectContaining({ code: 'read-only' }))
    expect(access.laneExists(binLane)).toBe(false)
  })
})

describe('registers', () => {
  it('are read by the newest fact alone, null included', () => {
    access.setRegister('/~y/bins/1', { name: 'Brand' })
    replicas.clock.advance(1_000)
    replicas.sync()
    factAccessOf(b).setRegister('/~y/bins/1', null)
    factAccessOf(b).setRegister('/~y/bins/2', { name: 'Other' })
    replicas.sync()
    expect(access.register('/~y/bins/1')).toBeNull()
    expect(access.register('/~y/bins/3')).toBeUndefined()
    expect([...access.registersBelow('/~y/bins/')].toSorted()).toEqual([
      ['/~y/bins/1', null],
      ['/~y/bins/2', { name: 'Other' }],
    ])
  })

  it('hold what was not overwritten, nothing else', () => {
    for (const name of ['A', 'B', 'C']) {
      access.setRegister('/~y/bins/1', { name })
      replicas.clock.advance(1_000)
    }
    const asked: string[] = []
    access.putLane(binLane, [['/~y/bins/1', 'v', '{"name":"D"}', now()]], (fact) => {
      asked.push(fact.text)
      return true
    })
    expect(asked).toEqual(['{"name":"C"}'])
  })

  it('tell who listens, and are no step of undo', () => {
    const listener = vi.fn<() => void>()
    const stop = access.onRegisterChange(listener)
    access.setRegister('/~y/applied', { bin: '1', link: 'x' })
    expect(listener).toHaveBeenCalledTimes(1)
    expect(a.canUndo).toBe(false)
    access.setRegister('/~y/applied', { bin: '1', link: 'x' })
    expect(listener).toHaveBeenCalledTimes(1)
    stop()
    access.setRegister('/~y/applied', { bin: '2', link: 'y' })
    expect(listener).toHaveBeenCalledTimes(1)
    expect(() => access.setRegister('/values/x', 1)).toThrow(expect.objectContaining({ code: 'invalid-name' }))
  })

  it('of a token are none', () => {
    putFacts(replicaA.ydoc, 'somebody', ['/~y', 'v', '{"a":1}', now()], ['/~y/x', 'c', '{"$value":1}', now()])
    expect(a.toText()).toBe(b.toText())
  })
})

describe('seeds', () => {
  const seedNames = (replica: Replica): string[] =>
    [...readRoots(replica.ydoc).keys()].filter((root) => root.startsWith('v1/seed/'))

  it('that are whole are named, and copied for who lacks them, once', () => {
    const [name] = access.wholeSeeds()
    expect(seedNames(replicaA)).toEqual([name])
    const lacking = createTokenDocument(new Y.Doc(), { now: replicas.clock.now })
    expect(factAccessOf(lacking).copySeed(name!)).toBe(false)
    expect(access.copySeed(name!)).toBe(true)
    expect(access.copySeed(name!)).toBe(false)
    expect(seedNames(replicaA)).toEqual([name, `${name}/${replicaA.lane}`])
    expect(a.toText()).toBe(sampleText())
  })

  it('of which somebody erased a part are healed by the next who writes', () => {
    const name = seedNames(replicaA)[0]!
    replicaB.ydoc.getArray(name).delete(1, 2)
    replicas.sync()
    expect(a.state).toBe('partial')
    replicas.clock.advance(1_000)
    a.setTheme({ id: 'th1', name: 'Day' })
    replicas.sync()
    for (const document of [a, b]) {
      expect(document.state).toBe('whole')
      expect(document.toText()).toBe(sampleText({ '$themes/0/name': 'Day' }))
    }
  })
})
