import { RelayError } from './relay-error.ts'
import type { RoomSnapshot, RoomStore, StoredRow } from './room-store.ts'

interface MemoryRoom {
  snapshot: RoomSnapshot | null
  rows: StoredRow[]
  lastOrdinal: number
}

/** Keeps rooms until the process ends. For tests and throw-away rooms: an acknowledgement promises nothing beyond that. */
export function createMemoryStore(): RoomStore {
  const rooms = new Map<string, MemoryRoom>()
  const epochs = new Map<string, number>()
  let head = 0
  let closed = false

  const open = (): void => {
    if (closed) throw new RelayError('closed', 'The store has been closed')
  }

  return {
    durable: false,
    warnings: [],
    async append(newRows) {
      open()
      const first = head + 1
      for (const { room: name, ordinal, update } of newRows) {
        const room = rooms.get(name) ?? { snapshot: null, rows: [], lastOrdinal: 0 }
        rooms.set(name, room)
        room.rows.push({ position: ++head, update })
        room.lastOrdinal = ordinal
      }
      return first
    },
    async load(name) {
      open()
      const room = rooms.get(name)
      return room ? { snapshot: room.snapshot, rows: [...room.rows], lastOrdinal: room.lastOrdinal } : null
    },
    async positionOf(name) {
      open()
      const room = rooms.get(name)
      return room?.rows.at(-1)?.position ?? room?.snapshot?.position ?? 0
    },
    async fold(name, snapshot) {
      open()
      const room = rooms.get(name)
      if (!room) return
      room.snapshot = snapshot
      room.rows = room.rows.filter((row) => row.position > snapshot.position)
    },
    async nextLeaseEpoch(room, lease) {
      open()
      const key = `${room}\n${lease}`
      const epoch = (epochs.get(key) ?? 0) + 1
      epochs.set(key, epoch)
      return epoch
    },
    async probe() {
      open()
    },
    async close() {
      closed = true
    },
  }
}
