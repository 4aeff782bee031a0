import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerHealth, type Readiness } from './health-routes.ts'
import { answerJson } from './json-answer.ts'

/** Answers a request and returns true, or leaves it alone and returns false. */
export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>

export interface HttpRoutes {
  readonly readiness: () => Readiness
  readonly snapshot: HttpHandler
  /** Asked in order for everything the relay has no route for. */
  readonly handlers: readonly HttpHandler[]
  readonly failed: (error: unknown) => void
}

/** The HTTP side of the relay: health, snapshots, then what the caller mounts, then 404. */
export function createHttpHandler(routes: HttpRoutes): (request: IncomingMessage, response: ServerResponse) => void {
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = pathOf(request)
    if (answerHealth(request, response, path, routes.readiness)) return
    for (const handler of [routes.snapshot, ...routes.handlers]) if (await handler(request, response)) return
    answerJson(response, 404, { code: 'not-found', message: 'There is nothing at this address.' })
  }
  return (request, response) => {
    answer(request, response).catch((error: unknown) => {
      routes.failed(error)
      if (response.headersSent) response.destroy()
      else
        answerJson(response, 500, { code: 'internal', message: 'The request failed. The log of the relay says why.' })
    })
  }
}

/** The path without its query, still encoded. */
export function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] as string
}
