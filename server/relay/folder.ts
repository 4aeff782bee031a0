import type { RoomSnapshot, RoomStore } from '../store/room-store.ts'
import type { Compacted } from './compact-updates.ts'
import type { Compactor } from './compactor.ts'
import type { RelayLog } from './relay-log.ts'
import type { FoldInput } from './room-content.ts'

/**
 * Folds rows into snapshots, one fold a room at a time. A failure costs nothing, since the rows stay; the room is then left
 * alone for a while.
 */
export interface Folder {
  fold(room: string, input: FoldInput): void
  isFolding(room: string): boolean
  /** Folds nothing any more. */
  close(): void
}

export interface FolderOptions {
  readonly store: RoomStore
  readonly compactor: Compactor
  readonly log: RelayLog
  readonly now: () => number
  /** Told to whoever has the room open by then. */
  readonly folded: (room: string, snapshot: RoomSnapshot) => void
}

const firstPauseMs = 60_000
const maxPauseMs = 24 * 3_600_000
const maxRemembered = 10_000

export function createFolder(options: FolderOptions): Folder {
  const { store, compactor, log, now } = options
  const folding = new Set<string>()
  let closed = false
  const pauses = new Map<string, { readonly untilMs: number; readonly pauseMs: number }>()

  async function run(room: string, input: FoldInput): Promise<void> {
    const startedAtMs = now()
    const compacted = await compactor.compact(input)
    const snapshot: RoomSnapshot = {
      position: input.position,
      ordinal: input.ordinal,
      update: compacted.update,
      vector: compacted.vector,
      pending: compacted.pending,
    }
    await store.fold(room, snapshot, quarantineOf(compacted, input))
    for (const { index, reason } of compacted.refused)
      log.error(
        'row-quarantined',
        { room, position: input.rows[index]?.position, reason },
        'Yjs cannot apply this row; it was moved to the table "quarantine"',
      )
    options.folded(room, snapshot)
    const { update } = compacted
    log.info(
      'room-folded',
      { room, rows: input.rows.length, bytes: update.length, ms: now() - startedAtMs },
      'Folded rows into the snapshot',
    )
  }

  function pause(room: string): void {
    const last = pauses.get(room)?.pauseMs
    const pauseMs = last === undefined ? firstPauseMs : Math.min(maxPauseMs, last * 2)
    if (pauses.size >= maxRemembered) pauses.clear()
    pauses.set(room, { untilMs: now() + pauseMs, pauseMs })
  }

  return {
    fold(room, input) {
      if (closed || folding.has(room) || input.rows.length === 0 || (pauses.get(room)?.untilMs ?? 0) > now()) return
      folding.add(room)
      run(room, input)
        .then(
          () => pauses.delete(room),
          (error: unknown) => {
            if (closed) return
            pause(room)
            const reason = error instanceof Error ? error.message : String(error)
            log.warn('room-fold-failed', { room, rows: input.rows.length, reason }, 'The rows stay as they are')
          },
        )
        .finally(() => folding.delete(room))
    },
    isFolding: (room) => folding.has(room),
    close() {
      closed = true
    },
  }
}

function quarantineOf(compacted: Compacted, input: FoldInput): { position: number; reason: string }[] {
  return compacted.refused.map(({ index, reason }) => ({ position: input.rows[index]?.position ?? 0, reason }))
}
