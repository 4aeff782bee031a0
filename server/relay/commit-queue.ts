import type { NewRow, RoomStore } from '../store/room-store.ts'

/**
 * Groups rows: by turn of the event loop for those who watch, and into commits. One commit is on its way at a time; what comes
 * in meanwhile is the next, so commits grow with the load by themselves and no timer delays anything.
 */
export interface CommitQueue<Row extends NewRow> {
  push(row: Row): void
  /** Bytes pushed and not yet committed. */
  readonly bytes: number
  /** Resolves when nothing is on its way. */
  idle(): Promise<void>
}

export interface CommitListener<Row extends NewRow> {
  /** All that the sockets brought in one turn; on its way to disk, not there. */
  accepted(rows: readonly Row[]): void
  /** The rows are durable; the first stands at `position`, the others follow. */
  committed(rows: readonly Row[], position: number): void
  /** None of the rows is stored: those of the commit, and those that came in behind it. */
  failed(rows: readonly Row[], error: unknown): void
}

export function createCommitQueue<Row extends NewRow>(
  store: RoomStore,
  listener: CommitListener<Row>,
): CommitQueue<Row> {
  /** Of this turn, and of this and earlier turns waiting for the commit on its way. */
  let turn: Row[] = []
  let next: Row[] = []
  let running = false
  let bytes = 0
  const idleWaiters: (() => void)[] = []

  function forget(rows: readonly Row[]): void {
    for (const row of rows) bytes -= row.update.length
  }

  function endTurn(): void {
    if (turn.length === 0) return
    const rows = turn
    turn = []
    listener.accepted(rows)
    next.push(...rows)
    if (!running) void run()
  }

  async function run(): Promise<void> {
    running = true
    while (next.length > 0) {
      const rows = next
      next = []
      try {
        const position = await store.append(rows)
        forget(rows)
        listener.committed(rows, position)
      } catch (error) {
        // What came in meanwhile builds upon what has failed.
        const failed = [...rows, ...next, ...turn]
        next = []
        turn = []
        forget(failed)
        listener.failed(failed, error)
      }
    }
    running = false
    if (turn.length === 0) for (const resolve of idleWaiters.splice(0)) resolve()
  }

  return {
    push(row) {
      if (turn.length === 0) setImmediate(endTurn)
      turn.push(row)
      bytes += row.update.length
    },
    get bytes() {
      return bytes
    },
    idle() {
      return running || turn.length > 0 ? new Promise((resolve) => idleWaiters.push(resolve)) : Promise.resolve()
    },
  }
}
