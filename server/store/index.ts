export { createMemoryStore } from './memory-store.ts'
export { RelayError, type RelayErrorCode, isRelayError } from './relay-error.ts'
export type {
  NewRow,
  QuarantinedRow,
  RoomSnapshot,
  RoomStore,
  StoredRoom,
  StoredRow,
  StoreWarning,
} from './room-store.ts'
export { type SqliteStore, type SqliteStoreOptions, openSqliteStore } from './sqlite-store.ts'
