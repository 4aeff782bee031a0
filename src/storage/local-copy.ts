/**
 * The bytes of the local copy: what a connection has to hold, and the updates on their way into it. Knows no timers and no
 * status; `attach-storage.ts` calls it as the machine says.
 */
import * as Y from 'yjs'
import type { StorageDatabase, StorageMetaEntries } from './storage-adapter.ts'
import { StorageError } from './storage-error.ts'
import type { StorageEvent } from './storage-machine.ts'
import type { StorageNote } from './storage-status.ts'
import { applyRows, beyondRows, mergeRows } from './stored-rows.ts'
import { holdLock } from './web-lock.ts'
import { hasGap } from './yjs-internals.ts'

const formatKey = 'y-tokens/format'
/**
 * Of rows and metadata; a database of stock y-indexeddb has none and counts as 1.
 *
 * History: 1 rows are Yjs V1 updates, metadata is text.
 */
const formatVersion = 1

export interface LocalCopyOptions {
  readonly ydoc: Y.Doc
  readonly name: string
  readonly locks: LockManager | null
  /** Origin of loaded updates. */
  readonly origin: unknown
  /** False once a newer connection has taken this one's place: then nothing of ours may be touched. */
  readonly isCurrent: (connection: StorageDatabase) => boolean
}

export interface LocalCopy {
  /** Queues an update for the next write. */
  readonly push: (update: Uint8Array) => void
  readonly dropQueue: () => void
  /** The write under way has failed, or its connection is gone. */
  readonly dropInFlight: () => void
  /** Puts every row into the document. Throws `newer-format`. */
  readonly load: (connection: StorageDatabase) => Promise<LoadedCopy>
  readonly append: (connection: StorageDatabase) => Promise<StorageEvent>
  /** The whole document, in the place of the rows, or beside them where they are to be kept. */
  readonly rewrite: (connection: StorageDatabase, keepRows: boolean) => Promise<StorageEvent>
  /** One row in the place of many, unless another tab is at it. The queue stays. */
  readonly compact: (connection: StorageDatabase) => Promise<StorageEvent>
  /** All that is still owed, in one transaction with `meta`: the page may not live to see it done. */
  readonly writeEnd: (connection: StorageDatabase, full: boolean, meta: StorageMetaEntries) => Promise<void>
}

export interface LoadedCopy {
  readonly event: StorageEvent
  readonly notes: readonly StorageNote[]
  /** Nothing was unreadable, nothing is missing. */
  readonly intact: boolean
  /** What the document held that no row has, at the first load. */
  readonly missing: Uint8Array | null
}

export function createLocalCopy(options: LocalCopyOptions): LocalCopy {
  const { ydoc, name, locks, origin, isCurrent } = options
  let queue: Uint8Array[] = []
  let inFlight: readonly Uint8Array[] = []
  /** Metadata that the next write adds. */
  let newMeta: StorageMetaEntries = {}
  let hadContent = Y.encodeStateAsUpdate(ydoc).byteLength > 2

  const requireCurrent = (connection: StorageDatabase): void => {
    if (!isCurrent(connection)) throw new StorageError('closed', `This connection to "${name}" is closed`)
  }
  const written = (connection: StorageDatabase, rows: readonly Uint8Array[]): StorageEvent => {
    requireCurrent(connection)
    inFlight = []
    newMeta = {}
    return { kind: 'written', rows: rows.length, bytes: rows.reduce((sum, row) => sum + row.byteLength, 0) }
  }
  const compact = async (connection: StorageDatabase): Promise<StorageEvent> => {
    requireCurrent(connection)
    const state = Y.encodeStateAsUpdate(ydoc)
    await connection.replace(state, newMeta)
    return written(connection, [state])
  }

  return {
    push: (update) => {
      queue.push(update)
    },
    dropQueue: () => {
      queue = []
    },
    dropInFlight: () => {
      inFlight = []
    },
    load: async (connection) => {
      const format = await connection.getMeta(formatKey)
      if (format !== undefined && !(Number(format) <= formatVersion)) {
        throw new StorageError('newer-format', `Format ${format} of "${name}" is newer than ${formatVersion}`)
      }
      const rows = await connection.load()
      requireCurrent(connection)
      newMeta = format === undefined ? { [formatKey]: String(formatVersion) } : {}
      const { damaged, listenerThrew, ...size } = applyRows(ydoc, rows, origin)
      const gap = hasGap(ydoc)
      const notes: StorageNote[] = []
      if (damaged > 0) notes.push('damaged-rows')
      if (gap) notes.push('recovering')
      if (listenerThrew) notes.push('listener-threw')
      const missing = hadContent ? beyondRows(ydoc, rows) : null
      hadContent = false
      const event: StorageEvent = { kind: 'loaded', ...size, keepRows: damaged > 0 || gap }
      return { event, notes, intact: damaged === 0 && !gap, missing }
    },
    append: async (connection) => {
      inFlight = queue
      queue = []
      const rows = mergeRows(inFlight)
      await connection.append(rows, newMeta)
      return written(connection, rows)
    },
    rewrite: async (connection, keepRows) => {
      const state = Y.encodeStateAsUpdate(ydoc)
      inFlight = [state]
      queue = []
      await (keepRows ? connection.append([state], newMeta) : connection.replace(state, newMeta))
      return written(connection, [state])
    },
    compact: async (connection) => {
      if (!locks) return compact(connection)
      // Where locks are denied, compacting without one is safe.
      const release = await holdLock(locks, `${name}/compact`).catch(() => () => undefined)
      if (!release) return { kind: 'compaction-skipped' }
      try {
        return await compact(connection)
      } finally {
        release()
      }
    },
    writeEnd: async (connection, full, meta) => {
      const owed = full ? [Y.encodeStateAsUpdate(ydoc)] : mergeRows([...inFlight, ...queue])
      const entries = { ...newMeta, ...meta }
      if (owed.length > 0 || Object.keys(entries).length > 0) await connection.append(owed, entries)
    },
  }
}
