/** `y-tokens/snapshot`: the tokens behind a URL as frozen plain JSON, without Yjs. */
export type { Payload } from '../payload/payload.ts'
export { loadSnapshot } from './load-snapshot.ts'
export type { LoadedSnapshot, LoadSnapshotOptions } from './load-snapshot.ts'
export { isSnapshotError, SnapshotError } from './snapshot-error.ts'
export type { SnapshotErrorCode, SnapshotErrorDetails } from './snapshot-error.ts'
export type { SnapshotHeaders } from './snapshot-request.ts'
