import type { StorageAdapter, StorageDatabase, StorageMetaEntries } from './storage-adapter.ts'
import { StorageError } from './storage-error.ts'

interface StoredDatabase {
  readonly rows: Map<number, Uint8Array>
  readonly meta: Map<string, string>
  nextKey: number
}

/**
 * Keeps databases as long as the returned object lives, and shares them between its connections. For tests, for Node, and
 * for an embedder who wants no storage.
 */
export function createMemoryStorage(): StorageAdapter {
  const databases = new Map<string, StoredDatabase>()
  return {
    label: 'memory',
    durable: false,
    open: async (name) => {
      const stored = databases.get(name) ?? { rows: new Map(), meta: new Map(), nextKey: 1 }
      databases.set(name, stored)
      return connect(stored)
    },
    remove: async (name) => {
      databases.delete(name)
    },
  }
}

function connect(stored: StoredDatabase): StorageDatabase {
  const seen = new Set<number>()
  let open = true

  const requireOpen = (): void => {
    if (!open) throw new StorageError('closed', 'This connection to the memory store is closed')
  }
  const add = (row: Uint8Array): void => {
    const key = stored.nextKey++
    stored.rows.set(key, row.slice())
    seen.add(key)
  }
  const setMeta = (entries: StorageMetaEntries): void => {
    for (const [key, value] of Object.entries(entries)) stored.meta.set(key, value)
  }

  return {
    load: async () => {
      requireOpen()
      for (const key of stored.rows.keys()) seen.add(key)
      return [...stored.rows.values()].map((row) => row.slice())
    },
    append: async (rows, meta = {}) => {
      requireOpen()
      for (const row of rows) add(row)
      setMeta(meta)
    },
    replace: async (state, meta = {}) => {
      requireOpen()
      for (const key of seen) stored.rows.delete(key)
      seen.clear()
      add(state)
      setMeta(meta)
    },
    getMeta: async (key) => {
      requireOpen()
      return stored.meta.get(key)
    },
    setMeta: async (entries) => {
      requireOpen()
      setMeta(entries)
    },
    close: () => {
      open = false
    },
    onLost: () => undefined,
  }
}
