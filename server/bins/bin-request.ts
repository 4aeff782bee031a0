import { messages } from './messages.ts'

/** An HTTP request as far as the answer depends on it. */
export interface BinRequest {
  readonly method: string
  /** What follows `/v3`, without the query. */
  readonly path: string
  readonly query: URLSearchParams
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** Undefined for a body beyond what the server buffers; such a body was discarded unread. */
  readonly body: Uint8Array | undefined
}

export interface BinReply {
  readonly status: number
  /** JSON text. */
  readonly body: string
}

export function replyWith(value: object): BinReply {
  return { status: 200, body: JSON.stringify(value) }
}

/** A refusal's body is exactly `{ "message": … }`. */
export function refuse(status: number, message: string): BinReply {
  return { status, body: JSON.stringify({ message }) }
}

export function headerOf(request: BinRequest, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'string' || value === undefined ? value : value.join(', ')
}

/** A JSON object or array that is not empty, as text and parsed, or the refusal of anything else. */
export type JsonBody =
  | { readonly text: string; readonly value: object; readonly bytes: number }
  | { readonly refusal: BinReply }

/** The checks of a body in the order of the service: Content-Type, syntax, blank. */
export function readJsonBody(request: BinRequest): JsonBody {
  if (!isJsonContentType(headerOf(request, 'content-type'))) return { refusal: refuse(400, messages.contentType) }
  if (request.body === undefined) return { refusal: refuse(413, messages.bodyTooLarge) }
  if (request.body.length === 0) return { refusal: refuse(400, messages.blank) }
  const parsed = parseBody(request.body)
  if (parsed === undefined) return { refusal: refuse(400, messages.invalidJson) }
  if (Object.keys(parsed.value).length === 0) return { refusal: refuse(400, messages.blank) }
  return { ...parsed, bytes: request.body.length }
}

function isJsonContentType(contentType: string | undefined): boolean {
  return /^application\/json\s*(?:;\s*charset="?utf-8"?\s*)?$/i.test(contentType?.trim() ?? '')
}

function parseBody(body: Uint8Array): { readonly text: string; readonly value: object } | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body)
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { text, value } : undefined
  } catch {
    // Broken UTF-8 and broken JSON get the same answer.
    return undefined
  }
}
