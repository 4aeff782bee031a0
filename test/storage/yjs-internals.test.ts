import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { hasGap, hasStructGap, watchSilence } from '../../src/storage/yjs-internals.ts'

type Throwable = 'update' | 'updateV2' | 'beforeTransaction' | 'beforeAllTransactions' | 'afterTransactionCleanup'
const fatal: readonly Throwable[] = [
  'update',
  'updateV2',
  'beforeTransaction',
  'beforeAllTransactions',
  'afterTransactionCleanup',
]

const microtask = (): Promise<void> => Promise.resolve()

/** Yjs as it is, and as it would be if it hid what we look at. */
const looks: Readonly<Record<'internals' | 'public interface', (ydoc: Y.Doc) => Y.Doc>> = {
  internals: (ydoc) => ydoc,
  'public interface': (ydoc) =>
    new Proxy(ydoc, {
      get: (target, key) => {
        if (key === '_transactionCleanups' || key === '_transaction' || key === 'store') return undefined
        const value: unknown = Reflect.get(target, key)
        return typeof value === 'function' ? (value.bind(target) as unknown) : value
      },
    }),
}

describe('watching for silence', () => {
  for (const event of fatal) {
    it(`shows the upstream bug: a listener that throws in "${event}" silences Yjs for good`, () => {
      const ydoc = new Y.Doc()
      ydoc.on(event as 'update', () => {
        throw new Error('a listener')
      })
      const heard: number[] = []
      expect(() => ydoc.getMap('m').set('a', 1)).toThrow('a listener')
      ydoc.on('update', () => heard.push(1))
      try {
        ydoc.getMap('m').set('b', 2)
      } catch {
        // Some events throw each time.
      }
      expect(heard).toEqual([])
    })

    it(`wakes the document up after "${event}"`, async () => {
      const ydoc = new Y.Doc()
      let silenced = 0
      watchSilence(ydoc, () => silenced++)
      let throwing = true
      ydoc.on(event as 'update', () => {
        if (throwing) throw new Error('a listener')
      })
      expect(() => ydoc.getMap('m').set('a', 1)).toThrow('a listener')
      await microtask()
      expect(silenced).toBe(1)
      throwing = false
      const heard: Uint8Array[] = []
      ydoc.on('update', (update: Uint8Array) => heard.push(update))
      ydoc.getMap('m').set('b', 2)
      expect(heard.length).toBe(1)
      await microtask()
      expect(silenced).toBe(1)
    })
  }

  for (const [label, look] of Object.entries(looks)) {
    it(`tells silence from health by ${label}`, async () => {
      const ydoc = new Y.Doc()
      let silenced = 0
      const stop = watchSilence(look(ydoc), () => silenced++)
      ydoc.getMap('m').set('a', 1)
      ydoc.transact(() => {
        ydoc.getMap('m').set('b', 1)
        ydoc.transact(() => ydoc.getMap('m').set('c', 1))
      })
      ydoc.getMap('m').observe(() => {
        throw new Error('an observer, which harms nobody')
      })
      ydoc.once('update', () => ydoc.getMap('n').set('nested', 1))
      expect(() => ydoc.getMap('m').set('d', 1)).toThrow('an observer')
      expect(() => ydoc.transact(() => expect.fail('inside'))).toThrow('inside')
      await microtask()
      expect(silenced).toBe(0)
      const thrower = (): void => {
        throw new Error('a listener')
      }
      ydoc.on('update', thrower)
      expect(() => ydoc.getMap('n').set('e', 1)).toThrow('a listener')
      await microtask()
      expect(silenced).toBe(1)
      stop()
    })
  }

  it('ends', async () => {
    const ydoc = new Y.Doc()
    const before = ydoc._observers.size
    const stop = watchSilence(ydoc, () => expect.fail('still watching'))
    stop()
    expect(ydoc._observers.size).toBe(before)
    ydoc.on('update', () => {
      throw new Error('a listener')
    })
    expect(() => ydoc.getMap('m').set('a', 1)).toThrow('a listener')
    await microtask()
  })
})

describe('a gap', () => {
  function updates(): Uint8Array[] {
    const ydoc = new Y.Doc()
    const all: Uint8Array[] = []
    ydoc.on('update', (update: Uint8Array) => all.push(update))
    for (const key of ['a', 'b', 'c']) ydoc.getMap('m').set(key, key)
    ydoc.getMap('m').delete('b')
    return all
  }

  it('is seen by both ways, and its end too', () => {
    const [first, second, third] = updates() as [Uint8Array, Uint8Array, Uint8Array]
    const ydoc = new Y.Doc()
    for (const [update, gap] of [
      [first, false],
      [third, true],
      [second, false],
    ] as const) {
      Y.applyUpdate(ydoc, update)
      expect([hasGap(ydoc), hasStructGap(ydoc)]).toEqual([gap, gap])
    }
  })

  it('of a deletion alone is seen behind the public interface', () => {
    const [first, , , deletion] = updates() as [Uint8Array, Uint8Array, Uint8Array, Uint8Array]
    const ydoc = new Y.Doc()
    Y.applyUpdate(ydoc, first)
    Y.applyUpdate(ydoc, deletion)
    expect(hasGap(ydoc)).toBe(true)
  })

  it('survives encoding, so that a rewrite loses nothing', () => {
    const [first, second, third] = updates() as [Uint8Array, Uint8Array, Uint8Array]
    const ydoc = new Y.Doc()
    Y.applyUpdate(ydoc, first)
    Y.applyUpdate(ydoc, third)
    const copy = new Y.Doc()
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(ydoc))
    Y.applyUpdate(copy, second)
    expect(copy.getMap('m').toJSON()).toEqual({ a: 'a', b: 'b', c: 'c' })
  })
})
