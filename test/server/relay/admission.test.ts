/** Who gets in: room names, keys, origins, limits. */
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { SignJWT } from 'jose'
import { mintRoomKey } from '../../../server/relay/index.ts'
import { eventually } from '../../support/eventually.ts'
import { type RawWireOptions, openRawClient } from '../../support/raw-wire-client.ts'
import { type TestRelay, startRelay, testKeySecret, testRoomKey, timersOf } from '../../support/relay-server.ts'
import { createVirtualClock } from '../../support/virtual-clock.ts'

/** The close code, or `open` where the relay answers a state vector. */
async function outcome(relay: TestRelay, path: string, options: RawWireOptions = {}): Promise<number | 'open'> {
  const client = await openRawClient(`${relay.url}/${path}`, options)
  client.sendStep1()
  const result = await eventually(() => {
    if (client.closed) return client.closed.code
    if (client.messages.some((message) => message.kind === 'step2')) return 'open' as const
    throw new Error('no answer yet')
  })
  client.cut()
  return result
}

const withKey = (key: string): RawWireOptions => ({ protocols: ['y-tokens.1', `key.${key}`] })

/** Upgrades by hand: a URL parser would tidy the path up. Gives the close code. */
function rawUpgrade(relay: TestRelay, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(relay.port, '127.0.0.1')
    let received = Buffer.alloc(0)
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      const frame = received.subarray(received.indexOf('\r\n\r\n') + 4)
      if (frame.length >= 4 && frame[0] === 0x88) {
        resolve(frame.readUInt16BE(2))
        socket.destroy()
      }
    })
    socket.on('error', reject)
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    )
  })
}

describe('a room name', () => {
  it('is decoded exactly once', async () => {
    const relay = await startRelay()
    expect(await outcome(relay, 'acme%2Fbrand')).toBe('open')
    expect(await outcome(relay, 'acme%252Fbrand')).toBe(4404)
    expect(await outcome(relay, 'acme~history')).toBe('open')
    expect(await outcome(relay, 'acme%7Ehistory')).toBe('open')
  })

  it('that is none is refused for good', async () => {
    const relay = await startRelay()
    for (const path of ['Acme', 'a%20b', 'a//b', '', '%00', 'a'.repeat(129), 'a%5Cb', '__proto__/~history', '~history'])
      expect([path, await outcome(relay, path)]).toEqual([path, 4404])
    for (const path of ['/..', '/%2e%2e/x', '/a/./b', '/a/..'])
      expect([path, await rawUpgrade(relay, path)]).toEqual([path, 4404])
  })

  it('with escapes that are no UTF-8 is refused as bad bytes', async () => {
    const relay = await startRelay()
    for (const path of ['/%ff', '/%e4', '/%', '/%zz'])
      expect([path, await rawUpgrade(relay, path)]).toEqual([path, 4400])
  })
})

describe('a room key', () => {
  it('opens the rooms it lists, and below a wildcard everything but the name itself', async () => {
    const relay = await startRelay({ keySecret: testKeySecret })
    const key = withKey(await testRoomKey('writer', ['acme', 'team/*']))
    for (const room of ['acme', 'team/a', 'team/a/b', 'acme~history'])
      expect([room, await outcome(relay, room, key)]).toEqual([room, 'open'])
    for (const room of ['acme/x', 'team', 'teams/a', 'other'])
      expect([room, await outcome(relay, room, key)]).toEqual([room, 4403])
  })

  it('of a reader opens no side document', async () => {
    const relay = await startRelay({ keySecret: testKeySecret })
    const key = withKey(await testRoomKey('reader', 'acme'))
    expect(await outcome(relay, 'acme', key)).toBe('open')
    expect(await outcome(relay, 'acme~history', key)).toBe(4403)
  })

  it('is selected by its subprotocol only in name: the answer never repeats it', async () => {
    const relay = await startRelay({ keySecret: testKeySecret })
    const client = await openRawClient(`${relay.url}/acme`, withKey(await testRoomKey('writer', 'acme')))
    expect(client.protocol).toBe('y-tokens.1')
    client.cut()
  })

  it('that is expired, of another secret, audience or algorithm, or lacks a claim, opens nothing', async () => {
    // Long enough for HS512, so that only the algorithm is wrong there.
    const keySecret = testKeySecret.padEnd(64, '.')
    const relay = await startRelay({ keySecret })
    const sign = (
      claims: Record<string, unknown>,
      { secret = keySecret, audience = 'y-tokens', alg = 'HS256' } = {},
    ): Promise<string> =>
      new SignJWT({ sub: 'u', role: 'writer', rooms: ['acme'], exp: Math.floor(Date.now() / 1_000) + 60, ...claims })
        .setProtectedHeader({ alg })
        .setAudience(audience)
        .sign(new TextEncoder().encode(secret))
    expect(await outcome(relay, 'acme', withKey(await sign({})))).toBe('open')
    const none = Buffer.from('{"alg":"none"}').toString('base64url')
    const payload = (await sign({})).split('.')[1]
    const bad: [string, string][] = [
      ['expired', await sign({ exp: Math.floor(Date.now() / 1_000) - 60 })],
      ['secret', await sign({}, { secret: 'another secret that is long enough, too' })],
      ['audience', await sign({}, { audience: 'else' })],
      ['algorithm', await sign({}, { alg: 'HS512' })],
      ['none', `${none}.${payload}.`],
      ['role', await sign({ role: 'owner' })],
      ['sub', await sign({ sub: undefined })],
      ['exp', await sign({ exp: undefined })],
    ]
    for (const [what, key] of bad) expect([what, await outcome(relay, 'acme', withKey(key))]).toEqual([what, 4401])
    for (const rooms of [undefined, [], 'acme', [5], ['*'], ['acme/*']])
      expect([String(rooms), await outcome(relay, 'acme', withKey(await sign({ rooms })))]).toEqual([
        String(rooms),
        4403,
      ])
  })

  it('that expires in mid-session closes with 4401', async () => {
    const clock = createVirtualClock()
    const timers = timersOf(clock)
    const relay = await startRelay({ keySecret: testKeySecret, timers })
    const key = await testRoomKey('writer', 'acme', { ttlMs: 20_000, now: clock.now })
    const client = await openRawClient(`${relay.url}/acme`, withKey(key))
    client.sendStep1()
    await client.step2()
    await clock.advanceAsync(19_000)
    expect(client.closed).toBeUndefined()
    await clock.advanceAsync(2_000)
    expect((await client.untilClosed()).code).toBe(4401)
  })

  it('that is refreshed in time keeps the connection open, and is answered by a welcome', async () => {
    const clock = createVirtualClock()
    const relay = await startRelay({ keySecret: testKeySecret, timers: timersOf(clock) })
    const mint = (ttlMs: number) => testRoomKey('writer', 'acme', { ttlMs, now: clock.now })
    const client = await openRawClient(`${relay.url}/acme`, withKey(await mint(20_000)))
    client.hello()
    client.sendStep1()
    await client.step2()
    const before = client.messages.length
    client.sendRelay({ kind: 'key', body: await mint(60_000) })
    await client.relay('welcome', before)
    await clock.advanceAsync(30_000)
    expect(client.closed).toBeUndefined()
    client.sendRelay({ kind: 'key', body: 'nonsense' })
    expect((await client.untilClosed()).code).toBe(4401)
  })

  it('that lowers the role takes writing away at once', async () => {
    const relay = await startRelay({ keySecret: testKeySecret })
    const client = await openRawClient(`${relay.url}/acme`, withKey(await testRoomKey('writer', 'acme')))
    client.hello()
    client.sendStep1()
    await client.step2()
    client.sendRelay({ kind: 'key', body: await testRoomKey('reader', 'acme') })
    client.sendUpdate(Uint8Array.of(0, 0))
    expect(await client.relay('rejected')).toMatchObject({ code: 'read-only' })
    client.cut()
  })

  it('cannot be minted so that it opens nothing', async () => {
    const mint = (claims: object) =>
      mintRoomKey({
        secret: testKeySecret,
        claims: { sub: 'u', rooms: ['acme'], role: 'writer', ttlMs: 1_000, ...claims } as never,
      })
    await expect(mint({ rooms: [] })).rejects.toThrow(RangeError)
    await expect(mint({ rooms: ['Not A Room'] })).rejects.toThrow(RangeError)
    await expect(mint({ sub: '' })).rejects.toThrow(RangeError)
    await expect(mint({ ttlMs: 0 })).rejects.toThrow(RangeError)
    await expect(
      mintRoomKey({ secret: 'short', claims: { sub: 'u', rooms: ['acme'], role: 'writer', ttlMs: 1 } }),
    ).rejects.toMatchObject({ code: 'key-secret-invalid' })
  })
})

describe('an origin', () => {
  it('without keys must be of this machine, whatever a sandboxed or foreign page tries', async () => {
    const relay = await startRelay()
    for (const origin of ['http://localhost:5173', 'http://127.0.0.1:1234', 'https://[::1]:9'])
      expect([origin, await outcome(relay, 'acme', { origin })]).toEqual([origin, 'open'])
    for (const origin of [
      'https://evil.example',
      'null',
      'http://localhost.evil.example',
      'http://127.0.0.1.evil.example',
    ])
      expect([origin, await outcome(relay, 'acme', { origin })]).toEqual([origin, 4403])
  })

  it('with keys may be any, as no page gets in without one', async () => {
    const relay = await startRelay({ keySecret: testKeySecret })
    const key = withKey(await testRoomKey('writer', 'acme'))
    for (const origin of ['https://figma.example', 'null'])
      expect(await outcome(relay, 'acme', { ...key, origin })).toBe('open')
  })

  it('must be listed where there is a list; programs send none', async () => {
    const relay = await startRelay({ origins: ['https://tokens.acme.dev', 'null'] })
    for (const origin of ['https://tokens.acme.dev', 'null'])
      expect(await outcome(relay, 'acme', { origin })).toBe('open')
    for (const origin of ['http://localhost:5173', 'https://tokens.acme.dev.evil.example'])
      expect(await outcome(relay, 'acme', { origin })).toBe(4403)
    expect(await outcome(relay, 'acme')).toBe('open')
  })
})

describe('limits', () => {
  it('of connections, in all and for a room, close with 4529, which is retried', async () => {
    const relay = await startRelay({ limits: { maxConnections: 3, maxConnectionsPerRoom: 2 } })
    const open = []
    for (const room of ['a', 'a']) {
      const client = await openRawClient(`${relay.url}/${room}`)
      client.sendStep1()
      await client.step2()
      open.push(client)
    }
    expect(await outcome(relay, 'a')).toBe(4529)
    await eventually(() => relay.stats().connections === 2)
    const third = await openRawClient(`${relay.url}/b`)
    expect(await outcome(relay, 'b')).toBe(4529)
    for (const client of [...open, third]) client.cut()
    await eventually(() => relay.stats().connections === 0)
    expect(await outcome(relay, 'a')).toBe('open')
  })

  it('of open rooms close with 4529', async () => {
    const relay = await startRelay({ limits: { maxOpenRooms: 1 } })
    const first = await openRawClient(`${relay.url}/a`)
    first.sendStep1()
    await first.step2()
    expect(await outcome(relay, 'b')).toBe(4529)
    expect(await outcome(relay, 'a')).toBe('open')
    first.cut()
    await eventually(() => relay.stats().openRooms === 0)
    expect(await outcome(relay, 'b')).toBe('open')
  })
})
