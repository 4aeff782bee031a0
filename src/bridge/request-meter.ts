/**
 * Counts the requests that go to each service from this device, across sessions. A service tells nobody how many an account has
 * left, and refuses everything once they are used up, plugins included: so the count is compared with what the account is known
 * to have. It counts what this device sends, and two for each save that it sees of somebody else's plugin.
 */
import type { BinStore } from '../jsonbin/bin-store.ts'
import { isJsonBinError } from '../jsonbin/json-bin-error.ts'
import { isObject, parseJson, type PlainObject } from '../payload/ordered-json.ts'

/** Where this device keeps the count: one text. Losing it costs nothing but the forecast. */
export interface MeterStore {
  get(): string | null
  set(text: string): void
}

export interface RequestCount {
  /** Requests since `since`, wall-clock milliseconds. */
  readonly used: number
  readonly since: number
  /** Null where nobody knows how many the account has. */
  readonly left: number | null
  /** When those left are used up at the pace so far; null without a limit, and in the first hour. */
  readonly lastsUntil: number | null
}

/** How many of the account's requests are left: `low` below 20 %, `reserved` for what people ask for below 5 %. */
export type Supply = 'plenty' | 'low' | 'reserved'

export interface RequestMeter {
  /** The same object until something is counted. */
  count(origin: string): RequestCount
  supply(origin: string): Supply
  /** The store, with all it sends counted. */
  metered(store: BinStore): BinStore
  /** Requests that others spent on the same account. */
  addOthers(origin: string, requests: number): void
  /** The account has requests again. */
  reset(origin: string): void
}

export interface RequestMeterOptions {
  readonly store: MeterStore
  /** Wall-clock milliseconds. */
  readonly now: () => number
  /** Requests of an account at the service; null where unknown. */
  readonly limitOf: (origin: string) => number | null
  readonly onCount: () => void
}

const lowShare = 0.2
const reservedShare = 0.05
const hourMs = 3_600_000

interface Tally {
  readonly used: number
  readonly since: number
  /** The service said that none is left. */
  readonly exhausted: boolean
}

export function createRequestMeter({ store, now, limitOf, onCount }: RequestMeterOptions): RequestMeter {
  const counts = new Map<string, RequestCount>()
  const fresh = (): Tally => ({ used: 0, since: now(), exhausted: false })
  let kept: string | null = null
  // A store that fails must not fail a request: the count then lasts as long as the session.
  const load = (): Map<string, Tally> => {
    try {
      return readTallies(store.get())
    } catch {
      return readTallies(kept)
    }
  }
  const save = (text: string): void => {
    kept = text
    try {
      store.set(text)
    } catch {
      return
    }
  }
  const tallyOf = (origin: string): Tally => load().get(origin) ?? fresh()

  const change = (origin: string, to: (tally: Tally) => Tally): void => {
    const tallies = load()
    tallies.set(origin, to(tallies.get(origin) ?? fresh()))
    save(JSON.stringify(Object.fromEntries(tallies)))
    counts.delete(origin)
    onCount()
  }
  const add = (origin: string, requests: number): void =>
    change(origin, (tally) => ({ ...tally, used: tally.used + requests }))

  const counted = async <T>(origin: string, send: () => Promise<T>): Promise<T> => {
    try {
      const answer = await send()
      // A service that answers again has requests again.
      change(origin, (tally) => (tally.exhausted ? { ...fresh(), used: 1 } : { ...tally, used: tally.used + 1 }))
      return answer
    } catch (error) {
      if (!isJsonBinError(error) || error.outcome !== 'not-sent') add(origin, 1)
      if (isJsonBinError(error) && error.code === 'quota-exhausted') {
        change(origin, (tally) => ({ ...tally, exhausted: true }))
      }
      throw error
    }
  }

  const leftOf = (origin: string): number | null => {
    const { used, exhausted } = tallyOf(origin)
    const limit = limitOf(origin)
    if (exhausted) return 0
    return limit === null ? null : Math.max(0, limit - used)
  }

  return {
    count: (origin) => {
      const known = counts.get(origin)
      if (known) return known
      const { used, since } = tallyOf(origin)
      const left = leftOf(origin)
      const elapsed = now() - since
      const lastsUntil = left === null || elapsed < hourMs || used === 0 ? null : now() + (left / used) * elapsed
      const count = { used, since, left, lastsUntil: lastsUntil === null ? null : Math.round(lastsUntil) }
      counts.set(origin, count)
      return count
    },
    supply: (origin) => {
      const limit = limitOf(origin)
      // Where the service itself says that none is left, the hourly probe finds out when there are some again.
      if (limit === null || tallyOf(origin).exhausted) return 'plenty'
      const share = (leftOf(origin) ?? limit) / limit
      if (share < reservedShare) return 'reserved'
      return share < lowShare ? 'low' : 'plenty'
    },
    metered: (inner) => {
      const { origin } = inner
      return {
        origin,
        create: (...args) => counted(origin, () => inner.create(...args)),
        read: (...args) => counted(origin, () => inner.read(...args)),
        update: (...args) => counted(origin, () => inner.update(...args)),
        delete: (...args) => counted(origin, () => inner.delete(...args)),
        rename: (...args) => counted(origin, () => inner.rename(...args)),
      }
    },
    addOthers: add,
    reset: (origin) => change(origin, fresh),
  }
}

/** Forgets with the process. */
export function createMemoryMeter(): MeterStore {
  let text: string | null = null
  return {
    get: () => text,
    set: (next) => {
      text = next
    },
  }
}

/** Whatever cannot be read counts as nothing: another program of the origin may have written it. */
function readTallies(text: string | null): Map<string, Tally> {
  const tallies = new Map<string, Tally>()
  if (text === null) return tallies
  try {
    const stored = parseJson(text)
    if (!isObject(stored)) return tallies
    for (const [origin, tally] of Object.entries(stored as PlainObject)) {
      if (!isObject(tally)) continue
      const { used, since, exhausted } = tally as PlainObject
      if (isCount(used) && isCount(since)) tallies.set(origin, { used, since, exhausted: exhausted === true })
    }
  } catch {
    tallies.clear()
  }
  return tallies
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
