/**
 * The client's side of a room: the document's connection, the side document's, presence and leases. Everything that can go
 * wrong after the call is a status; nothing here throws into the host.
 */
import type { Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'
import { browserLocks } from '../platform/browser-locks.ts'
import { isRoomName, sideRoomOf } from '../protocol/room-name.ts'
import { createKeySource, type RoomKey } from './key-source.ts'
import type { LeaseState } from './lease-machine.ts'
import { createPresence, type Presence } from './presence.ts'
import { createRelayLink, type RelayLink } from './relay-link.ts'
import type { RelayStatus } from './relay-status.ts'
import { RoomError } from './room-error.ts'
import { createRoomLeases } from './room-leases.ts'
import { systemTimers, type Timers } from './timers.ts'
import type { WebSocketConstructor } from './wire-socket.ts'

export interface ConnectRoomOptions {
  /** `ws://` or `wss://`, with a path where a proxy wants one. */
  readonly url: string
  /** `[a-z0-9._-]` in parts joined by `/`. */
  readonly room: string
  /** Asked for again when the relay says that a key has expired, once until it is accepted. */
  readonly key?: RoomKey
  readonly ydoc: Y.Doc
  /** Synced with the side room, by writers only. */
  readonly sideYdoc?: Y.Doc
  /** Shown to others. A relay with keys shows the name from the key. */
  readonly user?: { readonly name: string; readonly color: string }
  /** Names this program to the relay's operator. */
  readonly agent?: string
  /** For platforms without a global one, such as the package `ws`. */
  readonly WebSocket?: WebSocketConstructor
  /** Tabs of one browser tell each other directly, also offline. On by default where the browser allows it. */
  readonly disableBroadcastChannel?: boolean
  /** Null: no Web Lock comes before a lease. The browser's by default. */
  readonly locks?: LockManager | null
  /** Fires `online` when the network is back. */
  readonly network?: Pick<EventTarget, 'addEventListener' | 'removeEventListener'> | null
  readonly timers?: Timers
  /** In [0, 1). */
  readonly random?: () => number
}

/** `answered`: the relay has told all it holds. `timeout`: it may still do so. `unavailable`: it refused, or was never asked. */
export type FirstSync = 'answered' | 'timeout' | 'unavailable'

export interface Room {
  readonly name: string
  /** The same object until something changes. */
  readonly status: RelayStatus
  subscribeStatus(listener: () => void): () => void
  /** Of the side document; null without one. A reader's is `off`. */
  readonly sideStatus: RelayStatus | null
  readonly presence: Presence
  /** For extensions that publish fields of their own. */
  readonly awareness: Awareness
  /** Leases of the relay: `hold(name, listener)` asks and renews until released, and tells every change. */
  readonly leases: { hold(name: string, listener: (state: LeaseState) => void): () => void }
  /** Settles, always and never by rejection. Wait for it before writing a seed. */
  whenFirstSync(timeoutMs: number, document?: 'main' | 'side'): Promise<FirstSync>
  /** True once everything made so far has been seen stored by the relay; false after `timeoutMs`, or where it was refused. */
  whenSaved(timeoutMs: number, document?: 'main' | 'side'): Promise<boolean>
  /** A key entered or fetched anew: shown to the relay at once, by a new connection where there is none. */
  setKey(key: RoomKey | null): void
  connect(): void
  /** Until `connect`; also from this browser's other tabs. */
  disconnect(): void
  /** At once, without waiting for the next attempt. */
  reconnect(): void
  /** Leaves no timer, socket or lock behind, within about a second. */
  close(): Promise<void>
}

/**
 * Connects and keeps connected.
 *
 * @throws {RoomError} `invalid-room`, `invalid-url`, `no-websocket`
 */
export function connectRoom(options: ConnectRoomOptions): Room {
  const { room, key = null, ydoc, sideYdoc, user = null, agent = 'y-tokens' } = options
  const { timers = systemTimers, random = Math.random } = options
  const url = checkedUrl(options.url)
  if (!isRoomName(room)) {
    throw new RoomError(
      'invalid-room',
      `"${room}" is no room name. Use a-z, 0-9, ".", "_", "-" in parts joined by "/".`,
    )
  }
  const WebSocket = options.WebSocket ?? platformWebSocket()
  const locks = options.locks === undefined ? browserLocks() : options.locks
  const network = options.network === undefined ? platformNetwork() : options.network
  const broadcastsToTabs = !(options.disableBroadcastChannel ?? !canReachTabs())

  const keys = createKeySource(key)
  const presence = createPresence(ydoc, user)
  const sidePresence = sideYdoc ? createPresence(sideYdoc, null) : null
  const shared = { url, agent, keys, WebSocket, broadcastsToTabs, timers, random }
  const main = createRelayLink({
    ...shared,
    address: room,
    ydoc,
    awareness: presence.awareness,
    prepareAwareness: presence.renew,
    onLease: (message) => leases.receive(message),
  })
  const side =
    sideYdoc && sidePresence
      ? createRelayLink({
          ...shared,
          address: sideRoomOf(room),
          ydoc: sideYdoc,
          awareness: sidePresence.awareness,
          prepareAwareness: sidePresence.renew,
        })
      : null
  const leases = createRoomLeases({
    link: main,
    holder: () => presence.list().find(({ self }) => self)?.name ?? agent,
    lockPrefix: `y-tokens/1/${new URL(url).host}/${room}`,
    locks,
    timers,
    random,
  })

  /** The side room follows: open to writers, and to everybody where roles are not known. */
  const followMain = (): void => {
    leases.follow()
    const { state, role } = main.status
    if (!side) return
    if (state.kind === 'off' || state.kind === 'refused' || role === 'reader') side.disconnect()
    else if (main.relay !== 'unknown' && side.status.state.kind === 'off') side.connect()
  }
  const unfollow = main.subscribe(followMain)
  const backOnline = (): void => {
    for (const link of [main, side]) if (link?.status.state.kind === 'offline') link.reconnect()
  }
  network?.addEventListener('online', backOnline)
  main.connect()

  let closed: Promise<void> | null = null
  const close = async (): Promise<void> => {
    network?.removeEventListener('online', backOnline)
    leases.releaseAll()
    unfollow()
    await Promise.all([main.close(), side?.close()])
    presence.destroy()
    sidePresence?.destroy()
  }

  return {
    name: room,
    get status() {
      return main.status
    },
    subscribeStatus: main.subscribe,
    get sideStatus() {
      return side?.status ?? null
    },
    presence,
    awareness: presence.awareness,
    leases: { hold: leases.hold },
    whenFirstSync: (timeoutMs, document = 'main') => {
      const link = document === 'main' ? main : side
      if (!link) return Promise.resolve('unavailable')
      return untilAnswered(main, link, timeoutMs, timers)
    },
    whenSaved: (timeoutMs, document = 'main') => {
      const link = document === 'main' ? main : side
      return link ? untilSaved(main, link, timeoutMs, timers) : Promise.resolve(false)
    },
    setKey: (replacement) => {
      keys.replace(replacement)
      for (const link of [main, side]) if (link && (link === main || link.status.state.kind !== 'off')) link.showKey()
    },
    connect: main.connect,
    disconnect: main.disconnect,
    reconnect: main.reconnect,
    close: () => (closed ??= close()),
  }
}

/** Checks at once and at every change of `watched`; the last answer at the time-out. */
function until<T>(
  watched: readonly RelayLink[],
  check: (isLast: boolean) => T | undefined,
  timeoutMs: number,
  timers: Timers,
): Promise<T> {
  return new Promise((resolve) => {
    const stops: (() => void)[] = []
    const look = (isLast: boolean): void => {
      const result = check(isLast)
      if (result === undefined) return
      for (const stop of stops.splice(0)) stop()
      resolve(result)
    }
    const timer = timers.setTimer(() => look(true), timeoutMs)
    stops.push(() => timers.clearTimer(timer))
    for (const link of new Set(watched)) stops.push(link.subscribe(() => look(false)))
    look(false)
  })
}

function untilAnswered(main: RelayLink, link: RelayLink, timeoutMs: number, timers: Timers): Promise<FirstSync> {
  const check = (isLast: boolean): FirstSync | undefined => {
    if (link.answered) return 'answered'
    if (isHopeless(main, link)) return 'unavailable'
    return isLast ? 'timeout' : undefined
  }
  return until([main, link], check, timeoutMs, timers)
}

function untilSaved(main: RelayLink, link: RelayLink, timeoutMs: number, timers: Timers): Promise<boolean> {
  const check = (isLast: boolean): boolean | undefined => {
    if (isHopeless(main, link) || link.status.rejected.length > 0) return false
    if (link.status.state.kind === 'synced') return true
    return isLast ? false : undefined
  }
  return until([main, link], check, timeoutMs, timers)
}

/** A reader's side document is never asked for. */
function isHopeless(main: RelayLink, link: RelayLink): boolean {
  const { state, role } = main.status
  if (state.kind === 'off' || state.kind === 'refused') return true
  return link !== main && (link.status.state.kind === 'refused' || role === 'reader')
}

function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url && (url.protocol === 'ws:' || url.protocol === 'wss:') && url.search === '' && url.hash === '') return text
  throw new RoomError('invalid-url', `"${text}" is no relay URL. Use ws://host:port or wss://host, without "?" or "#".`)
}

function platformWebSocket(): WebSocketConstructor {
  if (typeof globalThis.WebSocket === 'function') return globalThis.WebSocket
  throw new RoomError('no-websocket', 'This platform has no WebSocket. Pass one, such as that of the package "ws".')
}

function platformNetwork(): EventTarget | null {
  return typeof window === 'object' ? window : null
}

/** In an opaque origin a BroadcastChannel reaches its own document only; in Node it would keep the process alive. */
function canReachTabs(): boolean {
  return typeof window === 'object' && window.origin !== 'null' && typeof BroadcastChannel === 'function'
}
