import type * as Y from 'yjs'
import type { TokenDocument } from '../doc/token-document.ts'
import type { BinKeys } from './bin-keys.ts'
import type { BridgeClock } from './clock.ts'
import type { Timing } from './machine-events.ts'
import type { BridgeLease, OpenBinStore, Signal } from './ports.ts'
import type { MeterStore } from './request-meter.ts'

export interface BridgeOptions {
  readonly document: TokenDocument
  /** The side document `<room>~history`: snapshots, journal, pause. Needs to be kept as long as the tokens. */
  readonly side: Y.Doc
  /** Let it send each request once: the bridge tries again by itself, within its budget. */
  readonly openStore: OpenBinStore
  /** Base URL of the service of bins that name none. */
  readonly defaultUrl?: string
  /** Where this device keeps keys; in memory by default. */
  readonly keys?: BinKeys
  /** Without it, every bridge with a key may write: safe, but not cheap. */
  readonly lease?: BridgeLease
  /** Somebody is in the room and sees the page: the bin is polled only then. True by default. */
  readonly looking?: Signal<boolean>
  /** The relay has delivered all it has, or there is none. While false, edits that only the bin has are waited for. */
  readonly settled?: Signal<boolean>
  /** Resolves when the side document is stored durably on this device. */
  readonly persistSide?: () => Promise<void>
  /** Work starts then: when the replica is loaded and the relay has answered, or is not expected to. */
  readonly ready?: Promise<unknown>
  /** What teammates see as this bridge's name; no more than a display name, which may change. */
  readonly by?: string | (() => string)
  /** Greatest record the service takes, in bytes; else learned from its first refusal. */
  readonly binLimitBytes?: number
  /** Requests of an account at the services used; 10,000 at JSONBin and unknown elsewhere by default. */
  readonly requestLimit?: number
  /** Where this device keeps the count of its requests; in memory by default. */
  readonly meterStore?: MeterStore
  readonly clock?: BridgeClock
  readonly random?: () => number
  readonly timing?: Partial<Timing>
  readonly formatTime?: (ms: number) => string
}

export const defaultServiceUrl: string = 'https://api.jsonbin.io/v3'
/** What a free account has at JSONBin. */
export const knownLimits: ReadonlyMap<string, number> = new Map([['https://api.jsonbin.io', 10_000]])
/** The plugin reads before it writes. */
export const requestsPerSave: number = 2
