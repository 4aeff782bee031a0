import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { binFault } from '../../server/bins/index.ts'
import { JsonBinError, type JsonBinOptions, createJsonBin, isJsonBinError } from '../../src/jsonbin/index.ts'
import { type BinServer, startBinServer } from '../support/bin-server.ts'
import { type Step, answer, createScriptedClient, networkError, someId } from './scripted-client.ts'

let server: BinServer
let id: string
beforeAll(async () => {
  server = await startBinServer({ limitBytes: 100 * 1024 })
})
afterAll(() => server.close())
beforeEach(async () => {
  id = await server.post('{"a":1}')
})
afterEach(() => server.faults.clear())

const client = (options: JsonBinOptions = {}) =>
  createJsonBin({
    baseUrl: server.baseUrl,
    retry: { attempts: 1 },
    ...('accessKey' in options ? {} : { masterKey: server.masterKey }),
    ...options,
  })

const failureOf = async (call: Promise<unknown>): Promise<JsonBinError> => {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof JsonBinError) return error
  throw new Error(`expected a JsonBinError, got ${String(error)}`)
}

/** One attempt against a script. */
const failWith = (step: Step | (() => Step), operation: 'read' | 'update' = 'update'): Promise<JsonBinError> => {
  const { bins } = createScriptedClient([step], { retry: { attempts: 1 } })
  return failureOf(operation === 'read' ? bins.read(someId) : bins.update(someId, '{"a":1}'))
}

describe('errors told by the local bins', () => {
  it('unauthorized: a wrong key, no key, a key of reading for writing where the service says 401', async () => {
    for (const options of [{ masterKey: 'wrong' }, { masterKey: undefined }, { accessKey: 'wrong' }]) {
      const error = await failureOf(client(options).update(id, '{"a":2}'))
      expect(error).toMatchObject({ code: 'unauthorized', status: 401, outcome: 'refused', retryable: false })
      expect(error.message).toMatch(
        /^Cannot update the bin: .*key.* \(401, "You need|^Cannot update the bin: .*"Invalid/,
      )
      expect(error.message).toContain('an access key that may update bins')
    }
  })

  it('forbidden: an access key without the permission', async () => {
    const accessKey = server.createAccessKey({ read: true })
    const error = await failureOf(client({ accessKey }).update(id, '{"a":2}'))
    expect(error).toMatchObject({ code: 'forbidden', status: 403, outcome: 'refused', retryable: false })
    expect((await client({ accessKey }).read(id)).record).toBe('{"a":1}')
  })

  it('forbidden: renaming with an access key, without a request', async () => {
    const before = server.calls.length
    const accessKey = server.createAccessKey({ create: true, read: true, update: true, delete: true })
    const error = await failureOf(client({ accessKey }).rename(id, 'x'))
    expect(error).toMatchObject({
      code: 'forbidden',
      outcome: 'not-sent',
      message: expect.stringMatching(/master key/),
    })
    expect(server.calls.length).toBe(before)
  })

  it('not-found: a bin, a version, an address without bins', async () => {
    expect(await failureOf(client().read(someId))).toMatchObject({
      code: 'not-found',
      status: 404,
      message: expect.stringMatching(/Check its id/),
    })
    expect(await failureOf(client().read(id, { binVersion: 1 }))).toMatchObject({ code: 'not-found' })
    expect(await failureOf(client({ baseUrl: `${server.baseUrl}/v3` }).read(someId))).toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(/Check baseUrl/),
    })
  })

  it('quota-exhausted: told apart from the other meanings of 403', async () => {
    server.faults.requestsLeft = 0
    expect(await failureOf(client().read(id))).toMatchObject({
      code: 'quota-exhausted',
      status: 403,
      retryable: false,
      message: expect.stringMatching(/Buy requests/),
    })
  })

  it('too-large: told by the service, with bytes and limit', async () => {
    const record = JSON.stringify({ text: 'x'.repeat(110_000) })
    for (const call of [client().update(id, record), client().create(record)])
      expect(await failureOf(call)).toMatchObject({
        code: 'too-large',
        status: 403,
        outcome: 'refused',
        bytes: 110_011,
        limit: 102_400,
        message: expect.stringMatching(/its record has 110011 bytes, of 102400 allowed .*Take something out/),
      })
  })

  it('too-large: known before sending where the limit is', async () => {
    const before = server.calls.length
    const error = await failureOf(client({ limitBytes: 20 }).update(id, '{"text":"ünicode ünicode"}'))
    expect(error).toMatchObject({ code: 'too-large', status: undefined, outcome: 'not-sent', bytes: 28, limit: 20 })
    expect(server.calls.length).toBe(before)
  })

  it('rate-limited: with and without the time to wait', async () => {
    server.faults.inject(binFault.rateLimited({ retryAfter: '90' }))
    expect(await failureOf(client().update(id, '{"a":2}'))).toMatchObject({
      code: 'rate-limited',
      status: 429,
      outcome: 'refused',
      retryable: true,
      retryAfterMs: 90_000,
      message: expect.stringMatching(/Try again in 90 s/),
    })
    server.faults.inject(binFault.rateLimited())
    expect(await failureOf(client().read(id))).toMatchObject({ code: 'rate-limited', retryAfterMs: undefined })
  })

  it.each([500, 502, 503, 504] as const)('unavailable: %i, after which nobody knows', async (status) => {
    server.faults.inject(binFault.unavailable(status, 'now'))
    const error = await failureOf(client().update(id, '{"a":2}'))
    expect(error).toMatchObject({ code: 'unavailable', status, outcome: 'unknown', retryable: true })
    expect(error.message).toMatch(/may have happened all the same: read first/)
    expect(await server.get(id)).toBe('{"a":2}')
  })

  it('unavailable: a lost answer and a broken one', async () => {
    server.faults.inject(binFault.lostResponse())
    expect(await failureOf(client().update(id, '{"a":2}'))).toMatchObject({ code: 'unavailable', outcome: 'unknown' })
    expect(await server.get(id)).toBe('{"a":2}')
    server.faults.inject(binFault.cut())
    expect(await failureOf(client().update(id, '{"a":3}'))).toMatchObject({ code: 'unavailable', outcome: 'unknown' })
  })

  it('unavailable: nobody listens, so nothing was sent', async () => {
    const closed = await startBinServer()
    await closed.close()
    const error = await failureOf(client({ baseUrl: closed.baseUrl }).update(id, '{"a":2}'))
    expect(error).toMatchObject({ code: 'unavailable', outcome: 'not-sent', status: undefined, retryable: true })
    expect(error.message).toMatch(/ECONNREFUSED/)
  })

  it('timeout: in real time', async () => {
    server.faults.inject(binFault.hang())
    const error = await failureOf(client({ timeoutMs: 50 }).update(id, '{"a":2}'))
    expect(error).toMatchObject({ code: 'timeout', outcome: 'unknown', retryable: true })
    expect(error.message).toMatch(/no answer within 0.05 s/)
  })

  it('aborted: under way, with its connection', async () => {
    const { met } = server.faults.inject(binFault.hang())
    const caller = new AbortController()
    const failure = failureOf(client().update(id, '{"a":2}', { signal: caller.signal }))
    await met
    caller.abort(new Error('the reason is not shown: secret'))
    const error = await failure
    expect(error).toMatchObject({ code: 'aborted', outcome: 'unknown', retryable: false })
    expect(error.message).not.toContain('secret')
  })

  it('bad-response: a page of HTML, half an answer', async () => {
    for (const fault of [binFault.html(), binFault.truncated()]) {
      server.faults.inject(fault)
      const error = await failureOf(client().update(id, '{"a":2}'))
      expect(error).toMatchObject({ code: 'bad-response', status: 200, outcome: 'unknown', retryable: true })
      expect(error.message).toMatch(/login page/)
    }
  })

  it('blank and invalid: as the service tells them', async () => {
    // The client checks both before it sends; the service is asked raw for what it would have said.
    for (const [body, code] of [
      ['{}', 'blank'],
      ['[]', 'blank'],
      ['123', 'invalid'],
    ] as const) {
      const { json } = await server.send('PUT', `/b/${id}`, { body })
      expect(await failWith(answer(400, json))).toMatchObject({ code, status: 400, outcome: 'refused' })
    }
  })
})

describe('errors known before sending', () => {
  const notSent = async (call: (bins: ReturnType<typeof client>) => Promise<unknown>): Promise<JsonBinError> => {
    const { bins, sent } = createScriptedClient([networkError()])
    const error = await failureOf(call(bins))
    expect(sent).toEqual([])
    expect(error).toMatchObject({ outcome: 'not-sent', retryable: false, status: undefined })
    return error
  }

  it.each(['{}', '[]', ' { } '])('blank: %s', async (record) => {
    expect((await notSent((bins) => bins.create(record))).code).toBe('blank')
    expect((await notSent((bins) => bins.update(someId, record))).code).toBe('blank')
  })

  it.each(['', '{', 'null', '1', '"text"', '{"a":1}}', '{"a":"\ud800"}'])('invalid: the record %j', async (record) => {
    expect((await notSent((bins) => bins.create(record))).code).toBe('invalid')
  })

  it.each(['', '123', '../../a', 'https://api.jsonbin.io/v3/b/6097bc3288f4d0b1a2c3d4e5', `${someId}/latest`])(
    'invalid: the id %s, which the message does not repeat',
    async (badId) => {
      const calls = await Promise.all([
        notSent((bins) => bins.read(badId)),
        notSent((bins) => bins.update(badId, '{"a":1}')),
        notSent((bins) => bins.delete(badId)),
        notSent((bins) => bins.rename(badId, 'x')),
      ])
      for (const { code, message } of calls) {
        expect(code).toBe('invalid')
        expect(badId !== '' && message.includes(badId)).toBe(false)
      }
    },
  )

  it.each(['', ' ', 'x'.repeat(129), 'ブランド', 'a\nb'])('invalid: the name %j', async (name) => {
    expect((await notSent((bins) => bins.create('{"a":1}', { name }))).code).toBe('invalid')
    expect((await notSent((bins) => bins.rename(someId, name))).code).toBe('invalid')
  })

  it.each([0, -1, 1.5, Number.NaN])('invalid: the version %d', async (binVersion) => {
    expect((await notSent((bins) => bins.read(someId, { binVersion }))).code).toBe('invalid')
  })

  it('aborted: before it began', async () => {
    expect((await notSent((bins) => bins.read(someId, { signal: AbortSignal.abort() }))).code).toBe('aborted')
  })
})

describe('errors of other answers', () => {
  it.each([
    [400, 'Bin version is invalid', 'invalid', 'refused'],
    [401, 'Invalid X-Master-Key provided', 'unauthorized', 'refused'],
    [402, '', 'invalid', 'refused'],
    [403, 'Requests exhausted', 'quota-exhausted', 'refused'],
    [403, 'requests exhausted. Buy', 'quota-exhausted', 'refused'],
    [403, 'Free users cannot create a record over 500kb', 'too-large', 'refused'],
    [403, 'Bins not associated to any user are now blocked. Contact the admin', 'forbidden', 'refused'],
    [403, '', 'forbidden', 'refused'],
    [404, '', 'not-found', 'refused'],
    [408, '', 'unavailable', 'unknown'],
    [410, '', 'not-found', 'refused'],
    [413, '', 'too-large', 'refused'],
    [415, '', 'invalid', 'refused'],
    [422, 'Invalid Record ID', 'invalid', 'refused'],
    [451, '', 'invalid', 'refused'],
    [521, '', 'unavailable', 'unknown'],
  ])('%i "%s" is %s', async (status, message, code, outcome) => {
    const error = await failWith(answer(status, { message }))
    expect(error).toMatchObject({ code, status, outcome })
    // Over HTTP/2 there is no reason phrase: the message never depends on it.
    expect(error.message).toMatch(/^Cannot update the bin: \S.* \(\d{3}(, ".+")?\)\. [A-Z].+[.]$/)
  })

  it.each([
    ['1mb', 1_048_576],
    ['1.5 mb', 1_572_864],
    ['200000b', 200_000],
    ['a lot', undefined],
  ])('reads the limit in "over %s"', async (text, limit) => {
    const message = `Users cannot update a record over ${text}. Buy`
    expect(await failWith(answer(403, { message }))).toMatchObject({ code: 'too-large', limit, bytes: 7 })
  })

  it('decides by the status where the error has no readable body', async () => {
    for (const body of ['', '<html>', '{"message":1}', '[]', '"text"', '{"message":'])
      expect(await failWith(answer(429, body))).toMatchObject({ code: 'rate-limited' })
    const broken = new Response(
      new ReadableStream({
        pull() {
          throw new Error('broken')
        },
      }),
      { status: 404 },
    )
    expect(await failWith(() => broken)).toMatchObject({ code: 'not-found' })
  })

  it.each([
    ['an array', '[1]'],
    ['a text', '"text"'],
    ['nothing', ''],
    ['HTML that calls itself JSON', '<html>'],
    ['a bare record', '{"values":{}}'],
    ['a record that is no object', '{"record":1,"metadata":{}}'],
    ['null for a record', '{"record":null,"metadata":{}}'],
  ])('bad-response: a read that answers %s', async (_what, body) => {
    expect(await failWith(answer(200, body), 'read')).toMatchObject({ code: 'bad-response' })
  })

  it('bad-response: another content type, broken UTF-8, no id after a create, an endless answer', async () => {
    const good = '{"record":{"a":1},"metadata":{}}'
    expect(await failWith(answer(200, good, { 'Content-Type': 'text/html' }), 'read')).toMatchObject({
      code: 'bad-response',
    })
    const latin = new Response(new Uint8Array([0x7b, 0x22, 0xfc, 0x22, 0x7d]), {
      headers: { 'Content-Type': 'application/json' },
    })
    expect(await failWith(latin, 'read')).toMatchObject({
      code: 'bad-response',
      message: expect.stringMatching(/UTF-8/),
    })
    const { bins } = createScriptedClient([answer(200, { record: { a: 1 } })])
    expect(await failureOf(bins.create('{"a":1}'))).toMatchObject({ code: 'bad-response', outcome: 'unknown' })

    const endless = new Response(new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(1000)) }))
    const options = { maxAnswerBytes: 5000, retry: { attempts: 1 } }
    const { bins: capped, sent } = createScriptedClient([() => endless], options)
    const error = await failureOf(capped.read(someId))
    expect(error).toMatchObject({ code: 'bad-response', message: expect.stringMatching(/over 5000 bytes/) })
    expect(sent[0]?.init.signal?.aborted).toBe(true)
  })

  it('timeout: also of a fetch that ignores its signal, and of a body that stalls', async () => {
    const stalled = new Response(new ReadableStream({ pull: () => new Promise(() => undefined) }))
    for (const step of ['hang', () => stalled] as const) {
      const { bins, timeOut, sent } = createScriptedClient([step], { retry: { attempts: 1 } })
      const failure = failureOf(bins.read(someId))
      timeOut()
      expect(await failure).toMatchObject({ code: 'timeout' })
      expect(sent[0]?.init.signal?.aborted).toBe(true)
    }
  })

  it('knows what was not sent only where the error says so', async () => {
    for (const [code, outcome] of [
      ['ENOTFOUND', 'not-sent'],
      ['UND_ERR_CONNECT_TIMEOUT', 'not-sent'],
      ['ECONNRESET', 'unknown'],
      ['UND_ERR_SOCKET', 'unknown'],
      [undefined, 'unknown'],
    ] as const)
      expect(await failWith(networkError(code))).toMatchObject({ code: 'unavailable', outcome, retryable: true })
  })

  it('is recognised from another copy of the package', async () => {
    const error = await failWith(networkError())
    expect(isJsonBinError(error)).toBe(true)
    expect(isJsonBinError(Object.assign(new Error('x'), { name: 'JsonBinError', code: 'blank' }))).toBe(true)
    expect(isJsonBinError(new Error('x'))).toBe(false)
    expect(isJsonBinError(undefined)).toBe(false)
  })
})
