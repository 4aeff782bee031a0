import { describe, expect, it, onTestFinished } from 'vitest'
import * as Y from 'yjs'
import { attachStorage, type AttachedStorage, type AttachStorageOptions } from '../../src/storage/attach-storage.ts'
import { createMemoryStorage } from '../../src/storage/memory-storage.ts'
import type { PageLifecycle } from '../../src/storage/page-lifecycle.ts'
import type { StorageStatus } from '../../src/storage/storage-status.ts'
import { createVirtualClock, type VirtualClock } from '../support/virtual-clock.ts'
import { createFaultyStorage, type FaultyStorage } from './faulty-storage.ts'

interface Bench {
  readonly clock: VirtualClock
  readonly store: FaultyStorage
  readonly ydoc: Y.Doc
  readonly storage: AttachedStorage
}

const name = 'room'

function attach(options: Partial<AttachStorageOptions> & { clock?: VirtualClock; store?: FaultyStorage } = {}): Bench {
  const { clock = createVirtualClock(), store = createFaultyStorage(), ydoc = new Y.Doc(), ...rest } = options
  const storage = attachStorage({ ydoc, adapter: store, name, timers: clock, locks: null, page: null, ...rest })
  return { clock, store, ydoc, storage }
}

async function loaded(options: Parameters<typeof attach>[0] = {}): Promise<Bench> {
  const bench = attach(options)
  await bench.clock.advanceAsync(0)
  await bench.storage.whenLoaded
  return bench
}

/** What a fresh start would show. */
async function stored(
  store: FaultyStorage,
): Promise<{ readonly keys: string[]; readonly gap: boolean; readonly rows: number }> {
  const ydoc = new Y.Doc()
  const rows = await store.rowsOf(name)
  for (const row of rows) Y.applyUpdate(ydoc, row)
  return { keys: [...ydoc.getMap('m').keys()].toSorted(), gap: ydoc.store.pendingStructs !== null, rows: rows.length }
}

function edit(ydoc: Y.Doc, ...keys: string[]): void {
  for (const key of keys) ydoc.getMap('m').set(key, key)
}

/** The update that a document with these keys has; each row of the rest depends on the one before. */
function rowsOf(keys: readonly string[]): Uint8Array[] {
  const ydoc = new Y.Doc()
  const rows: Uint8Array[] = []
  ydoc.on('update', (update: Uint8Array) => rows.push(update))
  edit(ydoc, ...keys)
  return rows
}

function reasonOf(status: StorageStatus): string {
  return status.kind === 'degraded' ? status.reason : status.kind
}

describe('attached storage', () => {
  it('brings back what an earlier session stored', async () => {
    const first = await loaded()
    expect(first.storage.status).toEqual({ kind: 'saved' })
    edit(first.ydoc, 'a', 'b')
    expect(first.storage.status).toEqual({ kind: 'saving' })
    await first.clock.advanceAsync(100)
    expect(first.storage.status).toEqual({ kind: 'saved' })
    await first.storage.close()
    const second = await loaded({ store: first.store })
    expect(second.ydoc.getMap('m').toJSON()).toEqual({ a: 'a', b: 'b' })
    expect(second.storage.intact).toBe(true)
    expect(await second.storage.meta.get('y-tokens/format')).toBe('1')
  })

  it('stores what was edited before and during loading', async () => {
    const ydoc = new Y.Doc()
    edit(ydoc, 'before')
    const bench = attach({ ydoc })
    edit(ydoc, 'during')
    await bench.clock.advanceAsync(100)
    expect((await stored(bench.store)).keys).toEqual(['before', 'during'])
  })

  it('adds nothing to the local copy when a document that it holds already is attached', async () => {
    const first = await loaded()
    edit(first.ydoc, 'a')
    await first.storage.flush()
    const rows = (await stored(first.store)).rows
    const second = await loaded({ store: first.store, ydoc: first.ydoc })
    await second.clock.advanceAsync(1_000)
    expect((await stored(first.store)).rows).toBe(rows)
    expect(second.storage.status.kind).toBe('saved')
  })

  it('says `off` where nothing outlives the process, as asked', async () => {
    const { clock, ydoc, storage } = await loaded({ adapter: createMemoryStorage() })
    edit(ydoc, 'a')
    expect(storage.status).toEqual({ kind: 'off' })
    await clock.advanceAsync(100)
    expect(storage.status).toEqual({ kind: 'off' })
  })

  describe('[S1] the update handler only queues', () => {
    it('writes a burst as one row within 100 ms', async () => {
      const { clock, store, ydoc } = await loaded()
      for (let i = 0; i < 40; i++) edit(ydoc, `k${i}`)
      await clock.advanceAsync(99)
      expect(store.writes).toEqual([])
      await clock.advanceAsync(1)
      expect(store.writes).toEqual(['append'])
      expect(await stored(store)).toMatchObject({ rows: 1, gap: false })
    })

    it('does not let continuous editing postpone the write', async () => {
      const { clock, store, ydoc } = await loaded()
      for (let i = 0; i < 10; i++) {
        edit(ydoc, `k${i}`)
        await clock.advanceAsync(30)
      }
      expect(store.writes.length).toBeGreaterThanOrEqual(2)
    })

    it('never throws into Yjs, whatever the adapter does', async () => {
      const { clock, store, ydoc } = await loaded()
      store.writeFaults.push('throw')
      store.openFaults.push('throw')
      const heard: Uint8Array[] = []
      ydoc.on('update', (update: Uint8Array) => heard.push(update))
      for (let i = 0; i < 5; i++) {
        edit(ydoc, `k${i}`)
        await clock.advanceAsync(60)
      }
      expect(heard.length).toBe(5)
      await clock.advanceAsync(6_000)
      expect((await stored(store)).keys).toEqual(['k0', 'k1', 'k2', 'k3', 'k4'])
    })

    it('writes at once when the page is hidden or left', async () => {
      const page = createPage()
      const { clock, store, ydoc } = await loaded({ page })
      edit(ydoc, 'a')
      page.hide()
      await clock.advanceAsync(0)
      expect((await stored(store)).keys).toEqual(['a'])
      edit(ydoc, 'b')
      page.leave()
      await clock.advanceAsync(0)
      expect((await stored(store)).keys).toEqual(['a', 'b'])
    })

    it('writes the entries for the end with the last rows, and takes them back when the page returns', async () => {
      const page = createPage()
      const { clock, store, ydoc, storage } = await loaded({ page })
      storage.meta.atEnd({ leaving: { lane: 'clean' }, returned: { lane: 'held' } })
      const forget = storage.meta.atEnd({ leaving: { other: '1' }, returned: { other: '0' } })
      forget()
      edit(ydoc, 'a')
      page.leave()
      await clock.advanceAsync(0)
      expect(store.writes).toEqual(['append'])
      expect([await store.metaOf(name, 'lane'), await store.metaOf(name, 'other')]).toEqual(['clean', undefined])
      page.comeBack()
      await clock.advanceAsync(100)
      expect(await store.metaOf(name, 'lane')).toBe('held')
    })

    it('writes no entries for the end while something could not be stored', async () => {
      const page = createPage()
      const { clock, store, ydoc, storage } = await loaded({ page })
      storage.meta.atEnd({ leaving: { lane: 'clean' }, returned: { lane: 'held' } })
      store.always = 'quota'
      edit(ydoc, 'a')
      await clock.advanceAsync(200)
      store.always = null
      page.leave()
      await clock.advanceAsync(0)
      expect(await store.metaOf(name, 'lane')).toBeUndefined()
    })

    it('writes everything owed when the page is left during a write', async () => {
      const page = createPage()
      const { clock, store, ydoc } = await loaded({ page })
      edit(ydoc, 'a')
      store.writeFaults.push('hang')
      await clock.advanceAsync(100)
      edit(ydoc, 'b')
      page.leave()
      await clock.advanceAsync(0)
      expect(await stored(store)).toMatchObject({ keys: ['a', 'b'], gap: false })
    })
  })

  describe('[S2] loading always settles', () => {
    for (const fault of ['hang', 'hang-blocked'] as const) {
      it(`goes on without storage after 3 s of "${fault}", and joins later`, async () => {
        const store = createFaultyStorage()
        await store.put(name, rowsOf(['old']))
        store.openFaults.push(fault)
        const { clock, ydoc, storage } = attach({ store })
        edit(ydoc, 'early')
        await clock.advanceAsync(2_999)
        expect(storage.status.kind).toBe('loading')
        await clock.advanceAsync(1)
        await storage.whenLoaded
        expect(reasonOf(storage.status)).toBe(fault === 'hang' ? 'timeout' : 'blocked')
        expect(storage.intact).toBe(false)
        edit(ydoc, 'late')
        store.unhang()
        await clock.advanceAsync(0)
        expect(storage.status.kind).toBe('saved')
        expect(Object.keys(ydoc.getMap('m').toJSON()).toSorted()).toEqual(['early', 'late', 'old'])
        expect((await stored(store)).keys).toEqual(['early', 'late', 'old'])
      })
    }

    it('goes on when reading hangs', async () => {
      const store = createFaultyStorage()
      store.readFaults.push('hang')
      const { clock, storage } = attach({ store })
      await clock.advanceAsync(3_000)
      await storage.whenLoaded
      expect(reasonOf(storage.status)).toBe('timeout')
    })

    it('settles when closed while opening', async () => {
      const store = createFaultyStorage()
      store.openFaults.push('hang')
      const { clock, storage } = attach({ store })
      const closed = storage.close()
      await clock.advanceAsync(2_000)
      await closed
      await storage.whenLoaded
      store.unhang()
      await clock.advanceAsync(0)
      expect(store.openConnections).toBe(0)
      expect(clock.pending).toBe(0)
    })
  })

  describe('[S3] a failed write costs nothing', () => {
    it('hides no later write: the whole document follows over a new connection', async () => {
      const { clock, store, ydoc, storage } = await loaded()
      for (let i = 0; i < 10; i++) {
        if (i === 3) store.writeFaults.push('failed')
        edit(ydoc, `k${i}`)
        await clock.advanceAsync(150)
      }
      expect(store.opens).toBe(2)
      expect(await stored(store)).toMatchObject({ gap: false, keys: Array.from({ length: 10 }, (_, i) => `k${i}`) })
      expect(storage.status.kind).toBe('saved')
    })

    it('keeps what was edited while the failing write was under way', async () => {
      const { clock, store, ydoc } = await loaded()
      store.writeFaults.push('hang', 'failed')
      edit(ydoc, 'a')
      await clock.advanceAsync(100)
      edit(ydoc, 'b')
      store.lose('closed')
      store.unhang()
      edit(ydoc, 'c')
      await clock.advanceAsync(10_000)
      expect((await stored(store)).keys).toEqual(['a', 'b', 'c'])
    })

    it('takes in what another tab stored meanwhile, and removes none of it', async () => {
      const { clock, store, ydoc } = await loaded()
      edit(ydoc, 'mine')
      await store.put(name, rowsOf(['theirs']))
      store.writeFaults.push('failed')
      await clock.advanceAsync(200)
      expect(ydoc.getMap('m').has('theirs')).toBe(true)
      expect((await stored(store)).keys).toEqual(['mine', 'theirs'])
    })

    it('goes on when the browser closes the connection mid-session', async () => {
      const { clock, store, ydoc, storage } = await loaded()
      edit(ydoc, 'a')
      await clock.advanceAsync(100)
      store.lose('closed')
      edit(ydoc, 'b')
      await clock.advanceAsync(100)
      expect((await stored(store)).keys).toEqual(['a', 'b'])
      expect(storage.status.kind).toBe('saved')
    })
  })

  describe('[S4] degrades with a status', () => {
    for (const code of ['denied', 'unsupported'] as const) {
      it(`works in memory where storage is ${code}, and does not try again`, async () => {
        const store = createFaultyStorage()
        store.always = code
        const { clock, ydoc, storage } = await loaded({ store })
        expect(storage.status).toMatchObject({ kind: 'degraded', reason: code })
        expect(storage.status).toHaveProperty('message', expect.stringMatching(/Edits are kept in memory/))
        edit(ydoc, 'a')
        await clock.advanceAsync(100_000)
        expect(store.opens).toBe(1)
        expect(await storage.flush()).toBe(false)
        expect(Y.decodeUpdate(storage.exportState()).structs.length).toBe(1)
        await expect(storage.meta.set({ a: '1' })).rejects.toMatchObject({ code: 'closed' })
        expect(await storage.meta.get('a')).toBeUndefined()
      })
    }

    it('compacts when the disk is full, degrades where that does not help, and recovers', async () => {
      const { clock, store, ydoc, storage } = await loaded()
      edit(ydoc, 'a')
      await clock.advanceAsync(100)
      store.writeFaults.push('quota')
      edit(ydoc, 'b')
      await clock.advanceAsync(100)
      expect(store.writes.slice(-2)).toEqual(['append', 'replace'])
      expect(storage.status.kind).toBe('saved')
      expect(await stored(store)).toMatchObject({ rows: 1, keys: ['a', 'b'] })

      store.always = 'quota'
      edit(ydoc, 'c')
      await clock.advanceAsync(200)
      expect(reasonOf(storage.status)).toBe('quota')
      expect((await stored(store)).keys).toEqual(['a', 'b'])
      edit(ydoc, 'd')
      expect(await storage.flush()).toBe(false)
      store.always = null
      await clock.advanceAsync(31_000)
      expect(storage.status.kind).toBe('saved')
      expect((await stored(store)).keys).toEqual(['a', 'b', 'c', 'd'])
    })

    it('retries at once when asked to flush', async () => {
      const { clock, store, ydoc, storage } = await loaded()
      store.always = 'failed'
      edit(ydoc, 'a')
      await clock.advanceAsync(60_000)
      expect(reasonOf(storage.status)).toBe('failed')
      store.always = null
      const flushed = storage.flush()
      await clock.advanceAsync(0)
      expect(await flushed).toBe(true)
      expect((await stored(store)).keys).toEqual(['a'])
    })

    it('leaves a deleted copy deleted until the next edit, which brings everything back', async () => {
      const { clock, store, ydoc, storage } = await loaded()
      edit(ydoc, 'a')
      await clock.advanceAsync(100)
      store.lose('deleted')
      expect(reasonOf(storage.status)).toBe('deleted')
      await clock.advanceAsync(100_000)
      expect((await stored(store)).keys).toEqual([])
      edit(ydoc, 'b')
      await clock.advanceAsync(0)
      expect((await stored(store)).keys).toEqual(['a', 'b'])
      expect(storage.status.kind).toBe('saved')
    })

    it('gives way to a newer version for good', async () => {
      const { clock, store, ydoc, storage } = await loaded()
      store.lose('upgraded')
      edit(ydoc, 'a')
      await clock.advanceAsync(100_000)
      expect(reasonOf(storage.status)).toBe('newer-format')
      expect(store.opens).toBe(1)
    })
  })

  describe('[S5] damage costs only itself', () => {
    it('loads the other rows, keeps the unreadable one and goes on storing', async () => {
      const store = createFaultyStorage()
      const damaged = Uint8Array.from([1, 1, 255, 255, 255])
      await store.put(name, [...rowsOf(['a']), damaged, ...rowsOf(['b'])])
      const { clock, ydoc, storage } = await loaded({ store })
      expect(Object.keys(ydoc.getMap('m').toJSON()).toSorted()).toEqual(['a', 'b'])
      expect(storage.notes).toEqual(['damaged-rows'])
      expect(storage.intact).toBe(false)
      for (let i = 0; i < 100; i++) {
        edit(ydoc, `k${i}`)
        if (i === 50) store.writeFaults.push('failed')
        await clock.advanceAsync(100)
      }
      expect(storage.status.kind).toBe('saved')
      expect(store.writes).not.toContain('replace')
      expect((await store.rowsOf(name)).some((row) => row.length === 5)).toBe(true)
    })

    it('keeps what waits behind a gap, and shows it when the gap closes', async () => {
      const store = createFaultyStorage()
      const [first, second, third] = rowsOf(['a', 'b', 'c'])
      await store.put(name, [first as Uint8Array, third as Uint8Array])
      const { clock, ydoc, storage } = await loaded({ store })
      expect(storage.notes).toEqual(['recovering'])
      expect(storage.intact).toBe(false)
      edit(ydoc, 'mine')
      await clock.advanceAsync(100)
      Y.applyUpdate(ydoc, second as Uint8Array)
      expect(storage.notes).toEqual([])
      await clock.advanceAsync(100)
      expect(await stored(store)).toMatchObject({ keys: ['a', 'b', 'c', 'mine'], gap: false })
    })

    it('survives a listener that throws while rows are loaded', async () => {
      const store = createFaultyStorage()
      await store.put(name, rowsOf(['a', 'b']))
      const ydoc = new Y.Doc()
      ydoc.getMap('m').observe(() => {
        throw new Error('a listener of the application')
      })
      const { storage } = await loaded({ store, ydoc })
      expect(ydoc.getMap('m').size).toBe(2)
      expect(storage.notes).toEqual(['listener-threw'])
      expect(storage.status.kind).toBe('saved')
    })
  })

  describe('[S6] compaction', () => {
    it('bounds the rows under continuous editing', async () => {
      const { clock, store, ydoc } = await loaded()
      let most = 0
      for (let i = 0; i < 600; i++) {
        edit(ydoc, `k${i % 20}`)
        await clock.advanceAsync(100)
        most = Math.max(most, (await store.rowsOf(name)).length)
      }
      expect(most).toBeLessThan(150)
      expect((await stored(store)).keys.length).toBe(20)
    })

    it('is left to the tab that holds the lock', async () => {
      const locks = navigator.locks
      const store = createFaultyStorage()
      await store.put(name, rowsOf(Array.from({ length: 80 }, (_, i) => `k${i}`)))
      let letGo = (): void => undefined
      const held = locks.request(`${name}/compact`, () => new Promise<void>((resolve) => (letGo = resolve)))
      const bench = await loaded({ store, locks })
      await bench.clock.advanceAsync(0)
      expect(store.writes).toEqual([])
      expect(bench.storage.status.kind).toBe('saved')
      letGo()
      await held
      const next = await loaded({ store, locks })
      await next.clock.advanceAsync(0)
      expect(store.writes).toEqual(['replace'])
      expect(await stored(store)).toMatchObject({ rows: 1, gap: false })
    })

    it('loses nothing that is edited while the lock is asked for', async () => {
      const store = createFaultyStorage()
      await store.put(name, rowsOf(Array.from({ length: 80 }, (_, i) => `k${i}`)))
      const { clock, ydoc } = attach({ store, locks: navigator.locks })
      ydoc.once('update', () => queueMicrotask(() => edit(ydoc, 'mine')))
      await clock.advanceAsync(100)
      expect((await stored(store)).keys).toContain('mine')
    })
  })

  it('[S7] leaves a database of a newer format untouched', async () => {
    const store = createFaultyStorage()
    await store.put(name, rowsOf(['a']), { 'y-tokens/format': '2' })
    const { clock, ydoc, storage } = await loaded({ store })
    expect(storage.status).toMatchObject({ kind: 'degraded', reason: 'newer-format' })
    edit(ydoc, 'b')
    await clock.advanceAsync(60_000)
    await storage.close()
    expect(store.writes).toEqual([])
    expect((await stored(store)).keys).toEqual(['a'])
  })

  describe('[S8] a document silenced by a throwing listener', () => {
    it('is woken up, stored whole and reported', async () => {
      const reports: string[] = []
      const { clock, store, ydoc, storage } = await loaded({ onSilenced: () => reports.push('silenced') })
      let throwing = true
      ydoc.on('update', () => {
        if (throwing) throw new Error('a listener of the application')
      })
      const heard: number[] = []
      ydoc.on('update', () => heard.push(1))
      expect(() => edit(ydoc, 'a')).toThrow('a listener of the application')
      edit(ydoc, 'b')
      expect(heard).toEqual([])
      await clock.advanceAsync(0)
      expect(reports).toEqual(['silenced'])
      expect(storage.notes).toEqual(['listener-threw'])
      expect((await stored(store)).keys).toEqual(['a', 'b'])
      throwing = false
      edit(ydoc, 'c')
      expect(heard).toEqual([1])
      await clock.advanceAsync(100)
      expect((await stored(store)).keys).toEqual(['a', 'b', 'c'])
    })

    it('goes on storing while the listener keeps throwing', async () => {
      const { clock, store, ydoc } = await loaded()
      ydoc.on('beforeTransaction', () => {
        throw new Error('a listener of the application')
      })
      for (let i = 0; i < 5; i++) {
        expect(() => edit(ydoc, `k${i}`)).toThrow('a listener of the application')
        await clock.advanceAsync(100)
      }
      expect((await stored(store)).gap).toBe(false)
    })
  })

  describe('[S9] clear and close', () => {
    it('clears for good', async () => {
      const { clock, store, ydoc, storage } = await loaded()
      edit(ydoc, 'a')
      await clock.advanceAsync(100)
      edit(ydoc, 'b')
      await storage.clear()
      edit(ydoc, 'c')
      await clock.advanceAsync(10_000)
      expect((await stored(store)).rows).toBe(0)
      expect([clock.pending, store.openConnections]).toEqual([0, 0])
      expect(storage.status).toEqual({ kind: 'off' })
    })

    it('stores what is left and leaves no timer or connection behind', async () => {
      const { clock, store, ydoc, storage } = await loaded()
      edit(ydoc, 'a')
      const closed = storage.close()
      await clock.advanceAsync(0)
      await closed
      expect((await stored(store)).keys).toEqual(['a'])
      expect([clock.pending, store.openConnections]).toEqual([0, 0])
      expect(ydoc._observers.size).toBe(new Y.Doc()._observers.size)
      expect(await storage.flush()).toBe(false)
    })

    it('closes within two seconds when a write hangs', async () => {
      const { clock, store, ydoc, storage } = await loaded()
      store.writeFaults.push('hang')
      edit(ydoc, 'a')
      const closed = storage.close()
      await clock.advanceAsync(2_000)
      await closed
      expect(clock.pending).toBe(0)
    })

    it('closes when the document is destroyed', async () => {
      const { clock, store, ydoc } = await loaded()
      edit(ydoc, 'a')
      ydoc.destroy()
      await clock.advanceAsync(0)
      expect((await stored(store)).keys).toEqual(['a'])
      expect(store.openConnections).toBe(0)
    })
  })

  it('tells subscribers of every change of status once, whatever one of them throws', async () => {
    const seen: string[] = []
    const { clock, ydoc, storage } = attach()
    const uncaught = catchUncaught()
    storage.subscribeStatus(() => {
      throw new Error('a subscriber')
    })
    const unsubscribe = storage.subscribeStatus(() => seen.push(reasonOf(storage.status)))
    await clock.advanceAsync(0)
    edit(ydoc, 'a', 'b')
    await clock.advanceAsync(100)
    expect(seen).toEqual(['saved', 'saving', 'saved'])
    expect(uncaught).toContain('a subscriber')
    unsubscribe()
    edit(ydoc, 'c')
    await clock.advanceAsync(100)
    expect(seen.length).toBe(3)
  })
})

function createPage(): PageLifecycle & { hide(): void; leave(): void; comeBack(): void } {
  const listeners = { hidden: new Set<() => void>(), leave: new Set<() => void>(), back: new Set<() => void>() }
  const on = (set: Set<() => void>) => (listener: () => void) => {
    set.add(listener)
    return () => set.delete(listener)
  }
  const fire = (set: Set<() => void>) => () => {
    for (const listener of set) listener()
  }
  return {
    onHidden: on(listeners.hidden),
    onLeave: on(listeners.leave),
    onReturn: on(listeners.back),
    hide: fire(listeners.hidden),
    leave: fire(listeners.leave),
    comeBack: fire(listeners.back),
  }
}

/** Node reports what an EventTarget's listener throws as an uncaught exception. */
function catchUncaught(): string[] {
  const messages: string[] = []
  const others = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  process.on('uncaughtException', (error) => messages.push(error.message))
  onTestFinished(() => {
    process.removeAllListeners('uncaughtException')
    for (const other of others) process.on('uncaughtException', other)
  })
  return messages
}
