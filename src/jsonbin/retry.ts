import type { BinOperation } from './failure.ts'
import { JsonBinError, type RequestOutcome } from './json-bin-error.ts'
import type { Wait } from './wait.ts'

export interface RetryOptions {
  /** How often a request is sent at most. Default 4. */
  readonly attempts?: number | undefined
  /** Upper bound of the first delay; it doubles from attempt to attempt. Default 500. */
  readonly firstDelayMs?: number | undefined
  /** Default 8000. */
  readonly maxDelayMs?: number | undefined
  /** A `Retry-After` beyond this is not waited for but thrown, with `retryAfterMs`. Default 30 000. */
  readonly maxRetryAfterMs?: number | undefined
}

export interface RetryDependencies extends Required<{ readonly [K in keyof RetryOptions]: number }> {
  readonly retryWrites: boolean
  readonly random: () => number
  readonly wait: Wait
}

/**
 * Whether a failed request may simply be sent again.
 *
 * An update is sent again only on demand, whatever became of it: by then the bin may hold what others wrote, and repeating
 * would overwrite it unseen. A create whose outcome is unknown could make a second bin. Deleting and renaming again do no
 * harm.
 */
export function mayRepeat(operation: BinOperation, failure: JsonBinError, retryWrites: boolean): boolean {
  if (!failure.retryable) return false
  if (operation === 'update') return retryWrites
  return operation !== 'create' || failure.outcome !== 'unknown'
}

/**
 * Milliseconds before attempt `failedAttempts + 1`: what the service asks for, else a random part of a growing bound ("full
 * jitter"), so that clients that failed together do not come back together. Undefined where waiting is not worth it.
 */
export function retryDelayMs(
  failedAttempts: number,
  failure: JsonBinError,
  options: Omit<RetryDependencies, 'wait' | 'retryWrites'>,
): number | undefined {
  if (failedAttempts >= options.attempts) return undefined
  if (failure.retryAfterMs !== undefined)
    return failure.retryAfterMs <= options.maxRetryAfterMs ? failure.retryAfterMs : undefined
  return options.random() * Math.min(options.maxDelayMs, options.firstDelayMs * 2 ** (failedAttempts - 1))
}

/** Runs attempts until one succeeds or none is left, and throws the last failure with the worst outcome of all. */
export async function withRetry<T>(
  operation: BinOperation,
  signal: AbortSignal | undefined,
  run: () => Promise<T>,
  options: RetryDependencies,
): Promise<T> {
  let worst: RequestOutcome = 'not-sent'
  for (let attempts = 1; ; attempts++) {
    try {
      return await run()
    } catch (error) {
      if (!(error instanceof JsonBinError)) throw error
      worst = worseOutcome(worst, error.outcome)
      const failure = withOutcome(error, worst)
      const mayRun = mayRepeat(operation, failure, options.retryWrites)
      const delayMs = mayRun ? retryDelayMs(attempts, failure, options) : undefined
      if (delayMs === undefined) throw failure
      // An abort ends the wait early, and the next attempt then finds it.
      await options.wait(delayMs, signal ?? new AbortController().signal)
    }
  }
}

const outcomes: readonly RequestOutcome[] = ['not-sent', 'refused', 'unknown']

function worseOutcome(a: RequestOutcome, b: RequestOutcome): RequestOutcome {
  return outcomes.indexOf(a) > outcomes.indexOf(b) ? a : b
}

function withOutcome(error: JsonBinError, outcome: RequestOutcome): JsonBinError {
  return error.outcome === outcome ? error : new JsonBinError(error.code, error.message, outcome, error)
}
