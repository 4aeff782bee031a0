import { type JsonBin, type JsonBinOptions, createJsonBin } from '../../src/jsonbin/index.ts'

export interface SentRequest {
  readonly url: string
  readonly init: RequestInit
}

/** What a scripted fetch does with one request: an answer, an error to throw, or `hang`. */
export type Step = Response | Error | 'hang'

export interface ScriptedClient {
  readonly bins: JsonBin
  readonly sent: readonly SentRequest[]
  /** Delays between attempts, in ms, in order. No time passes. */
  readonly delays: readonly number[]
  /** Lets the time-out of the attempt under way pass. */
  readonly timeOut: () => void
}

const timeoutMs = 10_000

/** A client whose network follows a script and whose time stands still. The last step repeats; a function makes its answer. */
export function createScriptedClient(
  steps: readonly (Step | (() => Step))[],
  options: JsonBinOptions = {},
): ScriptedClient {
  const sent: SentRequest[] = []
  const delays: number[] = []
  let timeOut = (): void => undefined
  const bins = createJsonBin({
    masterKey: 'secret-key',
    timeoutMs,
    random: () => 0.5,
    now: () => Date.parse('2026-01-01T00:00:00Z'),
    fetch: (url, init) => {
      const scripted = steps[Math.min(sent.length, steps.length - 1)]
      sent.push({ url, init })
      const step = typeof scripted === 'function' ? scripted() : scripted
      if (step === undefined) throw new Error('no script')
      if (step === 'hang') return new Promise<Response>(() => undefined)
      if (step instanceof Error) return Promise.reject(step)
      // A body can be read once, but a step may repeat.
      return Promise.resolve(step === scripted ? step.clone() : step)
    },
    wait: (ms) => {
      if (ms === timeoutMs)
        return new Promise((resolve) => {
          timeOut = resolve
        })
      delays.push(ms)
      return Promise.resolve()
    },
    ...options,
  })
  return { bins, sent, delays, timeOut: () => timeOut() }
}

/** An answer of the service. */
export function answer(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return new Response(text, { status, headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers } })
}

export const someId = '6097bc3288f4d0b1a2c3d4e5'
export const okRead: Response = answer(200, { record: { a: 1 }, metadata: { id: someId, private: true } })
export const okUpdate: Response = answer(200, { record: { a: 1 }, metadata: { parentId: someId, private: true } })
export const okCreate: Response = answer(200, { record: { a: 1 }, metadata: { id: someId } })
export const okDelete: Response = answer(200, { metadata: { id: someId, versionsDeleted: 0 }, message: 'Bin deleted' })

/** A failed fetch of Node, as undici throws it. */
export function networkError(code?: string): Error {
  return new TypeError('fetch failed', code === undefined ? {} : { cause: Object.assign(new Error(code), { code }) })
}
