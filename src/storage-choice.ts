import type { BinKeys, MeterStore } from './bridge/index.ts'
import { createIndexedDbStorage, createKeyStore, createMemoryStorage, type StorageAdapter } from './storage/index.ts'

/** IndexedDB by default where the platform has it. Reading the property already throws in a sandboxed frame. */
export function chooseStorage(choice: 'memory' | 'indexeddb' | StorageAdapter | undefined): StorageAdapter {
  if (typeof choice === 'object') return choice
  if (choice === 'memory') return createMemoryStorage()
  return choice === 'indexeddb' || hasIndexedDb() ? createIndexedDbStorage() : createMemoryStorage()
}

function hasIndexedDb(): boolean {
  try {
    return typeof indexedDB === 'object' && indexedDB !== null
  } catch {
    return false
  }
}

/** The device's key store in the shape the bridge asks for. */
export function binKeysOfDevice(): BinKeys {
  const keys = createKeyStore()
  return {
    get: (origin, bin) => keys.get(origin, bin) ?? undefined,
    set: (origin, bin, key, options) => void keys.set(origin, bin, key, options),
    delete: (origin, bin) => keys.remove(origin, bin),
  }
}

const meterName = 'y-tokens/1/requests'

/** The count of requests beside the keys, where the browser allows it; else it lasts as long as the session. */
export function meterOfDevice(): MeterStore {
  let last: string | null = null
  return {
    get: () => withPageStorage((storage) => storage.getItem(meterName)) ?? last,
    set: (text) => {
      last = text
      withPageStorage((storage) => storage.setItem(meterName, text))
    },
  }
}

/** Undefined without a page, and where the browser refuses: a sandboxed frame, a full or a forbidden storage. */
function withPageStorage<T>(use: (storage: Storage) => T): T | undefined {
  try {
    return typeof window === 'object' && typeof localStorage === 'object' ? use(localStorage) : undefined
  } catch {
    return undefined
  }
}
