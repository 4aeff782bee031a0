import { Worker } from 'node:worker_threads'
import { RelayError } from './relay-error.ts'
import type { RoomStore } from './room-store.ts'
import { packRows, unpackStoredRows } from './row-batch.ts'
import type { LoadedRoom, StoreQuestion, StoreReply } from './store-messages.ts'
import { threadFile } from './thread-file.ts'

export interface SqliteStoreOptions {
  /** Created if absent. Holds `relay.sqlite`, `relay.mark` and `lock`. */
  readonly folder: string
  readonly now?: () => number
}

export interface SqliteStore extends RoomStore {
  /** `PRAGMA synchronous` as the writing connection has it (2 = FULL) and the commits so far. */
  durability(): Promise<{ readonly synchronous: unknown; readonly commits: number }>
}

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: RelayError) => void
}

/**
 * Opens the data folder for this process alone.
 *
 * @throws {RelayError} `data-in-use`, `data-too-new`, `data-unreadable`, `data-unwritable`
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<SqliteStore> {
  const { folder, now = Date.now } = options
  const worker = new Worker(threadFile('store-thread', import.meta.url), {
    workerData: { folder },
    name: 'relay-store',
  })
  const waiting: Waiting[] = []
  let dead: RelayError | undefined
  let closing: Promise<void> | undefined

  const die = (error: RelayError): void => {
    dead ??= error
    for (const { reject } of waiting.splice(0)) reject(error)
  }
  worker.on('message', (reply: StoreReply) => {
    const first = waiting.shift()
    if (!first) return
    switch (reply.kind) {
      case 'opened':
        first.resolve(reply.warnings)
        break
      case 'answer':
        first.resolve(reply.value)
        break
      case 'failed':
        first.reject(new RelayError(reply.code, reply.message))
        break
    }
  })
  worker.on('error', (error: Error) => {
    die(new RelayError('storage-failed', `The storage thread failed: ${error.message}. Restart the relay.`))
  })
  worker.on('exit', () => {
    die(new RelayError('storage-failed', 'The storage thread has ended. Restart the relay.'))
  })
  const answer = (): Promise<unknown> => new Promise((resolve, reject) => waiting.push({ resolve, reject }))
  const ask = async (question: StoreQuestion, transfer: readonly ArrayBuffer[] = []): Promise<unknown> => {
    if (closing && question.op !== 'close') throw new RelayError('closed', 'The store has been closed')
    if (dead) throw dead
    worker.postMessage(question, transfer)
    return answer()
  }

  const warnings = (await answer()) as RoomStore['warnings']
  return {
    durable: true,
    warnings,
    append(rows) {
      const batch = packRows(rows)
      return ask({ op: 'append', batch, atMs: now() }, [batch.buffer]) as Promise<number>
    },
    async load(room) {
      const loaded = (await ask({ op: 'load', room })) as LoadedRoom | null
      return loaded && { ...loaded, rows: unpackStoredRows(loaded.rows) }
    },
    positionOf: (room) => ask({ op: 'position', room }) as Promise<number>,
    async fold(room, snapshot, quarantine) {
      await ask({ op: 'fold', room, snapshot, quarantine, atMs: now() })
    },
    nextLeaseEpoch: (room, lease) => ask({ op: 'epoch', room, lease }) as Promise<number>,
    async probe() {
      await ask({ op: 'probe' })
    },
    durability: () => ask({ op: 'durability' }) as ReturnType<SqliteStore['durability']>,
    close() {
      closing ??= ask({ op: 'close' }).then(async () => {
        await worker.terminate()
      })
      return closing
    },
  }
}
