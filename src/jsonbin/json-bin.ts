import type { Answer } from './answer.ts'
import { type AttemptOptions, type BinRequest, attempt } from './attempt.ts'
import { defaultBaseUrl, parseBaseUrl } from './base-url.ts'
import type { BinStore } from './bin-store.ts'
import { byteLength, checkBinVersion, checkId, checkName, checkRecord } from './check-input.ts'
import { type BinOperation, fail } from './failure.ts'
import { isJsonBinError } from './json-bin-error.ts'
import { makeKeyHeader } from './key-header.ts'
import { type RetryDependencies, type RetryOptions, withRetry } from './retry.ts'
import { type Wait, waitFor } from './wait.ts'

export interface JsonBinOptions {
  /**
   * The account's key, which may do everything. It is sent to the origin of `baseUrl` only, and stands in no error, URL or
   * property.
   */
  readonly masterKey?: string | undefined
  /** A key with some of the permissions to create, read, update and delete bins. Without any key, only public bins open. */
  readonly accessKey?: string | undefined
  /** Default `https://api.jsonbin.io/v3`. */
  readonly baseUrl?: string | undefined
  /**
   * Greatest record in bytes, where it is known: a larger one is then refused without a request. The service's free plan
   * has 100 kB, its paid plan 1 MB.
   */
  readonly limitBytes?: number | undefined
  /** For one attempt, answer included. Default 10 000. */
  readonly timeoutMs?: number | undefined
  readonly retry?: RetryOptions | undefined
  /**
   * Sends a failed `update` again as any other request: for a bin that nobody else writes. Default false, because a repeated
   * update overwrites what others wrote since.
   */
  readonly retryWrites?: boolean | undefined
  /** Longer answers are a `bad-response`. Default 16 MiB. */
  readonly maxAnswerBytes?: number | undefined
  readonly fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined
  readonly now?: (() => number) | undefined
  /** From 0 to below 1. */
  readonly random?: (() => number) | undefined
  readonly wait?: Wait | undefined
}

export interface JsonBin extends BinStore {
  /** Bytes that the service counts against its record limit. */
  size(record: string): number
}

/**
 * A client of JSONBin's v3 API, or of a server that answers like it.
 *
 * After a 429, a 5xx, a time-out or a network failure a request is sent again where that can do no harm, after what
 * `Retry-After` asks for or a random, growing delay: a read, a delete and a rename always, a create unless it may have made
 * a bin, an update only with `retryWrites`. Reads take `/latest`, since without a version the service may answer the oldest
 * record.
 *
 * ```ts
 * const bins = createJsonBin({ masterKey })
 * const { id } = await bins.create('{"values":{"core":{}}}', { name: 'Brand tokens' })
 * const { record } = await bins.read(id)
 * ```
 *
 * @throws {JsonBinError} `bad-key`, `bad-url`
 */
export function createJsonBin(options: JsonBinOptions = {}): JsonBin {
  const { limitBytes, retryWrites = false, random = Math.random, wait = waitFor } = options
  const { origin, href } = parseBaseUrl(options.baseUrl ?? defaultBaseUrl)
  const key = makeKeyHeader(options.masterKey, options.accessKey)
  const attempts: AttemptOptions = {
    key,
    wait,
    fetch: options.fetch ?? ((url, init) => globalThis.fetch(url, init)),
    timeoutMs: options.timeoutMs ?? 10_000,
    maxAnswerBytes: options.maxAnswerBytes ?? 16 * 1024 * 1024,
    now: options.now ?? Date.now,
  }
  const retries: RetryDependencies = {
    attempts: options.retry?.attempts ?? 4,
    firstDelayMs: options.retry?.firstDelayMs ?? 500,
    maxDelayMs: options.retry?.maxDelayMs ?? 8000,
    maxRetryAfterMs: options.retry?.maxRetryAfterMs ?? 30_000,
    retryWrites,
    random,
    wait,
  }

  const call = (
    operation: BinOperation,
    path: string,
    signal: AbortSignal | undefined,
    body?: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> => {
    const request: BinRequest = { operation, url: href + path, signal, body, headers }
    return withRetry(operation, signal, () => attempt(request, attempts), retries)
  }

  return {
    origin,
    size: byteLength,

    async create(record, { name, private: isPrivate = true, signal } = {}) {
      checkRecord('create', record, limitBytes)
      const headers: Record<string, string> = { 'X-Bin-Private': String(isPrivate) }
      if (name !== undefined) headers['X-Bin-Name'] = checkName('create', name)
      const { id, name: storedName, createdAt } = await call('create', '/b', signal, record, headers)
      if (id === undefined) throw fail('create', 'bad-response', 'unknown', 'the answer names no id')
      return { id, name: storedName, createdAt }
    },

    async read(id, { binVersion, signal } = {}) {
      const version = binVersion === undefined ? 'latest' : checkBinVersion(binVersion)
      const answer = await call('read', `/b/${checkId('read', id)}/${version}`, signal)
      const { record, name, createdAt, private: isPrivate, answeredAt } = answer
      if (record === undefined) throw fail('read', 'bad-response', 'refused', 'the answer holds no record')
      return { record, name, createdAt, private: isPrivate, answeredAt }
    },

    async update(id, record, { versioned = false, signal } = {}) {
      const path = `/b/${checkId('update', id)}`
      checkRecord('update', record, limitBytes)
      // Without the header every write to a bin that is not private would make one of its 1000 versions.
      const headers = { 'X-Bin-Versioning': String(versioned) }
      const { record: stored, binVersion } = await call('update', path, signal, record, headers)
      return { record: stored, binVersion }
    },

    async delete(id, { signal } = {}) {
      const path = `/b/${checkId('delete', id)}`
      try {
        await call('delete', path, signal)
      } catch (error) {
        // Gone, after an attempt of which nobody knew whether it took effect: it has.
        if (isJsonBinError(error) && error.code === 'not-found' && error.outcome === 'unknown') return
        throw error
      }
    },

    async rename(id, name, { signal } = {}) {
      const path = `/b/${checkId('rename', id)}/meta/name`
      const headers = { 'X-Bin-Name': checkName('rename', name) }
      // The service takes access keys for a bin's content alone, and would call this one invalid.
      if (key?.name === 'X-Access-Key') throw fail('rename', 'forbidden', 'not-sent', 'an access key does not suffice')
      await call('rename', path, signal, '{}', headers)
    },
  }
}
