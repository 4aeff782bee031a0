import type { HeldBack } from '../payload/held-back.ts'
import type { RequestCount } from './request-meter.ts'

export type { HeldBack } from '../payload/held-back.ts'

/** Why the bridge stands still. Codes are stable; `message` is for people and names the remedy. */
export type BlockedReason =
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'quota-exhausted'
  | 'too-large'
  | 'invalid-bin'
  | 'blank-bin'
  | 'foreign-document'
  | 'no-base'
  | 'mass-change'
  | 'requests-low'
  | 'key-missing'
  | 'rejected-by-plugin-rules'

/** What a user can do about it; the editor shows one button each. */
export type BlockedExit =
  | 'retry'
  | 'enter-key'
  | 'remove-sets'
  | 'link-again'
  | 'overwrite-bin'
  | 'use-bin'
  | 'take-changes'
  | 'keep-ours'
  | 'count-anew'
  | 'apply-other-bin'

export type BridgeState =
  | { readonly kind: 'off' }
  | { readonly kind: 'linking' }
  | { readonly kind: 'synced' }
  | { readonly kind: 'pending' }
  | { readonly kind: 'syncing' }
  | { readonly kind: 'paused'; readonly by: string; readonly scope: 'team' | 'device'; readonly reason: string }
  | { readonly kind: 'standby'; readonly holder: string }
  | { readonly kind: 'waiting'; readonly until: number; readonly reason: string }
  | {
      readonly kind: 'blocked'
      readonly reason: BlockedReason
      readonly message: string
      readonly exits: readonly BlockedExit[]
      /** For `too-large`, in bytes: the record, the limit, the largest sets, all themes. */
      readonly size?: {
        readonly bytes: number
        readonly limit: number
        readonly largestSets: readonly { readonly name: string; readonly bytes: number }[]
        readonly themes: number
      }
    }

export interface BridgeStatus {
  readonly state: BridgeState
  /** The applied bin, null without one. */
  readonly bin: { readonly id: string; readonly name: string } | null
  /** This device's key: `consumer` reads only. */
  readonly access: 'none' | 'consumer' | 'writer'
  readonly lastReadAt: number | null
  readonly lastWriteAt: number | null
  readonly heldBack: readonly HeldBack[]
  /** What this device sent to the applied bin's service; null without a bin. */
  readonly requests: RequestCount | null
  /** Of `requests`; null where nobody knows how many the account has. */
  readonly requestsLeft: number | null
}
