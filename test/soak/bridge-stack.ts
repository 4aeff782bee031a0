import { runBridgeStack } from '../support/bridge-stack.ts'
import { createRandom } from '../support/random.ts'
import type { SoakArea } from './run.ts'

/** Each series has its own room: one that has lived through all kills would mostly test its own size. */
const seriesPerRun = 6
const roundsPerSeries = 100

/** `kill -9` of a bridge or the relay, 600 times a run. Throws where an edit is lost. */
export const bridgeStackSoak: SoakArea = {
  async run(seed) {
    const random = createRandom(seed)
    const totals = { kills: 0, edits: 0, 'unobserved plugin edits': 0, losses: 0 }
    for (let series = 1; series <= seriesPerRun; series++) {
      const result = await runBridgeStack(random.fork(`series ${series}`), roundsPerSeries)
      const wrong = [...result.lost, ...result.resurrected, ...result.undeleted, ...result.wrong]
      if (wrong.length > 0) throw new Error(`Series ${series}:\n  ${wrong.join('\n  ')}`)
      totals.kills += result.kills
      totals.edits += result.edits
      totals['unobserved plugin edits'] += result.unobserved
    }
    return totals
  },
}
