import { describe, expect, it } from 'vitest'
import { runBridgeStack } from '../support/bridge-stack.ts'
import { createRandom } from '../support/random.ts'

const rounds = 100

describe('two bridge processes, a relay and failing bins', () => {
  it('[I1][L5] lose nothing when they are killed again and again', { timeout: 600_000 }, async () => {
    const { lost, resurrected, undeleted, wrong, kills, merges } = await runBridgeStack(createRandom(1), rounds)
    expect({ lost, resurrected, undeleted, wrong }).toEqual({ lost: [], resurrected: [], undeleted: [], wrong: [] })
    expect(kills).toBe(rounds)
    // The rounds prove nothing if nothing met.
    expect(merges).toBeGreaterThan(5)
  })
})
