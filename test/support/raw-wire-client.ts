import { createDecoder, readVarUint, readVarUint8Array } from 'lib0/decoding'
import { createEncoder, toUint8Array, writeVarString, writeVarUint, writeVarUint8Array } from 'lib0/encoding'
import { WebSocket } from 'ws'
import * as Y from 'yjs'
import { type RelayMessage, decodeRelayMessage, encodeRelayMessage } from '../../src/protocol/relay-messages.ts'
import { eventually } from './eventually.ts'

/** One message as it came in, taken apart. */
export type WireMessage =
  | { readonly kind: 'step1'; readonly vector: Uint8Array }
  | { readonly kind: 'step2' | 'update'; readonly update: Uint8Array }
  | { readonly kind: 'awareness'; readonly entries: readonly AwarenessEntry[] }
  | { readonly kind: 'query-awareness' }
  | { readonly kind: 'relay'; readonly message: RelayMessage }
  | { readonly kind: 'other'; readonly bytes: Uint8Array }

export interface AwarenessEntry {
  readonly client: number
  readonly clock: number
  /** Undefined stands for "gone". */
  readonly state: unknown
}

/** A client that sends exactly what it is told to and notes what comes in. */
export interface RawWireClient {
  readonly socket: WebSocket
  readonly messages: readonly WireMessage[]
  /** Everything received so far, applied. */
  readonly doc: Y.Doc
  /** Close code and reason once the socket is closed. */
  readonly closed: { readonly code: number; readonly reason: string } | undefined
  readonly protocol: string
  send(bytes: Uint8Array | string): void
  sendStep1(vector?: Uint8Array): void
  sendStep2(update: Uint8Array): void
  sendUpdate(update: Uint8Array): void
  sendAwareness(entries: readonly AwarenessEntry[]): void
  sendRelay(message: RelayMessage): void
  hello(): void
  /** Waits for a message that fits, also one that has come already, after the first `from`. */
  next<M>(pick: (message: WireMessage) => M | undefined, from?: number): Promise<M>
  step2(): Promise<Uint8Array>
  saved(): number
  untilSaved(count: number): Promise<void>
  relay<K extends RelayMessage['kind']>(kind: K, from?: number): Promise<Extract<RelayMessage, { kind: K }>['body']>
  untilClosed(): Promise<{ readonly code: number; readonly reason: string }>
  close(): Promise<void>
  /** Cuts the connection without a close frame. */
  cut(): void
}

export interface RawWireOptions {
  readonly protocols?: readonly string[]
  readonly origin?: string
  readonly autoPong?: boolean
}

/** Opens a socket to `url`, the relay's URL with the room; resolves when it is open. */
export async function openRawClient(url: string, options: RawWireOptions = {}): Promise<RawWireClient> {
  const socket = new WebSocket(url, [...(options.protocols ?? [])], {
    perMessageDeflate: false,
    autoPong: options.autoPong ?? true,
    ...(options.origin === undefined ? {} : { origin: options.origin }),
  })
  socket.binaryType = 'nodebuffer'
  const messages: WireMessage[] = []
  const doc = new Y.Doc()
  let closed: RawWireClient['closed']
  socket.on('message', (data) => {
    const message = readMessage(data as Buffer)
    messages.push(message)
    if (message.kind === 'step2' || message.kind === 'update') Y.applyUpdate(doc, message.update)
  })
  socket.on('close', (code, reason) => {
    closed = { code, reason: reason.toString() }
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  socket.on('error', () => undefined)

  const send = (bytes: Uint8Array | string): void => socket.send(bytes)
  const sendSync = (kind: number, body: Uint8Array): void => {
    const encoder = createEncoder()
    writeVarUint(encoder, 0)
    writeVarUint(encoder, kind)
    writeVarUint8Array(encoder, body)
    send(toUint8Array(encoder))
  }
  const client: RawWireClient = {
    socket,
    messages,
    doc,
    get closed() {
      return closed
    },
    get protocol() {
      return socket.protocol
    },
    send,
    sendStep1: (vector = Uint8Array.of(0)) => sendSync(0, vector),
    sendStep2: (update) => sendSync(1, update),
    sendUpdate: (update) => sendSync(2, update),
    sendAwareness(entries) {
      const encoder = createEncoder()
      writeVarUint(encoder, 1)
      writeVarUint8Array(encoder, writeAwarenessEntries(entries))
      send(toUint8Array(encoder))
    },
    sendRelay: (message) => send(encodeRelayMessage(message)),
    hello: () => client.sendRelay({ kind: 'hello', body: { v: 1, agent: 'raw' } }),
    next: (pick, from = 0) =>
      eventually(
        () => {
          for (const message of messages.slice(from)) {
            const picked = pick(message)
            if (picked !== undefined) return picked
          }
          throw new Error(
            `got ${messages.map((message) => message.kind).join(', ')}; closed: ${JSON.stringify(closed)}`,
          )
        },
        { what: 'a message', everyMs: 5 },
      ),
    step2: () => client.next((message) => (message.kind === 'step2' ? message.update : undefined)),
    saved() {
      let saved = 0
      for (const message of messages)
        if (message.kind === 'relay' && message.message.kind === 'saved') saved = message.message.body
      return saved
    },
    async untilSaved(count) {
      await eventually(() => client.saved() >= count, { what: `saved ${count}, at ${client.saved()}`, everyMs: 5 })
    },
    relay: ((kind: RelayMessage['kind'], from?: number) =>
      client.next(
        (message) => (message.kind === 'relay' && message.message.kind === kind ? message.message.body : undefined),
        from,
      )) as RawWireClient['relay'],
    untilClosed: () =>
      eventually(
        () => {
          if (!closed) throw new Error('the socket is open')
          return closed
        },
        { what: 'the close', everyMs: 5 },
      ),
    async close() {
      if (closed) return
      socket.close()
      await client.untilClosed()
    },
    cut: () => socket.terminate(),
  }
  return client
}

function readMessage(bytes: Uint8Array): WireMessage {
  const decoder = createDecoder(bytes)
  const type = readVarUint(decoder)
  if (type === 0) {
    const kind = readVarUint(decoder)
    const body = readVarUint8Array(decoder).slice()
    if (kind === 0) return { kind: 'step1', vector: body }
    return { kind: kind === 1 ? 'step2' : 'update', update: body }
  }
  if (type === 1) return { kind: 'awareness', entries: readAwarenessEntries(readVarUint8Array(decoder)) }
  if (type === 3) return { kind: 'query-awareness' }
  if (type >= 110 && type <= 115) return { kind: 'relay', message: decodeRelayMessage(bytes) }
  return { kind: 'other', bytes: bytes.slice() }
}

/** The body of an awareness update: `n, n × (client, clock, JSON)`. */
export function writeAwarenessEntries(entries: readonly AwarenessEntry[]): Uint8Array {
  const encoder = createEncoder()
  writeVarUint(encoder, entries.length)
  for (const { client, clock, state } of entries) {
    writeVarUint(encoder, client)
    writeVarUint(encoder, clock)
    writeVarString(encoder, state === undefined ? 'null' : JSON.stringify(state))
  }
  return toUint8Array(encoder)
}

export function readAwarenessEntries(body: Uint8Array): AwarenessEntry[] {
  const decoder = createDecoder(body)
  return Array.from({ length: readVarUint(decoder) }, () => {
    const client = readVarUint(decoder)
    const clock = readVarUint(decoder)
    const text = new TextDecoder().decode(readVarUint8Array(decoder))
    return { client, clock, state: text === 'null' ? undefined : (JSON.parse(text) as unknown) }
  })
}
