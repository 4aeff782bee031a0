import type { BridgeState, Tokens } from '../src/index.ts'
import type { Output } from './output.ts'

/** Tells every turn of the bridge: a line for people, or with `--json` a JSON line. Returns how to stop. */
export function tellBridge(tokens: Tokens, output: Output): () => void {
  let told = ''
  const seen = new Set(tokens.bridge.journal.entries().map(({ id }) => id))
  const tell = (): void => {
    const { state, bin } = tokens.status.bridge
    const line = sentenceOf(state, bin?.name ?? null)
    if (line === told) return
    told = line
    output.say(`Bridge     ${line}`)
    output.report({ event: 'bridge', at: new Date().toISOString(), bin: bin?.id ?? null, ...state })
  }
  const tellJournal = (): void => {
    for (const { id, summary } of [...tokens.bridge.journal.entries()].reverse()) {
      if (seen.has(id)) continue
      seen.add(id)
      output.say(`Merged     ${summary}`)
      output.report({ event: 'merge', at: new Date().toISOString(), entry: id, summary })
    }
  }
  tell()
  const stops = [tokens.subscribeStatus(tell), tokens.bridge.journal.subscribe(tellJournal)]
  return () => {
    for (const stop of stops) stop()
  }
}

/** A state that comes and goes with every edit is not worth a line. */
function sentenceOf(state: BridgeState, bin: string | null): string {
  switch (state.kind) {
    case 'off':
      return 'no bin is applied in this room'
    case 'linking':
      return 'linking a bin'
    case 'synced':
    case 'pending':
    case 'syncing':
      return `keeps the bin "${bin}" in step`
    case 'paused':
      return `paused by ${state.by}${state.scope === 'device' ? ' on this device' : ''}${state.reason ? `: ${state.reason}` : ''}`
    case 'standby':
      return `stands by, ${state.holder} writes the bin`
    case 'waiting':
      return `waits: ${state.reason}`
    case 'blocked':
      return `blocked (${state.reason}): ${state.message}${sizeOf(state)}`
  }
}

function sizeOf(state: Extract<BridgeState, { kind: 'blocked' }>): string {
  if (!state.size) return ''
  const { bytes, limit, largestSets, themes } = state.size
  const sets = largestSets.map(({ name, bytes: share }) => `${name} ${share}`).join(', ')
  return ` [${bytes} bytes, limit ${limit}; largest sets: ${sets}; themes ${themes}]`
}
