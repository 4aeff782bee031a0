/** A bins service without compare-and-swap, as bad as such services are: bridges and plugins send their requests here. */
import type { BinStore } from '../../../src/jsonbin/bin-store.ts'
import { JsonBinError } from '../../../src/jsonbin/json-bin-error.ts'
import type { Random } from '../random.ts'
import type { Copy } from './ledger.ts'
import { type BinFaults, noBinFaults, type Profile } from './profile.ts'
import type { Scheduler } from './scheduler.ts'

export const binId = '0000000000000000000000b1'
export const masterKey = '$2b$10$a-master-key-that-must-never-be-seen-anywhere'

export interface Put {
  readonly by: string
  readonly copy: Copy
  readonly at: number
}

export type Answer =
  /** `text` may be older than the record, or damaged; `copy` is whence it came. */
  | { readonly kind: 'ok'; readonly text: string; readonly copy: Copy }
  | {
      readonly kind: 'failed'
      readonly status: 401 | 403 | 429 | 503
      readonly retryAfterMs: number | undefined
      readonly applied: boolean
    }
  /** No answer came. */
  | { readonly kind: 'silence' }

export interface BinService {
  /** What it holds now. */
  readonly latest: Copy
  /** Every write that took effect, in order. */
  readonly puts: readonly Put[]
  readonly requests: { bridgeReads: number; bridgeWrites: number; others: number }
  request(by: string, put: Copy | null, done: (answer: Answer) => void): void
  /** Takes effect at once: whoever looks at the vendor's page. */
  put(by: string, copy: Copy): void
  /** An earlier record, `back` writes ago. */
  before(back: number): Copy
  /** Until then every key is refused. */
  revokeKeys(untilMs: number): void
  exhaustQuota(untilMs: number): void
  /** Faults only from here on; an undisturbed service before and after. */
  disturb(isOn: boolean): void
}

const timeoutMs = 10_000

export function createBinService(scheduler: Scheduler, random: Random, profile: Profile, first: Copy): BinService {
  const puts: Put[] = [{ by: 'file', copy: first, at: 0 }]
  let isDisturbed = false
  let revokedUntil = 0
  let exhaustedUntil = 0

  const latest = (): Copy => puts.at(-1)!.copy
  const apply = (by: string, copy: Copy): void => {
    scheduler.note(`bin takes ${copy.text.length} bytes of ${by}`)
    puts.push({ by, copy, at: scheduler.now() })
  }
  const latency = (): number => {
    if (!isDisturbed) return 20
    return random.chance(profile.latencySpikes) ? 1_000 + random.int(25_000) : 40 + random.int(300)
  }
  const drawFault = (isPut: boolean): keyof BinFaults | undefined => {
    if (!isDisturbed) return undefined
    let rest = random.next()
    for (const fault of Object.keys(noBinFaults) as (keyof BinFaults)[]) {
      const belongs = isPut ? fault !== 'stale' && fault !== 'garbage' : !fault.match(/lost|late|applied/)
      if (belongs && (rest -= profile.bin[fault]) < 0) return fault
    }
    return undefined
  }
  const refusal = (): 401 | 403 | undefined => {
    if (scheduler.now() < revokedUntil) return 401
    return scheduler.now() < exhaustedUntil ? 403 : undefined
  }
  const failed = (status: 401 | 403 | 429 | 503, applied = false): Answer => {
    const asksToWait = status === 429 && random.chance(0.5)
    return { kind: 'failed', status, retryAfterMs: asksToWait ? 1_000 + random.int(20_000) : undefined, applied }
  }
  const read = (fault: keyof BinFaults | undefined): Answer => {
    const back = fault === 'stale' ? 1 + random.int(3) : 0
    const copy = puts[Math.max(0, puts.length - 1 - back)]!.copy
    if (fault !== 'garbage') return { kind: 'ok', text: copy.text, copy }
    const text = random.chance(0.5) ? copy.text.slice(0, copy.text.length / 2) : '<html>502 Bad Gateway</html>'
    return { kind: 'ok', text, copy }
  }

  const service: BinService = {
    get latest() {
      return latest()
    },
    puts,
    requests: { bridgeReads: 0, bridgeWrites: 0, others: 0 },
    request: (by, put, done) => {
      const fault = drawFault(put !== null)
      const there = latency()
      const back = latency()
      const answerAfter = (ms: number, answer: Answer): void => void scheduler.after(ms, () => done(answer))
      const silence = (): void => answerAfter(timeoutMs, { kind: 'silence' })
      scheduler.note(`${by} ${put ? 'writes' : 'reads'}${fault ? `, ${fault}` : ''}`)
      if (fault === 'drop') return silence()
      if (fault === 'unavailable') return answerAfter(there + back, failed(503))
      if (fault === 'rateLimited') return answerAfter(there + back, failed(429))
      const arriveAfter = fault === 'late' ? timeoutMs + random.int(50_000) : there
      let answer: Answer = { kind: 'silence' }
      scheduler.after(arriveAfter, () => {
        const status = refusal()
        if (status) answer = failed(status)
        else if (put) {
          apply(by, put)
          answer = fault === 'appliedUnavailable' ? failed(503, true) : { kind: 'ok', text: put.text, copy: put }
        } else answer = read(fault)
        if (fault !== 'late' && fault !== 'lost' && arriveAfter + back < timeoutMs) answerAfter(back, answer)
      })
      if (fault === 'late' || fault === 'lost' || arriveAfter + back >= timeoutMs) silence()
    },
    put: apply,
    before: (back) => puts[Math.max(0, puts.length - 1 - back)]!.copy,
    revokeKeys: (until) => {
      revokedUntil = until
    },
    exhaustQuota: (until) => {
      exhaustedUntil = until
    },
    disturb: (isOn) => {
      isDisturbed = isOn
      if (isOn) return
      revokedUntil = 0
      exhaustedUntil = 0
    },
  }
  return service
}

/** What stands between one bridge and the service: `reach` may hold a request or its answer back for ever. */
export interface StoreParts {
  readonly by: string
  readonly service: BinService
  readonly reach: (step: string, run: () => void) => void
  readonly onAbort: () => void
  readonly onRead: (copy: Copy) => void
  /** The body that is sent, with what stands behind it. */
  readonly onWrite: (text: string) => Copy
}

export function storeOf({ by, service, reach, onAbort, onRead, onWrite }: StoreParts): BinStore {
  const send = (put: Copy | null, signal?: AbortSignal): Promise<Extract<Answer, { kind: 'ok' }>> =>
    new Promise((resolve, reject) => {
      const what = put ? 'write' : 'read'
      let isAborted = false
      signal?.addEventListener('abort', () => {
        isAborted = true
        onAbort()
        reject(new JsonBinError('aborted', 'The request was called off', 'not-sent'))
      })
      reach(`${what} sent`, () => {
        if (put) service.requests.bridgeWrites++
        else service.requests.bridgeReads++
        service.request(by, put, (answer) => {
          if (isAborted) return
          reach(`${what} answered`, () => {
            if (answer.kind === 'ok') resolve(answer)
            else reject(errorOf(answer, put !== null))
          })
        })
      })
    })
  const unused = (): Promise<never> => Promise.reject(new Error('No simulated bridge does that'))
  return {
    origin: 'https://bins.test',
    read: async (_, { signal } = {}) => {
      const { text, copy } = await send(null, signal)
      if (text.startsWith('<')) throw new JsonBinError('bad-response', 'A page instead of a record', 'not-sent')
      onRead(copy)
      return { record: text }
    },
    update: async (_, text) => ({ record: (await send(onWrite(text))).text }),
    create: unused,
    delete: unused,
    rename: unused,
  }
}

export function errorOf(answer: Exclude<Answer, { kind: 'ok' }>, isWrite: boolean): JsonBinError {
  if (answer.kind === 'silence') {
    return new JsonBinError('timeout', 'No answer in time', isWrite ? 'unknown' : 'not-sent')
  }
  const facts = { status: answer.status, retryAfterMs: answer.retryAfterMs }
  switch (answer.status) {
    case 401:
      return new JsonBinError('unauthorized', 'The key was revoked', 'refused', facts)
    case 403:
      return new JsonBinError('quota-exhausted', 'Requests exhausted', 'refused', facts)
    case 429:
      return new JsonBinError('rate-limited', 'Too many requests', 'refused', facts)
    case 503:
      return new JsonBinError('unavailable', 'The service failed', 'unknown', facts)
  }
}
