import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket as WsSocket } from 'ws'
import * as Y from 'yjs'
import { connectRoom } from '../../src/room/connect-room.ts'
import type { WebSocketConstructor } from '../../src/room/wire-socket.ts'
import { eventually } from '../support/eventually.ts'
import { createVirtualClock } from '../support/virtual-clock.ts'
import { openRoom } from './room-bench.ts'
import { startScriptedRelay, syncFrame, updateIn, welcome, type ScriptedSocket } from './scripted-relay.ts'

/** Answers hello with a welcome, then step 1; acknowledges everything at once. */
function behave(
  socket: ScriptedSocket,
  options: { readonly role?: 'reader' | 'writer'; readonly ydoc?: Y.Doc } = {},
): void {
  socket.say(welcome(options))
  socket.sync(options.ydoc)
}

async function acknowledgeAll(socket: ScriptedSocket): Promise<void> {
  await eventually(() => socket.heard.includes('answer'))
  socket.say({ kind: 'saved', body: socket.heard.filter((name) => name === 'answer' || name === 'update').length })
}

describe('a room', () => {
  for (const [label, WebSocket] of [
    ['the global WebSocket', undefined],
    ['the package ws', WsSocket as unknown as WebSocketConstructor],
  ] as const) {
    it(`says hello first, and is synced only when its own answer is acknowledged (${label})`, async () => {
      const relay = await startScriptedRelay((socket) => behave(socket))
      const bench = openRoom({ url: relay.url, agent: 'test 1', ...(WebSocket ? { WebSocket } : {}) })
      await eventually(() => relay.sockets[0]?.heard.includes('answer') === true)
      const socket = relay.sockets[0] as ScriptedSocket
      expect(socket.heard.slice(0, 3)).toEqual(['hello', 'step1', 'awareness'])
      expect(socket.path).toBe('/acme')
      expect(socket.protocols).toEqual([])
      await eventually(() => bench.room.status.role === 'writer')
      expect(bench.state()).toBe('syncing')
      socket.say({ kind: 'saved', body: 1 })
      await bench.until('synced')
      expect(bench.states).toEqual(['connecting', 'syncing', 'synced'])
      expect(bench.room.status).toMatchObject({ role: 'writer', unsaved: 0, rejected: [] })
    })
  }

  it('counts an edit as unsaved until it is acknowledged', async () => {
    const relay = await startScriptedRelay((socket) => behave(socket))
    const bench = openRoom({ url: relay.url })
    bench.set('before')
    expect(bench.room.status.unsaved).toBe(1)
    await eventually(() => relay.sockets[0]?.heard.includes('answer') === true)
    const socket = relay.sockets[0] as ScriptedSocket
    await acknowledgeAll(socket)
    await bench.until('synced')
    bench.set('a')
    bench.set('b')
    expect([bench.state(), bench.room.status.unsaved]).toEqual(['syncing', 2])
    socket.say({ kind: 'saved', body: 2 })
    await eventually(() => bench.room.status.unsaved === 1)
    expect(await bench.room.whenSaved(50)).toBe(false)
    socket.say({ kind: 'saved', body: 3 })
    expect(await bench.room.whenSaved(5_000)).toBe(true)
  })

  it('brings what was made offline, and what was under way when the connection broke', async () => {
    const relay = await startScriptedRelay((socket) => behave(socket))
    const bench = openRoom({ url: relay.url })
    const socket = await eventually(() => {
      const [first] = relay.sockets
      if (!first?.heard.includes('answer')) throw new Error('not yet')
      return first
    })
    await acknowledgeAll(socket)
    await bench.until('synced')
    bench.set('under way')
    await eventually(() => socket.heard.includes('update'))
    await relay.stop()
    await bench.until('offline: lost')
    bench.set('offline')
    expect(bench.room.status.unsaved).toBe(2)
    await relay.start()
    const next = await eventually(() => {
      const last = relay.sockets.at(-1)
      if (last === socket || !last?.heard.includes('answer')) throw new Error('not yet')
      return last
    })
    const held = new Y.Doc()
    Y.applyUpdate(held, updateIn(next.frames[next.heard.indexOf('answer')] as Uint8Array))
    expect(held.getMap('m').toJSON()).toEqual({ 'under way': 'under way', offline: 'offline' })
    expect(bench.room.status.unsaved).toBe(2)
    await acknowledgeAll(next)
    await bench.until('synced')
    expect(bench.room.status.unsaved).toBe(0)
  })

  it('works with a foreign relay, and says that it knows nothing of saving', async () => {
    const theirs = new Y.Doc()
    theirs.getMap('m').set('theirs', 1)
    const relay = await startScriptedRelay((socket) => socket.sync(theirs))
    const bench = openRoom({ url: relay.url })
    await bench.until('synced')
    bench.set('mine')
    expect(bench.room.status).toMatchObject({ state: { kind: 'synced' }, role: null, unsaved: null })
    expect(bench.json()).toEqual({ theirs: 1, mine: 'mine' })
    await eventually(() => relay.sockets[0]?.heard.includes('update') === true)
  })

  it('shows a refused edit, which stays in the document', async () => {
    const relay = await startScriptedRelay((socket) => behave(socket))
    const bench = openRoom({ url: relay.url })
    const socket = await eventually(() => {
      const [first] = relay.sockets
      if (!first?.heard.includes('answer')) throw new Error('not yet')
      return first
    })
    await acknowledgeAll(socket)
    bench.set('big')
    await eventually(() => socket.heard.includes('update'))
    socket.say({ kind: 'rejected', body: { count: 2, code: 'too-large', message: 'At most 10 bytes' } })
    socket.close(4413)
    await bench.until('refused: too-large')
    expect(bench.room.status).toMatchObject({
      unsaved: 0,
      rejected: [{ code: 'too-large', message: 'At most 10 bytes', edits: 1 }],
    })
    expect(await bench.room.whenSaved(10)).toBe(false)
    expect(bench.json()).toEqual({ big: 'big' })
  })

  it('tells a reader which edits were not accepted', async () => {
    const relay = await startScriptedRelay((socket) => {
      socket.say(welcome({ role: 'reader' }))
      socket.send(syncFrame(1, Y.encodeStateAsUpdate(new Y.Doc())))
    })
    const bench = openRoom({ url: relay.url, sideYdoc: new Y.Doc() })
    await bench.until('synced')
    bench.set('a')
    bench.set('b')
    expect(bench.room.status).toMatchObject({ role: 'reader', unsaved: 0, rejected: [{ code: 'read-only', edits: 2 }] })
    expect(bench.room.sideStatus?.state).toEqual({ kind: 'off' })
    expect(await bench.room.whenFirstSync(1_000, 'side')).toBe('unavailable')
    expect(relay.sockets.map(({ path }) => path)).toEqual(['/acme'])
  })
})

describe('hostile and broken frames', () => {
  const broken: Readonly<Record<string, Uint8Array | string>> = {
    'a truncated sync message': Uint8Array.from([0, 2, 200]),
    'an unknown sync message': Uint8Array.from([0, 9, 0]),
    'a type alone': Uint8Array.from([0]),
    'an update that is none': syncFrame(2, Uint8Array.from([1, 1, 255, 255, 255, 255, 7])),
    'a truncated welcome': Uint8Array.from([111, 50, 123]),
    'a lease of another shape': Uint8Array.from([113, 2, 123, 125]),
  }
  for (const [what, frame] of Object.entries(broken)) {
    it(`start the connection over, and never throw: ${what}`, async () => {
      const relay = await startScriptedRelay((socket, index) => {
        behave(socket)
        if (index === 0) socket.send(frame)
        void acknowledgeAll(socket)
      })
      const bench = openRoom({ url: relay.url })
      await eventually(() => relay.sockets.length === 2)
      await bench.until('synced')
      expect(bench.states).toContain('offline: unreadable')
    })
  }

  const harmless: Readonly<Record<string, Uint8Array | string>> = {
    'a text frame': 'ping',
    'an empty frame': new Uint8Array(0),
    'broken awareness of a peer': Uint8Array.from([1, 6, 1, 5, 1, 2, 123, 120]),
    'an unknown type': Uint8Array.from([77, 1, 2]),
  }
  for (const [what, frame] of Object.entries(harmless)) {
    it(`are ignored where nothing can be lost: ${what}`, async () => {
      const relay = await startScriptedRelay((socket) => {
        socket.send(frame)
        behave(socket)
        void acknowledgeAll(socket)
      })
      const bench = openRoom({ url: relay.url })
      await bench.until('synced')
      expect(relay.sockets.length).toBe(1)
    })
  }

  it('that deny permission end it, as another relay says it', async () => {
    const relay = await startScriptedRelay((socket) => socket.send(Uint8Array.from([2, 0, 4, 110, 111, 112, 101])))
    const bench = openRoom({ url: relay.url })
    await bench.until('refused: not-allowed')
    expect(relay.sockets.length).toBe(1)
  })

  it('are told from a listener of the application that throws', async () => {
    const theirs = new Y.Doc()
    theirs.getMap('m').set('theirs', 1)
    const relay = await startScriptedRelay((socket) => {
      behave(socket, { ydoc: theirs })
      void acknowledgeAll(socket)
    })
    const messages: string[] = []
    const others = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.on('uncaughtException', (error) => messages.push(error.message))
    onTestFinished(() => {
      process.removeAllListeners('uncaughtException')
      for (const other of others) process.on('uncaughtException', other)
    })
    const ydoc = new Y.Doc()
    ydoc.getMap('m').observe(() => {
      throw new Error('a listener of the application')
    })
    const bench = openRoom({ url: relay.url, ydoc })
    await bench.until('synced')
    expect(bench.json()).toEqual({ theirs: 1 })
    expect([messages, relay.sockets.length]).toEqual([['a listener of the application'], 1])
  })
})

describe('keys', () => {
  it('travel as a subprotocol, never in the address', async () => {
    const relay = await startScriptedRelay((socket) => behave(socket))
    openRoom({ url: relay.url, key: 'header.payload.mac', sideYdoc: new Y.Doc() })
    await eventually(() => relay.sockets.length === 2)
    for (const { protocols, path } of relay.sockets) {
      expect(protocols).toEqual(['y-tokens.1', 'key.header.payload.mac'])
      expect(path).not.toContain('header')
    }
  })

  it('are asked for again once when one has expired', async () => {
    let asked = 0
    const relay = await startScriptedRelay((socket) => {
      if (socket.protocols.includes('key.good')) behave(socket)
      else socket.close(4401, 'expired')
      void acknowledgeAll(socket).catch(() => undefined)
    })
    const bench = openRoom({ url: relay.url, key: async () => (++asked === 1 ? 'old' : 'good') })
    await bench.until('synced')
    expect([asked, relay.sockets.length]).toEqual([2, 2])
    // Hours later the next one expires.
    relay.sockets[1]?.close(4401, 'expired')
    await eventually(() => relay.sockets.length === 3)
    await bench.until('synced')
    expect(asked).toBe(3)
  })

  it('that are refused twice end it, with one attempt each', async () => {
    let asked = 0
    const relay = await startScriptedRelay((socket) => socket.close(4401))
    const bench = openRoom({ url: relay.url, key: async () => `bad${++asked}` })
    await bench.until('refused: key-expired')
    expect([asked, relay.sockets.length]).toEqual([2, 2])
    expect(await bench.room.whenFirstSync(5_000)).toBe('unavailable')
  })

  it('that are missing or fixed end it at once', async () => {
    const relay = await startScriptedRelay((socket) => socket.close(4401))
    const without = openRoom({ url: relay.url })
    await without.until('refused: key-missing')
    const fixed = openRoom({ url: relay.url, key: 'fixed' })
    await fixed.until('refused: key-expired')
    expect(relay.sockets.length).toBe(2)
  })

  it('can be entered later', async () => {
    const relay = await startScriptedRelay((socket) => {
      if (socket.protocols.length > 0) behave(socket)
      else socket.close(4401)
      void acknowledgeAll(socket).catch(() => undefined)
    })
    const bench = openRoom({ url: relay.url })
    await bench.until('refused: key-missing')
    bench.room.setKey('entered')
    await bench.until('synced')
    expect(relay.sockets.map(({ protocols }) => protocols.at(-1))).toEqual([undefined, 'key.entered'])
  })

  it('that cannot be fetched are tried again', async () => {
    let asked = 0
    const relay = await startScriptedRelay((socket) => {
      behave(socket)
      void acknowledgeAll(socket)
    })
    const bench = openRoom({
      url: relay.url,
      key: async () => {
        if (++asked === 1) throw new Error('no network')
        return 'key'
      },
    })
    await bench.until('offline: key-failed')
    await bench.until('synced')
    expect(asked).toBe(2)
  })

  it('that arrive after the room was left change nothing', async () => {
    const relay = await startScriptedRelay((socket) => {
      behave(socket)
      void acknowledgeAll(socket)
    })
    let fail = (_error: Error): void => undefined
    let asked = 0
    const bench = openRoom({
      url: relay.url,
      key: () => (++asked === 1 ? new Promise<string>((_resolve, reject) => (fail = reject)) : Promise.resolve('key')),
    })
    await eventually(() => asked === 1)
    bench.room.disconnect()
    bench.room.setKey(async () => 'key')
    fail(new Error('too late'))
    await bench.until('synced')
    expect(bench.states.filter((state) => state.startsWith('offline'))).toEqual([])
  })

  it('that are replaced while connected are shown to the relay over the same connection', async () => {
    const relay = await startScriptedRelay((socket) => {
      behave(socket, { role: 'reader' })
      void acknowledgeAll(socket).catch(() => undefined)
    })
    const bench = openRoom({ url: relay.url, key: 'reader' })
    await bench.until('synced')
    bench.set('dropped')
    expect(bench.room.status.rejected.length).toBe(1)
    bench.room.setKey('writer')
    const [socket] = relay.sockets
    await eventually(() => socket?.heard.includes('key') === true)
    socket?.say(welcome())
    socket?.send(syncFrame(0, Y.encodeStateVector(new Y.Doc())))
    await eventually(() => socket?.heard.filter((name) => name === 'answer').length === 2)
    socket?.say({ kind: 'saved', body: 3 })
    await eventually(() => bench.room.status.rejected.length === 0)
    expect(bench.room.status).toMatchObject({ role: 'writer', unsaved: 0 })
    expect(relay.sockets.length).toBe(1)
  })
})

describe('waiting and trying again', () => {
  it('waits on its own timers, longer each time, and hurries when asked', async () => {
    const clock = createVirtualClock()
    const relay = await startScriptedRelay((socket) => socket.close(1011))
    const bench = openRoom({ url: relay.url, timers: { ...clock, now: clock.now }, random: () => 0.999 })
    const attempts = async (count: number): Promise<void> => {
      await eventually(() => relay.sockets.length === count && clock.pending === 1)
    }
    await clock.advanceAsync(0)
    await attempts(1)
    for (const [i, waitMs] of [250, 500, 1_000].entries()) {
      await clock.advanceAsync(waitMs - 2)
      expect(relay.sockets.length).toBe(i + 1)
      await clock.advanceAsync(2)
      await attempts(i + 2)
    }
    bench.room.reconnect()
    await attempts(5)
    await bench.room.close()
    expect(clock.pending).toBe(0)
    expect(bench.states).toContain('offline: lost')
  })

  it('tries at once when the network is back', async () => {
    const clock = createVirtualClock()
    const network = new EventTarget()
    const relay = await startScriptedRelay((socket, index) => {
      if (index === 0) return socket.close(1011)
      behave(socket)
      void acknowledgeAll(socket)
    })
    const bench = openRoom({ url: relay.url, timers: clock, network })
    await clock.advanceAsync(0)
    await eventually(() => bench.state() === 'offline: lost' && clock.pending === 1)
    network.dispatchEvent(new Event('online'))
    await bench.until('synced')
    expect(relay.sockets.length).toBe(2)
  })

  it('gives `whenFirstSync` an answer in time', async () => {
    const clock = createVirtualClock()
    const relay = await startScriptedRelay(() => undefined)
    const bench = openRoom({ url: relay.url, timers: clock })
    const first = bench.room.whenFirstSync(5_000)
    await clock.advanceAsync(5_000)
    expect(await first).toBe('timeout')
    await clock.advanceAsync(0)
    await eventually(() => relay.sockets.length === 1)
    relay.sockets[0]?.sync()
    expect(await bench.room.whenFirstSync(5_000)).toBe('answered')
    bench.room.disconnect()
    expect(await bench.room.whenFirstSync(5_000)).toBe('answered')
    const other = openRoom({ url: relay.url, timers: clock })
    other.room.disconnect()
    expect(await other.room.whenFirstSync(5_000)).toBe('unavailable')
  })

  it('disconnects and connects again on request', async () => {
    const relay = await startScriptedRelay((socket) => {
      behave(socket)
      void acknowledgeAll(socket).catch(() => undefined)
    })
    const bench = openRoom({ url: relay.url, sideYdoc: new Y.Doc() })
    await bench.until('synced')
    bench.room.disconnect()
    expect(bench.state()).toBe('off')
    expect(bench.room.sideStatus?.state).toEqual({ kind: 'off' })
    bench.set('meanwhile')
    expect(bench.room.status.unsaved).toBe(1)
    bench.room.connect()
    await bench.until('synced')
    expect(bench.room.status.unsaved).toBe(0)
  })
})

describe('the side document', () => {
  it('has a room of its own, opened once the role is known', async () => {
    const relay = await startScriptedRelay((socket) => {
      if (socket.path === '/acme') return
      behave(socket)
      void acknowledgeAll(socket)
    })
    const sideYdoc = new Y.Doc()
    const bench = openRoom({ url: relay.url, sideYdoc })
    await eventually(() => relay.sockets[0]?.heard.includes('step1') === true)
    expect(bench.room.sideStatus?.state).toEqual({ kind: 'off' })
    relay.sockets[0]?.say(welcome())
    expect(await bench.room.whenFirstSync(5_000, 'side')).toBe('answered')
    expect(relay.sockets.map(({ path }) => path)).toEqual(['/acme', '/acme~history'])
    expect(await bench.room.whenSaved(5_000, 'side')).toBe(true)
    sideYdoc.getArray('a').push([1])
    await eventually(() => relay.sockets[1]?.heard.includes('update') === true)
    expect(relay.sockets[0]?.heard).not.toContain('update')
    expect(await bench.room.whenSaved(20, 'side')).toBe(false)
    relay.sockets[1]?.say({ kind: 'saved', body: 2 })
    expect(await bench.room.whenSaved(5_000, 'side')).toBe(true)
  })

  it('may be refused without harm to the room', async () => {
    const relay = await startScriptedRelay((socket) => {
      if (socket.path !== '/acme') return socket.close(4403)
      behave(socket)
      void acknowledgeAll(socket)
    })
    const bench = openRoom({ url: relay.url, sideYdoc: new Y.Doc() })
    expect(await bench.room.whenFirstSync(5_000, 'side')).toBe('unavailable')
    expect(await bench.room.whenSaved(5_000, 'side')).toBe(false)
    await bench.until('synced')
    expect(bench.room.sideStatus?.state).toMatchObject({ kind: 'refused', reason: 'not-allowed' })
  })
})

describe('what cannot even be tried', () => {
  const ydoc = new Y.Doc()
  it('is refused at once: room names', () => {
    for (const room of ['', 'Acme', 'a b', '../x', 'a/../b', 'a//b', 'a?x', 'a#b', 'acme~history', 'x'.repeat(129)]) {
      expect(() => connectRoom({ url: 'ws://127.0.0.1:1', room, ydoc })).toThrow(
        expect.objectContaining({ name: 'RoomError', code: 'invalid-room' }),
      )
    }
  })
  it('is refused at once: addresses', () => {
    for (const url of ['', 'relay', 'http://127.0.0.1', 'ws://127.0.0.1/?key=1', 'ws://127.0.0.1/#x']) {
      expect(() => connectRoom({ url, room: 'acme', ydoc })).toThrow(expect.objectContaining({ code: 'invalid-url' }))
    }
  })
})

describe('close', () => {
  it('leaves no timer, socket or listener behind', async () => {
    const clock = createVirtualClock()
    const relay = await startScriptedRelay((socket) => behave(socket))
    const ydoc = new Y.Doc()
    const before = ydoc._observers.size
    const room = connectRoom({
      url: relay.url,
      room: 'acme',
      ydoc,
      sideYdoc: new Y.Doc(),
      timers: clock,
      locks: navigator.locks,
      user: { name: 'Ana', color: '#123456' },
    })
    room.leases.hold('bridge:b', () => undefined)
    await clock.advanceAsync(0)
    await eventually(() => relay.sockets.length === 2)
    await Promise.all([room.close(), room.close()])
    expect(clock.pending).toBe(0)
    expect(ydoc._observers.get('update')).toBeUndefined()
    expect(ydoc._observers.size - before).toBeLessThanOrEqual(1)
    expect((await navigator.locks.query()).held?.filter(({ name }) => name?.includes('acme'))).toEqual([])
    expect(room.status.state).toEqual({ kind: 'off' })
  })

  it('cuts a socket that does not say goodbye', async () => {
    const clock = createVirtualClock()
    const ydoc = new Y.Doc()
    let terminated = 0
    class Deaf {
      binaryType = ''
      readyState = 0
      onopen: (() => void) | null = null
      onmessage = null
      onerror = null
      onclose = null
      constructor() {
        queueMicrotask(() => {
          this.readyState = 1
          this.onopen?.()
        })
      }
      send(): void {}
      close(): void {}
      terminate(): void {
        terminated++
      }
    }
    const room = connectRoom({
      url: 'ws://127.0.0.1:1',
      room: 'acme',
      ydoc,
      timers: clock,
      WebSocket: Deaf,
      locks: null,
    })
    await clock.advanceAsync(0)
    const closed = room.close()
    await clock.advanceAsync(1_000)
    await closed
    expect([terminated, clock.pending]).toEqual([1, 0])
  })
})
