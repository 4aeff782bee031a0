import { blockOf } from './blocked.ts'
import type { BridgeState } from './bridge-status.ts'
import type { Timing } from './machine-events.ts'
import { wakeAt } from './machine-rest.ts'
import type { MachineState } from './machine-state.ts'

/**
 * What people are told of the machine. `toWall` turns monotonic milliseconds into wall-clock ones. "Synced" stands only where
 * the bin was seen, or its service confirmed, to hold what the document shows.
 */
export function bridgeStateOf(state: MachineState, timing: Timing, toWall: (monotonic: number) => number): BridgeState {
  switch (state.phase.kind) {
    case 'unlinked':
    case 'closed':
      return { kind: 'off' }
    case 'linking':
      return { kind: 'linking' }
    case 'clean':
    case 'settling':
      return { kind: 'synced' }
    case 'dirty':
      return { kind: 'pending' }
    case 'reading':
    case 'merging':
    case 'storing':
    case 'writing':
      return { kind: 'syncing' }
    case 'awaiting':
      return {
        kind: 'waiting',
        until: toWall(state.awaiting?.until ?? 0),
        reason: 'The bin holds edits that have not arrived here yet',
      }
    case 'backoff':
      return { kind: 'waiting', until: toWall(state.retry?.at ?? 0), reason: state.retry?.reason ?? '' }
    case 'throttled':
      return {
        kind: 'waiting',
        until: toWall(wakeAt(state, timing) ?? 0),
        reason: 'Requests are spread out, so that those of the account last. A pull or push goes at once',
      }
    case 'paused': {
      const scope = state.pauses.team ? 'team' : 'device'
      const pause = state.pauses[scope]
      return { kind: 'paused', scope, by: pause?.by ?? '', reason: pause?.reason ?? '' }
    }
    case 'standby':
      return { kind: 'standby', holder: state.lease.kind === 'other' ? state.lease.holder : '' }
    case 'blocked': {
      const other = blockOf(state.access !== 'none' && state.supply === 'reserved' ? 'requests-low' : 'key-missing')
      const { reason, message, exits, size } = state.supply === 'reserved' ? other : (state.block ?? other)
      return { kind: 'blocked', reason, message, exits, ...(size ? { size } : {}) }
    }
  }
}
