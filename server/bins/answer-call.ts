import type { AccessKeys } from './answer-access-keys.ts'
import type { AnswerBins } from './answer-bins.ts'
import type { AnswerCollections } from './answer-collections.ts'
import type { AnswerVersions } from './answer-versions.ts'
import { type BinReply, type BinRequest, refuse } from './bin-request.ts'
import { parseBinRoute } from './bin-route.ts'
import { messages } from './messages.ts'

export interface Calls {
  readonly bins: AnswerBins
  readonly versions: AnswerVersions
  readonly collections: AnswerCollections
  readonly accessKeys: AccessKeys
}

/** The one place where a path and a method become a call. */
export function answerCall(request: BinRequest, { bins, versions, collections, accessKeys }: Calls): BinReply {
  const route = parseBinRoute(request.method, request.path)
  switch (route.kind) {
    case 'create':
      return bins.create(request)
    case 'read':
      return bins.read(request, route.id, route.at)
    case 'update':
      return bins.update(request, route.id)
    case 'delete':
      return bins.delete(request, route.id)
    case 'rename':
      return bins.rename(request, route.id)
    case 'set-private':
      return bins.setPrivate(request, route.id)
    case 'count-versions':
      return versions.count(request, route.id)
    case 'delete-versions':
      return versions.delete(request, route.id)
    case 'list-uncategorized':
      return collections.listUncategorized(request, route.after)
    case 'list-collection':
      return collections.listCollection(request)
    case 'create-access-key':
      return accessKeys.create(request)
    case 'list-access-keys':
      return accessKeys.list(request)
    case 'delete-access-key':
      return accessKeys.delete(request, route.id)
    case 'invalid-id':
      return refuse(400, messages.invalidId)
    case 'invalid-version':
      return refuse(400, messages.invalidVersion)
    case 'invalid-access-key-id':
      return refuse(400, messages.invalidAccessKeyId)
    case 'invalid-collection-id':
      return refuse(400, messages.invalidCollection)
    case 'unknown':
      return refuse(404, messages.routeNotFound)
  }
}
