import { parseObjectId } from './object-id.ts'

/** One call of the bins API, or why its path is none. */
export type BinRoute =
  | { readonly kind: 'create' }
  | { readonly kind: 'read'; readonly id: string; readonly at: 'bare' | 'latest' | number }
  | { readonly kind: 'update' | 'delete' | 'rename' | 'set-private'; readonly id: string }
  | { readonly kind: 'count-versions' | 'delete-versions'; readonly id: string }
  | { readonly kind: 'list-uncategorized'; readonly after: string | undefined }
  | { readonly kind: 'list-collection'; readonly id: string }
  | { readonly kind: 'create-access-key' | 'list-access-keys' }
  | { readonly kind: 'delete-access-key'; readonly id: string }
  | { readonly kind: 'invalid-id' | 'invalid-version' | 'invalid-access-key-id' | 'invalid-collection-id' | 'unknown' }

const unknown: BinRoute = { kind: 'unknown' }

/** @param path what follows `/v3`, without the query */
export function parseBinRoute(method: string, path: string): BinRoute {
  const [area, id, ...rest] = path.replace(/^\/|\/$/g, '').split('/')
  if (area === 'b' && id === undefined) return method === 'POST' ? { kind: 'create' } : unknown
  if (area === 'b' && id !== undefined) return parseBin(method, id, rest.join('/'))
  if (area === 'c' && id !== undefined && method === 'GET') return parseCollection(id, rest)
  if (area === 'a' && rest.length === 0) return parseAccessKey(method, id)
  return unknown
}

function parseBin(method: string, idText: string, rest: string): BinRoute {
  const kind = binRouteKind(method, rest)
  if (kind === undefined) return unknown
  const id = parseObjectId(idText)
  if (id === undefined) return { kind: 'invalid-id' }
  if (kind !== 'read') return { kind, id }
  if (rest === '' || rest === 'latest') return { kind, id, at: rest === '' ? 'bare' : 'latest' }
  return /^\d{1,15}$/.test(rest) ? { kind, id, at: Number(rest) } : { kind: 'invalid-version' }
}

function binRouteKind(
  method: string,
  rest: string,
): 'read' | 'update' | 'delete' | 'rename' | 'set-private' | 'count-versions' | 'delete-versions' | undefined {
  if (method === 'GET' && rest === 'versions/count') return 'count-versions'
  if (method === 'GET' || method === 'HEAD') return rest.includes('/') ? undefined : 'read'
  if (method === 'DELETE' && rest === 'versions') return 'delete-versions'
  if (method === 'DELETE') return rest === '' ? 'delete' : undefined
  if (method !== 'PUT') return undefined
  if (rest === '') return 'update'
  if (rest === 'meta/name') return 'rename'
  return rest === 'meta/privacy' ? 'set-private' : undefined
}

function parseCollection(idText: string, [bins, after, ...more]: readonly string[]): BinRoute {
  if (bins !== 'bins' || more.length > 0) return unknown
  const last = after === undefined ? undefined : parseObjectId(after)
  if (after !== undefined && last === undefined) return { kind: 'invalid-id' }
  if (idText === 'uncategorized') return { kind: 'list-uncategorized', after: last }
  const id = parseObjectId(idText)
  return id === undefined ? { kind: 'invalid-collection-id' } : { kind: 'list-collection', id }
}

function parseAccessKey(method: string, idText: string | undefined): BinRoute {
  if (idText === undefined) {
    if (method === 'POST') return { kind: 'create-access-key' }
    return method === 'GET' ? { kind: 'list-access-keys' } : unknown
  }
  if (method !== 'DELETE') return unknown
  const id = parseObjectId(idText)
  return id === undefined ? { kind: 'invalid-access-key-id' } : { kind: 'delete-access-key', id }
}
