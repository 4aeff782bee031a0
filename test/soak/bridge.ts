import { createRandom, type Random } from '../support/random.ts'
import { runModel } from '../support/simulation/model-run.ts'
import { drawProfile, type Profile } from '../support/simulation/profile.ts'
import { type RunResult, runSimulation } from '../support/simulation/run.ts'
import type { SoakArea } from './run.ts'

const modelRuns = 20
const hourMs = 3_600_000
/** Of knowingly replaced values that come back, per edit. */
const resurrectionRate = 1 / 100_000

type Account = Pick<RunResult, 'edits' | 'lost' | 'resurrected' | 'undeleted' | 'wrong' | 'simulatedMs'>

/** A day of one team with real documents, and twenty on the model, each with faults of its own. */
export const bridgeSoak: SoakArea = {
  async run(seed) {
    const random = createRandom(seed)
    const started = process.cpuUsage()
    const real = await runSimulation({ random, profile: profileFor(random) })
    const models = Array.from({ length: modelRuns }, (_, at) => {
      const own = random.fork(`model ${at}`)
      return runModel({ random: own, profile: profileFor(own) })
    })
    const all: readonly Account[] = [real, ...models]
    for (const account of all) tell(seed, account)
    const { user, system } = process.cpuUsage(started)
    const sum = (of: (account: Account) => number): number => all.reduce((total, account) => total + of(account), 0)
    return {
      edits: sum(({ edits }) => edits),
      'of them in real documents': real.edits,
      losses: sum(({ lost }) => lost.length),
      resurrections: sum(({ resurrected, undeleted }) => Math.max(resurrected.length, undeleted.length)),
      'unobserved plugin edits': real.unobserved + models.reduce((total, { unobserved }) => total + unobserved, 0),
      crashes: real.crashes + models.reduce((total, { crashes }) => total + crashes, 0),
      'simulated hours': sum(({ simulatedMs }) => simulatedMs) / hourMs,
      'CPU hours': (user + system) / 1000 / hourMs,
    }
  },
  conclude: (totals) => {
    const { edits = 0, losses = 0, resurrections = 0 } = totals
    const pace = (totals['simulated hours'] ?? 0) / (totals['CPU hours'] || 1)
    // One in a short run is no rate yet.
    const isTooOften = resurrections > Math.max(1, edits * resurrectionRate)
    return {
      note: `${Math.round(pace).toLocaleString('en')} simulated hours a CPU hour`,
      failure: losses > 0 ? 'edits were lost' : isTooOften ? 'too many replaced values came back' : undefined,
    }
  },
}

function profileFor(random: Random): Profile {
  return drawProfile(random.fork('profile'))
}

/** What must hold at rest ends the run; losses are told, and counted. */
function tell(seed: number, { lost, resurrected, undeleted, wrong }: Account): void {
  if (wrong.length > 0) throw new Error(wrong.join('\n'))
  const found = [
    ...lost.map((what) => `lost: ${what}`),
    ...[...undeleted, ...resurrected].map((what) => `back: ${what}`),
  ]
  if (found.length > 0) console.error(`seed ${seed}:\n  ${found.join('\n  ')}`)
}
