import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { JsonBinError, createJsonBin } from '../../src/jsonbin/index.ts'
import { answer, createScriptedClient, networkError, okRead, someId } from './scripted-client.ts'

const masterKey = '$2b$10$Aa.bb/CC0123456789012345678901234567890123456789abcdef'

describe('keys', () => {
  it('are trimmed and sent in the header of their kind', async () => {
    for (const [options, header] of [
      [{ masterKey: `  ${masterKey}\n` }, 'X-Master-Key'],
      [{ masterKey: undefined, accessKey: masterKey }, 'X-Access-Key'],
    ] as const) {
      const { bins, sent } = createScriptedClient([okRead], options)
      await bins.read(someId)
      expect(sent[0]?.init.headers).toEqual({ [header]: masterKey })
    }
  })

  it('are not needed, and no empty header is sent then', async () => {
    const { bins, sent } = createScriptedClient([okRead], { masterKey: undefined })
    await bins.read(someId)
    expect(sent[0]?.init.headers).toEqual({})
  })

  it.each(['', '  ', 'two words', 'line\nbreak', 'ключ', 'tab\tbed', '\u200bkey'])('refuses %j', (key) => {
    for (const options of [{ masterKey: key }, { accessKey: key }])
      expect(() => createJsonBin(options)).toThrow(
        expect.objectContaining({ code: 'bad-key', message: expect.stringMatching(/Copy it anew/) }),
      )
  })

  it('refuses two at once', () => {
    expect(() => createJsonBin({ masterKey: 'a', accessKey: 'b' })).toThrow(
      expect.objectContaining({ code: 'bad-key' }),
    )
  })

  it.each([
    'no url',
    'ftp://bins.example/v3',
    'file:///v3',
    'https://user:secret-pass@bins.example/v3',
    'https://bins.example/v3?key=secret-pass',
    'https://bins.example/v3#secret-pass',
  ])('refuses %s as base URL without repeating it', (baseUrl) => {
    let error: unknown
    try {
      createJsonBin({ baseUrl })
    } catch (thrown) {
      error = thrown
    }
    expect(error).toMatchObject({ code: 'bad-url' })
    expect(String(error)).not.toContain('secret-pass')
  })

  it('stand in no error, whoever tries to put them there', async () => {
    const hostile = [
      answer(401, { message: `Your key ${masterKey} is wrong,\n\u202e${masterKey}` }),
      answer(500, masterKey),
      answer(200, masterKey),
      answer(200, { record: 1, metadata: { id: masterKey } }),
      answer(403, { message: `${'x'.repeat(150)}${masterKey}` }),
      Object.assign(networkError(), { config: { headers: { 'X-Master-Key': masterKey } } }),
      new TypeError(`Headers.append: "${masterKey}" is an invalid header value`),
      Object.assign(new Error('x'), { code: masterKey, cause: { code: masterKey } }),
    ]
    for (const step of hostile) {
      const { bins } = createScriptedClient([step], { masterKey, retry: { attempts: 1 } })
      for (const call of [bins.read(someId), bins.read(masterKey), bins.update(masterKey, masterKey)]) {
        const error: unknown = await call.catch((thrown: unknown) => thrown)
        expect(error).toBeInstanceOf(JsonBinError)
        const { message, stack } = error as JsonBinError
        const shown = [inspect(error, { depth: 10, showHidden: true }), message, stack, JSON.stringify(error)].join(
          '\n',
        )
        expect(shown).not.toContain(masterKey)
        expect(shown).not.toContain(masterKey.slice(0, 30))
        expect(message).not.toMatch(/[\n\u202e]/)
      }
    }
  })

  it('stand in no property of the client and in no URL', async () => {
    const { bins, sent } = createScriptedClient([okRead], { masterKey })
    await bins.read(someId)
    expect(inspect(bins, { depth: 10, showHidden: true }) + JSON.stringify(bins)).not.toContain(masterKey)
    expect(sent[0]?.url).not.toContain('2b')
  })
})

describe('redirects', () => {
  let redirecting: Server
  let target: Server
  const received: string[] = []
  const listen = async (server: Server): Promise<string> => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  let baseUrl: string
  beforeAll(async () => {
    target = createServer((request, response) => {
      received.push(JSON.stringify(request.headers))
      response.end('{"record":{"a":1},"metadata":{}}')
    })
    const elsewhere = await listen(target)
    redirecting = createServer((request, response) => {
      const status = Number(/\/(3\d\d)\//.exec(request.url ?? '')?.[1])
      request.resume()
      response.writeHead(status, { location: `${elsewhere}/v3/b/${someId}/latest` }).end()
    })
    baseUrl = await listen(redirecting)
  })
  afterAll(() => {
    redirecting.close()
    target.close()
  })

  it.each([301, 302, 303, 307, 308])('are not followed after %i, so that no key goes elsewhere', async (status) => {
    const bins = createJsonBin({ masterKey, baseUrl: `${baseUrl}/${status}` })
    for (const call of [bins.read(someId), bins.update(someId, '{"a":1}'), bins.create('{"a":1}')])
      await expect(call).rejects.toMatchObject({
        code: 'bad-url',
        status,
        retryable: false,
        outcome: 'unknown',
        message: expect.stringMatching(/redirects elsewhere, where no key is sent .*Check baseUrl/),
      })
    expect(received).toEqual([])
  })

  it('are recognised in a browser, which hides their status', async () => {
    const opaque = { status: 0, type: 'opaqueredirect', headers: new Headers(), body: null, clone: () => opaque }
    const { bins } = createScriptedClient([opaque as unknown as Response])
    await expect(bins.read(someId)).rejects.toMatchObject({ code: 'bad-url', status: undefined })
  })
})
