import type { RoomStore, StoredRoom } from '../store/room-store.ts'
import { RelayError } from '../store/relay-error.ts'
import type { Compactor } from './compactor.ts'
import type { CommitQueue } from './commit-queue.ts'
import type { Folder } from './folder.ts'
import type { RelayLimits } from './limits.ts'
import type { RelayLog } from './relay-log.ts'
import { type PendingRow, type Room, createRoom } from './room.ts'
import type { Timers } from '../store/timers.ts'
import { createUpdateWalker } from './update-walk.ts'

/**
 * The open rooms. A room is loaded when somebody comes and forgotten when nobody is left and everything is committed; nothing
 * is kept of a closed one.
 */
export interface RoomRegistry {
  readonly size: number
  /** Null where no more rooms may be opened. */
  enter(name: string): RoomVisit | null
  /** The room if it is open and loaded. */
  find(name: string): Room | undefined
  /** Looks after rooms from which somebody or something has gone. */
  tidy(room: Room): void
  sweep(): void
}

/** One connection's hold on a room. */
export interface RoomVisit {
  /** Rejects with `data-damaged` or `storage-failed` where the room cannot be loaded; it is never served empty instead. */
  readonly room: Promise<Room>
  leave(): void
}

export interface RoomRegistryOptions {
  readonly store: RoomStore
  readonly queue: CommitQueue<PendingRow>
  readonly folder: Folder
  readonly compactor: Compactor
  readonly limits: RelayLimits
  readonly timers: Timers
  readonly log: RelayLog
}

interface Entry {
  visitors: number
  readonly loading: Promise<Room>
  /** Undefined while loading. */
  room: Room | undefined
}

export function createRoomRegistry(options: RoomRegistryOptions): RoomRegistry {
  const { store, queue, folder, compactor, limits, timers, log } = options
  const entries = new Map<string, Entry>()
  const walker = createUpdateWalker(limits)
  const append = (row: PendingRow): void => queue.push(row)

  function open(name: string): Entry {
    const startedAtMs = timers.now()
    const loading = loadInTime(name).then(
      (stored) => {
        const room = createRoom({ name, stored, limits, timers, log, compactor, walker, append })
        entry.room = room
        log.debug('room-opened', { room: name, ms: timers.now() - startedAtMs }, 'Loaded a room')
        return room
      },
      (error: unknown) => {
        forget(entry)
        const reason = error instanceof Error ? error.message : String(error)
        log.error('room-load-failed', { room: name, reason }, 'A room could not be loaded')
        throw error
      },
    )
    // Every visitor handles the failure; this one is for when all have left.
    loading.catch(() => undefined)
    const entry: Entry = { visitors: 0, loading, room: undefined }
    entries.set(name, entry)
    return entry

    function forget(failed: Entry): void {
      if (entries.get(name) === failed) entries.delete(name)
    }
  }

  function loadInTime(name: string): Promise<StoredRoom | null> {
    return new Promise((resolve, reject) => {
      const deadline = timers.setTimer(() => {
        const message = `Room "${name}" was not read from the store within ${limits.loadTimeoutMs} ms`
        reject(new RelayError('storage-failed', message))
      }, limits.loadTimeoutMs)
      store
        .load(name)
        .then(resolve, reject)
        .finally(() => timers.clearTimer(deadline))
    })
  }

  function closeIfDone(name: string, entry: Entry): void {
    const { room } = entry
    if (entry.visitors > 0 || entries.get(name) !== entry) return
    if (room && !room.failed && room.committedRows < room.appendedRows) return
    entries.delete(name)
    if (!room) return
    const due = room.dueFold('closing')
    if (due) folder.fold(name, due)
    room.dispose()
    log.debug('room-closed', { room: name }, 'Closed a room')
  }

  return {
    get size() {
      return entries.size
    },
    enter(name) {
      let entry = entries.get(name)
      if (!entry || entry.room?.failed) {
        if (entries.size >= limits.maxOpenRooms) return null
        entry = open(name)
      }
      const held = entry
      let left = false
      held.visitors++
      return {
        room: held.loading,
        leave() {
          if (left) return
          left = true
          held.visitors--
          closeIfDone(name, held)
        },
      }
    },
    find: (name) => entries.get(name)?.room,
    tidy(room) {
      const entry = entries.get(room.name)
      if (!entry || entry.room !== room) return
      const due = entry.visitors > 0 && !folder.isFolding(room.name) ? room.dueFold('open') : null
      if (due) folder.fold(room.name, due)
      closeIfDone(room.name, entry)
    },
    sweep() {
      for (const [name, { room }] of entries) {
        const due = room && !folder.isFolding(name) ? room.dueFold('open') : null
        if (due) folder.fold(name, due)
      }
    },
  }
}
