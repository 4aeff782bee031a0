/**
 * One connection to one room, over all its sockets: pure. `relay-link.ts` holds the socket.
 *
 * ```
 *  off ──connect──▶ dialling ──opened──▶ open ──synced──▶ open, remoteSynced
 *   ▲                 │  ▲ ▲              │ │
 *   │ disconnect      │  │ └──closed──────┘ │
 *   └─ (anywhere)     └──┘ closed           └──closed 44xx──▶ refused ──connect──▶ dialling
 * ```
 *
 * - R1 A code of 4400–4499 is final, except the first 4401 for a key that can be fetched again.
 * - R2 A connection counts as a success once it has been synced for ten seconds; all others lengthen the next wait.
 * - R3 A relay that has answered step 1 without a welcome before is a foreign one: it knows no roles and acknowledges nothing.
 */
import { closeCodes, isTerminalCloseCode } from '../protocol/close-codes.ts'
import type { RoomRole } from '../protocol/relay-messages.ts'
import { reconnectDelayMs } from './reconnect-delay.ts'
import {
  offlineMessages,
  refusedMessages,
  type OfflineReason,
  type RefusedReason,
  type RelayState,
} from './relay-status.ts'

export interface LinkMachine {
  readonly phase: 'off' | 'dialling' | 'open' | 'refused'
  /** Before the dial under way. */
  readonly delayMs: number
  readonly failures: number
  readonly offline: OfflineReason | null
  readonly refusal: { readonly reason: RefusedReason; readonly message: string } | null
  readonly relay: 'unknown' | 'ours' | 'foreign'
  readonly role: RoomRole | null
  readonly user: { readonly id: string; readonly name: string } | null
  /** Everything the relay had is here. */
  readonly remoteSynced: boolean
  readonly syncedAtMs: number
  /** A fresh key has been asked for since the last welcome. */
  readonly keyRetried: boolean
}

export type LinkEvent =
  | { readonly kind: 'connect' }
  | { readonly kind: 'disconnect' }
  | { readonly kind: 'opened' }
  | {
      readonly kind: 'welcome'
      readonly role: RoomRole
      readonly user: { readonly id: string; readonly name: string } | null
    }
  | { readonly kind: 'synced'; readonly nowMs: number }
  | LinkClosed

export interface LinkClosed {
  readonly kind: 'closed'
  /** Null where this side closed: nothing was heard for too long, or `cause` says why. */
  readonly code: number | null
  readonly cause: 'key-failed' | 'unreadable' | null
  /** The relay's words, for codes that this version does not know. */
  readonly reason: string
  readonly key: 'none' | 'fixed' | 'renewable'
  readonly nowMs: number
  readonly random: number
}

const lastingMs = 10_000

export const unconnected: LinkMachine = {
  phase: 'off',
  delayMs: 0,
  failures: 0,
  offline: null,
  refusal: null,
  relay: 'unknown',
  role: null,
  user: null,
  remoteSynced: false,
  syncedAtMs: 0,
  keyRetried: false,
}

export function stepLink(state: LinkMachine, event: LinkEvent): LinkMachine {
  switch (event.kind) {
    case 'connect':
      if (state.phase === 'open' || state.phase === 'dialling') return state
      return { ...unconnected, phase: 'dialling', role: state.role, user: state.user }
    case 'disconnect':
      return { ...unconnected, role: state.role, user: state.user }
    case 'opened':
      if (state.phase !== 'dialling') return state
      return { ...state, phase: 'open', relay: 'unknown', remoteSynced: false }
    case 'welcome':
      if (state.phase !== 'open') return state
      return { ...state, relay: 'ours', role: event.role, user: event.user, keyRetried: false }
    case 'synced':
      if (state.phase !== 'open' || state.remoteSynced) return state
      return {
        ...state,
        remoteSynced: true,
        syncedAtMs: event.nowMs,
        offline: null,
        ...(state.relay === 'unknown' ? { relay: 'foreign', role: null, user: null, keyRetried: false } : {}),
      }
    case 'closed':
      return state.phase === 'open' || state.phase === 'dialling' ? closed(state, event) : state
  }
}

function closed(state: LinkMachine, event: LinkClosed): LinkMachine {
  const { code, nowMs, random } = event
  const renews = code === closeCodes.keyMissingOrExpired && event.key === 'renewable' && !state.keyRetried
  if (code !== null && isTerminalCloseCode(code) && !renews) {
    return { ...state, phase: 'refused', remoteSynced: false, refusal: refusalOf(code, event) }
  }
  const lasted = state.remoteSynced && nowMs - state.syncedAtMs >= lastingMs
  const failures = lasted ? 1 : state.failures + 1
  const wait = reconnectDelayMs({ failures, code, wasSynced: state.remoteSynced, random })
  return {
    ...state,
    phase: 'dialling',
    delayMs: renews && failures === 1 ? 0 : wait,
    failures,
    remoteSynced: false,
    offline: renews ? state.offline : offlineReasonOf(state, event),
    keyRetried: state.keyRetried || renews,
  }
}

function refusalOf(code: number, event: LinkClosed): { readonly reason: RefusedReason; readonly message: string } {
  const known: Readonly<Record<number, RefusedReason>> = {
    [closeCodes.badBytes]: 'bad-bytes',
    [closeCodes.keyMissingOrExpired]: event.key === 'none' ? 'key-missing' : 'key-expired',
    [closeCodes.notAllowed]: 'not-allowed',
    [closeCodes.noSuchRoom]: 'no-such-room',
    [closeCodes.tooLarge]: 'too-large',
  }
  const reason = known[code] ?? 'refused'
  const words = reason === 'refused' && event.reason !== '' ? ` It says: ${event.reason}` : ''
  return { reason, message: refusedMessages[reason] + words }
}

function offlineReasonOf(state: LinkMachine, { code, cause }: LinkClosed): OfflineReason {
  if (cause) return cause
  if (code === closeCodes.restart) return 'restarting'
  if (code === closeCodes.storageFailed) return 'storage-failed'
  if (code === closeCodes.tooFast) return 'too-fast'
  if (state.phase === 'dialling') return state.offline ?? 'unreachable'
  return code === null ? 'silent' : 'lost'
}

/** `acknowledged`: everything made here has been seen stored. */
export function relayStateOf(state: LinkMachine, acknowledged: boolean): RelayState {
  switch (state.phase) {
    case 'off':
      return { kind: 'off' }
    case 'refused':
      return { kind: 'refused', ...(state.refusal ?? { reason: 'refused', message: refusedMessages.refused }) }
    case 'dialling':
      if (state.offline === null) return { kind: 'connecting' }
      return { kind: 'offline', reason: state.offline, message: offlineMessages[state.offline] }
    case 'open':
      return state.remoteSynced && acknowledged ? { kind: 'synced' } : { kind: 'syncing' }
  }
}
