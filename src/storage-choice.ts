import type { BinKeys } from './bridge/index.ts'
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
