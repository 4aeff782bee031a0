/** What the bridge takes from the room it works in. Each has a default, with which it works alone. */
import type { BinStore } from '../jsonbin/bin-store.ts'
import type { BinKey } from './bin-keys.ts'
import type { LeaseState } from './machine-state.ts'

/** A value that changes, with those who want to know. */
export interface Signal<T> {
  get(): T
  subscribe(listener: () => void): () => void
}

/**
 * The right to write a bin, granted to one bridge of a room at a time. It saves requests; nothing is lost without it.
 */
export interface BridgeLease {
  /**
   * Asks for the lease and renews it until released. `listener` hears the present state at once and every change; `until` is
   * on the bridge's monotonic clock.
   */
  hold(name: string, listener: (state: LeaseState) => void): () => void
  /** Tells of the holder without asking for the lease, where the room knows. */
  watch?(name: string, listener: (state: LeaseState) => void): () => void
}

/** Makes the client for a bin. `url` null stands for the default service; the key goes to the origin of `url` only. */
export type OpenBinStore = (target: { readonly url: string | null; readonly key: BinKey }) => BinStore

export function constantSignal<T>(value: T): Signal<T> {
  return { get: () => value, subscribe: () => () => undefined }
}

/** Nobody grants leases: every bridge with a key may write. */
export const noLease: BridgeLease = {
  hold: (_name, listener) => {
    listener({ kind: 'free' })
    return () => undefined
  },
}
