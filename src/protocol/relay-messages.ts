/**
 * The relay wire beside y-websocket's own messages. Binary frames, one message a frame: varuint type, then the body.
 *
 * ```
 * 110 hello     client → relay   str JSON { v: 1, agent }
 * 111 welcome   relay → client   str JSON { v: 1, room, role, user, limits }
 * 112 saved     relay → client   varuint: sync messages of this connection that are durably stored, cumulative
 * 113 lease     both             str JSON { op, name, holder, epoch, ttlMs }
 * 114 key       client → relay   str: a refreshed room key
 * 115 rejected  relay → client   str JSON { count, code, message }
 * ```
 *
 * Types 0–3 are y-websocket's, 4–10 Hocuspocus's, 102 y-sweet's. The relay sends 111–115 only to a client that said hello;
 * a client that gets no welcome talks to a foreign relay and works without them. What counts as a sync message, and who
 * answers whom, is in ARCHITECTURE.md. This layer does not validate roles or leases.
 */
import { createDecoder, hasContent, readVarString, readVarUint } from 'lib0/decoding'
import { createEncoder, toUint8Array, writeVarString, writeVarUint } from 'lib0/encoding'
import * as z from 'zod/mini'

export const messageTypes = {
  sync: 0,
  awareness: 1,
  auth: 2,
  queryAwareness: 3,
  hello: 110,
  welcome: 111,
  saved: 112,
  lease: 113,
  key: 114,
  rejected: 115,
} as const

export const relayProtocolVersion = 1

export type RoomRole = 'reader' | 'writer' | 'admin'
export type LeaseOp = 'request' | 'granted' | 'held' | 'renew' | 'release' | 'lost'

export interface Hello {
  readonly v: number
  readonly agent: string
}

/** `limits.maxMessageBytes` is the largest frame the relay takes. */
export interface Welcome {
  readonly v: number
  readonly room: string
  readonly role: RoomRole
  /** Identity from the room key; null without keys. */
  readonly user: { readonly id: string; readonly name: string } | null
  readonly limits: { readonly maxMessageBytes: number }
}

/** `epoch` grows per room and name and survives restarts; `holder` is a label for people. */
export interface LeaseMessage {
  readonly op: LeaseOp
  readonly name: string
  readonly holder: string
  readonly epoch: number
  readonly ttlMs: number
}

/** `count` is the ordinal of the refused sync message on this connection, from 1. */
export interface Rejected {
  readonly count: number
  readonly code: string
  readonly message: string
}

export type RelayMessage =
  | { readonly kind: 'hello'; readonly body: Hello }
  | { readonly kind: 'welcome'; readonly body: Welcome }
  | { readonly kind: 'saved'; readonly body: number }
  | { readonly kind: 'lease'; readonly body: LeaseMessage }
  | { readonly kind: 'key'; readonly body: string }
  | { readonly kind: 'rejected'; readonly body: Rejected }

const helloSchema: z.ZodMiniType<Hello> = z.object({ v: z.number(), agent: z.string().check(z.maxLength(200)) })
const welcomeSchema: z.ZodMiniType<Welcome> = z.object({
  v: z.number(),
  room: z.string(),
  role: z.enum(['reader', 'writer', 'admin']),
  user: z.nullable(z.object({ id: z.string(), name: z.string() })),
  limits: z.object({ maxMessageBytes: z.number() }),
})
const leaseSchema: z.ZodMiniType<LeaseMessage> = z.object({
  op: z.enum(['request', 'granted', 'held', 'renew', 'release', 'lost']),
  name: z.string().check(z.maxLength(200)),
  holder: z.string().check(z.maxLength(200)),
  epoch: z.number(),
  ttlMs: z.number(),
})
const rejectedSchema: z.ZodMiniType<Rejected> = z.object({
  count: z.number(),
  code: z.string(),
  message: z.string(),
})

/** One frame: type and body. */
export function encodeRelayMessage(message: RelayMessage): Uint8Array<ArrayBuffer> {
  const encoder = createEncoder()
  writeVarUint(encoder, messageTypes[message.kind])
  switch (message.kind) {
    case 'saved':
      writeVarUint(encoder, message.body)
      break
    case 'key':
      writeVarString(encoder, message.body)
      break
    default:
      writeVarString(encoder, JSON.stringify(message.body))
  }
  return toUint8Array(encoder) as Uint8Array<ArrayBuffer>
}

/**
 * The body of a frame whose type is one of ours (110–115). Throws on a truncated body, on JSON of another shape and on bytes
 * left over, since whoever sends those speaks another protocol.
 */
export function decodeRelayMessage(frame: Uint8Array): RelayMessage {
  const decoder = createDecoder(frame)
  const type = readVarUint(decoder)
  const message = ((): RelayMessage => {
    switch (type) {
      case messageTypes.hello:
        return { kind: 'hello', body: helloSchema.parse(JSON.parse(readVarString(decoder))) }
      case messageTypes.welcome:
        return { kind: 'welcome', body: welcomeSchema.parse(JSON.parse(readVarString(decoder))) }
      case messageTypes.saved:
        return { kind: 'saved', body: readVarUint(decoder) }
      case messageTypes.lease:
        return { kind: 'lease', body: leaseSchema.parse(JSON.parse(readVarString(decoder))) }
      case messageTypes.key:
        return { kind: 'key', body: readVarString(decoder) }
      case messageTypes.rejected:
        return { kind: 'rejected', body: rejectedSchema.parse(JSON.parse(readVarString(decoder))) }
      default:
        throw new Error(`Message type ${type} is not one of the relay messages 110–115`)
    }
  })()
  if (hasContent(decoder)) throw new Error(`Message type ${type} has bytes left over`)
  return message
}

/** Subprotocols offered by our client; the relay selects only the first, so that the key is never echoed. */
export const wireSubprotocol = 'y-tokens.1'
export const keySubprotocolPrefix = 'key.'
