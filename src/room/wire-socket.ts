/**
 * What y-websocket is given for a WebSocket: a real one, opened when it is time and with the key of the moment, watched in
 * both directions, and unable to throw into the host.
 *
 * y-websocket 3.1 constructs its socket at once and synchronously, throws uncaught from `onmessage` on a text frame, a
 * truncated frame or an unknown sync message (which ends a Node process), and knows neither jitter nor keys that have to be
 * fetched. All of that is cured here, so that the stock provider stays stock.
 */
import { messageTypes } from '../protocol/relay-messages.ts'

export interface WireSocketOptions {
  readonly WebSocket: WebSocketConstructor
  /** Waits until it is time to connect and gives the subprotocols to offer. A rejection closes the socket. */
  readonly dial: (signal: AbortSignal) => Promise<readonly string[]>
  /** The socket is open; y-websocket has not sent anything yet. */
  readonly opened: (send: (frame: Uint8Array<ArrayBuffer>) => void) => void
  /** A frame of y-websocket's is about to be sent. */
  readonly sending: (frame: Uint8Array) => void
  /** Types of frames that somebody reads; y-websocket writes all others to the console. */
  readonly reads: ReadonlySet<number>
  /** A frame could not be read. What it said is unknown, so the connection must start over. */
  readonly unreadable: (error: unknown) => void
}

/** What is used of the platform's WebSocket; Node's, a browser's and the package `ws` all have it. */
export interface WebSocketConstructor {
  new (url: string, protocols?: string[]): RealSocket
}

export interface RealSocket {
  binaryType: string
  readonly readyState: number
  onopen: ((event: never) => void) | null
  onmessage: ((event: never) => void) | null
  onerror: ((event: never) => void) | null
  onclose: ((event: never) => void) | null
  send(data: Uint8Array<ArrayBuffer>): void
  close(code?: number, reason?: string): void
  /** Only `ws` has it: ends without the closing handshake. */
  terminate?(): void
}

/** How a socket ended, as y-websocket and `link-machine.ts` read it. */
export interface WireClose {
  readonly code: number
  readonly reason: string
}

export interface WireSocketFactory {
  /** For `WebsocketProvider`'s `WebSocketPolyfill`. */
  readonly constructor: typeof WebSocket
  /** Sends on the open socket, past y-websocket; false where there is none. */
  readonly send: (frame: Uint8Array<ArrayBuffer>) => boolean
  readonly isOpen: () => boolean
  /** Ends the present socket as if the relay had, with this close code. */
  readonly end: (how: WireClose) => void
  /** Resolves when every socket is closed, cut where the relay does not answer within `timeoutMs`. */
  readonly whenClosed: (waitForTimeout: () => Promise<void>) => Promise<void>
}

const abnormal: WireClose = { code: 1006, reason: '' }
const openState = 1
const closedState = 3

export function createWireSocketFactory(options: WireSocketOptions): WireSocketFactory {
  const closing = new Set<{ readonly real: RealSocket; readonly ended: Promise<void> }>()
  let current: WireSocket | null = null

  // A class only in name: y-websocket calls it with `new`.
  function construct(url: string): WireSocket {
    const socket = openWireSocket(url, options, (real, ended) => {
      const entry = { real, ended }
      closing.add(entry)
      void ended.then(() => closing.delete(entry))
    })
    current = socket
    return socket
  }

  return {
    constructor: construct as unknown as typeof WebSocket,
    send: (frame) => {
      if (current?.readyState !== openState) return false
      current.sendPast(frame)
      return true
    },
    isOpen: () => current?.readyState === openState,
    end: (how) => current?.end(how),
    whenClosed: async (waitForTimeout) => {
      if (closing.size === 0) return
      const all = Promise.all([...closing].map(({ ended }) => ended))
      await Promise.race([all, waitForTimeout()])
      for (const { real } of closing) real.terminate?.()
    },
  }
}

interface WireSocket {
  binaryType: string
  readonly readyState: number
  readonly OPEN: number
  onopen: (() => void) | null
  onmessage: ((event: { readonly data: ArrayBuffer }) => void) | null
  onerror: ((event: unknown) => void) | null
  onclose: ((event: WireClose) => void) | null
  send(frame: Uint8Array<ArrayBuffer>): void
  close(): void
  sendPast(frame: Uint8Array<ArrayBuffer>): void
  end(how: WireClose): void
}

function openWireSocket(
  url: string,
  options: WireSocketOptions,
  onOpened: (real: RealSocket, ended: Promise<void>) => void,
): WireSocket {
  const abort = new AbortController()
  let real: RealSocket | null = null
  let ended = false

  const end = (how: WireClose): void => {
    if (ended) return
    ended = true
    abort.abort()
    if (real && real.readyState < 2) real.close()
    socket.onclose?.(how)
  }

  const receive = (data: unknown): void => {
    // Text is none of this protocol's, so nothing is lost with it; an empty frame says nothing.
    if (ended || !(data instanceof ArrayBuffer)) return
    const type = new Uint8Array(data)[0]
    if (type === undefined || !options.reads.has(type)) return
    try {
      socket.onmessage?.({ data })
    } catch (error) {
      // A peer's broken awareness is not worth a reconnect.
      if (type === messageTypes.awareness) return
      options.unreadable(error)
      end(abnormal)
    }
  }

  const connect = (protocols: readonly string[]): void => {
    if (ended) return
    const opened = new options.WebSocket(url, [...protocols])
    real = opened
    opened.binaryType = 'arraybuffer'
    let hasClosed = (): void => undefined
    onOpened(opened, new Promise<void>((resolve) => (hasClosed = resolve)))
    opened.onopen = () => {
      if (ended) return opened.close()
      try {
        options.opened((frame) => opened.send(frame))
        socket.onopen?.()
      } catch (error) {
        options.unreadable(error)
        end(abnormal)
      }
    }
    opened.onmessage = ({ data }: { readonly data: unknown }) => receive(data)
    opened.onerror = (event: unknown) => {
      if (!ended) socket.onerror?.(event)
    }
    opened.onclose = ({ code, reason }: WireClose) => {
      hasClosed()
      end({ code, reason })
    }
  }

  const socket: WireSocket = {
    binaryType: 'arraybuffer',
    get readyState() {
      return ended ? closedState : (real?.readyState ?? 0)
    },
    OPEN: openState,
    onopen: null,
    onmessage: null,
    onerror: null,
    onclose: null,
    send: (frame) => {
      options.sending(frame)
      real?.send(frame)
    },
    sendPast: (frame) => real?.send(frame),
    end,
    close: () => {
      if (ended) return
      ended = true
      abort.abort()
      real?.close()
    },
  }
  options
    .dial(abort.signal)
    .then(connect)
    .catch(() => end(abnormal))
  return socket
}
