import { expect, it } from 'vitest'
import * as Y from 'yjs'
import { compactUpdates } from '../../../server/relay/compact-updates.ts'
import { mergeUpdates } from '../../../server/relay/merge-updates.ts'
import { seedsToRun, withSeed } from '../../support/random.ts'
import { editAtRandom, everyKindOfContent, updatesOf } from '../../support/yjs-updates.ts'

it('gives the state a replica would have, and collects what was deleted', () => {
  for (const seed of seedsToRun(20))
    withSeed(seed, (random) => {
      const updates = updatesOf((doc) => editAtRandom(doc, random, 200))
      const first = compactUpdates(null, updates.slice(0, 100))
      const { update, vector, pending, refused } = compactUpdates(first.update, updates.slice(100))
      const doc = new Y.Doc()
      for (const each of updates) Y.applyUpdate(doc, each)
      expect(update).toEqual(Y.encodeStateAsUpdate(doc))
      expect(vector).toEqual(Y.encodeStateVector(doc))
      expect({ pending, refused }).toEqual({ pending: false, refused: [] })
      expect(update.length).toBeLessThan(mergeUpdates(updates)!.length)
    })
})

it('keeps every kind of content', () => {
  const state = Y.encodeStateAsUpdate(everyKindOfContent())
  expect(compactUpdates(null, [state]).update).toEqual(state)
})

it('keeps what waits for others, and says so', () => {
  const updates = updatesOf((doc) => {
    for (let i = 0; i < 4; i++) doc.getArray('list').push([i])
  })
  const { update, vector, pending } = compactUpdates(null, [updates[0]!, updates[3]!])
  expect(pending).toBe(true)
  expect(Y.decodeStateVector(vector).size).toBe(1)
  const healed = compactUpdates(update, [updates[1]!, updates[2]!])
  expect(healed.pending).toBe(false)
  const doc = new Y.Doc()
  Y.applyUpdate(doc, healed.update)
  expect(doc.getArray('list').toJSON()).toEqual([0, 1, 2, 3])
})

it('leaves out rows that Yjs cannot apply, and names them', () => {
  const updates = updatesOf((doc) => {
    for (let i = 0; i < 3; i++) doc.getArray('list').push([i])
  })
  const broken = Uint8Array.of(1, 1, 1, 0, 99)
  const { update, refused } = compactUpdates(null, [updates[0]!, broken, updates[1]!, updates[2]!])
  expect(refused).toEqual([{ index: 1, reason: expect.any(String) }])
  const doc = new Y.Doc()
  Y.applyUpdate(doc, update)
  expect(doc.getArray('list').toJSON()).toEqual([0, 1, 2])
})

it('gives up where many rows cannot be applied', () => {
  const broken = Array.from({ length: 20 }, () => Uint8Array.of(1, 1, 1, 0, 99))
  expect(() => compactUpdates(null, broken)).toThrow('cannot be applied')
})
