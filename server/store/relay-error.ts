/**
 * - `node-too-old`: the relay needs Node 24 · `host-unavailable`, `port-in-use`: cannot listen there
 * - `key-secret-required`: only loopback is served without a key secret · `key-secret-invalid`: too short to protect anything
 * - `data-in-use`: another process has the data folder · `data-too-new`: a newer version wrote it; left untouched
 * - `data-unreadable`: not a relay database · `data-unwritable`: the folder or disk cannot be written
 * - `data-damaged`: stored bytes do not match their checksum, or rows are missing
 * - `storage-failed`: a write failed; nothing of it was acknowledged · `closed`: the relay or store has been closed
 */
export type RelayErrorCode =
  | 'node-too-old'
  | 'host-unavailable'
  | 'port-in-use'
  | 'key-secret-required'
  | 'key-secret-invalid'
  | 'data-in-use'
  | 'data-too-new'
  | 'data-unreadable'
  | 'data-unwritable'
  | 'data-damaged'
  | 'storage-failed'
  | 'closed'

/** The relay cannot start, or its store cannot do what was asked. `message` names the remedy and never contains a key. */
export class RelayError extends Error {
  override readonly name = 'RelayError'
  readonly code: RelayErrorCode

  constructor(code: RelayErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Also true for an error that crossed a thread or comes from another copy of this package. */
export function isRelayError(error: unknown): error is RelayError {
  return error instanceof RelayError || (error instanceof Error && error.name === 'RelayError' && 'code' in error)
}
