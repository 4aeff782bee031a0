import { DatabaseSync } from 'node:sqlite'
import { RelayError } from './relay-error.ts'
import { openingError } from './open-database.ts'

export interface DataLock {
  release(): void
}

const busy = 5

/**
 * Takes the data folder for this process by an exclusive transaction on a database of its own: it ends with the process, also
 * at `kill -9`, and unlike a lock on the data file it keeps neither backup nor inspection out.
 *
 * @throws {RelayError} `data-in-use`, `data-unwritable`
 */
export function acquireDataLock(file: string): DataLock {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(file, { timeout: 0 })
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database?.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === busy)
      throw new RelayError(
        'data-in-use',
        `Another process is using the data folder (${file} is locked). Stop it, or choose another data folder.`,
        { cause: error },
      )
    throw openingError(file, error)
  }
  const held = database
  return { release: () => held.close() }
}
