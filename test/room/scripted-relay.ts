import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { WebSocketServer, type WebSocket } from 'ws'
import * as Y from 'yjs'
import { createDecoder, readVarUint, readVarUint8Array } from 'lib0/decoding'
import { createEncoder, toUint8Array, writeVarUint, writeVarUint8Array } from 'lib0/encoding'
import { decodeRelayMessage, encodeRelayMessage, type RelayMessage } from '../../src/protocol/relay-messages.ts'

/** One socket of a client, as the scripted relay sees it. */
export interface ScriptedSocket {
  readonly path: string
  /** Subprotocols that were offered. */
  readonly protocols: readonly string[]
  readonly frames: readonly Uint8Array[]
  /** Names of what came in, in order: `hello`, `step1`, `answer`, `update`, `awareness`, … */
  readonly heard: readonly string[]
  send(frame: Uint8Array | string): void
  say(message: RelayMessage): void
  /** The relay's step 2 for an empty or given document, then its own step 1. */
  sync(ydoc?: Y.Doc): void
  close(code: number, reason?: string): void
  cut(): void
}

export interface ScriptedRelay {
  readonly url: string
  readonly sockets: readonly ScriptedSocket[]
  /** Ends all sockets and stops listening; `start` begins again on the same port. */
  stop(): Promise<void>
  start(): Promise<void>
}

/** A relay that does what a test says with each new socket, and nothing by itself. Closed at the end of the test. */
export async function startScriptedRelay(
  onSocket: (socket: ScriptedSocket, index: number) => void,
): Promise<ScriptedRelay> {
  const sockets: ScriptedSocket[] = []
  let server: WebSocketServer | null = null
  let port = 0

  const accept = (socket: WebSocket, path: string, protocols: readonly string[]): void => {
    const frames: Uint8Array[] = []
    const heard: string[] = []
    const listeners: ((name: string) => void)[] = []
    const scripted: ScriptedSocket = {
      path,
      protocols,
      frames,
      heard,
      send: (frame) => socket.send(frame),
      say: (message) => socket.send(encodeRelayMessage(message)),
      sync: (ydoc = new Y.Doc()) => {
        socket.send(syncFrame(1, Y.encodeStateAsUpdate(ydoc)))
        socket.send(syncFrame(0, Y.encodeStateVector(ydoc)))
      },
      close: (code, reason) => socket.close(code, reason),
      cut: () => socket.terminate(),
    }
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      const frame = new Uint8Array(data)
      frames.push(frame)
      heard.push(isBinary ? nameOf(frame) : 'text')
      for (const listener of listeners) listener(heard.at(-1) as string)
    })
    sockets.push(scripted)
    onSocket(scripted, sockets.length - 1)
  }

  const start = async (): Promise<void> => {
    server = new WebSocketServer({ host: '127.0.0.1', port })
    server.on('connection', (socket, request) => {
      const offered = request.headers['sec-websocket-protocol']?.split(',').map((each) => each.trim()) ?? []
      accept(socket, request.url ?? '', offered)
    })
    await new Promise<void>((resolve) => server?.once('listening', resolve))
    port = (server.address() as AddressInfo).port
  }
  const stop = async (): Promise<void> => {
    const stopping = server
    server = null
    if (!stopping) return
    for (const client of stopping.clients) client.terminate()
    await new Promise<void>((resolve) => stopping.close(() => resolve()))
  }
  await start()
  onTestFinished(stop)
  return {
    get url() {
      return `ws://127.0.0.1:${port}`
    },
    sockets,
    stop,
    start,
  }
}

export function syncFrame(kind: number, body: Uint8Array): Uint8Array {
  const encoder = createEncoder()
  writeVarUint(encoder, 0)
  writeVarUint(encoder, kind)
  writeVarUint8Array(encoder, body)
  return toUint8Array(encoder)
}

/** The update in a step 2 or update frame. */
export function updateIn(frame: Uint8Array): Uint8Array {
  const decoder = createDecoder(frame)
  readVarUint(decoder)
  readVarUint(decoder)
  return readVarUint8Array(decoder)
}

/** What a well-behaved relay of ours says first. */
export function welcome(facts: { readonly role?: 'reader' | 'writer'; readonly room?: string } = {}): RelayMessage {
  const { role = 'writer', room = 'acme' } = facts
  return { kind: 'welcome', body: { v: 1, room, role, user: null, limits: { maxMessageBytes: 1_000_000 } } }
}

function nameOf(frame: Uint8Array): string {
  switch (frame[0]) {
    case 0:
      return ['step1', 'answer', 'update'][frame[1] ?? 3] ?? 'sync'
    case 1:
      return 'awareness'
    case 3:
      return 'query-awareness'
    default:
      return decodeRelayMessage(frame).kind
  }
}
