import { expect } from 'vitest'
import * as Y from 'yjs'
import type { Snapshot, TokenDocument } from '../../src/doc/index.ts'
import { sampleText } from './generated-tokens-sample.ts'
import { createReplicas, type Replica, type Replicas } from './replicas.ts'
import { laneFacts } from './replicas-facts.ts'

export interface Outcome {
  /** What everybody sees in the end. */
  readonly json: Snapshot
  readonly document: TokenDocument
  readonly replicas: readonly Replica[]
  /** The actor whose last fact ranks highest: the greatest time, at equal times the greatest lane. */
  readonly newest: number
}

/** Acts on a replica that knows nothing of what the others do. `step` lets a second pass. */
export type Actor = (document: TokenDocument, step: () => void, replica: Replica) => void

export interface ConcurrentCase {
  /** What everybody starts from; the sample by default. */
  readonly file?: string
  readonly hydrate?: 'shared' | 'each'
  /** Done by one replica and known to everybody before the actors act. */
  readonly before?: Actor
  /** What a third person does meanwhile, where two act: by default a note on the token of the sample that no row is about. */
  readonly bystander?: Actor
  readonly actors: readonly Actor[]
  readonly check: (outcome: Outcome) => void
}

const seeds = [1, 2, 3]

/**
 * Lets the actors act without knowledge of each other, then brings everybody together, and demands one outcome: for every
 * order in time and all at one moment, for every order of delivery, random client ids and lanes, and for a document built
 * anew from the stored state. Where two act, once more with a third, who does something else meanwhile.
 */
export function concurrently(testCase: ConcurrentCase): void {
  const { actors, bystander = leaveNote } = testCase
  const casts = actors.length === 2 ? [actors, [...actors, bystander]] : [actors]
  for (const cast of casts)
    for (const seed of cast === actors ? seeds : seeds.slice(0, 1))
      for (const order of [...permutations(cast.length), 'at once'] as const) {
        const what = `${cast.length} replicas, seed ${seed}, acting ${order === 'at once' ? order : order.join(' then ')}`
        try {
          runOnce({ ...testCase, actors: cast }, seed, order, actors.length)
        } catch (error) {
          if (error instanceof Error) error.message = `${what}: ${error.message}`
          throw error
        }
      }
}

/** On a token of its own, so that whatever becomes of the others does not depend on it. */
const leaveNote: Actor = (document) => {
  if (document.get('extra', 'z')) document.update('extra', 'z', { $extensions: { note: 'meanwhile' } })
}

function runOnce(testCase: ConcurrentCase, seed: number, order: readonly number[] | 'at once', judged: number): void {
  const { actors, before, check, file = sampleText(), hydrate = 'shared' } = testCase
  const replicas = createReplicas({ count: actors.length, seed, file, hydrate })
  const { all, clock, random, sync } = replicas
  const step = (): void => clock.advance(1_000)
  if (before) {
    before(all[0]!.document, step, all[0]!)
    sync()
  }
  step()
  const shared = all.map(({ ydoc }) => Y.encodeStateVector(ydoc))
  const start = all[0]!.encode()
  const startedAt = clock.now()

  for (const index of order === 'at once' ? random.shuffle(actors.map((_, i) => i)) : order) {
    if (order === 'at once') clock.jumpTo(startedAt)
    actors[index]!(all[index]!.document, step, all[index]!)
    // A view that was read between the writes must follow them, too.
    all[index]!.document.getSnapshot()
    if (order !== 'at once') step()
  }
  clock.jumpTo(startedAt + 60_000)
  const deltas = all.map(({ ydoc }, i) => Y.encodeStateAsUpdate(ydoc, shared[i]))
  const newest = newestOf(all.slice(0, judged))

  const views = permutations(actors.length).map((delivery) =>
    replicas.observe(start, ...delivery.map((i) => deltas[i] as Uint8Array)),
  )
  sync()
  views.push(...all.map(({ document }) => document), replicas.observe(all[0]!.encode()))

  const document = all[0]!.document
  const text = document.toText()
  for (const view of views) {
    expect(view.toText()).toBe(text)
    expect(view.getSnapshot()).toEqual(document.getSnapshot())
  }
  check({ json: document.getSnapshot(), document, replicas: all, newest })
  replicas.destroy()
}

/**
 * Brings replicas together that took files in apart: first in every order of delivery at a third who knows nothing, and
 * demands one outcome, then among themselves.
 */
export function meetInEveryOrder(replicas: Replicas): void {
  const states = replicas.all.map(({ encode }) => encode())
  const views = permutations(states.length).map((order) =>
    replicas.observe(...order.map((i) => states[i] as Uint8Array)),
  )
  replicas.sync()
  const texts = [...views, ...replicas.all.map(({ document }) => document)].map((view) => view.toText())
  for (const text of texts) expect(text).toBe(texts[0])
}

function newestOf(replicas: readonly Replica[]): number {
  let newest = 0
  let rank: readonly [number, string] = [-1, '']
  for (const { ydoc, lane, index } of replicas) {
    const t = Math.max(0, ...laneFacts(ydoc, lane).map((fact) => fact[3]))
    if (t > rank[0] || (t === rank[0] && lane > rank[1])) {
      newest = index
      rank = [t, lane]
    }
  }
  return newest
}

/** All orders of 0…n-1. */
export function permutations(n: number): number[][] {
  if (n <= 1) return [Array.from({ length: n }, (_, i) => i)]
  const orders: number[][] = []
  for (const shorter of permutations(n - 1))
    for (let at = 0; at < n; at++) orders.push([...shorter.slice(0, at), n - 1, ...shorter.slice(at)])
  return orders
}
