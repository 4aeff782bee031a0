/**
 * One document in one room of the relay, over the stock y-websocket provider: says hello, counts what is stored, asks for keys,
 * waits between attempts, and tells a status. It is not the room: `connect-room.ts` composes the document's and the side
 * document's link.
 *
 * Order on a new socket: hello, then y-websocket's step 1 and awareness; welcome, then the relay's step 2 and step 1.
 */
import { WebsocketProvider } from 'y-websocket'
import { readAuthMessage } from 'y-protocols/auth'
import type { Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'
import { closeCodes } from '../protocol/close-codes.ts'
import {
  decodeRelayMessage,
  encodeRelayMessage,
  keySubprotocolPrefix,
  messageTypes,
  relayProtocolVersion,
  wireSubprotocol,
  type LeaseMessage,
  type RelayMessage,
} from '../protocol/relay-messages.ts'
import {
  isAcknowledged,
  nothingSent,
  stepAcknowledgement,
  unsavedOf,
  type AcknowledgementEvent,
} from './acknowledgement.ts'
import { createEmitter } from '../platform/emitter.ts'
import type { KeySource } from './key-source.ts'
import {
  relayStateOf,
  stepLink,
  unconnected,
  type LinkClosed,
  type LinkEvent,
  type LinkMachine,
} from './link-machine.ts'
import type { RelayStatus } from './relay-status.ts'
import { readRemoteSync, syncStep2, syncUpdate } from './remote-sync.ts'
import type { Timers } from './timers.ts'
import { createWireSocketFactory, type WebSocketConstructor } from './wire-socket.ts'

export interface RelayLinkOptions {
  readonly url: string
  /** Room name or side room name. */
  readonly address: string
  readonly ydoc: Y.Doc
  readonly awareness: Awareness
  /** Before y-websocket uses awareness. */
  readonly prepareAwareness: () => void
  readonly agent: string
  readonly keys: KeySource
  readonly WebSocket: WebSocketConstructor
  readonly broadcastsToTabs: boolean
  readonly timers: Timers
  readonly random: () => number
  readonly onLease?: (message: LeaseMessage) => void
}

export interface RelayLink {
  readonly status: RelayStatus
  /** What the relay of this connection is: `ours` says welcome, a `foreign` one answers without. */
  readonly relay: LinkMachine['relay']
  /** The relay has told, at least once, all it holds. */
  readonly answered: boolean
  readonly subscribe: (listener: () => void) => () => void
  readonly connect: () => void
  readonly disconnect: () => void
  /** A new socket at once, also where one is open or an attempt is being waited for. */
  readonly reconnect: () => void
  /** False where there is no connection to a relay of ours. */
  readonly send: (message: RelayMessage) => boolean
  /** The key has been replaced: shows it to the relay, over a new connection where there is none. */
  readonly showKey: () => void
  readonly close: () => Promise<void>
}

const emptyUpdateBytes = 2
const keyTimeoutMs = 20_000
const closeTimeoutMs = 1_000

export function createRelayLink(options: RelayLinkOptions): RelayLink {
  const { url, address, ydoc, awareness, prepareAwareness, agent, keys, timers, random, onLease } = options
  let machine = unconnected
  let acknowledgement = nothingSent
  let status = statusNow()
  let cause: LinkClosed['cause'] = null
  let usedKey: string | null = null
  let answered = false
  /** Ends the wait before an attempt. */
  let hurry: () => void = () => undefined
  const changes = createEmitter()

  function statusNow(): RelayStatus {
    const { role, user } = machine
    return {
      state: relayStateOf(machine, isAcknowledged(acknowledgement)),
      role,
      user,
      unsaved: unsavedOf(acknowledgement),
      rejected: acknowledgement.rejected,
    }
  }
  const publish = (): void => {
    status = statusNow()
    changes.emit()
  }
  const step = (event: LinkEvent): void => {
    machine = stepLink(machine, event)
  }
  const count = (event: AcknowledgementEvent): void => {
    acknowledgement = stepAcknowledgement(acknowledgement, event)
  }

  const dial = async (signal: AbortSignal): Promise<readonly string[]> => {
    await waitBeforeAttempt(machine.delayMs, signal)
    try {
      usedKey = await inTime(keys.get(), signal)
    } catch (error) {
      if (!signal.aborted) cause = 'key-failed'
      throw error
    }
    return usedKey === null ? [] : [wireSubprotocol, keySubprotocolPrefix + usedKey]
  }
  const waitBeforeAttempt = (delayMs: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const timer = timers.setTimer(resolve, delayMs)
      hurry = () => {
        timers.clearTimer(timer)
        resolve()
      }
      signal.addEventListener('abort', () => {
        timers.clearTimer(timer)
        reject(new Error('The attempt was given up'))
      })
    })
  const inTime = <T>(promise: Promise<T>, signal: AbortSignal): Promise<T> =>
    new Promise((resolve, reject) => {
      const timer = timers.setTimer(() => reject(new Error('The room key took too long')), keyTimeoutMs)
      const end = (): void => timers.clearTimer(timer)
      signal.addEventListener('abort', end)
      promise.then(resolve, reject).finally(end)
    })

  const sockets = createWireSocketFactory({
    WebSocket: options.WebSocket,
    dial,
    opened: (send) => {
      step({ kind: 'opened' })
      count({ kind: 'opened' })
      send(encodeRelayMessage({ kind: 'hello', body: { v: relayProtocolVersion, agent } }))
      prepareAwareness()
      publish()
    },
    sending: (frame) => {
      if (frame[0] !== messageTypes.sync || (frame[1] !== syncStep2 && frame[1] !== syncUpdate)) return
      const message = frame[1] === syncStep2 ? 'answer' : 'update'
      count({ kind: 'sent', message, empty: frame.byteLength <= 3 + emptyUpdateBytes })
      publish()
    },
    reads: new Set(Object.values(messageTypes)),
    unreadable: () => {
      cause = 'unreadable'
    },
  })

  const provider = new WebsocketProvider(url, address, ydoc, {
    connect: false,
    awareness,
    WebSocketPolyfill: sockets.constructor,
    disableBc: !options.broadcastsToTabs,
    // Waiting is done in `dial`, on our timers and with jitter.
    maxBackoffTime: 0,
    shouldReconnect: () => machine.phase === 'dialling',
  })

  provider.messageHandlers[messageTypes.sync] = (encoder, decoder, _provider, fromRelay) => {
    const kind = readRemoteSync(decoder, encoder, ydoc, provider)
    if (kind !== syncStep2 || !fromRelay) return
    provider.synced = true
    answered = true
    const unknown = machine.relay === 'unknown'
    step({ kind: 'synced', nowMs: timers.now() })
    if (unknown) count({ kind: 'foreign' })
    publish()
  }
  // y-websocket writes a denial to the console and waits for ever (y-websocket#87).
  provider.messageHandlers[messageTypes.auth] = (_encoder, decoder, _provider, fromRelay) => {
    if (fromRelay)
      readAuthMessage(decoder, ydoc, (_ydoc, reason) => sockets.end({ code: closeCodes.notAllowed, reason }))
  }
  for (const type of [messageTypes.welcome, messageTypes.saved, messageTypes.lease, messageTypes.rejected]) {
    provider.messageHandlers[type] = (_encoder, decoder, _provider, fromRelay) => {
      if (fromRelay) receive(decodeRelayMessage(decoder.arr))
    }
  }
  const receive = (message: RelayMessage): void => {
    switch (message.kind) {
      case 'welcome':
        step({ kind: 'welcome', role: message.body.role, user: message.body.user })
        count({ kind: 'role', reader: message.body.role === 'reader' })
        break
      case 'saved':
        count({ kind: 'saved', count: message.body })
        break
      case 'rejected':
        count({ ...message.body, kind: 'rejected' })
        break
      case 'lease':
        onLease?.(message.body)
        return
      case 'hello':
      case 'key':
        return
    }
    publish()
  }

  const ended = (event: { readonly code: number; readonly reason: string } | null): void => {
    const hadRetried = machine.keyRetried
    step({
      kind: 'closed',
      code: event?.code ?? null,
      cause,
      reason: event?.reason ?? '',
      key: keys.kind,
      nowMs: timers.now(),
      random: random(),
    })
    cause = null
    count({ kind: 'closed' })
    if (machine.keyRetried && !hadRetried) keys.expire(usedKey)
    publish()
  }
  provider.on('connection-close', ended)

  const edited = (_update: Uint8Array, _origin: unknown, _ydoc: Y.Doc, transaction: Y.Transaction): void => {
    if (sockets.isOpen() || !transaction.local) return
    count({ kind: 'edited-offline' })
    publish()
  }
  ydoc.on('update', edited)

  const connect = (): void => {
    if (machine.phase === 'dialling' || machine.phase === 'open') return
    step({ kind: 'connect' })
    prepareAwareness()
    provider.connect()
    publish()
  }
  const disconnect = (): void => {
    step({ kind: 'disconnect' })
    count({ kind: 'closed' })
    prepareAwareness()
    provider.disconnect()
    publish()
  }

  const startOver = (): void => {
    disconnect()
    connect()
  }
  const send = (message: RelayMessage): boolean =>
    machine.phase === 'open' && machine.relay === 'ours' && sockets.send(encodeRelayMessage(message))

  return {
    get status() {
      return status
    },
    get relay() {
      return machine.phase === 'open' ? machine.relay : 'unknown'
    },
    get answered() {
      return answered
    },
    subscribe: changes.subscribe,
    connect,
    disconnect,
    reconnect: () => (machine.phase === 'dialling' ? hurry() : startOver()),
    send,
    showKey: () => {
      if (machine.phase !== 'open' || machine.relay !== 'ours') return startOver()
      keys.get().then(
        (key) => {
          usedKey = key
          if (key === null || !send({ kind: 'key', body: key })) startOver()
        },
        // The new connection fetches it again, with a status.
        startOver,
      )
    },
    close: async () => {
      ydoc.off('update', edited)
      step({ kind: 'disconnect' })
      prepareAwareness()
      provider.destroy()
      publish()
      let timer: number | undefined
      await sockets.whenClosed(
        () =>
          new Promise((resolve) => {
            timer = timers.setTimer(resolve, closeTimeoutMs)
          }),
      )
      if (timer !== undefined) timers.clearTimer(timer)
    },
  }
}
