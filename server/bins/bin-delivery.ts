import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FaultAnswer } from './bin-faults.ts'
import type { BinReply } from './bin-request.ts'

/** Any origin may call: the plugin's window has the origin `null`, and credentials travel in headers, never in cookies. */
const corsHeaders: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'Retry-After',
}

/** A preflight succeeds on every path and for every header; the plugin sends one named `versioning`. */
export function answerPreflight(request: IncomingMessage, response: ServerResponse): void {
  const headers: Record<string, string> = {
    ...corsHeaders,
    'access-control-allow-methods': 'GET, POST, PUT, DELETE, OPTIONS',
    'access-control-max-age': '600',
    'content-length': '0',
    vary: 'Access-Control-Request-Headers',
  }
  const asked = request.headers['access-control-request-headers']
  if (asked !== undefined) headers['access-control-allow-headers'] = asked
  // Chromium asks this before a public page may call a server on the local network.
  if (request.headers['access-control-request-private-network'] === 'true')
    headers['access-control-allow-private-network'] = 'true'
  response.writeHead(204, headers).end()
}

export interface DeliveryOptions {
  /** Headers beyond those of every answer. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly cors?: boolean | undefined
  readonly emptyStatusText?: boolean | undefined
}

export function sendReply(response: ServerResponse, reply: BinReply, options: DeliveryOptions = {}): void {
  const body = Buffer.from(reply.body)
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    ...(options.cors !== false && corsHeaders),
    'content-length': String(body.length),
    ...options.headers,
  }
  if (options.emptyStatusText) response.writeHead(reply.status, '', headers)
  else response.writeHead(reply.status, headers)
  response.end(body)
}

/** Answers as the fault wants; `reply` is the true answer, undefined where the request has taken no effect. */
export function sendFault(
  response: ServerResponse,
  answer: FaultAnswer,
  reply: BinReply | undefined,
  options: DeliveryOptions,
): void {
  const half = reply?.body.slice(0, Math.floor(reply.body.length / 2)) ?? ''
  switch (answer.kind) {
    case 'hang':
      return
    case 'reset':
      response.destroy()
      return
    case 'cut':
      response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', ...corsHeaders })
      response.write(half, () => response.destroy())
      return
    case 'truncated':
      sendReply(response, { status: 200, body: half }, options)
      return
    case 'reply':
      sendReply(response, answer, { ...options, headers: answer.headers, cors: answer.cors })
  }
}
