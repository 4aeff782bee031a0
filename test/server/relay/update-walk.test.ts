import { writeUint8 } from 'lib0/encoding'
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { defaultLimits } from '../../../server/relay/limits.ts'
import { deletesOf, structsOf } from '../../../server/relay/stored-update.ts'
import { createUpdateWalker } from '../../../server/relay/update-walk.ts'
import { createRandom, seedsToRun, withSeed } from '../../support/random.ts'
import {
  type MadeStruct,
  editAtRandom,
  everyKindOfContent,
  madeAfter,
  madeAny,
  madeRun,
  madeUpdate,
  updatesOf,
} from '../../support/yjs-updates.ts'

const walker = createUpdateWalker(defaultLimits)
const refusalOf = (update: Uint8Array): string => walker.walk(update)?.message ?? 'taken'

function raw(info: number, ...bytes: readonly number[]): MadeStruct {
  return {
    info,
    body(encoder) {
      for (const byte of bytes) writeUint8(encoder, byte)
    },
  }
}

/** A value nested `depth` deep, as bytes of the `any` encoding: arrays of one entry. */
function nestedValue(depth: number): readonly number[] {
  return [...Array.from({ length: depth }, () => [117, 1]).flat(), 126]
}

/** `yes`, or the bytes at which Yjs throws. */
function decodes(update: Uint8Array): string {
  try {
    Y.mergeUpdates([update, Uint8Array.of(0, 0)])
    return 'yes'
  } catch {
    return Buffer.from(update).toString('hex')
  }
}

const rootList = [1, 4, 108, 105, 115, 116]

describe('the cheap walk takes', () => {
  it('an update of nothing', () => {
    expect(refusalOf(Uint8Array.of(0, 0))).toBe('taken')
    expect(walker.shape.clients.length).toBe(0)
  })

  it('every kind of content, as single edits and as a whole', () => {
    const doc = everyKindOfContent()
    expect(refusalOf(Y.encodeStateAsUpdate(doc))).toBe('taken')
  })

  it('all updates of random edits, their merges and differences', () => {
    for (const seed of seedsToRun(20))
      withSeed(seed, (random) => {
        const updates = updatesOf((doc) => editAtRandom(doc, random, 200))
        for (const update of updates) expect(refusalOf(update)).toBe('taken')
        const some = random.shuffle(updates).slice(0, 50)
        expect(refusalOf(Y.mergeUpdates(some))).toBe('taken')
        const whole = Y.mergeUpdates(updates)
        expect(
          refusalOf(Y.diffUpdate(whole, Y.encodeStateVectorFromUpdate(Y.mergeUpdates(updates.slice(0, 60))))),
        ).toBe('taken')
      })
  })

  it('what a client sends that itself waits for something, with the gap left out', () => {
    const updates = updatesOf((doc) => {
      for (let i = 0; i < 5; i++) doc.getArray('list').push([i])
    })
    const doc = new Y.Doc()
    for (const update of [updates[0], updates[1], updates[4]]) Y.applyUpdate(doc, update as Uint8Array)
    expect(refusalOf(Y.encodeStateAsUpdate(doc))).toBe('taken')
    expect(walker.shape.skips).toBe(true)
  })
})

describe('the cheap walk notes', () => {
  it('clients with first and last clock, references and deletions', () => {
    const update = madeUpdate(
      [{ client: 7, clock: 3, structs: [madeAfter([9, 4]), madeAny('x'), madeRun(0, 5)] }],
      [{ client: 9, ranges: [[2, 3]] }],
    )
    expect(refusalOf(update)).toBe('taken')
    const { clients, starts, ends, references, deletes } = walker.shape
    expect([clients.at(0), starts.at(0), ends.at(0)]).toEqual([7, 3, 10])
    expect([references.length, references.at(0), references.at(1)]).toEqual([2, 9, 4])
    expect([deletes.at(0), deletes.at(1), deletes.at(2)]).toEqual([9, 2, 5])
  })

  it('the length of a text in UTF-16 units', () => {
    const [update] = updatesOf((doc) => doc.getText('t').insert(0, 'aß漢🎨'))
    expect(refusalOf(update as Uint8Array)).toBe('taken')
    expect(walker.shape.ends.at(0)).toBe(5)
  })

  it('the same state vector as Yjs', () => {
    for (const seed of seedsToRun(10))
      withSeed(seed, (random) => {
        const doc = everyKindOfContent()
        editAtRandom(doc, random, 100)
        expect(refusalOf(Y.encodeStateAsUpdate(doc))).toBe('taken')
        const { clients, ends } = walker.shape
        const vector = new Map(Array.from({ length: clients.length }, (_, i) => [clients.at(i), ends.at(i)]))
        expect(vector).toEqual(Y.decodeStateVector(Y.encodeStateVector(doc)))
      })
  })

  it('structs one by one, and the delete set as an update of its own', () => {
    const update = madeUpdate(
      [{ client: 7, clock: 0, structs: [madeAny(1), madeRun(10, 4), madeAfter([8, 2])] }],
      [{ client: 7, ranges: [[0, 1]] }],
    )
    expect(structsOf(update).map(({ clock, references }) => ({ clock, references }))).toEqual([
      { clock: 0, references: [] },
      { clock: 5, references: [8, 2] },
    ])
    expect(deletesOf(update)).toEqual(Uint8Array.of(0, 1, 7, 1, 0, 1))
    expect(deletesOf(madeUpdate([{ client: 7, clock: 0, structs: [madeAny(1)] }]))).toBeNull()
  })
})

describe('the cheap walk refuses', () => {
  const one = (struct: MadeStruct): Uint8Array => madeUpdate([{ client: 1, clock: 0, structs: [struct] }])

  it('7 bytes that claim 2^24 structs', () => {
    expect(refusalOf(Uint8Array.of(1, 128, 128, 128, 8, 1, 0))).toContain('count')
  })

  it('a flood of clients', () => {
    const clients = Array.from({ length: 16_000 }, (_, i) => ({ client: i, clock: 0, structs: [madeAny(1)] }))
    expect(walker.walk(madeUpdate(clients))).toEqual({ code: 'too-large', message: expect.stringContaining('16000') })
  })

  it('a flood of structs, and of delete ranges', () => {
    const strict = createUpdateWalker({ ...defaultLimits, maxStructsPerUpdate: 2, maxDeleteRangesPerUpdate: 2 })
    const structs = madeUpdate([
      { client: 1, clock: 0, structs: [madeAny(1), madeAny(1)] },
      { client: 2, clock: 0, structs: [madeAny(1)] },
    ])
    expect(strict.walk(structs)?.code).toBe('too-large')
    const ranges = madeUpdate(
      [],
      [
        {
          client: 1,
          ranges: [
            [0, 1],
            [2, 1],
            [4, 1],
          ],
        },
      ],
    )
    expect(strict.walk(ranges)?.code).toBe('too-large')
  })

  it('a run of collected or deleted structs that reserves clocks', () => {
    expect(refusalOf(one(madeRun(0, 2 ** 31)))).toContain('run')
    expect(refusalOf(one(madeRun(1, 1_000_001)))).toContain('run')
  })

  it('clocks and lengths past 2^53 - 1', () => {
    const far = madeUpdate([{ client: 1, clock: Number.MAX_SAFE_INTEGER, structs: [madeAny(1)] }])
    expect(refusalOf(far)).toContain('2^53')
    expect(refusalOf(madeUpdate([], [{ client: 1, ranges: [[Number.MAX_SAFE_INTEGER, 2]] }]))).toContain('2^53')
    expect(refusalOf(Uint8Array.of(0, 1, 255, 255, 255, 255, 255, 255, 255, 255, 1, 0))).toContain('2^53')
  })

  it('a value nested 5,000 deep; 64 is the limit', () => {
    expect(refusalOf(one(raw(8, ...rootList, 1, ...nestedValue(5_000))))).toContain('nested')
    expect(refusalOf(one(raw(8, ...rootList, 1, ...nestedValue(65))))).toContain('nested')
    expect(refusalOf(one(raw(8, ...rootList, 1, ...nestedValue(64))))).toBe('taken')
  })

  it('JSON nested too deep, and what is no JSON', () => {
    const json = (text: string): readonly number[] => [
      (text.length % 128) | 128,
      text.length >> 7,
      ...Buffer.from(text),
    ]
    expect(refusalOf(one(raw(5, ...rootList, ...json('['.repeat(200) + ']'.repeat(200)))))).toContain('nested')
    expect(refusalOf(one(raw(5, ...rootList, ...json('{"a":'.padEnd(200)))))).toContain('JSON')
  })

  it('V2 bytes, which Yjs takes for an empty V1 update', () => {
    for (const seed of seedsToRun(50))
      withSeed(seed, (random) => {
        const doc = new Y.Doc()
        editAtRandom(doc, random, 1 + random.int(20))
        const bytes = Y.encodeStateAsUpdateV2(doc)
        expect(refusalOf(bytes)).not.toBe('taken')
      })
  })

  it('bytes left over, and bytes that are missing', () => {
    const update = Y.encodeStateAsUpdate(everyKindOfContent())
    expect(refusalOf(Uint8Array.of(...update, 0))).toContain('left over')
    const beginnings = Array.from({ length: update.length }, (_, length) => update.subarray(0, length))
    expect(beginnings.filter((beginning) => walker.walk(beginning) === null)).toEqual([])
  })

  it('invalid UTF-8, unknown kinds of struct, type and value, a subdocument without options', () => {
    expect(refusalOf(one(raw(4, ...rootList, 2, 0xc3, 0x28)))).toContain('UTF-8')
    expect(refusalOf(one(raw(11, ...rootList)))).toContain('kind 11')
    expect(refusalOf(one(raw(7, ...rootList, 7)))).toContain('type')
    expect(refusalOf(one(raw(8, ...rootList, 1, 99)))).toContain('kind 99')
    expect(refusalOf(one(raw(9, ...rootList, 1, 120, 126)))).toContain('subdocument')
  })

  it('a client listed twice, of which Yjs would drop the first', () => {
    const twice = madeUpdate([
      { client: 1, clock: 0, structs: [madeAny(1)] },
      { client: 1, clock: 1, structs: [madeAny(1)] },
    ])
    expect(refusalOf(twice)).toContain('twice')
  })

  it('structs of length 0, with unknown flags, or that refer to themselves', () => {
    expect(refusalOf(one(madeRun(0, 0)))).toContain('length 0')
    expect(refusalOf(madeUpdate([], [{ client: 1, ranges: [[0, 0]] }]))).toContain('length 0')
    expect(refusalOf(one(raw(0x8a, 1)))).toContain('flags')
    expect(refusalOf(one(madeAfter([1, 0])))).toContain('itself')
  })
})

it('what the walk takes, Yjs can decode, whatever bits are flipped', () => {
  for (const seed of seedsToRun(4))
    withSeed(seed, (random) => {
      const small = updatesOf((doc) => editAtRandom(doc, random, 30))
      const sources = [...small, Y.encodeStateAsUpdate(everyKindOfContent())]
      let taken = 0
      for (let i = 0; i < 10_000; i++) {
        const bytes = random.pick(sources).slice()
        for (let flips = 1 + random.int(3); flips > 0; flips--) {
          const at = random.int(bytes.length)
          bytes[at] = (bytes[at] as number) ^ (1 << random.int(8))
        }
        if (walker.walk(bytes)) continue
        taken++
        expect(decodes(bytes)).toBe('yes')
      }
      // Flips inside texts and numbers leave an update sound; a walk that refused everything would prove nothing.
      expect(taken).toBeGreaterThan(2_000)
    })
})

it('what the walk takes of random bytes, Yjs can decode', () => {
  const random = createRandom(11)
  const taken: Uint8Array[] = []
  for (let i = 0; i < 20_000; i++) {
    const bytes = Uint8Array.from({ length: 1 + random.int(60) }, () => random.int(256))
    if (!walker.walk(bytes)) taken.push(bytes)
  }
  expect(taken.map(decodes).filter((answer) => answer !== 'yes')).toEqual([])
})
