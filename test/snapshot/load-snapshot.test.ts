import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isSnapshotError, loadSnapshot, type LoadSnapshotOptions, SnapshotError } from '../../src/snapshot/index.ts'
import { parseRetryAfter } from '../../src/snapshot/refused-answer.ts'
import { type AnswerServer, startAnswerServer } from '../support/answer-server.ts'

const payload = {
  values: { core: { color: { red: { $type: 'color', $value: '#f00' } } } },
  $themes: [],
  $metadata: { tokenSetOrder: ['core'], updatedAt: '2026-01-01T00:00:00.000Z' },
}
const key = '$2a$10$averysecretkeythatmustnotbeshown'

describe('loadSnapshot', () => {
  let server: AnswerServer
  const waits: number[] = []
  const load = (options: LoadSnapshotOptions = {}, path = '/tokens?key=hidden') =>
    loadSnapshot(server.url + path, {
      random: () => 0.5,
      sleep: async (ms) => void waits.push(ms),
      ...options,
    })
  const failure = async (options: LoadSnapshotOptions = {}, path?: string): Promise<SnapshotError> => {
    const error: unknown = await load({ headers: { 'X-Access-Key': key }, ...options }, path).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    if (!isSnapshotError(error)) throw new Error('no SnapshotError was thrown', { cause: error })
    expect(`${error.message} ${error.stack}`).not.toContain(key)
    expect(error.message).not.toContain('hidden')
    return error
  }

  beforeEach(async () => {
    server = await startAnswerServer({ body: payload })
    waits.length = 0
  })
  afterEach(() => server.close())

  describe('tokens', () => {
    test('come frozen to the bottom, with headers sent as Tokens Studio sends them', async () => {
      const { tokens, text, etag, notModified } = await load({
        headers: { 'X-Access-Key': key, 'X-Bin-Meta': false, 'X-N': 0 },
      })
      expect(tokens).toEqual(payload)
      expect(text).toBe(JSON.stringify(payload))
      expect([etag, notModified]).toEqual([null, false])
      for (const part of [
        tokens,
        tokens.values,
        tokens.values['core'],
        (tokens as unknown as typeof payload).values.core.color.red,
      ]) {
        expect(Object.isFrozen(part)).toBe(true)
      }
      expect(server.requests[0]).toMatchObject({
        method: 'GET',
        headers: { accept: 'application/json', 'x-access-key': key, 'x-bin-meta': 'false', 'x-n': '0' },
      })
    })

    test('come out of JSONBin’s envelope', async () => {
      server.answer({ body: { record: payload, metadata: { id: 'x', private: true } } })
      expect(await load()).toMatchObject({ tokens: payload, text: JSON.stringify(payload) })
    })

    test('come without the bridge’s marker', async () => {
      server.answer({ body: { ...payload, $metadata: { ...payload.$metadata, 'y-tokens': { v: 1, hash: 'x' } } } })
      expect((await load()).text).toBe(JSON.stringify(payload))
    })

    test('keep the order of whole numbers in the text', async () => {
      server.answer({ body: '{"values":{"b":{"900":{"value":1},"50":{"value":2}}},"extra":1}' })
      const { text, tokens } = await load()
      expect(text).toBe('{"values":{"b":{"900":{"value":1},"50":{"value":2}}},"extra":1}')
      expect(Object.keys(tokens.values['b'] ?? {})).toEqual(['50', '900'])
    })

    test('in the form without values come under values, the text stays', async () => {
      server.answer({ body: '{"core":{"t":{"value":1}},"$themes":[]}' })
      const { text, tokens } = await load()
      expect(tokens).toEqual({ values: { core: { t: { value: 1 } } }, $themes: [] })
      expect(text).toBe('{"core":{"t":{"value":1}},"$themes":[]}')
    })

    test('with a key __proto__ pollute nothing', async () => {
      server.answer({ body: '{"values":{"core":{"__proto__":{"polluted":{"value":1}},"t":{"value":1}}}}' })
      const { tokens } = await load()
      expect(Object.keys(tokens.values['core'] ?? {})).toEqual(['__proto__', 't'])
      expect('polluted' in {}).toBe(false)
    })
  })

  describe('ETag', () => {
    test('a confirmed snapshot is the earlier one again', async () => {
      server.answer((request, response) => {
        const known = request.headers['if-none-match'] === '"v1"'
        response.writeHead(known ? 304 : 200, { ETag: '"v1"' })
        response.end(known ? undefined : JSON.stringify(payload))
      })
      const first = await load()
      expect(first).toMatchObject({ etag: '"v1"', notModified: false })
      const second = await load({ previous: first })
      expect(second).toEqual({ ...first, notModified: true })
      expect(second.tokens).toBe(first.tokens)
      expect(server.requests[0]?.headers['if-none-match']).toBeUndefined()
    })
    test('a changed one is new', async () => {
      server.answer({ body: payload, headers: { ETag: '"v1"' } })
      const previous = await load()
      server.answer({ body: { ...payload, values: { core: { t: { value: 2 } } } }, headers: { ETag: '"v2"' } })
      expect(await load({ previous })).toMatchObject({
        etag: '"v2"',
        notModified: false,
        tokens: { values: { core: { t: { value: 2 } } } },
      })
    })
    test('304 without having asked is an answer without tokens', async () => {
      server.answer({ status: 304 })
      expect(await failure()).toMatchObject({ code: 'bad-url', status: 304 })
    })
  })

  describe('refusals', () => {
    test.each([
      [401, { message: 'Invalid X-Master-Key provided' }, 'unauthorized', 'Check the key'],
      [
        403,
        { message: 'Requests exhausted. Buy additional requests at https://jsonbin.io/pricing' },
        'quota-exhausted',
        'used up',
      ],
      [403, { message: 'no' }, 'forbidden', 'read access'],
      [404, { message: 'Bin not found' }, 'not-found', 'Bin not found'],
      [410, '', 'not-found', 'no tokens at this URL'],
      [400, { message: 'Invalid Bin Id provided' }, 'bad-url', 'bin id'],
      [405, '<html>', 'bad-url', 'Check the URL'],
    ])('%i %j: %s', async (status, body, code, words) => {
      server.answer({ status, body })
      const error = await failure()
      expect(error).toMatchObject({ code, status })
      expect(error.message).toContain(`${server.url}/tokens answered ${status}.`)
      expect(error.message).toContain(words)
      expect(server.requests).toHaveLength(1)
    })

    test('quote the server without the key that it may echo, and not at any length', async () => {
      server.answer({ status: 401, body: { message: `Key ${key} is\n wrong ${'x'.repeat(500)}` } })
      const { message } = await failure()
      expect(message).toContain('"Key … is wrong xxx')
      expect(message.length).toBeLessThan(400)
    })
  })

  describe('a busy or broken server', () => {
    test.each([
      [429, 'rate-limited'],
      [500, 'unavailable'],
      [502, 'unavailable'],
      [503, 'unavailable'],
      [408, 'unavailable'],
    ])('%i is asked again, waiting longer each time, and then given up: %s', async (status, code) => {
      server.answer({ status, body: '<html>oops' })
      expect(await failure()).toMatchObject({ code, status })
      expect(server.requests).toHaveLength(3)
      expect(waits).toEqual([500, 1_000])
    })

    test('may recover', async () => {
      server.answer((_, response) => {
        const ok = server.requests.length > 2
        response.writeHead(ok ? 200 : 500)
        response.end(ok ? JSON.stringify(payload) : '')
      })
      expect((await load()).tokens).toEqual(payload)
    })

    test('says how long to wait, in seconds or by date', async () => {
      server.answer({ status: 429, headers: { 'Retry-After': '7' } })
      expect(await failure()).toMatchObject({ retryAfterMs: 7_000 })
      expect(waits).toEqual([7_000, 7_000])
      waits.length = 0
      server.answer({ status: 503, headers: { 'Retry-After': 'Thu, 01 Jan 2026 00:00:09 GMT' } })
      await failure({ now: () => Date.parse('2026-01-01T00:00:00Z') })
      expect(waits).toEqual([9_000, 9_000])
    })

    test('that asks for too much patience is not waited for', async () => {
      server.answer({ status: 429, headers: { 'Retry-After': '3600' } })
      expect(await failure()).toMatchObject({ code: 'rate-limited', retryAfterMs: 3_600_000 })
      expect(waits).toEqual([])
    })

    test('that cuts the connection counts as unavailable', async () => {
      server.answer((request) => request.socket.destroy())
      expect(await failure({ retries: 1 })).toMatchObject({ code: 'unavailable', status: undefined })
      expect(server.requests).toHaveLength(2)
      server.answer((_, response) => {
        response.writeHead(200, { 'Content-Length': '1000' })
        response.write('{"values":')
        setImmediate(() => response.destroy())
      })
      expect(await failure({ retries: 0 })).toMatchObject({ code: 'unavailable' })
    })

    test('that is not there is named with the reason', async () => {
      const { url } = server
      await server.close()
      const error: unknown = await loadSnapshot(url, { retries: 0 }).catch((reason: unknown) => reason)
      expect(error).toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('(ECONNREFUSED). Check the address'),
      })
    })

    test('in a page, cross-origin rules are worth a look', async () => {
      const error = await failure({ retries: 0, fetch: () => Promise.reject(new TypeError('Failed to fetch')) })
      expect(error.message).not.toContain('cross-origin')
      Object.assign(globalThis, { document: {} })
      const inPage = await failure({
        retries: 0,
        fetch: () => Promise.reject(new TypeError('Failed to fetch')),
      }).finally(() => Reflect.deleteProperty(globalThis, 'document'))
      expect(inPage.message).toContain('allows cross-origin requests')
    })
  })

  test.each([
    ['no header', null, undefined],
    ['an empty one', ' ', undefined],
    ['nonsense', 'soon', undefined],
    ['a date gone by', 'Thu, 01 Jan 2026 00:00:00 GMT', 0],
    ['seconds', '1.5', 1500],
  ])('Retry-After: %s', (_, header, expected) => {
    expect(parseRetryAfter(header, Date.parse('2026-02-01'))).toBe(expected)
  })

  describe('answers that are no tokens', () => {
    test.each([
      ['not JSON', '{"values":', 'invalid', 'line 1, column 11'],
      ['a web page', '<!doctype html><h1>Sign in', 'invalid', 'web page'],
      ['a list', '[]', 'invalid', 'This is an array'],
      ['a set that is text', { values: { core: { t: { value: 1 } }, b: 'x' } }, 'invalid', '"values.b"'],
      ['themes that are no list', { ...payload, $themes: {} }, 'invalid', '"$themes"'],
      ['nothing', '', 'empty', 'answered with nothing'],
      ['no sets', { values: {} }, 'empty', 'no token set'],
      ['an error with status 200', { message: 'oops' }, 'empty', 'no token set'],
      ['sets without tokens', { values: { options: {} } }, 'empty', 'no token in them'],
      ['any other JSON', { name: 'pkg', scripts: { a: 'b' } }, 'empty', 'no token in this file'],
      ['an envelope without tokens', { record: { a: 1 }, metadata: { id: 'x' } }, 'empty', 'no token set'],
    ])('%s', async (_, body, code, words) => {
      server.answer({ body })
      const error = await failure()
      expect(error).toMatchObject({ code })
      expect(error.message).toContain(words)
      expect(server.requests).toHaveLength(1)
    })
  })

  describe('time and patience', () => {
    test('an answer that does not come', async () => {
      server.answer(() => undefined)
      const error = await failure({ timeoutMs: 40 })
      expect(error).toMatchObject({ code: 'timeout', message: expect.stringContaining('within 0.04 s') })
      expect(server.requests).toHaveLength(1)
    })
    test('a body that does not end', async () => {
      server.answer((_, response) => void response.write('{"values":'))
      expect(await failure({ timeoutMs: 60 })).toMatchObject({ code: 'timeout' })
    })
    test('a caller who has changed their mind: before, while waiting for the answer, between tries', async () => {
      expect(await failure({ signal: AbortSignal.abort() })).toMatchObject({ code: 'aborted' })
      server.answer(() => undefined)
      const controller = new AbortController()
      const waiting = failure({ signal: controller.signal })
      setImmediate(() => controller.abort())
      expect(await waiting).toMatchObject({ code: 'aborted' })

      server.answer({ status: 500 })
      const between = new AbortController()
      const options = { headers: { 'X-Access-Key': key }, signal: between.signal }
      const error = loadSnapshot(server.url, options).catch((reason: unknown) => reason)
      while (server.requests.length < 2) await new Promise((resolve) => setImmediate(resolve))
      between.abort()
      expect(await error).toMatchObject({ code: 'aborted' })
    })
    test('the wait between tries ends by itself too', async () => {
      server.answer((_, response) => {
        const ok = server.requests.length > 1
        response.writeHead(ok ? 200 : 500, { 'Retry-After': '0' })
        response.end(ok ? JSON.stringify(payload) : '')
      })
      expect((await loadSnapshot(server.url)).tokens).toEqual(payload)
    })
  })

  describe('redirects', () => {
    test('within the origin are followed', async () => {
      server.answer((request, response) => {
        if (request.url === '/moved') response.end(JSON.stringify(payload))
        else response.writeHead(302, { Location: '/moved' }).end()
      })
      expect((await load({ headers: { 'X-Access-Key': key } })).tokens).toEqual(payload)
      expect(server.requests[1]).toMatchObject({ url: '/moved', headers: { 'x-access-key': key } })
    })
    test('to another origin are not, so that no key goes there', async () => {
      const other = await startAnswerServer({ body: payload })
      server.answer({ status: 307, headers: { Location: `${other.url}/x?token=hidden` } })
      const error = await failure()
      expect(error).toMatchObject({ code: 'bad-url', status: 307 })
      expect(error.message).toContain(`redirects to ${other.url}/x.`)
      expect(other.requests).toEqual([])
      await other.close()
    })
    test('that lead nowhere or go round are given up', async () => {
      server.answer({ status: 301 })
      expect(await failure()).toMatchObject({ code: 'bad-url', message: expect.stringContaining('redirects. Headers') })
      server.answer({ status: 301, headers: { Location: '/again' } })
      expect(await failure()).toMatchObject({ code: 'bad-url' })
      expect(server.requests).toHaveLength(7)
    })
    test('that a browser hides are refused', async () => {
      const hidden = { type: 'opaqueredirect', status: 0 } as Response
      expect(await failure({ fetch: () => Promise.resolve(hidden) })).toMatchObject({ code: 'bad-url', status: 0 })
    })
  })

  describe('what was given', () => {
    test.each(['', 'tokens.json', 'ftp://x/y', 'file:///etc/passwd', 'http://'])('%j is no URL', async (url) => {
      await expect(loadSnapshot(url)).rejects.toMatchObject({
        code: 'bad-url',
        message: expect.stringContaining('https://'),
      })
    })
    test('a URL with a password is not used, nor shown', async () => {
      const error: unknown = await loadSnapshot('https://ana:secret@example.com/x').catch((reason: unknown) => reason)
      expect(error).toMatchObject({ code: 'bad-url', message: expect.not.stringContaining('secret') })
    })
    test('a relative address is taken from the page', async () => {
      Object.assign(globalThis, { location: { href: `${server.url}/app/` } })
      const loading = loadSnapshot('tokens.json').finally(() => Reflect.deleteProperty(globalThis, 'location'))
      expect((await loading).tokens).toEqual(payload)
      expect(server.requests[0]?.url).toBe('/app/tokens.json')
      expect((await loadSnapshot(new URL(server.url))).tokens).toEqual(payload)
    })
    test.each([
      ['X-Access-Key', `${key}\n`.repeat(2), 'line break'],
      ['X-Access-Key', 'schlüssel€', 'Latin-1'],
      ['X Access Key', key, 'no header name'],
      ['', key, 'no header name'],
      ['X-Access-Key', null, 'must be text'],
      ['X-Access-Key', { a: 1 }, 'must be text'],
    ])('the header %j with a bad value is named, its value not', async (name, value, words) => {
      const error = await failure({ headers: { [name]: value } as Record<string, string> })
      expect(error).toMatchObject({ code: 'bad-header' })
      expect(error.message).toContain(`"${name}"`)
      expect(error.message).toContain(words)
      expect(server.requests).toEqual([])
    })
  })
})

test('a SnapshotError is known across copies of the package', () => {
  expect(isSnapshotError(new SnapshotError('empty', 'x'))).toBe(true)
  expect(isSnapshotError(Object.assign(new Error('x'), { name: 'SnapshotError', code: 'empty' }))).toBe(true)
  expect(isSnapshotError(Object.assign(new Error('x'), { name: 'SnapshotError' }))).toBe(false)
  expect(isSnapshotError('x')).toBe(false)
})
