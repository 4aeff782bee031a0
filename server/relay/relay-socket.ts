import type { Socket } from 'node:net'
import { WebSocket } from 'ws'
import { type CloseCode, closeCodes } from '../../src/protocol/close-codes.ts'

/**
 * The socket class given to `ws`. Its own close codes are all retried for ever by y-websocket; where the client did what
 * retrying cannot cure, ours are sent instead.
 */
export class RelaySocket extends WebSocket {
  /** Called before a message above the size limit closes the socket. */
  onTooLarge: (() => void) | undefined

  override close(code?: number, reason?: string | Buffer): void {
    switch (code) {
      case 1009:
        this.onTooLarge?.()
        super.close(closeCodes.tooLarge, 'The message is larger than this relay takes')
        break
      // Wrong opcodes or flags, unmasked frames, text that is not UTF-8, floods of fragments.
      case 1002:
      case 1007:
      case 1008:
        super.close(closeCodes.badBytes, 'These are no WebSocket messages')
        break
      default:
        super.close(code, reason)
    }
  }
}

/** A socket as a connection uses it: frames go out as they are. */
export interface FrameSocket {
  /** Does nothing on a closing socket. */
  send(frame: Buffer): void
  /** Bytes given to {@link FrameSocket.send} that have not left the process. */
  readonly bufferedBytes: number
  /** Stops reading for this reason; reading goes on when no reason is left. */
  pause(reason: PauseReason): void
  resume(reason: PauseReason): void
  ping(): void
  /** Sends what was given, then the close frame. `reason` is cut to the 123 bytes a close frame holds. */
  close(code: CloseCode, reason: string): void
  terminate(): void
}

/** `rate`: too fast · `held`: much waits for the room · `store`: much waits for the disk · `closing`: the relay stops. */
export type PauseReason = 'rate' | 'held' | 'store' | 'closing'

const maxReasonBytes = 123

/** `socket` is the TCP socket below `ws`, from the upgrade; compression must be off. */
export function createFrameSocket(ws: RelaySocket, socket: Socket): FrameSocket {
  const reasons = new Set<PauseReason>()
  return {
    send(frame) {
      if (ws.readyState === WebSocket.OPEN) socket.write(frame)
    },
    get bufferedBytes() {
      return socket.writableLength
    },
    pause(reason) {
      reasons.add(reason)
      ws.pause()
    },
    resume(reason) {
      if (reasons.delete(reason) && reasons.size === 0) ws.resume()
    },
    ping() {
      if (ws.readyState === WebSocket.OPEN) ws.ping()
    },
    close(code, reason) {
      // A paused socket would never see the other side's close frame.
      reasons.clear()
      ws.resume()
      ws.close(code, cutToBytes(reason, maxReasonBytes))
    },
    terminate() {
      ws.terminate()
    },
  }
}

/** The longest beginning that fits, in whole characters. */
function cutToBytes(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text)
  if (bytes.length <= maxBytes) return text
  let end = maxBytes
  while (((bytes[end] as number) & 0xc0) === 0x80) end--
  return bytes.toString('utf8', 0, end)
}
