import * as Y from 'yjs'
import { type BinKeys, createMemoryKeys } from '../../src/bridge/bin-keys.ts'
import { type Bridge, createBridge } from '../../src/bridge/bridge.ts'
import type { BridgeLease, Signal } from '../../src/bridge/ports.ts'
import { createMemoryMeter } from '../../src/bridge/request-meter.ts'
import type { LeaseState } from '../../src/bridge/machine-state.ts'
import { createTokenDocument, type TokenDocument } from '../../src/doc/index.ts'
import { projectForPlugin } from '../../src/payload/plugin-projection.ts'
import { stringifyJson } from '../../src/payload/ordered-json.ts'
import { createWorldBins, firstBinId, type WorldBins } from './bridge-world-bin.ts'
import { createRandom, type Random } from './random.ts'
import { randomClientId } from './replicas.ts'
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts'

/** One device of the room: a replica of both documents, and a bridge on it. */
export interface Device {
  readonly name: string
  readonly document: TokenDocument
  readonly ydoc: Y.Doc
  readonly side: Y.Doc
  readonly bridge: Bridge
  readonly keys: BinKeys
  readonly looking: MutableSignal<boolean>
  readonly settled: MutableSignal<boolean>
  readonly isUp: boolean
  /** How far its clock is off. */
  skewMs: number
  /** Updates are held from now on, in both directions. */
  goOffline(): void
  goOnline(): void
  /** Dies now: what was not stored is gone, requests under way are nobody's. */
  crash(): void
  /** Comes back from its disk. Crashes first where it is up. */
  restart(): void
  /** Dies at the next moment of this kind; `null` takes it back. */
  crashAt: 'side stored' | 'facts written' | 'body stored' | null
}

export interface MutableSignal<T> extends Signal<T> {
  set(value: T): void
}

export interface World {
  readonly clock: VirtualClock
  readonly random: Random
  readonly bins: WorldBins
  readonly devices: readonly Device[]
  readonly binId: string
  /** Time passes, timers and promises run. */
  pass(ms: number): Promise<void>
  /** Until every bridge has nothing to do for a while. */
  settle(): Promise<void>
  close(): Promise<void>
}

export interface WorldOptions {
  readonly seed?: number
  readonly file: string
  readonly devices?: number
  /** Bridges ask a lease server; without it everyone may write. */
  readonly lease?: boolean
  /** The bin is applied and everyone has its key. */
  readonly linked?: boolean
  /** Updates reach the others after so long, rather than at once. */
  readonly relayMs?: number
  readonly binLimitBytes?: number
  /** Requests that the account is known to have. */
  readonly requestLimit?: number
}

export const masterKey = '$2b$10$a-master-key-that-must-never-be-seen-anywhere'

export async function createBridgeWorld(options: WorldOptions): Promise<World> {
  const { seed = 1, file, devices: count = 1, lease = false, linked = true, relayMs = 0 } = options
  const random = createRandom(seed)
  const clock = createVirtualClock()
  const first = new Y.Doc()
  first.clientID = randomClientId(random)
  const seeding = createTokenDocument(first, { lane: 'seeder00', now: clock.now, random: random.next })
  if (file !== '') seeding.import(file)
  const start = Y.encodeStateAsUpdate(first)
  const published = file === '' ? '{"values":{}}' : stringifyJson(projectForPlugin(seeding.getSnapshot()).file)
  seeding.destroy()
  const bins = createWorldBins(clock, random.fork('bins'), published)
  const leases = createLeaseServer()
  const relay = createRelay(clock, relayMs)
  clock.advance(60_000)
  const devices = Array.from({ length: count }, (_, at) =>
    createDevice({
      at,
      clock,
      random: random.fork(`device ${at}`),
      start,
      bins,
      relay,
      lease: lease ? leases : undefined,
      options,
    }),
  )
  const world: World = {
    clock,
    random,
    bins,
    devices,
    binId: firstBinId,
    pass: (ms) => clock.advanceAsync(ms),
    settle: async () => {
      for (let quiet = 0; quiet < 4; quiet++) await clock.advanceAsync(31_000)
    },
    close: async () => {
      for (const device of devices) if (device.isUp) await device.bridge.close()
    },
  }
  await world.pass(0)
  if (linked) {
    const { bridge } = devices[0]!
    await bridge.bins.add({ name: 'Brand tokens', id: firstBinId, key: { masterKey } })
    await bridge.bins.apply(firstBinId)
    await world.pass(relayMs * 3)
    for (const device of devices.slice(1)) device.bridge.bins.setKey(firstBinId, { masterKey })
    await world.settle()
  }
  return world
}

interface DeviceParts {
  readonly at: number
  readonly clock: VirtualClock
  readonly random: Random
  readonly start: Uint8Array
  readonly bins: WorldBins
  readonly relay: Relay
  readonly lease: LeaseServer | undefined
  readonly options: WorldOptions
}

function createDevice({ at, clock, random, start, bins, relay, lease, options }: DeviceParts): Device {
  const name = String.fromCharCode(65 + at)
  const keys = createMemoryKeys()
  const meterStore = createMemoryMeter()
  const disk = { main: start, side: Y.encodeStateAsUpdate(new Y.Doc()) }
  const looking = mutableSignal(true)
  const settled = mutableSignal(true)
  let session = 0
  let up: { ydoc: Y.Doc; side: Y.Doc; document: TokenDocument; bridge: Bridge; leave: () => void } | undefined
  let isOnline = true

  const newDoc = (stored: Uint8Array): Y.Doc => {
    const ydoc = new Y.Doc()
    ydoc.clientID = randomClientId(random)
    Y.applyUpdate(ydoc, stored)
    return ydoc
  }
  const open = (): void => {
    const mine = ++session
    const isAlive = (): boolean => session === mine
    const now = (): number => clock.now() + device.skewMs
    const ydoc = newDoc(disk.main)
    const side = newDoc(disk.side)
    // A fresh lane after an unclean stop: storage may lack the end of the old one.
    const lane = `dev${at}${String(mine).padStart(6, '0')}`
    const document = createTokenDocument(ydoc, { lane, now, random: random.next, user: { name } })
    // What the device has of the tokens is on its disk at once; a crash that loses some of it is `crashAt`.
    ydoc.on('update', () => {
      if (!isAlive()) return
      const merged = device.crashAt === 'facts written' && document.state === 'whole' && hasMergeLane(ydoc, disk.main)
      disk.main = Y.encodeStateAsUpdate(ydoc)
      if (merged) device.crash()
    })
    const bridge = createBridge({
      document,
      side,
      keys,
      by: name,
      defaultUrl: 'https://bins.test/v3',
      openStore: ({ key }) => bins.store(name, 'masterKey' in key ? key.masterKey : key.accessKey, isAlive),
      persistSide: async () => {
        if (!isAlive()) return new Promise(() => undefined)
        const before = disk.side
        disk.side = Y.encodeStateAsUpdate(side)
        if (device.crashAt === null) return
        const kinds = newKinds(before, disk.side)
        const dies =
          (device.crashAt === 'side stored' && kinds.has('merge')) ||
          (device.crashAt === 'body stored' && kinds.has('published'))
        if (!dies) return
        device.crash()
        return new Promise(() => undefined)
      },
      looking,
      settled,
      clock: { now, monotonic: clock.now, setTimer: clock.setTimer, clearTimer: clock.clearTimer },
      random: random.next,
      ...(lease ? { lease: lease.portOf(name, isAlive) } : {}),
      ...(options.binLimitBytes === undefined ? {} : { binLimitBytes: options.binLimitBytes }),
      ...(options.requestLimit === undefined ? {} : { requestLimit: options.requestLimit }),
      meterStore,
      formatTime: (ms) => new Date(ms).toISOString().slice(11, 16),
    })
    const leave = relay.join({ ydoc, side, isOnline: () => isOnline && isAlive() })
    up = { ydoc, side, document, bridge, leave }
  }
  const need = (): NonNullable<typeof up> => {
    if (!up) throw new Error(`Device ${name} is down`)
    return up
  }

  const device: Device = {
    name,
    keys,
    looking,
    settled,
    skewMs: 0,
    crashAt: null,
    get document() {
      return need().document
    },
    get ydoc() {
      return need().ydoc
    },
    get side() {
      return need().side
    },
    get bridge() {
      return need().bridge
    },
    get isUp() {
      return up !== undefined
    },
    goOffline: () => {
      isOnline = false
      settled.set(false)
    },
    goOnline: () => {
      isOnline = true
      relay.catchUp()
      settled.set(true)
    },
    crash: () => {
      if (!up) return
      session++
      device.crashAt = null
      lease?.forget(name)
      up.leave()
      // Nothing of it may act any more; a dead process closes nothing, so its timers are let go without its doing.
      void up.bridge.close()
      up = undefined
    },
    restart: () => {
      device.crash()
      open()
      relay.catchUp()
    },
  }
  open()
  relay.catchUp()
  return device
}

function hasMergeLane(ydoc: Y.Doc, before: Uint8Array): boolean {
  const old = new Y.Doc()
  Y.applyUpdate(old, before)
  return [...ydoc.share.keys()].some((root) => root.startsWith('v1/lane/bin') && !old.share.has(root))
}

/** What a persisted update adds, by kind. */
function newKinds(before: Uint8Array, after: Uint8Array): ReadonlySet<string> {
  const count = (stored: Uint8Array): Map<string, number> => {
    const doc = new Y.Doc()
    Y.applyUpdate(doc, stored)
    const counts = new Map<string, number>()
    for (const root of doc.share.keys()) {
      for (const [kind, , , json] of doc.getArray<readonly [string, string, number, string]>(root).toArray()) {
        const key = kind === 'snap' ? (JSON.parse(json) as { readonly kind: string }).kind : kind
        counts.set(key, (counts.get(key) ?? 0) + 1)
      }
    }
    return counts
  }
  const old = count(before)
  return new Set([...count(after)].filter(([kind, n]) => n > (old.get(kind) ?? 0)).map(([kind]) => kind))
}

export function mutableSignal<T>(value: T): MutableSignal<T> {
  const listeners = new Set<() => void>()
  let current = value
  return {
    get: () => current,
    set: (next) => {
      current = next
      for (const listener of listeners) listener()
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

interface Member {
  readonly ydoc: Y.Doc
  readonly side: Y.Doc
  readonly isOnline: () => boolean
}

interface Relay {
  join(member: Member): () => void
  catchUp(): void
}

/** A durable relay: it holds both documents and hands updates on, at once or after a while. */
function createRelay(clock: VirtualClock, delayMs: number): Relay {
  const store = { ydoc: new Y.Doc(), side: new Y.Doc() }
  const members = new Set<Member>()
  const origin = Symbol('relay')
  const later = (run: () => void): void => {
    if (delayMs === 0) run()
    else clock.setTimer(run, delayMs)
  }
  const exchange = (member: Member, part: 'ydoc' | 'side'): void => {
    if (!member.isOnline()) return
    Y.applyUpdate(store[part], Y.encodeStateAsUpdate(member[part], Y.encodeStateVector(store[part])), member)
    Y.applyUpdate(member[part], Y.encodeStateAsUpdate(store[part], Y.encodeStateVector(member[part])), origin)
  }
  for (const part of ['ydoc', 'side'] as const) {
    store[part].on('update', (update: Uint8Array, from: unknown) => {
      for (const member of members) {
        if (member === from) continue
        later(() => {
          if (members.has(member) && member.isOnline()) Y.applyUpdate(member[part], update, origin)
        })
      }
    })
  }
  return {
    join: (member) => {
      members.add(member)
      for (const part of ['ydoc', 'side'] as const) {
        member[part].on('update', (update: Uint8Array, from: unknown) => {
          if (from === origin) return
          later(() => {
            if (members.has(member) && member.isOnline()) Y.applyUpdate(store[part], update, member)
          })
        })
      }
      return () => void members.delete(member)
    },
    catchUp: () => {
      for (const member of members) for (const part of ['ydoc', 'side'] as const) exchange(member, part)
    },
  }
}

interface LeaseServer {
  portOf(holder: string, isAlive: () => boolean): BridgeLease
  forget(holder: string): void
}

/** Grants each name to whoever asked first; a dead holder's lease goes to the next at once. */
function createLeaseServer(): LeaseServer {
  const queues = new Map<string, { readonly holder: string; readonly tell: (state: LeaseState) => void }[]>()
  let epoch = 0
  const tellAll = (name: string): void => {
    const queue = queues.get(name) ?? []
    const [first, ...others] = queue
    first?.tell({ kind: 'held', epoch: ++epoch, until: Number.MAX_SAFE_INTEGER })
    for (const other of others) other.tell({ kind: 'other', holder: first?.holder ?? '' })
  }
  const drop = (name: string, holder: string): void => {
    const queue = queues.get(name) ?? []
    const wasFirst = queue[0]?.holder === holder
    queues.set(
      name,
      queue.filter((each) => each.holder !== holder),
    )
    if (wasFirst) tellAll(name)
  }
  return {
    portOf: (holder, isAlive) => ({
      hold: (name, listener) => {
        const queue = queues.get(name) ?? []
        const tell = (state: LeaseState): void => {
          if (isAlive()) listener(state)
        }
        queues.set(name, [...queue, { holder, tell }])
        if (queue.length === 0) tellAll(name)
        else tell({ kind: 'other', holder: queue[0]!.holder })
        return () => drop(name, holder)
      },
    }),
    forget: (holder) => {
      for (const name of queues.keys()) drop(name, holder)
    },
  }
}
