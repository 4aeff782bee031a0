import type { QuarantinedRow, RoomSnapshot, StoreWarning } from './room-store.ts'
import type { RelayErrorCode } from './relay-error.ts'

/** What the store asks of its thread. Answered in the order of the questions. */
export type StoreQuestion =
  | { readonly op: 'append'; readonly batch: Uint8Array<ArrayBuffer>; readonly atMs: number }
  | { readonly op: 'load'; readonly room: string }
  | { readonly op: 'position'; readonly room: string }
  | {
      readonly op: 'fold'
      readonly room: string
      readonly snapshot: RoomSnapshot
      readonly quarantine: readonly QuarantinedRow[]
      readonly atMs: number
    }
  | { readonly op: 'epoch'; readonly room: string; readonly lease: string }
  | { readonly op: 'probe' }
  | { readonly op: 'durability' }
  | { readonly op: 'close' }

export type StoreReply =
  | { readonly kind: 'opened'; readonly warnings: readonly StoreWarning[] }
  | { readonly kind: 'answer'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly code: RelayErrorCode; readonly message: string }

/** A room on its way between threads. */
export interface LoadedRoom {
  readonly snapshot: RoomSnapshot | null
  /** Packed, see `row-batch.ts`. */
  readonly rows: Uint8Array<ArrayBuffer>
  readonly lastOrdinal: number
}
