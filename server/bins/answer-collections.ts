import type { BinAccess } from './bin-access.ts'
import type { BinDatabase } from './bin-database.ts'
import { type BinReply, type BinRequest, headerOf, refuse } from './bin-request.ts'
import { messages } from './messages.ts'

/** Lists of bins. There are no collections here, so all bins are in none. */
export interface AnswerCollections {
  /** @param after id of the last bin of the page before */
  listUncategorized(request: BinRequest, after: string | undefined): BinReply
  listCollection(request: BinRequest): BinReply
}

export interface AnswerCollectionsOptions {
  readonly database: BinDatabase
  readonly access: BinAccess
  readonly refuseExhausted: () => BinReply | undefined
}

const pageSize = 10

export function createAnswerCollections({
  database,
  access,
  refuseExhausted,
}: AnswerCollectionsOptions): AnswerCollections {
  const refusalOf = (request: BinRequest): BinReply | undefined => access.refuseMasterCall(request) ?? refuseExhausted()
  return {
    listUncategorized: (request, after) => {
      const refusal = refusalOf(request)
      if (refusal) return refusal
      const order = headerOf(request, 'x-sort-order')?.toLowerCase() === 'ascending' ? 'ascending' : 'descending'
      const rows = database.listBins({ order, after, limit: pageSize }).map((bin) => ({
        snippetMeta: bin.name === undefined ? {} : { name: bin.name },
        private: bin.private,
        record: bin.id,
        createdAt: new Date(bin.createdAtMs).toISOString(),
      }))
      return { status: 200, body: JSON.stringify(rows) }
    },
    listCollection: (request) => refusalOf(request) ?? refuse(404, messages.collectionNotFound),
  }
}
