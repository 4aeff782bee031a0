import type { RoomRole } from '../protocol/relay-messages.ts'

/** Why there is no connection now; it is tried again by itself. */
export type OfflineReason =
  | 'unreachable'
  | 'lost'
  | 'restarting'
  | 'storage-failed'
  | 'too-fast'
  | 'silent'
  | 'unreadable'
  | 'key-failed'

/** Why the relay will not have us; only another key, another room or a new start helps. */
export type RefusedReason =
  | 'key-missing'
  | 'key-expired'
  | 'not-allowed'
  | 'no-such-room'
  | 'too-large'
  | 'bad-bytes'
  | 'refused'

/** `synced`: everything the relay had is here, and everything made here has been seen stored there, not merely sent. */
export type RelayState =
  | { readonly kind: 'off' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'syncing' }
  | { readonly kind: 'synced' }
  | { readonly kind: 'offline'; readonly reason: OfflineReason; readonly message: string }
  | { readonly kind: 'refused'; readonly reason: RefusedReason; readonly message: string }

/** Edits that the relay did not take. They stay in the document here, and in its export. */
export interface RejectedEdits {
  /** From the relay, such as `read-only`, `too-large`, `bad-bytes`. */
  readonly code: string
  readonly message: string
  readonly edits: number
}

export interface RelayStatus {
  readonly state: RelayState
  /** Null until a relay that knows roles has said it. */
  readonly role: RoomRole | null
  /** Identity from the room key. */
  readonly user: { readonly id: string; readonly name: string } | null
  /** Edits not yet acknowledged as stored; null with a relay that does not acknowledge. */
  readonly unsaved: number | null
  readonly rejected: readonly RejectedEdits[]
}

export const offlineMessages: Readonly<Record<OfflineReason, string>> = {
  unreachable: 'The relay cannot be reached. Edits stay on this device and are sent as soon as it can.',
  lost: 'The connection to the relay was lost. Edits stay on this device and are sent when it is back.',
  restarting: 'The relay is restarting. Edits stay on this device and are sent when it is back.',
  'storage-failed': 'The relay cannot store or load this room now. Edits stay on this device and are sent later.',
  'too-fast': 'The relay has no room for another connection now. Edits stay on this device and are sent later.',
  silent: 'The relay did not answer for 30 seconds. Edits stay on this device and are sent when it does.',
  unreadable:
    'The relay sent something unreadable; the connection starts over. If this persists, update this page or the relay.',
  'key-failed': 'No room key could be fetched. Edits stay on this device; it is tried again.',
}

export const refusedMessages: Readonly<Record<RefusedReason, string>> = {
  'key-missing': 'This room needs a key. Enter a room key, or ask for one.',
  'key-expired': 'The room key is not valid any more. Enter a new one, or sign in again.',
  'not-allowed': 'The room key does not open this room. Ask for a key that does.',
  'no-such-room': 'The relay has no such room. Check the name.',
  'too-large': 'The relay does not take an edit of this size. Undo it, or export and import in smaller parts.',
  'bad-bytes': 'The relay does not understand this page. Export your edits, then update the page or the relay.',
  refused: 'The relay refused the connection for good.',
}
