import type { Random } from '../random.ts'

/** Chances per request, or per minute where it says so; 0 switches a fault off. */
export interface Profile {
  readonly editors: number
  readonly bridges: number
  readonly plugins: number
  /** People or scripts that change the bin's JSON and keep our marker. */
  readonly hands: number
  readonly lease: boolean
  readonly activeMs: number
  /** Of edits, those that go back to an earlier value of the field on purpose. */
  readonly reverts: number
  readonly editorGapMs: number
  readonly pluginGapMs: number
  /** Mean time for which a plugin keeps what it pulled. */
  readonly pullGapMs: number
  /** A plugin saves twice within a second, which may arrive in either order. */
  readonly doubleSave: number
  readonly bin: BinFaults
  readonly latencySpikes: number
  readonly skewMs: number
  /** Of a device, at each of its steps. */
  readonly crashAtStep: number
  /** Of a device; mean time between, 0 for never. The same for those below. */
  readonly crashGapMs: number
  readonly partitionGapMs: number
  readonly sleepGapMs: number
  readonly storageLossGapMs: number
  readonly relayRestartGapMs: number
  readonly relayRollbackGapMs: number
  readonly pauseGapMs: number
  /** Somebody empties the bin, puts back an old record, revokes a key, uses up the quota. */
  readonly mishapGapMs: number
}

export interface BinFaults {
  /** The request never arrives. */
  readonly drop: number
  /** Applied, and the answer is lost. */
  readonly lost: number
  /** No answer, and applied up to a minute later. */
  readonly late: number
  readonly unavailable: number
  /** A 5xx of a write that was applied all the same. */
  readonly appliedUnavailable: number
  readonly rateLimited: number
  /** An earlier record. */
  readonly stale: number
  /** Cut off, or a page of HTML. */
  readonly garbage: number
}

export const noBinFaults: BinFaults = {
  drop: 0,
  lost: 0,
  late: 0,
  unavailable: 0,
  appliedUnavailable: 0,
  rateLimited: 0,
  stale: 0,
  garbage: 0,
}

const minute = 60_000

export const calm: Profile = {
  editors: 2,
  bridges: 1,
  plugins: 1,
  hands: 1,
  lease: true,
  activeMs: 20 * minute,
  reverts: 0.07,
  editorGapMs: 40_000,
  pluginGapMs: 45_000,
  pullGapMs: 6 * minute,
  doubleSave: 0.15,
  bin: noBinFaults,
  latencySpikes: 0,
  skewMs: 0,
  crashAtStep: 0,
  crashGapMs: 0,
  partitionGapMs: 0,
  sleepGapMs: 0,
  storageLossGapMs: 0,
  relayRestartGapMs: 0,
  relayRollbackGapMs: 0,
  pauseGapMs: 0,
  mishapGapMs: 0,
}

/** The rates that the factors of a swarm are applied to. */
const usual: BinFaults = {
  drop: 0.01,
  lost: 0.015,
  late: 0.007,
  unavailable: 0.01,
  appliedUnavailable: 0.005,
  rateLimited: 0.01,
  stale: 0.015,
  garbage: 0.005,
}

/** All faults at once, at their usual rates. */
export const stormy: Profile = {
  ...calm,
  bridges: 2,
  bin: usual,
  latencySpikes: 0.02,
  skewMs: 30_000,
  crashAtStep: 0.004,
  crashGapMs: 4 * minute,
  partitionGapMs: 5 * minute,
  sleepGapMs: 15 * minute,
  storageLossGapMs: 20 * minute,
  relayRestartGapMs: 15 * minute,
  relayRollbackGapMs: 30 * minute,
  pauseGapMs: 20 * minute,
  mishapGapMs: 20 * minute,
}

/**
 * Each seed draws its own team, and of the faults a subset with rates of its own: what comes together only rarely would
 * otherwise never come together without everything else.
 */
export function drawProfile(random: Random): Profile {
  const factor = (): number => random.pick([0, 0, 1, 1, 3, 10])
  const gap = (meanMs: number): number => {
    const times = random.pick([0, 0, 1, 1, 3])
    return times === 0 ? 0 : meanMs / times
  }
  const bin = Object.fromEntries(
    Object.entries(usual).map(([fault, rate]) => [fault, Math.min(0.12, rate * factor())]),
  ) as unknown as BinFaults
  const isLongDay = random.chance(0.1)
  const pace = isLongDay ? 12 : 1
  return {
    editors: 1 + random.int(3),
    bridges: random.pick([1, 1, 2, 2, 3]),
    plugins: random.pick([1, 1, 1, 2]),
    hands: random.int(2),
    lease: random.chance(0.6),
    activeMs: 20 * minute * pace,
    reverts: random.pick([0.07, 0.07, 0.07, 0.3]),
    editorGapMs: random.pick([20_000, 40_000, 90_000]) * pace,
    pluginGapMs: random.pick([20_000, 45_000, 120_000]) * pace,
    pullGapMs: random.pick([minute, 6 * minute, 60 * minute]) * pace,
    doubleSave: random.pick([0, 0.15, 0.4]),
    bin,
    latencySpikes: random.pick([0, 0.01, 0.05]),
    skewMs: random.pick([0, 30_000, 90_000, 10 * minute]),
    crashAtStep: random.pick([0, 0.002, 0.01]),
    crashGapMs: gap(4 * minute),
    partitionGapMs: gap(5 * minute),
    sleepGapMs: gap(20 * minute),
    storageLossGapMs: gap(15 * minute),
    relayRestartGapMs: gap(20 * minute),
    relayRollbackGapMs: gap(30 * minute),
    pauseGapMs: gap(20 * minute),
    mishapGapMs: gap(20 * minute),
  }
}
