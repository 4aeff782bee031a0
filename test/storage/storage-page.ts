/**
 * The page of the browser tests: one document kept by our storage or by stock y-indexeddb, driven from outside through
 * `globalThis.page`. Runs in Chromium.
 */
import { IndexeddbPersistence } from 'y-indexeddb'
import * as Y from 'yjs'
import { attachStorage, type AttachedStorage } from '../../src/storage/attach-storage.ts'
import { estimateStorage, requestPersistence } from '../../src/storage/device-storage.ts'
import { createIndexedDbStorage } from '../../src/storage/indexeddb-storage.ts'
import { createKeyStore } from '../../src/storage/key-store.ts'
import { leaseLane, type LaneLease } from '../../src/storage/lane-lease.ts'

let ydoc = new Y.Doc()
let ours: AttachedStorage | undefined
let lease: LaneLease | undefined
let stock: IndexeddbPersistence | undefined
let updatesHeard = 0
let trouble: string[] = []
const connections: IDBDatabase[] = []

function patch<On extends object, Name extends keyof On>(
  on: On,
  name: Name,
  replace: (original: On[Name]) => On[Name],
): void {
  on[name] = replace(on[name])
}

// Every connection of this page, whoever opens it, so that a test can close it as a browser does.
if (typeof IDBFactory === 'function') {
  patch(IDBFactory.prototype, 'open', (original) => {
    return function (this: IDBFactory, ...args) {
      const request = original.apply(this, args)
      request.addEventListener('success', () => connections.push(request.result))
      return request
    }
  })
}
addEventListener('unhandledrejection', (event) => trouble.push(String(event.reason)))

/** Rejects when the promise has not settled in time. */
function within<T>(ms: number, promise: Promise<T>): Promise<T | 'pending'> {
  return Promise.race([promise, new Promise<'pending'>((resolve) => setTimeout(() => resolve('pending'), ms))])
}

function begin(): void {
  ydoc = new Y.Doc()
  updatesHeard = 0
  trouble = []
}

const page = {
  openOurs: async (name: string): Promise<{ readonly settledAfterMs: number; readonly status: unknown }> => {
    begin()
    const startedAt = performance.now()
    ours = attachStorage({ ydoc, adapter: createIndexedDbStorage(), name })
    await ours.whenLoaded
    ydoc.on('update', () => updatesHeard++)
    return { settledAfterMs: performance.now() - startedAt, status: ours.status }
  },
  openStock: async (name: string, waitMs = 3_000): Promise<'synced' | 'pending'> => {
    begin()
    stock = new IndexeddbPersistence(name, ydoc)
    const outcome = await within(waitMs, stock.whenSynced)
    ydoc.on('update', () => updatesHeard++)
    return outcome === 'pending' ? 'pending' : 'synced'
  },
  set: (key: string, value: string): string => {
    try {
      ydoc.getMap('m').set(key, value)
      return 'ok'
    } catch (error) {
      return (error as Error).name
    }
  },
  fill: (key: string, bytes: number): void => {
    const noise = new Uint8Array(bytes)
    for (let at = 0; at < bytes; at += 65_536) crypto.getRandomValues(noise.subarray(at, Math.min(bytes, at + 65_536)))
    ydoc.getMap('m').set(key, noise)
  },
  facts: () => ({
    keys: [...ydoc.getMap('m').keys()].toSorted(),
    gap: ydoc.store.pendingStructs !== null,
    updatesHeard,
    trouble,
    status: ours?.status.kind,
    reason: ours?.status.kind === 'degraded' ? ours.status.reason : undefined,
  }),
  flush: () => ours?.flush(),
  clear: async (): Promise<string> => {
    try {
      await ours?.clear()
      return 'cleared'
    } catch (error) {
      return (error as { code?: string }).code ?? String(error)
    }
  },
  close: async (): Promise<void> => {
    await ours?.close()
    lease?.release()
    await stock?.destroy()
  },
  lease: async (user: string): Promise<{ readonly lane: string; readonly fresh: boolean }> => {
    lease = await leaseLane({ storage: ours ?? null, user })
    return { lane: lease.lane, fresh: lease.fresh }
  },
  exported: () => ours?.exportState().byteLength ?? 0,
  /** As the browser does when site data is cleared or the disk fails. */
  closeConnections: (): void => {
    for (const connection of connections.splice(0)) connection.close()
  },
  /** Aborts the next transaction that writes, instead of committing it. */
  abortNextWrite: (): void => {
    patch(IDBDatabase.prototype, 'transaction', (original) => {
      return function (this: IDBDatabase, ...args) {
        const opened = original.apply(this, args)
        if (args[1] !== 'readwrite') return opened
        IDBDatabase.prototype.transaction = original
        const abort = (): void => opened.abort()
        opened.commit = abort
        patch(opened, 'objectStore', (objectStore) => (name) => {
          const store = objectStore.call(opened, name)
          patch(store, 'add', (add) => (...values) => {
            const request = add.apply(store, values)
            request.addEventListener('success', abort)
            return request
          })
          return store
        })
        return opened
      }
    })
  },
  deleteDatabase: (name: string): Promise<string> =>
    new Promise((resolve) => {
      const request = indexedDB.deleteDatabase(name)
      request.addEventListener('success', () => resolve('deleted'))
      request.addEventListener('blocked', () => resolve('blocked'))
    }),
  /** Holds a connection that does not give way, as stock code of another page may. */
  squat: (name: string): Promise<void> =>
    new Promise((resolve) => {
      const request = indexedDB.open(name)
      request.addEventListener('upgradeneeded', () => {
        request.result.createObjectStore('updates', { autoIncrement: true })
        request.result.createObjectStore('custom')
      })
      request.addEventListener('success', () => resolve())
    }),
  databases: async (): Promise<string[]> => (await indexedDB.databases()).map(({ name }) => name ?? ''),
  rows: (name: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const request = indexedDB.open(name)
      request.addEventListener('success', () => {
        const count = request.result.transaction('updates').objectStore('updates').count()
        count.addEventListener('success', () => {
          request.result.close()
          resolve(count.result)
        })
        count.addEventListener('error', () => reject(count.error ?? new Error('no reason')))
      })
    }),
  persistence: () => requestPersistence(),
  estimate: () => estimateStorage(),
  hasSubtle: () => typeof crypto.subtle !== 'undefined',
  hasLocks: () => typeof navigator.locks !== 'undefined',
  setKey: (binId: string, masterKey: string): boolean =>
    createKeyStore().set('https://api.jsonbin.io', binId, { masterKey }),
  getKey: (binId: string): unknown => createKeyStore().get('https://api.jsonbin.io', binId),
}

export type StoragePage = typeof page

Object.assign(globalThis, { page })
