import { beforeEach, describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import type { TokenDocument } from '../../src/doc/index.ts'
import { namesAt, peek, sampleText } from '../support/generated-tokens-sample.ts'
import { laneFacts, readRoots, structCount, tokenFacts } from '../support/replicas-facts.ts'
import { createReplicas, type Replica, type Replicas } from '../support/replicas.ts'

/** `document-model.md` 2.2 and 6: what a deletion records, where new nodes go, and that a lane stays small. */

let replicas: Replicas
let replicaA: Replica
let replicaB: Replica
let a: TokenDocument
let b: TokenDocument
const step = (ms = 1_000): void => replicas.clock.advance(ms)
const sync = (): void => {
  replicas.sync()
  step()
}
/** `[id, field, text]` of every fact about tokens, in whichever lane. */
const facts = (replica: Replica): string[][] => tokenFacts(replica.ydoc).map(({ fact }) => fact.slice(0, 3).map(String))
const red = '/values/core/color/red'

beforeEach(() => {
  replicas = createReplicas({ count: 2, seed: 21, file: sampleText() })
  replicaA = replicas.all[0]!
  replicaB = replicas.all[1]!
  a = replicaA.document
  b = replicaB.document
})

describe("a deletion's vector", () => {
  const vector = (replica: Replica, id: string): unknown =>
    JSON.parse(laneFacts(replica.ydoc, replica.lane).find((fact) => fact[0] === id && fact[1] === 'x')![2])
  const newest = ({ ydoc, lane }: Replica): number =>
    Math.max(...tokenFacts(ydoc).flatMap((each) => (each.lane === lane ? [each.fact[3]] : [])))

  it('is empty where no lane has a fact at or below', () => {
    a.update('core', 'color.blue', { $value: 'A' })
    step()
    a.remove('core', 'space')
    expect(vector(replicaA, '/values/core/space')).toEqual({})
  })

  it('names the newest time of each lane at or below', () => {
    b.update('core', 'color.red', { $value: 'B' })
    step()
    b.update('core', 'color.brand.dark', { $value: 'B' })
    sync()
    const theirs = newest(replicaB)
    a.update('core', 'color.blue', { $value: 'A' })
    const mine = newest(replicaA)
    step()
    a.remove('core', 'color')
    expect(vector(replicaA, '/values/core/color')).toEqual({ [replicaA.lane]: mine, [replicaB.lane]: theirs })
  })

  it('counts nodes moved in, too', () => {
    b.move('core', 'color.red', 'core', 'space.red')
    sync()
    b.update('core', 'space.red', { $value: 'B' })
    sync()
    a.remove('core', 'space')
    sync()
    expect(b.get('core', 'space')).toBeUndefined()
    expect(vector(replicaA, '/values/core/space')).toEqual({ [replicaB.lane]: newest(replicaB) })
  })

  it('takes in the deletions seen there, also of facts that have not come here', () => {
    const c = replicas.add()
    c.receive(replicaA.encode())
    c.document.update('core', 'color.red', { $value: 'C' })
    const edited = newest(c)
    replicas.sync(replicaA, c)
    const known = Y.encodeStateVector(replicaA.ydoc)
    step()
    a.remove('core', 'color.red')
    b.update('core', 'color.red', { $description: 'B' })
    // Only the deletion comes to b, not what it deletes; b's own edit keeps the token alive there.
    replicaB.receive(Y.encodeStateAsUpdate(replicaA.ydoc, known))
    step()
    b.remove('core', 'color.red')
    expect(vector(replicaB, red)).toMatchObject({ [c.lane]: edited })
    sync()
    for (const { document } of replicas.all) expect(document.get('core', 'color.red')).toBeUndefined()
  })
})

describe('new nodes', () => {
  it('have the id of their birth path, kept over renames', () => {
    a.set('core', 'neu.t', { $value: 1 })
    a.rename('core', 'neu', 'other')
    a.update('core', 'other.t', { $value: 2 })
    expect(facts(replicaA)).toEqual(
      expect.arrayContaining([
        ['/values/core/neu/t', 'c', '{"$value":1}'],
        ['/values/core/neu', 'n', 'other'],
        ['/values/core/neu/t/$value', 'v', '2'],
      ]),
    )
  })

  it('take the next ~:k where an older one was renamed or moved away', () => {
    a.rename('core', 'color.red', 'color.crimson')
    a.set('core', 'color.red', { $value: 'second', $type: 'color' })
    a.rename('core', 'color.red', 'color.rosso')
    a.set('core', 'color.red', { $value: 'third', $type: 'color' })
    const ids = facts(replicaA)
      .filter(([, field]) => field === 'c')
      .map(([id]) => id)
    expect(ids).toEqual([`${red}~:1`, `${red}~:2`])
    expect(namesAt(a.getSnapshot(), 'values/core/color')).toEqual(expect.arrayContaining(['crimson', 'rosso', 'red']))
    expect(peek(a.getSnapshot(), 'values/core/color/red')).toEqual({ $value: 'third', $type: 'color' })
    a.move('core', 'space.m', 'extra', 'm')
    a.set('core', 'space.m', { $value: 'new', $type: 'dimension' })
    expect(peek(a.getSnapshot(), 'values/core/space/m')).toEqual({ $value: 'new', $type: 'dimension' })
    expect(peek(a.getSnapshot(), 'values/extra/m/$value')).toBe('8')
  })

  it('take the id of a deleted one again', () => {
    a.remove('core', 'color.red')
    step()
    a.set('core', 'color.red', { $value: 'again', $type: 'color' })
    expect(
      facts(replicaA)
        .filter(([, field]) => field === 'c')
        .map(([id]) => id),
    ).toEqual([red])
    expect(peek(a.getSnapshot(), 'values/core/color/red')).toEqual({ $value: 'again', $type: 'color' })
  })

  it('stand between their neighbours, also after 300 inserts in one gap', () => {
    for (let i = 0; i < 300; i++) a.set('core', `space.t${i}`, { $value: i, $type: 'number' }, { after: 's' })
    const names = namesAt(a.getSnapshot(), 'values/core/space')
    expect(names).toEqual(['s', ...Array.from({ length: 300 }, (_, i) => `t${299 - i}`), 'm', 'l'])
    const keys = tokenFacts(replicaA.ydoc).flatMap(({ fact }) => (fact[1] === 'c' ? [fact[4]!] : []))
    expect(Math.max(...keys.map((key) => key.length))).toBeLessThanOrEqual(63)
  })

  it('alternately left and right in one gap', () => {
    let last = 's'
    for (let i = 0; i < 200; i++) {
      a.set('core', `space.t${i}`, { $value: i, $type: 'number' }, i % 2 ? { before: last } : { after: last })
      last = `t${i}`
    }
    const names = namesAt(a.getSnapshot(), 'values/core/space')
    expect(new Set(names).size).toBe(203)
    expect(names[0]).toBe('s')
    expect(names.slice(-2)).toEqual(['m', 'l'])
    for (let i = 1; i < 200; i++) {
      const distance = names.indexOf(`t${i}`) - names.indexOf(`t${i - 1}`)
      expect(Math.sign(distance)).toBe(i % 2 ? -1 : 1)
    }
  })

  it('of two people at one place keep their own order', () => {
    for (let i = 0; i < 5; i++) {
      a.set('core', `space.A${i}`, { $value: i }, { after: i ? `A${i - 1}` : 's' })
      b.set('core', `space.B${i}`, { $value: i }, { after: i ? `B${i - 1}` : 's' })
      step(1)
    }
    sync()
    const names = namesAt(a.getSnapshot(), 'values/core/space')
    expect(names.filter((name) => name.startsWith('A'))).toEqual(['A0', 'A1', 'A2', 'A3', 'A4'])
    expect(names.filter((name) => name.startsWith('B'))).toEqual(['B0', 'B1', 'B2', 'B3', 'B4'])
    expect(names).toEqual(namesAt(b.getSnapshot(), 'values/core/space'))
  })
})

describe('size', () => {
  it('stays one fact per edited register, however often it is edited', () => {
    const start = replicaA.encode().length
    for (let i = 0; i < 2_000; i++) {
      a.update('core', i % 2 ? 'color.red' : 'color.blue', { $value: `v${i % 10}` })
      step(1)
    }
    expect(facts(replicaA).length).toBe(2)
    expect(structCount(replicaA.ydoc)).toBeLessThanOrEqual(2 * 4 + 1 + 2)
    expect(replicaA.encode().length - start).toBeLessThan(400)
  })

  it('structs stay within twice the live facts, plus lanes and sessions', () => {
    for (let round = 0; round < 300; round++) {
      const { document } = replicas.all[round % 2]!
      document.update('core', ['color.red', 'color.blue', 'space.m'][round % 3]!, { $value: `v${round}` })
      if (round % 7 === 0) sync()
      step(10)
    }
    sync()
    const live = [...readRoots(replicaA.ydoc).values()].flat().length
    expect(structCount(replicaA.ydoc)).toBeLessThanOrEqual(2 * live + 2 + 3)
  })
})
