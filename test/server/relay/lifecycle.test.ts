/** Starting, failing and recovering, closing, and what is left in memory. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import * as Y from 'yjs'
import {
  type RelayErrorCode,
  createMemoryStore,
  createRelay,
  createRelayLogger,
  loadOrCreateKeySecret,
} from '../../../server/relay/index.ts'
import { eventually } from '../../support/eventually.ts'
import { createGatedStore } from '../../support/gated-store.ts'
import { type RawWireClient, openRawClient } from '../../support/raw-wire-client.ts'
import {
  type TestRelay,
  createTestFolder,
  startRelay,
  testKeySecret,
  testRoomKey,
  timersOf,
  untilRead,
} from '../../support/relay-server.ts'
import { createVirtualClock } from '../../support/virtual-clock.ts'
import { updatesOf } from '../../support/yjs-updates.ts'

async function enter(relay: TestRelay, room = 'acme'): Promise<RawWireClient> {
  const client = await openRawClient(`${relay.url}/${room}`)
  onTestFinished(() => client.cut())
  client.hello()
  client.sendStep1()
  await client.step2()
  return client
}

const items = (count: number): Uint8Array[] =>
  updatesOf((doc) => {
    for (let i = 0; i < count; i++) doc.getArray('list').push([i])
  })

/** For what a thread does that has yet to be started. */
const patient = { timeoutMs: 60_000 }

async function codeOf(starting: Promise<{ close(): Promise<void> }>): Promise<RelayErrorCode | 'started'> {
  try {
    const relay = await starting
    await relay.close()
    return 'started'
  } catch (error) {
    return (error as { code: RelayErrorCode }).code
  }
}

describe('a relay that cannot start says why and leaves nothing running', () => {
  it('a port in use, a host that is not here', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => taken.once('listening', resolve))
    onTestFinished(() => void taken.close())
    const port = (taken.address() as { port: number }).port
    const dataDir = await createTestFolder()
    expect(await codeOf(createRelay({ port, dataDir }))).toBe('port-in-use')
    expect(await codeOf(createRelay({ port: 0, host: '192.0.2.1', keySecret: testKeySecret, dataDir }))).toBe(
      'host-unavailable',
    )
    expect(await codeOf(createRelay({ port: 0, dataDir }))).toBe('started')
  })

  it('a data folder that another relay has, also one in the same process', async () => {
    const relay = await startRelay({ dataDir: true })
    const dataDir = relay.dataDir!
    await expect(createRelay({ port: 0, dataDir })).rejects.toMatchObject({
      name: 'RelayError',
      code: 'data-in-use',
      message: expect.stringContaining('Stop it, or choose another'),
    })
    await relay.close()
    expect(await codeOf(createRelay({ port: 0, dataDir }))).toBe('started')
  })

  it('an unreadable data folder', async () => {
    const dataDir = await createTestFolder()
    writeFileSync(join(dataDir, 'relay.sqlite'), 'junk'.repeat(100))
    expect(await codeOf(createRelay({ port: 0, dataDir }))).toBe('data-unreadable')
  })

  it('any host but loopback without a key secret, and a secret that protects nothing', async () => {
    for (const host of ['0.0.0.0', '::', '192.168.1.5', 'example.org'])
      expect([host, await codeOf(createRelay({ port: 0, host }))]).toEqual([host, 'key-secret-required'])
    for (const host of ['127.0.0.1', 'localhost', '127.0.0.2'])
      expect([host, await codeOf(createRelay({ port: 0, host }))]).toEqual([host, 'started'])
    expect(await codeOf(createRelay({ port: 0, host: '0.0.0.0', keySecret: testKeySecret }))).toBe('started')
    expect(await codeOf(createRelay({ port: 0, keySecret: 'short' }))).toBe('key-secret-invalid')
  })
})

describe('the key secret', () => {
  it('is made once, readable by its owner only, and found again', async () => {
    const dataDir = join(await createTestFolder(), 'new')
    const secret = loadOrCreateKeySecret(dataDir)
    expect(Buffer.byteLength(secret)).toBeGreaterThanOrEqual(32)
    expect(statSync(join(dataDir, 'room.key')).mode & 0o777).toBe(0o600)
    expect(loadOrCreateKeySecret(dataDir)).toBe(secret)
    const relay = await startRelay({ dataDir, keySecret: secret })
    await relay.close()
  })

  it('that is too short or cannot be read is refused with a way out', async () => {
    const dataDir = await createTestFolder()
    writeFileSync(join(dataDir, 'room.key'), 'short\n')
    expect(() => loadOrCreateKeySecret(dataDir)).toThrow('Delete it to have a new one made')
    const folder = await createTestFolder()
    mkdirSync(join(folder, 'room.key'))
    expect(() => loadOrCreateKeySecret(folder)).toThrow('cannot be used')
  })
})

describe('a store that fails', () => {
  it('has nothing acknowledged or shown; everybody is sent away with 4503, and its author brings it again', async () => {
    const clock = createVirtualClock()
    const inner = createMemoryStore()
    const store = createGatedStore(inner)
    const relay = await startRelay({ store, timers: timersOf(clock) })
    const author = await enter(relay)
    const peer = await enter(relay)
    const elsewhere = await enter(relay, 'other')
    const updates = items(3)
    author.sendUpdate(updates[0]!)
    await author.untilSaved(1)

    store.fail('append', new Error('disk full'))
    store.fail('probe', new Error('disk full'))
    author.sendUpdate(updates[1]!)
    expect((await author.untilClosed()).code).toBe(4503)
    expect((await peer.untilClosed()).code).toBe(4503)
    expect(author.saved()).toBe(1)
    expect(peer.doc.getArray('list').toJSON()).toEqual([0])
    expect((await inner.load('acme'))?.rows.length).toBe(1)
    expect(elsewhere.closed).toBeUndefined()
    expect((await fetch(`${relay.httpUrl}/readyz`)).status).toBe(503)
    const refused = await openRawClient(`${relay.url}/acme`)
    expect((await refused.untilClosed()).code).toBe(4503)

    await clock.advanceAsync(6_000)
    expect(relay.readiness()).toMatchObject({
      ready: false,
      reasons: [{ code: 'store-not-writable', message: 'disk full' }],
    })
    store.fail('append', null)
    store.fail('probe', null)
    await clock.advanceAsync(6_000)
    await eventually(() => relay.readiness().ready)
    const again = await enter(relay)
    again.sendStep2(Y.mergeUpdates(updates.slice(0, 2)))
    await again.untilSaved(1)
    expect((await inner.load('acme'))?.rows.length).toBe(2)
    expect((await inner.load('acme'))?.lastOrdinal).toBe(2)
  })

  it('lets readers in', async () => {
    const store = createGatedStore(createMemoryStore())
    const relay = await startRelay({ store, keySecret: testKeySecret })
    const open = async (role: 'reader' | 'writer'): Promise<RawWireClient> => {
      const protocols = ['y-tokens.1', `key.${await testRoomKey(role, 'acme')}`]
      const client = await openRawClient(`${relay.url}/acme`, { protocols })
      onTestFinished(() => client.cut())
      client.sendStep1()
      return client
    }
    const writer = await open('writer')
    await writer.step2()
    store.fail('append', new Error('read-only'))
    store.fail('probe', new Error('read-only'))
    writer.sendUpdate(items(1)[0]!)
    await writer.untilClosed()
    await (await open('reader')).step2()
    expect((await (await open('writer')).untilClosed()).code).toBe(4503)
  })

  it('stops the reading from writers while much is on its way, and goes on afterwards', async () => {
    const store = createGatedStore(createMemoryStore())
    const relay = await startRelay({ store, limits: { maxUncommittedBytes: 5_000, messageBurst: 100_000 } })
    const client = await enter(relay)
    store.hold('append')
    const updates = items(6_000)
    for (const update of updates) client.sendUpdate(update)
    await eventually(() => relay.stats().uncommittedBytes > 5_000)
    // What one chunk of the socket held is still read, no more.
    const stopped = relay.stats().uncommittedBytes
    await untilRead(relay)
    expect(relay.stats().uncommittedBytes).toBe(stopped)
    expect(stopped).toBeLessThan(110_000)
    store.release('append')
    await client.untilSaved(6_000)
  })
})

describe('folding', () => {
  it('happens when a room closes, grows or rests, and changes nothing for anybody', async () => {
    const clock = createVirtualClock()
    const inner = createMemoryStore()
    const relay = await startRelay({
      store: inner,
      timers: timersOf(clock),
      limits: { foldRowsAtClose: 5, foldRowsWhenQuiet: 50, foldRowsAtOnce: 100_000 },
    })
    const client = await enter(relay)
    const updates = items(120)
    for (const update of updates.slice(0, 60)) client.sendUpdate(update)
    await client.untilSaved(60)
    await eventually(async () => {
      await clock.advanceAsync(1_000)
      return (await inner.load('acme'))?.rows.length === 0
    }, patient)
    for (const update of updates.slice(60)) client.sendUpdate(update)
    await client.untilSaved(120)
    const joiner = await enter(relay)
    expect(joiner.doc.getArray('list').length).toBe(120)
    client.cut()
    joiner.cut()
    await eventually(() => relay.stats().openRooms === 0)
    await eventually(async () => (await inner.load('acme'))?.rows.length === 0, patient)
    expect((await inner.load('acme'))?.lastOrdinal).toBe(120)
    expect((await enter(relay)).doc.getArray('list').length).toBe(120)
  })

  it('that fails costs nothing: the rows stay', async () => {
    const inner = createMemoryStore()
    const store = createGatedStore(inner)
    const relay = await startRelay({ store, limits: { foldRowsAtClose: 5 } })
    store.fail('fold', new Error('disk full'))
    const client = await enter(relay)
    for (const update of items(20)) client.sendUpdate(update)
    await client.untilSaved(20)
    client.cut()
    await eventually(() => store.calls.fold === 1, patient)
    expect((await enter(relay)).doc.getArray('list').length).toBe(20)
  })

  it('answers a client behind the snapshot with the difference', async () => {
    let folds = 0
    const logger = createRelayLogger({
      destination: { write: (line: string) => void (folds += Number(line.includes('room-folded'))) },
    })
    const relay = await startRelay({ dataDir: true, limits: { foldRowsAtClose: 5 }, logger })
    const client = await enter(relay)
    const updates = items(200)
    for (const update of updates) client.sendUpdate(update)
    await client.untilSaved(200)
    client.cut()
    await eventually(() => folds === 1, patient)
    const half = new Y.Doc()
    for (const update of updates.slice(0, 150)) Y.applyUpdate(half, update)
    const behind = await openRawClient(`${relay.url}/acme`)
    onTestFinished(() => behind.cut())
    Y.applyUpdate(behind.doc, Y.encodeStateAsUpdate(half))
    behind.hello()
    behind.sendStep1(Y.encodeStateVector(half))
    // Sent while the difference is being computed; handled after it.
    behind.sendStep2(Uint8Array.of(0, 0))
    const answer = await behind.step2()
    await behind.untilSaved(1)
    expect(behind.doc.getArray('list').length).toBe(200)
    expect(answer.length).toBeLessThan(400)
    expect(behind.messages.findIndex((message) => message.kind === 'update')).toBe(-1)
  })
})

describe('a slow consumer', () => {
  it(
    'is sent nothing beyond its buffer, and what it missed as one update once it has drained',
    { timeout: 60_000 },
    async () => {
      const lines: string[] = []
      const logger = createRelayLogger({ destination: { write: (line: string) => void lines.push(line) } })
      const relay = await startRelay({ limits: { maxBufferedBytes: 100_000 }, logger })
      const writer = await enter(relay)
      const slow = await enter(relay)
      slow.socket.pause()
      const doc = new Y.Doc()
      doc.on('update', (update: Uint8Array) => writer.sendUpdate(update))
      const list = doc.getArray('list')
      const write = async (count: number, text: string): Promise<void> => {
        for (let i = 0; i < count; i++) list.push([`${i} ${text}`])
        await writer.untilSaved(list.length)
      }
      // The kernel takes as much as it has been set up for before the relay's buffer fills.
      while (!lines.some((line) => line.includes('slow-consumer'))) await write(100, 'x'.repeat(40_000))
      const sent = list.length
      await write(300, 'missed')
      const fast = await enter(relay)
      expect(fast.doc.getArray('list').length).toBe(list.length)
      const before = slow.messages.length
      slow.socket.resume()
      await eventually(() => slow.doc.getArray('list').length === list.length, { timeoutMs: 20_000 })
      expect(slow.messages.length - before).toBeLessThan(sent + 50)
      await write(1, 'after')
      await eventually(() => slow.doc.getArray('list').length === list.length)
    },
  )

  it('that keeps asking is answered no further than its buffer', async () => {
    const relay = await startRelay({ limits: { maxBufferedBytes: 1_000_000, messageBurst: 1_000_000 } })
    const writer = await enter(relay)
    writer.sendUpdate(updatesOf((doc) => doc.getArray('list').push(['x'.repeat(500_000)]))[0]!)
    await writer.untilSaved(1)
    const greedy = await enter(relay)
    greedy.socket.pause()
    const memoryBefore = process.memoryUsage().arrayBuffers
    for (let i = 0; i < 2_000; i++) greedy.sendStep1()
    await untilRead(relay)
    expect(process.memoryUsage().arrayBuffers - memoryBefore).toBeLessThan(50_000_000)
    const fast = await enter(relay)
    expect(fast.doc.getArray('list').length).toBe(1)
    greedy.cut()
    await eventually(() => relay.stats().connections === 2)
  })

  it('that takes nothing at all is ended', async () => {
    const clock = createVirtualClock()
    const relay = await startRelay({ limits: { maxBufferedBytes: 10_000 }, timers: timersOf(clock) })
    const writer = await enter(relay)
    const slow = await enter(relay)
    slow.socket.pause()
    for (const update of updatesOf((doc) => {
      for (let i = 0; i < 300; i++) doc.getArray('list').push(['x'.repeat(50_000)])
    }))
      writer.sendUpdate(update)
    await writer.untilSaved(300)
    for (let second = 0; second < 100; second++) {
      await clock.advanceAsync(1_000)
      if (second % 20 === 0) writer.sendAwareness([{ client: 1, clock: second + 1, state: {} }])
    }
    await eventually(() => relay.stats().connections === 1)
    expect(writer.closed).toBeUndefined()
  })
})

describe('memory', () => {
  it('holds nothing for closed rooms: a thousand of them', { timeout: 60_000 }, async () => {
    const file = join(import.meta.dirname, '../../support/relay-memory-child.ts')
    const child = fork(file, [await createTestFolder()], { execArgv: ['--expose-gc'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    const answer = async (): Promise<{ url: string; kb: number; openRooms: number; connections: number }> =>
      ((await once(child, 'message')) as [never])[0]
    const { url } = await answer()
    const used = async (): Promise<number> => {
      let kb = 0
      await eventually(async () => {
        const answered = answer()
        child.send('used?')
        const state = await answered
        kb = state.kb
        return state.openRooms === 0 && state.connections === 0
      }, patient)
      return kb
    }
    const cycle = async (prefix: string, batches: number): Promise<void> => {
      for (let batch = 0; batch < batches; batch++) {
        const clients = await Promise.all(
          Array.from({ length: 100 }, async (_, i) => {
            const client = await openRawClient(`${url}/${prefix}-${batch}-${i}`)
            client.hello()
            client.sendStep1()
            await client.step2()
            client.sendUpdate(updatesOf((doc) => doc.getArray('list').push(['x'.repeat(5_000)]))[0]!)
            await client.untilSaved(1)
            return client
          }),
        )
        for (const client of clients) {
          client.cut()
          client.doc.destroy()
        }
      }
    }
    await cycle('warm', 5)
    const before = await used()
    await cycle('measured', 10)
    expect(((await used()) - before) / 1_000).toBeLessThan(2)
  })
})

describe('the log', () => {
  it('is JSON with an event, and holds no key, no address with a key, and nothing of the documents', async () => {
    const lines: string[] = []
    const logger = createRelayLogger({
      level: 'trace',
      destination: { write: (line: string) => void lines.push(line) },
    })
    const relay = await startRelay({ logger, keySecret: testKeySecret, limits: { foldRowsAtClose: 1 } })
    const key = await testRoomKey('writer', 'acme', { sub: 'u1', name: 'A Name Of Nobody' })
    const secretText = 'token-value-that-nobody-may-log'
    const client = await openRawClient(`${relay.url}/acme?key=${key}`)
    client.hello()
    client.sendStep1()
    await client.step2()
    client.sendAwareness([{ client: 1, clock: 1, state: { note: secretText } }])
    client.sendUpdate(updatesOf((doc) => doc.getArray('list').push([secretText]))[0]!)
    await client.untilSaved(1)
    client.sendUpdate(Buffer.from(secretText))
    await client.untilClosed()
    const badKey = 'eyJhbGciOiJIUzI1NiJ9.bad.key'
    for (const url of [`${relay.url}/acme?key=${badKey}`, `${relay.url}/Bad?key=${key}`])
      await (await openRawClient(url)).untilClosed()
    const other = await openRawClient(`${relay.url}/acme`, { protocols: ['y-tokens.1', `key.${key}`] })
    other.send(
      Buffer.concat([Buffer.from([114, (key.length % 128) | 128, key.length >> 7]), Buffer.from(`${key.slice(1)}!`)]),
    )
    await other.untilClosed()
    await fetch(`${relay.httpUrl}/rooms/acme/snapshot`, { headers: { authorization: `Bearer ${badKey}` } })
    await eventually(() => relay.stats().openRooms === 0)
    await relay.close()

    expect(lines.length).toBeGreaterThan(8)
    for (const line of lines)
      expect(JSON.parse(line)).toMatchObject({ event: expect.any(String), level: expect.any(String) })
    const text = lines.join('')
    for (const secret of [key, badKey, testKeySecret, secretText, 'key=', 'A Name Of Nobody'])
      expect(text).not.toContain(secret)
    expect(text).toContain('"u1"')
  })

  it('is not filled by strangers', async () => {
    const lines: string[] = []
    const logger = createRelayLogger({ destination: { write: (line: string) => void lines.push(line) } })
    const relay = await startRelay({ logger })
    for (let i = 0; i < 60; i++) {
      const client = await openRawClient(`${relay.url}/acme`)
      client.sendUpdate(Uint8Array.of(0, 0, 1))
      await client.untilClosed()
    }
    expect(lines.filter((line) => line.includes('update-refused')).length).toBe(30)
  })
})

it('the package entry pulls in neither the local bins nor the editor', () => {
  const seen = new Set<string>()
  const visit = (file: string): void => {
    if (seen.has(file)) return
    seen.add(file)
    const source = readFileSync(file, 'utf8')
    for (const [, specifier] of source.matchAll(/from '(\.[^']+)'/g)) visit(join(file, '..', specifier as string))
  }
  visit(join(import.meta.dirname, '../../../server/relay/index.ts'))
  expect(seen.size).toBeGreaterThan(30)
  for (const file of seen) expect(file).not.toMatch(/server\/bins|\/editor\/|\/cli\//)
})
