import type { Bridge, BridgeStatus } from './bridge/index.ts'
import type { BridgeReport, BridgeReporter } from './bridge-report.ts'
import { createEmitter } from './platform/emitter.ts'
import type { RelayStatus } from './room/index.ts'
import type { AttachedStorage, StorageStatus } from './storage/index.ts'
import type { Watched } from './watched.ts'

/**
 * Where the tokens stand, leg by leg. Each leg says in its `kind` what is the case, in a `reason` why, for programs, and in a
 * `message` what to do, for people.
 */
export interface TokensStatus {
  readonly storage: StorageStatus
  readonly relay: RelayStatus
  /** This session's own bridge. */
  readonly bridge: BridgeStatus
  /** What the session that looks after the bin says, where that is another one. For display: it is not verified. */
  readonly teamBridge: BridgeReport | null
}

const noRelay: RelayStatus = { state: { kind: 'off' }, role: null, user: null, unsaved: null, rejected: [] }

/** The composed status, the same object until a leg changes. */
export function createTokensStatus(legs: {
  readonly storage: readonly Pick<AttachedStorage, 'status' | 'subscribeStatus'>[]
  readonly relay: Watched<RelayStatus | null>
  readonly bridge: Pick<Bridge, 'status' | 'subscribeStatus'>
  readonly report: BridgeReporter
}): Watched<TokensStatus> & { readonly stop: () => void } {
  const read = (): TokensStatus => ({
    storage: worstOf(legs.storage.map(({ status }) => status)),
    relay: legs.relay.get() ?? noRelay,
    bridge: legs.bridge.status,
    teamBridge: legs.report.ofOthers(),
  })
  let status = read()
  const changes = createEmitter()
  const look = (): void => {
    const now = read()
    if ((Object.keys(now) as (keyof TokensStatus)[]).every((leg) => now[leg] === status[leg])) return
    status = now
    changes.emit()
  }
  const stops = [
    ...legs.storage.map((leg) => leg.subscribeStatus(look)),
    legs.relay.subscribe(look),
    legs.bridge.subscribeStatus(look),
    legs.report.subscribe(look),
  ]
  return {
    get: () => status,
    subscribe: changes.subscribe,
    stop: () => {
      for (const stop of stops) stop()
    },
  }
}

const byGravity: readonly StorageStatus['kind'][] = ['off', 'saved', 'saving', 'loading', 'degraded']

/** The tokens and their history are one thing to the user. */
function worstOf(statuses: readonly StorageStatus[]): StorageStatus {
  return statuses.reduce((worst, each) => (byGravity.indexOf(each.kind) > byGravity.indexOf(worst.kind) ? each : worst))
}
