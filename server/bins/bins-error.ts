export type BinsErrorCode =
  | 'limit-invalid'
  | 'key-invalid'
  | 'key-file-invalid'
  | 'file-unreadable'
  | 'file-foreign'
  | 'file-too-new'
  | 'access-keys-full'
  | 'name-invalid'
  | 'port-in-use'
  | 'closed'

/** The local bins cannot start or do what was asked. `message` names the remedy and never contains a key. */
export class BinsError extends Error {
  override readonly name = 'BinsError'
  readonly code: BinsErrorCode

  constructor(code: BinsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
