/**
 * Why a store refused. Closed set; each code has one consequence in `storage-machine.ts`.
 *
 * - `unsupported`: there is no such store here · `denied`: the page may not use it (opaque origin, site data blocked)
 * - `blocked`: another tab holds the database in a way that shuts us out · `newer-format`: a newer version wrote it
 * - `quota`: no room left · `closed`: the connection is gone · `failed`: anything else the store reports
 */
export type StorageErrorCode = 'unsupported' | 'denied' | 'blocked' | 'newer-format' | 'quota' | 'closed' | 'failed'

/** What an adapter rejects with. Any other error counts as `failed`. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
  readonly code: StorageErrorCode

  constructor(code: StorageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** The code of whatever an adapter threw; also of a StorageError from another copy of this package. */
export function storageErrorCodeOf(error: unknown): StorageErrorCode {
  if (error instanceof Error && error.name === 'StorageError' && 'code' in error) return error.code as StorageErrorCode
  return 'failed'
}
