/**
 * Stamps of facts: milliseconds since 1970 times 1024, and always past everything this device has seen.
 *
 * A stamp more than a day ahead, the *far future*, does not count as seen: otherwise one device with a wrong clock, or one
 * hostile fact at the upper limit, would leave no later time for anybody.
 */
export const unitsPerMs = 1024
export const dayInUnits: number = 24 * 60 * 60 * 1000 * unitsPerMs

export interface Clock {
  /** Stamps beyond this are far future. */
  limit(): number
  /** Notes a stamp that came in. */
  see(t: number): void
  seeSeed(t: number): void
  /** The next stamp of this device. */
  tick(): number
  /** Greatest stamp seen outside the far future. */
  readonly last: number
  /** Whether far stamps have been seen: there may be facts to repair. */
  readonly hasFar: boolean
}

export function toTime(ms: number): number {
  return Math.max(0, Math.floor(ms)) * unitsPerMs
}

/** `newestWithin` finds the newest stamp up to a limit, for a clock that was put back. */
export function createClock(now: () => number, newestWithin: (limit: number) => number): Clock {
  let last = 0
  let newestSeed = 0
  /** Far stamps seen, so that they count once the time has come near; seldom any. */
  let far = new Set<number>()

  const limit = (): number => Math.max(toTime(now()), newestSeed) + dayInUnits
  const settleFar = (): void => {
    const bound = limit()
    if (last > bound) {
      // What was near while the clock was ahead is far now.
      far.add(last)
      last = newestWithin(bound)
    }
    if (far.size === 0) return
    const still = new Set<number>()
    for (const t of far) {
      if (t > bound) still.add(t)
      else if (t > last) last = t
    }
    far = still
  }

  return {
    limit,
    see: (t) => {
      if (t <= last) return
      if (t <= limit()) last = t
      else far.add(t)
    },
    seeSeed: (t) => {
      newestSeed = Math.max(newestSeed, t)
      last = Math.max(last, t)
    },
    tick: () => {
      settleFar()
      last = Math.min(Math.max(last + 1, toTime(now())), Number.MAX_SAFE_INTEGER)
      return last
    },
    get last() {
      settleFar()
      return last
    },
    get hasFar() {
      settleFar()
      return far.size > 0
    },
  }
}
