import { createMemoryStorage } from '../../src/storage/memory-storage.ts'
import type { StorageAdapter, StorageDatabase, StorageLoss } from '../../src/storage/storage-adapter.ts'
import { StorageError, type StorageErrorCode } from '../../src/storage/storage-error.ts'

export type OpenFault = StorageErrorCode | 'hang' | 'throw' | 'hang-blocked'
export type ReadFault = StorageErrorCode | 'hang'
export type WriteFault = StorageErrorCode | 'hang' | 'throw'

/** Memory that fails on command. Faults are used up in order; with none left everything works. */
export interface FaultyStorage extends StorageAdapter {
  readonly openFaults: OpenFault[]
  readonly readFaults: ReadFault[]
  readonly writeFaults: WriteFault[]
  /** While set, every write and open fails with it. */
  always: StorageErrorCode | null
  /** Takes every open connection away. `deleted` also deletes the databases. */
  lose(how: StorageLoss): void
  /** Lets hanging opens go on. */
  unhang(): void
  /** What a fresh start would find. */
  rowsOf(name: string): Promise<readonly Uint8Array[]>
  metaOf(name: string, key: string): Promise<string | undefined>
  put(name: string, rows: readonly Uint8Array[], meta?: Readonly<Record<string, string>>): Promise<void>
  readonly opens: number
  readonly openConnections: number
  readonly writes: readonly ('append' | 'replace' | 'meta')[]
}

interface Connection {
  lost?: StorageLoss
  listener?: (how: StorageLoss) => void
}

export function createFaultyStorage(options: { readonly durable?: boolean } = {}): FaultyStorage {
  let memory = createMemoryStorage()
  const connections = new Map<StorageDatabase, Connection>()
  const hanging: (() => void)[] = []
  const writes: ('append' | 'replace' | 'meta')[] = []
  let opens = 0

  const fail = (code: StorageErrorCode): never => {
    throw new StorageError(code, `injected: ${code}`)
  }
  const hang = (): Promise<void> => new Promise((resolve) => hanging.push(resolve))

  const storage: FaultyStorage = {
    label: 'faulty storage',
    durable: options.durable ?? true,
    openFaults: [],
    readFaults: [],
    writeFaults: [],
    always: null,
    open: (name, { onBlocked } = {}) => {
      opens++
      const fault = storage.openFaults.shift()
      if (fault === 'throw') throw new TypeError('injected: open throws')
      if (fault === 'hang-blocked') onBlocked?.()
      return (async () => {
        if (storage.always) fail(storage.always)
        if (fault === 'hang' || fault === 'hang-blocked') await hang()
        else if (fault) fail(fault)
        const before = memory
        const inner = await before.open(name)
        // As a browser does: the deletion waits for this connection, which hears of it as soon as it listens.
        return connect(inner, before === memory ? {} : { lost: 'deleted' })
      })()
    },
    remove: (name) => memory.remove(name),
    lose: (how) => {
      if (how === 'deleted') memory = createMemoryStorage()
      for (const [database, connection] of connections) {
        database.close()
        connection.lost = how
        connection.listener?.(how)
      }
    },
    unhang: () => {
      for (const resume of hanging.splice(0)) resume()
    },
    rowsOf: async (name) => (await memory.open(name)).load(),
    metaOf: async (name, key) => (await memory.open(name)).getMeta(key),
    put: async (name, rows, meta) => (await memory.open(name)).append(rows, meta),
    get opens() {
      return opens
    },
    get openConnections() {
      return connections.size
    },
    writes,
  }

  const connect = (inner: StorageDatabase, connection: Connection): StorageDatabase => {
    const guarded = (kind: 'append' | 'replace' | 'meta', run: () => Promise<void>): Promise<void> => {
      writes.push(kind)
      const fault = storage.writeFaults.shift()
      if (fault === 'throw') throw new TypeError('injected: write throws')
      return (async () => {
        if (storage.always) fail(storage.always)
        if (fault === 'hang') await hang()
        else if (fault) fail(fault)
        await run()
      })()
    }
    const database: StorageDatabase = {
      load: async () => {
        const fault = storage.readFaults.shift()
        if (fault === 'hang') await hang()
        else if (fault) fail(fault)
        return inner.load()
      },
      append: (rows, meta) => guarded('append', () => inner.append(rows, meta)),
      replace: (state, meta) => guarded('replace', () => inner.replace(state, meta)),
      setMeta: (entries) => guarded('meta', () => inner.setMeta(entries)),
      getMeta: (key) => inner.getMeta(key),
      close: () => {
        connections.delete(database)
        inner.close()
      },
      onLost: (listener) => {
        connection.listener = listener
        if (connection.lost) listener(connection.lost)
      },
    }
    connections.set(database, connection)
    return database
  }
  return storage
}
