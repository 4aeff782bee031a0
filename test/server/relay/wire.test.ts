/** What the relay answers to every message in every state: the table of the y-websocket wire, row by row. */
import { describe, expect, it, onTestFinished } from 'vitest'
import * as Y from 'yjs'
import type { RelayMessage } from '../../../src/protocol/relay-messages.ts'
import { RelayError, createMemoryStore } from '../../../server/relay/index.ts'
import { eventually } from '../../support/eventually.ts'
import { type GatedStore, createGatedStore } from '../../support/gated-store.ts'
import { type RawWireClient, openRawClient } from '../../support/raw-wire-client.ts'
import {
  type StartRelayOptions,
  type TestRelay,
  startRelay,
  testKeySecret,
  testRoomKey,
  timersOf,
  untilRead,
} from '../../support/relay-server.ts'
import { createVirtualClock } from '../../support/virtual-clock.ts'
import { madeAny, madeRun, madeUpdate, updatesOf } from '../../support/yjs-updates.ts'

async function join(
  relay: TestRelay,
  room = 'acme',
  options: { hello?: boolean; key?: string } = {},
): Promise<RawWireClient> {
  const { hello = true, key } = options
  const client = await openRawClient(`${relay.url}/${room}`, key ? { protocols: ['y-tokens.1', `key.${key}`] } : {})
  onTestFinished(() => client.cut())
  if (hello) client.hello()
  client.sendStep1()
  await client.step2()
  return client
}

async function gatedRelay(options: StartRelayOptions = {}): Promise<{ relay: TestRelay; store: GatedStore }> {
  const store = createGatedStore(createMemoryStore())
  return { relay: await startRelay({ ...options, store }), store }
}

/** One list item per update. */
const items = (count: number): Uint8Array[] =>
  updatesOf((doc) => {
    for (let i = 0; i < count; i++) doc.getArray('list').push([i])
  })
const listOf = (client: RawWireClient): unknown[] => client.doc.getArray('list').toJSON()
const kindsOf = (client: RawWireClient): string[] =>
  client.messages.map((message) => (message.kind === 'relay' ? message.message.kind : message.kind))

/** Waits until everything sent so far has been handled: a query is answered in order. */
async function untilHandled(client: RawWireClient): Promise<void> {
  const before = client.messages.length
  client.sendRelay({ kind: 'hello', body: { v: 1, agent: 'raw' } })
  await client.relay('welcome', before)
}

describe('no key yet', () => {
  const withKeys = (options: StartRelayOptions = {}): Promise<TestRelay> =>
    startRelay({ keySecret: testKeySecret, ...options })

  it('holds what a stock client sends at once, and answers it once the key has come', async () => {
    const relay = await withKeys()
    const client = await openRawClient(`${relay.url}/acme`)
    client.sendStep1()
    client.sendAwareness([{ client: 5, clock: 1, state: {} }])
    client.sendUpdate(items(1)[0]!)
    client.sendRelay({ kind: 'key', body: await testRoomKey('writer', 'acme') })
    await client.step2()
    await client.next((message) => (message.kind === 'awareness' ? message : undefined))
    await eventually(() => listOf(client).length === 1)
    expect(kindsOf(client).slice(0, 2)).toEqual(['step2', 'step1'])
  })

  it('closes with 4401 after 5 s', async () => {
    const clock = createVirtualClock()
    const relay = await withKeys({ timers: timersOf(clock) })
    const client = await openRawClient(`${relay.url}/acme`)
    client.sendStep1()
    await clock.advanceAsync(4_999)
    expect(client.closed).toBeUndefined()
    await clock.advanceAsync(1)
    expect((await client.untilClosed()).code).toBe(4401)
  })

  it('closes with 4401 after more than 16 messages or 64 KB', async () => {
    const relay = await withKeys()
    const many = await openRawClient(`${relay.url}/acme`)
    for (let i = 0; i < 17; i++) many.sendStep1()
    expect((await many.untilClosed()).code).toBe(4401)
    const large = await openRawClient(`${relay.url}/acme`)
    large.sendUpdate(new Uint8Array(70_000))
    expect((await large.untilClosed()).code).toBe(4401)
  })

  it('closes with 4401 for a key that is none, and 4403 for one of another room', async () => {
    const relay = await withKeys()
    const bad = await openRawClient(`${relay.url}/acme`)
    bad.sendRelay({ kind: 'key', body: 'no key at all' })
    expect((await bad.untilClosed()).code).toBe(4401)
    const other = await openRawClient(`${relay.url}/acme`)
    other.sendRelay({ kind: 'key', body: await testRoomKey('writer', 'other') })
    expect((await other.untilClosed()).code).toBe(4403)
  })
})

describe('room loading', () => {
  it('answers nothing until storage has answered, then everything in order', async () => {
    const { relay, store } = await gatedRelay()
    const writer = await join(relay)
    for (const update of items(3)) writer.sendUpdate(update)
    await writer.untilSaved(3)
    await writer.close()
    await eventually(() => relay.stats().openRooms === 0)

    store.hold('load')
    const client = await openRawClient(`${relay.url}/acme`)
    client.hello()
    client.sendStep1()
    client.sendUpdate(updatesOf((doc) => doc.getArray('own').push(['mine']))[0]!)
    client.sendAwareness([{ client: 5, clock: 1, state: { n: 1 } }])
    await eventually(() => store.calls.load === 2)
    await untilRead(relay)
    expect(client.messages).toEqual([])
    store.release('load')
    await client.untilSaved(1)
    expect(kindsOf(client).slice(0, 3)).toEqual(['welcome', 'step2', 'step1'])
    expect(listOf(client)).toEqual([0, 1, 2])
  })

  it('that fails closes with 4503 and is tried anew by the next; an empty document is never served', async () => {
    const { relay, store } = await gatedRelay()
    store.fail('load', new RelayError('data-damaged', 'damaged'))
    const client = await openRawClient(`${relay.url}/acme`)
    client.sendStep1()
    expect((await client.untilClosed()).code).toBe(4503)
    expect(client.messages).toEqual([])
    expect(relay.stats().openRooms).toBe(0)
    store.fail('load', null)
    await join(relay)
  })

  it('that takes too long closes with 4503', async () => {
    const clock = createVirtualClock()
    const { relay, store } = await gatedRelay({ timers: timersOf(clock) })
    store.hold('load')
    const client = await openRawClient(`${relay.url}/acme`)
    client.sendStep1()
    await eventually(() => store.calls.load === 1)
    await clock.advanceAsync(10_000)
    expect((await client.untilClosed()).code).toBe(4503)
    store.release('load')
  })

  it('stops reading from a client that sends much meanwhile, and loses nothing of it', async () => {
    const { relay, store } = await gatedRelay({ limits: { maxHeldBytes: 10_000 } })
    store.hold('load')
    const client = await openRawClient(`${relay.url}/acme`)
    client.hello()
    const updates = items(5_000)
    for (const update of updates) client.sendUpdate(update)
    await eventually(() => store.calls.load === 1)
    await untilRead(relay)
    store.release('load')
    await client.untilSaved(5_000)
    expect((await store.load('acme'))?.rows.length).toBe(5_000)
  })
})

describe('step 1', () => {
  it('is answered by step 2 with what the vector lacks, then the own step 1', async () => {
    const relay = await startRelay()
    const writer = await join(relay)
    const updates = items(4)
    for (const update of updates) writer.sendUpdate(update)
    await writer.untilSaved(4)
    const half = new Y.Doc()
    for (const update of updates.slice(0, 2)) Y.applyUpdate(half, update)
    const client = await openRawClient(`${relay.url}/acme`)
    client.sendStep1(Y.encodeStateVector(half))
    const answer = await client.step2()
    expect(Y.decodeUpdate(answer).structs.map((struct) => struct.id.clock)).toEqual([2, 3])
    const vector = await client.next((message) => (message.kind === 'step1' ? message.vector : undefined))
    expect([...Y.decodeStateVector(vector).values()]).toEqual([4])
    expect(kindsOf(client).slice(0, 2)).toEqual(['step2', 'step1'])
  })

  it('is answered for an empty room by an update of nothing', async () => {
    const relay = await startRelay()
    const client = await join(relay)
    expect(await client.step2()).toEqual(Uint8Array.of(0, 0))
  })

  it('with a vector that is none closes with 4400, with too many entries with 4413', async () => {
    const relay = await startRelay({ limits: { maxStateVectorEntries: 3 } })
    const bad = await openRawClient(`${relay.url}/acme`)
    bad.sendStep1(Uint8Array.of(2, 1))
    expect((await bad.untilClosed()).code).toBe(4400)
    const many = await openRawClient(`${relay.url}/acme`)
    many.sendStep1(Uint8Array.of(4, 1, 1, 2, 1, 3, 1, 4, 1))
    expect((await many.untilClosed()).code).toBe(4413)
  })
})

describe('an update of a writer', () => {
  it('is committed before anybody hears of it: peers, author, acknowledgement', async () => {
    const { relay, store } = await gatedRelay()
    const author = await join(relay)
    const stock = await join(relay, 'acme', { hello: false })
    const peer = await join(relay)
    store.hold('append')
    author.sendUpdate(items(1)[0]!)
    stock.sendUpdate(updatesOf((doc) => doc.getArray('list').push(['stock']))[0]!)
    await eventually(() => store.calls.append === 1)
    await untilHandled(peer)
    await untilHandled(author)
    expect(author.saved()).toBe(0)
    for (const client of [author, stock, peer]) expect(kindsOf(client)).not.toContain('update')
    store.release('append')
    await author.untilSaved(1)
    for (const client of [stock, peer]) await eventually(() => listOf(client).length === 2)
  })

  it('that is on its way to disk reaches who joins meanwhile once it is there', async () => {
    const { relay, store } = await gatedRelay()
    const author = await join(relay)
    store.hold('append')
    const updates = items(3)
    author.sendUpdate(updates[0]!)
    await eventually(() => store.calls.append === 1)
    for (const update of updates.slice(1)) author.sendUpdate(update)
    await untilHandled(author)
    const joiner = await join(relay)
    expect(listOf(joiner)).toEqual([])
    store.release('append')
    await author.untilSaved(3)
    await eventually(() => listOf(joiner).length === 3)
    expect(listOf(await join(relay))).toEqual([0, 1, 2])
  })

  it('comes back to its author as the sign that it is stored, unless the author hears "saved"', async () => {
    const relay = await startRelay()
    const stock = await join(relay, 'acme', { hello: false })
    const ours = await join(relay)
    stock.sendUpdate(items(1)[0]!)
    await eventually(() => listOf(stock).length === 1)
    ours.sendUpdate(updatesOf((doc) => doc.getArray('list').push(['ours']))[0]!)
    await ours.untilSaved(1)
    await untilHandled(ours)
    expect(listOf(ours)).toEqual([0])
    expect(listOf(stock).length).toBe(2)
  })

  it('of nothing, or of nothing new, is counted and not stored', async () => {
    const { relay, store } = await gatedRelay()
    const client = await join(relay)
    const [update] = items(1)
    client.sendStep2(Uint8Array.of(0, 0))
    client.sendUpdate(update!)
    client.sendUpdate(update!)
    client.sendStep2(update!)
    await client.untilSaved(4)
    expect(store.calls.append).toBe(1)
    expect((await store.load('acme'))?.rows.length).toBe(1)
  })

  it('keeps the order of its connection, also when it was held', async () => {
    const { relay, store } = await gatedRelay()
    store.hold('load')
    const client = await openRawClient(`${relay.url}/acme`)
    client.hello()
    const updates = items(300)
    for (const update of updates.slice(0, 150)) client.sendUpdate(update)
    await eventually(() => store.calls.load === 1)
    await untilRead(relay)
    store.release('load')
    for (const update of updates.slice(150)) client.sendUpdate(update)
    await client.untilSaved(300)
    const rows = (await store.load('acme'))?.rows.map((row) => Buffer.from(row.update).toString('hex'))
    expect(rows).toEqual(updates.map((update) => Buffer.from(update).toString('hex')))
  })

  it('counts as saved only when the rows of others that it rests on are committed', async () => {
    const { relay, store } = await gatedRelay()
    const author = await join(relay)
    const other = await join(relay)
    store.hold('append')
    author.sendUpdate(items(1)[0]!)
    await eventually(() => store.calls.append === 1)
    // "You have all I have": true only once the author's row is durable.
    other.sendStep2(Uint8Array.of(0, 0))
    await untilHandled(other)
    expect(other.saved()).toBe(0)
    store.release('append')
    await other.untilSaved(1)
  })
})

describe('an update of a reader', () => {
  async function readerAndWriter() {
    const relay = await startRelay({ keySecret: testKeySecret })
    const reader = await join(relay, 'acme', { key: await testRoomKey('reader', 'acme') })
    const writer = await join(relay, 'acme', { key: await testRoomKey('writer', 'acme') })
    return { relay, reader, writer }
  }

  it('is dropped and counted, rejected once, and never closes; everything of others is seen', async () => {
    const { reader, writer } = await readerAndWriter()
    for (const update of items(3)) reader.sendUpdate(update)
    reader.sendStep2(items(1)[0]!)
    await reader.untilSaved(4)
    writer.sendUpdate(updatesOf((doc) => doc.getArray('list').push(['w']))[0]!)
    await eventually(() => listOf(reader).length === 1)
    expect(listOf(reader)).toEqual(['w'])
    expect(listOf(writer)).toEqual([])
    const rejected = reader.messages.filter((m) => m.kind === 'relay' && m.message.kind === 'rejected')
    expect(rejected).toMatchObject([{ message: { body: { count: 1, code: 'read-only' } } }])
    expect(reader.closed).toBeUndefined()
  })

  it('is not asked for: no step 1', async () => {
    const { reader } = await readerAndWriter()
    await untilHandled(reader)
    expect(kindsOf(reader)).not.toContain('step1')
  })

  it('is asked for, all of it, once the key is raised to writer', async () => {
    const { reader, writer } = await readerAndWriter()
    const updates = items(2)
    reader.sendUpdate(updates[0]!)
    reader.sendRelay({ kind: 'key', body: await testRoomKey('writer', 'acme') })
    await reader.next((message) => (message.kind === 'step1' ? message : undefined))
    reader.sendStep2(Y.mergeUpdates(updates))
    await eventually(() => listOf(writer).length === 2)
    const welcomes = reader.messages.flatMap((m) =>
      m.kind === 'relay' && m.message.kind === 'welcome' ? [m.message.body.role] : [],
    )
    expect(welcomes).toEqual(['reader', 'writer'])
  })

  it('leaves its awareness alone: who reads is seen', async () => {
    const { reader, writer } = await readerAndWriter()
    reader.sendAwareness([{ client: 5, clock: 1, state: { user: { name: 'somebody else' } } }])
    const seen = await writer.next((message) => (message.kind === 'awareness' ? message.entries : undefined))
    expect(seen).toEqual([{ client: 5, clock: 1, state: { user: { id: 'reader', name: 'reader' } } }])
  })
})

describe('a refused update', () => {
  it('is named, and closes with 4400; nothing of it is stored', async () => {
    const { relay, store } = await gatedRelay()
    const client = await join(relay)
    client.sendUpdate(items(1)[0]!)
    client.sendUpdate(Uint8Array.of(0, 0, 9))
    const rejected = await client.relay('rejected')
    expect(rejected).toMatchObject({ count: 2, code: 'bad-bytes', message: expect.stringContaining('left over') })
    expect(await client.untilClosed()).toEqual({ code: 4400, reason: expect.stringContaining('left over') })
    expect((await store.load('acme'))?.rows.length).toBe(1)
  })

  it('that is too large closes with 4413, also one that is too large to be read', async () => {
    const relay = await startRelay({ limits: { maxMessageBytes: 1_000, maxClientsPerUpdate: 2 } })
    const many = await join(relay)
    many.sendUpdate(madeUpdate([1, 2, 3].map((client) => ({ client, clock: 0, structs: [madeAny(1)] }))))
    expect(await many.relay('rejected')).toMatchObject({ count: 1, code: 'too-large' })
    expect((await many.untilClosed()).code).toBe(4413)
    const large = await join(relay)
    expect((await large.relay('welcome')).limits).toEqual({ maxMessageBytes: 1_000 })
    large.sendUpdate(new Uint8Array(2_000))
    expect(await large.relay('rejected')).toMatchObject({ count: 1, code: 'too-large' })
    expect((await large.untilClosed()).code).toBe(4413)
  })

  it('does not disturb the others', async () => {
    const relay = await startRelay()
    const peer = await join(relay)
    const hostile = await join(relay)
    hostile.sendUpdate(madeUpdate([{ client: 1, clock: 0, structs: [madeRun(0, 2 ** 31)] }]))
    await hostile.untilClosed()
    peer.sendUpdate(items(1)[0]!)
    await peer.untilSaved(1)
    expect(peer.closed).toBeUndefined()
  })
})

describe('a gap in a live update', () => {
  it('drops it, asks once for everything, and acknowledges nothing until that has come', async () => {
    const relay = await startRelay()
    const client = await join(relay)
    const peer = await join(relay)
    const updates = items(6)
    client.sendUpdate(updates[0]!)
    await client.untilSaved(1)
    const before = client.messages.length
    for (const update of updates.slice(2)) client.sendUpdate(update)
    client.sendUpdate(updatesOf((doc) => doc.getArray('else').push([1]))[0]!)
    await untilHandled(client)
    expect(client.messages.slice(before).filter((message) => message.kind === 'step1').length).toBe(1)
    expect(client.saved()).toBe(1)
    expect(listOf(peer)).toEqual([0])
    client.sendStep2(Y.mergeUpdates(updates))
    await client.untilSaved(7)
    await eventually(() => listOf(peer).length === 6)
  })
})

describe('awareness', () => {
  it('of everybody present is told after the join, and on query', async () => {
    const relay = await startRelay()
    const a = await join(relay)
    a.sendAwareness([{ client: 1, clock: 1, state: { n: 1 } }])
    const b = await join(relay)
    const expected = [{ client: 1, clock: 1, state: { n: 1 } }]
    expect(await b.next((message) => (message.kind === 'awareness' ? message.entries : undefined))).toEqual(expected)
    const kinds = kindsOf(b)
    expect(kinds.indexOf('awareness')).toBeGreaterThan(kinds.indexOf('step2'))
    const before = b.messages.length
    b.send(Uint8Array.of(3))
    expect(await b.next((message) => (message.kind === 'awareness' ? message.entries : undefined), before)).toEqual(
      expected,
    )
  })

  it('of who leaves is null at the next clock, also when the connection is cut', async () => {
    const relay = await startRelay()
    const a = await join(relay)
    for (const end of ['close', 'cut'] as const) {
      const b = await join(relay)
      const before = a.messages.length
      b.sendAwareness([{ client: 2, clock: 10, state: { n: 1 } }])
      await a.next((m) => (m.kind === 'awareness' && m.entries[0]?.state ? m : undefined), before)
      void b[end]()
      const gone = await a.next(
        (m) => (m.kind === 'awareness' ? m.entries.find((entry) => entry.client === 2 && !entry.state) : undefined),
        before,
      )
      expect(gone.clock).toBeGreaterThan(10)
    }
  })

  it('in quick succession is sent on together', async () => {
    const clock = createVirtualClock()
    const relay = await startRelay({ timers: timersOf(clock) })
    const a = await join(relay)
    const b = await join(relay)
    for (let i = 1; i <= 50; i++) a.sendAwareness([{ client: 1, clock: i, state: { i } }])
    await untilHandled(a)
    await clock.advanceAsync(50)
    await b.next((m) => (m.kind === 'awareness' && m.entries[0]?.clock === 50 ? m : undefined))
    expect(b.messages.filter((message) => message.kind === 'awareness').length).toBe(2)
  })

  it('that is no awareness closes with 4400', async () => {
    const relay = await startRelay()
    const client = await join(relay)
    client.send(Uint8Array.of(1, 2, 5, 1))
    expect((await client.untilClosed()).code).toBe(4400)
  })
})

describe('a message that is', () => {
  it('of an unknown type is ignored: Hocuspocus, y-sweet, permission denied', async () => {
    const relay = await startRelay()
    const client = await join(relay)
    for (const type of [2, 4, 8, 10, 102, 109, 116]) client.send(Uint8Array.of(type, 1, 2, 3))
    client.sendUpdate(items(1)[0]!)
    await client.untilSaved(1)
    expect(client.closed).toBeUndefined()
  })

  const bad: readonly (readonly [string, Uint8Array | string])[] = [
    ['a text', 'hello'],
    ['empty', new Uint8Array()],
    ['of an unknown sync kind', Uint8Array.of(0, 7, 0)],
    ['cut off', Uint8Array.of(0, 2, 9, 1)],
    ['followed by another in the same frame', Uint8Array.of(0, 0, 1, 0, 0, 0, 1, 0)],
    ['a number without end', Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255, 255, 255)],
    ['hello without JSON', Uint8Array.of(110, 1, 65)],
    ['a lease of another shape', Uint8Array.of(113, 2, 123, 125)],
  ]
  for (const [what, bytes] of bad)
    it(`${what} closes with 4400`, async () => {
      const relay = await startRelay()
      const client = await join(relay)
      client.send(bytes)
      expect((await client.untilClosed()).code).toBe(4400)
    })
})

describe('too fast', () => {
  it('makes the relay read no further for a while; nothing is lost and nobody is closed', async () => {
    const clock = createVirtualClock()
    const relay = await startRelay({
      timers: timersOf(clock),
      limits: { messagesPerSecond: 1_000, messageBurst: 200, stateVectorCost: 1 },
    })
    const client = await join(relay)
    const updates = items(5_000)
    for (const update of updates) client.sendUpdate(update)
    await eventually(() => client.saved() >= 200)
    await untilRead(relay)
    expect(client.saved()).toBeLessThan(4_000)
    await eventually(async () => {
      await clock.advanceAsync(1_000)
      return client.saved() === 5_000
    })
    expect(client.closed).toBeUndefined()
  })
})

describe('the relay messages', () => {
  it('go only to a client that said hello', async () => {
    const relay = await startRelay()
    const client = await join(relay, 'acme', { hello: false })
    client.sendUpdate(items(1)[0]!)
    client.sendRelay(lease('request'))
    await eventually(() => listOf(client).length === 1)
    client.sendUpdate(Uint8Array.of(0, 0, 9))
    await client.untilClosed()
    expect(kindsOf(client)).toEqual(['step2', 'step1', 'update'])
  })

  it('welcome with room, role, user and limits, also of the side document', async () => {
    const open = await startRelay()
    const client = await join(open, 'acme/brand~history')
    expect(await client.relay('welcome')).toEqual({
      v: 1,
      room: 'acme/brand~history',
      role: 'writer',
      user: null,
      limits: { maxMessageBytes: 16 * 1024 * 1024 },
    })
    const keyed = await startRelay({ keySecret: testKeySecret })
    const key = await testRoomKey('admin', 'acme', { sub: 'u1', name: 'Ana' })
    expect(await (await join(keyed, 'acme', { key })).relay('welcome')).toMatchObject({
      role: 'admin',
      user: { id: 'u1', name: 'Ana' },
    })
  })

  it('tell a late hello what is saved already', async () => {
    const relay = await startRelay()
    const client = await join(relay, 'acme', { hello: false })
    client.sendUpdate(items(1)[0]!)
    await eventually(() => listOf(client).length === 1)
    client.hello()
    expect(await client.relay('saved')).toBe(1)
  })

  it('start counting at 0 with every connection', async () => {
    const relay = await startRelay()
    const first = await join(relay)
    for (const update of items(3)) first.sendUpdate(update)
    await first.untilSaved(3)
    const second = await join(relay)
    second.sendStep2(Uint8Array.of(0, 0))
    expect(await second.relay('saved')).toBe(1)
  })
})

function lease(op: 'request' | 'renew' | 'release', name = 'bridge:bin1'): RelayMessage {
  return { kind: 'lease', body: { op, name, holder: 'Device', epoch: 0, ttlMs: 0 } }
}

describe('a lease', () => {
  it('is granted with an epoch, held against others, free again when its socket ends', async () => {
    const relay = await startRelay()
    const a = await join(relay)
    const b = await join(relay)
    a.sendRelay(lease('request'))
    expect(await a.relay('lease')).toMatchObject({
      op: 'granted',
      name: 'bridge:bin1',
      holder: 'Device',
      epoch: 1,
      ttlMs: 15_000,
    })
    b.sendRelay(lease('request'))
    expect(await b.relay('lease')).toMatchObject({ op: 'held', holder: 'Device', epoch: 1 })
    const before = b.messages.length
    a.cut()
    await eventually(() => relay.stats().connections === 1)
    b.sendRelay(lease('request'))
    expect(await b.relay('lease', before)).toMatchObject({ op: 'granted', epoch: 2 })
  })

  it('runs out where it is not renewed, and its holder is told', async () => {
    const clock = createVirtualClock()
    const relay = await startRelay({ timers: timersOf(clock) })
    const a = await join(relay)
    a.sendRelay(lease('request'))
    await a.relay('lease')
    await clock.advanceAsync(10_000)
    let before = a.messages.length
    a.sendRelay(lease('renew'))
    expect(await a.relay('lease', before)).toMatchObject({ op: 'granted', epoch: 1, ttlMs: 15_000 })
    before = a.messages.length
    await clock.advanceAsync(16_000)
    expect(await a.relay('lease', before)).toMatchObject({ op: 'lost', name: 'bridge:bin1', epoch: 1 })
    before = a.messages.length
    a.sendRelay(lease('renew'))
    expect(await a.relay('lease', before)).toMatchObject({ op: 'lost' })
  })

  it('has an epoch that grows across restarts', async () => {
    const first = await startRelay({ dataDir: true })
    const a = await join(first)
    a.sendRelay(lease('request'))
    expect((await a.relay('lease')).epoch).toBe(1)
    await first.close()
    const second = await startRelay({ dataDir: first.dataDir! })
    const b = await join(second)
    b.sendRelay(lease('request'))
    expect((await b.relay('lease')).epoch).toBe(2)
  })

  it('is not for readers, not under other names, and not granted where its epoch cannot be stored', async () => {
    const relay = await startRelay({ keySecret: testKeySecret })
    const reader = await join(relay, 'acme', { key: await testRoomKey('reader', 'acme') })
    reader.sendRelay(lease('request'))
    expect(await reader.relay('lease')).toMatchObject({ op: 'lost' })
    const { relay: failing, store } = await gatedRelay()
    const client = await join(failing)
    client.sendRelay(lease('request', 'anything'))
    expect(await client.relay('lease')).toMatchObject({ op: 'lost', name: 'anything' })
    store.fail('nextLeaseEpoch', new Error('disk full'))
    client.sendRelay(lease('request', 'bridge:x'))
    const before = client.messages.length
    expect(await client.relay('lease', before)).toMatchObject({ op: 'lost', name: 'bridge:x' })
  })
})

describe('silence', () => {
  it('is filled: a keep-alive every 20 s that a stock client counts as a message, a ping every 25 s', async () => {
    const clock = createVirtualClock()
    const relay = await startRelay({ timers: timersOf(clock) })
    const client = await join(relay)
    let pings = 0
    client.socket.on('ping', () => pings++)
    const before = client.messages.length
    await clock.advanceAsync(25_000)
    await client.next((m) => (m.kind === 'awareness' && m.entries.length === 0 ? m : undefined), before)
    await eventually(() => pings > 0)
    expect(pings).toBe(1)
  })

  it('of a half-open connection ends it within 45 s, and its awareness with it', async () => {
    const clock = createVirtualClock()
    const relay = await startRelay({ timers: timersOf(clock) })
    const dead = await openRawClient(`${relay.url}/acme`, { autoPong: false })
    dead.sendStep1()
    await dead.step2()
    dead.sendAwareness([{ client: 9, clock: 1, state: {} }])
    const peer = await join(relay)
    await peer.next((m) => (m.kind === 'awareness' && m.entries[0]?.client === 9 ? m : undefined))
    const before = peer.messages.length
    for (let second = 0; second < 45; second++) {
      await clock.advanceAsync(1_000)
      if (second % 10 === 0) await untilHandled(peer)
    }
    await peer.next(
      (m) => (m.kind === 'awareness' && m.entries[0]?.client === 9 && !m.entries[0].state ? m : undefined),
      before,
    )
    await eventually(() => relay.stats().connections === 1)
    expect(peer.closed).toBeUndefined()
  })
})
