import { describe, expect, it } from 'vitest'
import { startBinServer } from '../support/bin-server.ts'
import { createJsonBin } from '../../src/jsonbin/index.ts'
import { answer, createScriptedClient, okCreate, okDelete, okRead, okUpdate, someId } from './scripted-client.ts'

describe('what is sent', () => {
  it('reads /latest, never the bare bin', async () => {
    const { bins, sent } = createScriptedClient([okRead])
    await bins.read(someId)
    await bins.read(someId, { binVersion: 3 })
    expect(sent.map(({ url }) => url)).toEqual([
      `https://api.jsonbin.io/v3/b/${someId}/latest`,
      `https://api.jsonbin.io/v3/b/${someId}/3`,
    ])
  })

  it('uses the method, headers and body that the service documents', async () => {
    const { bins, sent } = createScriptedClient([okCreate, okUpdate, okUpdate, okDelete, okUpdate])
    await bins.create('{"a":1}', { name: ' Brand ', private: false })
    await bins.update(someId, '{"a":1}')
    await bins.update(someId, '{"a":1}', { versioned: true })
    await bins.delete(someId)
    await bins.rename(someId, 'Märke')
    const key = { 'X-Master-Key': 'secret-key' }
    const json = { 'Content-Type': 'application/json' }
    expect(sent.map(({ url, init }) => [init.method, url.slice(25), init.headers, init.body])).toEqual([
      ['POST', '/b', { ...key, ...json, 'X-Bin-Private': 'false', 'X-Bin-Name': 'Brand' }, '{"a":1}'],
      ['PUT', `/b/${someId}`, { ...key, ...json, 'X-Bin-Versioning': 'false' }, '{"a":1}'],
      ['PUT', `/b/${someId}`, { ...key, ...json, 'X-Bin-Versioning': 'true' }, '{"a":1}'],
      ['DELETE', `/b/${someId}`, key, null],
      ['PUT', `/b/${someId}/meta/name`, { ...key, ...json, 'X-Bin-Name': 'Märke' }, '{}'],
    ])
  })

  it('asks past every cache, without cookies, following no redirect', async () => {
    const { bins, sent } = createScriptedClient([okRead])
    await bins.read(someId)
    expect(sent[0]?.init).toMatchObject({ cache: 'no-store', credentials: 'omit', redirect: 'manual' })
  })

  it('makes bins private unless told otherwise', async () => {
    const { bins, sent } = createScriptedClient([okCreate])
    await bins.create('{"a":1}')
    expect(sent[0]?.init.headers).toMatchObject({ 'X-Bin-Private': 'true' })
  })

  it.each(['https://bins.example/v3/', 'https://bins.example/v3'])('takes %s as base URL', async (baseUrl) => {
    const { bins, sent } = createScriptedClient([okRead], { baseUrl })
    await bins.read(someId)
    expect(sent[0]?.url).toBe(`https://bins.example/v3/b/${someId}/latest`)
    expect(bins.origin).toBe('https://bins.example')
  })

  it('counts the bytes that are sent', () => {
    const { bins } = createScriptedClient([okRead])
    expect(bins.size('{"ü":"😀"}')).toBe(new Blob(['{"ü":"😀"}']).size)
  })
})

describe('what comes back', () => {
  it('is the record as text, in the order of its keys and the spelling of its numbers', async () => {
    const record = '{"b":1.0,"10":{"2":1e3,"1":[]},"2":"}\\"]","record":{"x":1}}'
    const envelope = `{"metadata":{"record":{"a":1},"name":"Brand","createdAt":"2026-01-01T00:00:00.000Z"}, "record" : ${record} }`
    const { bins } = createScriptedClient([answer(200, envelope)])
    expect(await bins.read(someId)).toEqual({
      record,
      name: 'Brand',
      createdAt: '2026-01-01T00:00:00.000Z',
      private: undefined,
    })
  })

  it('goes through the local bins unchanged', async () => {
    const server = await startBinServer()
    const bins = createJsonBin({ baseUrl: server.baseUrl, masterKey: server.masterKey })
    const record = '{"b": 1.0, "10": {"2": 1e3}, "2": "ü", "__proto__": {"x": 1}}'
    const { id } = await bins.create(record)
    expect((await bins.read(id)).record).toBe(record)
    expect(await bins.update(id, record)).toEqual({ record, binVersion: undefined })
    await server.close()
  })

  it('is read whatever optional metadata is missing, misspelt or of another type', async () => {
    for (const metadata of [
      {},
      { metadata: {} },
      { metadata: null },
      { metaData: { name: 'Brand' } },
      { metadata: { name: null, createdAt: 1_700_000_000, private: 'yes', other: 1 } },
    ]) {
      const { bins } = createScriptedClient([answer(200, { record: [1], ...metadata })])
      const { record, createdAt } = await bins.read(someId)
      expect([record, createdAt]).toEqual(['[1]', undefined])
    }
    const { bins } = createScriptedClient([answer(200, { record: [1], metaData: { name: 'Brand' } })])
    expect((await bins.read(someId)).name).toBe('Brand')
  })

  it('tells the version that a write made, and an echo only where there is one', async () => {
    const { bins } = createScriptedClient([
      answer(200, { record: { a: 1 }, metadata: { parentId: someId, version: 4 } }),
      answer(200, { metadata: { parentId: someId } }),
    ])
    expect(await bins.update(someId, '{"a":1}')).toEqual({ record: '{"a":1}', binVersion: 4 })
    expect(await bins.update(someId, '{"a":1}')).toEqual({ record: undefined, binVersion: undefined })
  })

  it('counts as an answer without a content type, as some proxies leave it', async () => {
    const response = new Response('{"record":{"a":1}}')
    response.headers.delete('content-type')
    const { bins } = createScriptedClient([response])
    expect((await bins.read(someId)).record).toBe('{"a":1}')
  })
})
