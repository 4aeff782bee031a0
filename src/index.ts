/** The library in one call. The parts stand alone under `y-tokens/doc`, `/bridge`, `/jsonbin`, `/snapshot` and `/react`. */
export { openTokens } from './open-tokens.ts'
export type { OpenTokensOptions, RoomDocument, Tokens } from './open-tokens.ts'
export type { TokensStatus } from './tokens-status.ts'
export type { BridgeReport } from './bridge-report.ts'
export { createTokenDocument, isTokenError, TokenError } from './doc/index.ts'
export type * from './doc/index.ts'
export { BridgeError, isBridgeError } from './bridge/index.ts'
export type * from './bridge/index.ts'
export { isJsonBinError, JsonBinError } from './jsonbin/index.ts'
export { RoomError } from './room/index.ts'
export type {
  Focus,
  OfflineReason,
  Person,
  Presence,
  RefusedReason,
  RelayState,
  RelayStatus,
  RoomKey,
} from './room/index.ts'
export { createIndexedDbStorage, createMemoryStorage, StorageError } from './storage/index.ts'
export type { StorageAdapter, StorageDatabase, StorageStatus, StorageTrouble } from './storage/index.ts'
