import * as Y from 'yjs'
import { createTokenDocument, type TokenDocument } from '../src/doc/index.ts'
import { generateTokenFile, tokenPlaces, type TokenPlace } from '../test/support/generated-tokens.ts'
import { createRandom } from '../test/support/random.ts'
import { comparePeers } from './compare-peers.ts'
import { measureGrowth } from './document-growth.ts'
import {
  type AreaOptions,
  collectGarbage,
  heldAt,
  median,
  type Measurement,
  type Printed,
  timed,
} from './measurement.ts'
import { createNestedMap } from './rivals/nested-map.ts'

/** The budgets `document.*`. Ours and the rival take turns, so that a busy machine slows both. */
export async function* measureDocument({ peers }: AreaOptions): AsyncIterable<Measurement | Printed> {
  for (const [size, tokens, rounds] of [
    ['10k', 10_000, 15],
    ['100k', 100_000, 5],
  ] as const) {
    const file = generateTokenFile({ tokens })
    yield* measureImport(size, file, rounds)
    if (size === '10k') yield measureState(file)
    yield* measureLoad(size, file, rounds)
  }
  yield* measureRemote()
  yield* measureEdit()
  yield* measureGrowth()
  if (peers) yield* comparePeers()
}

function* measureImport(size: string, file: string, rounds: number): Iterable<Measurement> {
  const ours: number[] = []
  const theirs: number[] = []
  const filled: number[] = []
  // Two rounds to warm up.
  for (let round = -2; round < rounds; round++) {
    collectGarbage()
    const rivalMs = timed(() => createNestedMap().import(file)).ms
    collectGarbage()
    const fillMs = timed(() => createNestedMap().fill(file)).ms
    collectGarbage()
    const { ms } = timed(() => createTokenDocument(new Y.Doc()).import(file))
    if (round < 0) continue
    theirs.push(rivalMs)
    filled.push(fillMs)
    ours.push(ms)
  }
  yield {
    id: `document.import.${size}`,
    value: median(theirs) / median(ours),
    unit: '×',
    budget: '>= 8',
    note: `${milliseconds(ours)}, nested Y.Map, same bytes everywhere ${milliseconds(theirs)}`,
  }
  yield {
    id: `document.import.${size}.fill`,
    value: median(filled) / median(ours),
    unit: '×',
    budget: null,
    note: `nested Y.Map filled in place, other bytes on each device: ${milliseconds(filled)}`,
  }
}

function measureState(file: string): Measurement {
  const state = encoded(file).length
  return {
    id: 'document.state',
    value: state / new TextEncoder().encode(file).length,
    unit: '×',
    budget: '<= 1.1',
    note: `${(state / 1000).toFixed(0)} kB of state for the minified JSON`,
  }
}

function* measureLoad(size: string, file: string, rounds: number): Iterable<Measurement> {
  const state = encoded(file)
  const source = createNestedMap()
  source.fill(file)
  const nestedState = Y.encodeStateAsUpdate(source.ydoc)
  const ours: number[] = []
  const theirs: number[] = []
  for (let round = -2; round < rounds; round++) {
    collectGarbage()
    const rivalMs = timed(() => {
      const ydoc = new Y.Doc()
      Y.applyUpdate(ydoc, nestedState)
      return createNestedMap(ydoc).toJSON()
    }).ms
    collectGarbage()
    const { ms } = timed(() => {
      const document = createTokenDocument(new Y.Doc())
      Y.applyUpdate(document.ydoc, state)
      return document.getSnapshot()
    })
    if (round < 0) continue
    theirs.push(rivalMs)
    ours.push(ms)
  }
  yield {
    id: `document.load.${size}`,
    value: median(theirs) / median(ours),
    unit: '×',
    budget: '>= 5',
    note: `state to first JSON ${milliseconds(ours)}, nested Y.Map ${milliseconds(theirs)}`,
  }
}

function* measureRemote(): Iterable<Measurement> {
  const small = remoteEdit(1_000)
  const large = remoteEdit(100_000)
  yield {
    id: 'document.remote.100k',
    value: large,
    unit: 'ms',
    budget: '<= 0.5',
    note: 'one remote edit to the next snapshot, 100,000 tokens',
  }
  yield {
    id: 'document.remote.100k.growth',
    value: large / small,
    unit: '×',
    budget: '<= 2',
    note: `the same ÷ ${small.toFixed(3)} ms at 1,000 tokens`,
  }
}

/** Median time from an arriving update to the next snapshot. */
function remoteEdit(tokens: number): number {
  const state = encoded(generateTokenFile({ tokens }))
  const [from, to] = [replicaOf(state), replicaOf(state)]
  const places = tokenPlaces(from.getSnapshot())
  to.getSnapshot()
  const random = createRandom(7)
  const times: number[] = []
  for (let i = -20; i < 200; i++) {
    const { set, path } = random.pick(places)
    const vector = Y.encodeStateVector(from.ydoc)
    from.update(set, path, { $value: `#${(i + 100).toString(16).padStart(6, '0')}` })
    const update = Y.encodeStateAsUpdate(from.ydoc, vector)
    const { ms } = timed(() => {
      Y.applyUpdate(to.ydoc, update)
      return to.getSnapshot()
    })
    if (i >= 0) times.push(ms)
  }
  return median(times)
}

function* measureEdit(): Iterable<Measurement> {
  const file = generateTokenFile({ tokens: 10_000 })
  const document = createTokenDocument(new Y.Doc())
  document.import(file)
  const places = tokenPlaces(document.getSnapshot()).filter((place) => typeof valueAt(document, place) === 'string')
  const nested = createNestedMap()
  nested.fill(file)
  const random = createRandom(5)
  const ours: number[] = []
  const theirs: number[] = []
  for (let i = -500; i < 3_000; i++) {
    const { set, path } = random.pick(places)
    const value = `#${(i + 1_000).toString(16).padStart(6, '0')}`
    const rivalMs = timed(() => nested.setField(set, path, '$value', value)).ms
    const { ms } = timed(() => document.update(set, path, { $value: value }))
    if (i < 0) continue
    theirs.push(rivalMs)
    ours.push(ms)
  }
  yield heldAt(5, {
    id: 'document.edit.10k',
    value: median(ours) / median(theirs),
    unit: '×',
    budget: '<= 2',
    note: `${microseconds(ours)} a call, nested Y.Map ${microseconds(theirs)}`,
  })
}

function encoded(file: string): Uint8Array {
  const document = createTokenDocument(new Y.Doc())
  document.import(file)
  return Y.encodeStateAsUpdate(document.ydoc)
}

function replicaOf(state: Uint8Array): TokenDocument {
  const document = createTokenDocument(new Y.Doc())
  Y.applyUpdate(document.ydoc, state)
  return document
}

function valueAt(document: TokenDocument, { set, path }: TokenPlace): unknown {
  return (document.get(set, path) as { $value?: unknown }).$value
}

function milliseconds(times: readonly number[]): string {
  return `${median(times).toFixed(1)} ms`
}

function microseconds(times: readonly number[]): string {
  return `${(median(times) * 1000).toFixed(0)} µs`
}
