/**
 * `GET /rooms/{room}/snapshot[?form=full]`: the payload of a room for readers that speak no Yjs. Strong ETag per encoding,
 * 304, gzip, any origin. Errors are JSON, `{ code, message }`.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { parseRoomAddress } from '../../src/protocol/room-name.ts'
import { type HttpHandler, pathOf } from './http-handler.ts'
import { answerJson } from './json-answer.ts'
import type { RoomProjection, SnapshotForm } from './project-room.ts'
import type { SnapshotCache } from './snapshot-cache.ts'

/** Judges the key of a request for reading a room. `key` is null where none was sent. */
export type ReadJudge = (
  key: string | null,
  room: string,
) => Promise<{ readonly status: 200 } | { readonly status: 401 | 403; readonly code: string; readonly message: string }>

export interface SnapshotRouteOptions {
  readonly cache: SnapshotCache
  readonly judge: ReadJudge
}

const route = /^\/rooms\/(.+)\/snapshot$/
const methods = 'GET, HEAD, OPTIONS'
const cors = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'ETag',
}
const preflight = {
  ...cors,
  'access-control-allow-methods': methods,
  'access-control-allow-headers': 'Authorization, If-None-Match, X-Access-Key, X-Master-Key, X-Bin-Meta, Content-Type',
  'access-control-max-age': '86400',
}

export function createSnapshotRoute(options: SnapshotRouteOptions): HttpHandler {
  const { cache, judge } = options
  return async (request, response) => {
    const match = route.exec(pathOf(request))
    if (!match) return false
    if (request.method === 'OPTIONS') {
      response.writeHead(204, preflight).end()
      return true
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      const message = 'Snapshots are read only: use GET.'
      answerJson(response, 405, { code: 'method-not-allowed', message }, { ...cors, allow: methods })
      return true
    }
    await answerSnapshot(request, response, match[1] as string)
    return true
  }

  async function answerSnapshot(request: IncomingMessage, response: ServerResponse, encoded: string): Promise<void> {
    const fail = (status: number, code: string, message: string, headers: Record<string, string> = {}): void =>
      answerJson(response, status, { code, message }, { ...cors, ...headers })
    const room = readRoom(encoded)
    if (room === null) {
      fail(404, 'no-such-room', 'This is no room name. The history of a room has no snapshot.')
      return
    }
    const form = readForm(request)
    if (form === null) {
      fail(400, 'invalid-form', 'Unknown form: leave it out for the plugin form, or use form=full.')
      return
    }
    const verdict = await judge(readBearer(request), room)
    if (verdict.status !== 200) {
      const challenge = verdict.status === 401 ? { 'www-authenticate': 'Bearer' } : {}
      fail(verdict.status, verdict.code, verdict.message, challenge as Record<string, string>)
      return
    }
    let projection: RoomProjection
    try {
      projection = await cache.get(room, form)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      fail(503, 'unavailable', `The room cannot be shown at the moment (${reason}). Try again later.`)
      return
    }
    switch (projection.kind) {
      case 'payload':
        answerPayload(request, response, projection)
        break
      case 'empty':
        fail(404, 'empty-room', 'The room has no tokens. Check its name, or import a file into it.')
        break
      case 'partial':
        fail(503, 'incomplete', 'Part of the tokens is still on its way to the relay. Try again later.', {
          'retry-after': '5',
        })
        break
      case 'schema-too-new':
        fail(503, 'schema-too-new', 'A newer version of y-tokens wrote this room. Update the relay.')
        break
    }
  }
}

function answerPayload(
  request: IncomingMessage,
  response: ServerResponse,
  projection: Extract<RoomProjection, { kind: 'payload' }>,
): void {
  const zipped = acceptsGzip(request.headers['accept-encoding'])
  // A strong ETag names bytes, and the zipped ones are others.
  const etag = zipped ? `"${projection.hash}-gz"` : `"${projection.hash}"`
  const headers = {
    ...cors,
    etag,
    'cache-control': 'private, no-cache',
    vary: 'Accept-Encoding, Authorization',
  }
  if (matchesEtag(request.headers['if-none-match'], projection.hash)) {
    response.writeHead(304, headers).end()
    return
  }
  const body = zipped ? projection.gzip : projection.body
  response.writeHead(200, {
    ...headers,
    'content-type': 'application/json; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'content-length': body.length,
    ...(zipped ? { 'content-encoding': 'gzip' } : {}),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

function readRoom(encoded: string): string | null {
  try {
    const parsed = parseRoomAddress(decodeURIComponent(encoded))
    return parsed && !parsed.side ? parsed.room : null
  } catch {
    // Not valid percent-encoded UTF-8.
    return null
  }
}

function readForm(request: IncomingMessage): SnapshotForm | null {
  const form = new URLSearchParams((request.url ?? '').split('?')[1] ?? '').get('form')
  if (form === null || form === 'plugin') return 'plugin'
  return form === 'full' ? 'full' : null
}

function readBearer(request: IncomingMessage): string | null {
  const match = /^Bearer +([^ ]+)$/i.exec(request.headers.authorization ?? '')
  return match?.[1] ?? null
}

function acceptsGzip(header: string | string[] | undefined): boolean {
  return [header ?? []]
    .flat()
    .join(',')
    .split(',')
    .some((part) => /^\s*(?:gzip|\*)\s*(?:;\s*q=(?!0(?:\.0*)?\s*$)[\d.]+\s*)?$/i.test(part))
}

/** The tag of either encoding, weak or strong: the payload is the same. */
function matchesEtag(header: string | undefined, hash: string): boolean {
  if (header === undefined) return false
  return header
    .split(',')
    .map((tag) => tag.trim().replace(/^W\//, ''))
    .some((tag) => tag === '*' || tag === `"${hash}"` || tag === `"${hash}-gz"`)
}
