import type { StorageErrorCode } from './storage-error.ts'

/** Why this device keeps nothing at the moment. Editing goes on in memory; what is edited is stored once it can be. */
export type StorageTrouble = StorageErrorCode | 'timeout' | 'deleted'

/** `saved` means durable on this device, never merely handed over. `off`: nothing outlives this process, as asked. */
export type StorageStatus =
  | { readonly kind: 'off' }
  | { readonly kind: 'loading' }
  | { readonly kind: 'saving' }
  | { readonly kind: 'saved' }
  | { readonly kind: 'degraded'; readonly reason: StorageTrouble; readonly message: string }

/**
 * What is wrong with the local copy beside {@link StorageStatus}, and no hindrance to saving:
 *
 * - `recovering`: it refers to something that it lacks; the relay or another tab brings it
 * - `damaged-rows`: parts of it cannot be read; they are kept as they are
 * - `listener-threw`: a listener of the application threw inside Yjs, which had silenced the document; it was woken up
 */
export type StorageNote = 'recovering' | 'damaged-rows' | 'listener-threw'

/** A sentence for people: what happened, and what to do. */
export const troubleMessages: Readonly<Record<StorageTrouble, string>> = {
  unsupported: 'This device offers no storage here. Edits are kept in memory: stay connected to the relay, or export.',
  denied:
    'The browser denies storage to this page. Edits are kept in memory: allow site data, stay connected to the relay, or export.',
  timeout:
    'The storage of this device does not answer. Edits are kept in memory and are stored as soon as it does: leave the page open, or export.',
  blocked:
    'Another tab is deleting or upgrading the local copy. Edits are kept in memory: close the other tabs of this page.',
  'newer-format':
    'A newer version of this page wrote the local copy; it is left untouched. Edits are kept in memory: reload the page.',
  quota:
    'This device has no room left. Edits are kept in memory and are stored as soon as there is: free disk space or site data, or export.',
  closed: 'The browser closed the local copy and does not open it again yet. Edits are kept in memory meanwhile.',
  deleted: 'The local copy was deleted, by another tab or in the browser. The next edit stores everything again.',
  failed:
    'The storage of this device fails. Edits are kept in memory: stay connected to the relay, or export, and restart the browser.',
}

/** Troubles that end only with another page load. */
export function isFinalTrouble(trouble: StorageTrouble): boolean {
  return trouble === 'unsupported' || trouble === 'denied' || trouble === 'newer-format'
}

/** `stored`: everything edited is durable. `loaded`: the application no longer waits for the local copy. */
export function storageStatusOf(facts: {
  readonly durable: boolean
  readonly loaded: boolean
  readonly stored: boolean
  readonly trouble: StorageTrouble | null
}): StorageStatus {
  const { durable, loaded, stored, trouble } = facts
  if (trouble) return { kind: 'degraded', reason: trouble, message: troubleMessages[trouble] }
  if (!durable) return { kind: 'off' }
  if (!loaded) return { kind: 'loading' }
  return stored ? { kind: 'saved' } : { kind: 'saving' }
}
