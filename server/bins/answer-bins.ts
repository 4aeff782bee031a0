import type { BinAccess } from './bin-access.ts'
import type { BinDatabase, StoredBin } from './bin-database.ts'
import { type BinReply, type BinRequest, headerOf, readJsonBody, refuse, replyWith } from './bin-request.ts'
import { selectByPath } from './json-path.ts'
import { type BinOperation, messages, recordTooLargeMessage } from './messages.ts'
import { parseObjectId } from './object-id.ts'

export interface AnswerBinsOptions {
  readonly database: BinDatabase
  readonly access: BinAccess
  readonly limitBytes: number
  readonly now: () => number
  readonly makeId: (nowMs: number) => string
  /** What `GET /b/{id}` without a version answers where versions exist. */
  readonly bareRead: 'base' | 'latest'
  /** `reparsed` moves integer-like keys to the front, as a service does that parses a record before it stores it. */
  readonly recordText: 'verbatim' | 'reparsed'
  /** The refusal of an account whose requests are used up. */
  readonly refuseExhausted: () => BinReply | undefined
  /** The record that a stale read still answers, undefined for none. */
  readonly staleRecord: (id: string) => string | undefined
  /** Told before a write replaces the record. */
  readonly onReplace: (id: string, record: string) => void
}

/** The bin calls. Their checks run in the order that the service's answers suggest: form, existence, key, quota, size. */
export interface AnswerBins {
  create(request: BinRequest): BinReply
  read(request: BinRequest, id: string, at: 'bare' | 'latest' | number): BinReply
  update(request: BinRequest, id: string): BinReply
  delete(request: BinRequest, id: string): BinReply
  rename(request: BinRequest, id: string): BinReply
  setPrivate(request: BinRequest, id: string): BinReply
}

const maxVersions = 1000
const maxNameLength = 128

export function createAnswerBins(options: AnswerBinsOptions): AnswerBins {
  const { database, access, limitBytes } = options

  const refuseSize = (operation: 'create' | 'update', bytes: number): BinReply | undefined =>
    bytes > limitBytes ? refuse(403, recordTooLargeMessage(operation, limitBytes)) : undefined

  /** Reading and updating a public bin takes no key; deleting always does. */
  const refuseKey = (operation: BinOperation, request: BinRequest, bin: StoredBin): BinReply | undefined =>
    bin.private || operation === 'delete' ? access.refuseOperation(operation, request) : undefined

  const storedText = (text: string, value: object): string =>
    options.recordText === 'verbatim' ? text : JSON.stringify(value)

  const create = (request: BinRequest): BinReply => {
    const body = readJsonBody(request)
    if ('refusal' in body) return body.refusal
    const name = headerOf(request, 'x-bin-name')
    const refusal =
      access.refuseOperation('create', request) ??
      refuseCollection(headerOf(request, 'x-collection-id')) ??
      (name === undefined ? undefined : refuseName(name)) ??
      options.refuseExhausted() ??
      refuseSize('create', body.bytes)
    if (refusal) return refusal
    const createdAtMs = options.now()
    const isPrivate = headerOf(request, 'x-bin-private') !== 'false'
    const bin: StoredBin = { id: options.makeId(createdAtMs), name, private: isPrivate, createdAtMs }
    const record = storedText(body.text, body.value)
    database.insertBin(bin, record)
    return wrap(record, describe(bin))
  }

  const read = (request: BinRequest, id: string, at: 'bare' | 'latest' | number): BinReply => {
    const bin = database.findBin(id)
    if (bin === undefined) return refuse(404, messages.notFound)
    const refusal = refuseKey('read', request, bin) ?? options.refuseExhausted()
    if (refusal) return refusal
    const record = readRecord(id, at)
    if (record === undefined) return refuse(404, messages.versionNotFound)
    const isRaw = headerOf(request, 'x-bin-meta') === 'false' || request.query.get('meta') === 'false'
    const path = headerOf(request, 'x-json-path')
    if (path !== undefined) return select(record, path, isRaw ? undefined : describe(bin))
    return isRaw ? { status: 200, body: record } : wrap(record, describe(bin))
  }

  const readRecord = (id: string, at: 'bare' | 'latest' | number): string | undefined => {
    if (typeof at === 'number') return database.readVersion(id, at)
    if (at === 'bare' && options.bareRead === 'base') return database.readBase(id)
    return options.staleRecord(id) ?? database.readLatest(id)
  }

  const update = (request: BinRequest, id: string): BinReply => {
    const body = readJsonBody(request)
    if ('refusal' in body) return body.refusal
    const bin = database.findBin(id)
    if (bin === undefined) return refuse(404, messages.notFoundOnUpdate)
    const refusal = refuseKey('update', request, bin) ?? options.refuseExhausted() ?? refuseSize('update', body.bytes)
    if (refusal) return refusal
    const record = storedText(body.text, body.value)
    options.onReplace(id, database.readLatest(id))
    const version = wantsVersion(request, bin) ? database.addVersion(id, record) : undefined
    if (version === undefined) database.overwriteLatest(id, record)
    return wrap(record, { parentId: id, private: bin.private, ...(version !== undefined && { version }) })
  }

  const wantsVersion = (request: BinRequest, bin: StoredBin): boolean => {
    const asked = headerOf(request, 'x-bin-versioning')
    const wanted = bin.private ? asked === 'true' : asked !== 'false' || !access.isMaster(request)
    return wanted && database.countVersions(bin.id) < maxVersions
  }

  const remove = (request: BinRequest, id: string): BinReply => {
    const bin = database.findBin(id)
    if (bin === undefined) return refuse(404, messages.notFound)
    const refusal = refuseKey('delete', request, bin) ?? options.refuseExhausted()
    if (refusal) return refusal
    return replyWith({ metadata: { id, versionsDeleted: database.deleteBin(id) }, message: messages.deleted })
  }

  const refuseMetaCall = (request: BinRequest, id: string): BinReply | undefined =>
    database.findBin(id) === undefined
      ? refuse(404, messages.notFound)
      : (access.refuseMasterCall(request) ?? options.refuseExhausted())

  const rename = (request: BinRequest, id: string): BinReply => {
    const name = headerOf(request, 'x-bin-name') ?? ''
    const refusal = refuseName(name) ?? refuseMetaCall(request, id)
    if (refusal) return refusal
    database.renameBin(id, name)
    return replyWith({ record: id, metadata: { name } })
  }

  const setPrivate = (request: BinRequest, id: string): BinReply => {
    const asked = headerOf(request, 'x-bin-private')
    if (asked !== 'true' && asked !== 'false') return refuse(400, messages.privacyHeaderMissing)
    const refusal = refuseMetaCall(request, id)
    if (refusal) return refusal
    const isPrivate = asked === 'true'
    database.setPrivate(id, isPrivate)
    return replyWith({ record: id, metadata: { private: isPrivate } })
  }

  return { create, read, update, delete: remove, rename, setPrivate }
}

/** The record goes out as the text that came in: parsing it would move integer-like keys to the front. */
function wrap(record: string, metadata: object): BinReply {
  return { status: 200, body: `{"record":${record},"metadata":${JSON.stringify(metadata)}}` }
}

/** Matches are an array, under another name than a whole record, and bare without the envelope. */
function select(record: string, path: string, metadata: object | undefined): BinReply {
  const records = selectByPath(JSON.parse(record), path)
  if (records === undefined) return refuse(400, messages.invalidJsonPath)
  return { status: 200, body: JSON.stringify(metadata === undefined ? records : { records, metadata }) }
}

function describe(bin: StoredBin): object {
  const createdAt = new Date(bin.createdAtMs).toISOString()
  return { id: bin.id, createdAt, private: bin.private, ...(bin.name !== undefined && { name: bin.name }) }
}

function refuseName(name: string): BinReply | undefined {
  const isValid = name.trim() !== '' && name.length <= maxNameLength
  return isValid ? undefined : refuse(400, messages.invalidName)
}

/** These bins have no collections, so every id is that of an unknown one. */
function refuseCollection(collectionId: string | undefined): BinReply | undefined {
  if (collectionId === undefined) return undefined
  return refuse(400, parseObjectId(collectionId) ? messages.unknownCollection : messages.invalidCollectionId)
}
