import * as Y from 'yjs'
import { createTokenDocument } from '../../../src/doc/index.ts'
import { stringifyJson } from '../../../src/payload/ordered-json.ts'
import { projectForPlugin } from '../../../src/payload/plugin-projection.ts'
import type { Random } from '../random.ts'
import { type BinService, createBinService } from './bin-service.ts'
import { createDevice, type Device, type OtherBridge } from './device.ts'
import { createLeaseServer } from './lease-server.ts'
import { createLedger, type Ledger } from './ledger.ts'
import type { Profile } from './profile.ts'
import { createRelay, type Relay } from './relay.ts'
import { createScheduler, type Scheduler } from './scheduler.ts'
import { createWriteIndex, type WriteIndex } from './side-watch.ts'
import { startFile } from './start-file.ts'

export interface World {
  readonly scheduler: Scheduler
  readonly profile: Profile
  readonly service: BinService
  readonly relay: Relay
  readonly devices: readonly Device[]
  readonly ledger: Ledger
  readonly writes: WriteIndex
  readonly state: { isDisturbed: boolean }
}

export interface WorldParts {
  readonly random: Random
  readonly profile: Profile
  readonly other?: OtherBridge | undefined
  readonly crashAt?: number | undefined
  readonly log?: ((line: string) => void) | undefined
}

export function createWorld({ random, profile, other, crashAt, log }: WorldParts): World {
  const scheduler = createScheduler(log)
  const ledger = createLedger(scheduler.now, scheduler.note)
  const { text, ghosts } = startFile(ledger)
  const ydoc = new Y.Doc()
  ydoc.clientID = random.int(2 ** 31)
  const seeding = createTokenDocument(ydoc, { lane: 'seeder00', now: scheduler.wall, random: random.next })
  seeding.import(text)
  const published = stringifyJson(projectForPlugin(seeding.getSnapshot()).file)
  const first = { main: Y.encodeStateAsUpdate(ydoc), side: Y.encodeStateAsUpdate(new Y.Doc()) }
  seeding.destroy()

  const service = createBinService(scheduler, random.fork('bin'), profile, { text: published, ghosts, unmarked: [] })
  const relay = createRelay(scheduler, random.fork('relay'), profile)
  const leases = profile.lease ? createLeaseServer(scheduler) : undefined
  const writes = createWriteIndex(service)
  const state = { isDisturbed: false }
  const devices = Array.from({ length: Math.max(profile.editors, profile.bridges) }, (_, at) =>
    createDevice({
      at,
      scheduler,
      random: random.fork(`device ${at}`),
      profile,
      first,
      service,
      relay,
      leases,
      ledger,
      writes,
      hasBridge: at < profile.bridges,
      other,
      isDisturbed: () => state.isDisturbed,
      crashAt: at === 0 ? crashAt : undefined,
    }),
  )
  return { scheduler, profile, service, relay, devices, ledger, writes, state }
}
