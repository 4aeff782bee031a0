import type { BridgeStatus } from './bridge/bridge-status.ts'
import type { TokenDocument } from './doc/token-document.ts'

/** What `tokens.status` says of this device's copy. `saved` means written and flushed here. */
export type StorageStatus =
  | { readonly kind: 'off' }
  | { readonly kind: 'loading' }
  | { readonly kind: 'saving' }
  | { readonly kind: 'saved' }
  /** Editing goes on in memory; what was stored before stays readable. */
  | { readonly kind: 'degraded'; readonly reason: string; readonly message: string }

export type RelayState =
  | { readonly kind: 'off' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'syncing' }
  /** Everything made here is stored by the relay, and everything it had is here. */
  | { readonly kind: 'synced' }
  | { readonly kind: 'offline'; readonly reason: string; readonly message: string }
  | { readonly kind: 'refused'; readonly reason: string; readonly message: string }

export interface RelayStatus {
  readonly state: RelayState
  /** Null until a relay that knows roles has said it. */
  readonly role: 'reader' | 'writer' | 'admin' | null
  /** Edits of this session that the relay has not acknowledged as stored; null with a relay that does not acknowledge. */
  readonly unsaved: number | null
  /** Edits the relay refused: still here, still exportable. */
  readonly rejected: readonly { readonly code: string; readonly message: string }[]
}

/** The same object until a leg changes. */
export interface TokensStatus {
  readonly storage: StorageStatus
  readonly relay: RelayStatus
  readonly bridge: BridgeStatus
}

/** Someone in the room, this session included. Display only: never a reason to allow anything. */
export interface Person {
  readonly clientId: number
  readonly self: boolean
  readonly name: string
  readonly color: string
  /** What the person looks at, as `set` and dotted path. */
  readonly focus?: { readonly set: string; readonly path: string }
}

export interface Presence {
  list(): readonly Person[]
  subscribe(listener: () => void): () => void
  setFocus(focus: { readonly set: string; readonly path: string } | null): void
  setUser(user: { readonly name: string; readonly color: string }): void
}

export interface BinEntry {
  readonly id: string
  readonly name: string
  /** Base URL of the service, null for the default one. */
  readonly url: string | null
  readonly applied: boolean
  /** What this device holds for the bin; the key itself is never given out. */
  readonly key: 'none' | 'master' | 'access'
}

export interface Bins {
  list(): readonly BinEntry[]
  subscribe(listener: () => void): () => void
  /** Without `id`: creates a bin from the current tokens (needs `key`). With `id`: registers an existing one. Returns the id. */
  add(bin: {
    readonly name: string
    readonly id?: string
    readonly url?: string
    readonly key?: BinKey
    readonly signal?: AbortSignal
  }): Promise<string>
  /** This device only; null forgets it. `remember: false` keeps it until the page closes. */
  setKey(id: string, key: BinKey | null, options?: { readonly remember?: boolean }): void
  /** Team-wide. Into an empty document the bin is the first file; else its tokens replace ours after a restorable version. */
  apply(id: string, options?: { readonly signal?: AbortSignal }): Promise<void>
  /** Takes the bin off the team's list; the bin itself is not deleted. */
  remove(id: string): void
  rename(id: string, name: string): Promise<void>
}

export type BinKey = { readonly masterKey: string } | { readonly accessKey: string }

export interface PullReport {
  readonly taken: number
  readonly kept: number
  readonly held: number
  /** A sentence for people, empty where nothing was foreign. */
  readonly summary: string
}

/** A value that a merge replaced or did not take. */
export interface JournalValue {
  readonly id: string
  readonly kind: 'replaced' | 'kept'
  readonly set: string | null
  readonly path: readonly string[]
  readonly field: readonly string[]
  /** The value as JSON text; null stands for "deleted". */
  readonly text: string | null
  readonly reason: string
}

export interface JournalEntry {
  readonly id: string
  readonly at: number
  readonly bin: string
  /** The whole story in a sentence; its numbers come from this entry. */
  readonly summary: string
  readonly values: readonly JournalValue[]
}

export interface Journal {
  /** Newest first; the same array until something changes. */
  entries(): readonly JournalEntry[]
  subscribe(listener: () => void): () => void
  /** Makes this value current by an ordinary edit that can be undone. */
  apply(entryId: string, valueId: string): void
}

export interface BridgeControl {
  readonly journal: Journal
  pause(options?: { readonly scope?: 'team' | 'device'; readonly reason?: string }): void
  resume(options?: { readonly scope?: 'team' | 'device' }): void
  /** Reads and merges, never writes. */
  pull(options?: { readonly signal?: AbortSignal }): Promise<PullReport>
  /** Reads, merges, writes once, also while paused. */
  push(options?: { readonly signal?: AbortSignal }): Promise<void>
}

export interface SavedVersion {
  readonly id: string
  readonly name: string
  readonly at: number
  readonly by: string
}

export interface Versions {
  list(): readonly SavedVersion[]
  subscribe(listener: () => void): () => void
  save(name: string): string
  /** As one ordinary change that can be undone. */
  restore(id: string): void
}

/** An open room: the document and the legs that carry it. */
export interface Tokens {
  readonly room: string
  readonly document: TokenDocument
  readonly status: TokensStatus
  subscribeStatus(listener: () => void): () => void
  readonly presence: Presence
  readonly bins: Bins
  readonly bridge: BridgeControl
  readonly versions: Versions
  /** Flushes what is pending and leaves no timer, socket or lock behind. */
  close(): Promise<void>
}
