import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { encodeClockVector } from '../../../server/relay/clock-vector.ts'
import { defaultLimits } from '../../../server/relay/limits.ts'
import { type RoomClocks, createRoomClocks } from '../../../server/relay/room-clocks.ts'
import { createUpdateWalker } from '../../../server/relay/update-walk.ts'
import { seedsToRun, withSeed } from '../../support/random.ts'
import { editAtRandom, madeAfter, madeAny, madeRun, madeUpdate, updatesOf } from '../../support/yjs-updates.ts'

function openClocks(limits: Partial<typeof defaultLimits> = {}): RoomClocks {
  const all = { ...defaultLimits, ...limits }
  return createRoomClocks(all, createUpdateWalker(all))
}

/** Updates of one client, one list item each. */
function items(client: number, count: number): Uint8Array[] {
  return updatesOf((doc) => {
    for (let i = 0; i < count; i++) doc.getArray('list').push([i])
  }, client)
}

describe('what an update brings', () => {
  it('is nothing for an empty one, for a repeat, and for a part of what is known', () => {
    const clocks = openClocks()
    const updates = items(1, 3)
    expect(clocks.take(Uint8Array.of(0, 0), 'answer').kind).toBe('nothing-new')
    for (const update of updates) expect(clocks.take(update, 'live').kind).toBe('new')
    for (const update of updates) expect(clocks.take(update, 'live').kind).toBe('nothing-new')
    expect(clocks.take(Y.mergeUpdates(updates), 'answer').kind).toBe('nothing-new')
    expect(clocks.vector).toEqual(new Map([[1, 3]]))
  })

  it('is new for a deletion, which moves no clock, and nothing for the same deletion again', () => {
    const clocks = openClocks()
    const updates = updatesOf((doc) => {
      doc.getArray('list').push([1, 2, 3])
      doc.getArray('list').delete(1, 1)
    })
    expect(updates.map((update) => clocks.take(update, 'live').kind)).toEqual(['new', 'new'])
    expect(clocks.take(updates[1] as Uint8Array, 'live').kind).toBe('nothing-new')
    // What a stock client answers at every join: nothing but its whole delete set.
    const joined = new Y.Doc()
    for (const update of updates) Y.applyUpdate(joined, update)
    const answer = Y.encodeStateAsUpdate(joined, encodeClockVector(clocks.vector))
    expect(clocks.take(answer, 'answer').kind).toBe('nothing-new')
  })

  it('is a jump for a client whose clock runs far ahead', () => {
    const clocks = openClocks({ clockJumpAlert: 100 })
    expect(clocks.take(madeUpdate([{ client: 5, clock: 0, structs: [madeRun(0, 101)] }]), 'live')).toEqual({
      kind: 'new',
      clockJump: 5,
    })
  })

  it('is refused where the room would get too many client ids', () => {
    const clocks = openClocks({ maxStateVectorEntries: 2 })
    expect(clocks.take(items(1, 1)[0]!, 'live').kind).toBe('new')
    expect(clocks.take(items(2, 1)[0]!, 'live').kind).toBe('new')
    expect(clocks.take(items(3, 1)[0]!, 'live')).toMatchObject({ kind: 'refused', fault: { code: 'too-large' } })
    expect(clocks.take(items(2, 2)[1]!, 'live').kind).toBe('new')
  })
})

describe('a gap in a live update', () => {
  const ofClient1 = items(1, 3)

  it('is a first clock beyond what is known', () => {
    expect(openClocks().take(ofClient1[1]!, 'live').kind).toBe('gap')
  })

  it('is a neighbour or parent that nobody has sent', () => {
    const update = madeUpdate([{ client: 2, clock: 0, structs: [madeAfter([1, 1])] }])
    const clocks = openClocks()
    expect(clocks.take(update, 'live').kind).toBe('gap')
    clocks.take(ofClient1[0]!, 'live')
    expect(clocks.take(update, 'live').kind).toBe('gap')
    clocks.take(ofClient1[1]!, 'live')
    expect(clocks.take(update, 'live').kind).toBe('new')
  })

  it('is a deletion of what is not known', () => {
    const update = madeUpdate([], [{ client: 1, ranges: [[0, 2]] }])
    const clocks = openClocks()
    clocks.take(ofClient1[0]!, 'live')
    expect(clocks.take(update, 'live').kind).toBe('gap')
    clocks.take(ofClient1[1]!, 'live')
    expect(clocks.take(update, 'live').kind).toBe('new')
  })

  it('is a skipped clock', () => {
    const update = madeUpdate([{ client: 1, clock: 0, structs: [madeAny(1), madeRun(10, 2), madeAny(2)] }])
    expect(openClocks().take(update, 'live').kind).toBe('gap')
  })

  it('changes nothing', () => {
    const clocks = openClocks()
    clocks.take(ofClient1[2]!, 'live')
    expect(clocks.vector.size).toBe(0)
  })

  it('is none where the update itself holds what it refers to, in any order of its clients', () => {
    const [a] = updatesOf((doc) => doc.getArray('list').push(['a']), 1)
    const later = new Y.Doc()
    later.clientID = 900
    Y.applyUpdate(later, a as Uint8Array)
    later.getArray('list').push(['b'])
    expect(openClocks().take(Y.encodeStateAsUpdate(later), 'live').kind).toBe('new')
  })
})

describe('a gap in an answer', () => {
  it('is taken as far as it goes; the rest counts once the gap closes', () => {
    const clocks = openClocks()
    const updates = items(1, 6)
    const waiting = new Y.Doc()
    for (const i of [0, 1, 4, 5]) Y.applyUpdate(waiting, updates[i]!)
    const answer = Y.encodeStateAsUpdate(waiting)
    expect(clocks.take(answer, 'answer').kind).toBe('new')
    expect(clocks.vector).toEqual(new Map([[1, 2]]))
    expect(clocks.take(answer, 'answer').kind).toBe('nothing-new')
    expect(clocks.take(updates[2]!, 'live').kind).toBe('new')
    expect(clocks.vector).toEqual(new Map([[1, 3]]))
    expect(clocks.take(updates[3]!, 'live').kind).toBe('new')
    expect(clocks.vector).toEqual(new Map([[1, 6]]))
  })

  it('follows references across clients', () => {
    const clocks = openClocks()
    const chain = madeUpdate([
      { client: 3, clock: 0, structs: [madeAfter([2, 0])] },
      { client: 2, clock: 0, structs: [madeAfter([1, 0]), madeAfter([9, 9])] },
    ])
    expect(clocks.take(chain, 'answer').kind).toBe('new')
    expect(clocks.vector.size).toBe(0)
    clocks.take(items(1, 1)[0]!, 'live')
    expect(clocks.vector).toEqual(
      new Map([
        [1, 1],
        [2, 1],
        [3, 1],
      ]),
    )
  })

  it('is refused beyond the bound, and then changes nothing', () => {
    const clocks = openClocks({ maxPendingBytes: 1_000 })
    const orphans = madeUpdate([
      { client: 1, clock: 0, structs: [madeAny('taken')] },
      { client: 2, clock: 5, structs: Array.from({ length: 200 }, () => madeAny('orphan')) },
    ])
    expect(clocks.take(orphans, 'answer')).toMatchObject({ kind: 'refused', fault: { code: 'too-large' } })
    expect(clocks.vector.size).toBe(0)
  })

  it('counts what waits already: many small answers are no way around the bound', () => {
    const clocks = openClocks({ maxPendingBytes: 1_000 })
    let taken = 0
    for (let client = 1; client < 200; client++) {
      const update = madeUpdate([{ client, clock: 7, structs: [madeAny('waits for seven others')] }])
      if (clocks.take(update, 'answer').kind === 'new') taken++
    }
    expect(taken).toBeGreaterThan(5)
    expect(taken).toBeLessThan(50)
  })

  it('refuses a bomb of deletions of a client that nobody knows', () => {
    const ranges = Array.from({ length: 20_000 }, (_, i) => [i * 2, 1] as const)
    expect(openClocks().take(madeUpdate([], [{ client: 1, ranges }]), 'answer').kind).toBe('refused')
    expect(openClocks().take(madeUpdate([], [{ client: 1, ranges }]), 'live').kind).toBe('gap')
  })

  it('takes a long chain of references in the wrong order without quadratic time', () => {
    const sections = Array.from({ length: 4_000 }, (_, i) => ({
      client: i + 1,
      clock: 0,
      structs: [i === 0 ? madeAny(1) : madeAfter([i, 0])],
    }))
    const chain = madeUpdate([...sections.reverse(), { client: 50_000, clock: 3, structs: [madeAny(1)] }])
    const clocks = openClocks()
    const startedAt = performance.now()
    expect(clocks.take(chain, 'answer').kind).toBe('new')
    expect(clocks.vector.size).toBe(4_000)
    expect(performance.now() - startedAt).toBeLessThan(1_000)
  })
})

it('knows the same after loading what was stored as before', () => {
  for (const seed of seedsToRun(20))
    withSeed(seed, (random) => {
      const updates = updatesOf((doc) => editAtRandom(doc, random, 60))
      const before = openClocks()
      for (const update of updates) before.take(update, 'live')
      const doc = new Y.Doc()
      for (const update of updates.slice(0, 30)) Y.applyUpdate(doc, update)
      const after = openClocks()
      after.learnSnapshot(Y.encodeStateAsUpdate(doc), Y.encodeStateVector(doc), false)
      for (const update of updates.slice(30)) after.learnRow(update)
      expect(after.vector).toEqual(before.vector)
      for (const update of updates) expect(after.take(update, 'live').kind).toBe('nothing-new')
    })
})

it('remembers over a restart what waits for others', () => {
  const updates = items(1, 4)
  const waiting = new Y.Doc()
  for (const i of [0, 2, 3]) Y.applyUpdate(waiting, updates[i]!)
  const state = Y.encodeStateAsUpdate(waiting)
  const fromSnapshot = openClocks()
  fromSnapshot.learnSnapshot(state, Y.encodeStateVector(waiting), true)
  const fromRow = openClocks()
  fromRow.learnRow(state)
  for (const clocks of [fromSnapshot, fromRow]) {
    expect(clocks.vector).toEqual(new Map([[1, 1]]))
    clocks.take(updates[1]!, 'live')
    expect(clocks.vector).toEqual(new Map([[1, 4]]))
  }
})
