import { describe, expect, it } from 'vitest'
import { seedsToRun, withSeed } from '../support/random.ts'
import { type GhostRunOptions, runGhosts } from '../support/scenario-ghosts.ts'

const profiles: readonly (readonly [string, number, Omit<GhostRunOptions, 'seed' | 'random'>])[] = [
  ['one bridge, no faults', 20, { devices: 1 }],
  ['two editors, a lease', 10, { devices: 2, lease: true }],
  ['two bridges without a lease, faults', 25, { devices: 2, faults: true }],
  ['three devices with a lease, two plugins, faults', 10, { devices: 3, plugins: 2, lease: true, faults: true }],
]

describe('random work of a team on one bin', () => {
  for (const [name, count, options] of profiles) {
    it(`[BR20] loses nobody's edit: ${name}`, { timeout: 120_000 }, async () => {
      let edits = 0
      let merges = 0
      for (const seed of seedsToRun(count)) {
        const run = await withSeed(seed, (random) => runGhosts({ ...options, seed, random }))
        expect(run.wrong, `seed ${seed} (replay with Y_TOKENS_SEED=${seed}): ${JSON.stringify(run)}`).toEqual([])
        edits += run.edits
        merges += run.merges
      }
      // The run proves nothing if nothing met.
      expect(edits / count).toBeGreaterThan(20)
      expect(merges / count).toBeGreaterThan(2)
    })
  }
})
