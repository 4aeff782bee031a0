/**
 * Faults of the hosted service and of the network before it, switched by a test through this object and never over HTTP.
 * A fault is injected for the next requests that match; the quota, staleness and the empty reason phrase are switches.
 */

/** Whether and when a request takes effect: at once, never, or as soon as the promise settles (a write nobody expects). */
export type FaultEffect = 'now' | 'never' | Promise<unknown>

/** What the client gets instead of the answer. */
export type FaultAnswer =
  /** Nothing, until somebody closes the connection. */
  | { readonly kind: 'hang' }
  /** A closed connection. */
  | { readonly kind: 'reset' }
  /** Half of the true answer, then a closed connection. */
  | { readonly kind: 'cut' }
  /** Half of the true answer's body as if it were all: a 200 whose JSON does not parse. */
  | { readonly kind: 'truncated' }
  | {
      readonly kind: 'reply'
      readonly status: number
      readonly body: string
      readonly headers?: Readonly<Record<string, string>> | undefined
      /** False leaves out the CORS headers, so that a browser sees a network failure. */
      readonly cors?: boolean | undefined
    }

export type Fault =
  | { readonly kind: 'broken'; readonly effect: FaultEffect; readonly answer: FaultAnswer }
  /** Takes effect and answers truly, both only when the promise settles. */
  | { readonly kind: 'slow'; readonly until: Promise<unknown> }

export interface FaultMatch {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | undefined
  /** A part of the path, such as a bin's id. */
  readonly path?: string | undefined
  /** How many matching requests meet the fault; 1 unless told. */
  readonly times?: number | undefined
}

export interface InjectedFault {
  /** Settles when the first request meets the fault, before it takes effect. */
  readonly met: Promise<void>
}

export interface BinFaults {
  /** Calls that the account has left; every call counts, refused ones too. `Infinity` is no quota. */
  requestsLeft: number
  /** For how long after a write `/latest` goes on answering what was there before. */
  staleMs: number
  /** Answers without a reason phrase, as over HTTP/2. */
  emptyStatusText: boolean
  /** Faults are met in the order of their injection. */
  inject(fault: Fault, match?: FaultMatch): InjectedFault
  /** Forgets every injected fault and turns every switch off. */
  clear(): void
  /** For the server: the fault that this request meets. */
  take(method: string, path: string): Fault | undefined
}

export function createBinFaults(): BinFaults {
  let waiting: { readonly fault: Fault; readonly match: FaultMatch; readonly meet: () => void; left: number }[] = []
  const faults: BinFaults = {
    requestsLeft: Number.POSITIVE_INFINITY,
    staleMs: 0,
    emptyStatusText: false,
    inject(fault, match = {}) {
      const { promise, resolve } = promiseWithResolver()
      waiting.push({ fault, match, meet: resolve, left: match.times ?? 1 })
      return { met: promise }
    },
    clear() {
      waiting = []
      faults.requestsLeft = Number.POSITIVE_INFINITY
      faults.staleMs = 0
      faults.emptyStatusText = false
    },
    take(method, path) {
      const found = waiting.find(({ match }) => (match.method ?? method) === method && path.includes(match.path ?? ''))
      if (found === undefined) return undefined
      found.left--
      if (found.left === 0) waiting = waiting.filter((each) => each !== found)
      found.meet()
      return found.fault
    },
  }
  return faults
}

const html = (status: number): FaultAnswer => ({
  kind: 'reply',
  status,
  body: `<html><body><h1>${status}</h1></body></html>`,
  headers: { 'content-type': 'text/html' },
})

/** The faults that the service or the way to it has shown. */
export const binFault = {
  rateLimited: (answer: { readonly cors?: boolean; readonly retryAfter?: string } = {}): Fault => ({
    kind: 'broken',
    effect: 'never',
    answer: {
      kind: 'reply',
      status: 429,
      body: '{"message":"Too many requests"}',
      cors: answer.cors ?? true,
      headers: answer.retryAfter === undefined ? {} : { 'retry-after': answer.retryAfter },
    },
  }),
  /** An outage page of the proxy; with effect `now` the write has happened all the same. */
  unavailable: (status: 500 | 502 | 503 | 504, effect: FaultEffect = 'never'): Fault => ({
    kind: 'broken',
    effect,
    answer: html(status),
  }),
  /** A page of HTML with status 200, as a captive portal answers. */
  html: (effect: FaultEffect = 'never'): Fault => ({ kind: 'broken', effect, answer: html(200) }),
  truncated: (): Fault => ({ kind: 'broken', effect: 'now', answer: { kind: 'truncated' } }),
  cut: (): Fault => ({ kind: 'broken', effect: 'now', answer: { kind: 'cut' } }),
  hang: (effect: FaultEffect = 'never'): Fault => ({ kind: 'broken', effect, answer: { kind: 'hang' } }),
  /** The request never arrived. */
  lostRequest: (): Fault => ({ kind: 'broken', effect: 'never', answer: { kind: 'reset' } }),
  /** Applied, and nobody hears of it. */
  lostResponse: (): Fault => ({ kind: 'broken', effect: 'now', answer: { kind: 'reset' } }),
  /** The client sees a closed connection; the write happens later, over whatever stands there then. */
  zombie: (until: Promise<unknown>): Fault => ({ kind: 'broken', effect: until, answer: { kind: 'reset' } }),
  slow: (until: Promise<unknown>): Fault => ({ kind: 'slow', until }),
} as const

function promiseWithResolver(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
