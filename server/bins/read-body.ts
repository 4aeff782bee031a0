import type { IncomingMessage } from 'node:http'

/** Beyond this a body is not even drained: the connection is cut. */
const maxDrainedBytes = 256 * 1024 * 1024

export type ReadBody =
  | { readonly kind: 'whole'; readonly bytes: Uint8Array }
  /** Longer than `maxBytes`: discarded while it arrived, so that the client can still read an answer. */
  | { readonly kind: 'discarded' }
  /** The client went away, or sent without end. */
  | { readonly kind: 'lost' }

/** Holds at most `maxBytes` in memory, whatever arrives. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<ReadBody> {
  return new Promise((resolve) => {
    let chunks: Uint8Array[] = []
    let length = 0
    request.on('data', (chunk: Uint8Array) => {
      length += chunk.length
      if (length <= maxBytes) chunks.push(chunk)
      else chunks = []
      if (length > maxDrainedBytes) request.destroy()
    })
    request.on('end', () => {
      resolve(length <= maxBytes ? { kind: 'whole', bytes: Buffer.concat(chunks) } : { kind: 'discarded' })
    })
    request.on('error', () => resolve({ kind: 'lost' }))
    request.on('close', () => resolve({ kind: 'lost' }))
  })
}
