import type { IncomingMessage } from 'node:http'
import { type CloseCode, closeCodes } from '../../src/protocol/close-codes.ts'
import { keySubprotocolPrefix } from '../../src/protocol/relay-messages.ts'
import { parseRoomAddress } from '../../src/protocol/room-name.ts'

/** What somebody wants who opens a WebSocket. */
export type UpgradeRequest =
  | { readonly kind: 'room'; readonly room: string; readonly side: boolean; readonly key: string | null }
  | { readonly kind: 'refused'; readonly code: CloseCode; readonly reason: string }

/**
 * Reads the room from the path, decoded exactly once, and the key from the subprotocols or, for stock clients that can do
 * neither that nor a message, from `?key=`. The URL itself is never kept: it may hold a key.
 */
export function readUpgradeRequest(request: IncomingMessage): UpgradeRequest {
  const target = request.url ?? '/'
  const query = target.indexOf('?')
  const path = query < 0 ? target : target.slice(0, query)
  const address = decodeOnce(path.slice(1))
  if (address === null)
    return { kind: 'refused', code: closeCodes.badBytes, reason: 'The room name is not valid percent-encoded UTF-8' }
  const parsed = parseRoomAddress(address)
  if (!parsed)
    return {
      kind: 'refused',
      code: closeCodes.noSuchRoom,
      reason: 'Room names are a-z, 0-9, ".", "_", "-" in parts joined by "/", at most 128 bytes',
    }
  const key = keyFromProtocols(request) ?? (query < 0 ? null : new URLSearchParams(target.slice(query + 1)).get('key'))
  return { kind: 'room', room: parsed.room, side: parsed.side, key }
}

/** Null for what is no valid encoding. */
export function decodeOnce(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

function keyFromProtocols(request: IncomingMessage): string | null {
  const offered = request.headers['sec-websocket-protocol']
  if (offered === undefined) return null
  const key = offered
    .split(',')
    .map((protocol) => protocol.trim())
    .find((protocol) => protocol.startsWith(keySubprotocolPrefix))
  return key?.slice(keySubprotocolPrefix.length) ?? null
}
