/**
 * A device of the room: a replica of both documents on a disk that stores them apart, and the real bridge on it. All that leaves
 * a device passes `reach`, where it may die: whatever comes later of the dead process stays without effect, as after a crash.
 */
import * as Y from 'yjs'
import { type BinKeys, createMemoryKeys } from '../../../src/bridge/bin-keys.ts'
import { type Bridge, createBridge } from '../../../src/bridge/bridge.ts'
import type { BinStore } from '../../../src/jsonbin/bin-store.ts'
import { createTokenDocument, type TokenDocument } from '../../../src/doc/index.ts'
import type { Random } from '../random.ts'
import { arrive, watchMerges } from './arrivals.ts'
import type { BinService } from './bin-service.ts'
import { createDisk } from './disk.ts'
import { type Copy, fullVector, holds, type Ledger } from './ledger.ts'
import type { LeaseServer } from './lease-server.ts'
import { type MutableSignal, mutableSignal } from './mutable-signal.ts'
import type { Profile } from './profile.ts'
import { type Connection, parts, type Part, type Relay, relayOrigin } from './relay.ts'
import type { Scheduler } from './scheduler.ts'
import { createSideWatch, type WriteIndex } from './side-watch.ts'
import { createWatchedStore } from './watched-store.ts'

export interface Device {
  readonly name: string
  readonly isUp: boolean
  readonly isAsleep: boolean
  readonly document: TokenDocument
  readonly ydoc: Y.Doc
  readonly side: Y.Doc
  /** Undefined on a device without a key, and where another strategy is at work. */
  readonly bridge: Bridge | undefined
  readonly keys: BinKeys
  readonly looking: MutableSignal<boolean>
  readonly steps: number
  readonly crashes: number
  readonly violations: readonly string[]
  /** How far its clock is off. */
  skewMs: number
  crash(why: string): void
  open(): void
  /** The lid is closed: nothing runs, nothing arrives; all of it comes late. */
  sleep(ms: number): void
  wake(): void
  connect(): void
  cut(parts: readonly Part[]): void
  /** Its disk holds all that this document does. */
  hasStored(part: Part, doc: Y.Doc): boolean
  /** Dies and loses all it had stored, where the relay has it too; false where it would be lost for good. */
  loseStorage(): boolean
}

/** What keeps the bin in step: our bridge, or what others would write. */
export interface BridgeParts {
  readonly name: string
  readonly document: TokenDocument
  readonly store: BinStore
  readonly after: (delayMs: number, run: () => void) => void
  readonly wall: () => number
  /** A file was taken in, with all it holds. */
  readonly tookIn: (copy: Copy) => void
  readonly lastRead: () => Copy | undefined
}

export type OtherBridge = (parts: BridgeParts) => void

export interface DeviceParts {
  readonly at: number
  readonly scheduler: Scheduler
  readonly random: Random
  readonly profile: Profile
  readonly first: Readonly<Record<Part, Uint8Array>>
  readonly service: BinService
  readonly relay: Relay
  readonly leases: LeaseServer | undefined
  readonly ledger: Ledger
  readonly writes: WriteIndex
  readonly hasBridge: boolean
  readonly other: OtherBridge | undefined
  /** From here on devices die at their steps. */
  readonly isDisturbed: () => boolean
  /** Dies at exactly this step, whatever the profile says. */
  readonly crashAt: number | undefined
}

interface Session {
  readonly ydoc: Y.Doc
  readonly side: Y.Doc
  readonly document: TokenDocument
  readonly bridge: Bridge | undefined
  readonly connections: Readonly<Record<Part, Connection>>
  readonly stop: () => void
}

export function createDevice(device: DeviceParts): Device {
  const { at, scheduler, random, profile, first, service, relay, leases, ledger } = device
  const name = String.fromCharCode(65 + at)
  const keys = createMemoryKeys()
  const disks = { main: createDisk(scheduler, random, first.main), side: createDisk(scheduler, random, first.side) }
  const looking = mutableSignal(true)
  const settled = mutableSignal(false)
  const violations: string[] = []
  let session = 0
  let steps = 0
  let crashes = 0
  let isAsleep = false
  let naps = 0
  let postponed: (() => void)[] = []
  let up: Session | undefined

  const whenAwake = (isAlive: () => boolean, run: () => void): void => {
    if (isAsleep) postponed.push(() => whenAwake(isAlive, run))
    else if (isAlive()) run()
  }

  const open = (): void => {
    if (up) return
    const mine = ++session
    const isAlive = (): boolean => session === mine
    const now = (): number => scheduler.wall() + self.skewMs
    /** One step of the process: here it may die, before it has any effect. */
    const reach = (step: string, run: () => void): void => {
      if (!isAlive()) return
      steps++
      const isTime = steps === device.crashAt || (device.isDisturbed() && random.chance(profile.crashAtStep))
      if (isTime) self.crash(step)
      else run()
    }
    const load = (part: Part): Y.Doc => {
      const doc = new Y.Doc()
      doc.clientID = random.int(2 ** 31)
      for (const update of disks[part].updates) Y.applyUpdate(doc, update)
      return doc
    }
    const ydoc = load('main')
    const side = load('side')
    const watch = createSideWatch(device.writes, ydoc, side)
    const lane = `dev${at}${String(mine).padStart(6, '0')}`
    // First of all listeners: what dies here has reached neither disk nor relay.
    for (const doc of [ydoc, side]) {
      doc.on('update', (_: Uint8Array, from: unknown) => {
        if (from !== relayOrigin) reach(doc === side ? 'side document changed' : 'document changed', () => undefined)
      })
    }
    const document = createTokenDocument(ydoc, { lane, now, random: random.next, user: { name } })
    const files = { main: disks.main.follow(ydoc), side: disks.side.follow(side) }
    const onState = (): void => {
      if (!isAlive()) return
      settled.set(parts.every((part) => connections[part].isSynced))
      if (settled.get()) ready()
      leases?.changed()
    }
    const connections = {
      main: relay.attach('main', ydoc, onState),
      side: relay.attach('side', side, onState),
    }
    let ready = (): void => undefined
    const isReady = new Promise<void>((resolve) => {
      ready = resolve
      scheduler.after(5_000, resolve)
    })
    watchMerges(watch, ydoc, side, ledger)
    let bridge: Bridge | undefined
    const { store, lastRead } = createWatchedStore({
      name,
      scheduler,
      service,
      ledger,
      ydoc,
      watch,
      isAlive,
      whenAwake: (run) => whenAwake(isAlive, run),
      reach,
      stateOf: () => bridge?.status.state.kind,
      violations: device.other ? undefined : violations,
    })
    if (device.hasBridge && device.other) {
      const after = (ms: number, run: () => void): void =>
        void scheduler.after(ms, () => whenAwake(isAlive, () => reach('timer', run)))
      const tookIn = (copy: Copy): void => arrive(copy, ydoc, ledger)
      device.other({ name, document, store, after, wall: now, tookIn, lastRead })
    } else if (device.hasBridge) {
      const timers = new Map<number, ReturnType<Scheduler['after']>>()
      let timerCount = 0
      bridge = createBridge({
        document,
        side,
        keys,
        by: name,
        defaultUrl: 'https://bins.test/v3',
        openStore: () => store,
        persistSide: () =>
          new Promise((resolve) =>
            reach('side document to be stored', () => {
              void files.side.flushed().then(() => reach('side document stored', resolve))
            }),
          ),
        looking,
        settled,
        ready: isReady,
        clock: {
          now,
          monotonic: scheduler.now,
          setTimer: (run, ms) => {
            timers.set(
              ++timerCount,
              scheduler.after(ms, () => whenAwake(isAlive, () => reach('timer', run))),
            )
            return timerCount
          },
          clearTimer: (timer) => scheduler.cancel(timers.get(timer)),
        },
        random: random.next,
        ...(leases ? { lease: leases.portOf({ name, isAlive, isConnected: () => connections.main.isUp }) } : {}),
        formatTime: (ms) => new Date(ms).toISOString().slice(11, 16),
      })
    }
    const stop = (): void => {
      for (const part of parts) {
        files[part].stop()
        connections[part].leave()
      }
      // The process is gone: this only lets go of its memory.
      scheduler.after(0, () => {
        void bridge?.close()
        document.destroy()
        ydoc.destroy()
        side.destroy()
      })
    }
    up = { ydoc, side, document, bridge, connections, stop }
    settled.set(false)
    for (const part of parts) connections[part].connect()
    leases?.changed()
  }

  const need = (): Session => {
    if (!up) throw new Error(`Device ${name} is down`)
    return up
  }

  const self: Device = {
    name,
    keys,
    looking,
    violations,
    skewMs: 0,
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
    get isAsleep() {
      return isAsleep
    },
    get steps() {
      return steps
    },
    get crashes() {
      return crashes
    },
    crash: (why) => {
      if (!up) return
      scheduler.note(`${name} dies: ${why}`)
      session++
      crashes++
      const { stop, ydoc } = up
      up = undefined
      stop()
      noteUnsaved(ydoc)
      scheduler.after(2_000 + random.int(28_000), open)
    },
    open,
    sleep: (ms) => {
      if (!up) return
      scheduler.note(`${name} sleeps`)
      isAsleep = true
      const nap = ++naps
      self.cut(parts)
      scheduler.after(ms, () => {
        if (nap === naps) self.wake()
      })
    },
    wake: () => {
      if (!isAsleep) return
      isAsleep = false
      const late = postponed
      postponed = []
      for (const run of late) scheduler.after(0, run)
      scheduler.after(300, () => self.connect())
    },
    connect: () => {
      if (up && !self.isAsleep) for (const part of parts) up.connections[part].connect()
    },
    cut: (which) => {
      if (up) for (const part of which) up.connections[part].cut()
    },
    hasStored: (part, doc) => {
      const stored = new Y.Doc()
      for (const update of disks[part].updates) Y.applyUpdate(stored, update)
      return holds(stored, fullVector(doc))
    },
    loseStorage: () => {
      if (!up || !parts.every((part) => holds(relay.docs[part], fullVector(part === 'main' ? self.ydoc : self.side))))
        return false
      self.crash('its storage is lost')
      for (const part of parts) disks[part].erase()
      return true
    },
  }

  /** Edits that reached neither disk nor relay are gone with the device; nobody else could know them. */
  const noteUnsaved = (ydoc: Y.Doc): void => {
    const stored = new Y.Doc()
    for (const update of disks.main.updates) Y.applyUpdate(stored, update)
    for (const ghost of ledger.ghosts) {
      if (ghost.by !== name || ghost.author !== 'editor') continue
      const isHere = ghost.arrivals.some((vector) => vector.has(ydoc.clientID))
      const isKept = [stored, relay.docs.main].some((doc) => ghost.arrivals.some((vector) => holds(doc, vector)))
      if (isHere && !isKept) ghost.mayVanish = true
    }
    stored.destroy()
  }
  return self
}
