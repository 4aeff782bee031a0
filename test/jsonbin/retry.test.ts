import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { binFault } from '../../server/bins/index.ts'
import { createJsonBin } from '../../src/jsonbin/index.ts'
import { type BinServer, startBinServer } from '../support/bin-server.ts'
import {
  answer,
  createScriptedClient,
  networkError,
  okCreate,
  okDelete,
  okRead,
  okUpdate,
  someId,
} from './scripted-client.ts'

const busy = answer(429, { message: 'Too many requests' })
const down = answer(502, '<html>')

describe('delays', () => {
  it('are a random part of a bound that doubles up to its greatest', async () => {
    const randoms = [0.5, 1, 0, 0.25, 1, 1]
    const { bins, delays, sent } = createScriptedClient([down], {
      retry: { attempts: 7 },
      random: () => randoms.shift() ?? 0,
    })
    await expect(bins.read(someId)).rejects.toMatchObject({ code: 'unavailable' })
    expect(delays).toEqual([250, 1000, 0, 1000, 8000, 8000])
    expect(sent).toHaveLength(7)
  })

  it('come to three in a row unless told otherwise, and to none', async () => {
    const { bins, delays } = createScriptedClient([busy])
    await expect(bins.read(someId)).rejects.toMatchObject({ code: 'rate-limited' })
    expect(delays).toHaveLength(3)
    const once = createScriptedClient([busy], { retry: { attempts: 1 } })
    await expect(once.bins.read(someId)).rejects.toMatchObject({ code: 'rate-limited' })
    expect(once.delays).toEqual([])
  })

  it('are what Retry-After asks for, in seconds or as a date', async () => {
    const { bins, delays } = createScriptedClient([
      answer(429, {}, { 'Retry-After': '7' }),
      answer(503, '', { 'Retry-After': 'Thu, 01 Jan 2026 00:00:12 GMT' }),
      answer(429, {}, { 'Retry-After': 'soon' }),
      okRead,
    ])
    await bins.read(someId)
    expect(delays).toEqual([7000, 12_000, 1000])
  })

  it('are left to the caller where Retry-After asks for longer than it is worth waiting', async () => {
    const { bins, delays } = createScriptedClient([answer(429, {}, { 'Retry-After': '31' })])
    await expect(bins.read(someId)).rejects.toMatchObject({ code: 'rate-limited', retryAfterMs: 31_000 })
    expect(delays).toEqual([])
  })

  it('end at once when the caller aborts', async () => {
    const caller = new AbortController()
    const { bins, sent } = createScriptedClient([busy], {
      wait: (ms) => {
        if (ms !== 10_000) caller.abort()
        return ms === 10_000 ? new Promise(() => undefined) : Promise.resolve()
      },
    })
    await expect(bins.read(someId, { signal: caller.signal })).rejects.toMatchObject({
      code: 'aborted',
      outcome: 'refused',
    })
    expect(sent).toHaveLength(1)
  })
})

describe('what is repeated', () => {
  it.each([
    ['429', busy],
    ['500', answer(500, '')],
    ['502', down],
    ['504', answer(504, '')],
    ['408', answer(408, '')],
    ['a network failure, as a browser shows a 429 without CORS headers', networkError()],
    ['a refused connection', networkError('ECONNREFUSED')],
    ['a page of HTML with 200', answer(200, '<html>', { 'Content-Type': 'text/html' })],
  ])('a read after %s', async (_what, step) => {
    const { bins, sent } = createScriptedClient([step, step, okRead])
    expect((await bins.read(someId)).record).toBe('{"a":1}')
    expect(sent).toHaveLength(3)
  })

  it('a read after a time-out', async () => {
    const { bins, sent, timeOut } = createScriptedClient(['hang', okRead])
    const read = bins.read(someId)
    timeOut()
    expect((await read).record).toBe('{"a":1}')
    expect(sent).toHaveLength(2)
  })

  it.each([
    [400, 'x'],
    [401, 'x'],
    [403, 'Requests exhausted'],
    [404, 'x'],
    [413, 'x'],
    [301, 'x'],
  ])('never a request that was refused with %i', async (status, message) => {
    const { bins, sent } = createScriptedClient([answer(status, { message }), okRead])
    await expect(bins.read(someId)).rejects.toMatchObject({ status })
    expect(sent).toHaveLength(1)
  })

  it('never an update, not even one that was refused: the bin may hold what others wrote by then', async () => {
    for (const step of [busy, down, networkError(), networkError('ECONNREFUSED')]) {
      const { bins, sent } = createScriptedClient([step, okUpdate])
      await expect(bins.update(someId, '{"a":1}')).rejects.toMatchObject({ retryable: true })
      expect(sent).toHaveLength(1)
    }
  })

  it('an update where the caller says that nobody else writes', async () => {
    for (const step of [busy, down, networkError()]) {
      const { bins, sent } = createScriptedClient([step, okUpdate], { retryWrites: true })
      await bins.update(someId, '{"a":1}')
      expect(sent).toHaveLength(2)
    }
  })

  it('a create that has certainly made no bin, and no other', async () => {
    for (const step of [busy, networkError('ENOTFOUND')]) {
      const { bins, sent } = createScriptedClient([step, okCreate])
      expect(await bins.create('{"a":1}')).toMatchObject({ id: someId })
      expect(sent).toHaveLength(2)
    }
    for (const step of [down, networkError(), answer(200, '<html>')]) {
      const { bins, sent } = createScriptedClient([step, okCreate], { retryWrites: true })
      await expect(bins.create('{"a":1}')).rejects.toMatchObject({ outcome: 'unknown' })
      expect(sent).toHaveLength(1)
    }
  })

  it('a delete and a rename, which do no harm twice', async () => {
    for (const step of [busy, down, networkError()]) {
      const { bins, sent } = createScriptedClient([step, okDelete])
      await bins.delete(someId)
      await bins.rename(someId, 'x')
      expect(sent).toHaveLength(3)
    }
  })
})

describe('outcomes over several attempts', () => {
  const gone = answer(404, { message: "Bin not found or it doesn't belong to your account" })

  it('a bin that is gone after a delete of which nobody knew is deleted', async () => {
    const { bins } = createScriptedClient([down, gone])
    await expect(bins.delete(someId)).resolves.toBeUndefined()
  })

  it('a bin that was never there is not', async () => {
    const { bins } = createScriptedClient([busy, gone])
    await expect(bins.delete(someId)).rejects.toMatchObject({ code: 'not-found', outcome: 'refused' })
  })

  it('stay unknown where a later attempt is refused', async () => {
    const { bins } = createScriptedClient([down, answer(403, { message: 'Requests exhausted' })], { retryWrites: true })
    await expect(bins.update(someId, '{"a":1}')).rejects.toMatchObject({
      code: 'quota-exhausted',
      status: 403,
      outcome: 'unknown',
    })
  })

  it('a bug in an injected part is not taken for a failure of the service', async () => {
    const { bins } = createScriptedClient([okRead], {
      wait: () => {
        throw new RangeError('bug')
      },
    })
    await expect(bins.read(someId)).rejects.toThrow(RangeError)
  })
})

describe('against the local bins', () => {
  let server: BinServer
  beforeAll(async () => {
    server = await startBinServer()
  })
  afterAll(() => server.close())

  it('[row 34] [row 35] a read gets through a rate limit, an outage and a lost answer', async () => {
    const id = await server.post('{"a":1}')
    server.faults.inject(binFault.rateLimited({ retryAfter: '0' }))
    server.faults.inject(binFault.unavailable(504))
    server.faults.inject(binFault.lostResponse())
    const bins = createJsonBin({
      baseUrl: server.baseUrl,
      masterKey: server.masterKey,
      retry: { firstDelayMs: 1 },
    })
    expect((await bins.read(id)).record).toBe('{"a":1}')
  })

  it('[row 49] needs no reason phrase', async () => {
    server.faults.emptyStatusText = true
    const bins = createJsonBin({ baseUrl: server.baseUrl, masterKey: 'wrong' })
    const id = await server.post('{"a":1}')
    await expect(bins.read(id)).rejects.toMatchObject({ code: 'unauthorized', message: expect.stringMatching(/401/) })
    server.faults.clear()
  })

  it('leaves no timer behind', async () => {
    const id = await server.post('{"a":1}')
    const bins = createJsonBin({ baseUrl: server.baseUrl, masterKey: server.masterKey })
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const before = timers()
    await bins.read(id)
    const caller = new AbortController()
    server.faults.inject(binFault.rateLimited({ retryAfter: '20' }))
    const read = bins.read(id, { signal: caller.signal })
    setTimeout(() => caller.abort(), 30)
    await expect(read).rejects.toMatchObject({ code: 'aborted' })
    expect(timers()).toBeLessThanOrEqual(before)
  })
})
