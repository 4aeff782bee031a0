import 'fake-indexeddb/auto'
import { createIndexedDbStorage } from '../../src/storage/indexeddb-storage.ts'
import { createMemoryStorage } from '../../src/storage/memory-storage.ts'
import { checkStorageAdapter } from './adapter-contract.ts'
import { createKeyValueStorage, type KeyValueHost } from './key-value-storage.ts'

const memory = createMemoryStorage()
checkStorageAdapter('memory', () => memory)
checkStorageAdapter('IndexedDB', createIndexedDbStorage)

const values = new Map<string, unknown>()
const host: KeyValueHost = {
  get: async (key) => values.get(key),
  set: async (key, value) => {
    values.set(key, value)
  },
  delete: async (key) => {
    values.delete(key)
  },
}
const hostStorage = createKeyValueStorage(host)
checkStorageAdapter('a key-value host', () => hostStorage)
