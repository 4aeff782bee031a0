/**
 * How the applied bin stands for the team: by this device's own bridge, or, where that has nothing to say, by what the session
 * that looks after the bin reports. A page without a key thus shows why the bin does not follow.
 */
import type { BridgeState, BridgeStatus } from 'y-tokens/bridge'
import type { BridgeReport } from 'y-tokens'

export interface TeamBridge {
  readonly state: BridgeState
  readonly bin: BridgeStatus['bin']
  readonly lastWriteAt: number | null
  /** Who looks after the bin; null for this device. */
  readonly by: string | null
}

export function teamBridgeOf(status: {
  readonly bridge: BridgeStatus
  readonly teamBridge: BridgeReport | null
}): TeamBridge {
  const { bridge, teamBridge } = status
  const { state, bin, lastWriteAt } = bridge
  if (!teamBridge || bin === null || !isSilent(state)) return { state, bin, lastWriteAt, by: null }
  return { state: teamBridge.state, bin, lastWriteAt: teamBridge.lastWriteAt ?? lastWriteAt, by: teamBridge.by }
}

/** Another session does the work. */
function isSilent(state: BridgeState): boolean {
  return (
    state.kind === 'off' || state.kind === 'standby' || (state.kind === 'blocked' && state.reason === 'key-missing')
  )
}
