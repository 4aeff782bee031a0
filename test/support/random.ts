/** A seeded random number generator. The same seed gives the same run on every machine. */
export interface Random {
  readonly seed: number
  /** In [0, 1). Fits wherever `Math.random` is injected. */
  readonly next: () => number
  /** An integer in [0, below). */
  readonly int: (below: number) => number
  readonly pick: <T>(items: readonly T[]) => T
  readonly chance: (probability: number) => boolean
  /** A shuffled copy. */
  readonly shuffle: <T>(items: readonly T[]) => T[]
  /** `length` characters of `[0-9a-z]`. */
  readonly id: (length: number) => string
  /** An independent generator: numbers drawn from it do not shift those drawn from this one. */
  readonly fork: (label: string) => Random
}

export function createRandom(seed: number): Random {
  let state = seed | 0
  // mulberry32
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const int = (below: number): number => Math.floor(next() * below)
  return {
    seed,
    next,
    int,
    pick: (items) => {
      if (items.length === 0) throw new Error('pick: nothing to pick from')
      return items[int(items.length)] as (typeof items)[number]
    },
    chance: (probability) => next() < probability,
    shuffle: (items) => {
      const copy = [...items]
      for (let i = copy.length - 1; i > 0; i--) {
        const j = int(i + 1)
        ;[copy[i], copy[j]] = [copy[j]!, copy[i]!]
      }
      return copy
    },
    id: (length) => {
      let text = ''
      while (text.length < length) text += int(36).toString(36)
      return text
    },
    fork: (label) => {
      let hash = seed | 0
      for (let i = 0; i < label.length; i++) hash = (Math.imul(hash, 31) + label.charCodeAt(i)) | 0
      return createRandom(hash)
    },
  }
}

/**
 * The seeds of a random test: `count` seeds from `first` on, or the one in `Y_TOKENS_SEED`, which replays a failure.
 */
export function seedsToRun(count: number, first = 1): number[] {
  const pinned = process.env['Y_TOKENS_SEED']
  if (pinned !== undefined && pinned !== '') {
    const seed = Number(pinned)
    if (!Number.isInteger(seed)) throw new Error(`Y_TOKENS_SEED must be an integer, got "${pinned}"`)
    return [seed]
  }
  return Array.from({ length: count }, (_, i) => first + i)
}

/** Runs `check` with the seed and names the seed in whatever it throws, so that the failure can be replayed. */
export function withSeed<T>(seed: number, check: (random: Random) => T): T {
  try {
    return check(createRandom(seed))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(`seed ${seed} (replay with Y_TOKENS_SEED=${seed}): ${reason}`, { cause: error })
  }
}
