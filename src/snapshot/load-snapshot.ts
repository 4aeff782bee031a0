/**
 * Reads the tokens behind a URL as Tokens Studio's URL provider does, only once and with better answers: no document, no Yjs.
 * It never writes, and keeps nothing.
 */
import { parseTokenFile, type TokenFile, toSingleForm } from '../payload/file-form.ts'
import { withoutMarker } from '../payload/marker-block.ts'
import { stringifyJson, toPlain } from '../payload/ordered-json.ts'
import { countTokens, findPayloadError, type Payload } from '../payload/payload.ts'
import { isTokenError } from '../payload/token-error.ts'
import { parseRetryAfter, refusedAnswer } from './refused-answer.ts'
import { isSnapshotError, SnapshotError } from './snapshot-error.ts'
import { checkHeaders, checkUrl, redact, shownUrl, type SnapshotHeaders } from './snapshot-request.ts'

export interface LoadSnapshotOptions {
  readonly headers?: SnapshotHeaders
  readonly signal?: AbortSignal
  /** For each try, until the body has arrived. 10,000 by default. */
  readonly timeoutMs?: number
  /** How often a busy or broken server is asked again. 2 by default. */
  readonly retries?: number
  /** The last result for this URL and these headers: if the server says it still holds, it is the result again. */
  readonly previous?: LoadedSnapshot
  readonly fetch?: typeof fetch
  readonly now?: () => number
  readonly random?: () => number
  /** Waits before a retry, or until the signal aborts. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>
}

export interface LoadedSnapshot {
  /** The payload in the single-file form, deeply frozen. Whole-number keys stand first, as in any JavaScript object. */
  readonly tokens: Payload
  /** The same as minified JSON in the form and key order of the server, without envelope and without the bridge's marker. */
  readonly text: string
  readonly etag: string | null
  /** The server confirmed `previous`. */
  readonly notModified: boolean
}

const defaultTimeoutMs = 10_000
const defaultRetries = 2
const firstDelayMs = 500
/** A server that asks for more patience gets no retry. */
const maxDelayMs = 30_000
const maxRedirects = 5

/** Loads the tokens behind `url`. Rejects with a {@link SnapshotError}. */
export async function loadSnapshot(url: string | URL, options: LoadSnapshotOptions = {}): Promise<LoadedSnapshot> {
  const { retries = defaultRetries, random = Math.random, sleep = sleepUntilAborted, previous } = options
  const signal = options.signal ?? new AbortController().signal
  const address = checkUrl(url)
  const headers = checkHeaders(options.headers ?? {})
  const sent = new Headers(headers)
  if (previous?.etag) sent.set('If-None-Match', previous.etag)

  for (let attempt = 0; ; attempt++) {
    try {
      const answer = await request(address, sent, signal, options)
      if (answer.status === 304 && previous) return { ...previous, notModified: true }
      if (answer.status < 200 || answer.status > 299) throw refuse(answer, headers, address, options.now ?? Date.now)
      return { ...readTokens(answer.body, address), etag: answer.headers.get('etag'), notModified: false }
    } catch (error) {
      const failure = error as SnapshotError
      const isRetried = failure.code === 'rate-limited' || failure.code === 'unavailable'
      const delayMs = failure.retryAfterMs ?? firstDelayMs * 2 ** attempt * (0.5 + random())
      if (!isRetried || attempt >= retries || delayMs > maxDelayMs) throw failure
      await sleep(delayMs, signal)
      if (signal.aborted) throw abortedError()
    }
  }
}

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

/** One try, redirects included. Rejects with `aborted`, `timeout`, `unavailable` or `bad-url`. */
async function request(
  address: URL,
  headers: Headers,
  signal: AbortSignal,
  options: LoadSnapshotOptions,
): Promise<Answer> {
  const { timeoutMs = defaultTimeoutMs, fetch: send = fetch } = options
  const timeout = new AbortController()
  const timer = setTimeout(() => timeout.abort(), timeoutMs)
  const either = AbortSignal.any([signal, timeout.signal])
  try {
    let url = address
    for (let hop = 0; ; hop++) {
      // Not followed by fetch, which would carry keys in custom headers to any other origin.
      const response = await send(url, { headers, signal: either, redirect: 'manual', cache: 'no-store' })
      const target = redirectTarget(response, url)
      if (target === undefined)
        return { status: response.status, headers: response.headers, body: await response.text() }
      if (target === null || target.origin !== address.origin || hop === maxRedirects) {
        const where = target ? ` to ${shownUrl(target)}` : ''
        const reason = 'Headers are never sent on to another address: use the final one.'
        throw new SnapshotError('bad-url', `${shownUrl(address)} redirects${where}. ${reason}`, {
          status: response.status,
        })
      }
      url = target
    }
  } catch (error) {
    if (isSnapshotError(error)) throw error
    if (signal.aborted) throw abortedError()
    if (timeout.signal.aborted) {
      const seconds = timeoutMs / 1000
      throw new SnapshotError(
        'timeout',
        `${shownUrl(address)} did not answer within ${seconds} s. Try again, or allow more time.`,
      )
    }
    const cause = (error as { readonly cause?: { readonly code?: unknown } }).cause?.code
    const detail = typeof cause === 'string' ? ` (${cause})` : ''
    const isPage = 'document' in globalThis
    const advice = `Check the address and the network${isPage ? ', and that the server allows cross-origin requests' : ''}.`
    throw new SnapshotError('unavailable', `${shownUrl(address)} could not be reached${detail}. ${advice}`, {
      cause: error,
    })
  } finally {
    clearTimeout(timer)
  }
}

/** Where a redirect leads; null where a browser hides it; undefined for any other answer. */
function redirectTarget(response: Response, from: URL): URL | null | undefined {
  if (response.type === 'opaqueredirect') return null
  if (![301, 302, 303, 307, 308].includes(response.status)) return undefined
  const location = response.headers.get('location')
  return location !== null && URL.canParse(location, from) ? new URL(location, from) : null
}

function refuse({ status, headers, body }: Answer, sent: Headers, address: URL, now: () => number): SnapshotError {
  return refusedAnswer(
    status,
    redact(messageIn(body), sent),
    shownUrl(address),
    parseRetryAfter(headers.get('retry-after'), now()),
  )
}

/** The `message` of an error in JSON, as JSONBin and the relay send it. */
function messageIn(body: string): string {
  try {
    const { message } = JSON.parse(body) as { readonly message?: unknown }
    return typeof message === 'string' ? message : ''
  } catch {
    // A proxy's own page: of no use to anybody.
    return ''
  }
}

function readTokens(body: string, address: URL): Pick<LoadedSnapshot, 'tokens' | 'text'> {
  const file = readFile(body, address)
  const single = toSingleForm(file)
  const wrong = findPayloadError(single)
  if (wrong !== null) {
    throw new SnapshotError(
      'invalid',
      `${shownUrl(address)} answered a file whose "${wrong}" is no part of a token file.`,
    )
  }
  if (countTokens(file) === 0) {
    throw new SnapshotError(
      'empty',
      `${shownUrl(address)} has token sets, but no token in them. Nothing was taken from it.`,
    )
  }
  return { tokens: deepFreeze(toPlain(single) as Payload), text: stringifyJson(file.root) }
}

function readFile(body: string, address: URL): TokenFile {
  if (body.trim() === '') throw new SnapshotError('empty', `${shownUrl(address)} answered with nothing. Check the URL.`)
  try {
    const file = parseTokenFile(body, { unwrapEnvelope: true })
    const root = withoutMarker(file.root)
    return root === file.root ? file : { ...file, root }
  } catch (error) {
    if (!isTokenError(error)) throw error
    const reason = error.details['reason']
    const code = reason === 'no-sets' || reason === 'no-tokens' ? 'empty' : 'invalid'
    throw new SnapshotError(code, `${shownUrl(address)} answered, but not with tokens. ${error.message}`, {
      cause: error,
    })
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  for (const member of Object.values(value)) deepFreeze(member)
  return Object.freeze(value)
}

function abortedError(): SnapshotError {
  return new SnapshotError('aborted', 'Loading the tokens was cancelled.')
}

/** Resolves early when the signal aborts. */
function sleepUntilAborted(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    if (signal.aborted) done()
    else signal.addEventListener('abort', done)
  })
}
