import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/**
 * A cable between one person and the product that can be pulled: everything of theirs goes through it, and a pulled one ends
 * open sockets at once and lets no new one through. Chromium's own offline switch leaves open WebSockets alone.
 */
export interface Cable {
  /** `127.0.0.1:<port>`, to use in place of the product's own. */
  readonly host: string
  pull(): void
  /** `sockets: false`: plain requests pass, WebSockets do not. */
  plugIn(options?: { readonly sockets?: boolean }): void
  close(): Promise<void>
}

export async function layCable(productUrl: string): Promise<Cable> {
  const { hostname, port } = new URL(productUrl)
  const open = new Set<Socket>()
  let isPulled = false
  let passesSockets = true
  const keep = (socket: Socket): Socket => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    // What a pulled cable does to a socket is the point; the pages say what it did to them.
    socket.on('error', () => socket.destroy())
    return socket
  }
  const server = createServer((near) => {
    keep(near)
    if (isPulled) {
      near.destroy()
      return
    }
    near.once('data', (head: Buffer) => {
      if (!passesSockets && /^upgrade: websocket/im.test(head.toString('latin1'))) {
        near.destroy()
        return
      }
      const far = keep(connect(Number(port), hostname))
      far.write(head)
      near.pipe(far).pipe(near)
      near.on('close', () => far.destroy())
      far.on('close', () => near.destroy())
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    pull: () => {
      isPulled = true
      for (const socket of open) socket.destroy()
    },
    plugIn: ({ sockets = true } = {}) => {
      isPulled = false
      passesSockets = sockets
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of open) socket.destroy()
      }),
  }
}
