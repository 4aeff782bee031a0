import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerJson } from './json-answer.ts'

export interface Readiness {
  readonly ready: boolean
  /** Why not. */
  readonly reasons: readonly { readonly code: string; readonly message: string }[]
  /** What does not keep it from working. */
  readonly warnings: readonly { readonly code: string; readonly message: string }[]
}

/** `/livez`: the process answers. `/readyz`: it can do its work; 503 with the reasons where it cannot. */
export function answerHealth(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  readiness: () => Readiness,
): boolean {
  if (path !== '/livez' && path !== '/readyz') return false
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    answerJson(response, 405, { code: 'method-not-allowed', message: 'Use GET.' }, { allow: 'GET, HEAD' })
    return true
  }
  if (path === '/livez') {
    answerJson(response, 200, { status: 'alive' })
    return true
  }
  const { ready, reasons, warnings } = readiness()
  answerJson(response, ready ? 200 : 503, { status: ready ? 'ready' : 'not-ready', reasons, warnings })
  return true
}
