/** Bytes that are no message of the wire, or one that is too large. The connection that sent them is closed. */
export class RelayWireFault extends Error {
  override readonly name = 'RelayWireFault'
  readonly code: 'bad-bytes' | 'too-large'

  constructor(code: 'bad-bytes' | 'too-large', message: string) {
    super(message)
    this.code = code
  }
}
