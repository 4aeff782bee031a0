import { createHash, type Hash } from 'node:crypto'
import { expect } from 'vitest'
import type { Snapshot, TokenChange } from '../../src/doc/index.ts'
import { isTokenError } from '../../src/payload/token-error.ts'
import { payloadText, replayChanges } from './replicas-changes.ts'
import { factsText, readRoots, structCount } from './replicas-facts.ts'
import { createReplicas, type Replica, type Replicas } from './replicas.ts'
import { createRandom, type Random } from './random.ts'
import { createVirtualClock } from './virtual-clock.ts'

/** One kind of history: what replicas start from, what they do, and what must hold at the end. */
export interface Scenario {
  /** The files the replicas take in: one for all, or one each, taken in apart. */
  readonly files: (random: Random) => readonly string[]
  /** Clocks are off by up to this much, and step within it. */
  readonly skewMs: number
  /** Crashes may take what was stored last, in part delivered already. */
  readonly losesTails: boolean
  /** Messages of one sender do not overtake each other. */
  readonly ordered?: boolean
  /** What somebody who comes later takes in before he meets the others; without it he comes with nothing. */
  readonly lateFile?: (random: Random, newcomer: Replica) => string
  /** Lets one replica do something. Throws a TokenError where the call was refused. */
  readonly act: (replica: Replica, random: Random, count: number) => void
  /** Called when everybody knows everything and sees the same. */
  readonly check?: (replicas: Replicas) => void
}

export interface HistoryOptions {
  readonly seed: number
  readonly replicas: number
  readonly operations: number
  /** How many may come later, with a file of their own where the scenario has such. */
  readonly newcomers?: number
  /** Makes a fresh scenario, as scenarios remember what happened. */
  readonly scenario: () => Scenario
}

export interface HistoryOutcome {
  readonly operations: number
  /** Calls refused by a TokenError, such as renames onto a taken path. */
  readonly refused: number
  readonly replicas: number
  readonly deliveries: number
  readonly restarts: number
  /** Restarts that lost what had been stored last. */
  readonly crashes: number
  /** How often everybody was brought together and compared. */
  readonly meetings: number
  /** Conflicts listed at those meetings. */
  readonly conflicts: number
  /** A digest of all that happened; the same seed gives the same. */
  readonly trace: string
}

/**
 * A random history: replicas act while messages between them are delivered in any order, twice, or lost; some are cut off,
 * some restart from what was stored, some lose the tail of it, some come later. Now and then, and at the end, everybody is
 * brought together, and everything must be equal: payload bytes, stored facts and bytes, set order, conflicts, a document built anew, and a mirror kept by replaying the changes. Throws at the first violation.
 */
export function runHistory(options: HistoryOptions): HistoryOutcome {
  const { seed, operations, newcomers = 0 } = options
  const random = createRandom(seed)
  const scenario = options.scenario()
  const clock = createVirtualClock()
  const replicas = createReplicas({
    count: options.replicas,
    seed: seed + 1,
    clock,
    ordered: scenario.ordered ?? false,
  })
  const trace = createHash('sha256')
  const counts = { operations: 0, refused: 0, deliveries: 0, restarts: 0, crashes: 0, meetings: 0, conflicts: 0 }
  // Of one replica only: a mirror costs as much as the document itself.
  const mirrored = random.int(options.replicas)
  let mirror: Mirror | undefined
  const watch = (replica: Replica): void => {
    if (replica.index === mirrored) mirror = mirrorOf(replica)
  }

  const files = scenario.files(random)
  for (const { index, document } of replicas.all) {
    const file = files.length === 1 ? (index === 0 ? files[0] : undefined) : files[index % files.length]
    if (file !== undefined) document.import(file)
  }
  if (files.length === 1) replicas.sync()
  for (const replica of replicas.all) watch(replica)
  const stored = replicas.all.map((replica) => replica.encode())

  const act = (replica: Replica): void => {
    counts.operations++
    try {
      scenario.act(replica, random, counts.operations)
    } catch (error) {
      if (!isTokenError(error)) throw error
      counts.refused++
      trace.update(error.code)
    }
    // A view read now and then must not differ from one read once at the end.
    if (random.chance(0.3)) trace.update(replica.document.toText())
  }

  const join = (): void => {
    if (replicas.all.length >= options.replicas + newcomers) return
    const newcomer = replicas.add()
    if (scenario.lateFile) newcomer.document.import(scenario.lateFile(random, newcomer))
    stored[newcomer.index] = newcomer.encode()
  }

  const restart = (replica: Replica): void => {
    counts.restarts++
    const tailIsLost = scenario.losesTails && random.chance(0.5)
    if (tailIsLost) {
      counts.crashes++
      replica.restart(stored[replica.index], true)
    } else replica.restart(undefined, random.chance(0.3))
    watch(replica)
  }

  const disturb = (): void => {
    const replica = random.pick(replicas.all)
    switch (random.int(10)) {
      case 0:
      case 1:
        replicas.sync(replica, random.pick(replicas.all))
        break
      case 2:
        replica.skewMs = Math.round((random.next() - 0.5) * 2 * scenario.skewMs)
        break
      case 3:
      case 4:
        restart(replica)
        break
      case 5:
        stored[replica.index] = replica.encode()
        break
      case 6:
        replicas.link.partition([replica.index])
        break
      case 7:
        replicas.link.heal()
        break
      case 8:
        join()
        break
      default:
        if (random.chance(0.3)) replicas.link.drop()
        else replicas.link.deliver({ order: 'random', duplicate: 0.3 })
    }
  }

  const meet = (): void => {
    counts.meetings++
    replicas.link.heal()
    if (random.chance(0.5))
      replicas.link.deliver({ order: random.pick(['sent', 'reversed', 'random']), duplicate: 0.2 })
    replicas.sync()
    expectAllEqual(replicas, mirror?.fault())
    scenario.check?.(replicas)
    counts.conflicts += (replicas.all[0] as Replica).document.conflicts.length
    noteState(trace, replicas.all[0] as Replica)
  }

  for (let i = 1; i <= operations; i++) {
    clock.advance(random.int(5_000))
    act(random.pick(replicas.all))
    while (random.chance(0.35)) if (replicas.link.deliverOne()) counts.deliveries++
    if (random.chance(0.12)) disturb()
    if (i === operations || random.chance(0.012)) meet()
  }
  const outcome = { ...counts, replicas: replicas.all.length, trace: trace.digest('hex') }
  replicas.destroy()
  return outcome
}

function noteState(trace: Hash, { document, ydoc }: Replica): void {
  trace.update(document.toText())
  trace.update(factsText(ydoc))
  trace.update(JSON.stringify(document.conflicts))
}

interface Mirror {
  /** The first batch after which the mirror differed from the snapshot. */
  readonly fault: () => MirrorFault | undefined
}

interface MirrorFault {
  readonly before: Snapshot
  readonly changes: readonly TokenChange[]
  readonly mirrored: string
  readonly shown: string
}

/** What an application holds that applies every batch of changes to what it had. */
function mirrorOf(replica: Replica): Mirror {
  let current = replica.document.getSnapshot()
  let fault: MirrorFault | undefined
  replica.document.subscribe((changes) => {
    const before = current
    current = replayChanges(before, changes)
    const [mirrored, shown] = [payloadText(current), payloadText(replica.document.getSnapshot())]
    if (mirrored !== shown) fault ??= { before, changes, mirrored, shown }
  })
  return { fault: () => fault }
}

function expectAllEqual(replicas: Replicas, fault: MirrorFault | undefined): void {
  const [first, ...others] = replicas.all as readonly [Replica, ...Replica[]]
  const text = first.document.toText()
  const snapshot = first.document.getSnapshot()
  const facts = factsText(first.ydoc)
  const conflicts = JSON.stringify(first.document.conflicts)
  const state = first.encode()
  for (const [i, { name, document, ydoc, encode }] of others.entries()) {
    expect(document.toText(), name).toBe(text)
    expect(document.setNames(), name).toEqual(first.document.setNames())
    expect(JSON.stringify(document.conflicts), name).toBe(conflicts)
    expect(factsText(ydoc), name).toBe(facts)
    expect(Buffer.compare(encode(), state), `${name} would store other bytes`).toBe(0)
    if (i === 0) expect(document.getSnapshot()).toEqual(snapshot)
  }
  const fresh = replicas.observe(state)
  expect(fresh.toText()).toBe(text)
  expect(JSON.stringify(fresh.conflicts)).toBe(conflicts)
  expect(fault?.mirrored, `a batch that does not lead to the next snapshot: ${JSON.stringify(fault)}`).toBe(
    fault?.shown,
  )

  // Each set at most once in the order, and the sets stand in it. One that came back after a file had replaced the order is
  // not listed. Integer-like names stand first in any JavaScript object.
  const order = snapshot.$metadata.tokenSetOrder
  const listed = Object.keys(snapshot.values).filter((name) => !/^\d+$/.test(name) && order.includes(name))
  expect(new Set(order).size).toBe(order.length)
  expect(order.filter((name) => listed.includes(name))).toEqual(listed)

  const roots = readRoots(first.ydoc)
  const live = [...roots.values()].flat().length
  expect(structCount(first.ydoc)).toBeLessThanOrEqual(2 * live + 2 * roots.size + first.ydoc.store.clients.size)
}
