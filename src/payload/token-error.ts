export type TokenErrorCode =
  | 'invalid-name'
  | 'path-taken'
  | 'not-found'
  | 'invalid-value'
  | 'invalid-file'
  | 'too-large'
  | 'read-only'
  | 'schema-too-new'
  | 'duplicate-yjs'
  | 'closed'

/** A refused call on tokens. Nothing has been written when it is thrown. `message` names the remedy. */
export class TokenError extends Error {
  override readonly name = 'TokenError'
  readonly code: TokenErrorCode
  /** Facts of the refusal, such as `path`, `name`, `bytes`, `limit`: machine-readable, never a key. */
  readonly details: Readonly<Record<string, string | number>>

  constructor(code: TokenErrorCode, message: string, details: Readonly<Record<string, string | number>> = {}) {
    super(message)
    this.code = code
    this.details = details
  }
}

/** Also true for an error from another realm or another copy of this package. */
export function isTokenError(error: unknown): error is TokenError {
  return error instanceof TokenError || (error instanceof Error && error.name === 'TokenError' && 'code' in error)
}
