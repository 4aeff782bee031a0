import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface AnswerServer {
  readonly url: string
  readonly requests: readonly {
    readonly method: string
    readonly url: string
    readonly headers: IncomingMessage['headers']
  }[]
  /** Replaces what later requests get. */
  answer(next: Answer): void
  close(): Promise<void>
}

export type Answer = AnswerHead | ((request: IncomingMessage, response: ServerResponse) => void)

export interface AnswerHead {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | object
}

/** A server on 127.0.0.1 that gives every request the same answer, for clients that must cope with any. */
export async function startAnswerServer(first: Answer = {}): Promise<AnswerServer> {
  let answer = first
  const requests: { method: string; url: string; headers: IncomingMessage['headers'] }[] = []
  const server = createServer((request, response) => {
    requests.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers })
    if (typeof answer === 'function') {
      answer(request, response)
      return
    }
    const { status = 200, headers = {}, body = '' } = answer
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    answer: (next) => {
      answer = next
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
