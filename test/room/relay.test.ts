import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import * as Y from 'yjs'
import { attachStorage } from '../../src/storage/attach-storage.ts'
import { createMemoryStorage } from '../../src/storage/memory-storage.ts'
import type { LeaseState } from '../../src/room/lease-machine.ts'
import { eventually } from '../support/eventually.ts'
import { createRandom } from '../support/random.ts'
import { createTestFolder, startRelay, testKeySecret, testRoomKey } from '../support/relay-server.ts'
import { openRoom } from './room-bench.ts'

interface RelayProcess {
  readonly url: string
  readonly child: ChildProcess
  kill(signal: NodeJS.Signals): Promise<void>
}

async function startProcess(dataDir: string, port = 0): Promise<RelayProcess> {
  const script = fileURLToPath(new URL('./relay-process.ts', import.meta.url))
  const child = spawn(process.execPath, [script, dataDir, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await exited
  }
  onTestFinished(() => kill('SIGKILL'))
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return { url: line.toString().trim(), child, kill }
}

describe('rooms on a real relay', () => {
  it('two clients see each other’s edits, presence and side documents', async () => {
    const relay = await startRelay()
    const [side, otherSide] = [new Y.Doc(), new Y.Doc()]
    const ana = openRoom({ url: relay.url, sideYdoc: side, user: { name: 'Ana', color: '#111111' } })
    const ben = openRoom({ url: relay.url, sideYdoc: otherSide, user: { name: 'Ben', color: '#222222' } })
    await Promise.all([ana.until('synced'), ben.until('synced')])
    ana.set('a')
    ben.set('b')
    side.getArray('h').push([1])
    await eventually(() => {
      expect([ana.json(), ben.json()]).toEqual([
        { a: 'a', b: 'b' },
        { a: 'a', b: 'b' },
      ])
      expect(otherSide.getArray('h').toJSON()).toEqual([1])
      for (const { room } of [ana, ben])
        expect(
          room.presence
            .list()
            .map(({ name }) => name)
            .toSorted(),
        ).toEqual(['Ana', 'Ben'])
    })
    expect([await ana.room.whenSaved(5_000), ana.room.status.unsaved, ana.room.status.role]).toEqual([
      true,
      0,
      'writer',
    ])
    await ben.room.close()
    await eventually(() => expect(ana.room.presence.list().map(({ name }) => name)).toEqual(['Ana']))
  })

  it('survive kill -9 and restarts of the relay, with edits made meanwhile', async () => {
    const dataDir = await createTestFolder()
    const random = createRandom(3)
    let relay = await startProcess(dataDir)
    const port = Number(new URL(relay.url).port)
    const clients = [0, 1, 2].map(() => openRoom({ url: relay.url, sideYdoc: new Y.Doc() }))
    for (const client of clients) await client.until('synced')
    const expected: Record<string, string> = {}
    const type = (count: number): void => {
      for (let i = 0; i < count; i++) {
        const key = `k${Object.keys(expected).length}`
        random.pick(clients).set(key)
        expected[key] = key
      }
    }
    for (let round = 0; round < 3; round++) {
      type(20)
      // In the middle of things.
      if (random.chance(0.5)) await new Promise((resolve) => setImmediate(resolve))
      await relay.kill(round % 2 === 0 ? 'SIGKILL' : 'SIGTERM')
      type(20)
      relay = await startProcess(dataDir, port)
      type(5)
    }
    for (const client of clients) {
      await client.until('synced', 15_000)
      await eventually(() => expect(client.json()).toEqual(expected), { timeoutMs: 10_000 })
      expect(client.room.status).toMatchObject({ unsaved: 0, rejected: [] })
    }
    const late = openRoom({ url: relay.url })
    await late.until('synced')
    expect(late.json()).toEqual(expected)
  }, 60_000)

  it('know a reader, who sees everything and changes nothing', async () => {
    const relay = await startRelay({ keySecret: testKeySecret })
    const writer = openRoom({
      url: relay.url,
      key: await testRoomKey('writer', 'acme', { sub: 'ana', name: 'Ana K.' }),
    })
    const reader = openRoom({
      url: relay.url,
      key: await testRoomKey('reader', 'acme'),
      sideYdoc: new Y.Doc(),
      user: { name: 'Not my name', color: '#123456' },
    })
    writer.set('a')
    await Promise.all([writer.until('synced'), reader.until('synced')])
    expect([writer.room.status.role, reader.room.status.role]).toEqual(['writer', 'reader'])
    expect(writer.room.status.user).toEqual({ id: 'ana', name: 'Ana K.' })
    expect(reader.room.sideStatus?.state).toEqual({ kind: 'off' })
    reader.set('mine')
    await eventually(() => expect(reader.room.status.rejected).toMatchObject([{ code: 'read-only', edits: 1 }]))
    writer.set('b')
    await eventually(() => expect(reader.json()).toEqual({ a: 'a', b: 'b', mine: 'mine' }))
    expect(writer.json()).toEqual({ a: 'a', b: 'b' })
    await eventually(() => expect(writer.room.presence.list().map(({ name }) => name)).toEqual(['reader']))

    // The key is raised: what was dropped is sent after all.
    reader.room.setKey(await testRoomKey('writer', 'acme'))
    await eventually(() => expect(writer.json()).toEqual({ a: 'a', b: 'b', mine: 'mine' }))
    await eventually(() => expect(reader.room.status).toMatchObject({ role: 'writer', rejected: [], unsaved: 0 }))
    await eventually(() => expect(reader.room.sideStatus?.state).toEqual({ kind: 'synced' }))
  })

  it('tell a wrong key from a missing one and from one for another room', async () => {
    const relay = await startRelay({ keySecret: testKeySecret, limits: { keyWaitMs: 200 } })
    const refusals = {
      'key-missing': openRoom({ url: relay.url }),
      'key-expired': openRoom({ url: relay.url, key: 'not.a.key' }),
      'not-allowed': openRoom({ url: relay.url, key: await testRoomKey('writer', 'other') }),
    }
    for (const [reason, bench] of Object.entries(refusals)) await bench.until(`refused: ${reason}`, 8_000)
    expect(refusals['not-allowed'].room.status.role).toBeNull()
  }, 20_000)

  it('fetch another key when theirs expires, and go on where they were', async () => {
    const relay = await startRelay({ keySecret: testKeySecret })
    let asked = 0
    const bench = openRoom({
      url: relay.url,
      key: () => testRoomKey('writer', 'acme', { ttlMs: ++asked === 1 ? 1_200 : 60_000 }),
    })
    await bench.until('synced')
    await eventually(() => expect(asked).toBe(2), { timeoutMs: 10_000 })
    bench.set('after')
    await bench.until('synced')
    expect(bench.room.status).toMatchObject({ unsaved: 0, role: 'writer' })
  }, 20_000)

  it('lease to one session at a time, and to the next when it leaves', async () => {
    const relay = await startRelay({ limits: { leaseTtlMs: 3_000 } })
    const sessions = ['Ana', 'Ben'].map((name) => {
      const bench = openRoom({ url: relay.url, user: { name, color: '#123456' } })
      const states: LeaseState[] = []
      const release = bench.room.leases.hold('bridge:b', (state) => states.push(state))
      return { bench, states, release, last: () => states.at(-1) }
    })
    const [first, second] = await eventually(() => {
      const holder = sessions.find(({ last }) => last()?.kind === 'held')
      const other = sessions.find(({ last }) => last()?.kind === 'other')
      if (!holder || !other) throw new Error('not yet decided')
      return [holder, other] as const
    })
    expect(second.last()).toMatchObject({ holder: first === sessions[0] ? 'Ana' : 'Ben' })
    // Renewed beyond its life.
    const held = first.last()
    await eventually(() => expect(first.last()).not.toBe(held), { timeoutMs: 5_000 })
    expect(first.states.filter(({ kind }) => kind !== 'held').every(({ kind }) => kind === 'pending')).toBe(true)
    first.release()
    await eventually(() => expect(second.last()?.kind).toBe('held'), { timeoutMs: 5_000 })
    const epochs = [held, second.last()].map((state) => (state?.kind === 'held' ? state.epoch : -1))
    expect(epochs[1]).toBeGreaterThan(epochs[0] as number)
    // Lost with the connection.
    second.bench.room.disconnect()
    expect(second.last()).toEqual({ kind: 'pending' })
  }, 30_000)

  it('lease within one browser profile to one tab, without asking the relay', async () => {
    const relay = await startRelay()
    const tabs = [0, 1].map(() => {
      const bench = openRoom({ url: relay.url, locks: navigator.locks })
      const states: string[] = []
      const release = bench.room.leases.hold('bridge:tabs', (state) => states.push(state.kind))
      return { bench, states, release }
    })
    await eventually(() => expect(tabs.map(({ states }) => states.at(-1))).toEqual(['held', 'other']))
    tabs[0]?.release()
    await eventually(() => expect(tabs[1]?.states.at(-1)).toBe('held'))
  })

  it('let the process end by itself after close', async () => {
    const relay = await startRelay()
    const script = fileURLToPath(new URL('./lonely-client.ts', import.meta.url))
    const child = spawn(process.execPath, [script, relay.url], { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    let output = ''
    child.stdout.on('data', (data: Buffer) => (output += data.toString()))
    const startedAt = performance.now()
    const [code] = (await once(child, 'exit')) as [number]
    expect([code, output]).toEqual([0, 'saved'])
    expect(performance.now() - startedAt).toBeLessThan(5_000)
  })

  it('go on when a listener of the application throws inside Yjs, which silences a stock provider for good', async () => {
    const relay = await startRelay()
    const other = openRoom({ url: relay.url })
    const ydoc = new Y.Doc()
    const storage = attachStorage({
      ydoc,
      adapter: createMemoryStorage(),
      name: 'acme',
      onSilenced: () => bench.room.reconnect(),
    })
    onTestFinished(() => storage.close())
    let throwing = true
    ydoc.on('update', () => {
      if (throwing) throw new Error('a listener of the application')
    })
    const bench = openRoom({ url: relay.url, ydoc })
    await Promise.all([bench.until('synced'), other.until('synced')])
    expect(() => bench.set('a')).toThrow('a listener of the application')
    bench.set('b')
    await eventually(() => expect(other.json()).toEqual({ a: 'a', b: 'b' }))
    throwing = false
    bench.set('c')
    await eventually(() => expect(other.json()).toEqual({ a: 'a', b: 'b', c: 'c' }))
    await bench.until('synced')
    expect(bench.room.status.unsaved).toBe(0)
  })

  it('follow a client id that Yjs changes in the middle of a session', async () => {
    const relay = await startRelay()
    const ana = openRoom({ url: relay.url, user: { name: 'Ana', color: '#111111' } })
    const ben = openRoom({ url: relay.url, user: { name: 'Ben', color: '#222222' } })
    await Promise.all([ana.until('synced'), ben.until('synced')])
    await eventually(() => expect(ben.room.presence.list().length).toBe(2))
    // A third replica uses Ana's id, as a copied profile does.
    const twin = new Y.Doc()
    twin.clientID = ana.ydoc.clientID
    twin.getMap('m').set('twin', 1)
    Y.applyUpdate(ben.ydoc, Y.encodeStateAsUpdate(twin))
    await eventually(() => expect(ana.json()).toEqual({ twin: 1 }))
    expect(ana.ydoc.clientID).not.toBe(twin.clientID)
    ana.set('a')
    await ana.until('synced')
    await eventually(() => {
      const seen = ben.room.presence.list().find(({ name }) => name === 'Ana')
      expect(seen?.clientId).toBe(ana.ydoc.clientID)
      expect(ben.room.presence.list().length).toBe(2)
    })
    ana.room.reconnect()
    await ana.until('synced')
    await ana.room.close()
    await eventually(() => expect(ben.room.presence.list().map(({ name }) => name)).toEqual(['Ben']))
  })
})
