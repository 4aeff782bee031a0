import { describe } from 'vitest'
import { createMemoryStore, openSqliteStore } from '../../../server/store/index.ts'
import { createTestFolder } from '../../support/relay-server.ts'
import { describeRoomStore } from '../../support/room-store-contract.ts'

describe('the memory store', () => {
  describeRoomStore({ open: async () => createMemoryStore() })
})

describe('the SQLite store', () => {
  const folders = new WeakMap<object, string>()
  const openIn = async (folder: string) => {
    const store = await openSqliteStore({ folder })
    folders.set(store, folder)
    return store
  }
  describeRoomStore({
    open: async () => openIn(await createTestFolder()),
    async reopen(store) {
      await store.close()
      return openIn(folders.get(store) as string)
    },
  })
})
