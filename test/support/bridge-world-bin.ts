import type { BinStore } from '../../src/jsonbin/bin-store.ts'
import { JsonBinError } from '../../src/jsonbin/json-bin-error.ts'
import type { Random } from './random.ts'
import type { VirtualClock } from './virtual-clock.ts'

/**
 * What may befall a request. `drop`: lost on the way. `lost`: applied, the answer lost. `late`: no answer, and applied half a
 * minute later. `stale`: an earlier record. `garbage`: half a record. `exhausted`: the account has no requests left.
 */
export type BinFault = 'drop' | 'lost' | 'late' | 'stale' | 'garbage' | 'unavailable' | 'exhausted'

export interface WorldBinPut {
  readonly by: string
  readonly text: string
  readonly at: number
}

/** The bins of a service in memory, without compare-and-swap, with faults on demand. */
export interface WorldBins {
  /** Every PUT that was applied, in order. */
  readonly puts: readonly WorldBinPut[]
  /** Requests of bridges, applied or not. */
  readonly requests: { reads: number; writes: number }
  read(id?: string): string
  /** A blind write of somebody else. */
  put(text: string, by?: string, id?: string): void
  add(text: string): string
  remove(id: string): void
  /** The next requests of bridges meet these, in order. */
  fail(...faults: readonly BinFault[]): void
  /** Draws a fault for each request that no `fail` covers. */
  drawFault: ((kind: 'read' | 'update') => BinFault | undefined) | undefined
  /** Bytes of a record that the service still takes. */
  limit: number
  /** What a key may do; a key that is not named may do everything. */
  readonly rights: Map<string, 'read' | 'none'>
  /** Keys that have been sent, in order. */
  readonly keysSeen: string[]
  /** Called before a request of a bridge is answered. */
  latencyMs: number
  store(by: string, key: string, isAlive: () => boolean): BinStore
}

export const firstBinId = '0000000000000000000000b1'

export function createWorldBins(clock: VirtualClock, random: Random, first: string): WorldBins {
  const records = new Map<string, string[]>([[firstBinId, [first]]])
  const puts: WorldBinPut[] = []
  const faults: BinFault[] = []
  let count = 1

  const latest = (id: string): string => {
    const text = records.get(id)?.at(-1)
    if (text === undefined) throw new JsonBinError('not-found', 'Bin not found', 'refused', { status: 404 })
    return text
  }
  const apply = (id: string, text: string, by: string): void => {
    latest(id)
    const versions = records.get(id)!
    versions.push(text)
    if (versions.length > 50) versions.shift()
    puts.push({ by, text, at: clock.now() })
  }
  const wait = (ms: number): Promise<void> =>
    ms <= 0 ? Promise.resolve() : new Promise((resolve) => void clock.setTimer(resolve, ms))
  const timeOut = async (outcome: 'unknown' | 'not-sent'): Promise<never> => {
    await wait(10_000)
    throw new JsonBinError('timeout', 'No answer in time', outcome)
  }
  const nextFault = (kind: 'read' | 'update'): BinFault | undefined => faults.shift() ?? bins.drawFault?.(kind)

  const bins: WorldBins = {
    puts,
    requests: { reads: 0, writes: 0 },
    read: (id = firstBinId) => latest(id),
    put: (text, by = 'plugin', id = firstBinId) => apply(id, text, by),
    add: (text) => {
      const id = String(++count).padStart(24, '0')
      records.set(id, [text])
      return id
    },
    remove: (id) => void records.delete(id),
    fail: (...next) => void faults.push(...next),
    drawFault: undefined,
    limit: Number.POSITIVE_INFINITY,
    rights: new Map(),
    keysSeen: [],
    latencyMs: 0,
    store: (by, key, isAlive) => {
      const begin = async (kind: 'read' | 'update' | 'create'): Promise<void> => {
        if (!isAlive()) return new Promise(() => undefined)
        bins.keysSeen.push(key)
        if (kind === 'read') bins.requests.reads++
        else bins.requests.writes++
        await wait(bins.latencyMs * (0.5 + random.next()))
        const right = bins.rights.get(key)
        if (right === 'none' || (right === 'read' && kind !== 'read')) {
          throw new JsonBinError('unauthorized', 'This key may not do that', 'refused', { status: 401 })
        }
      }
      const refuseTooLarge = (text: string): void => {
        const bytes = new TextEncoder().encode(text).length
        if (bytes <= bins.limit) return
        throw new JsonBinError('too-large', 'The record is over the limit', 'refused', { bytes, limit: bins.limit })
      }
      return {
        origin: 'https://bins.test',
        read: async (id) => {
          await begin('read')
          const fault = nextFault('read')
          if (fault === 'drop' || fault === 'lost' || fault === 'late') return timeOut('not-sent')
          if (fault === 'unavailable') throw unavailable()
          if (fault === 'exhausted') throw exhausted()
          const record = latest(id)
          const answeredAt = clock.now()
          if (fault === 'garbage') return { record: record.slice(0, record.length / 2), answeredAt }
          const versions = records.get(id)!
          const stale = versions[Math.max(0, versions.length - 2 - random.int(2))]!
          return { record: fault === 'stale' ? stale : record, answeredAt }
        },
        update: async (id, text) => {
          await begin('update')
          refuseTooLarge(text)
          const fault = nextFault('update')
          if (fault === 'drop') return timeOut('unknown')
          if (fault === 'unavailable') throw unavailable()
          if (fault === 'exhausted') throw exhausted()
          if (fault === 'late') {
            clock.setTimer(() => apply(id, text, by), 30_000)
            return timeOut('unknown')
          }
          apply(id, text, by)
          if (fault === 'lost') return timeOut('unknown')
          await wait(bins.latencyMs)
          return { record: text }
        },
        create: async (text, { name } = {}) => {
          await begin('create')
          refuseTooLarge(text)
          const fault = nextFault('update')
          if (fault === 'drop') return timeOut('unknown')
          if (fault === 'unavailable') throw unavailable()
          const id = bins.add(text)
          puts.push({ by, text, at: clock.now() })
          if (fault === 'lost') return timeOut('unknown')
          return { id, ...(name === undefined ? {} : { name }) }
        },
        delete: () => Promise.reject(new Error('no bridge deletes a bin')),
        rename: () => Promise.resolve(),
      }
    },
  }
  return bins
}

function unavailable(): JsonBinError {
  return new JsonBinError('unavailable', 'The service failed', 'unknown', { status: 503 })
}

function exhausted(): JsonBinError {
  return new JsonBinError('quota-exhausted', 'Requests exhausted', 'refused', { status: 403 })
}
