import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { type ServerOptions, WebSocketServer } from 'ws'
import { type CloseCode, closeCodes } from '../../src/protocol/close-codes.ts'
import { wireSubprotocol } from '../../src/protocol/relay-messages.ts'
import { sideRoomOf } from '../../src/protocol/room-name.ts'
import type { Admission } from './admission.ts'
import { type Connection, createConnection } from './connection.ts'
import type { RelayLimits } from './limits.ts'
import type { RelayLog } from './relay-log.ts'
import { type FrameSocket, RelaySocket, createFrameSocket } from './relay-socket.ts'
import type { Grant, KeyJudge } from './room-key.ts'
import type { RoomLeases } from './room-leases.ts'
import type { RoomRegistry, RoomVisit } from './room-registry.ts'
import type { StoreHealth } from './store-health.ts'
import type { Timers } from '../store/timers.ts'
import { readUpgradeRequest } from './upgrade-request.ts'

/**
 * Takes upgrades and looks after the sockets. Whoever may not in is accepted and then closed with the reason: a browser cannot
 * see an HTTP refusal and y-websocket would retry it for ever.
 */
export interface SocketServer {
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void
  tick(nowMs: number): void
  resumeAfterStore(): void
  stopReading(): void
  /** Closes all with 1012; those that have not ended by then are cut off. */
  closeAll(timeoutMs: number): Promise<void>
  /** Ends what is left, sockets that were refused among them. */
  cutOff(): void
}

export interface SocketServerOptions {
  readonly judge: KeyJudge
  readonly hasKeys: boolean
  readonly allowsOrigin: (origin: string | undefined) => boolean
  readonly admission: Admission
  readonly registry: RoomRegistry
  readonly leases: RoomLeases
  readonly health: StoreHealth
  readonly isDraining: () => boolean
  readonly storeIsFull: () => boolean
  readonly limits: RelayLimits
  readonly timers: Timers
  readonly log: RelayLog
}

type Decision =
  | { readonly kind: 'room'; readonly room: string; readonly side: boolean; readonly grant: Grant | null }
  | { readonly kind: 'refused'; readonly code: CloseCode; readonly reason: string }

interface OpenSocket {
  readonly connection: Connection
  readonly socket: FrameSocket
}

const closeTimeoutMs = 5_000
const maxFragments = 4_096

export function createSocketServer(options: SocketServerOptions): SocketServer {
  const { judge, hasKeys, admission, registry, leases, health, limits, timers, log } = options
  const settings: ServerOptions<typeof RelaySocket> & { readonly closeTimeout: number } = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.maxMessageBytes,
    maxFragments,
    closeTimeout: closeTimeoutMs,
    WebSocket: RelaySocket,
    handleProtocols: (offered) => (offered.has(wireSubprotocol) ? wireSubprotocol : false),
  }
  const server = new WebSocketServer<typeof RelaySocket>(settings)
  const open = new Map<number, OpenSocket>()
  const storePaused = new Set<number>()
  const tcpSockets = new Set<Socket>()
  let lastId = 0
  let whenEmpty: (() => void) | undefined

  async function decide(request: IncomingMessage): Promise<Decision> {
    if (options.isDraining()) return refusal(closeCodes.restart, 'The relay is restarting')
    if (!options.allowsOrigin(request.headers.origin))
      return refusal(closeCodes.notAllowed, 'Pages of this origin may not connect')
    const asked = readUpgradeRequest(request)
    if (asked.kind === 'refused') return asked
    const { room, side, key } = asked
    if (key === null && hasKeys) return { kind: 'room', room, side, grant: null }
    const verdict = await judge(key ?? '', room, side)
    if (verdict.kind === 'granted') return { kind: 'room', room, side, grant: verdict.grant }
    const code = verdict.kind === 'not-allowed' ? closeCodes.notAllowed : closeCodes.keyMissingOrExpired
    return refusal(code, verdict.message)
  }

  function accept(ws: RelaySocket, socket: Socket, decision: Decision, address: string, release: () => void): void {
    ws.on('error', () => {
      // `ws` closes the socket itself; what is left to do is done at its `close`.
    })
    if (decision.kind === 'refused') {
      ws.once('close', release)
      log.debug('connection-refused', { address, code: decision.code, reason: decision.reason }, 'Refused a connection')
      ws.close(decision.code, decision.reason)
      return
    }
    const { room, side, grant } = decision
    const frames = createFrameSocket(ws, socket)
    const connection = createConnection({
      id: ++lastId,
      socket: frames,
      room,
      side,
      grant,
      judge,
      leases,
      enter: (mayWrite) => enterRoom(side ? sideRoomOf(room) : room, mayWrite),
      storeIsFull() {
        if (!options.storeIsFull()) return false
        storePaused.add(connection.id)
        return true
      },
      limits,
      timers,
      log,
    })
    ws.onTooLarge = () => connection.tooLarge()
    ws.on('message', (data, isBinary) => connection.receive(data as Buffer, isBinary))
    ws.on('pong', () => connection.heard())
    socket.on('drain', () => connection.drained())
    ws.once('close', (code) => {
      open.delete(connection.id)
      storePaused.delete(connection.id)
      release()
      connection.ended(code)
      if (open.size === 0) whenEmpty?.()
    })
    open.set(connection.id, { connection, socket: frames })
    const fields = { conn: connection.id, room, side, address, user: grant?.identity?.id, role: grant?.role }
    log.debug('connection-opened', fields, 'A connection opened')
  }

  function enterRoom(name: string, mayWrite: boolean): RoomVisit | { code: CloseCode; reason: string } {
    if (mayWrite && !health.writable)
      return { code: closeCodes.storageFailed, reason: 'The relay cannot store edits at the moment' }
    const release = admission.admitToRoom(name)
    if (!release) return { code: closeCodes.tooFast, reason: 'Too many connections to this room' }
    const visit = registry.enter(name)
    if (!visit) {
      release()
      return { code: closeCodes.tooFast, reason: 'Too many open rooms' }
    }
    return {
      room: visit.room,
      leave() {
        release()
        visit.leave()
      },
    }
  }

  return {
    upgrade(request, socket, head) {
      const address = socket.remoteAddress ?? ''
      const ignore = (): void => undefined
      // Until `ws` has the socket nobody else listens, and an error without a listener ends the process.
      socket.on('error', ignore)
      const admitted = admission.admit(address)
      let released = false
      const release = (): void => {
        if (released) return
        released = true
        admitted?.()
      }
      tcpSockets.add(socket)
      socket.once('close', () => {
        tcpSockets.delete(socket)
        release()
      })
      const decided = admitted
        ? decide(request)
        : Promise.resolve(refusal(closeCodes.tooFast, 'Too many connections; try again later'))
      decided
        .then((decision) => {
          if (socket.destroyed) return
          server.handleUpgrade(request, socket, head, (ws) => accept(ws, socket, decision, address, release))
        })
        .catch((error: unknown) => {
          const reason = error instanceof Error ? error.message : String(error)
          log.error('http-failed', { reason }, 'An upgrade failed')
          socket.destroy()
        })
    },
    tick(nowMs) {
      for (const { connection } of open.values()) connection.tick(nowMs)
    },
    resumeAfterStore() {
      for (const id of storePaused) open.get(id)?.socket.resume('store')
      storePaused.clear()
    },
    stopReading() {
      for (const { socket } of open.values()) socket.pause('closing')
    },
    async closeAll(timeoutMs) {
      if (open.size === 0) return
      const emptied = new Promise<void>((resolve) => {
        whenEmpty = resolve
      })
      for (const { connection } of open.values()) connection.close(closeCodes.restart, 'The relay is restarting')
      const timer = timers.setTimer(() => {
        for (const { connection } of open.values()) connection.terminate()
      }, timeoutMs)
      await emptied
      timers.clearTimer(timer)
    },
    cutOff() {
      for (const socket of tcpSockets) socket.destroy()
    },
  }
}

function refusal(code: CloseCode, reason: string): Decision {
  return { kind: 'refused', code, reason }
}
