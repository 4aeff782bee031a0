import type { BridgeStatus } from './bridge-status.ts'
import { notify } from './notify.ts'

/** The status as it is shown: the same object until something of it changes. */
export interface StatusBoard {
  get(): BridgeStatus
  /** Reads the status anew, and tells where it has changed. */
  refresh(): void
  subscribe(listener: () => void): () => void
  clear(): void
}

export function createStatusBoard(read: () => BridgeStatus): StatusBoard {
  let status: BridgeStatus | undefined
  const listeners = new Set<() => void>()
  return {
    get: () => (status ??= read()),
    refresh: () => {
      const now = read()
      if (status && isSameStatus(status, now)) return
      status = now
      notify(listeners)
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    clear: () => listeners.clear(),
  }
}

function isSameStatus(a: BridgeStatus, b: BridgeStatus): boolean {
  if (a.heldBack !== b.heldBack) return false
  return JSON.stringify({ ...a, heldBack: [] }) === JSON.stringify({ ...b, heldBack: [] })
}
