/**
 * - `unauthorized` (401), `forbidden` (403), `not-found` (404), `quota-exhausted`: refused; trying again does not help
 * - `rate-limited` (429), `unavailable` (network, 5xx), `timeout`: may work later; the first two were tried again already
 * - `invalid`: not JSON, a web page, or no token file · `empty`: a token file without tokens
 * - `aborted`: by the caller · `bad-header`, `bad-url`: nothing was sent
 */
export type SnapshotErrorCode =
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'quota-exhausted'
  | 'rate-limited'
  | 'unavailable'
  | 'timeout'
  | 'aborted'
  | 'invalid'
  | 'empty'
  | 'bad-header'
  | 'bad-url'

export interface SnapshotErrorDetails {
  readonly status?: number
  readonly retryAfterMs?: number | undefined
  readonly cause?: unknown
}

/** Why no snapshot could be loaded. `message` says what to do; it never holds the value of a header. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError'
  readonly code: SnapshotErrorCode
  /** The HTTP status, where there was an answer. */
  readonly status: number | undefined
  /** How long the server asked to be left alone. */
  readonly retryAfterMs: number | undefined

  constructor(code: SnapshotErrorCode, message: string, details: SnapshotErrorDetails = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined)
    this.code = code
    this.status = details.status
    this.retryAfterMs = details.retryAfterMs
  }
}

/** Also true for an error from another copy of this package. */
export function isSnapshotError(error: unknown): error is SnapshotError {
  return error instanceof SnapshotError || (error instanceof Error && error.name === 'SnapshotError' && 'code' in error)
}
