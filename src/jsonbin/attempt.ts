import { type Answer, parseAnswer, parseErrorMessage } from './answer.ts'
import { byteLength } from './check-input.ts'
import { classifyAnswer } from './classify-answer.ts'
import { type BinOperation, fail } from './failure.ts'
import type { JsonBinError } from './json-bin-error.ts'
import { type KeyHeader, quoteSafely } from './key-header.ts'
import { type BodyText, readText } from './read-text.ts'
import { parseRetryAfter } from './retry-after.ts'
import type { Wait } from './wait.ts'

export interface BinRequest {
  readonly operation: BinOperation
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
  readonly signal: AbortSignal | undefined
}

const methods: Readonly<Record<BinOperation, string>> = {
  create: 'POST',
  read: 'GET',
  update: 'PUT',
  delete: 'DELETE',
  rename: 'PUT',
}

export interface AttemptOptions {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  readonly key: KeyHeader | undefined
  readonly timeoutMs: number
  readonly maxAnswerBytes: number
  readonly now: () => number
  readonly wait: Wait
}

/**
 * Sends a request once and classifies what comes of it here, inside the attempt, so that whoever repeats attempts sees a
 * 429 or a 502 as the failure it is.
 */
export async function attempt(request: BinRequest, options: AttemptOptions): Promise<Answer> {
  const { operation, signal } = request
  if (signal?.aborted) throw fail(operation, 'aborted', 'not-sent')
  // Ends the fetch and both timers, whichever way the attempt ends.
  const end = new AbortController()
  const interruption = new Promise<never>((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(fail(operation, 'aborted', 'unknown')), {
      signal: end.signal,
    })
    void options.wait(options.timeoutMs, end.signal).then(() => {
      if (end.signal.aborted) return
      reject(fail(operation, 'timeout', 'unknown', `there was no answer within ${options.timeoutMs / 1000} s`))
    })
  })
  try {
    // A race, because a fetch need not end when its signal says so.
    return await Promise.race([exchange(request, options, end.signal), interruption])
  } finally {
    end.abort()
  }
}

async function exchange(request: BinRequest, options: AttemptOptions, signal: AbortSignal): Promise<Answer> {
  const response = await send(request, options, signal)
  const isOk = response.status >= 200 && response.status <= 299
  const text = await receive(request, options, response, isOk)
  return isOk ? acceptAnswer(request, response, text) : refuseAnswer(request, options, response, text)
}

async function send(request: BinRequest, options: AttemptOptions, signal: AbortSignal): Promise<Response> {
  const { key } = options
  const headers: Record<string, string> = { ...request.headers }
  if (request.body !== undefined) headers['Content-Type'] = 'application/json'
  if (key) headers[key.name] = key.value
  try {
    return await options.fetch(request.url, {
      method: methods[request.operation],
      headers,
      body: request.body ?? null,
      signal,
      cache: 'no-store',
      credentials: 'omit',
      // The key must not follow a redirect to whatever host it names. `error` would look like a network failure.
      redirect: 'manual',
    })
  } catch (error) {
    throw networkFailure(request.operation, error)
  }
}

/** An error's body is worth reading but not needed: its status alone decides then. */
async function receive(
  { operation }: BinRequest,
  { maxAnswerBytes }: AttemptOptions,
  response: Response,
  isOk: boolean,
): Promise<string> {
  const { status } = response
  let body: BodyText
  try {
    body = await readText(response, maxAnswerBytes)
  } catch {
    if (!isOk) return ''
    throw fail(operation, 'unavailable', 'unknown', 'the connection broke in the middle of the answer', { status })
  }
  if (body.kind === 'text') return body.text
  if (!isOk) return ''
  const detail = body.kind === 'too-long' ? `the answer has over ${maxAnswerBytes} bytes` : 'the answer is not UTF-8'
  throw fail(operation, 'bad-response', 'unknown', detail, { status })
}

function acceptAnswer({ operation }: BinRequest, response: Response, text: string): Answer {
  const contentType = response.headers.get('content-type')
  const isJson = contentType === null || /\bjson\b/i.test(contentType)
  const answer = isJson ? parseAnswer(text, response.headers.get('date')) : undefined
  if (answer !== undefined) return answer
  const detail = 'the answer is not JSON of the service, or not all of it'
  throw fail(operation, 'bad-response', 'unknown', detail, { status: response.status })
}

function refuseAnswer(request: BinRequest, options: AttemptOptions, response: Response, text: string): never {
  const message = parseErrorMessage(text)
  const { code, outcome, limit } = classifyAnswer(response.status, message)
  const detail = code === 'bad-url' ? 'the address redirects elsewhere, where no key is sent' : undefined
  throw fail(request.operation, code, outcome, detail, {
    // A browser hides the status of a redirect behind 0.
    status: response.status || undefined,
    quote: quoteSafely(message, options.key),
    retryAfterMs: parseRetryAfter(response.headers.get('retry-after'), options.now()),
    bytes: code === 'too-large' ? byteLength(request.body ?? '') : undefined,
    limit,
  })
}

/** Codes of failures that came before anything was sent. In browsers there are none, and every failure looks alike. */
const notSentCodes: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'])

/** Of the error itself only its code is shown: other people's errors hold whole requests, and so keys. */
function networkFailure(operation: BinOperation, error: unknown): JsonBinError {
  const code = errorCode((error as { readonly cause?: unknown } | undefined)?.cause) ?? errorCode(error)
  const isNotSent = code !== undefined && notSentCodes.has(code)
  const detail = `the service cannot be reached${code === undefined ? '' : ` (${code})`}`
  return fail(operation, 'unavailable', isNotSent ? 'not-sent' : 'unknown', detail)
}

function errorCode(error: unknown): string | undefined {
  const code = (error as { readonly code?: unknown } | null | undefined)?.code
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,39}$/.test(code) ? code : undefined
}
