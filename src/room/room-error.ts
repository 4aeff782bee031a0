/**
 * - `invalid-room`: not a room name · `invalid-url`: not a `ws:` or `wss:` URL · `no-websocket`: this platform has none
 */
export type RoomErrorCode = 'invalid-room' | 'invalid-url' | 'no-websocket'

/** A room that cannot even be tried. Everything that may happen later is a status. */
export class RoomError extends Error {
  override readonly name = 'RoomError'
  readonly code: RoomErrorCode

  constructor(code: RoomErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
