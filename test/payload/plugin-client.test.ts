import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type BinServer, startBinServer } from '../support/bin-server.ts'
import { createPluginClient, type PluginClient } from '../support/plugin-client.ts'
import { addToken, setTokenValue } from '../support/plugin-edits.ts'
import { pluginPull, PluginRefusal } from '../support/plugin-emulator.ts'

const file = {
  values: { core: { red: { $type: 'color', $value: '#f00' } } },
  $themes: [],
  $metadata: { version: '2', updatedAt: '2026-01-01T00:00:00.000Z', 'y-tokens': { v: 1 } },
}

describe('a plugin at a bin', () => {
  let server: BinServer
  let now: number
  const waits: number[] = []
  const plugin = (request?: typeof fetch): PluginClient =>
    createPluginClient({
      baseUrl: server.baseUrl,
      masterKey: server.masterKey,
      now: () => now,
      sleep: async (ms) => void waits.push(ms),
      ...(request && { fetch: request }),
    })

  beforeEach(async () => {
    server = await startBinServer()
    now = Date.parse('2026-06-01T00:00:00.000Z')
    waits.length = 0
  })
  afterEach(() => server.close())

  test('pulls, edits, and puts back the whole file without the marker', async () => {
    const id = await server.post(JSON.stringify(file))
    const client = plugin()
    await client.connect(id)
    expect(await client.edit((model) => setTokenValue(model, 'core', 'red', '#e00'))).toEqual({ kind: 'saved' })
    expect(JSON.parse(await server.get(id))).toEqual({
      values: { core: { red: { $type: 'color', $value: '#e00' } } },
      $metadata: { version: '2.11.10', updatedAt: '2026-06-01T00:00:00.000Z', tokenSetOrder: ['core'] },
      $themes: [],
    })
  })

  test('overwrites what others wrote since it pulled', async () => {
    const id = await server.post(JSON.stringify(file))
    const client = plugin()
    await client.connect(id)
    await server.put(id, JSON.stringify({ ...file, values: { core: { red: { $type: 'color', $value: 'TEAM' } } } }))
    await client.edit((model) => addToken(model, 'core', { name: 'blue', type: 'color', value: '#00f' }))
    expect(await server.get(id)).not.toContain('TEAM')
  })

  test('refuses to save only where the bin has no date before its own clock', async () => {
    const id = await server.post(JSON.stringify(file))
    const client = plugin()
    await client.connect(id)
    for (const [updatedAt, expected] of [
      ['2026-06-01T00:00:00.000Z', 'remote-newer'],
      ['2026-06-01T00:00:00.001Z', 'remote-newer'],
      [undefined, 'remote-newer'],
      ['2026-05-31T23:59:59.999Z', 'saved'],
    ] as const) {
      await server.put(id, JSON.stringify({ ...file, $metadata: { updatedAt } }))
      expect((await client.push()).kind).toBe(expected)
    }
  })

  test('takes the spelling of the last set it has read for all it writes', async () => {
    const id = await server.post(JSON.stringify(file))
    const client = plugin()
    await client.connect(id)
    await server.put(id, JSON.stringify({ ...file, values: { ...file.values, z: {} } }))
    await client.push()
    expect(JSON.parse(await server.get(id))).toMatchObject({
      values: { core: { red: { type: 'color', value: '#f00' } } },
    })
  })

  test('creates a stub first, and says no more than the reason phrase where that fails', async () => {
    const bodies: string[] = []
    const client = plugin(async (url, init) => {
      if (init?.body) bodies.push(`${init.method} ${init.body as string} ${JSON.stringify(init.headers)}`)
      return fetch(url, init)
    })
    expect(await client.create('Brand', pluginPull(file))).toEqual({ kind: 'saved' })
    expect(bodies[0]).toMatch(/^POST \{\n {2}"values": \{\n {4}"options": \{\}/)
    expect(bodies[0]).toContain('"versioning":"false"')
    expect(bodies[1]).toMatch(/^PUT \{"values":\{"core":/)
    expect(
      await plugin(async () => new Response('{"message":"no"}', { status: 401 })).create('x', pluginPull(file)),
    ).toEqual({
      kind: 'failed',
      message: '',
    })
  })

  test('repeats a request only where none was answered, with the same date', async () => {
    const id = await server.post(JSON.stringify(file))
    const bodies: string[] = []
    const client = plugin(async (url, init) => {
      if (init?.method === 'PUT') {
        bodies.push(init.body as string)
        await fetch(url, init)
        if (bodies.length < 3) throw new TypeError('fetch failed')
      }
      return fetch(url, init)
    })
    await client.connect(id)
    expect((await client.push()).kind).toBe('saved')
    expect(new Set(bodies).size).toBe(1)
    expect(bodies).toHaveLength(3)
    expect(waits).toEqual([1_000, 2_000])

    const refused = plugin(async (url, init) =>
      init?.method === 'PUT' ? new Response('', { status: 429, statusText: 'Too Many Requests' }) : fetch(url, init),
    )
    now += 60_000
    await refused.connect(id)
    expect(await refused.push()).toEqual({ kind: 'failed', message: 'Too Many Requests' })
    expect(waits).toEqual([1_000, 2_000])
  })

  test('keeps what it holds where a pull fails, and waits for nothing', async () => {
    const id = await server.post(JSON.stringify(file))
    const client = plugin()
    await client.connect(id)
    await server.put(id, JSON.stringify({ values: { core: { t: { $value: 1 } } } }))
    await expect(client.pull()).rejects.toThrow(PluginRefusal)
    expect(client.model?.sets.get('core')).toHaveLength(1)
    client.editLocally((model) => setTokenValue(model, 'core', 'red', 'mine'))
    const saves = [client.push(), client.push()]
    await client.settled()
    expect((await Promise.all(saves)).map(({ kind }) => kind)).toEqual(['failed', 'failed'])
    expect(client.binId).toBe(id)
    expect(() => plugin().editLocally(() => undefined)).toThrow('holds no tokens yet')
  })
})
