import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { createTokenDocument } from '../../src/doc/index.ts'
import { peek, sampleText } from '../support/generated-tokens-sample.ts'
import { laneFacts, putFacts, readRoots, toFactTime, tokenFacts } from '../support/replicas-facts.ts'
import { createReplicas, type Replica, type Replicas } from '../support/replicas.ts'
import { createVirtualClock, testEpoch } from '../support/virtual-clock.ts'

/** `document-model.md` 2.3: reading consults no clock, writing stamps max(last + 1, now) and repairs the far future. */

const dayMs = 86_400_000
const farthest = Number.MAX_SAFE_INTEGER

function twoReplicas(): { readonly replicas: Replicas; readonly a: Replica; readonly b: Replica } {
  const replicas = createReplicas({ count: 2, seed: 11, file: sampleText() })
  return { replicas, a: replicas.all[0]!, b: replicas.all[1]! }
}

const at = ({ document }: Replica, pointer: string): unknown => peek(document.getSnapshot(), `values/${pointer}`)

describe('stamps', () => {
  it('count in 1/1024 ms since 1970', () => {
    const { a, replicas } = twoReplicas()
    a.document.update('core', 'color.red', { $value: 'A' })
    const edit = laneFacts(a.ydoc, a.lane).find(([id]) => id === '/values/core/color/red/$value')
    expect(edit?.[3]).toBe(toFactTime(replicas.clock.now()))
  })

  it('are one per transaction', () => {
    const { a } = twoReplicas()
    a.document.transact(() => {
      a.document.update('core', 'color.red', { $value: 'A', $description: 'B' })
      a.document.rename('core', 'color.blue', 'color.b2')
      a.document.remove('core', 'space')
    })
    const times = tokenFacts(a.ydoc).map(({ fact }) => fact[3])
    expect(times.length).toBe(4)
    expect(new Set(times).size).toBe(1)
  })

  it('grow also while the clock stands still or steps back', () => {
    const { a, replicas } = twoReplicas()
    const times: number[] = []
    for (const ms of [0, 0, -60_000, -dayMs / 2, 0]) {
      replicas.clock.jumpTo(replicas.clock.now() + ms)
      a.document.update('core', 'color.red', { $value: `at ${times.length}` })
      times.push(laneFacts(a.ydoc, a.lane).find(([id]) => id === '/values/core/color/red/$value')![3])
      expect(at(a, 'core/color/red/$value')).toBe(`at ${times.length - 1}`)
    }
    expect(times).toEqual([...new Set(times)].toSorted((x, y) => x - y))
  })

  it('pass every fact seen, so that who has seen a value can replace it', () => {
    const { a, b, replicas } = twoReplicas()
    b.skewMs = 10 * 60_000
    b.document.update('light', 'fg', { $value: 'B' })
    replicas.sync()
    replicas.clock.advance(1_000)
    a.document.update('light', 'fg', { $value: 'A' })
    replicas.sync()
    expect(at(b, 'light/fg/$value')).toBe('A')
    expect(tokenFacts(b.ydoc).map(({ fact }) => fact[2])).toEqual(['"A"'])
  })

  it('pass the seed, also one that was saved later than this clock shows', () => {
    const clock = createVirtualClock(Date.UTC(2020, 0, 1))
    const [a, b] = createReplicas({ count: 2, seed: 1, clock }).all
    b!.skewMs = Date.UTC(2026, 0, 2) - Date.UTC(2020, 0, 1)
    b!.document.import(sampleText())
    a!.receive(b!.encode())
    a!.document.update('core', 'color.red', { $value: 'A' })
    expect(at(a!, 'core/color/red/$value')).toBe('A')
  })
})

describe('reading', () => {
  it('gives the same whatever the clock shows', () => {
    const { a, b, replicas } = twoReplicas()
    b.skewMs = 5 * dayMs
    b.document.update('core', 'color.red', { $value: 'B' })
    b.document.remove('core', 'space.m')
    a.document.update('core', 'color.red', { $value: 'A' })
    a.document.update('core', 'space.m', { $value: 'A' })
    replicas.sync()
    const text = a.document.toText()
    for (const now of [0, testEpoch - 400 * dayMs, testEpoch + 4_000 * dayMs, Number.MAX_SAFE_INTEGER]) {
      const ydoc = new Y.Doc()
      Y.applyUpdate(ydoc, a.encode())
      expect(createTokenDocument(ydoc, { now: () => now }).toText()).toBe(text)
    }
    expect(b.document.toText()).toBe(text)
  })

  it('files saved before 1970 or without a date still rank', () => {
    const undated = sampleText({ '$metadata/updatedAt': undefined, 'values/core/color/red/$value': 'undated' })
    const old = sampleText({
      '$metadata/updatedAt': '2001-02-03T04:05:06.000Z',
      'values/core/color/red/$value': 'old',
    })
    const newer = sampleText({
      '$metadata/updatedAt': '2003-02-03T04:05:06.000Z',
      'values/core/color/red/$value': 'newer',
    })
    const replicas = createReplicas({ count: 3, seed: 1 })
    for (const [i, file] of [newer, undated, old].entries()) replicas.all[i]!.document.import(file)
    replicas.sync()
    for (const replica of replicas.all) expect(at(replica, 'core/color/red/$value')).toBe('newer')
  })
})

describe('a fact of the far future', () => {
  const evil = (replica: Replica, ...fact: readonly unknown[]): void => putFacts(replica.ydoc, 'evilevil', fact)

  it('counts as stamped', () => {
    const { a, b, replicas } = twoReplicas()
    evil(a, '/values/core/color/red/$value', 'v', '"evil"', farthest)
    replicas.sync()
    expect(at(b, 'core/color/red/$value')).toBe('evil')
  })

  it('in the written register is erased, and does not drag the clock along', () => {
    const { a, b, replicas } = twoReplicas()
    evil(a, '/values/core/color/red/$value', 'v', '"evil"', farthest)
    replicas.sync()
    b.document.update('core', 'color.red', { $value: 'B' })
    replicas.sync()
    expect(at(a, 'core/color/red/$value')).toBe('B')
    expect(a.document.toText()).toBe(b.document.toText())
    for (const { fact } of tokenFacts(b.ydoc)) expect(fact[3]).toBeLessThan(toFactTime(replicas.clock.now() + 10_000))
  })

  it('above the written node is issued again just before', () => {
    const { a, b, replicas } = twoReplicas()
    evil(a, '/values/core/color/red', 'v', '{"$value":"evil","$type":"color","extra":1}', farthest)
    replicas.sync()
    b.document.update('core', 'color.red', { $value: 'B' })
    replicas.sync()
    expect(at(a, 'core/color/red')).toEqual({ $value: 'B', $type: 'color', extra: 1 })
    expect(a.document.toText()).toBe(b.document.toText())
  })

  it('that creates can be edited and deleted', () => {
    const { a, b, replicas } = twoReplicas()
    evil(a, '/values/core/color/neu', 'c', '{"$value":"evil","$type":"color"}', farthest, 'b00')
    replicas.sync()
    b.document.update('core', 'color.neu', { $value: 'B' })
    replicas.sync()
    expect(at(a, 'core/color/neu/$value')).toBe('B')
    b.document.remove('core', 'color.neu')
    replicas.sync()
    expect(at(a, 'core/color/neu')).toBeUndefined()
  })

  it('that creates can be deleted at once, alone or with its group', () => {
    for (const path of ['color.neu', 'color']) {
      const { a, b, replicas } = twoReplicas()
      evil(a, '/values/core/color/neu', 'c', '{"$value":"evil","$type":"color"}', farthest, 'b00')
      replicas.sync()
      b.document.remove('core', path)
      replicas.sync()
      expect(at(a, path === 'color' ? 'core/color' : 'core/color/neu')).toBeUndefined()
      expect(a.document.toText()).toBe(b.document.toText())
    }
  })

  it('that deletes hinders no re-creation, at the node or above it', () => {
    for (const id of ['/values/core/color/red', '/values/core/color']) {
      const { a, b, replicas } = twoReplicas()
      const vector = JSON.stringify({ [a.lane]: farthest, [b.lane]: farthest })
      evil(a, id, 'x', vector, farthest)
      replicas.sync()
      expect(at(b, 'core/color/red')).toBeUndefined()
      b.document.set('core', 'color.red', { $value: 'again', $type: 'color' })
      replicas.sync()
      expect(at(a, 'core/color/red')).toMatchObject({ $value: 'again', $type: 'color' })
      expect(a.document.toText()).toBe(b.document.toText())
    }
  })

  it('that names or moves can be answered', () => {
    const { a, b, replicas } = twoReplicas()
    evil(a, '/values/core/color/red', 'n', 'evilname', farthest)
    evil(a, '/values/core/color/blue', 'p', '/values/core/space', farthest, 'a0')
    replicas.sync()
    expect(at(b, 'core/color/evilname')).toBeDefined()
    b.document.rename('core', 'color.evilname', 'color.red')
    b.document.move('core', 'space.blue', 'core', 'color.blue')
    replicas.sync()
    expect(at(a, 'core/color/red/$value')).toBe('#f00')
    expect(at(a, 'core/color/blue/$value')).toBe('#00f')
    expect(a.document.toText()).toBe(b.document.toText())
  })

  it("of one's own lane is issued again on opening, in the old order", () => {
    const { a, b, replicas } = twoReplicas()
    b.skewMs = 400 * dayMs
    b.document.update('light', 'fg', { $value: 'first' })
    replicas.clock.advance(1_000)
    b.document.update('dark', 'bg', { $value: 'second' })
    b.skewMs = 0
    replicas.sync()
    expect(at(a, 'light/fg/$value')).toBe('first')
    b.restart()
    replicas.sync()
    const limit = toFactTime(replicas.clock.now() + dayMs)
    for (const { fact } of tokenFacts(a.ydoc)) expect(fact[3]).toBeLessThanOrEqual(limit)
    expect(at(a, 'light/fg/$value')).toBe('first')
    expect(at(a, 'dark/bg/$value')).toBe('second')
    const time = (id: string): number => tokenFacts(a.ydoc).find(({ fact }) => fact[0] === id)!.fact[3]
    expect(time('/values/light/fg/$value')).toBeLessThan(time('/values/dark/bg/$value'))
    a.document.update('light', 'fg', { $value: 'A' })
    replicas.sync()
    expect(at(b, 'light/fg/$value')).toBe('A')
  })

  it('of a teammate whose clock was wrong can be overwritten by everybody', () => {
    const { a, b, replicas } = twoReplicas()
    b.skewMs = 400 * dayMs
    b.document.update('light', 'fg', { $value: 'B' })
    replicas.sync()
    replicas.clock.advance(1_000)
    a.document.update('light', 'fg', { $value: 'A' })
    replicas.sync()
    expect(at(b, 'light/fg/$value')).toBe('A')
    expect(a.document.toText()).toBe(b.document.toText())
  })

  it('leaves every later edit of everybody valid', () => {
    const { a, b, replicas } = twoReplicas()
    evil(a, '/values/light/fg/$value', 'v', '"evil"', farthest)
    replicas.sync()
    for (const replica of [a, b]) {
      replica.document.update('core', 'color.red', { $value: replica.name })
      replica.document.update('light', 'fg', { $value: replica.name })
      replicas.sync()
      expect(at(a, 'core/color/red/$value')).toBe(replica.name)
      expect(at(b, 'light/fg/$value')).toBe(replica.name)
    }
  })
})

describe('a clock that is put right by days within a session', () => {
  const ahead = (): ReturnType<typeof twoReplicas> => {
    const all = twoReplicas()
    all.a.skewMs = 4 * dayMs
    all.a.document.update('core', 'color.red', { $value: 'ahead' })
    all.a.document.update('core', 'space.m', { $value: 'ahead' })
    all.a.skewMs = 0
    all.replicas.sync()
    return all
  }

  it('stamps at the present time again', () => {
    const { a, b, replicas } = ahead()
    a.document.update('core', 'color.blue', { $value: 'now' })
    const blue = laneFacts(a.ydoc, a.lane).find(([id]) => id === '/values/core/color/blue/$value')
    expect(blue![3]).toBeLessThanOrEqual(toFactTime(replicas.clock.now() + dayMs))
    replicas.sync()
    b.document.update('core', 'color.blue', { $value: 'B' })
    replicas.sync()
    expect(at(a, 'core/color/blue/$value')).toBe('B')
  })

  it('outdoes what it wrote ahead', () => {
    const { a, b, replicas } = ahead()
    a.document.update('core', 'color.red', { $value: 'now' })
    a.document.remove('core', 'space.m')
    replicas.sync()
    expect(at(b, 'core/color/red/$value')).toBe('now')
    expect(at(b, 'core/space/m')).toBeUndefined()
    expect(b.document.toText()).toBe(a.document.toText())
    const limit = toFactTime(replicas.clock.now() + dayMs)
    for (const { fact } of tokenFacts(a.ydoc)) expect(fact[3]).toBeLessThanOrEqual(limit)
  })

  it('rolls an action back that repaired', () => {
    const { a } = ahead()
    const before = a.encode()
    const text = a.document.toText()
    expect(() =>
      a.document.transact(() => {
        a.document.remove('core', 'space')
        a.document.update('core', 'color.red', { $value: 'now' })
        a.document.update('core', 'color.red', { $value: 'again' })
        a.document.removeSet('nope')
      }),
    ).toThrow(expect.objectContaining({ code: 'not-found' }))
    expect(a.encode()).toEqual(before)
    expect(a.document.toText()).toBe(text)
  })
})

describe('a file of the future', () => {
  it('counts as of now, so that later edits rank above it', () => {
    const replicas = createReplicas({ count: 1, seed: 1 })
    const a = replicas.all[0]!
    a.document.import(sampleText({ '$metadata/updatedAt': '2099-01-01T00:00:00.000Z' }))
    const [seed] = [...readRoots(a.ydoc).keys()].filter((name) => name.startsWith('v1/seed/'))
    expect(Number.parseInt(seed!.split('/')[2]!, 36)).toBe(toFactTime(replicas.clock.now()))
    a.document.update('core', 'color.red', { $value: 'A' })
    expect(at(a, 'core/color/red/$value')).toBe('A')
    expect(peek(a.document.getSnapshot(), '$metadata/updatedAt')).toBe('2099-01-01T00:00:00.000Z')
  })
})
