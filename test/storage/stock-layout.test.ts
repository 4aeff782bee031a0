import 'fake-indexeddb/auto'
import { describe, expect, it } from 'vitest'
import { IndexeddbPersistence } from 'y-indexeddb'
import * as Y from 'yjs'
import { attachStorage } from '../../src/storage/attach-storage.ts'
import { createIndexedDbStorage } from '../../src/storage/indexeddb-storage.ts'
import { eventually } from '../support/eventually.ts'

const adapter = createIndexedDbStorage()

async function withOurs(name: string, use: (ydoc: Y.Doc) => void | Promise<void>): Promise<void> {
  const ydoc = new Y.Doc()
  const storage = attachStorage({ ydoc, adapter, name })
  await storage.whenLoaded
  expect(storage.status.kind).toBe('saved')
  await use(ydoc)
  await storage.close()
}

async function withStock(name: string, use: (ydoc: Y.Doc) => void | Promise<void>): Promise<void> {
  const ydoc = new Y.Doc()
  const stock = new IndexeddbPersistence(name, ydoc)
  await stock.whenSynced
  await use(ydoc)
  // Its writes have no promise; reading behind them waits for them.
  await stock.get('')
  await stock.destroy()
}

const json = (ydoc: Y.Doc): unknown => ydoc.getMap('m').toJSON()

describe('the layout of y-indexeddb', () => {
  it('written by stock y-indexeddb opens here', async () => {
    await withStock('stock-first', (ydoc) => void ydoc.getMap('m').set('a', 1))
    await withOurs('stock-first', (ydoc) => expect(json(ydoc)).toEqual({ a: 1 }))
  })

  it('written here opens in stock y-indexeddb', async () => {
    await withOurs('ours-first', (ydoc) => void ydoc.getMap('m').set('a', 1))
    await withStock('ours-first', (ydoc) => expect(json(ydoc)).toEqual({ a: 1 }))
  })

  it('goes back and forth, compacted by either', async () => {
    for (let round = 0; round < 3; round++) {
      await withStock('both', (ydoc) => {
        for (let i = 0; i < 80; i++) ydoc.getMap('m').set(`stock ${round}`, i)
      })
      await withOurs('both', (ydoc) => void ydoc.getMap('m').set(`ours ${round}`, round))
    }
    await withOurs('both', (ydoc) =>
      expect(json(ydoc)).toEqual({
        'stock 0': 79,
        'stock 1': 79,
        'stock 2': 79,
        'ours 0': 0,
        'ours 1': 1,
        'ours 2': 2,
      }),
    )
  })

  it('is shared by both at once: neither removes what the other wrote', async () => {
    const name = 'at-once'
    await withStock(name, async (theirs) => {
      await withOurs(name, async (ours) => {
        for (let i = 0; i < 100; i++) ours.getMap('m').set(`ours ${i}`, i)
        for (let i = 0; i < 600; i++) theirs.getMap('m').set(`stock ${i % 10}`, i)
        // Stock compacts a second after its 500th row.
        await eventually(async () => expect((await rows(name)).length).toBeLessThan(20), { timeoutMs: 5_000 })
      })
    })
    await withOurs(name, (ydoc) => expect(Object.keys(json(ydoc) as object).length).toBe(110))
  })

  it('with another version number, or with other stores, is left alone', async () => {
    const newer = await openRaw('newer', 2, (db) => void db.createObjectStore('updates', { autoIncrement: true }))
    newer.close()
    await expect(adapter.open('newer')).rejects.toMatchObject({ code: 'newer-format' })
    const other = await openRaw('other', 1, (db) => void db.createObjectStore('something'))
    other.close()
    await expect(adapter.open('other')).rejects.toMatchObject({ code: 'failed', message: /belongs to something else/ })
  })
})

function openRaw(name: string, version?: number, upgrade?: (db: IDBDatabase) => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, version)
    request.addEventListener('upgradeneeded', () => upgrade?.(request.result))
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(request.error ?? new Error('no reason')))
  })
}

async function rows(name: string): Promise<readonly unknown[]> {
  const database = await adapter.open(name)
  const all = await database.load()
  database.close()
  return all
}
