import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { decodeClockVector } from '../../../server/relay/clock-vector.ts'
import { compactUpdates } from '../../../server/relay/compact-updates.ts'
import { answerFrom } from '../../../server/relay/merge-updates.ts'
import { type RoomContent, type StateVector, createRoomContent } from '../../../server/relay/room-content.ts'
import type { Random } from '../../support/random.ts'
import { seedsToRun, withSeed } from '../../support/random.ts'
import { editAtRandom, updatesOf } from '../../support/yjs-updates.ts'

const nothing: StateVector = { encoded: Uint8Array.of(0), vector: new Map() }

function vectorOf(doc: Y.Doc): StateVector {
  const encoded = Y.encodeStateVector(doc)
  return { encoded, vector: decodeClockVector(encoded, 1_000) }
}

function docOf(updates: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc()
  for (const update of updates) Y.applyUpdate(doc, update)
  return doc
}

function contentOf(updates: readonly Uint8Array[]): RoomContent {
  const content = createRoomContent(null)
  updates.forEach((update, i) => content.commit({ position: i + 1, update }))
  return content
}

/** Folds the first rows into the snapshot, as the relay does. */
function fold(content: RoomContent): void {
  const { snapshot, rows, position, ordinal } = content.forFold()
  const compacted = compactUpdates(
    snapshot,
    rows.map((row) => row.update),
  )
  content.folded({ ...compacted, position, ordinal })
}

/** All that two replicas can differ in. */
function contentsOf(doc: Y.Doc): unknown {
  const lists = [...doc.share.keys()]
    .sort((a, b) => (a < b ? -1 : 1))
    .map((root) => [root, doc.getArray(root).toJSON()])
  return { lists, state: Y.encodeSnapshot(Y.snapshot(doc)) }
}

function answerTo(content: RoomContent, asked: StateVector): Uint8Array {
  const update = content.answer(asked)
  if (!update) throw new Error('The answer would have to be computed elsewhere')
  return update
}

/** A room with a snapshot and rows since, and what it holds. */
function openRandomRoom(random: Random, maxBytesMerged?: number): { content: RoomContent; updates: Uint8Array[] } {
  const updates = updatesOf((doc) => editAtRandom(doc, random, 80))
  const foldAt = random.int(updates.length)
  const content = createRoomContent(null, maxBytesMerged)
  updates.forEach((update, i) => {
    content.commit({ position: (i + 1) * 3, update })
    if (i === foldAt) fold(content)
  })
  return { content, updates }
}

describe('a state vector is answered by one update', () => {
  it('with everything for a fresh replica', () => {
    for (const seed of seedsToRun(30))
      withSeed(seed, (random) => {
        const { content, updates } = openRandomRoom(random)
        expect(contentsOf(docOf([answerTo(content, nothing)]))).toEqual(contentsOf(docOf(updates)))
      })
  })

  it('with what is missing for a replica that has the snapshot or less, deletions included', () => {
    for (const seed of seedsToRun(60))
      withSeed(seed, (random) => {
        const { content, updates } = openRandomRoom(random)
        const replica = docOf(updates.slice(0, random.int(updates.length + 1)))
        Y.applyUpdate(replica, answerTo(content, vectorOf(replica)))
        expect(contentsOf(replica)).toEqual(contentsOf(docOf(updates)))
      })
  })

  it('with nothing but the delete set for a replica that has it all', () => {
    const { content, updates } = withSeed(2, openRandomRoom)
    const answer = answerTo(content, vectorOf(docOf(updates)))
    expect(answer.length).toBeLessThan(Y.encodeStateAsUpdate(docOf(updates)).length / 3)
    expect(createRoomContent(null).answer(nothing)).toEqual(Uint8Array.of(0, 0))
  })

  it('elsewhere, where there is much to merge; never where a part can be sent as it is', () => {
    for (const seed of seedsToRun(20))
      withSeed(seed, (random) => {
        const { content, updates } = openRandomRoom(random, 0)
        const replica = docOf(updates.slice(0, random.int(updates.length)))
        const asked = vectorOf(replica)
        if (content.tailRows > 0) expect(content.answer(asked)).toBeNull()
        Y.applyUpdate(replica, answerFrom(content.parts(), asked.encoded)!)
        expect(contentsOf(replica)).toEqual(contentsOf(docOf(updates)))
        fold(content)
        expect(content.answer(nothing)).toBe(content.snapshot?.update)
      })
  })

  it('elsewhere, where Yjs cannot decode a row', () => {
    const [sound] = updatesOf((doc) => doc.getArray('list').push([1]))
    const broken = Uint8Array.of(1, 1, 1, 0, 99)
    const content = contentOf([sound!, broken])
    expect(content.answer(nothing)).toBeNull()
    expect(answerFrom(content.parts(), nothing.encoded)).toBeNull()
    expect(content.parts()).toEqual([sound, broken])
  })
})

it('brings a slow replica up to date from where it was, also across a fold', () => {
  for (const seed of seedsToRun(30))
    withSeed(seed, (random) => {
      const updates = updatesOf((doc) => editAtRandom(doc, random, 40))
      const content = contentOf(updates.slice(0, 20))
      const position = random.int(21)
      if (random.chance(0.5)) fold(content)
      updates.slice(20).forEach((update, i) => content.commit({ position: 21 + i, update }))
      const replica = docOf(updates.slice(0, position))
      for (const update of content.since(position)) Y.applyUpdate(replica, update)
      expect(contentsOf(replica)).toEqual(contentsOf(docOf(updates)))
    })
})

it('keeps rows that arrived during a fold, and ignores a fold that is older than the present one', () => {
  const made = updatesOf((doc) => {
    for (let i = 0; i < 10; i++) doc.getArray('list').push([i])
  })
  const content = contentOf(made.slice(0, 5))
  const { snapshot, rows, position, ordinal } = content.forFold()
  content.commit({ position: 6, update: made[5]! })
  const compacted = compactUpdates(
    snapshot,
    rows.map((row) => row.update),
  )
  const early = { ...compacted, position, ordinal }
  content.folded(early)
  expect([content.tailRows, content.position]).toEqual([1, 6])
  expect(contentsOf(docOf([answerTo(content, nothing)]))).toEqual(contentsOf(docOf(made.slice(0, 6))))
  fold(content)
  content.folded(early)
  expect(content.snapshot?.position).toBe(6)
  content.commit({ position: 9, update: made[6]! })
  expect(contentsOf(docOf([answerTo(content, nothing)]))).toEqual(contentsOf(docOf(made.slice(0, 7))))
})
