import type { BinAccess } from './bin-access.ts'
import type { BinDatabase } from './bin-database.ts'
import { type BinReply, type BinRequest, headerOf, refuse, replyWith } from './bin-request.ts'
import { messages } from './messages.ts'

/** The calls about a bin's versions as a whole; an access key opens none of them. */
export interface AnswerVersions {
  count(request: BinRequest, id: string): BinReply
  delete(request: BinRequest, id: string): BinReply
}

export interface AnswerVersionsOptions {
  readonly database: BinDatabase
  readonly access: BinAccess
  readonly refuseExhausted: () => BinReply | undefined
  /** Documentation and recorded answers disagree about its spelling here. */
  readonly metadataKey: 'metadata' | 'metaData'
}

export function createAnswerVersions(options: AnswerVersionsOptions): AnswerVersions {
  const { database, access, refuseExhausted, metadataKey } = options
  return {
    count: (request, id) => {
      const bin = database.findBin(id)
      if (bin === undefined) return refuse(404, messages.notFound)
      const keyRefusal = bin.private ? access.refuseMasterCall(request, messages.versionCountKeyMissing) : undefined
      const refusal = keyRefusal ?? refuseExhausted()
      if (refusal) return refusal
      return replyWith({ [metadataKey]: { id, versionCount: database.countVersions(id), private: bin.private } })
    },
    delete: (request, id) => {
      if (database.findBin(id) === undefined) return refuse(404, messages.notFound)
      const refusal = access.refuseMasterCall(request) ?? refuseExhausted()
      if (refusal) return refusal
      const keepsLatest = headerOf(request, 'x-preserve-latest') === 'true'
      const versionsDeleted = database.deleteVersions(id, keepsLatest)
      if (versionsDeleted === 0) return replyWith({ message: messages.noVersions })
      const message = keepsLatest ? messages.versionsDeletedAndLatestKept : messages.versionsDeleted
      return replyWith({ [metadataKey]: { id, versionsDeleted }, message })
    },
  }
}
