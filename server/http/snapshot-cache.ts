import type { RoomProjection, SnapshotForm } from './project-room.ts'
import type { ProjectTask } from './project-thread.ts'

/** The committed content of rooms, open or not. */
export interface RoomReader {
  /** Log position of the newest row, 0 for a room that was never written. */
  positionOf(room: string): Promise<number>
  /** Updates that together are the room; null for one that was never written. */
  read(room: string): Promise<readonly Uint8Array[] | null>
}

export type Project = (task: ProjectTask) => Promise<RoomProjection>

/**
 * Projections by room, form and log position. A room that has not changed is not built again, and of many requests at once
 * one builds it. The least recently used go first.
 */
export interface SnapshotCache {
  get(room: string, form: SnapshotForm): Promise<RoomProjection>
}

interface Entry {
  readonly position: number
  readonly projection: Promise<RoomProjection>
  bytes: number
}

const empty: RoomProjection = { kind: 'empty' }

export function createSnapshotCache(options: {
  readonly reader: RoomReader
  readonly project: Project
  readonly maxBytes: number
}): SnapshotCache {
  const { reader, project, maxBytes } = options
  const entries = new Map<string, Entry>()
  let bytes = 0

  function drop(key: string): void {
    bytes -= entries.get(key)?.bytes ?? 0
    entries.delete(key)
  }

  async function build(room: string, form: SnapshotForm): Promise<RoomProjection> {
    const updates = await reader.read(room)
    return updates ? project({ updates, form }) : empty
  }

  function keep(key: string, entry: Entry): void {
    drop(key)
    entries.set(key, entry)
    entry.projection.then(
      (projection) => {
        if (entries.get(key) !== entry || projection.kind !== 'payload') return
        entry.bytes = projection.body.length + projection.gzip.length
        bytes += entry.bytes
        for (const oldest of entries.keys()) {
          if (bytes <= maxBytes) break
          drop(oldest)
        }
      },
      () => {
        if (entries.get(key) === entry) drop(key)
      },
    )
  }

  return {
    async get(room, form) {
      const position = await reader.positionOf(room)
      if (position === 0) return empty
      const key = `${form} ${room}`
      const known = entries.get(key)
      if (known?.position === position) {
        entries.delete(key)
        entries.set(key, known)
        return known.projection
      }
      const entry: Entry = { position, projection: build(room, form), bytes: 0 }
      keep(key, entry)
      return entry.projection
    },
  }
}
