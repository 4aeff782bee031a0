import { describe, expect, it } from 'vitest'
import { runHistory } from '../support/replicas-history.ts'
import { ledgerKinds, wildKinds } from '../support/replicas-history-kinds.ts'

/** What the random histories of `convergence-*.test.ts` stand on: a seed means one history, and found seeds stay found. */

describe('random histories', () => {
  it('the same seed gives the same trace, another seed another', () => {
    for (const { name, options } of [...ledgerKinds, ...wildKinds]) {
      const first = runHistory(options(77))
      expect(runHistory(options(77)), name).toEqual(first)
      expect(runHistory(options(78)).trace, name).not.toBe(first.trace)
    }
  })
})
