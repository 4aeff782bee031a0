import { describe, expect, it } from 'vitest'
import { runHistory } from '../support/replicas-history.ts'
import { type HistoryKind, ledgerKinds, wildKinds } from '../support/replicas-history-kinds.ts'

/** What the random histories of `convergence-*.test.ts` stand on: a seed means one history, and found seeds stay found. */

const [, losesTails, newerFiles] = ledgerKinds as readonly [HistoryKind, HistoryKind, HistoryKind]
const [, , threeFiles] = wildKinds as readonly [HistoryKind, HistoryKind, HistoryKind]

describe('random histories', () => {
  it('the same seed gives the same trace, another seed another', () => {
    for (const { name, options } of [...ledgerKinds, ...wildKinds]) {
      const first = runHistory(options(77))
      expect(runHistory(options(77)), name).toEqual(first)
      expect(runHistory(options(78)).trace, name).not.toBe(first.trace)
    }
  })

  for (const [what, seed, { options }] of [
    ['an edit lent to a renamed token, told as a conflict only where somebody had looked', 106, threeFiles],
    ['a newcomer whose first messages wait for ones he never got', 62, losesTails],
    ['an overwrite lost in a crash beside one that had replaced it', 103, losesTails],
    ['a reference in place of a composite, older than a file that has the composite', 6, newerFiles],
    ['a token that the newest file lacks, brought back without a field that the file before lacked', 69, newerFiles],
  ] as const)
    it(`${what}: seed ${seed}`, () => {
      expect(runHistory(options(seed)).operations).toBe(options(seed).operations)
    })
})
