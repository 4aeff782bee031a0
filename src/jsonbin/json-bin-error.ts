/**
 * - `unauthorized`: the key is missing, wrong or of another account
 * - `forbidden`: the key lacks a permission, or the service has blocked the bin
 * - `not-found`: no such bin, version or route
 * - `quota-exhausted`: the account has no requests left
 * - `too-large`: the record is over the record limit
 * - `blank`: an empty object or array, which the service does not store
 * - `invalid`: the request is malformed; repeating it changes nothing
 * - `rate-limited`: too many requests in a short time
 * - `unavailable`: the service or the way to it failed
 * - `timeout`: no answer in time
 * - `aborted`: the caller's signal
 * - `bad-key`, `bad-url`: an option of the client that cannot be used; also a `baseUrl` that redirects
 * - `bad-response`: an answer that is none of the service's
 */
export type JsonBinErrorCode =
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'quota-exhausted'
  | 'too-large'
  | 'blank'
  | 'invalid'
  | 'rate-limited'
  | 'unavailable'
  | 'timeout'
  | 'aborted'
  | 'bad-key'
  | 'bad-url'
  | 'bad-response'

/**
 * What became of a failed request: `not-sent` and `refused` have changed nothing; after `unknown` the write may have
 * happened, or may still happen, and only a read can tell.
 */
export type RequestOutcome = 'not-sent' | 'refused' | 'unknown'

const retryableCodes: ReadonlySet<JsonBinErrorCode> = new Set([
  'rate-limited',
  'unavailable',
  'timeout',
  'bad-response',
])

export interface JsonBinErrorFacts {
  /** HTTP status; undefined where there was no answer. */
  readonly status?: number | undefined
  /** How long the service asks to wait, counted from when the error was thrown. */
  readonly retryAfterMs?: number | undefined
  /** For `too-large`: the record's size, and the greatest size allowed where it is known. */
  readonly bytes?: number | undefined
  readonly limit?: number | undefined
}

/** A failed call of the bins API. `message` names the remedy and never contains a key. */
export class JsonBinError extends Error implements JsonBinErrorFacts {
  override readonly name = 'JsonBinError'
  readonly code: JsonBinErrorCode
  readonly outcome: RequestOutcome
  /** True where the same request may succeed later, without anybody changing anything. */
  readonly retryable: boolean
  readonly status: number | undefined
  readonly retryAfterMs: number | undefined
  readonly bytes: number | undefined
  readonly limit: number | undefined

  constructor(
    code: JsonBinErrorCode,
    message: string,
    outcome: RequestOutcome = 'not-sent',
    facts: JsonBinErrorFacts = {},
  ) {
    super(message)
    this.code = code
    this.outcome = outcome
    this.retryable = retryableCodes.has(code)
    this.status = facts.status
    this.retryAfterMs = facts.retryAfterMs
    this.bytes = facts.bytes
    this.limit = facts.limit
  }
}

/** Also true for an error from another realm or another copy of this package. */
export function isJsonBinError(error: unknown): error is JsonBinError {
  return error instanceof JsonBinError || (error instanceof Error && error.name === 'JsonBinError' && 'code' in error)
}
