import type { Block } from './blocked.ts'
import { type Bucket, fullBucket } from './request-bucket.ts'
import type { Supply } from './request-meter.ts'

/** What this device's key allows: a consumer reads the bin and never writes it. */
export type Access = 'none' | 'consumer' | 'writer'

/**
 * The right to write the bin, as the lease port tells it. `free`: nobody grants leases here, everyone with a key may write.
 * `until` is on the monotonic clock.
 */
export type LeaseState =
  | { readonly kind: 'free' }
  | { readonly kind: 'pending' }
  | { readonly kind: 'held'; readonly epoch: number; readonly until: number }
  | { readonly kind: 'other'; readonly holder: string }

export interface Pause {
  readonly by: string
  readonly reason: string
}

/** Where the bridge stands. `reading` to `writing` are one turn; the others are resting places. */
export type Phase =
  | { readonly kind: 'unlinked' }
  | { readonly kind: 'linking' }
  | { readonly kind: 'clean' }
  | { readonly kind: 'dirty' }
  | { readonly kind: 'reading'; readonly turn: Turn }
  | { readonly kind: 'merging'; readonly turn: Turn }
  | { readonly kind: 'storing'; readonly turn: Turn; readonly foreign: boolean }
  | { readonly kind: 'writing'; readonly turn: Turn; readonly foreign: boolean }
  | { readonly kind: 'settling' }
  | { readonly kind: 'awaiting' }
  | { readonly kind: 'backoff' }
  | { readonly kind: 'throttled' }
  | { readonly kind: 'paused' }
  | { readonly kind: 'standby' }
  | { readonly kind: 'blocked' }
  | { readonly kind: 'closed' }

export type PhaseKind = Phase['kind']

/** One READ with all that follows from it. Its number marks every result; a result of another number is discarded. */
export interface Turn {
  readonly number: number
  /** What someone asked for; null for an automatic turn. `overwrite` also writes over content the bridge does not read. */
  readonly manual: 'pull' | 'push' | 'overwrite' | null
  /** The wait for edits that only the bin has is over: take them from the bin. */
  readonly recover: boolean
  /** Lease epoch of the READ; a WRITE needs the same one. */
  readonly epoch: number
  readonly startedAt: number
}

/** Everything the machine knows. Times are milliseconds on the monotonic clock. */
export interface MachineState {
  readonly phase: Phase
  /** Grows with every link, so that nothing of an earlier bin is taken for one of the present bin. */
  readonly generation: number
  readonly linked: boolean
  readonly access: Access
  readonly lease: LeaseState
  readonly pauses: { readonly team: Pause | null; readonly device: Pause | null }
  /** Someone is in the room and sees the page: only then is the bin polled. */
  readonly looking: boolean
  /** Without it the document's missing edits are not expected from the bin while the relay may still bring them. */
  readonly relaySettled: boolean
  readonly lastTurn: number
  /** What the bin holds is unknown: nothing may happen before a READ. */
  readonly mustRead: boolean
  readonly wanted: Turn['manual']
  readonly dirty: { readonly since: number; readonly dueAt: number } | null
  readonly verifyAt: number | null
  readonly awaiting: { readonly until: number; readonly checkAt: number } | null
  readonly retry: { readonly at: number; readonly reason: string } | null
  readonly failures: number
  readonly corruptReads: number
  readonly block: (Block & { readonly probeAt: number | null }) | null
  readonly lastReadAt: number | null
  readonly bucket: Bucket
  readonly supply: Supply
}

export const initialMachineState: MachineState = {
  phase: { kind: 'unlinked' },
  generation: 0,
  linked: false,
  access: 'none',
  lease: { kind: 'pending' },
  pauses: { team: null, device: null },
  looking: false,
  relaySettled: true,
  lastTurn: 0,
  mustRead: true,
  wanted: null,
  dirty: null,
  verifyAt: null,
  awaiting: null,
  retry: null,
  failures: 0,
  corruptReads: 0,
  block: null,
  lastReadAt: null,
  bucket: fullBucket,
  supply: 'plenty',
}

/** Lease epoch a turn runs in; leaseless bridges all run in epoch 0. */
export function epochOf(state: MachineState): number {
  return state.lease.kind === 'held' ? state.lease.epoch : 0
}

export function mayWriteBin(state: MachineState): boolean {
  return state.access === 'writer' && (state.lease.kind === 'free' || state.lease.kind === 'held')
}

/** True while this bridge should ask for the lease of its bin and keep it. */
export function wantsLease(state: MachineState): boolean {
  return state.linked && state.access === 'writer' && state.pauses.device === null && state.phase.kind !== 'closed'
}
