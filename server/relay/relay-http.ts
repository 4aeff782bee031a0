import { type HttpHandler, type Readiness, createHttpHandler, createSnapshots } from '../http/index.ts'
import type { RoomStore } from '../store/room-store.ts'
import type { Timers } from '../store/timers.ts'
import type { RelayLimits } from './limits.ts'
import type { RelayLog } from './relay-log.ts'
import type { KeyJudge } from './room-key.ts'
import type { RoomRegistry } from './room-registry.ts'

export interface RelayHttpOptions {
  readonly store: RoomStore
  readonly registry: RoomRegistry
  /** Undefined where no keys are asked for. */
  readonly judge: KeyJudge | undefined
  readonly readiness: () => Readiness
  readonly handlers: readonly HttpHandler[]
  readonly limits: RelayLimits
  readonly timers: Timers
  readonly log: RelayLog
}

export interface RelayHttp {
  readonly handle: ReturnType<typeof createHttpHandler>
  close(): Promise<void>
}

/** The HTTP side of the relay over the rooms it has open and those it has stored. */
export function createRelayHttp(options: RelayHttpOptions): RelayHttp {
  const { store, registry, judge, limits, timers, log } = options
  const snapshots = createSnapshots({
    reader: {
      positionOf: async (name) => registry.find(name)?.position ?? store.positionOf(name),
      async read(name) {
        const room = registry.find(name)
        if (room) return room.position === 0 ? null : room.readCommitted()
        const stored = await store.load(name)
        return stored && [...(stored.snapshot ? [stored.snapshot.update] : []), ...stored.rows.map((row) => row.update)]
      },
    },
    async judge(key, room) {
      if (!judge) return { status: 200 }
      if (key === null)
        return { status: 401, code: 'key-missing', message: 'Send a room key: "Authorization: Bearer <key>".' }
      const verdict = await judge(key, room, false)
      switch (verdict.kind) {
        case 'granted':
          return { status: 200 }
        case 'not-allowed':
          return { status: 403, code: 'not-allowed', message: verdict.message }
        case 'expired':
        case 'invalid':
          return { status: 401, code: `key-${verdict.kind}`, message: verdict.message }
      }
    },
    timers,
    timeoutMs: limits.snapshotTimeoutMs,
    maxCacheBytes: limits.maxSnapshotCacheBytes,
  })
  const handle = createHttpHandler({
    readiness: options.readiness,
    snapshot: snapshots.handle,
    handlers: options.handlers,
    failed(error) {
      log.error('http-failed', { reason: error instanceof Error ? error.message : String(error) }, 'A request failed')
    },
  })
  return { handle, close: () => snapshots.close() }
}
