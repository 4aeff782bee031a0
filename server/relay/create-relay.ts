import { type Server, createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Logger } from 'pino'
import { pino } from 'pino'
import type { HttpHandler, Readiness } from '../http/index.ts'
import { type RoomStore, type StoreWarning, RelayError, createMemoryStore, openSqliteStore } from '../store/index.ts'
import { createAdmission } from './admission.ts'
import { createCommitQueue } from './commit-queue.ts'
import { createCompactor } from './compactor.ts'
import { createFolder } from './folder.ts'
import { type RelayLimits, defaultLimits } from './limits.ts'
import { createOriginRule, isLoopbackHost } from './origin-rule.ts'
import { createRelayHttp } from './relay-http.ts'
import { createRelayLog } from './relay-log.ts'
import { createKeyJudge, openJudge } from './room-key.ts'
import { createRoomLeases } from './room-leases.ts'
import { createRoomRegistry } from './room-registry.ts'
import type { PendingRow, Room } from './room.ts'
import { createSocketServer } from './socket-server.ts'
import { createStoreHealth } from './store-health.ts'
import { type Timers, systemTimers } from '../store/timers.ts'

export interface RelayOptions {
  /** `127.0.0.1` by default. Without a key secret only loopback is served. */
  readonly host?: string
  /** 1234 by default; 0 takes a free one. */
  readonly port?: number
  /**
   * Where rooms are kept: a data folder, created if absent, or a store. By default they are kept in memory, and what is
   * acknowledged is then gone with the process.
   */
  readonly dataDir?: string
  readonly store?: RoomStore
  /** Signs room keys; at least 32 bytes. Without it everybody on this machine may write. */
  readonly keySecret?: string
  /**
   * Web origins that may connect, such as `https://tokens.acme.dev`; `null` for sandboxed frames, `*` for all. By default all
   * with a key secret, this machine's pages without one. Programs send no origin and are not asked for one.
   */
  readonly origins?: readonly string[]
  readonly limits?: Partial<RelayLimits>
  /** Silent by default; see `createRelayLogger`. */
  readonly logger?: Logger
  /** HTTP handlers for everything the relay has no route for, asked in order. */
  readonly handlers?: readonly HttpHandler[]
  readonly timers?: Timers
}

export interface Relay {
  /** `ws://host:port`: what a provider takes as its server URL. */
  readonly url: string
  /** `http://host:port` */
  readonly httpUrl: string
  readonly port: number
  readonly address: { readonly host: string; readonly port: number }
  stats(): RelayStats
  readiness(): Readiness
  /**
   * What SIGTERM does, losing nothing: takes no more connections, stores and acknowledges what has come in, closes the sockets
   * with 1012 so that clients come back, and lets go of the data folder. Calling it again waits for the same.
   */
  close(): Promise<void>
}

export interface RelayStats {
  readonly connections: number
  /** Rooms in memory. A room that nobody is in is not. */
  readonly openRooms: number
  readonly uncommittedBytes: number
}

const defaultPort = 1234
const minimumNodeMajor = 24
const sweepIntervalMs = 1_000
/** Above the 60 to 75 s of common proxies: a connection that ends under a proxy's request is answered with 502. */
const httpKeepAliveMs = 80_000
const headersTimeoutMs = 10_000

/**
 * Starts a relay and resolves once it listens.
 *
 * @throws {RelayError} `node-too-old`, `key-secret-required`, `key-secret-invalid`, `port-in-use`, `host-unavailable`,
 * `data-in-use`, `data-too-new`, `data-unreadable`, `data-unwritable`. Nothing is left running then.
 */
export async function createRelay(options: RelayOptions = {}): Promise<Relay> {
  const { host = '127.0.0.1', port = defaultPort, keySecret, timers = systemTimers } = options
  const limits: RelayLimits = { ...defaultLimits, ...options.limits }
  refuseOldNode()
  if (keySecret === undefined && !isLoopbackHost(host))
    throw new RelayError(
      'key-secret-required',
      `Listening on ${host} lets others in, so room keys are needed: set Y_TOKENS_KEY_SECRET, or listen on 127.0.0.1.`,
    )
  const judge = keySecret === undefined ? openJudge : createKeyJudge(keySecret, timers.now)
  const log = createRelayLog(options.logger ?? pino({ level: 'silent' }), timers.now)
  const store = options.store ?? (await openStore(options.dataDir, timers))
  for (const warning of store.warnings) log.warn('store-warning', { code: warning.code }, warning.message)

  const health = createStoreHealth({ store, retryMs: limits.storeRetryMs, timers, log })
  const queue = createCommitQueue<PendingRow>(store, {
    committed(rows, position) {
      rows.forEach((row, i) => row.target.committed(row, position + i))
      for (const room of roomsOf(rows)) {
        room.publish()
        registry.tidy(room)
      }
      if (queue.bytes <= limits.maxUncommittedBytes / 2) sockets.resumeAfterStore()
    },
    failed(rows, error) {
      health.failed(error)
      for (const room of roomsOf(rows)) room.fail()
      sockets.resumeAfterStore()
    },
  })
  const compactor = createCompactor({
    timers,
    compactTimeoutMs: limits.foldTimeoutMs,
    answerTimeoutMs: limits.answerTimeoutMs,
  })
  const folder = createFolder({
    store,
    compactor,
    log,
    now: timers.now,
    folded: (name, snapshot) => registry.find(name)?.folded(snapshot),
  })
  const registry = createRoomRegistry({ store, queue, folder, compactor, limits, timers, log })
  const leases = createRoomLeases({
    nextEpoch: (room, lease) => store.nextLeaseEpoch(room, lease),
    limits,
    timers,
    log,
  })
  const admission = createAdmission(limits)
  let draining = false

  const server = createServer({
    keepAliveTimeout: httpKeepAliveMs,
    headersTimeout: headersTimeoutMs,
    connectionsCheckingInterval: headersTimeoutMs / 2,
  })
  const sockets = createSocketServer({
    judge,
    hasKeys: keySecret !== undefined,
    allowsOrigin: createOriginRule({ origins: options.origins, hasKeys: keySecret !== undefined }),
    admission,
    registry,
    leases,
    health,
    isDraining: () => draining,
    storeIsFull: () => queue.bytes > limits.maxUncommittedBytes,
    limits,
    timers,
    log,
  })
  const readiness = (): Readiness => ({
    ready: !draining && health.writable,
    reasons: [
      ...(draining ? [{ code: 'closing', message: 'The relay is closing.' }] : []),
      ...(health.reason === null ? [] : [{ code: 'store-not-writable', message: health.reason }]),
    ],
    warnings: [...store.warnings, ...memoryWarning(store)],
  })
  const http = createRelayHttp({
    store,
    registry,
    judge: keySecret === undefined ? undefined : judge,
    readiness,
    handlers: options.handlers ?? [],
    limits,
    timers,
    log,
  })
  server.on('request', http.handle)
  server.on('upgrade', (request, socket, head) => sockets.upgrade(request, socket as Socket, head))

  let sweepTimer: unknown = null
  function sweepLater(): void {
    sweepTimer = timers.setTimer(() => {
      const nowMs = timers.now()
      sockets.tick(nowMs)
      leases.sweep(nowMs)
      registry.sweep()
      sweepLater()
    }, sweepIntervalMs)
  }

  /** Requests that are being answered get a moment to end. */
  async function stopListening(): Promise<void> {
    const stopped = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeIdleConnections()
    const cutOff = timers.setTimer(() => server.closeAllConnections(), limits.closeTimeoutMs)
    sockets.cutOff()
    await stopped
    timers.clearTimer(cutOff)
  }

  async function shutDown(): Promise<void> {
    draining = true
    folder.close()
    log.info('closing', { connections: admission.connections }, 'Closing')
    sockets.stopReading()
    await queue.idle()
    await sockets.closeAll(limits.closeTimeoutMs)
    // Only now: until here `/readyz` says 503, and who tries to connect is sent away with 1012.
    await stopListening()
    timers.clearTimer(sweepTimer)
    health.close()
    await compactor.close()
    await http.close()
    await store.close()
    log.info('closed', {}, 'Closed')
  }

  let address: AddressInfo
  try {
    address = await listen(server, host, port)
  } catch (error) {
    health.close()
    await compactor.close()
    await store.close()
    throw error
  }
  sweepLater()
  const authority = `${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`
  log.info('listening', { address: authority, durable: store.durable, keys: keySecret !== undefined }, 'Listening')

  let closing: Promise<void> | undefined
  return {
    url: `ws://${authority}`,
    httpUrl: `http://${authority}`,
    port: address.port,
    address: { host: address.address, port: address.port },
    stats: () => ({
      connections: admission.connections,
      openRooms: registry.size,
      uncommittedBytes: queue.bytes,
    }),
    readiness,
    close: () => (closing ??= shutDown()),
  }
}

function refuseOldNode(): void {
  const major = Number(process.versions.node.split('.')[0])
  if (major < minimumNodeMajor)
    throw new RelayError(
      'node-too-old',
      `The relay needs Node ${minimumNodeMajor} or newer, this is Node ${process.versions.node}. Update Node.`,
    )
}

async function openStore(folder: string | undefined, timers: Timers): Promise<RoomStore> {
  return folder === undefined ? createMemoryStore() : openSqliteStore({ folder, now: timers.now })
}

function memoryWarning(
  store: RoomStore,
): readonly { readonly code: StoreWarning['code'] | 'in-memory'; readonly message: string }[] {
  return store.durable
    ? []
    : [{ code: 'in-memory', message: 'Rooms are kept in memory only and are gone with the process.' }]
}

function roomsOf(rows: readonly PendingRow[]): ReadonlySet<Room> {
  return new Set(rows.map((row) => row.target))
}

function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE')
        reject(
          new RelayError('port-in-use', `Port ${port} on ${host} is in use. Choose another port, or 0 for a free one.`),
        )
      else
        reject(
          new RelayError('host-unavailable', `Cannot listen on ${host}, port ${port}: ${error.message}.`, {
            cause: error,
          }),
        )
    })
    server.listen(port, host, () => resolve(server.address() as AddressInfo))
  })
}
