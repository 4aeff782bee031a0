import type { RunResult } from './run.ts'

/** Throws with all that went wrong, and how to see it again. */
export function expectNothingLost(
  seed: number,
  result: Pick<RunResult, 'lost' | 'resurrected' | 'undeleted' | 'wrong'>,
): void {
  const { lost, resurrected, undeleted, wrong } = result
  const faults = [
    ...lost.map((what) => `I1: lost: ${what}`),
    ...undeleted.map((what) => `I1: undone: ${what}`),
    ...resurrected.map((what) => `I2: came back: ${what}`),
    ...wrong,
  ]
  if (faults.length > 0) {
    throw new Error(`seed ${seed} (replay with Y_TOKENS_SEED=${seed}):\n  ${faults.join('\n  ')}`)
  }
}
