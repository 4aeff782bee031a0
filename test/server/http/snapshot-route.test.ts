import { gunzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import * as Y from 'yjs'
import { projectRoom } from '../../../server/http/project-room.ts'
import { createSnapshotCache } from '../../../server/http/snapshot-cache.ts'
import { type TokenDocument, createTokenDocument } from '../../../src/doc/token-document.ts'
import { checkPluginRules } from '../../../src/payload/plugin-rules.ts'
import { eventually } from '../../support/eventually.ts'
import { openRawClient } from '../../support/raw-wire-client.ts'
import {
  type StartRelayOptions,
  type TestRelay,
  startRelay,
  testKeySecret,
  testRoomKey,
} from '../../support/relay-server.ts'
import { openStockClient } from '../../support/stock-client.ts'

const file = JSON.stringify({
  values: {
    core: {
      color: { 100: { value: '#fff', type: 'color' }, 50: { value: '#000', type: 'color', description: 'dark' } },
    },
    theme: { fg: { value: '{color.50}', type: 'color' } },
  },
  $themes: [],
  $metadata: { tokenSetOrder: ['core', 'theme'] },
})

/** A relay whose room `acme` holds the file, and the document of a client in it. */
async function openTokens(
  options: StartRelayOptions = {},
  key?: string,
): Promise<{ relay: TestRelay; document: TokenDocument; stored: () => Promise<void> }> {
  const relay = await startRelay(options)
  // The document first: it changes the client id, after which a stock provider loses its awareness and throws when destroyed.
  const doc = new Y.Doc()
  const document = createTokenDocument(doc)
  const client = openStockClient(relay.url, 'acme', { doc, ...(key ? { params: { key } } : {}) })
  await client.untilSynced()
  onTestFinished(() => document.destroy())
  const stored = async (): Promise<void> => {
    const check = await openRawClient(`${relay.url}/acme${key ? `?key=${key}` : ''}`)
    check.sendStep1()
    await check.step2()
    await eventually(() => Buffer.from(Y.encodeStateAsUpdate(check.doc)).equals(Y.encodeStateAsUpdate(client.doc)))
    // Peers hear of an edit before it is committed; a snapshot shows what is committed.
    await eventually(() => relay.stats().uncommittedBytes === 0)
    check.cut()
  }
  document.import(file)
  await stored()
  return { relay, document, stored }
}

const snapshotUrl = (relay: TestRelay, query = '', room = 'acme'): string =>
  `${relay.httpUrl}/rooms/${room}/snapshot${query}`

describe('a snapshot', () => {
  it('is what the plugin takes by default, and with form=full the file as it was, byte for byte', async () => {
    const { relay } = await openTokens()
    const plugin = await fetch(snapshotUrl(relay))
    expect(plugin.headers.get('content-type')).toBe('application/json; charset=utf-8')
    const payload = (await plugin.json()) as { values: Record<string, unknown>; $metadata: Record<string, unknown> }
    expect(checkPluginRules(payload as never)).toEqual([])
    expect(Object.keys(payload.values)).toEqual(['core', 'theme'])
    expect(payload.$metadata).not.toHaveProperty('y-tokens')
    expect(await (await fetch(snapshotUrl(relay, '?form=full'))).text()).toBe(file)
    expect(await (await fetch(snapshotUrl(relay, '?form=plugin'))).json()).toEqual(payload)
    expect((await fetch(snapshotUrl(relay, '?form=else'))).status).toBe(400)
  })

  it('shows an edit once it is stored, from an open room and from a closed one', async () => {
    const { relay, document, stored } = await openTokens({ dataDir: true })
    document.set('core', 'color.100', { value: '#abc', type: 'color' })
    await stored()
    const read = async (): Promise<string> => (await fetch(snapshotUrl(relay, '?form=full'))).text()
    const open = await read()
    expect(open).toContain('#abc')
    await relay.close()
    const again = await startRelay({ dataDir: relay.dataDir! })
    expect(again.stats().openRooms).toBe(0)
    expect(await (await fetch(snapshotUrl(again, '?form=full'))).text()).toBe(open)
  })

  it('takes its date from the newest fact, so that an unchanged room gives the same bytes after a restart', async () => {
    const { relay, document, stored } = await openTokens({ dataDir: true })
    const editedAt = Date.now()
    document.set('core', 'color.100', { value: '#abc', type: 'color' })
    await stored()
    const first = await fetch(snapshotUrl(relay))
    const text = await first.text()
    await relay.close()
    const again = await startRelay({ dataDir: relay.dataDir! })
    const second = await fetch(snapshotUrl(again))
    expect(await second.text()).toBe(text)
    expect(second.headers.get('etag')).toBe(first.headers.get('etag'))
    const { $metadata } = JSON.parse(text) as { $metadata: { updatedAt: string } }
    expect(Math.abs(Date.parse($metadata.updatedAt) - editedAt)).toBeLessThan(1_000)
  })
})

describe('a reader that has it already', () => {
  it('is answered with 304 by its strong ETag, and with the new one after an edit', async () => {
    const { relay, document, stored } = await openTokens()
    const first = await fetch(snapshotUrl(relay))
    const etag = first.headers.get('etag') as string
    expect(etag).toMatch(/^"[0-9a-f]{64}(?:-gz)?"$/)
    const unchanged = await fetch(snapshotUrl(relay), { headers: { 'if-none-match': `"else", ${etag}` } })
    expect([unchanged.status, await unchanged.text(), unchanged.headers.get('etag')]).toEqual([304, '', etag])
    document.set('core', 'color.100', { value: '#abc', type: 'color' })
    await stored()
    const changed = await fetch(snapshotUrl(relay), { headers: { 'if-none-match': etag } })
    expect(changed.status).toBe(200)
    expect(changed.headers.get('etag')).not.toBe(etag)
    expect((await fetch(snapshotUrl(relay), { headers: { 'if-none-match': '*' } })).status).toBe(304)
  })

  it('gets gzip where it accepts it, under an ETag of its own', async () => {
    const { relay } = await openTokens()
    const plain = await fetch(snapshotUrl(relay), { headers: { 'accept-encoding': 'identity' } })
    const zipped = await fetch(snapshotUrl(relay), { headers: { 'accept-encoding': 'br, gzip;q=0.5' } })
    const refused = await fetch(snapshotUrl(relay), { headers: { 'accept-encoding': 'gzip;q=0' } })
    expect([plain, zipped, refused].map((answer) => answer.headers.get('content-encoding'))).toEqual([
      null,
      'gzip',
      null,
    ])
    expect(await zipped.text()).toBe(await plain.text())
    expect(zipped.headers.get('etag')).not.toBe(plain.headers.get('etag'))
    expect(zipped.headers.get('vary')).toContain('Accept-Encoding')
    const projection = projectRoom([], 'full')
    expect(projection.kind).toBe('empty')
  })

  it('may ask with HEAD', async () => {
    const { relay } = await openTokens()
    const head = await fetch(snapshotUrl(relay), { method: 'HEAD', headers: { 'accept-encoding': 'identity' } })
    const body = await (await fetch(snapshotUrl(relay))).text()
    expect([head.status, await head.text()]).toEqual([200, ''])
    expect(Number(head.headers.get('content-length'))).toBe(Buffer.byteLength(body))
  })

  it('may be a page of any origin', async () => {
    const { relay } = await openTokens()
    const answer = await fetch(snapshotUrl(relay), { headers: { origin: 'https://anywhere.example' } })
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect(answer.headers.get('access-control-expose-headers')).toBe('ETag')
    expect(answer.headers.get('cache-control')).toBe('private, no-cache')
    const preflight = await fetch(snapshotUrl(relay), {
      method: 'OPTIONS',
      headers: { origin: 'null', 'access-control-request-headers': 'authorization' },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-headers')).toContain('Authorization')
  })
})

describe('what is no snapshot is JSON that says why', () => {
  async function failure(url: string, init: RequestInit = {}): Promise<readonly [number, unknown]> {
    const response = await fetch(url, init)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    const body = (await response.json()) as { code: string; message: string }
    expect(body.message).not.toBe('')
    return [response.status, body.code]
  }

  it('a room without tokens, a name that is none, a side document, another method', async () => {
    const relay = await startRelay()
    expect(await failure(snapshotUrl(relay))).toEqual([404, 'empty-room'])
    const client = openStockClient(relay.url, 'acme')
    await client.untilSynced()
    client.doc.getArray('else').push([1])
    await eventually(async () => relay.stats().uncommittedBytes === 0)
    expect(await failure(snapshotUrl(relay))).toEqual([404, 'empty-room'])
    expect(await failure(snapshotUrl(relay, '', 'Not%20A%20Room'))).toEqual([404, 'no-such-room'])
    expect(await failure(snapshotUrl(relay, '', '%ff'))).toEqual([404, 'no-such-room'])
    expect(await failure(snapshotUrl(relay, '', 'acme~history'))).toEqual([404, 'no-such-room'])
    expect(await failure(snapshotUrl(relay), { method: 'PUT' })).toEqual([405, 'method-not-allowed'])
  })

  it('a key that is missing, invalid, expired or of another room', async () => {
    const writer = await testRoomKey('writer', 'acme')
    const { relay } = await openTokens({ keySecret: testKeySecret }, writer)
    const withKey = (key: string): RequestInit => ({ headers: { authorization: `Bearer ${key}` } })
    expect(await failure(snapshotUrl(relay))).toEqual([401, 'key-missing'])
    expect(await failure(`${snapshotUrl(relay)}?key=${writer}`)).toEqual([401, 'key-missing'])
    expect(await failure(snapshotUrl(relay), withKey('nonsense'))).toEqual([401, 'key-invalid'])
    const old = await testRoomKey('reader', 'acme', { now: () => Date.now() - 7_200_000 })
    expect(await failure(snapshotUrl(relay), withKey(old))).toEqual([401, 'key-expired'])
    expect(await failure(snapshotUrl(relay), withKey(await testRoomKey('writer', 'other')))).toEqual([
      403,
      'not-allowed',
    ])
    expect((await fetch(snapshotUrl(relay), withKey(await testRoomKey('reader', 'acme')))).status).toBe(200)
    expect((await fetch(snapshotUrl(relay))).headers.get('www-authenticate')).toBe('Bearer')
  })
})

describe('the cache', () => {
  const payload = (size: number) => ({
    kind: 'payload' as const,
    body: new Uint8Array(size),
    gzip: new Uint8Array(0),
    hash: '',
  })

  it('builds a room once per form and position, also for many at once', async () => {
    let position = 1
    let built = 0
    const cache = createSnapshotCache({
      reader: { positionOf: async () => position, read: async () => [] },
      project: async () => {
        built++
        return payload(10)
      },
      maxBytes: 1_000,
    })
    await Promise.all(Array.from({ length: 20 }, () => cache.get('acme', 'plugin')))
    expect(built).toBe(1)
    await cache.get('acme', 'full')
    await cache.get('other', 'plugin')
    expect(built).toBe(3)
    position = 2
    await cache.get('acme', 'plugin')
    await cache.get('acme', 'plugin')
    expect(built).toBe(4)
  })

  it('lets go of the least recently used, and of failures', async () => {
    let built: string[] = []
    let fails = true
    const rooms = ['a', 'b', 'c']
    const cache = createSnapshotCache({
      reader: {
        positionOf: async () => 1,
        read: async (room) => [new TextEncoder().encode(room)],
      },
      project: async ({ updates }) => {
        built.push(new TextDecoder().decode(updates[0]))
        if (fails) throw new Error('too slow')
        return payload(40)
      },
      maxBytes: 100,
    })
    await expect(cache.get('a', 'full')).rejects.toThrow('too slow')
    fails = false
    for (const room of rooms) await cache.get(room, 'full')
    built = []
    await cache.get('c', 'full')
    await cache.get('b', 'full')
    await cache.get('a', 'full')
    expect(built).toEqual(['a'])
  })

  it('asks for nothing where the room was never written', async () => {
    const cache = createSnapshotCache({
      reader: { positionOf: async () => 0, read: async () => null },
      project: async () => payload(1),
      maxBytes: 1,
    })
    expect(await cache.get('acme', 'full')).toEqual({ kind: 'empty' })
  })
})

it('a projection carries its zipped self', () => {
  const ydoc = new Y.Doc()
  createTokenDocument(ydoc).import(file)
  const projection = projectRoom([Y.encodeStateAsUpdate(ydoc)], 'full')
  const zipped = projection.kind === 'payload' ? projection.gzip : new Uint8Array()
  expect(gunzipSync(zipped).toString()).toBe(file)
})
