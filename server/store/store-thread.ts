/** The thread that owns the database: a commit with `synchronous=FULL` would otherwise stop every room for its duration. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { isRelayError } from './relay-error.ts'
import { type RelayDatabase, openRelayDatabase } from './relay-database.ts'
import { releaseBytes } from './release-bytes.ts'
import { packStoredRows, unpackRows } from './row-batch.ts'
import type { LoadedRoom, StoreQuestion, StoreReply } from './store-messages.ts'

const port = parentPort as MessagePort
const { folder } = workerData as { readonly folder: string }

/** A crash forgets at most this much of how far the log had come. */
const markIntervalMs = 1_000
let marking: NodeJS.Timeout | undefined

function markLater(database: RelayDatabase): void {
  marking ??= setTimeout(() => {
    marking = undefined
    try {
      database.mark()
    } catch {
      // The mark is a lower bound: an older one says less, and the next commit comes back to it.
    }
  }, markIntervalMs)
}

function reply(message: StoreReply, transfer: readonly ArrayBuffer[] = []): void {
  port.postMessage(message, transfer)
}

function replyFailure(error: unknown): void {
  reply(
    isRelayError(error)
      ? { kind: 'failed', code: error.code, message: error.message }
      : { kind: 'failed', code: 'storage-failed', message: error instanceof Error ? error.message : String(error) },
  )
}

function answer(database: RelayDatabase, question: StoreQuestion): void {
  switch (question.op) {
    case 'append':
      try {
        reply({ kind: 'answer', value: database.append(unpackRows(question.batch), question.atMs) })
      } finally {
        releaseBytes(question.batch)
      }
      markLater(database)
      break
    case 'load':
      answerLoad(database, question.room)
      break
    case 'position':
      reply({ kind: 'answer', value: database.positionOf(question.room) })
      break
    case 'fold':
      database.fold(question.room, question.snapshot, question.quarantine, question.atMs)
      releaseBytes(question.snapshot.update)
      reply({ kind: 'answer', value: undefined })
      break
    case 'epoch':
      reply({ kind: 'answer', value: database.nextLeaseEpoch(question.room, question.lease) })
      break
    case 'probe':
      database.probe()
      reply({ kind: 'answer', value: undefined })
      break
    case 'durability':
      reply({ kind: 'answer', value: database.durability() })
      break
    case 'close':
      clearTimeout(marking)
      database.close()
      reply({ kind: 'answer', value: undefined })
      port.close()
      break
  }
}

function answerLoad(database: RelayDatabase, name: string): void {
  const room = database.load(name)
  if (!room) {
    reply({ kind: 'answer', value: null })
    return
  }
  const rows = packStoredRows(room.rows)
  const loaded: LoadedRoom = { snapshot: room.snapshot, rows, lastOrdinal: room.lastOrdinal }
  const transfer = [rows.buffer]
  if (room.snapshot) transfer.push(room.snapshot.update.buffer as ArrayBuffer)
  reply({ kind: 'answer', value: loaded }, transfer)
}

try {
  const database = openRelayDatabase(folder)
  reply({ kind: 'opened', warnings: database.warnings })
  port.on('message', (question: StoreQuestion) => {
    try {
      answer(database, question)
    } catch (error) {
      replyFailure(error)
    }
  })
} catch (error) {
  replyFailure(error)
  port.close()
}
