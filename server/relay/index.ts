export type { Readiness } from '../http/health-routes.ts'
export type { HttpHandler } from '../http/http-handler.ts'
export { RelayError, type RelayErrorCode, isRelayError } from '../store/relay-error.ts'
export type {
  NewRow,
  QuarantinedRow,
  RoomSnapshot,
  RoomStore,
  StoredRoom,
  StoredRow,
  StoreWarning,
} from '../store/room-store.ts'
export { createMemoryStore } from '../store/memory-store.ts'
export { type SqliteStore, type SqliteStoreOptions, openSqliteStore } from '../store/sqlite-store.ts'
export { type Relay, type RelayOptions, type RelayStats, createRelay } from './create-relay.ts'
export { loadOrCreateKeySecret } from './key-secret.ts'
export { type RelayLimits, defaultLimits } from './limits.ts'
export { createRelayLogger } from './relay-log.ts'
export { type RoomKeyClaims, mintRoomKey } from './room-key.ts'
export type { Timers } from '../store/timers.ts'
