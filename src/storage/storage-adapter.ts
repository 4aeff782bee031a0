/**
 * The port to whatever keeps bytes on this device. An adapter knows nothing of Yjs: rows are opaque bytes whose order does
 * not matter, metadata is a handful of short strings. Every adapter passes `test/storage/adapter-contract.ts`.
 *
 * Consistency: a write is all or nothing and durable when its promise resolves. Several connections, in several tabs, may
 * be open on one database at once; none of them may ever remove a row it has neither loaded nor written.
 *
 * An adapter rejects with a {@link StorageError}; it never retries, never waits for a user and never calls back after
 * `close`. All of that is the business of `attachStorage`.
 */
export interface StorageAdapter {
  /** Names the store in messages for people, such as `IndexedDB`. */
  readonly label: string
  /** False where nothing outlives this process, as in memory. */
  readonly durable: boolean
  /**
   * Opens the database, creating it where there is none. May take for ever: the caller gives up by itself.
   * `onBlocked` is called while another tab shuts us out; the promise may still resolve later.
   */
  open(name: string, options?: { readonly onBlocked?: () => void }): Promise<StorageDatabase>
  /** Resolves once the database is gone; rejects with `blocked` where another tab keeps it. */
  remove(name: string): Promise<void>
}

/** One connection. */
export interface StorageDatabase {
  /** Every row. */
  load(): Promise<readonly Uint8Array[]>
  /** Adds rows and sets metadata, in one transaction. */
  append(rows: readonly Uint8Array[], meta?: StorageMetaEntries): Promise<void>
  /**
   * Puts `state` in the place of every row that this connection has loaded or written, and sets metadata, in one
   * transaction. Rows of other connections stay.
   */
  replace(state: Uint8Array, meta?: StorageMetaEntries): Promise<void>
  getMeta(key: string): Promise<string | undefined>
  setMeta(entries: StorageMetaEntries): Promise<void>
  /** Closes the connection; a write under way is finished. */
  close(): void
  /**
   * At most once, and not after `close`: the connection is gone. `closed`: by the browser. `deleted`: somebody deletes the
   * database. `upgraded`: a newer version wants to change it.
   */
  onLost(listener: (how: StorageLoss) => void): void
}

export type StorageMetaEntries = Readonly<Record<string, string>>
export type StorageLoss = 'closed' | 'deleted' | 'upgraded'
