/** What the machine hears and what it asks for. */
import type { Block } from './blocked.ts'
import type { Access, LeaseState, Pause, Turn } from './machine-state.ts'
import type { Supply } from './request-meter.ts'

export interface Timing {
  readonly debounceMs: number
  readonly maxDebounceMs: number
  readonly verifyAfterForeignMs: number
  readonly verifyAfterQuietMs: number
  readonly pollMs: number
  readonly requestTimeoutMs: number
  readonly backoffMinMs: number
  readonly backoffMaxMs: number
  readonly awaitMs: number
  readonly awaitCheckMs: number
  readonly quotaProbeMs: number
  /** Requests that may go at once, and after how long one more may. */
  readonly bucketBurst: number
  readonly bucketRefillMs: number
  /** Takes the place of both debounces where few of the account's requests are left. */
  readonly lowSupplyDebounceMs: number
}

export const defaultTiming: Timing = {
  debounceMs: 2_000,
  maxDebounceMs: 10_000,
  verifyAfterForeignMs: 5_000,
  verifyAfterQuietMs: 20_000,
  pollMs: 60_000,
  requestTimeoutMs: 10_000,
  backoffMinMs: 2_000,
  backoffMaxMs: 300_000,
  awaitMs: 60_000,
  awaitCheckMs: 2_000,
  quotaProbeMs: 3_600_000,
  bucketBurst: 10,
  bucketRefillMs: 10_000,
  lowSupplyDebounceMs: 60_000,
}

/** The moment of a step: monotonic milliseconds, and a number in [0, 1) for jitter. */
export interface Instant {
  readonly now: number
  readonly jitter: number
  readonly timing: Timing
}

export type GateChange =
  | { readonly gate: 'link'; readonly generation: number }
  | { readonly gate: 'linking'; readonly generation: number }
  | { readonly gate: 'unlink'; readonly generation: number }
  | { readonly gate: 'access'; readonly access: Access }
  | { readonly gate: 'lease'; readonly lease: LeaseState }
  | { readonly gate: 'pause'; readonly scope: 'team' | 'device'; readonly pause: Pause | null }
  | { readonly gate: 'presence'; readonly looking: boolean }
  | { readonly gate: 'relay'; readonly settled: boolean }
  | { readonly gate: 'supply'; readonly supply: Supply }

/** What the merge found. `equal` and `differs` compare the bin with what the document shows now. */
export type MergeOutcome =
  | { readonly kind: 'equal'; readonly foreign: boolean }
  | { readonly kind: 'differs'; readonly foreign: boolean }
  /** The bin, or the base of what stands in it, holds edits this replica lacks. */
  | { readonly kind: 'ahead' }
  | { readonly kind: 'corrupt'; readonly block: Block }
  | { readonly kind: 'blocked'; readonly block: Block }
  /** Could not be carried out, so nothing was. */
  | { readonly kind: 'failed'; readonly reason: string }

/** A request that failed. `block` where trying again cannot help; `lacksRight`: the bin can be read but not written. */
export type Failure =
  | { readonly kind: 'retry'; readonly reason: string; readonly retryAfterMs: number | undefined }
  | { readonly kind: 'block'; readonly block: Block }
  | { readonly kind: 'lacksRight' }

export type MachineEvent =
  | { readonly kind: 'gate'; readonly change: GateChange }
  | { readonly kind: 'docChanged' }
  | { readonly kind: 'tick' }
  | { readonly kind: 'command'; readonly command: 'pull' | 'push' | 'overwrite' | 'retry' }
  | { readonly kind: 'read'; readonly turn: number }
  | { readonly kind: 'readFailed'; readonly turn: number; readonly failure: Failure }
  | { readonly kind: 'merged'; readonly turn: number; readonly outcome: MergeOutcome }
  | { readonly kind: 'stored'; readonly turn: number }
  | { readonly kind: 'wrote'; readonly turn: number }
  | { readonly kind: 'writeFailed'; readonly turn: number; readonly failure: Failure }
  | { readonly kind: 'caughtUp' }
  | { readonly kind: 'measured'; readonly block: Block | null }
  | { readonly kind: 'close' }

export type EventKind = MachineEvent['kind']

export type Effect =
  | { readonly kind: 'read'; readonly turn: Turn }
  | { readonly kind: 'merge'; readonly turn: Turn; readonly mayWrite: boolean }
  /** Put the body into the side document, durably. */
  | { readonly kind: 'store'; readonly turn: Turn }
  | { readonly kind: 'write'; readonly turn: Turn }
  /** The turn is over, whatever came of it; `blocked` and `failed` reject what was asked for. */
  | { readonly kind: 'finish'; readonly turn: Turn; readonly result: TurnResult }
  /** Look whether the awaited edits have come; no request. */
  | { readonly kind: 'recheck' }
  /** Look whether the tokens fit now; no request. */
  | { readonly kind: 'measure' }

/** `restarted`: what was asked for is asked again, in a turn of the lease epoch that has begun. */
export type TurnResult = 'wrote' | 'equal' | 'merged' | 'ahead' | 'blocked' | 'failed' | 'abandoned' | 'restarted'
