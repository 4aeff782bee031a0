/**
 * A token bucket for requests: a few at once, then no more than a steady rate. Whatever the bridge is made to do, by echoes,
 * failures or a room that never rests, it cannot use up the account's requests and lock the whole team out of the service.
 *
 * What people ask for is counted, and never waits.
 */
export interface Bucket {
  /** Requests that may go at once, at `at`. */
  readonly level: number
  readonly at: number
}

export interface BucketRate {
  readonly bucketBurst: number
  /** One more request may go after so long. */
  readonly bucketRefillMs: number
}

export const fullBucket: Bucket = { level: Number.MAX_SAFE_INTEGER, at: 0 }

const roundingError = 1e-6

/** The bucket after one request more. */
export function spend(bucket: Bucket, now: number, rate: BucketRate): Bucket {
  return { level: Math.max(0, levelAt(bucket, now, rate) - 1), at: now }
}

/** When `count` requests may go; not later than `now` where they may. */
export function readyAt(bucket: Bucket, count: number, now: number, rate: BucketRate): number {
  const missing = count - levelAt(bucket, now, rate)
  return missing <= roundingError ? now : now + Math.ceil(missing * rate.bucketRefillMs)
}

function levelAt({ level, at }: Bucket, now: number, { bucketBurst, bucketRefillMs }: BucketRate): number {
  return Math.min(bucketBurst, level + Math.max(0, now - at) / bucketRefillMs)
}
