import { setImmediate } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { binFault } from '../../../server/bins/index.ts'
import { type BinServer, startBinServer } from '../../support/bin-server.ts'

let nowMs = 1_700_000_000_000
let server: BinServer
let id: string
beforeAll(async () => {
  server = await startBinServer({ now: () => nowMs })
})
afterAll(() => server.close())
beforeEach(async () => {
  id = await server.post('{"n":0}')
})
afterEach(() => server.faults.clear())

const put = (record: string, signal?: AbortSignal): Promise<Response> =>
  fetch(`${server.baseUrl}/b/${id}`, {
    method: 'PUT',
    body: record,
    headers: { 'X-Master-Key': server.masterKey, 'Content-Type': 'application/json' },
    ...(signal && { signal }),
  })

describe('faults', () => {
  it('[row 33] uses up a quota, of which every call takes one', async () => {
    server.faults.requestsLeft = 3
    expect((await server.send('GET', `/b/${id}`)).status).toBe(200)
    expect((await server.send('GET', '/nothing')).status).toBe(404)
    expect((await put('{"n":1}')).status).toBe(200)
    for (const [method, path] of [
      ['GET', `/b/${id}`],
      ['PUT', `/b/${id}`],
      ['DELETE', `/b/${id}`],
      ['POST', '/b'],
    ] as const) {
      const { status, json } = await server.send(method, path, method.startsWith('P') ? { body: '{"n":2}' } : {})
      expect([status, json]).toEqual([
        403,
        { message: 'Requests exhausted. Buy additional requests at https://jsonbin.io/pricing' },
      ])
    }
    server.faults.clear()
    expect(await server.get(id)).toBe('{"n":1}')
  })

  it('[row 34] limits the rate, with CORS headers and without', async () => {
    server.faults.inject(binFault.rateLimited({ retryAfter: '7' }))
    const open = await put('{"n":1}')
    expect([open.status, open.headers.get('retry-after')]).toEqual([429, '7'])
    expect(open.headers.get('access-control-allow-origin')).toBe('*')
    server.faults.inject(binFault.rateLimited({ cors: false }))
    const opaque = await put('{"n":1}')
    expect(opaque.status).toBe(429)
    expect(opaque.headers.has('access-control-allow-origin')).toBe(false)
    expect(opaque.headers.has('retry-after')).toBe(false)
    expect(await server.get(id)).toBe('{"n":0}')
  })

  it.each([500, 502, 503, 504] as const)('[row 35] fails with %i and a page of HTML', async (status) => {
    server.faults.inject(binFault.unavailable(status))
    const response = await put('{"n":1}')
    expect([response.status, response.headers.get('content-type')]).toEqual([status, 'text/html'])
    expect(await response.text()).toMatch(/^<html>/)
    expect(await server.get(id)).toBe('{"n":0}')
  })

  it('[row 35] hangs', async () => {
    const { met } = server.faults.inject(binFault.hang())
    const caller = new AbortController()
    const answer = put('{"n":1}', caller.signal)
    await met
    caller.abort()
    await expect(answer).rejects.toThrow(/abort/)
    expect(await server.get(id)).toBe('{"n":0}')
  })

  it('[row 36] goes on answering the record from before a write for a while', async () => {
    server.faults.staleMs = 5000
    await server.put(id, '{"n":1}')
    nowMs += 1000
    await server.put(id, '{"n":2}')
    expect(await server.get(id)).toBe('{"n":0}')
    nowMs += 4000
    expect(await server.get(id)).toBe('{"n":1}')
    nowMs += 1000
    expect(await server.get(id)).toBe('{"n":2}')
  })

  it('applies a write and loses the answer, or the request', async () => {
    server.faults.inject(binFault.lostResponse())
    await expect(put('{"n":1}')).rejects.toThrow(TypeError)
    expect(await server.get(id)).toBe('{"n":1}')
    server.faults.inject(binFault.lostRequest())
    await expect(put('{"n":2}')).rejects.toThrow(TypeError)
    expect(await server.get(id)).toBe('{"n":1}')
  })

  it('applies a write and answers a failure', async () => {
    server.faults.inject(binFault.unavailable(502, 'now'))
    expect((await put('{"n":1}')).status).toBe(502)
    expect(await server.get(id)).toBe('{"n":1}')
  })

  it('applies a write later, over what was written meanwhile', async () => {
    let wake = (): void => undefined
    server.faults.inject(
      binFault.zombie(
        new Promise<void>((resolve) => {
          wake = resolve
        }),
      ),
    )
    await expect(put('{"n":1}')).rejects.toThrow(TypeError)
    await server.put(id, '{"n":2}')
    expect(await server.get(id)).toBe('{"n":2}')
    wake()
    await setImmediate()
    expect(await server.get(id)).toBe('{"n":1}')
  })

  it('answers late', async () => {
    let wake = (): void => undefined
    const until = new Promise<void>((resolve) => {
      wake = resolve
    })
    const { met } = server.faults.inject(binFault.slow(until), { method: 'PUT' })
    const answer = put('{"n":1}')
    await met
    expect(await server.get(id)).toBe('{"n":0}')
    wake()
    expect((await answer).status).toBe(200)
    expect(await server.get(id)).toBe('{"n":1}')
  })

  it('answers half of the truth, as if it were all or with a broken connection', async () => {
    server.faults.inject(binFault.truncated())
    const truncated = await put('{"n":1}')
    expect(truncated.status).toBe(200)
    await expect(truncated.json()).rejects.toThrow(SyntaxError)
    server.faults.inject(binFault.cut())
    const cut = await put('{"n":1}')
    expect(cut.status).toBe(200)
    await expect(cut.text()).rejects.toThrow(TypeError)
    server.faults.inject(binFault.html())
    const html = await put('{"n":1}')
    expect([html.status, html.headers.get('content-type')]).toEqual([200, 'text/html'])
  })

  it('meets matching requests only, in order, as often as it is told', async () => {
    const other = await server.post('{"n":9}')
    server.faults.inject(binFault.unavailable(500), { method: 'GET', path: other, times: 2 })
    server.faults.inject(binFault.unavailable(504), { method: 'GET' })
    const statusOf = async (bin: string) => (await server.send('GET', `/b/${bin}`)).status
    expect([await statusOf(other), await statusOf(id), await statusOf(id)]).toEqual([500, 504, 200])
    expect([await statusOf(other), await statusOf(other)]).toEqual([500, 200])
    expect((await put('{"n":1}')).status).toBe(200)
  })
})
