import { createHash, timingSafeEqual } from 'node:crypto'
import type { BinDatabase } from './bin-database.ts'
import { type BinReply, type BinRequest, headerOf, refuse } from './bin-request.ts'
import {
  type BinOperation,
  keyMissingMessage,
  keyRefusedMessage,
  messages,
  permissionMissingMessage,
} from './messages.ts'

export interface BinAccess {
  isMaster(request: BinRequest): boolean
  /** The refusal of a bin operation that needs a key; undefined where a key of the request allows it. */
  refuseOperation(operation: BinOperation, request: BinRequest): BinReply | undefined
  /** The refusal of a call that only the master key may make; `missing` is the text where there is none. */
  refuseMasterCall(request: BinRequest, missing?: string): BinReply | undefined
}

export interface BinAccessOptions {
  readonly masterKey: string
  readonly database: BinDatabase
  readonly missingPermissionStatus: 401 | 403
}

/**
 * Who may do what. One account owns all bins: its master key may do everything, an access key what its four permissions
 * say. With both keys in one request either suffices; which one the service obeys is not documented.
 */
export function createBinAccess(options: BinAccessOptions): BinAccess {
  const { masterKey, database, missingPermissionStatus } = options

  const isMaster = (request: BinRequest): boolean => {
    const key = headerOf(request, 'x-master-key')
    return key !== undefined && equalKeys(key, masterKey)
  }

  const refuseOperation = (operation: BinOperation, request: BinRequest): BinReply | undefined => {
    if (isMaster(request)) return undefined
    const accessKeyText = headerOf(request, 'x-access-key')
    if (accessKeyText === undefined) {
      const hasMasterKey = headerOf(request, 'x-master-key') !== undefined
      return refuse(401, hasMasterKey ? keyRefusedMessage(operation, 'X-Master-Key') : keyMissingMessage(operation))
    }
    const accessKey = database.listAccessKeys().find(({ key }) => equalKeys(key, accessKeyText))
    if (accessKey === undefined) return refuse(401, keyRefusedMessage(operation, 'X-Access-Key'))
    if (accessKey.permissions[operation]) return undefined
    return missingPermissionStatus === 403
      ? refuse(403, permissionMissingMessage(operation))
      : refuse(401, keyRefusedMessage(operation, 'X-Access-Key'))
  }

  const refuseMasterCall = (request: BinRequest, missing: string = messages.masterKeyMissing): BinReply | undefined => {
    if (isMaster(request)) return undefined
    const isMissing = headerOf(request, 'x-master-key') === undefined
    return refuse(401, isMissing ? missing : messages.invalidMasterKey)
  }

  return { isMaster, refuseOperation, refuseMasterCall }
}

/** Digests first, so that the time taken tells neither length nor a common beginning. */
function equalKeys(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b))
}

function digest(text: string): Uint8Array {
  return createHash('sha256').update(text).digest()
}
