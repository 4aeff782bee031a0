import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BinServer, startBinServer } from '../../support/bin-server.ts'
import { binsKeepAliveMs, createBins, listenBins } from '../../../server/bins/index.ts'

let server: BinServer
let id: string
beforeAll(async () => {
  server = await startBinServer()
  id = await server.post('{"a":1}')
})
afterAll(() => server.close())

describe('CORS', () => {
  const preflight = (path: string, headers: Record<string, string>) =>
    fetch(server.baseUrl + path, { method: 'OPTIONS', headers })

  it('[row 37] lets every preflight pass and echoes the headers it asks for', async () => {
    for (const path of ['/b', `/b/${id}`, '/nothing', '/b/malformed', '/a']) {
      const response = await preflight(path, {
        Origin: 'null',
        'Access-Control-Request-Method': 'PUT',
        'Access-Control-Request-Headers': 'content-type,versioning,x-bin-name,x-master-key',
      })
      expect(response.ok).toBe(true)
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
      expect(response.headers.get('access-control-allow-headers')).toBe(
        'content-type,versioning,x-bin-name,x-master-key',
      )
      for (const method of ['GET', 'POST', 'PUT', 'DELETE'])
        expect(response.headers.get('access-control-allow-methods')).toContain(method)
    }
  })

  it('[row 37] allows a public page to call this machine', async () => {
    const response = await preflight('/b', { 'Access-Control-Request-Private-Network': 'true' })
    expect(response.headers.get('access-control-allow-private-network')).toBe('true')
  })

  it('[row 37] lets any origin read every answer, errors included', async () => {
    for (const [method, path] of [
      ['GET', `/b/${id}`],
      ['GET', '/b/malformed'],
      ['GET', '/nothing'],
      ['POST', '/b'],
    ] as const) {
      const { headers } = await server.send(method, path, { headers: { Origin: 'null' } })
      expect(headers.get('access-control-allow-origin')).toBe('*')
      expect(headers.get('access-control-expose-headers')).toBe('Retry-After')
    }
  })
})

describe('HTTP', () => {
  it('[row 39] sends no ETag and ignores preconditions', async () => {
    const read = await server.send('GET', `/b/${id}`, { headers: { 'If-None-Match': '*' } })
    expect(read.status).toBe(200)
    expect(read.headers.has('etag')).toBe(false)
    expect(read.headers.has('last-modified')).toBe(false)
    expect(read.headers.get('cache-control')).toBe('no-store')
    const written = await server.send('PUT', `/b/${id}`, { body: '{"a":1}', headers: { 'If-Match': '"other"' } })
    expect(written.status).toBe(200)
  })

  it('[row 48] takes header names in any case and ignores unknown ones', async () => {
    const headers = {
      'X-Master-Key': undefined,
      'x-mAsTeR-kEy': server.masterKey,
      'X-Unknown': '1',
      versioning: 'false',
    }
    expect((await server.send('GET', `/b/${id}`, { headers })).status).toBe(200)
  })

  it('[row 49] leaves out the reason phrase where a test asks for it', async () => {
    expect((await server.send('GET', `/b/${id}`)).statusText).toBe('OK')
    server.faults.emptyStatusText = true
    expect((await server.send('GET', `/b/${id}`)).statusText).toBe('')
    expect((await server.send('GET', '/nothing')).statusText).toBe('')
    server.faults.clear()
  })

  it('keeps an idle connection for well over a minute', async () => {
    expect(binsKeepAliveMs).toBeGreaterThanOrEqual(90_000)
    const { headers } = await server.send('GET', `/b/${id}`)
    expect(headers.get('keep-alive')).toBe(`timeout=${binsKeepAliveMs / 1000}`)
  })

  it('answers HEAD without a body', async () => {
    const { status, text, headers } = await server.send('HEAD', `/b/${id}`)
    expect([status, text]).toEqual([200, ''])
    expect(Number(headers.get('content-length'))).toBeGreaterThan(20)
  })

  it('does nothing for a client that goes away in the middle of its body', async () => {
    const before = server.calls.length
    await new Promise<void>((resolve) => {
      const headers = { 'X-Master-Key': server.masterKey, 'Content-Type': 'application/json', 'Content-Length': '100' }
      const call = request(`${server.baseUrl}/b/${id}`, { method: 'PUT', headers })
      call.on('error', () => resolve())
      call.write('{"a":"half', () => call.destroy(new Error('gone')))
    })
    expect(await server.get(id)).toBe('{"a":1}')
    expect(server.calls.length).toBe(before + 1)
  })

  it('leaves other paths to the server it is mounted in, whatever they are', async () => {
    const bins = createBins()
    for (const url of ['/', '//', '/v3x', '/v33/b', '/rooms/a', '*', ''])
      expect(bins.handle({ url, method: 'GET' } as never, {} as never)).toBe(false)
    bins.close()
  })

  it('answers 503 once it is closed, and 500 with a report where the file fails', async () => {
    const errors: unknown[] = []
    const bins = createBins({ masterKey: 'k', onError: (error) => errors.push(error) })
    const listening = await listenBins(bins)
    bins.close()
    bins.close()
    const response = await fetch(`${listening.baseUrl}/b/${id}`)
    expect([response.status, await response.json()]).toEqual([503, { message: 'The local bins are closed' }])
    await listening.close()
    const failing = await startBinServer({
      now: () => {
        throw new Error('no clock')
      },
      onError: (error) => errors.push(error),
    })
    expect((await failing.send('POST', '/b', { body: '{"a":1}' })).json).toEqual({ message: 'Internal Server Error' })
    expect(errors).toMatchObject([{ message: 'no clock' }])
    await failing.close()
  })

  it('says that a port is in use', async () => {
    const port = Number(new URL(server.baseUrl).port)
    await expect(startBinServer({ port })).rejects.toMatchObject({
      code: 'port-in-use',
      message: expect.stringContaining(`Port ${port}`),
    })
  })

  it('tells each call without query and keys', async () => {
    server.bins.createAccessKey('log', { read: true })
    await server.send('GET', `/b/${id}?meta=false`)
    expect(server.calls.at(-1)).toEqual({ method: 'GET', path: `/b/${id}`, status: 200 })
    expect(JSON.stringify(server.calls)).not.toContain(server.masterKey)
  })
})
