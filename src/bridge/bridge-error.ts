/**
 * - `not-linked`: no bin is applied · `unknown-bin`: the team's list has no bin of this id · `invalid-bin-id`, `invalid-name`
 * - `key-missing`: this device has no key for the bin · `read-only-key`: its key cannot write
 * - `blocked`: the bridge stands still; the message says why · `ahead`: the bin holds edits that have not arrived here
 * - `blank-bin`, `invalid-bin`, `other-document`: what the bin holds cannot be linked; neither side was touched
 * - `no-tokens`: there is nothing to write or save · `too-large`: it does not fit into a bin, or a version
 * - `maybe-created`: an earlier creation had no answer; the bin may exist
 * - `unsaved`: the last edits could not be brought into the bin that is to be left
 * - `not-found`: the journal, or the versions, have no such entry
 * - `interrupted`: pause, another bin or another device came between · `closed`: after `close()`
 */
export type BridgeErrorCode =
  | 'not-linked'
  | 'unknown-bin'
  | 'invalid-bin-id'
  | 'invalid-name'
  | 'key-missing'
  | 'read-only-key'
  | 'blocked'
  | 'ahead'
  | 'blank-bin'
  | 'invalid-bin'
  | 'other-document'
  | 'no-tokens'
  | 'too-large'
  | 'maybe-created'
  | 'unsaved'
  | 'not-found'
  | 'interrupted'
  | 'closed'

/** A refused call on the bridge, its bins, journal or versions. `message` names the remedy and never contains a key. */
export class BridgeError extends Error {
  override readonly name = 'BridgeError'
  readonly code: BridgeErrorCode

  constructor(code: BridgeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Also true for an error from another realm or another copy of this package. */
export function isBridgeError(error: unknown): error is BridgeError {
  return error instanceof BridgeError || (error instanceof Error && error.name === 'BridgeError' && 'code' in error)
}
