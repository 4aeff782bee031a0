/**
 * Local bins: a server that answers the calls of JSONBin's v3 API as the hosted service does, over its own SQLite file, so
 * that the product runs without an account. A client needs another base URL and nothing else.
 *
 * Unknown to it: collections of one's own, schemas, XL bins.
 */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createAccessKeys } from './answer-access-keys.ts'
import { createAnswerBins } from './answer-bins.ts'
import { answerCall } from './answer-call.ts'
import { createAnswerCollections } from './answer-collections.ts'
import { createAnswerVersions } from './answer-versions.ts'
import { createBinAccess } from './bin-access.ts'
import { type BinPermissions, type StoredAccessKey, openBinDatabase } from './bin-database.ts'
import { answerPreflight, sendFault, sendReply } from './bin-delivery.ts'
import type { BinFaults, Fault } from './bin-faults.ts'
import { isKey, makeKey } from './bin-keys.ts'
import { type BinReply, type BinRequest, refuse } from './bin-request.ts'
import { BinsError } from './bins-error.ts'
import { checkBinLimit, defaultBinLimitBytes } from './byte-size.ts'
import { messages } from './messages.ts'
import { type RandomBytes, createObjectIds } from './object-id.ts'
import { readBody } from './read-body.ts'
import { createStaleReads } from './stale-reads.ts'

/** Where nobody knows what the hosted service does, one may choose. */
export interface BinQuirks {
  /** What `GET /b/{id}` answers where versions exist; the documentation's wording suggests the base record. */
  readonly bareRead?: 'base' | 'latest' | undefined
  /** `reparsed` moves integer-like keys to the front, as a service does that parses a record before it stores it. */
  readonly recordText?: 'verbatim' | 'reparsed' | undefined
  /** The status for an access key that lacks a permission. */
  readonly missingPermissionStatus?: 401 | 403 | undefined
  /** How answers about versions spell `metadata`. */
  readonly versionsMetadataKey?: 'metadata' | 'metaData' | undefined
}

/** One answered call, for a log. It holds no key and no record. */
export interface BinCall {
  readonly method: string
  /** What follows `/v3`, without the query. */
  readonly path: string
  /** 0 where no answer was sent. */
  readonly status: number
}

export interface BinsOptions {
  /** The SQLite file; without one the bins live in memory. */
  readonly file?: string | undefined
  /** Made up if absent. */
  readonly masterKey?: string | undefined
  /** Greatest record, in bytes of the request's body. Default {@link defaultBinLimitBytes}. */
  readonly limitBytes?: number | undefined
  readonly quirks?: BinQuirks | undefined
  readonly now?: (() => number) | undefined
  readonly random?: RandomBytes | undefined
  /** For tests. */
  readonly faults?: BinFaults | undefined
  readonly onCall?: ((call: BinCall) => void) | undefined
  /** Told of what a 500 was answered for, such as a full disk. */
  readonly onError?: ((error: unknown) => void) | undefined
}

export interface Bins {
  readonly masterKey: string
  readonly limitBytes: number
  /**
   * Answers requests below `/v3`; false for any other path, which is then left untouched. The server it is mounted in should
   * keep idle connections for {@link binsKeepAliveMs}.
   */
  handle(request: IncomingMessage, response: ServerResponse): boolean
  accessKeys(): readonly StoredAccessKey[]
  /**
   * Adds a key with the named permissions and no others.
   *
   * @throws {BinsError} `name-invalid`, `access-keys-full`
   */
  createAccessKey(name: string, permissions: Partial<BinPermissions>): StoredAccessKey
  /** Closes the file. Requests that come later are answered with 503; writes already answered are on disk. */
  close(): void
}

/**
 * How long a server of bins keeps an idle connection. The plugin spends seconds between its GET and its PUT, and a
 * connection that Node closes meanwhile (5 s by default) makes it send the PUT twice.
 */
export const binsKeepAliveMs: number = 120_000

/** Bodies up to here are parsed and checked in the service's order; longer ones are a 413, whatever they hold. */
const minBufferedBytes = 8 * 1024 * 1024

/** @throws {BinsError} `limit-invalid`, `key-invalid`, `file-unreadable`, `file-foreign`, `file-too-new` */
export function createBins(options: BinsOptions = {}): Bins {
  const { faults, quirks = {}, now = Date.now, random = randomBytes, limitBytes = defaultBinLimitBytes } = options
  const masterKey = options.masterKey ?? makeKey('master', random)
  checkBinLimit(limitBytes)
  if (!isKey(masterKey))
    throw new BinsError('key-invalid', 'A master key has 1 to 256 printable ASCII characters and no spaces.')
  const maxBodyBytes = Math.max(minBufferedBytes, 2 * limitBytes)
  const database = openBinDatabase(options.file)
  const makeId = createObjectIds(random)
  const stale = createStaleReads({ staleMs: () => faults?.staleMs ?? 0, now })
  const refuseExhausted = (): BinReply | undefined =>
    faults !== undefined && faults.requestsLeft < 0 ? refuse(403, messages.requestsExhausted) : undefined
  const access = createBinAccess({
    masterKey,
    database,
    missingPermissionStatus: quirks.missingPermissionStatus ?? 403,
  })
  const accessKeys = createAccessKeys({ database, access, now, random, makeId, refuseExhausted })
  const bins = createAnswerBins({
    database,
    access,
    limitBytes,
    now,
    makeId,
    bareRead: quirks.bareRead ?? 'base',
    recordText: quirks.recordText ?? 'verbatim',
    refuseExhausted,
    staleRecord: (id) => stale.recordOf(id),
    onReplace: (id, record) => stale.remember(id, record),
  })
  const metadataKey = quirks.versionsMetadataKey ?? 'metadata'
  const versions = createAnswerVersions({ database, access, refuseExhausted, metadataKey })
  const collections = createAnswerCollections({ database, access, refuseExhausted })
  let isClosed = false

  /** Takes effect and is on disk when it returns. */
  const answer = (request: BinRequest): BinReply => {
    if (isClosed) return refuse(503, messages.closed)
    try {
      return answerCall(request, { bins, versions, collections, accessKeys })
    } catch (error) {
      options.onError?.(error)
      return refuse(500, messages.internal)
    }
  }

  const exchange = async (
    incoming: IncomingMessage,
    response: ServerResponse,
    path: string,
    query: string,
  ): Promise<void> => {
    const method = incoming.method ?? 'GET'
    const fault = faults?.take(method, path)
    if (faults) faults.requestsLeft--
    const body = await readBody(incoming, maxBodyBytes)
    if (body.kind === 'lost') return
    const request: BinRequest = {
      method,
      path,
      query: new URLSearchParams(query),
      headers: incoming.headers,
      body: body.kind === 'whole' ? body.bytes : undefined,
    }
    const delivery = { emptyStatusText: faults?.emptyStatusText }
    if (fault?.kind === 'broken') {
      const reply = takeEffect(fault, () => answer(request))
      sendFault(response, fault.answer, reply, delivery)
    } else {
      await fault?.until
      sendReply(response, answer(request), delivery)
    }
    options.onCall?.({ method, path, status: response.headersSent ? response.statusCode : 0 })
  }

  return {
    masterKey,
    limitBytes,
    handle(request, response) {
      // Not `new URL`, which throws for a path such as `//`.
      const [path = '', query = ''] = (request.url ?? '').split(/\?(.*)/s)
      if (path !== '/v3' && !path.startsWith('/v3/')) return false
      if (request.method === 'OPTIONS') answerPreflight(request, response)
      else
        exchange(request, response, path.slice('/v3'.length), query).catch((error: unknown) => {
          options.onError?.(error)
          response.destroy()
        })
      return true
    },
    accessKeys: () => database.listAccessKeys(),
    createAccessKey: (name, permissions) => accessKeys.add(name, permissions),
    close() {
      if (isClosed) return
      isClosed = true
      database.close()
    },
  }
}

function takeEffect(fault: Fault & { kind: 'broken' }, answer: () => BinReply): BinReply | undefined {
  if (fault.effect === 'never') return undefined
  if (fault.effect === 'now') return answer()
  void fault.effect.then(answer, answer)
  return undefined
}
