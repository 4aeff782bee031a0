/**
 * One call that composes the rooms of the library: the document, its copy on this device, the relay, and the bridge. It
 * holds no rule of its own beyond the order in which they start and end.
 *
 * Start: storage → lane → document → relay → bridge. Storage comes first because a lane is kept beside the document; the
 * bridge comes last because it must not take an empty replica for an empty room.
 * End: bridge → storage → lane → relay. A lane is free for others only when all its facts are stored.
 */
import * as Y from 'yjs'
import { type Bins, type Bridge, createBridge, type MeterStore, type Versions } from './bridge/index.ts'
import { createBridgeReport } from './bridge-report.ts'
import { createTokenDocument, type TokenDocument } from './doc/index.ts'
import { createJsonBin } from './jsonbin/index.ts'
import { localPresence } from './local-presence.ts'
import { sideRoomOf } from './protocol/room-name.ts'
import { connectRoom, type Presence, type Room, type RoomKey, type WebSocketConstructor } from './room/index.ts'
import { attachStorage, databaseNameOf, leaseLane, type StorageAdapter } from './storage/index.ts'
import { exchangeSeeds } from './seed-exchange.ts'
import { binKeysOfDevice, chooseStorage, meterOfDevice } from './storage-choice.ts'
import { createTokensStatus, type TokensStatus } from './tokens-status.ts'
import { isPageVisible, type Watched, watch } from './watched.ts'

export interface OpenTokensOptions {
  /** Letters `a-z`, digits and `.`, `_`, `-`, in parts joined by `/`. */
  readonly room: string
  /** Without it the room stays on this device. */
  readonly relay?: {
    readonly url: string
    /** Asked for again when it expires. */
    readonly key?: RoomKey
    readonly WebSocket?: WebSocketConstructor
  }
  /**
   * Where this device keeps its copy: `indexeddb` where the platform has it, else `memory`, by default. Storage that fails
   * degrades to memory with a status and never keeps anybody waiting.
   */
  readonly storage?: 'memory' | 'indexeddb' | StorageAdapter
  /** Shown to others. A session without a name, such as a headless bridge, is not listed among the people. */
  readonly user?: { readonly id?: string; readonly name: string; readonly color?: string }
  /** Names this program in what it writes and to the relay's operator. */
  readonly app?: string
  readonly bins?: {
    /** Service of bins that name none; JSONBin's by default. */
    readonly defaultUrl?: string
    /** Greatest record that the service takes, in bytes; else learned from its refusal. */
    readonly limitBytes?: number
    /** Requests that the account has; 10,000 at JSONBin, unknown elsewhere by default. */
    readonly requestLimit?: number
    /** The service is one's own, so requests need not be spread out over time. */
    readonly unlimited?: boolean
    /** Where this device keeps the count of its requests; in the page's storage by default, where there is a page. */
    readonly meter?: MeterStore
    readonly fetch?: typeof fetch
    /** False: this session never reads or writes a bin. */
    readonly enabled?: boolean
  }
  /** Told what a subscriber of the document threw. By default it becomes an uncaught error. */
  readonly onError?: (error: unknown) => void
  /** How long to wait for a relay's answer before an empty document is shown as empty. Default 5,000. */
  readonly firstSyncTimeoutMs?: number
  /** Gives up and leaves nothing behind. */
  readonly signal?: AbortSignal
}

export type {
  BinEntry,
  BinKey,
  Bins,
  Journal,
  JournalEntry,
  JournalValue,
  PurgeOptions,
  RestoreParts,
  SavedVersion,
  VersionChange,
  Versions,
} from './bridge/index.ts'
export type { Focus, Person, Presence } from './room/index.ts'
export type { TokensStatus } from './tokens-status.ts'

/** The token document of a room, with the room's history. */
export interface RoomDocument extends TokenDocument {
  readonly versions: Versions
}

/** An open room: the document and the legs that carry it. */
export interface Tokens {
  readonly room: string
  readonly document: RoomDocument
  /** The same object until a leg changes. */
  readonly status: TokensStatus
  subscribeStatus(listener: () => void): () => void
  readonly presence: Presence
  readonly bins: Bins
  readonly bridge: Bridge
  /** True once everything made so far, the history included, is stored where it shall be: on this device, and by the relay if there is one. */
  whenSaved(timeoutMs: number): Promise<boolean>
  /** Stores what is left and leaves no timer, socket or lock behind. */
  close(): Promise<void>
}

const defaultFirstSyncTimeoutMs = 5_000
const persistTimeoutMs = 10_000
const fallbackColor = '#7c4dff'

/**
 * Opens a room. Resolves when this device's copy is loaded and, if that is empty, the relay has answered or the time is over;
 * an unreachable relay is a status, not an error.
 *
 * @throws {RoomError} `invalid-room`, `invalid-url`, `no-websocket`
 * @throws {TokenError} `duplicate-yjs`
 */
export async function openTokens(options: OpenTokensOptions): Promise<Tokens> {
  const { room: name, relay, user, app = 'y-tokens', bins = {}, signal } = options
  const { firstSyncTimeoutMs = defaultFirstSyncTimeoutMs } = options
  signal?.throwIfAborted()

  const ydoc = new Y.Doc()
  const sideYdoc = new Y.Doc()
  const adapter = chooseStorage(options.storage)
  const stored = (doc: Y.Doc, address: string): ReturnType<typeof attachStorage> =>
    attachStorage({
      ydoc: doc,
      adapter,
      name: databaseNameOf(address, relay?.url),
      onSilenced: () => room?.reconnect(),
    })
  const storage = stored(ydoc, name)
  const sideStorage = stored(sideYdoc, sideRoomOf(name))
  let room: Room | null = null
  const ends: (() => Promise<void> | void)[] = [
    () => storage.close(),
    () => sideStorage.close(),
    () => room?.close(),
    () => ydoc.destroy(),
    () => sideYdoc.destroy(),
  ]
  const endAll = async (): Promise<void> => {
    for (const end of ends) await end()
  }

  try {
    await Promise.all([storage.whenLoaded, sideStorage.whenLoaded])
    signal?.throwIfAborted()
    const lane = await leaseLane({
      storage: adapter.durable ? storage : null,
      ...(user?.id === undefined ? {} : { user: user.id }),
    })
    ends.splice(2, 0, lane.release)
    const document = createTokenDocument(ydoc, {
      lane: lane.lane,
      app,
      ...(options.onError ? { onError: options.onError } : {}),
      ...(user ? { user: { name: user.name, ...(user.id === undefined ? {} : { id: user.id }) } } : {}),
    })
    ends.splice(ends.length - 2, 0, () => document.destroy())
    if (relay) {
      room = connectRoom({
        url: relay.url,
        room: name,
        ydoc,
        sideYdoc,
        agent: app,
        ...(relay.key === undefined ? {} : { key: relay.key }),
        ...(relay.WebSocket === undefined ? {} : { WebSocket: relay.WebSocket }),
        ...(user ? { user: { name: user.name, color: user.color ?? fallbackColor } } : {}),
      })
    }
    const presence = room ? room.presence : localPresence(ydoc.clientID, user)
    if (room && document.state === 'empty') await untilAborted(room.whenFirstSync(firstSyncTimeoutMs), signal)
    signal?.throwIfAborted()

    const present = room
    const relayStatus = watch(
      () => present?.status ?? null,
      (listener) => present?.subscribeStatus(listener) ?? (() => undefined),
    )
    const followRole = (): void => {
      const isReader = relayStatus.get()?.role === 'reader'
      document.setReadOnly(isReader ? 'Your room key opens this room for reading. Ask for a writer key to edit.' : null)
    }
    followRole()
    ends.unshift(relayStatus.subscribe(followRole))
    if (room) ends.unshift(exchangeSeeds({ document, room, relay: relayStatus }))

    const nameNow = (): string =>
      present?.status.user?.name ?? presence.list().find(({ self }) => self)?.name ?? user?.name ?? app

    const bridge = createBridge({
      document,
      side: sideYdoc,
      openStore: ({ url, key }) =>
        createJsonBin({
          ...key,
          ...(url === null ? {} : { baseUrl: url }),
          ...(bins.fetch ? { fetch: bins.fetch } : {}),
          // The bridge tries again by itself, within its budget.
          retry: { attempts: 1 },
        }),
      ...(bins.defaultUrl === undefined ? {} : { defaultUrl: bins.defaultUrl }),
      ...(bins.limitBytes === undefined ? {} : { binLimitBytes: bins.limitBytes }),
      ...(bins.requestLimit === undefined ? {} : { requestLimit: bins.requestLimit }),
      ...(bins.unlimited ? { timing: { bucketBurst: 100, bucketRefillMs: 250 } } : {}),
      meterStore: bins.meter ?? meterOfDevice(),
      keys: binKeysOfDevice(),
      ...(room ? { lease: room.leases } : {}),
      looking: lookingAt(presence),
      settled: watch(() => {
        const status = relayStatus.get()
        return status === null || status.state.kind === 'synced'
      }, relayStatus.subscribe),
      persistSide: async () => {
        if (adapter.durable && (await sideStorage.flush())) return
        if (!present || (await present.whenSaved(persistTimeoutMs, 'side'))) return
        throw new Error('The history of the room could be stored neither on this device nor by the relay.')
      },
      ready: bins.enabled === false ? new Promise(() => undefined) : readyToBridge(present, firstSyncTimeoutMs),
      by: nameNow,
    })
    ends.unshift(() => bridge.close())
    const report = createBridgeReport({ bridge, room, by: nameNow })
    ends.unshift(report.stop)
    const status = createTokensStatus({ storage: [storage, sideStorage], relay: relayStatus, bridge, report })
    ends.unshift(status.stop)

    let closed: Promise<void> | null = null
    return {
      room: name,
      // The same object: who knows the document's facts knows them by it.
      document: Object.assign(document, { versions: bridge.versions }),
      get status() {
        return status.get()
      },
      subscribeStatus: status.subscribe,
      presence,
      bins: bridge.bins,
      bridge,
      whenSaved: async (timeoutMs) => {
        const saved = await Promise.all([
          adapter.durable ? storage.flush() : true,
          adapter.durable ? sideStorage.flush() : true,
          present ? present.whenSaved(timeoutMs) : true,
          // The history, which is closed to readers.
          present && present.status.role !== 'reader' ? present.whenSaved(timeoutMs, 'side') : true,
        ])
        return saved.every(Boolean)
      },
      close: () => (closed ??= endAll()),
    }
  } catch (error) {
    await endAll()
    throw error
  }
}

/** A page looks while it is visible; a program without a page, while there are people in the room. */
function lookingAt(presence: Presence): Watched<boolean> {
  const visible = isPageVisible()
  return visible ?? watch(() => presence.list().some(({ self }) => !self), presence.subscribe)
}

/**
 * Settles when the relay has told all it holds, or is not expected to; for a reader never, since the history a bridge needs
 * is closed to readers.
 */
function readyToBridge(room: Room | null, timeoutMs: number): Promise<void> {
  if (!room) return Promise.resolve()
  return new Promise((resolve) => {
    const answered = Promise.all([room.whenFirstSync(timeoutMs, 'main'), room.whenFirstSync(timeoutMs, 'side')])
    void answered.then(() => {
      const begin = (): void => {
        if (room.status.role === 'reader') return
        stop()
        resolve()
      }
      const stop = room.subscribeStatus(begin)
      begin()
    })
  })
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
