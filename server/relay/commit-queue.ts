import type { NewRow, RoomStore } from '../store/room-store.ts'

/**
 * Groups rows into commits. One is on its way at a time; what comes in meanwhile is the next, so commits grow with the load by
 * themselves and no timer delays anything.
 */
export interface CommitQueue<Row extends NewRow> {
  push(row: Row): void
  /** Bytes pushed and not yet committed. */
  readonly bytes: number
  /** Resolves when nothing is on its way. */
  idle(): Promise<void>
}

export interface CommitListener<Row extends NewRow> {
  /** The rows are durable; the first stands at `position`, the others follow. */
  committed(rows: readonly Row[], position: number): void
  /** None of the rows is stored: those of the commit, and those that came in behind it. */
  failed(rows: readonly Row[], error: unknown): void
}

export function createCommitQueue<Row extends NewRow>(
  store: RoomStore,
  listener: CommitListener<Row>,
): CommitQueue<Row> {
  let next: Row[] = []
  let running = false
  let bytes = 0
  const idleWaiters: (() => void)[] = []

  function forget(rows: readonly Row[]): void {
    for (const row of rows) bytes -= row.update.length
  }

  async function run(): Promise<void> {
    // What the sockets bring in this turn of the event loop belongs together.
    await new Promise<void>((resolve) => setImmediate(resolve))
    while (next.length > 0) {
      const rows = next
      next = []
      try {
        const position = await store.append(rows)
        forget(rows)
        listener.committed(rows, position)
      } catch (error) {
        // What came in meanwhile builds upon what has failed.
        const failed = [...rows, ...next]
        next = []
        forget(failed)
        listener.failed(failed, error)
      }
    }
    running = false
    for (const resolve of idleWaiters.splice(0)) resolve()
  }

  return {
    push(row) {
      next.push(row)
      bytes += row.update.length
      if (running) return
      running = true
      void run()
    },
    get bytes() {
      return bytes
    },
    idle() {
      return running ? new Promise((resolve) => idleWaiters.push(resolve)) : Promise.resolve()
    },
  }
}
