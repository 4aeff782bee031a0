import type { RunResult } from './run.ts'

type Account = Pick<RunResult, 'lost' | 'resurrected' | 'undeleted' | 'wrong'>

/** Throws with all that went wrong, and how to see it again. */
export function expectNothingLost(seed: number, result: Account): void {
  const back = [
    ...result.undeleted.map((what) => `I1: undone: ${what}`),
    ...result.resurrected.map((what) => `I2: came back: ${what}`),
  ]
  fail(seed, [...faultsOf(result), ...back])
}

/** As {@link expectNothingLost}, but answers how many knowingly replaced values came back: a rate is allowed of these. */
export function countBack(seed: number, result: Account): number {
  fail(seed, faultsOf(result))
  return Math.max(result.undeleted.length, result.resurrected.length)
}

function faultsOf({ lost, wrong }: Account): readonly string[] {
  return [...lost.map((what) => `I1: lost: ${what}`), ...wrong]
}

function fail(seed: number, faults: readonly string[]): void {
  if (faults.length === 0) return
  throw new Error(`seed ${seed} (replay with Y_TOKENS_SEED=${seed}):\n  ${faults.join('\n  ')}`)
}
