import { expect } from 'vitest'
import * as Y from 'yjs'
import { createTokenDocument, type TokenDocument } from '../../src/doc/index.ts'
import { peek, sampleText } from './generated-tokens-sample.ts'
import { createRandom } from './random.ts'
import { putFacts, toFactTime } from './replicas-facts.ts'
import { rethrow } from './replicas.ts'
import { createVirtualClock, testEpoch } from './virtual-clock.ts'

/** A fact and the lane it stands in: `[lane, id, field, text, t, order?]`. Loose, as hostile ones are written, too. */
export type PlacedFact = readonly unknown[]

/** Present time and the time of the sample's seed, in the unit of facts. */
export const factNow: number = toFactTime(testEpoch)
export const seedTime: number = toFactTime(Date.UTC(2026, 0, 1))

const seed = ((): Uint8Array => {
  const document = createTokenDocument(new Y.Doc(), { now: createVirtualClock().now })
  document.import(sampleText())
  return Y.encodeStateAsUpdate(document.ydoc)
})()

/** The sample with these facts put on it, past the interface. */
export function documentOf(
  facts: readonly PlacedFact[],
  options: { readonly incremental?: boolean } = {},
): TokenDocument {
  const ydoc = new Y.Doc()
  Y.applyUpdate(ydoc, seed)
  const open = (): TokenDocument => createTokenDocument(ydoc, { now: () => testEpoch, onError: rethrow })
  const early = options.incremental ? open() : undefined
  for (const [lane, ...fact] of facts) {
    putFacts(ydoc, lane as string, fact)
    early?.getSnapshot()
  }
  return early ?? open()
}

/** The one outcome of these facts, whatever order they come in and whether or not someone reads in between. */
export function readFacts(...facts: readonly PlacedFact[]): TokenDocument {
  const document = documentOf(facts)
  const text = document.toText()
  const random = createRandom(1)
  for (let i = 0; i < 6; i++) {
    const order = i === 0 ? facts : random.shuffle(facts)
    expect(documentOf(order, { incremental: true }).toText()).toBe(text)
  }
  return document
}

/** What a document shows below `values`. */
export function shownAt(document: TokenDocument, pointer: string): unknown {
  return peek(document.getSnapshot(), `values/${pointer}`)
}
