/**
 * The same team on the same bin, with the same faults, under four strategies: what each of them costs people in edits, and the
 * account in requests. Real documents, simulated days; `--edits N` asks for more of ours (and ten times as many on the model).
 */
import { createRandom } from '../test/support/random.ts'
import type { OtherBridge } from '../test/support/simulation/device.ts'
import { runModel } from '../test/support/simulation/model-run.ts'
import { blindPut, remoteWins, threeWay } from '../test/support/simulation/other-bridges.ts'
import { calm, type Profile, stormy } from '../test/support/simulation/profile.ts'
import { type RunResult, runSimulation } from '../test/support/simulation/run.ts'
import type { World } from '../test/support/simulation/world.ts'
import type { AreaOptions, Measurement, Printed } from './measurement.ts'

const minute = 60_000
const defaultEdits = 4_000
const otherEdits = 2_000

/** Pauses, emptied bins and the like are for our bridge alone: the others do not know them. */
const workload: Profile = { ...stormy, bridges: 1, activeMs: 15 * minute, pauseGapMs: 0, mishapGapMs: 0 }

interface Totals {
  readonly runs: number
  readonly edits: number
  readonly foreign: number
  readonly lost: number
  readonly resurrected: number
  readonly unobserved: number
  readonly requests: number
  /** Runs that did not come to rest, and the first of them. */
  readonly restless: number
  readonly first: string
}

const none: Totals = {
  runs: 0,
  edits: 0,
  foreign: 0,
  lost: 0,
  resurrected: 0,
  unobserved: 0,
  requests: 0,
  restless: 0,
  first: '',
}

type Account = Pick<
  RunResult,
  'edits' | 'foreignEdits' | 'lost' | 'resurrected' | 'undeleted' | 'unobserved' | 'requests' | 'wrong'
>

function add(totals: Totals, result: Account, seed: number): Totals {
  const isRestless = result.wrong.length > 0
  return {
    runs: totals.runs + 1,
    edits: totals.edits + result.edits,
    foreign: totals.foreign + result.foreignEdits,
    lost: totals.lost + result.lost.length,
    // A deletion undone is a token that came back.
    resurrected: totals.resurrected + Math.max(result.resurrected.length, result.undeleted.length),
    unobserved: totals.unobserved + result.unobserved,
    requests: totals.requests + result.requests,
    restless: totals.restless + (isRestless ? 1 : 0),
    first: totals.first === '' && isRestless ? `seed ${seed}: ${result.wrong.join('; ')}` : totals.first,
  }
}

async function simulate(edits: number, profile: Profile, other?: OtherBridge): Promise<Totals> {
  let totals = none
  for (let seed = 1; totals.edits < edits; seed++) {
    const random = createRandom(seed)
    totals = add(totals, await runSimulation({ random, profile, ...(other ? { other } : {}) }), seed)
  }
  return totals
}

function simulateModel(edits: number): Totals {
  let totals = none
  for (let seed = 1; totals.edits < edits; seed++) {
    totals = add(totals, runModel({ random: createRandom(seed), profile: { ...workload, activeMs: 4 * minute } }), seed)
  }
  return totals
}

function perMillion(count: number, edits: number): number {
  return (count / edits) * 1_000_000
}

export async function* measureBridge({ edits = defaultEdits }: AreaOptions): AsyncIterable<Measurement | Printed> {
  yield { text: row('strategy', 'edits', 'foreign', 'lost', 'back', 'unobserved', 'requests an edit') }
  const others = [
    ['blind-put', 'blind PUT, never reads', blindPut],
    ['remote-wins', 'the bin overwrites the document', remoteWins],
    ['three-way', 'three-way against the last synced state', threeWay],
  ] as const
  for (const [id, title, strategy] of others) {
    const totals = await simulate(Math.min(edits, otherEdits), workload, strategy)
    yield { text: rowOf(title, totals) }
    // A workload on which nobody else loses anything would prove nothing.
    const note = `${title}: edits lost of ${totals.edits}`
    yield { id: `bridge.${id}.losses`, value: totals.lost, unit: 'edits', budget: '>= 20', note }
  }

  const ours = await simulate(edits, workload)
  yield { text: rowOf('ours', ours) }
  const model = simulateModel(Math.min(10 * edits, 1_000_000))
  yield { text: rowOf('ours, on the model', model) }
  const all = ours.edits + model.edits
  const runs = `${all} edits: ${ours.edits} in real documents, ${model.edits} on the model`
  yield {
    id: 'bridge.silent-losses',
    value: ours.lost + model.lost,
    unit: 'edits',
    budget: '== 0',
    note: runs,
  }
  const back = ours.resurrected + model.resurrected
  // One in a sample of thousands is no rate yet; from a million edits on, it is.
  const rate = back <= 1 && all < 1_000_000 ? 0 : perMillion(back, all)
  yield { id: 'bridge.resurrections', value: rate, unit: '/10^6', budget: '<= 10', note: `${back} in ${runs}` }
  const restless = ours.restless + model.restless
  const first = ours.first || model.first || 'all runs come to rest'
  // Known: the renewals of a lease and the refills of an empty request budget can fall into step.
  yield { id: 'bridge.restless', value: restless, unit: 'runs', budget: '== 0', note: first, reportOnly: true }
  yield* measureRequests()
}

async function* measureRequests(): AsyncIterable<Measurement> {
  const one = await simulate(1_000, { ...calm, bridges: 1 })
  yield requestsPerEdit('bridge.requests', one, '<= 1', 'one bridge, 2 s debounce, 60 s poll')
  const two = await simulate(1_000, { ...calm, bridges: 2 })
  yield requestsPerEdit('bridge.requests.lease', two, '<= 1.2', 'two bridges with a lease')
  const value = await requestsWhileNobodyLooks()
  const note = 'in 15 min in which nothing changes and nobody looks'
  yield { id: 'bridge.requests.idle', value, unit: 'requests', budget: '== 0', note }
}

function requestsPerEdit(id: string, { requests, edits }: Totals, budget: string, note: string): Measurement {
  return { id, value: requests / edits, unit: '/edit', budget, note: `${note}: ${requests} for ${edits} edits` }
}

async function requestsWhileNobodyLooks(): Promise<number> {
  const profile: Profile = { ...calm, editors: 0, plugins: 0, hands: 0, activeMs: 20 * minute }
  const counts: number[] = []
  const watch = ({ scheduler, devices, service: { requests } }: World): void => {
    const count = (): void => void counts.push(requests.bridgeReads + requests.bridgeWrites)
    scheduler.after(5 * minute, () => {
      for (const device of devices) device.looking.set(false)
    })
    scheduler.after(6 * minute, count)
    scheduler.after(21 * minute, count)
  }
  await runSimulation({ random: createRandom(1), profile, onStart: watch })
  const [before, after] = counts as [number, number]
  return after - before
}

function rowOf(title: string, { edits, foreign, lost, resurrected, unobserved, requests }: Totals): string {
  return row(title, edits, foreign, lost, resurrected, unobserved, (requests / edits).toFixed(2))
}

function row(title: string, ...cells: readonly (string | number)[]): string {
  return title.padEnd(42) + cells.map((cell) => String(cell).padStart(12)).join('')
}
