import type { BinAccess } from './bin-access.ts'
import type { BinDatabase, BinPermissions, StoredAccessKey } from './bin-database.ts'
import { makeKey } from './bin-keys.ts'
import { type BinReply, type BinRequest, headerOf, readJsonBody, refuse, replyWith } from './bin-request.ts'
import { BinsError } from './bins-error.ts'
import { messages } from './messages.ts'
import type { RandomBytes } from './object-id.ts'

export interface AccessKeysOptions {
  readonly database: BinDatabase
  readonly access: BinAccess
  readonly now: () => number
  readonly random: RandomBytes
  readonly makeId: (nowMs: number) => string
  readonly refuseExhausted: () => BinReply | undefined
}

export interface AccessKeys {
  /** @throws {BinsError} `name-invalid`, `access-keys-full` */
  add(name: string, permissions: Partial<BinPermissions>): StoredAccessKey
  create(request: BinRequest): BinReply
  list(request: BinRequest): BinReply
  delete(request: BinRequest, id: string): BinReply
}

const maxKeys = 4
const maxNameLength = 32

/** Keys with some of the four permissions on bins. They cannot be changed, only deleted; only the master key manages them. */
export function createAccessKeys(options: AccessKeysOptions): AccessKeys {
  const { database, access } = options

  const add = (name: string, permissions: Partial<BinPermissions>): StoredAccessKey => {
    if (name.trim() === '' || name.length > maxNameLength)
      throw new BinsError('name-invalid', `An access key's name has 1 to ${maxNameLength} characters.`)
    if (database.listAccessKeys().length >= maxKeys)
      throw new BinsError(
        'access-keys-full',
        `There are ${maxKeys} access keys, the most there can be. Delete one first.`,
      )
    const accessKey: StoredAccessKey = {
      id: options.makeId(options.now()),
      key: makeKey('access', options.random),
      name,
      permissions: {
        create: permissions.create === true,
        read: permissions.read === true,
        update: permissions.update === true,
        delete: permissions.delete === true,
      },
    }
    database.insertAccessKey(accessKey)
    return accessKey
  }

  const refuseCall = (request: BinRequest): BinReply | undefined =>
    access.refuseMasterCall(request) ?? options.refuseExhausted()

  const create = (request: BinRequest): BinReply => {
    const body = readJsonBody(request)
    if ('refusal' in body) return body.refusal
    const refusal = refuseCall(request)
    if (refusal) return refusal
    const { bins } = body.value as { readonly bins?: Partial<BinPermissions> | null }
    try {
      return replyWith(describe(add(headerOf(request, 'x-key-name') ?? '', bins ?? {})))
    } catch (error) {
      if (!(error instanceof BinsError)) throw error
      return refuse(400, error.code === 'name-invalid' ? messages.invalidAccessKeyName : messages.accessKeysFull)
    }
  }

  const list = (request: BinRequest): BinReply =>
    refuseCall(request) ?? replyWith(database.listAccessKeys().map(describe))

  const remove = (request: BinRequest, id: string): BinReply => {
    const refusal = refuseCall(request)
    if (refusal) return refusal
    const accessKey = database.listAccessKeys().find((each) => each.id === id)
    if (accessKey === undefined) return refuse(404, messages.accessKeyNotFound)
    database.deleteAccessKey(id)
    return replyWith({ metadata: { id, name: accessKey.name }, message: messages.accessKeyDeleted })
  }

  return { add, create, list, delete: remove }
}

function describe({ id, key, name, permissions }: StoredAccessKey): object {
  return { accessKeyId: id, accessKey: key, keyPermissions: { bins: permissions }, metadata: { name } }
}
