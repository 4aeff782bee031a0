import type { DatabaseSync } from 'node:sqlite'
import { openBinFile } from './bin-file.ts'

/** A bin without its contents. */
export interface StoredBin {
  readonly id: string
  readonly name: string | undefined
  readonly private: boolean
  readonly createdAtMs: number
}

export interface BinPermissions {
  readonly create: boolean
  readonly read: boolean
  readonly update: boolean
  readonly delete: boolean
}

export interface BinPage {
  readonly order: 'ascending' | 'descending'
  readonly after: string | undefined
  readonly limit: number
}

export interface StoredAccessKey {
  readonly id: string
  readonly key: string
  readonly name: string
  readonly permissions: BinPermissions
}

/**
 * Bins in SQLite: each has a base record and numbered versions, as the service models them. Records are JSON text and come
 * back as they went in. Every write is committed and synced to disk when its method returns.
 */
export interface BinDatabase {
  insertBin(bin: StoredBin, record: string): void
  findBin(id: string): StoredBin | undefined
  /** Removes the bin with its versions and tells how many these were. */
  deleteBin(id: string): number
  renameBin(id: string, name: string): void
  setPrivate(id: string, isPrivate: boolean): void
  readBase(id: string): string
  /** The newest version, or the base record of a bin without versions. */
  readLatest(id: string): string
  readVersion(id: string, binVersion: number): string | undefined
  countVersions(id: string): number
  /** Replaces what {@link readLatest} answers. */
  overwriteLatest(id: string, record: string): void
  /** Adds a version and gives its number; the first is 1. */
  addVersion(id: string, record: string): number
  /** Tells how many there were. `keepsLatest` makes the newest the base record first; else the base is current again. */
  deleteVersions(id: string, keepsLatest: boolean): number
  /** In the order of their creation, from after the bin with the id `after` on. */
  listBins(page: BinPage): readonly StoredBin[]
  insertAccessKey(accessKey: StoredAccessKey): void
  listAccessKeys(): readonly StoredAccessKey[]
  deleteAccessKey(id: string): void
  close(): void
}

type Row = Readonly<Record<string, unknown>>

/** @throws {BinsError} `file-unreadable`, `file-foreign`, `file-too-new`; the file is then as it was. */
export function openBinDatabase(file: string | undefined): BinDatabase {
  const database: DatabaseSync = openBinFile(file)
  const prepare = (sql: string): ((...values: readonly (string | number | null)[]) => Row | undefined) => {
    const statement = database.prepare(sql)
    return (...values) => statement.get(...values)
  }
  const insertBin = prepare('INSERT INTO bins (id, name, private, created_at, record) VALUES (?, ?, ?, ?, ?)')
  const findBin = prepare('SELECT id, name, private, created_at FROM bins WHERE id = ?')
  const deleteBin = prepare('DELETE FROM bins WHERE id = ?')
  const renameBin = prepare('UPDATE bins SET name = ? WHERE id = ?')
  const setPrivate = prepare('UPDATE bins SET private = ? WHERE id = ?')
  const readBase = prepare('SELECT record FROM bins WHERE id = ?')
  const readNewest = prepare('SELECT record FROM versions WHERE bin_id = ? ORDER BY number DESC LIMIT 1')
  const readVersion = prepare('SELECT record FROM versions WHERE bin_id = ? AND number = ?')
  const countVersions = prepare('SELECT count(*) AS count FROM versions WHERE bin_id = ?')
  const overwriteBase = prepare('UPDATE bins SET record = ? WHERE id = ?')
  const overwriteNewest = prepare(
    'UPDATE versions SET record = ?1 WHERE bin_id = ?2 AND number = (SELECT max(number) FROM versions WHERE bin_id = ?2)',
  )
  const addVersion = prepare(
    'INSERT INTO versions (bin_id, number, record) ' +
      'SELECT ?1, coalesce(max(number), 0) + 1, ?2 FROM versions WHERE bin_id = ?1 RETURNING number',
  )
  const keepNewest = prepare(
    'UPDATE bins SET record = (SELECT record FROM versions WHERE bin_id = ?1 ORDER BY number DESC LIMIT 1) WHERE id = ?1',
  )
  const deleteVersions = prepare('DELETE FROM versions WHERE bin_id = ?')
  // Ids begin with the second of their creation.
  const columns = 'SELECT id, name, private, created_at FROM bins'
  const listAscending = database.prepare(`${columns} WHERE id > ? ORDER BY id LIMIT ?`)
  const listDescending = database.prepare(`${columns} WHERE id < ? ORDER BY id DESC LIMIT ?`)
  const insertAccessKey = prepare(
    'INSERT INTO access_keys (id, key, name, can_create, can_read, can_update, can_delete) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const listAccessKeys = database.prepare('SELECT * FROM access_keys ORDER BY rowid')
  const deleteAccessKey = prepare('DELETE FROM access_keys WHERE id = ?')

  const versionsOf = (id: string): number => countVersions(id)?.['count'] as number

  return {
    insertBin(bin, record) {
      insertBin(bin.id, bin.name ?? null, Number(bin.private), bin.createdAtMs, record)
    },
    findBin(id) {
      const row = findBin(id)
      return row && binFromRow(row)
    },
    deleteBin(id) {
      const versionsDeleted = versionsOf(id)
      deleteBin(id)
      return versionsDeleted
    },
    renameBin(id, name) {
      renameBin(name, id)
    },
    setPrivate(id, isPrivate) {
      setPrivate(Number(isPrivate), id)
    },
    readBase: (id) => readBase(id)?.['record'] as string,
    readLatest: (id) => (readNewest(id) ?? readBase(id))?.['record'] as string,
    readVersion: (id, binVersion) => readVersion(id, binVersion)?.['record'] as string | undefined,
    countVersions: versionsOf,
    overwriteLatest(id, record) {
      if (versionsOf(id) > 0) overwriteNewest(record, id)
      else overwriteBase(record, id)
    },
    deleteVersions(id, keepsLatest) {
      const count = versionsOf(id)
      if (count === 0) return 0
      database.exec('BEGIN IMMEDIATE')
      try {
        if (keepsLatest) keepNewest(id)
        deleteVersions(id)
        database.exec('COMMIT')
      } catch (error) {
        database.exec('ROLLBACK')
        throw error
      }
      return count
    },
    listBins({ order, after, limit }) {
      const rows =
        order === 'ascending' ? listAscending.all(after ?? '', limit) : listDescending.all(after ?? '~', limit)
      return rows.map(binFromRow)
    },
    addVersion: (id, record) => addVersion(id, record)?.['number'] as number,
    insertAccessKey({ id, key, name, permissions }) {
      const { create, read, update } = permissions
      insertAccessKey(id, key, name, Number(create), Number(read), Number(update), Number(permissions.delete))
    },
    listAccessKeys: () => listAccessKeys.all().map(accessKeyFromRow),
    deleteAccessKey(id) {
      deleteAccessKey(id)
    },
    close() {
      database.close()
    },
  }
}

function binFromRow(row: Row): StoredBin {
  return {
    id: row['id'] as string,
    name: (row['name'] as string | null) ?? undefined,
    private: row['private'] === 1,
    createdAtMs: row['created_at'] as number,
  }
}

function accessKeyFromRow(row: Row): StoredAccessKey {
  return {
    id: row['id'] as string,
    key: row['key'] as string,
    name: row['name'] as string,
    permissions: {
      create: row['can_create'] === 1,
      read: row['can_read'] === 1,
      update: row['can_update'] === 1,
      delete: row['can_delete'] === 1,
    },
  }
}
