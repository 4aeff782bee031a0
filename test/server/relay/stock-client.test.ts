/** The reference client, unchanged: y-websocket's provider over Node's own WebSocket. */
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { createMemoryStore } from '../../../server/relay/index.ts'
import { eventually } from '../../support/eventually.ts'
import { createGatedStore } from '../../support/gated-store.ts'
import { startRelay, testKeySecret, testRoomKey } from '../../support/relay-server.ts'
import { openStockClient } from '../../support/stock-client.ts'

describe('stock clients', () => {
  it('edit together, and each sees the awareness of the others', async () => {
    const relay = await startRelay()
    const a = openStockClient(relay.url, 'acme')
    const b = openStockClient(relay.url, 'acme')
    a.provider.awareness.setLocalStateField('user', { name: 'Ana' })
    await Promise.all([a.untilSynced(), b.untilSynced()])
    a.doc.getArray('list').push(['a'])
    b.doc.getArray('list').push(['b'])
    await Promise.all([a.untilList(2), b.untilList(2)])
    expect(a.list()).toEqual(b.list())
    await eventually(() => b.provider.awareness.getStates().get(a.doc.clientID)?.['user']?.name === 'Ana')
    a.destroy()
    await eventually(() => !b.provider.awareness.getStates().has(a.doc.clientID))
  })

  it('bring their offline edits, and are synced only when everything is there', async () => {
    const relay = await startRelay({ dataDir: true })
    const offline = new Y.Doc()
    for (let i = 0; i < 5_000; i++) offline.getArray('list').push([i])
    const a = openStockClient(relay.url, 'acme', { doc: offline })
    await a.untilSynced()
    const b = openStockClient(relay.url, 'acme')
    let atSync: number | undefined
    b.provider.on('sync', () => {
      atSync ??= b.list().length
    })
    await b.untilList(5_000)
    await b.untilSynced()
    expect(atSync === 5_000 || atSync === 0).toBe(true)
    await relay.close()
    const again = await startRelay({ dataDir: relay.dataDir! })
    const c = openStockClient(again.url, 'acme')
    await c.untilSynced()
    expect(c.list().length).toBe(5_000)
  })

  it('are not synced while the room is loading, and then find everything, ten of ten', async () => {
    const inner = createMemoryStore()
    const store = createGatedStore(inner)
    const relay = await startRelay({ store })
    const writer = openStockClient(relay.url, 'acme')
    await writer.untilSynced()
    for (let i = 0; i < 2_000; i++) writer.doc.getArray('list').push([i])
    await eventually(async () => (await inner.load('acme'))?.rows.length === 2_000)
    writer.destroy()
    await eventually(() => relay.stats().openRooms === 0)
    store.hold('load')
    const joiners = Array.from({ length: 10 }, () => openStockClient(relay.url, 'acme'))
    const atSync: number[] = []
    for (const joiner of joiners) joiner.provider.on('sync', () => atSync.push(joiner.list().length))
    await eventually(() => joiners.every((joiner) => joiner.provider.wsconnected))
    expect(atSync).toEqual([])
    store.release('load')
    await Promise.all(joiners.map((joiner) => joiner.untilSynced()))
    expect(atSync).toEqual(Array.from({ length: 10 }, () => 2_000))
  })

  it('connect with a key in the subprotocols or in the query, in rooms with several parts', async () => {
    const relay = await startRelay({ keySecret: testKeySecret })
    const key = await testRoomKey('writer', 'acme/*')
    const a = openStockClient(relay.url, 'acme/brand', { protocols: ['y-tokens.1', `key.${key}`] })
    const b = openStockClient(relay.url, 'acme/brand', { params: { key } })
    await Promise.all([a.untilSynced(), b.untilSynced()])
    expect(a.provider.ws?.protocol).toBe('y-tokens.1')
    a.doc.getArray('list').push([1])
    await b.untilList(1)
  })

  it('try once, not for ever, with a key that opens nothing', async () => {
    const relay = await startRelay({ keySecret: testKeySecret })
    const expectCode = async (params: Record<string, string>, room: string, code: number): Promise<void> => {
      const client = openStockClient(relay.url, room, { params })
      let closed: number | undefined
      let attempts = 0
      client.provider.on('closed', (event) => {
        closed = event.code
      })
      client.provider.on('status', ({ status }) => {
        if (status === 'connecting') attempts++
      })
      await eventually(() => closed === code, { what: `closed with ${code}, got ${String(closed)}` })
      expect(client.provider.shouldConnect).toBe(false)
      expect(attempts).toBeLessThanOrEqual(1)
      client.destroy()
    }
    await expectCode({ key: 'nonsense' }, 'acme', 4401)
    await expectCode({ key: await testRoomKey('writer', 'other') }, 'acme', 4403)
    await expectCode({ key: await testRoomKey('reader', 'acme') }, 'acme~history', 4403)
    await expectCode({ key: await testRoomKey('writer', 'acme') }, 'Not-A-Room', 4404)
  })

  it('with a read-only key see everything and change nothing', async () => {
    const relay = await startRelay({ keySecret: testKeySecret })
    const reader = openStockClient(relay.url, 'acme', { params: { key: await testRoomKey('reader', 'acme') } })
    const writer = openStockClient(relay.url, 'acme', { params: { key: await testRoomKey('writer', 'acme') } })
    await Promise.all([reader.untilSynced(), writer.untilSynced()])
    reader.doc.getArray('list').push(['mine'])
    writer.doc.getArray('list').push(['theirs'])
    await reader.untilList(2)
    expect(writer.list()).toEqual(['theirs'])
    expect(reader.provider.wsconnected).toBe(true)
  })

  it('load from storage after connecting: updates of foreign client ids are taken', async () => {
    const relay = await startRelay()
    const stored = new Y.Doc()
    stored.getArray('list').push([1, 2, 3])
    const a = openStockClient(relay.url, 'acme')
    await a.untilSynced()
    Y.applyUpdate(a.doc, Y.encodeStateAsUpdate(stored), 'indexeddb')
    const b = openStockClient(relay.url, 'acme')
    await b.untilList(3)
    expect(b.list()).toEqual([1, 2, 3])
  })

  it('heal a gap: what one tab heard of another past the relay comes with the next edit', async () => {
    const relay = await startRelay()
    const other = new Y.Doc()
    other.getArray('list').push(['other tab'])
    const a = openStockClient(relay.url, 'acme')
    const b = openStockClient(relay.url, 'acme')
    await Promise.all([a.untilSynced(), b.untilSynced()])
    // As through a BroadcastChannel: applied with the provider as origin, so not sent on.
    Y.applyUpdate(a.doc, Y.encodeStateAsUpdate(other), a.provider)
    a.doc.getArray('list').push(['after it'])
    await b.untilList(2)
    expect(b.list()).toEqual(a.list())
  })

  it('come back after a restart by themselves, with what they edited meanwhile', async () => {
    const relay = await startRelay({ dataDir: true })
    const a = openStockClient(relay.url, 'acme')
    const b = openStockClient(relay.url, 'acme')
    await Promise.all([a.untilSynced(), b.untilSynced()])
    a.doc.getArray('list').push([1])
    await b.untilList(1)
    let code: number | undefined
    a.provider.on('connection-close', (event) => {
      code ??= event?.code
    })
    await relay.close()
    await eventually(() => code === 1012)
    a.doc.getArray('list').push([2])
    await startRelay({ dataDir: relay.dataDir!, port: relay.port })
    await b.untilList(2)
    expect(b.list()).toEqual([1, 2])
  })

  it('with hundreds of edits in one go lose none', async () => {
    const relay = await startRelay({ dataDir: true })
    const clients = Array.from({ length: 5 }, () => openStockClient(relay.url, 'acme'))
    await Promise.all(clients.map((client) => client.untilSynced()))
    for (const client of clients) for (let i = 0; i < 400; i++) client.doc.getArray('list').push([i])
    await Promise.all(clients.map((client) => client.untilList(2_000)))
    for (const client of clients) expect(client.list()).toEqual(clients[0]!.list())
  })
})
