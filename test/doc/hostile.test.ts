import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { createTokenDocument, type TokenDocument } from '../../src/doc/index.ts'
import { fuzzDocument } from '../support/fuzz-document.ts'
import { sampleText } from '../support/generated-tokens-sample.ts'
import { createRandom, seedsToRun, withSeed } from '../support/random.ts'
import { putFacts } from '../support/replicas-facts.ts'
import { rethrow } from '../support/replicas.ts'
import { testEpoch } from '../support/virtual-clock.ts'

/**
 * `document-model.md` I5: whatever stands in the document, no read or edit path throws, pollutes or runs away. The same cases by
 * the million: `npm run fuzz -- document --cases 1000000`.
 */

const cases = 2_500
const safe = { $value: 'untouched', $type: 'other' }
const healthy = ((): Uint8Array => {
  const document = open(new Y.Doc(), 'aaaaaaaa')
  document.import(sampleText({ 'values/safe': { t: safe } }))
  return Y.encodeStateAsUpdate(document.ydoc)
})()

function open(ydoc: Y.Doc, lane: string): TokenDocument {
  return createTokenDocument(ydoc, { lane, now: () => testEpoch, random: createRandom(1).next, onError: rethrow })
}

function healthyDocument(): TokenDocument {
  const ydoc = new Y.Doc()
  Y.applyUpdate(ydoc, healthy)
  return open(ydoc, 'bbbbbbbb')
}

function readAll(document: TokenDocument): void {
  document.getSnapshot()
  document.toText()
  JSON.stringify(document.conflicts)
  for (const set of document.setNames()) document.outline(set)
}

describe('hostile content', () => {
  it(`${cases} cases: nothing throws, nothing is polluted, healthy tokens stay readable and editable`, () => {
    const seeds = seedsToRun(cases)
    const outcomes = seeds.map((seed) => withSeed(seed, () => fuzzDocument(seed)))
    // Attacks that never reach the view would prove nothing; a single replayed seed may be one.
    const reached = outcomes.filter((outcome) => outcome.reached).length
    expect(reached).toBeGreaterThan(0.3 * (seeds.length - 1))
    for (const kind of ['facts', 'bytes', 'files'])
      if (seeds.length > 1)
        expect(outcomes.filter((outcome) => outcome.kind === kind && outcome.reached)).not.toEqual([])
    if (seeds.length > 1) expect(outcomes.some(({ ignored }) => ignored > 0)).toBe(true)
  }, 120_000)

  it('facts by the thousand in one place take no more than linear time', () => {
    const time = (count: number): number => {
      const document = healthyDocument()
      const facts = Array.from({ length: count }, (_, i) => [`/values/core/color/n${i}`, 'c', '{"$value":1}', i, 'a0'])
      const moves = Array.from({ length: count }, (_, i) => [
        `/values/core/color/n${i}`,
        'p',
        `/values/core/color/n${(i * 7) % count}`,
        i,
        'a0',
      ])
      const startedAt = process.cpuUsage()
      putFacts(document.ydoc, 'evilevil', ...facts, ...moves)
      document.toText()
      return process.cpuUsage(startedAt).user / 1000
    }
    time(100)
    const small = Math.max(1, time(500))
    expect(time(5_000) / small).toBeLessThan(100)
  })

  it('a chain of groups moved into each other ends', () => {
    const document = healthyDocument()
    const count = 400
    const facts: unknown[][] = []
    for (let i = 0; i < count; i++) {
      facts.push([`/values/light/g${i}`, 'c', '{}', i + 1, 'a0'])
      facts.push([`/values/light/g${i}`, 'p', `/values/light/g${(i + 1) % count}`, i + 1, 'a0'])
    }
    facts.push(['/values/light/g0/t', 'c', '{"$value":1}', 1, 'a0'])
    putFacts(document.ydoc, 'evilevil', ...facts)
    readAll(document)
    expect(document.get('safe', 't')).toEqual(safe)
  })

  it('moves that nest deeper than a document may be do not run away', () => {
    const document = healthyDocument()
    const deep = '/a'.repeat(250)
    const facts: unknown[][] = []
    for (let i = 0; i < 40; i++) {
      facts.push([`/values/light/d${i}${deep}`, 'c', '{"x":{"$value":1}}', i + 1, 'a0'])
      if (i > 0) facts.push([`/values/light/d${i}`, 'p', `/values/light/d${i - 1}${deep}`, i + 1, 'a0'])
    }
    putFacts(document.ydoc, 'evilevil', ...facts)
    readAll(document)
    expect(document.get('safe', 't')).toEqual(safe)
    document.update('safe', 't', { $value: 'AFTER' })
    expect(document.get('safe', 't')).toEqual({ ...safe, $value: 'AFTER' })
  })
})
