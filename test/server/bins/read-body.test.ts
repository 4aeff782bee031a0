import type { IncomingMessage } from 'node:http'
import { PassThrough } from 'node:stream'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { readBody } from '../../../server/bins/read-body.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const open = () => {
  const stream = new PassThrough()
  return { stream, body: readBody(stream as unknown as IncomingMessage, 1000) }
}

describe('a body', () => {
  it('is whole up to the limit', async () => {
    const { stream, body } = open()
    stream.write(new Uint8Array(999).fill(1))
    stream.end(new Uint8Array([2]))
    expect(await body).toEqual({ kind: 'whole', bytes: Buffer.from([...new Uint8Array(999).fill(1), 2]) })
  })

  it('is discarded beyond it while it arrives, and holds no memory', async () => {
    const { stream, body } = open()
    collectGarbage()
    const before = process.memoryUsage().arrayBuffers
    for (let i = 0; i < 200; i++) {
      stream.write(new Uint8Array(1024 * 1024))
      await new Promise((resolve) => setImmediate(resolve))
    }
    collectGarbage()
    // Of the 200 MiB some may not be swept yet.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100 * 1024 * 1024)
    stream.end()
    expect(await body).toEqual({ kind: 'discarded' })
  })

  it('is cut off where it never ends', async () => {
    const { stream, body } = open()
    const chunk = new Uint8Array(16 * 1024 * 1024)
    for (let i = 0; i < 20 && !stream.destroyed; i++) {
      stream.write(chunk)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(stream.destroyed).toBe(true)
    expect(await body).toEqual({ kind: 'lost' })
  })

  it('is lost where the client goes away, with an error or without', async () => {
    for (const error of [undefined, new Error('reset')]) {
      const { stream, body } = open()
      stream.write('half')
      stream.destroy(error)
      expect(await body).toEqual({ kind: 'lost' })
    }
  })
})
