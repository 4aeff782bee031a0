/**
 * Rows in IndexedDB, in the layout of y-indexeddb 9 (object store `updates` with automatic keys, `custom` for metadata), so
 * that either opens what the other wrote.
 *
 * The layout is y-indexeddb's, the code is not: its handlers write inside Yjs's `update` event, where a closed connection
 * throws and silences the document for good (yjs/yjs#799); it ignores every failed request and abort, so that a lost row hides
 * all later ones; its `whenSynced` never settles where storage is denied (yjs/y-indexeddb#44).
 */
import { deleteDB, openDB, type IDBPDatabase } from 'idb'
import type { StorageAdapter, StorageDatabase, StorageLoss, StorageMetaEntries } from './storage-adapter.ts'
import { StorageError, type StorageErrorCode } from './storage-error.ts'

const rowStore = 'updates'
const metaStore = 'custom'
/** y-indexeddb opens without a number, which makes 1. */
const schemaVersion = 1

/** IndexedDB of this origin. Durable: a write resolves after the browser has flushed it. */
export function createIndexedDbStorage(): StorageAdapter {
  return {
    label: 'IndexedDB',
    durable: true,
    open: async (name, { onBlocked } = {}) => {
      requireIndexedDb()
      const lost = createLossSignal()
      const database = await guard('opened', () =>
        openDB(name, schemaVersion, {
          upgrade: (created) => {
            if (!created.objectStoreNames.contains(rowStore))
              created.createObjectStore(rowStore, { autoIncrement: true })
            if (!created.objectStoreNames.contains(metaStore)) created.createObjectStore(metaStore)
          },
          blocked: () => onBlocked?.(),
          // Whoever deletes or upgrades waits for this connection: give way at once.
          blocking: (_current, next, event) => {
            ;(event.target as IDBDatabase).close()
            lost.raise(next === null ? 'deleted' : 'upgraded')
          },
          terminated: () => lost.raise('closed'),
        }),
      )
      for (const store of [rowStore, metaStore]) {
        if (database.objectStoreNames.contains(store)) continue
        database.close()
        throw new StorageError('failed', `The IndexedDB database "${name}" belongs to something else; it is left alone`)
      }
      return connect(database, lost)
    },
    remove: async (name) => {
      requireIndexedDb()
      await guard('deleted', () => deleteUnlessBlocked(name))
    },
  }
}

function connect(database: IDBPDatabase, lost: LossSignal): StorageDatabase {
  /** Every key up to here was loaded. */
  let loadedUpTo = 0
  /** Keys above that which this connection wrote; between them may stand other tabs' rows. */
  let writtenKeys: number[] = []

  const write = (rows: readonly Uint8Array[], meta: StorageMetaEntries, replacing: boolean): Promise<void> =>
    guard('written', async () => {
      const transaction = database.transaction([rowStore, metaStore], 'readwrite', { durability: 'strict' })
      const updates = transaction.objectStore(rowStore)
      const custom = transaction.objectStore(metaStore)
      const removals = replacing
        ? [IDBKeyRange.upperBound(loadedUpTo), ...writtenKeys.map((key) => IDBKeyRange.only(key))]
        : []
      try {
        const requests = [
          Promise.all(rows.map((row) => updates.add(row))),
          Promise.all(removals.map((range) => updates.delete(range))),
          Promise.all(Object.entries(meta).map(([key, value]) => custom.put(value, key))),
        ] as const
        // Otherwise the page would have to live to see the requests succeed before anything is committed.
        transaction.commit()
        const [keys] = await Promise.all([...requests, transaction.done])
        if (replacing) writtenKeys = []
        writtenKeys.push(...(keys as number[]))
      } catch (error) {
        throw await abortReason(transaction, error)
      }
    })

  return {
    load: () =>
      guard('read', async () => {
        const transaction = database.transaction(rowStore)
        const [rows, keys] = await Promise.all([
          transaction.store.getAll(),
          transaction.store.getAllKeys(),
          transaction.done,
        ])
        loadedUpTo = Math.max(loadedUpTo, (keys.at(-1) as number | undefined) ?? 0)
        writtenKeys = writtenKeys.filter((key) => key > loadedUpTo)
        return rows as Uint8Array[]
      }),
    append: (rows, meta = {}) => write(rows, meta, false),
    replace: (state, meta = {}) => write([state], meta, true),
    getMeta: (key) =>
      guard('read', async () => {
        const value: unknown = await database.get(metaStore, key)
        return typeof value === 'string' ? value : undefined
      }),
    setMeta: (entries) => write([], entries, false),
    close: () => {
      lost.mute()
      database.close()
    },
    onLost: (listener) => lost.listen(listener),
  }
}

/**
 * Undoes the whole write, also where a value could not even be cloned. The requests of an aborted transaction fail before
 * it does, with a plain AbortError; the reason, such as a full disk, stands on the transaction.
 */
async function abortReason(
  transaction: { readonly done: Promise<void>; readonly error: DOMException | null; abort(): void },
  error: unknown,
): Promise<unknown> {
  const ended = transaction.done.then(
    () => error,
    () => transaction.error ?? error,
  )
  try {
    transaction.abort()
  } catch (abortError) {
    if (!(abortError instanceof DOMException && abortError.name === 'InvalidStateError')) throw abortError
  }
  return ended
}

interface LossSignal {
  raise(how: StorageLoss): void
  listen(listener: (how: StorageLoss) => void): void
  mute(): void
}

/** The database may be lost before anybody listens. */
function createLossSignal(): LossSignal {
  let raised: StorageLoss | undefined
  let muted = false
  let listener: ((how: StorageLoss) => void) | undefined
  return {
    raise: (how) => {
      if (muted || raised) return
      raised = how
      listener?.(how)
    },
    listen: (added) => {
      listener = added
      if (raised && !muted) added(raised)
    },
    mute: () => {
      muted = true
    },
  }
}

function deleteUnlessBlocked(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const blocked = (): void =>
      reject(
        new StorageError('blocked', `Another tab keeps "${name}" open. It is deleted as soon as that tab is closed.`),
      )
    deleteDB(name, { blocked }).then(resolve, reject)
  })
}

function requireIndexedDb(): void {
  let present: boolean
  try {
    present = typeof indexedDB === 'object' && indexedDB !== null
  } catch (error) {
    throw storageErrorFrom(error, 'reached')
  }
  if (!present) throw new StorageError('unsupported', 'There is no IndexedDB here')
}

async function guard<T>(done: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw storageErrorFrom(error, done)
  }
}

const codesByName: Readonly<Record<string, StorageErrorCode>> = {
  SecurityError: 'denied',
  VersionError: 'newer-format',
  QuotaExceededError: 'quota',
  InvalidStateError: 'closed',
}

function storageErrorFrom(error: unknown, done: string): StorageError {
  if (error instanceof StorageError) return error
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) }
  const code = Object.hasOwn(codesByName, name) ? (codesByName[name] as StorageErrorCode) : 'failed'
  return new StorageError(code, `IndexedDB could not be ${done}: ${name} ${message}`, { cause: error })
}
