import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCrashWriter, runCrashRound } from '../test/support/crash-round.ts'
import { createRandom } from '../test/support/random.ts'
import { spawnRelay } from '../test/support/relay-process.ts'
import { type Measurement, median } from './measurement.ts'
import { fillRoom, runFanOut, runThroughput, timeJoin, visitRooms } from './relay-load.ts'
import { type BenchedProcess, startBenched } from './relay-process.ts'

const rounds = 5
const bareFile = new URL('./rivals/bare-relay.ts', import.meta.url)
const ourFile = new URL('./relay-under-test.ts', import.meta.url)

/**
 * The budgets `relay.*` as far as they can be measured without the peers installed: against a bare `ws` server, which has
 * neither Yjs nor storage. Ours stores durably throughout. They take turns, so that a busy machine slows both.
 */
export async function* measureRelay(): AsyncIterable<Measurement> {
  const folder = await mkdtemp(join(tmpdir(), 'y-tokens-bench-'))
  const bare = await startBenched(bareFile, [])
  const ours = await startBenched(ourFile, [join(folder, 'load')])
  try {
    yield* measureFanOut(ours, bare, 50)
    yield* measureFanOut(ours, bare, 200)
    yield* measureThroughput(ours, bare)
    yield await measureRooms(ours)
  } finally {
    await Promise.all([ours.kill(), bare.kill()])
  }
  yield await measureJoin(join(folder, 'join'))
  yield await measureLost(join(folder, 'crash'))
  await rm(folder, { recursive: true, force: true })
}

async function* measureFanOut(ours: BenchedProcess, bare: BenchedProcess, clients: number): AsyncIterable<Measurement> {
  const load = { clients, perSecond: 50, seconds: 3 }
  const mine: Awaited<ReturnType<typeof runFanOut>>[] = []
  const theirs: typeof mine = []
  for (let round = 0; round < rounds; round++) {
    theirs.push(await runFanOut(bare, load))
    mine.push(await runFanOut(ours, load))
  }
  const middle = (runs: typeof mine, field: keyof (typeof mine)[number]): number =>
    median(runs.map((run) => run[field]))
  const cpu = [middle(mine, 'cpuUsPerDelivery'), middle(theirs, 'cpuUsPerDelivery')] as const
  yield {
    id: `relay.cpu.${clients}`,
    value: cpu[0] / cpu[1],
    unit: '×',
    budget: '<= 1.3',
    note: `${cpu[0].toFixed(1)} µs a delivery, bare ws ${cpu[1].toFixed(1)}`,
  }
  if (clients !== 200) return
  const p99 = [middle(mine, 'p99Ms'), middle(theirs, 'p99Ms')] as const
  yield {
    id: `relay.p99.${clients}`,
    value: p99[0] / p99[1],
    unit: '×',
    budget: null,
    note: `${p99[0].toFixed(2)} ms, bare ws ${p99[1].toFixed(2)}; p50 ${middle(mine, 'p50Ms').toFixed(2)} and ${middle(theirs, 'p50Ms').toFixed(2)}`,
  }
}

async function* measureThroughput(ours: BenchedProcess, bare: BenchedProcess): AsyncIterable<Measurement> {
  const load = { rooms: 100, seconds: 3 }
  const mine: number[] = []
  const theirs: number[] = []
  for (let round = 0; round < rounds; round++) {
    theirs.push((await runThroughput(bare, load)).updatesPerSecond)
    mine.push((await runThroughput(ours, load)).updatesPerSecond)
  }
  yield {
    id: 'relay.throughput',
    value: median(mine) / median(theirs),
    unit: '×',
    budget: null,
    note: `of bare ws: ${median(mine).toFixed(0)} updates/s committed, ${median(theirs).toFixed(0)} merely sent on; 100 rooms × 4`,
  }
}

async function measureRooms(ours: BenchedProcess): Promise<Measurement> {
  const rooms = 1_000
  await visitRooms(ours, 'warm', rooms / 2)
  const before = await ours.usedKb()
  await visitRooms(ours, 'measured', rooms)
  const value = Math.max(0, (await ours.usedKb()) - before) / rooms
  return { id: 'relay.rooms', value, unit: 'kB', budget: '<= 2', note: `kept per closed room, of ${rooms}` }
}

async function measureJoin(folder: string): Promise<Measurement> {
  const updates = 20_000
  const first = await startBenched(ourFile, [folder])
  await fillRoom(first, 'acme', updates)
  await first.kill()
  const joins: number[] = []
  for (let round = 0; round < rounds; round++) {
    const started = await startBenched(ourFile, [folder])
    joins.push(await timeJoin(started, 'acme'))
    await started.kill()
  }
  return {
    id: 'relay.join',
    value: median(joins),
    unit: 'ms',
    budget: null,
    note: `from connecting to everything there, ${updates} edits, killed before and just started`,
  }
}

async function measureLost(dataDir: string): Promise<Measurement> {
  const random = createRandom(5)
  const writers = ['a', 'b', 'c'].map(createCrashWriter)
  let relay = await spawnRelay({ dataDir })
  let lost = 0
  let acknowledged = 0
  for (let round = 0; round < rounds; round++) {
    const result = await runCrashRound({ dataDir, relay, writers, random })
    relay = result.relay
    lost += result.report.lost.length
    acknowledged = result.report.acknowledged
  }
  await relay.kill()
  for (const writer of writers) writer.doc.destroy()
  return {
    id: 'relay.lost',
    value: lost,
    unit: 'edits',
    budget: '== 0',
    note: `of ${acknowledged} acknowledged, ${rounds} times kill -9`,
  }
}
