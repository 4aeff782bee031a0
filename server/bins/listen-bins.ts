import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { BinsError } from './bins-error.ts'
import { type Bins, binsKeepAliveMs } from './create-bins.ts'

export interface ListeningBins {
  /** What a client takes as its base URL. */
  readonly baseUrl: string
  readonly port: number
  /** Stops listening and ends every connection; the bins themselves stay open. */
  close(): Promise<void>
}

/**
 * Serves bins alone on a port of this machine; port 0 takes a free one.
 *
 * @throws {BinsError} `port-in-use`
 */
export async function listenBins(
  bins: Bins,
  options: { readonly port?: number | undefined; readonly host?: string | undefined } = {},
): Promise<ListeningBins> {
  const { port = 0, host = '127.0.0.1' } = options
  const server = createServer({ keepAliveTimeout: binsKeepAliveMs }, (request, response) => {
    if (bins.handle(request, response)) return
    response.writeHead(404, { 'content-type': 'text/plain' }).end('The bins are below /v3\n')
  })
  await listen(server, port, host)
  const address = server.address() as AddressInfo
  const authority = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return {
    baseUrl: `http://${authority}:${address.port}/v3`,
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new BinsError('port-in-use', `Port ${port} on ${host} is in use. Choose another port, or 0 for a free one.`)
          : error,
      )
    })
    server.listen(port, host, resolve)
  })
}
