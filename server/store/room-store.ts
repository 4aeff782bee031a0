/**
 * Where rooms are kept: one append-only log over all rooms, and per room a snapshot into which its older rows are folded.
 *
 * The store promises order and durability and understands nothing of what it stores:
 * - Rows of one `append` are committed together or not at all; positions grow in the order of the calls.
 * - When `append` of a durable store resolves, its rows survive the death of the process and of the machine's power.
 * - `load` and `positionOf` see every row whose `append` was called before them and succeeded.
 * - A row is unreadable or missing → `load` rejects with `data-damaged`. It never returns less than was acknowledged.
 */
export interface RoomStore {
  /** False for a store that forgets with the process. */
  readonly durable: boolean
  /** Resolves with the position of the first row; the others follow without a gap. */
  append(rows: readonly NewRow[]): Promise<number>
  /** Null for a room that was never written. */
  load(room: string): Promise<StoredRoom | null>
  /** Position of the newest row of the room, 0 where there is none. */
  positionOf(room: string): Promise<number>
  /** Replaces the snapshot and deletes the rows it contains, in one transaction; rows past `snapshot.position` stay. */
  fold(room: string, snapshot: RoomSnapshot, quarantine: readonly QuarantinedRow[]): Promise<void>
  /** One more than the epoch handed out last for this lease, stored before it resolves. */
  nextLeaseEpoch(room: string, lease: string): Promise<number>
  /** Tries a write. Resolves when the store can be written, rejects with the reason when not. */
  probe(): Promise<void>
  /** What an operator should know about the state in which the data was found. */
  readonly warnings: readonly StoreWarning[]
  /** Waits for everything asked before, then lets go of the files. */
  close(): Promise<void>
}

export interface NewRow {
  readonly room: string
  /** Counts the rows of the room from 1, gapless: a missing row is noticed when the room is loaded. */
  readonly ordinal: number
  /** `sub` of the room key that wrote it, '' without keys. */
  readonly author: string
  readonly update: Uint8Array
}

export interface StoredRow {
  readonly position: number
  readonly update: Uint8Array
}

/** What the rows up to and including `position` amount to. */
export interface RoomSnapshot {
  readonly position: number
  /** Ordinal of the last row in it. */
  readonly ordinal: number
  readonly update: Uint8Array
  /** Encoded state vector of what can be integrated of `update`. */
  readonly vector: Uint8Array
  /** Whether `update` holds structs that wait for others. */
  readonly pending: boolean
}

export interface StoredRoom {
  readonly snapshot: RoomSnapshot | null
  readonly rows: readonly StoredRow[]
  readonly lastOrdinal: number
}

/** A row that Yjs cannot apply. It leaves the room and is kept aside for an operator. */
export interface QuarantinedRow {
  readonly position: number
  readonly reason: string
}

export interface StoreWarning {
  readonly code: 'log-behind-mark' | 'log-differs-from-mark' | 'mark-unreadable'
  readonly message: string
}
