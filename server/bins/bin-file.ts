import { closeSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { BinsError } from './bins-error.ts'

/** Tells a file of bins from any other SQLite file: "ybin" in ASCII. */
const applicationId = 0x79_62_69_6e

/**
 * The format of the file, `user_version`: one step per version, forward only; a published step never changes.
 *
 * History: 1 bins, versions, access keys.
 */
const migrations: readonly string[] = [
  `CREATE TABLE bins (
     id TEXT PRIMARY KEY,
     name TEXT,
     private INTEGER NOT NULL,
     created_at INTEGER NOT NULL,
     record TEXT NOT NULL
   ) STRICT;
   CREATE TABLE versions (
     bin_id TEXT NOT NULL REFERENCES bins (id) ON DELETE CASCADE,
     number INTEGER NOT NULL,
     record TEXT NOT NULL,
     PRIMARY KEY (bin_id, number)
   ) STRICT;
   CREATE TABLE access_keys (
     id TEXT PRIMARY KEY,
     key TEXT NOT NULL UNIQUE,
     name TEXT NOT NULL,
     can_create INTEGER NOT NULL,
     can_read INTEGER NOT NULL,
     can_update INTEGER NOT NULL,
     can_delete INTEGER NOT NULL
   ) STRICT;`,
]

/**
 * Opens the file, creating it with mode 0600 (it holds access keys), and brings it to the current format; undefined opens
 * a database in memory.
 *
 * @throws {BinsError} `file-unreadable`, `file-foreign`, `file-too-new`; the file is then as it was.
 */
export function openBinFile(file: string | undefined): DatabaseSync {
  let database: DatabaseSync | undefined
  try {
    if (file !== undefined) closeSync(openSync(file, 'a', 0o600))
    database = new DatabaseSync(file ?? ':memory:', { timeout: 2000 })
    const from = readFormat(database, file ?? 'memory')
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON')
    migrate(database, from)
    return database
  } catch (error) {
    database?.close()
    if (error instanceof BinsError) throw error
    throw unreadable(file, error)
  }
}

/** Reads without writing, so that a refused file stays untouched. */
function readFormat(database: DatabaseSync, file: string): number {
  const read = (sql: string): unknown => Object.values(database.prepare(sql).get() ?? {})[0]
  const format = read('PRAGMA user_version') as number
  const owner = read('PRAGMA application_id')
  const isEmpty = read('SELECT count(*) FROM sqlite_schema') === 0 && format === 0 && owner === 0
  if (!isEmpty && owner !== applicationId)
    throw new BinsError('file-foreign', `${file} is a database of another program. Choose another data folder or file.`)
  if (format > migrations.length)
    throw new BinsError(
      'file-too-new',
      `${file} was written by a newer version of y-tokens (format ${format}, this one knows ${migrations.length}). ` +
        'Update y-tokens, or choose another data folder. The file was left as it is.',
    )
  return format
}

function migrate(database: DatabaseSync, from: number): void {
  for (let format = from + 1; format <= migrations.length; format++) {
    database.exec(
      `BEGIN IMMEDIATE; ${migrations[format - 1]}
       PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${format}; COMMIT`,
    )
  }
}

function unreadable(file: string | undefined, error: unknown): BinsError {
  const reason = error instanceof Error ? error.message : String(error)
  return new BinsError(
    'file-unreadable',
    `The bins database ${file ?? 'in memory'} cannot be opened (${reason}). ` +
      'Check that the folder exists and may be written, or choose another data folder.',
    { cause: error },
  )
}
