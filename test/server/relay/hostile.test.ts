/** Bytes that no honest client sends: frames by hand, and updates with flipped bits, against a relay with others in the room. */
import { randomBytes } from 'node:crypto'
import { type Socket, connect } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import * as Y from 'yjs'
import { createMemoryStore } from '../../../server/relay/index.ts'
import { compactUpdates } from '../../../server/relay/compact-updates.ts'
import { eventually } from '../../support/eventually.ts'
import { createRandom, seedsToRun } from '../../support/random.ts'
import { type RawWireClient, openRawClient } from '../../support/raw-wire-client.ts'
import { type TestRelay, startRelay } from '../../support/relay-server.ts'
import { editAtRandom, everyKindOfContent, madeAny, madeUpdate, updatesOf } from '../../support/yjs-updates.ts'

/** An upgraded TCP socket on which frames are written by hand. */
interface HandSocket {
  readonly socket: Socket
  write(bytes: Uint8Array): void
  /** The code of the close frame, or `cut` where the connection just ends. */
  closeCode(): Promise<number | 'cut'>
}

async function openByHand(relay: TestRelay, room = 'acme'): Promise<HandSocket> {
  const socket = connect(relay.port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  let received = Buffer.alloc(0)
  let ended = false
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk])
  })
  socket.on('error', () => undefined)
  socket.on('close', () => {
    ended = true
  })
  socket.write(
    `GET /${room} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
  )
  await eventually(() => received.includes('\r\n\r\n'))
  received = received.subarray(received.indexOf('\r\n\r\n') + 4)
  return {
    socket,
    write: (bytes) => void socket.write(bytes),
    closeCode: () =>
      eventually(() => {
        // Frames of the relay are unmasked and, here, shorter than 126 bytes.
        for (let at = 0; at + 4 <= received.length; at += 2 + (received[at + 1] as number))
          if (received[at] === 0x88) return received.readUInt16BE(at + 2)
        if (ended) return 'cut' as const
        throw new Error('neither closed nor cut')
      }),
  }
}

/** A masked frame: first byte as given, any length. */
function frame(first: number, payload: Uint8Array, options: { masked?: boolean; length?: number } = {}): Buffer {
  const { masked = true, length = payload.length } = options
  const head = [first]
  const flag = masked ? 0x80 : 0
  if (length < 126) head.push(flag | length)
  else if (length < 65_536) head.push(flag | 126, length >> 8, length & 255)
  else
    head.push(flag | 127, 0, 0, 0, 0, (length >>> 24) & 255, (length >>> 16) & 255, (length >>> 8) & 255, length & 255)
  return Buffer.concat([Buffer.from(head), masked ? Buffer.alloc(4) : Buffer.alloc(0), payload])
}

async function withPeer(
  options: Parameters<typeof startRelay>[0] = {},
): Promise<{ relay: TestRelay; peer: RawWireClient }> {
  const relay = await startRelay(options)
  const peer = await openRawClient(`${relay.url}/acme`)
  onTestFinished(() => peer.cut())
  peer.hello()
  peer.sendStep1()
  await peer.step2()
  return { relay, peer }
}

async function expectUndisturbed(peer: RawWireClient): Promise<void> {
  const before = peer.saved()
  peer.sendStep2(Uint8Array.of(0, 0))
  await peer.untilSaved(before + 1)
  expect(peer.closed).toBeUndefined()
}

describe('a frame by hand ends its connection for good, and no other:', () => {
  const payload = Uint8Array.of(3)
  const cases: readonly (readonly [string, Buffer, number])[] = [
    ['a reserved opcode', frame(0x83, payload), 4400],
    ['a reserved bit: compressed, though nobody agreed to that', frame(0xc2, payload), 4400],
    ['not masked', frame(0x82, payload, { masked: false }), 4400],
    ['a control frame that is too long', frame(0x89, new Uint8Array(200)), 4400],
    ['a control frame in fragments', frame(0x09, payload), 4400],
    ['a continuation of nothing', frame(0x80, payload), 4400],
    ['a text that is no UTF-8', frame(0x81, Uint8Array.of(0xc3, 0x28)), 4400],
    ['a close frame with a code that does not exist', frame(0x88, Uint8Array.of(0, 5)), 4400],
    ['larger than any message may be', frame(0x82, payload, { length: 2 ** 31 }), 4413],
    ['a text message', frame(0x81, Buffer.from('hello')), 4400],
  ]
  for (const [what, bytes, code] of cases)
    it(`being ${what}`, async () => {
      const { relay, peer } = await withPeer()
      const hand = await openByHand(relay)
      hand.write(bytes)
      expect(await hand.closeCode()).toBe(code)
      await expectUndisturbed(peer)
      hand.socket.destroy()
      await eventually(() => relay.stats().connections === 1)
    })

  it('a message in countless fragments', async () => {
    const { relay, peer } = await withPeer()
    const hand = await openByHand(relay)
    hand.write(frame(0x02, Uint8Array.of(0)))
    hand.write(Buffer.concat(Array.from({ length: 20_000 }, () => frame(0x00, Uint8Array.of(0)))))
    expect(await hand.closeCode()).toBe(4400)
    await expectUndisturbed(peer)
  })

  it('a message in a few fragments is honest', async () => {
    const { relay } = await withPeer()
    const hand = await openByHand(relay)
    const [update] = updatesOf((doc) => doc.getArray('list').push([1]))
    const message = Buffer.concat([Buffer.from([0, 2, update!.length]), update!])
    hand.write(Buffer.concat([frame(0x02, message.subarray(0, 5)), frame(0x80, message.subarray(5))]))
    const reader = await openRawClient(`${relay.url}/acme`)
    onTestFinished(() => reader.cut())
    await eventually(() => {
      reader.sendStep1()
      return reader.doc.getArray('list').length === 1
    })
    expect(relay.stats().connections).toBe(3)
  })

  it('random bytes instead of frames, and a connection that ends in the middle of one', async () => {
    const { relay, peer } = await withPeer()
    const random = createRandom(9)
    for (let i = 0; i < 30; i++) {
      const hand = await openByHand(relay)
      hand.write(Uint8Array.from({ length: 1 + random.int(200) }, () => random.int(256)))
      hand.socket.end()
      await hand.closeCode()
    }
    await expectUndisturbed(peer)
    await eventually(() => relay.stats().connections === 1)
    expect(peer.closed).toBeUndefined()
  })

  it('an upgrade that never ends is cut off, and one that is none is answered', async () => {
    const relay = await startRelay()
    const get = await fetch(`${relay.httpUrl}/acme`)
    expect(get.status).toBe(404)
    const bad = connect(relay.port, '127.0.0.1')
    onTestFinished(() => void bad.destroy())
    let answer = ''
    bad.on('data', (chunk) => (answer += chunk.toString()))
    bad.write(
      'GET /acme HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 1\r\n\r\n',
    )
    await eventually(() => answer.startsWith('HTTP/1.1 4'))
    await eventually(() => relay.stats().connections === 0)
  })
})

it('updates with flipped bits leave the room sound, whatever of them is taken', { timeout: 60_000 }, async () => {
  const store = createMemoryStore()
  const { relay, peer } = await withPeer({ store, limits: { messageBurst: 100_000 } })
  for (const seed of seedsToRun(3, 77)) {
    const random = createRandom(seed)
    const sources = [
      ...updatesOf((doc) => editAtRandom(doc, random, 20)),
      Y.encodeStateAsUpdate(everyKindOfContent()),
      madeUpdate([{ client: 1, clock: 0, structs: [madeAny('x')] }]),
    ]
    const codes: number[] = []
    let client: RawWireClient | undefined
    for (let i = 0; i < 80; i++) {
      if (!client || client.closed) {
        client = await openRawClient(`${relay.url}/acme`)
        client.hello()
        client.sendStep1()
        await client.step2()
      }
      const bytes = random.pick(sources).slice()
      const at = random.int(bytes.length)
      bytes[at] = (bytes[at] as number) ^ (1 << random.int(8))
      const before = client.messages.length
      client.sendUpdate(bytes)
      client.hello()
      const open = client
      await eventually(
        () =>
          open.closed !== undefined ||
          open.messages.slice(before).some((m) => m.kind === 'relay' && m.message.kind === 'welcome'),
        { everyMs: 1 },
      )
      if (open.closed) {
        codes.push(open.closed.code)
      }
    }
    client?.cut()
    expect({ seed, codes: new Set(codes) }).toEqual({ seed, codes: new Set([4400]) })
    expect(codes.length).toBeGreaterThan(10)
  }
  await expectUndisturbed(peer)
  // What was taken can be loaded, merged, folded and joined.
  const stored = await store.load('acme')
  const rows = stored?.rows.map((row) => row.update) ?? []
  expect(rows.length).toBeGreaterThan(5)
  const { refused, update } = compactUpdates(stored?.snapshot?.update ?? null, rows)
  expect(refused).toEqual([])
  const joiner = await openRawClient(`${relay.url}/acme`)
  onTestFinished(() => joiner.cut())
  joiner.sendStep1()
  await joiner.step2()
  const doc = new Y.Doc()
  Y.applyUpdate(doc, update)
  expect(Y.encodeStateVector(joiner.doc)).toEqual(Y.encodeStateVector(doc))
})

it('a flood of awareness from one connection reaches nobody as such', async () => {
  const { relay, peer } = await withPeer()
  const hostile = await openRawClient(`${relay.url}/acme`)
  onTestFinished(() => hostile.cut())
  hostile.hello()
  hostile.sendStep1()
  await hostile.step2()
  const before = peer.messages.length
  hostile.sendAwareness(Array.from({ length: 5_000 }, (_, i) => ({ client: i + 1, clock: 1, state: {} })))
  hostile.sendAwareness(Array.from({ length: 100_000 }, (_, i) => ({ client: i + 1, clock: 1, state: {} })))
  hostile.sendUpdate(updatesOf((doc) => doc.getArray('list').push([1]))[0]!)
  await hostile.untilSaved(1)
  await eventually(() => peer.doc.getArray('list').length === 1)
  const seen = new Set(
    peer.messages.slice(before).flatMap((m) => (m.kind === 'awareness' ? m.entries.map((e) => e.client) : [])),
  )
  expect(seen.size).toBeLessThanOrEqual(1)
})
