import { closeSync, openSync, readSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { RelayError } from './relay-error.ts'

/** Tells a relay's file from any other SQLite file: "ytok" in ASCII. */
const applicationId = 0x79_74_6f_6b

/**
 * The format of `relay.sqlite`, its `user_version`: one step per version, forward only; a published step never changes.
 *
 * History: 1 log, snapshots, quarantine, leases.
 */
const migrations: readonly string[] = [
  `CREATE TABLE rooms (
     id INTEGER PRIMARY KEY,
     name TEXT NOT NULL UNIQUE
   ) STRICT;
   CREATE TABLE authors (
     id INTEGER PRIMARY KEY,
     subject TEXT NOT NULL UNIQUE
   ) STRICT;
   CREATE TABLE log (
     position INTEGER PRIMARY KEY,
     room INTEGER NOT NULL REFERENCES rooms (id),
     ordinal INTEGER NOT NULL,
     at INTEGER NOT NULL,
     author INTEGER NOT NULL REFERENCES authors (id),
     crc INTEGER NOT NULL,
     chain INTEGER NOT NULL,
     data BLOB NOT NULL
   ) STRICT;
   CREATE INDEX log_by_room ON log (room);
   CREATE TABLE snapshots (
     room INTEGER PRIMARY KEY REFERENCES rooms (id),
     position INTEGER NOT NULL,
     ordinal INTEGER NOT NULL,
     at INTEGER NOT NULL,
     pending INTEGER NOT NULL,
     crc INTEGER NOT NULL,
     vector BLOB NOT NULL,
     data BLOB NOT NULL
   ) STRICT;
   CREATE TABLE quarantine (
     position INTEGER PRIMARY KEY,
     room INTEGER NOT NULL REFERENCES rooms (id),
     at INTEGER NOT NULL,
     author INTEGER NOT NULL REFERENCES authors (id),
     reason TEXT NOT NULL,
     data BLOB NOT NULL
   ) STRICT;
   CREATE TABLE leases (
     room TEXT NOT NULL,
     name TEXT NOT NULL,
     epoch INTEGER NOT NULL,
     PRIMARY KEY (room, name)
   ) STRICT, WITHOUT ROWID;`,
]

/** The newest format this version can read. */
export const databaseFormat: number = migrations.length

/** `errcode` of node:sqlite. */
const sqliteCodes = { readOnly: 8, full: 13, cannotOpen: 14, notADatabase: 26 } as const

/**
 * Opens the relay's database in WAL mode with `synchronous=FULL`, so that a commit survives power loss, and brings it to the
 * current format. A file that is refused is left untouched: its header is judged before SQLite sees it.
 *
 * @throws {RelayError} `data-too-new`, `data-unreadable`, `data-unwritable`
 */
export function openDatabase(file: string): DatabaseSync {
  let database: DatabaseSync | undefined
  try {
    refuseForeign(file)
    database = new DatabaseSync(file, { timeout: 2_000 })
    const from = readFormat(database, file)
    const mode = readPragma(database, 'journal_mode = WAL')
    if (mode !== 'wal')
      throw new RelayError(
        'data-unwritable',
        `${file} cannot be used in WAL mode (it stays in "${String(mode)}"). Put the data folder on a local disk, not on a network share.`,
      )
    database.exec('PRAGMA synchronous = FULL')
    for (let format = from + 1; format <= migrations.length; format++)
      database.exec(`BEGIN IMMEDIATE; ${migrations[format - 1]}
        PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${format}; COMMIT`)
    return database
  } catch (error) {
    database?.close()
    throw openingError(file, error)
  }
}

/** The bare value of `PRAGMA …`. */
export function readPragma(database: DatabaseSync, pragma: string): unknown {
  return Object.values(database.prepare(`PRAGMA ${pragma}`).get() ?? {})[0]
}

/** What to tell an operator about a failure of SQLite or the file system while opening `file`. */
export function openingError(file: string, error: unknown): RelayError {
  if (error instanceof RelayError) return error
  const reason = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined
  const errno = error instanceof Error && 'code' in error ? error.code : undefined
  const unwritable =
    code === sqliteCodes.readOnly ||
    code === sqliteCodes.full ||
    code === sqliteCodes.cannotOpen ||
    ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'ENOTDIR', 'EEXIST'].includes(String(errno))
  if (unwritable)
    return new RelayError(
      'data-unwritable',
      `${file} cannot be written (${reason}). Give this user write access and free disk space, or choose another data folder.`,
      { cause: error },
    )
  return new RelayError(
    'data-unreadable',
    `${file} is not a readable relay database (${reason}). Restore it from a backup, or choose another data folder. The file was left as it is.`,
    { cause: error },
  )
}

/** Judges the file by its first 100 bytes: SQLite's own header, the application id at 68, the format at 60. */
function refuseForeign(file: string): void {
  const header = Buffer.alloc(100)
  let length: number
  try {
    const handle = openSync(file, 'r')
    try {
      length = readSync(handle, header)
    } finally {
      closeSync(handle)
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return
    throw error
  }
  if (length === 0) return
  if (length < 100 || header.toString('latin1', 0, 16) !== 'SQLite format 3\0')
    throw new RelayError(
      'data-unreadable',
      `${file} is not a database. Move it away, or choose another data folder. The file was left as it is.`,
    )
  refuseFormat(file, header.readUInt32BE(68), header.readUInt32BE(60))
}

/** The file's format; what still sits in a write-ahead log is in no header, so the format is judged again. */
function readFormat(database: DatabaseSync, file: string): number {
  const format = readPragma(database, 'user_version') as number
  refuseFormat(file, readPragma(database, 'application_id') as number, format)
  const tables = database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n']
  if (format === 0 && tables !== 0) throw foreignDatabase(file)
  return format
}

function refuseFormat(file: string, owner: number, format: number): void {
  if (owner !== applicationId && (owner !== 0 || format !== 0)) throw foreignDatabase(file)
  if (format > migrations.length)
    throw new RelayError(
      'data-too-new',
      `${file} was written by a newer version of y-tokens (format ${format}, this one knows ${migrations.length}). ` +
        'Update y-tokens, or choose another data folder. The file was left as it is.',
    )
}

function foreignDatabase(file: string): RelayError {
  return new RelayError(
    'data-unreadable',
    `${file} is a database of another program. Choose another data folder. The file was left as it is.`,
  )
}
