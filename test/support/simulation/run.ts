/**
 * One run of a team on one bin: real documents, the real bridge, everything around them emulated and seeded. A while of work
 * with faults, then quiet, then the account: what became of every edit, and what must hold at rest.
 */
import * as Y from 'yjs'
import type { JsonObject } from '../../../src/payload/ordered-json.ts'
import { projectForPlugin } from '../../../src/payload/plugin-projection.ts'
import { equalRows, pluginRows } from '../../../src/payload/plugin-rows.ts'
import type { Random } from '../random.ts'
import { binId, type BinService, masterKey } from './bin-service.ts'
import { type BlindWriter, type BlindWriterParts, createHand, createPlugin } from './blind-writer.ts'
import { checkFates, type Fates } from './check.ts'
import type { Device, OtherBridge } from './device.ts'
import { startDisturbing } from './disturb.ts'
import { endingOf } from './ending.ts'
import { type Copy, holds, type Ledger } from './ledger.ts'
import { answerFor, startEditing } from './people.ts'
import type { Profile } from './profile.ts'
import type { Relay } from './relay.ts'
import type { Scheduler } from './scheduler.ts'
import { entriesOf, filesBehind, type WriteIndex } from './side-watch.ts'
import { createWorld, type World } from './world.ts'

export interface RunOptions {
  readonly random: Random
  readonly profile: Profile
  /** Instead of our bridge. */
  readonly other?: OtherBridge
  /** The first device dies at exactly this of its steps. */
  readonly crashAt?: number
  readonly log?: (line: string) => void
  /** For looking into a run, from its start to its end. */
  readonly onStart?: (world: World) => void
}

export interface RunResult extends Fates {
  readonly edits: number
  readonly foreignEdits: number
  readonly merges: number
  readonly crashes: number
  readonly requests: number
  /** Plugins were not let save, as the bin's date was not in their past. */
  readonly refusedSaves: number
  readonly simulatedMs: number
  readonly steps: number
  /** Steps of the first device. */
  readonly deviceSteps: number
  readonly trace: string
  /** What must hold at rest and does not, each a sentence. */
  readonly wrong: readonly string[]
}

const minute = 60_000
const linkedAfterMs = 3 * minute
const settlingRounds = 6

export async function runSimulation(options: RunOptions): Promise<RunResult> {
  const { random, profile, other } = options
  const world = createWorld(options)
  const { scheduler, service, relay, devices, ledger, writes, state } = world
  const writers = [
    ...Array.from({ length: profile.plugins }, (_, at) => createPlugin(writerParts(`plugin ${at}`))),
    ...Array.from({ length: profile.hands }, (_, at) => createHand(writerParts(`hand ${at}`))),
  ]
  function writerParts(name: string): BlindWriterParts {
    return { name, scheduler, random: random.fork(name), profile, service, ledger }
  }

  options.onStart?.(world)
  await link(devices, scheduler, other)
  state.isDisturbed = true
  service.disturb(true)
  const calm = startDisturbing(world, random.fork('mishaps'))
  for (const writer of writers) writer.start()
  const editors = devices
    .slice(0, profile.editors)
    .map((device) => startEditing(device, random.fork(`editor ${device.name}`), profile, ledger, scheduler))
  await scheduler.runUntil(linkedAfterMs + profile.activeMs)

  for (const stop of editors) stop()
  for (const writer of writers) writer.stop()
  await scheduler.runUntil(scheduler.now() + 90_000)
  state.isDisturbed = false
  service.disturb(false)
  calm()
  await quiet(devices, scheduler, random.fork('people'))
  const putsBefore = service.puts.length
  await scheduler.runUntil(scheduler.now() + 3 * minute)

  const late = service.puts.length - putsBefore
  const result = examine({ devices, service, relay, ledger, writes, writers, other, late })
  const reached = devices.reduce((sum, { crashes }) => sum + crashes, 0)
  for (const device of devices) if (device.isUp) void device.bridge?.close()
  return {
    ...result,
    crashes: reached,
    simulatedMs: scheduler.now(),
    steps: scheduler.steps,
    deviceSteps: devices[0]!.steps,
    trace: scheduler.trace(),
  }
}

async function link(devices: readonly Device[], scheduler: Scheduler, other: OtherBridge | undefined): Promise<void> {
  for (const device of devices) device.open()
  await scheduler.runUntil(10_000)
  const [{ bridge } = { bridge: undefined }] = devices
  if (bridge && !other) {
    await bridge.bins.add({ name: 'Brand tokens', id: binId, key: { masterKey } })
    let isApplied = false
    void bridge.bins.apply(binId).then(() => {
      isApplied = true
    })
    await scheduler.runUntil(60_000)
    if (!isApplied) throw new Error('The bin could not be applied')
    for (const device of devices) device.bridge?.bins.setKey(binId, { masterKey })
  }
  await scheduler.runUntil(linkedAfterMs)
}

/** Everybody is there and online; what asks a person gets its answer, until nothing moves. */
async function quiet(devices: readonly Device[], scheduler: Scheduler, random: Random): Promise<void> {
  const isAtRest = ({ isUp, bridge }: Device): boolean =>
    isUp && (!bridge || ['synced', 'standby', 'syncing'].includes(bridge.status.state.kind))
  // A budget used up by faults refills in minutes.
  for (let round = 0; round < settlingRounds || (round < 15 && !devices.every(isAtRest)); round++) {
    await scheduler.runUntil(scheduler.now() + minute + random.int(minute / 4))
    for (const device of devices) {
      device.open()
      device.wake()
      device.connect()
      device.looking.set(true)
      answerFor(device)
    }
  }
}

interface Ending {
  readonly devices: readonly Device[]
  readonly service: BinService
  readonly relay: Relay
  readonly ledger: Ledger
  readonly writes: WriteIndex
  readonly writers: readonly BlindWriter[]
  readonly other: OtherBridge | undefined
  readonly late: number
}

type Account = Omit<RunResult, 'crashes' | 'simulatedMs' | 'steps' | 'deviceSteps' | 'trace'>

function examine({ devices, service, relay, ledger, writes, writers, other, late }: Ending): Account {
  const [first] = devices as [Device, ...Device[]]
  const files: Copy[] = other
    ? filesBeforeOthers(service, ledger)
    : entriesOf(relay.docs.side).flatMap((entry) => [...filesBehind(entry, writes)])
  const journal = first.bridge?.journal
  const fates = checkFates({
    ledger,
    ending: endingOf(first.document, journal, ledger),
    files,
    hasReached: (ghost) => ghost.arrivals.some((vector) => holds(relay.docs.main, vector)),
  })
  const foreign = ledger.ghosts.filter(({ author }) => author === 'plugin' || author === 'hand').length
  const { bridgeReads, bridgeWrites } = service.requests
  return {
    ...fates,
    edits: ledger.ghosts.filter(({ author }) => author !== 'file').length,
    foreignEdits: foreign,
    merges: journal?.entries().length ?? 0,
    requests: bridgeReads + bridgeWrites,
    refusedSaves: writers.reduce((sum, { counts }) => sum + counts.refused, 0),
    wrong: other ? [] : faultsAtRest(devices, service, relay, ledger, late),
  }
}

/** A strategy answers for what it took in; one that never looks, for all that stood in the bin. */
function filesBeforeOthers({ puts }: BinService, { files }: Ledger): Copy[] {
  return files.size > 0 ? [...files.keys()] : puts.map(({ copy }) => copy)
}

function faultsAtRest(
  devices: readonly Device[],
  service: BinService,
  relay: Relay,
  ledger: Ledger,
  late: number,
): string[] {
  const [first] = devices as [Device, ...Device[]]
  const wrong = devices.flatMap(({ violations }) => violations)
  const text = first.document.toText()
  for (const device of devices) {
    if (device.document.toText() !== text) wrong.push(`L1: ${device.name} shows other tokens than A`)
    const kind = device.bridge?.status.state.kind ?? 'synced'
    if (kind !== 'synced' && kind !== 'standby' && kind !== 'syncing')
      wrong.push(`L4: ${device.name} ends ${JSON.stringify(device.bridge?.status.state)}`)
  }
  const inBin = pluginRows(JSON.parse(service.latest.text) as JsonObject)
  if (!equalRows(inBin, projectForPlugin(first.document.getSnapshot()).rows))
    wrong.push('L2: the bin differs from the document')
  if (late > 0) wrong.push(`I9: ${late} writes while nothing happened`)
  if (ledger.unexplained > 0) wrong.push(`I3: ${ledger.unexplained} values of unknown origin`)
  const stored = [relay.docs.main, relay.docs.side].map((doc) => Buffer.from(Y.encodeStateAsUpdate(doc)))
  if (stored.some((bytes) => bytes.includes(masterKey))) wrong.push('I11: a key stands in a document')
  return wrong
}
