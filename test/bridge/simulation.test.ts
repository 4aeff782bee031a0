import { describe, expect, it } from 'vitest'
import { createRandom, seedsToRun } from '../support/random.ts'
import { expectNothingLost } from '../support/simulation/expect-nothing-lost.ts'
import { calm, drawProfile, type Profile, stormy } from '../support/simulation/profile.ts'
import { type RunResult, runSimulation } from '../support/simulation/run.ts'

const minute = 60_000

function run(seed: number, profile: Profile): Promise<RunResult> {
  return runSimulation({ random: createRandom(seed), profile })
}

async function runAll(seeds: readonly number[], profileOf: (seed: number) => Profile): Promise<readonly RunResult[]> {
  const results: RunResult[] = []
  for (const seed of seeds) {
    const result = await run(seed, profileOf(seed))
    expectNothingLost(seed, result)
    results.push(result)
  }
  return results
}

function total(results: readonly RunResult[], count: (result: RunResult) => number): number {
  return results.reduce((sum, result) => sum + count(result), 0)
}

/** The work of a shift is the same as in the soak, only shorter. */
const shift = { activeMs: 7 * minute }

describe('a team on one bin, with real documents and the real bridge', () => {
  it('[I1][I2][L1][L2] loses nothing where nothing fails', { timeout: 300_000 }, async () => {
    const results = await runAll(seedsToRun(20), () => ({ ...calm, ...shift }))
    // The runs prove nothing if nothing met.
    expect(total(results, ({ edits }) => edits) / results.length).toBeGreaterThan(40)
    expect(total(results, ({ merges }) => merges) / results.length).toBeGreaterThan(4)
  })

  it('[I1][I2][L5] loses nothing where everything fails at once', { timeout: 600_000 }, async () => {
    const results = await runAll(seedsToRun(60), () => ({ ...stormy, ...shift }))
    expect(total(results, ({ crashes }) => crashes) / results.length).toBeGreaterThan(3)
  })

  it('[I1] loses nothing where a third of all edits go back to an earlier value', { timeout: 600_000 }, async () => {
    await runAll(seedsToRun(60), () => ({ ...stormy, ...shift, reverts: 0.3 }))
  })

  it('[I1][I2] loses nothing in a swarm of teams and faults', { timeout: 600_000 }, async () => {
    const profileOf = (seed: number): Profile => {
      const profile = drawProfile(createRandom(seed).fork('profile'))
      return { ...profile, activeMs: profile.activeMs / 3 }
    }
    await runAll(seedsToRun(170), profileOf)
  })
})

describe('a crash', () => {
  it('[I1][I6][I7][L5] at any step of a bridge costs nothing', { timeout: 300_000 }, async () => {
    const quick = { editorGapMs: 15_000, pluginGapMs: 12_000, doubleSave: 0, activeMs: 90_000 }
    const profile: Profile = { ...calm, ...quick, bridges: 2 }
    const { deviceSteps, merges } = await run(3, profile)
    expect(merges).toBeGreaterThan(2)
    // Before that, the bin is applied for the first time: whoever dies then has to do it again.
    for (let step = 12; step <= deviceSteps; step++) {
      const result = await runSimulation({ random: createRandom(3), profile, crashAt: step })
      expect(result.crashes, `step ${step}`).toBe(1)
      expectNothingLost(3, result)
    }
  })
})

describe('a run', () => {
  it('does the same again from the same seed', async () => {
    const [first, second, other] = [await run(7, stormy), await run(7, stormy), await run(8, stormy)]
    expect(second).toEqual(first)
    expect(other.trace).not.toBe(first.trace)
  })
})
