import type { Browser, Frame } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { binFault } from '../../server/bins/index.ts'
import type { JsonBinError } from '../../src/jsonbin/index.ts'
import { type BinServer, startBinServer } from '../support/bin-server.ts'
import { launchBrowser } from '../support/browser.ts'
import { type PageHost, servePage } from '../support/page-host.ts'
import './client-page.ts'

let server: BinServer
let host: PageHost
let browser: Browser
let frame: Frame
let id: string

beforeAll(async () => {
  server = await startBinServer()
  id = await server.post('{"b":1,"10":1}')
  host = await servePage(new URL('./client-page.ts', import.meta.url))
  browser = await launchBrowser()
  const page = await browser.newPage()
  // A frame without an origin of its own, as the plugin's window is.
  await page.goto(host.sandboxedUrl)
  const element = await page.waitForSelector('iframe')
  const inner = await element.contentFrame()
  if (inner === null) throw new Error('the iframe has no frame')
  await inner.waitForFunction(() => 'createClient' in globalThis)
  frame = inner
})
afterAll(async () => {
  await browser.close()
  await host.close()
  await server.close()
})

/** Reads the bin in the frame; an error comes back as its facts. */
const readInFrame = (baseUrl: string, attempts: number): Promise<unknown> =>
  frame.evaluate(
    async (given) => {
      const client = createClient({ ...given.options, retry: { attempts: given.attempts, firstDelayMs: 1 } })
      try {
        return (await client.read(given.id)).record
      } catch (error) {
        const { code, status, retryable, retryAfterMs } = error as JsonBinError
        return { code, status, retryable, retryAfterMs }
      }
    },
    { options: { baseUrl, masterKey: server.masterKey }, attempts, id },
  )

describe('in a browser, from the origin null', () => {
  it('[row 37] reads and writes across origins', async () => {
    expect(await frame.evaluate(() => window.origin)).toBe('null')
    expect(await readInFrame(server.baseUrl, 1)).toBe('{"b":1,"10":1}')
    const written = await frame.evaluate(
      async (options) => {
        const client = createClient(options)
        const { id: made } = await client.create('{"a":1}', { name: 'Märke' })
        await client.update(made, '{"a":2}')
        await client.rename(made, 'Other')
        const { record, name } = await client.read(made)
        await client.delete(made)
        return [record, name]
      },
      { baseUrl: server.baseUrl, masterKey: server.masterKey },
    )
    expect(written).toEqual(['{"a":2}', 'Other'])
  })

  it('sees a 429 and what it asks for where the headers allow it', async () => {
    server.faults.inject(binFault.rateLimited({ retryAfter: '60' }))
    expect(await readInFrame(server.baseUrl, 1)).toEqual({
      code: 'rate-limited',
      status: 429,
      retryable: true,
      retryAfterMs: 60_000,
    })
  })

  it('[row 34] takes a 429 without CORS headers for a failure of the network, and tries again', async () => {
    server.faults.inject(binFault.rateLimited({ cors: false }))
    expect(await readInFrame(server.baseUrl, 1)).toEqual({
      code: 'unavailable',
      status: undefined,
      retryable: true,
      retryAfterMs: undefined,
    })
    server.faults.inject(binFault.rateLimited({ cors: false }), { times: 2 })
    expect(await readInFrame(server.baseUrl, 3)).toBe('{"b":1,"10":1}')
  })

  it('does not follow a redirect, whose status it cannot see', async () => {
    server.faults.inject({
      kind: 'broken',
      effect: 'never',
      answer: { kind: 'reply', status: 302, body: '', headers: { location: `${server.baseUrl}/b/${id}` } },
    })
    const before = server.calls.length
    expect(await readInFrame(server.baseUrl, 3)).toEqual({
      code: 'bad-url',
      status: undefined,
      retryable: false,
      retryAfterMs: undefined,
    })
    expect(server.calls.length).toBe(before + 1)
  })
})
