/**
 * `relay.sqlite`, synchronously: the part of the store that runs in the worker thread. One commit per {@link
 * RelayDatabase.append}, synced to disk when it returns.
 *
 * The log is clustered by position, not by room: a batch over 100 rooms then dirties a few pages instead of 100.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { crc32 } from 'node:zlib'
import { type DataLock, acquireDataLock } from './data-lock.ts'
import { type HighWaterMark, openHighWaterMark } from './high-water-mark.ts'
import { openDatabase, openingError, readPragma } from './open-database.ts'
import { RelayError } from './relay-error.ts'
import type { NewRow, QuarantinedRow, RoomSnapshot, StoredRoom, StoredRow, StoreWarning } from './room-store.ts'

export interface RelayDatabase {
  readonly warnings: readonly StoreWarning[]
  append(rows: readonly NewRow[], atMs: number): number
  load(room: string): StoredRoom | null
  positionOf(room: string): number
  fold(room: string, snapshot: RoomSnapshot, quarantine: readonly QuarantinedRow[], atMs: number): void
  nextLeaseEpoch(room: string, lease: string): number
  probe(): void
  /** Notes how far the log has come, and syncs that. A lower bound is enough, so this need not be done at every commit. */
  mark(): void
  /** `PRAGMA synchronous`, 2 = FULL, and the commits so far: what a test of durability needs to see. */
  durability(): { readonly synchronous: unknown; readonly commits: number }
  close(): void
}

const maxCachedNames = 10_000

/** @throws {RelayError} `data-in-use`, `data-too-new`, `data-unreadable`, `data-unwritable` */
export function openRelayDatabase(folder: string): RelayDatabase {
  const { database, mark, lock } = openFiles(folder)

  const prepare = (sql: string): StatementSync => database.prepare(sql)
  const begin = prepare('BEGIN IMMEDIATE')
  const commit = prepare('COMMIT')
  const insertRow = prepare(
    'INSERT INTO log (position, room, ordinal, at, author, crc, chain, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const selectRows = prepare('SELECT position, ordinal, crc, data FROM log WHERE room = ? ORDER BY position')
  const selectLastPosition = prepare('SELECT max(position) AS position FROM log WHERE room = ?')
  const deleteRows = prepare('DELETE FROM log WHERE room = ? AND position <= ?')
  const moveAside = prepare(
    'INSERT OR REPLACE INTO quarantine SELECT position, room, at, author, ?3, data FROM log WHERE room = ?1 AND position = ?2',
  )
  const selectSnapshot = prepare('SELECT position, ordinal, pending, crc, vector, data FROM snapshots WHERE room = ?')
  const putSnapshot = prepare(
    'INSERT OR REPLACE INTO snapshots (room, position, ordinal, at, pending, crc, vector, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const nextEpoch = prepare(
    'INSERT INTO leases (room, name, epoch) VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET epoch = epoch + 1 RETURNING epoch',
  )
  const rooms = nameTable(
    prepare('SELECT id FROM rooms WHERE name = ?'),
    prepare('INSERT INTO rooms (name) VALUES (?) RETURNING id'),
  )
  const authors = nameTable(
    prepare('SELECT id FROM authors WHERE subject = ?'),
    prepare('INSERT INTO authors (subject) VALUES (?) RETURNING id'),
  )

  const newest = prepare('SELECT position, chain FROM log ORDER BY position DESC LIMIT 1').get()
  const folded = prepare('SELECT max(position) AS position FROM snapshots').get()?.['position']
  const warnings: StoreWarning[] = []
  let head = Math.max(Number(newest?.['position'] ?? 0), Number(folded ?? 0))
  let chain = Number(newest?.['chain'] ?? 0)
  judgeMark()
  let commits = 0

  /** Compares the mark with the log; positions that were acknowledged are never given out again. */
  function judgeMark(): void {
    if (mark.found === null) return
    if (mark.found === 'unreadable') {
      warnings.push({
        code: 'mark-unreadable',
        message: 'relay.mark is damaged. Whether the log is complete cannot be told; it is written anew.',
      })
      return
    }
    if (mark.found.position > head) {
      warnings.push({
        code: 'log-behind-mark',
        message:
          `The log ends at row ${head}, but ${mark.found.position} was acknowledged: the database is damaged or an older copy. ` +
          'Connected editors bring back what they hold; restore a newer backup if some no longer exist.',
      })
      head = mark.found.position
      chain = mark.found.chain
      return
    }
    const there = prepare('SELECT chain FROM log WHERE position = ?').get(mark.found.position)
    if (!newest) chain = mark.found.chain
    if (there && there['chain'] !== mark.found.chain)
      warnings.push({
        code: 'log-differs-from-mark',
        message: `Row ${mark.found.position} is not the one that was acknowledged: relay.sqlite and relay.mark do not belong together.`,
      })
  }

  function transaction<T>(run: () => T): T {
    begin.run()
    try {
      const result = run()
      commit.run()
      commits++
      return result
    } catch (error) {
      // A full disk has already rolled the transaction back.
      if (database.isTransaction) database.exec('ROLLBACK')
      rooms.forget()
      authors.forget()
      throw error
    }
  }

  return {
    warnings,
    append(rows, atMs) {
      const first = head + 1
      let position = head
      let linked = chain
      transaction(() => {
        for (const { room, ordinal, author, update } of rows) {
          position++
          const crc = crc32(update, position >>> 0)
          linked = linkChain(linked, crc)
          insertRow.run(position, rooms.idOf(room), ordinal, atMs, authors.idOf(author), crc, linked, update)
        }
      })
      head = position
      chain = linked
      return first
    },
    load(name) {
      const room = rooms.find(name)
      if (room === undefined) return null
      const snapshot = readSnapshot(selectSnapshot.get(room), name)
      const rows: StoredRow[] = []
      let lastOrdinal = snapshot?.ordinal ?? 0
      for (const row of selectRows.iterate(room)) {
        const position = row['position'] as number
        const update = row['data'] as Uint8Array
        if (row['crc'] !== crc32(update, position >>> 0)) throw damaged(name, `row ${position} has a wrong checksum`)
        if (row['ordinal'] !== lastOrdinal + 1)
          throw damaged(name, `row ${lastOrdinal + 1} of the room is missing before row ${String(row['ordinal'])}`)
        lastOrdinal++
        rows.push({ position, update })
      }
      return { snapshot, rows, lastOrdinal }
    },
    positionOf(name) {
      const room = rooms.find(name)
      if (room === undefined) return 0
      const last = selectLastPosition.get(room)?.['position']
      return Number(last ?? selectSnapshot.get(room)?.['position'] ?? 0)
    },
    fold(name, snapshot, quarantine, atMs) {
      transaction(() => {
        const room = rooms.idOf(name)
        const { position, ordinal, update, vector } = snapshot
        for (const row of quarantine) moveAside.run(room, row.position, row.reason)
        putSnapshot.run(room, position, ordinal, atMs, Number(snapshot.pending), crc32(update), vector, update)
        deleteRows.run(room, position)
      })
    },
    nextLeaseEpoch(room, lease) {
      return transaction(() => Number(nextEpoch.get(room, lease)?.['epoch']))
    },
    probe() {
      transaction(() => database.exec(`PRAGMA user_version = ${String(readPragma(database, 'user_version'))}`))
    },
    mark: () => mark.write({ position: head, chain }),
    durability: () => ({ synchronous: readPragma(database, 'synchronous'), commits }),
    close() {
      try {
        database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
        mark.write({ position: head, chain })
      } finally {
        database.close()
        mark.close()
        lock.release()
      }
    },
  }
}

function openFiles(folder: string): { database: DatabaseSync; mark: HighWaterMark; lock: DataLock } {
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    throw openingError(folder, error)
  }
  // The lock first: the database may have to be brought to a newer format.
  const lock = acquireDataLock(join(folder, 'lock'))
  try {
    const database = openDatabase(join(folder, 'relay.sqlite'))
    try {
      return { database, mark: openHighWaterMark(join(folder, 'relay.mark')), lock }
    } catch (error) {
      database.close()
      throw openingError(join(folder, 'relay.mark'), error)
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

/** Each row's checksum hangs on all before it, so that equal ends mean equal logs. */
function linkChain(chain: number, crc: number): number {
  return crc32(Uint32Array.of(crc), chain)
}

function readSnapshot(row: Record<string, unknown> | undefined, room: string): RoomSnapshot | null {
  if (!row) return null
  const update = row['data'] as Uint8Array
  if (row['crc'] !== crc32(update)) throw damaged(room, 'its snapshot has a wrong checksum')
  return {
    position: row['position'] as number,
    ordinal: row['ordinal'] as number,
    update,
    vector: row['vector'] as Uint8Array,
    pending: row['pending'] === 1,
  }
}

function damaged(room: string, what: string): RelayError {
  return new RelayError(
    'data-damaged',
    `Room "${room}" is damaged on disk: ${what}. It stays closed so that nothing is lost; restore relay.sqlite from a backup.`,
  )
}

/** Names stored once and known by number. */
function nameTable(
  select: StatementSync,
  insert: StatementSync,
): { find(name: string): number | undefined; idOf(name: string): number; forget(): void } {
  const ids = new Map<string, number>()
  const remember = (name: string, id: number): number => {
    if (ids.size >= maxCachedNames) ids.clear()
    ids.set(name, id)
    return id
  }
  const find = (name: string): number | undefined => {
    const known = ids.get(name)
    if (known !== undefined) return known
    const row = select.get(name)
    return row ? remember(name, row['id'] as number) : undefined
  }
  return {
    find,
    idOf: (name) => find(name) ?? remember(name, insert.get(name)?.['id'] as number),
    /** After a rollback: what it inserted is gone. */
    forget: () => ids.clear(),
  }
}
