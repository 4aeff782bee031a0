/**
 * Keeps a Y.Doc on this device: loads what is stored, then stores every update, and can neither hang nor throw into Yjs nor
 * hide later writes behind a failed one. When to do what is decided in `storage-machine.ts`; this file holds the
 * connection, the timers and the status, `local-copy.ts` the bytes.
 *
 * - S1 The `update` handler only queues. Edits are durable about 100 ms later, or when the page is hidden or left.
 * - S2 `whenLoaded` always settles; storage that answers later still joins.
 * - S3 A failed write is followed by one of the whole document over a new connection.
 * - S4 Storage that is refused, blocked, full or gone degrades to memory, with a status. Nothing written is given up.
 * - S5 A row that cannot be read, or a gap, costs only itself: the other rows load, all rows are kept.
 * - S6 Rows are compacted by number and size, in one transaction, by one tab at a time where the browser has locks.
 * - S7 A database of a newer format is left untouched.
 * - S8 A document silenced by a throwing listener is woken up, stored whole, and reported.
 * - S9 `clear` resolves when the database is gone, not before.
 */
import * as Y from 'yjs'
import { createEmitter } from '../platform/emitter.ts'
import { createLocalCopy } from './local-copy.ts'
import { currentPage, type PageLifecycle } from './page-lifecycle.ts'
import type { StorageAdapter, StorageDatabase, StorageMetaEntries } from './storage-adapter.ts'
import { StorageError, storageErrorCodeOf } from './storage-error.ts'
import {
  isStored,
  startStorage,
  stepStorage,
  type StorageEffect,
  type StorageEvent,
  type StorageTimer,
} from './storage-machine.ts'
import { storageStatusOf, type StorageNote, type StorageStatus } from './storage-status.ts'
import { createTimerSet } from './timer-set.ts'
import { systemTimers, type Timers } from './timers.ts'
import { browserLocks } from '../platform/browser-locks.ts'
import { hasGap, watchSilence } from './yjs-internals.ts'

export interface AttachStorageOptions {
  readonly ydoc: Y.Doc
  readonly adapter: StorageAdapter
  /** See `databaseNameOf`. */
  readonly name: string
  /**
   * A throwing listener had silenced the document. It works again and is stored whole; providers and views may have missed
   * updates: reconnect and redraw.
   */
  readonly onSilenced?: () => void
  readonly timers?: Timers
  /** Null: every tab compacts for itself, which is safe but wasteful. The browser's by default. */
  readonly locks?: LockManager | null
  readonly page?: PageLifecycle | null
}

export interface AttachedStorage {
  readonly name: string
  /** The same object until something changes. */
  readonly status: StorageStatus
  readonly notes: readonly StorageNote[]
  /** Of `status` and `notes`. */
  subscribeStatus(listener: () => void): () => void
  /** Settles, always and never by rejection: everything stored is in the document, or the status says why not. */
  readonly whenLoaded: Promise<void>
  /** After `whenLoaded`: whether the document holds all that earlier sessions on this device had stored. */
  readonly intact: boolean
  readonly meta: StorageMeta
  /** True once everything edited before the call is durable; false where it cannot be for now. Retries at once. */
  flush(): Promise<boolean>
  /** The whole document as one Yjs update; works in every state. */
  exportState(): Uint8Array
  /** Ends this attachment and deletes the database. Throws {@link StorageError}, `blocked` where another tab keeps it. */
  clear(): Promise<void>
  /** Stores what is left and ends, within about two seconds. Leaves no timer, listener or connection; never rejects. */
  close(): Promise<void>
}

/** Small facts kept in the same database as the document, and lost together with it. */
export interface StorageMeta {
  /** Undefined also where nothing can be read now. */
  get(key: string): Promise<string | undefined>
  /** Durable when it resolves. Throws {@link StorageError}. */
  set(entries: StorageMetaEntries): Promise<void>
  /** Entries for the end of this session; the returned function takes them back. */
  atEnd(entries: SessionEnd): () => void
}

export interface SessionEnd {
  /** Written in one transaction with the last rows when the page is left or storage closed, if everything is stored then. */
  readonly leaving: StorageMetaEntries
  /** Written if the page comes back from the back/forward cache. */
  readonly returned: StorageMetaEntries
}

const flushTimeoutMs = 5_000
const closeTimeoutMs = 2_000

export function attachStorage(options: AttachStorageOptions): AttachedStorage {
  const { ydoc, adapter, name, onSilenced, timers = systemTimers } = options
  const locks = options.locks === undefined ? browserLocks() : options.locks
  const page = options.page === undefined ? currentPage() : options.page

  const begin = startStorage()
  let machine = begin.state
  let database: StorageDatabase | null = null
  /** Whatever was opened before this one is closed. */
  let opening = 0
  let blocked = false
  let intact = false
  let ended: Promise<void> | null = null
  let status: StorageStatus = { kind: adapter.durable ? 'loading' : 'off' }
  let notes: readonly StorageNote[] = []

  const changes = createEmitter()
  const waiters = new Set<(stored: boolean) => void>()
  const sessionEnds = new Set<SessionEnd>()
  let reportLoaded = (): void => undefined
  const whenLoaded = new Promise<void>((resolve) => (reportLoaded = resolve))
  const running = createTimerSet<StorageTimer>(timers, (timer) =>
    dispatch(timer === 'slow' ? { kind: 'open-slow', blocked } : { kind: timer }),
  )
  /** So that what was loaded is not stored again. */
  const origin = { storage: name }
  const copy = createLocalCopy({ ydoc, name, locks, origin, isCurrent: (connection) => connection === database })

  const dispatch = (event: StorageEvent): void => {
    const step = stepStorage(machine, event)
    machine = step.state
    for (const effect of step.effects) perform(effect)
    publish()
  }

  const perform = (effect: StorageEffect): void => {
    switch (effect.kind) {
      case 'open':
        return open()
      case 'load':
        return attempt(load)
      case 'append':
        return attempt(copy.append)
      case 'rewrite':
        return attempt((connection) => copy.rewrite(connection, machine.keepRows))
      case 'compact':
        return attempt(copy.compact)
      case 'disconnect':
        return disconnect()
      case 'drop-queue':
        return copy.dropQueue()
      case 'report-loaded':
        return reportLoaded()
      case 'start':
        return running.start(effect.timer, effect.delayMs)
      case 'stop':
        return running.stop(effect.timer)
      default:
        return effect satisfies never
    }
  }

  const open = (): void => {
    const mine = ++opening
    blocked = false
    const opened = async (): Promise<StorageDatabase> => adapter.open(name, { onBlocked: () => (blocked = true) })
    opened().then(
      (connection) => {
        if (mine !== opening) return connection.close()
        database = connection
        dispatch({ kind: 'opened' })
        // It may be lost already, which then is said at once.
        connection.onLost((how) => {
          if (database === connection) dispatch({ kind: 'lost', how })
        })
      },
      (error: unknown) => {
        if (mine === opening) dispatch({ kind: 'failed', code: storageErrorCodeOf(error) })
      },
    )
  }
  const disconnect = (): void => {
    opening++
    database?.close()
    database = null
    copy.dropInFlight()
  }

  const attempt = (run: (connection: StorageDatabase) => Promise<StorageEvent>): void => {
    const connection = database
    if (!connection) return
    const answer = (event: StorageEvent): void => {
      if (database === connection) dispatch(event)
    }
    run(connection).then(answer, (error: unknown) => answer({ kind: 'failed', code: storageErrorCodeOf(error) }))
  }

  const load = async (connection: StorageDatabase): Promise<StorageEvent> => {
    const loaded = await copy.load(connection)
    for (const each of loaded.notes) note(each)
    if (!machine.reportedLoaded) intact = loaded.intact
    if (loaded.missing) enqueue(loaded.missing)
    return loaded.event
  }

  const enqueue = (update: Uint8Array): void => {
    const before = machine.queued
    dispatch({ kind: 'edited' })
    if (machine.queued > before) copy.push(update)
  }

  const writeEnd = async (): Promise<void> => {
    if (!database || (machine.phase !== 'ready' && machine.phase !== 'writing')) return
    const leaving = [...sessionEnds].map((each) => each.leaving)
    await copy.writeEnd(database, machine.full, Object.assign({}, ...leaving) as StorageMetaEntries)
  }

  const note = (added: StorageNote): void => {
    if (!notes.includes(added)) notes = [...notes, added]
  }

  const publish = (): void => {
    const before = { status, notes }
    if (notes.includes('recovering') && !hasGap(ydoc)) notes = notes.filter((each) => each !== 'recovering')
    const stored = isStored(machine)
    const { trouble, reportedLoaded: loaded } = machine
    const durable = adapter.durable && machine.phase !== 'closed'
    const next = storageStatusOf({ durable, loaded, stored, trouble: machine.phase === 'closed' ? null : trouble })
    if (next.kind !== status.kind || troubleOf(next) !== troubleOf(status)) status = next
    if (stored || machine.phase === 'away' || machine.phase === 'closed') {
      for (const waiter of waiters) waiter(stored)
    }
    if (before.status !== status || before.notes !== notes) changes.emit()
  }

  const waitStored = (timeoutMs: number): Promise<boolean> =>
    new Promise((resolve) => {
      const done = (stored: boolean): void => {
        waiters.delete(done)
        timers.clearTimer(timeout)
        resolve(stored)
      }
      const timeout = timers.setTimer(() => done(false), timeoutMs)
      waiters.add(done)
      dispatch({ kind: 'flush' })
    })

  const within = (timeoutMs: number, work: Promise<void>): Promise<void> =>
    new Promise((resolve) => {
      const timeout = timers.setTimer(resolve, timeoutMs)
      const done = (): void => {
        timers.clearTimer(timeout)
        resolve()
      }
      work.then(done, done)
    })

  const end = async (): Promise<void> => {
    for (const stop of stops) stop()
    if (await waitStored(closeTimeoutMs)) await within(closeTimeoutMs, writeEnd())
    dispatch({ kind: 'close' })
    reportLoaded()
  }
  const close = (): Promise<void> => (ended ??= end())

  const updated = (update: Uint8Array, from: unknown): void => {
    if (from !== origin) enqueue(update)
  }
  const destroyed = (): void => void close()
  ydoc.on('update', updated)
  ydoc.on('destroy', destroyed)
  const stops: (() => void)[] = [
    () => ydoc.off('update', updated),
    () => ydoc.off('destroy', destroyed),
    watchSilence(ydoc, () => {
      note('listener-threw')
      dispatch({ kind: 'updates-missed' })
      onSilenced?.()
    }),
  ]
  const failed = (error: unknown): void => dispatch({ kind: 'failed', code: storageErrorCodeOf(error) })
  if (page) {
    stops.push(
      page.onHidden(() => dispatch({ kind: 'flush' })),
      page.onLeave(() => void writeEnd().catch(failed)),
      page.onReturn(() => {
        const returned = Object.assign({}, ...[...sessionEnds].map((each) => each.returned)) as StorageMetaEntries
        database?.setMeta(returned).catch(failed)
      }),
    )
  }
  for (const effect of begin.effects) perform(effect)

  return {
    name,
    get status() {
      return status
    },
    get notes() {
      return notes
    },
    subscribeStatus: changes.subscribe,
    whenLoaded,
    get intact() {
      return intact
    },
    meta: {
      get: async (key) => {
        if (!database || machine.trouble) return undefined
        return database.getMeta(key).catch(() => undefined)
      },
      set: async (entries) => {
        if (!database || machine.trouble) throw new StorageError('closed', `Storage of "${name}" is not available now`)
        await database.setMeta(entries)
      },
      atEnd: (entries) => {
        sessionEnds.add(entries)
        return () => sessionEnds.delete(entries)
      },
    },
    flush: () => waitStored(flushTimeoutMs),
    exportState: () => Y.encodeStateAsUpdate(ydoc),
    clear: async () => {
      for (const stop of stops) stop()
      dispatch({ kind: 'close' })
      reportLoaded()
      ended ??= Promise.resolve()
      await adapter.remove(name)
    },
    close,
  }
}

function troubleOf(status: StorageStatus): string | null {
  return status.kind === 'degraded' ? status.reason : null
}
