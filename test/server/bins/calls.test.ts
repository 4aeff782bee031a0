import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BinServer, startBinServer } from '../../support/bin-server.ts'

// Row numbers are those of the emulator checklist in the reference of the bins API.

let server: BinServer
beforeAll(async () => {
  server = await startBinServer()
})
afterAll(() => server.close())

const unknownId = 'aaaaaaaaaaaaaaaaaaaaaaaa'
const none = { 'X-Master-Key': undefined }

describe('creating', () => {
  it('[row 1] answers below /v3 with JSON in UTF-8', async () => {
    const { headers } = await server.send('POST', '/b', { body: '{"a":1}' })
    expect(server.baseUrl).toMatch(/\/v3$/)
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
    const elsewhere = await fetch(server.baseUrl.replace(/\/v3$/, '/b'), { method: 'POST' })
    expect(elsewhere.status).toBe(404)
  })

  it('[row 2] answers 200 to every success', async () => {
    const id = await server.post('{"a":1}')
    const answers = [
      await server.send('POST', '/b', { body: '{"a":1}' }),
      await server.send('GET', `/b/${id}`),
      await server.send('PUT', `/b/${id}`, { body: '{"a":2}' }),
      await server.send('PUT', `/b/${id}/meta/name`, { headers: { 'X-Bin-Name': 'n' } }),
      await server.send('DELETE', `/b/${id}`),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  })

  it('[row 3] makes ids whose first 8 digits are the second of createdAt', async () => {
    const { json } = await server.send('POST', '/b', { body: '{"a":1}' })
    const { id, createdAt } = (json as { metadata: { id: string; createdAt: string } }).metadata
    expect(id).toMatch(/^[0-9a-f]{24}$/)
    expect(Number.parseInt(id.slice(0, 8), 16)).toBe(Math.floor(Date.parse(createdAt) / 1000))
  })

  it('[row 4] answers the record and its metadata, the name only where one was given', async () => {
    const plain = await server.send('POST', '/b', { body: '{"a":1}' })
    expect(plain.json).toEqual({
      record: { a: 1 },
      metadata: {
        id: expect.any(String),
        createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        private: true,
      },
    })
    const named = await server.send('POST', '/b', { body: '{"a":1}', headers: { 'X-Bin-Name': 'Brand' } })
    expect(named.json).toMatchObject({ metadata: { name: 'Brand' } })
  })

  it('[row 4] knows no collection', async () => {
    const unknown = await server.send('POST', '/b', { body: '{"a":1}', headers: { 'X-Collection-Id': unknownId } })
    expect(unknown.json).toEqual({
      message: 'Collection not found or the Collection does not belong to the X-Master-Key provided',
    })
    const malformed = await server.send('POST', '/b', { body: '{"a":1}', headers: { 'X-Collection-Id': 'x' } })
    expect([malformed.status, malformed.json]).toEqual([400, { message: 'Invalid X-Collection-Id provided' }])
  })

  it('[row 5] makes private bins unless X-Bin-Private is false', async () => {
    for (const [header, isPrivate] of [
      [undefined, true],
      ['true', true],
      ['false', false],
    ] as const) {
      const { json } = await server.send('POST', '/b', { body: '{"a":1}', headers: { 'X-Bin-Private': header } })
      expect(json).toMatchObject({ metadata: { private: isPrivate } })
    }
  })

  it('[row 6] takes names of 1 to 128 characters', async () => {
    const withName = (name: string) => server.send('POST', '/b', { body: '{"a":1}', headers: { 'X-Bin-Name': name } })
    expect((await withName('x'.repeat(128))).status).toBe(200)
    for (const name of ['', 'x'.repeat(129)]) {
      const { status, json } = await withName(name)
      expect([status, json]).toEqual([400, { message: 'X-Bin-Name cannot be blank or over 128 characters' }])
    }
  })
})

describe('bodies', () => {
  it('[row 7] wants Content-Type application/json', async () => {
    const id = await server.post('{"a":1}')
    const calls = [
      ['POST', '/b'],
      ['PUT', `/b/${id}`],
    ] as const
    for (const [method, path] of calls) {
      for (const type of [undefined, 'application/xml', 'text/plain', 'application/json; charset=latin1']) {
        const { status, json } = await server.send(method, path, { body: '{"a":1}', headers: { 'Content-Type': type } })
        expect([status, json]).toEqual([400, { message: 'You need to pass Content-Type set to application/json' }])
      }
      for (const type of ['application/json', 'Application/JSON; charset=UTF-8']) {
        const { status } = await server.send(method, path, { body: '{"a":1}', headers: { 'Content-Type': type } })
        expect(status).toBe(200)
      }
    }
  })

  it('[row 8] stores no blank record', async () => {
    const id = await server.post('{"a":1}')
    for (const body of ['', '{}', '[]', ' { } ']) {
      for (const [method, path] of [
        ['POST', '/b'],
        ['PUT', `/b/${id}`],
      ] as const) {
        const { status, json } = await server.send(method, path, {
          body,
          headers: { 'Content-Type': 'application/json' },
        })
        expect([status, json]).toEqual([400, { message: 'Bin cannot be blank' }])
      }
    }
    expect(await server.get(id)).toBe('{"a":1}')
    expect((await server.send('POST', '/b', { body: '[{}]' })).status).toBe(200)
  })

  it('[row 9] stores neither primitives nor broken JSON', async () => {
    const id = await server.post('{"a":1}')
    const bodies = [
      '123',
      '"text"',
      'null',
      'true',
      '{"a":',
      '{a:1}',
      '{"a":1}}',
      Buffer.from('{"a":"\xff"}', 'latin1'),
    ]
    for (const body of bodies) {
      for (const [method, path] of [
        ['POST', '/b'],
        ['PUT', `/b/${id}`],
      ] as const) {
        const { status, json } = await server.send(method, path, { body })
        expect([status, json]).toEqual([400, { message: 'Invalid JSON. Please try again' }])
      }
    }
    expect(await server.get(id)).toBe('{"a":1}')
  })

  it('[row 10] keeps a record as it was written: $ keys, dots, order of integer-like keys, spelling of numbers', async () => {
    const record =
      '{"$themes":[],"b.c":1.0,"10":{"2":"ü","1":"\\u00fc"},"2":1e3,"__proto__":{"x":1},"constructor":null}'
    const id = await server.post(record)
    expect(await server.get(id)).toBe(record)
    expect((await server.send('GET', `/b/${id}/latest`)).text).toContain(`{"record":${record},"metadata":`)
  })

  it('moves integer-like keys to the front where records are said to be parsed before they are stored', async () => {
    const parsing = await startBinServer({ quirks: { recordText: 'reparsed' } })
    const id = await parsing.post('{"b":1.0,"10":1,"2":1}')
    expect(await parsing.get(id)).toBe('{"2":1,"10":1,"b":1}')
    await parsing.close()
  })

  it('discards a body beyond what it buffers, and says so', async () => {
    const id = await server.post('{"a":1}')
    const huge = new Uint8Array(20 * 1024 * 1024).fill(0x20)
    const { status, json } = await server.send('PUT', `/b/${id}`, { body: huge })
    expect([status, json]).toEqual([413, { message: 'Request body is too large' }])
    expect(await server.get(id)).toBe('{"a":1}')
  })
})

describe('reading', () => {
  it('[row 11] wraps the record with id, privacy and time, and with the name where there is one', async () => {
    const id = await server.post('{"a":1}')
    const read = await server.send('GET', `/b/${id}/latest`)
    expect(read.json).toEqual({
      record: { a: 1 },
      metadata: { id, private: true, createdAt: expect.stringMatching(/Z$/) },
    })
    const named = await server.post('{"a":1}', { 'X-Bin-Name': 'Brand' })
    expect((await server.send('GET', `/b/${named}`)).json).toMatchObject({ metadata: { id: named, name: 'Brand' } })
  })

  it('[row 12] answers the bare record for X-Bin-Meta: false and for ?meta=false', async () => {
    const id = await server.post('[{"a":1}]')
    for (const path of [`/b/${id}`, `/b/${id}/latest`]) {
      expect((await server.send('GET', path, { headers: { 'X-Bin-Meta': 'false' } })).text).toBe('[{"a":1}]')
      const query = await server.send('GET', `${path}?meta=false`)
      expect(query.text).toBe('[{"a":1}]')
      expect(query.headers.get('content-type')).toBe('application/json; charset=utf-8')
    }
  })

  it('[row 13] wraps for every other value of X-Bin-Meta, the 0 of the plugin above all', async () => {
    const id = await server.post('{"a":1}')
    for (const value of [undefined, '0', 'true', 'False', 'no']) {
      const { json } = await server.send('GET', `/b/${id}/latest`, { headers: { 'X-Bin-Meta': value } })
      expect(json).toMatchObject({ record: { a: 1 } })
    }
    expect((await server.send('GET', `/b/${id}?meta=0`)).json).toMatchObject({ record: { a: 1 } })
  })

  it('[row 20] [row 25] tells an unknown bin by the verb', async () => {
    const texts = await Promise.all([
      server.send('GET', `/b/${unknownId}`),
      server.send('GET', `/b/${unknownId}/latest`),
      server.send('DELETE', `/b/${unknownId}`),
      server.send('PUT', `/b/${unknownId}`, { body: '{"a":1}' }),
    ])
    const message = "Bin not found or it doesn't belong to your account"
    expect(texts.map(({ status, json }) => [status, json])).toEqual([
      [404, { message }],
      [404, { message }],
      [404, { message }],
      [404, { message: 'Bin not found' }],
    ])
  })

  it('[row 27] refuses malformed ids on every verb, and takes upper-case ones', async () => {
    for (const id of ['x', '123', `${unknownId}a`, 'zzzzzzzzzzzzzzzzzzzzzzzz', '%00', '..%2f']) {
      for (const method of ['GET', 'PUT', 'DELETE']) {
        const { status, json } = await server.send(method, `/b/${id}`, method === 'PUT' ? { body: '{"a":1}' } : {})
        expect([status, json]).toEqual([400, { message: 'Invalid Bin Id provided' }])
      }
    }
    const id = await server.post('{"a":1}')
    expect((await server.send('GET', `/b/${id.toUpperCase()}`)).status).toBe(200)
  })
})

describe('updating, deleting, renaming', () => {
  it('[row 18] replaces the whole record and names the bin as parent', async () => {
    const id = await server.post('{"old":1,"both":1}')
    const { json } = await server.send('PUT', `/b/${id}`, { body: '{"both":2}' })
    expect(json).toEqual({ record: { both: 2 }, metadata: { parentId: id, private: true } })
    expect(await server.get(id)).toBe('{"both":2}')
  })

  it('[row 19] takes neither name nor privacy nor version from the headers of a write', async () => {
    const id = await server.post('{"a":1}', { 'X-Bin-Name': 'Before' })
    const headers = { 'X-Bin-Name': 'After', 'X-Bin-Private': 'false', versioning: 'true' }
    const { json } = await server.send('PUT', `/b/${id}`, { body: '{"a":2}', headers })
    expect(json).toEqual({ record: { a: 2 }, metadata: { parentId: id, private: true } })
    expect((await server.send('GET', `/b/${id}`)).json).toMatchObject({ metadata: { name: 'Before', private: true } })
  })

  it('[row 25] deletes a bin with its versions, once', async () => {
    const id = await server.post('{"a":1}')
    for (const n of [2, 3])
      await server.send('PUT', `/b/${id}`, { body: `{"a":${n}}`, headers: { 'X-Bin-Versioning': 'true' } })
    expect((await server.send('DELETE', `/b/${id}`)).json).toEqual({
      metadata: { id, versionsDeleted: 2 },
      message: 'Bin deleted successfully',
    })
    expect((await server.send('DELETE', `/b/${id}`)).status).toBe(404)
    expect((await server.send('GET', `/b/${id}/1`)).status).toBe(404)
  })

  it('[row 40] lets the last of two writers win without a word', async () => {
    const id = await server.post('{"a":0}')
    const writes = await Promise.all([1, 2, 3, 4].map((n) => server.send('PUT', `/b/${id}`, { body: `{"a":${n}}` })))
    expect(writes.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(['{"a":1}', '{"a":2}', '{"a":3}', '{"a":4}']).toContain(await server.get(id))
    await server.put(id, '{"a":5}')
    expect(await server.get(id)).toBe('{"a":5}')
  })

  it('[row 41] renames with the master key', async () => {
    const id = await server.post('{"a":1}')
    const rename = (headers: Record<string, string | undefined>) =>
      server.send('PUT', `/b/${id}/meta/name`, { headers })
    expect((await rename({ 'X-Bin-Name': 'Brand' })).json).toEqual({ record: id, metadata: { name: 'Brand' } })
    expect((await server.send('GET', `/b/${id}`)).json).toMatchObject({ metadata: { name: 'Brand' } })
    for (const name of [undefined, '', 'x'.repeat(129)]) {
      const { status, json } = await rename({ 'X-Bin-Name': name })
      expect([status, json]).toEqual([400, { message: 'X-Bin-Name cannot be blank or over 128 characters' }])
    }
    expect((await rename({ ...none, 'X-Bin-Name': 'x' })).status).toBe(401)
    const key = server.createAccessKey({ create: true, read: true, update: true, delete: true })
    expect((await rename({ ...none, 'X-Access-Key': key, 'X-Bin-Name': 'x' })).status).toBe(401)
    expect((await server.send('PUT', `/b/${unknownId}/meta/name`, { headers: { 'X-Bin-Name': 'x' } })).status).toBe(404)
  })

  it('[row 41] changes privacy with the master key', async () => {
    const id = await server.post('{"a":1}')
    const change = (headers: Record<string, string | undefined>) =>
      server.send('PUT', `/b/${id}/meta/privacy`, { headers })
    expect((await change({ 'X-Bin-Private': 'false' })).json).toEqual({ record: id, metadata: { private: false } })
    expect((await server.send('GET', `/b/${id}`, { headers: none })).status).toBe(200)
    expect((await change({ 'X-Bin-Private': 'true' })).json).toEqual({ record: id, metadata: { private: true } })
    expect((await server.send('GET', `/b/${id}`, { headers: none })).status).toBe(401)
    const { status, json } = await change({})
    expect([status, json]).toEqual([
      400,
      { message: 'You need to provide X-Bin-Private header to change the Bin privacy' },
    ])
  })

  it('[row 38] has no PATCH, no list and no other routes', async () => {
    const id = await server.post('{"a":1}')
    for (const [method, path] of [
      ['GET', '/b'],
      ['GET', '/b/'],
      ['PATCH', `/b/${id}`],
      ['POST', `/b/${id}`],
      ['DELETE', '/b'],
      ['DELETE', `/b/${id}/latest`],
      ['PUT', `/b/${id}/latest`],
      ['GET', ''],
      ['GET', '/'],
      ['GET', '/b//x/y'],
      ['GET', '/nothing/here'],
    ] as const) {
      const { status, json } = await server.send(method, path)
      expect([method, path, status, json]).toEqual([method, path, 404, { message: 'Route not found!' }])
    }
  })
})

describe('versions', () => {
  const put = (id: string, body: string, headers: Record<string, string | undefined> = {}) =>
    server.send('PUT', `/b/${id}`, { body, headers })
  const latest = async (id: string) => (await server.send('GET', `/b/${id}/latest?meta=false`)).text
  const versioned = { 'X-Bin-Versioning': 'true' }

  it('[row 21] makes no version of a private bin unless asked', async () => {
    const id = await server.post('{"n":0}')
    for (const headers of [{}, { 'X-Bin-Versioning': 'false' }, { 'X-Bin-Versioning': '1' }])
      expect((await put(id, '{"n":1}', headers)).json).toEqual({
        record: { n: 1 },
        metadata: { parentId: id, private: true },
      })
    expect((await put(id, '{"n":2}', versioned)).json).toMatchObject({ metadata: { version: 1 } })
  })

  it('[row 22] makes a version of a public bin unless its owner says no', async () => {
    const id = await server.post('{"n":0}', { 'X-Bin-Private': 'false' })
    const no = { 'X-Bin-Versioning': 'false' }
    const versionOf = async (headers: Record<string, string | undefined>) =>
      ((await put(id, '{"n":1}', headers)).json as { metadata: { version?: number } }).metadata.version
    expect(await versionOf(none)).toBe(1)
    expect(await versionOf({ ...none, ...no })).toBe(2)
    expect(await versionOf({})).toBe(3)
    expect(await versionOf(no)).toBeUndefined()
  })

  it('[row 23] counts versions from 1 and stops at 1000, where a write still takes effect', async () => {
    const id = await server.post('{"n":0}')
    const numbers = []
    for (let n = 1; n <= 1001; n++) {
      const { json } = await put(id, `{"n":${n}}`, versioned)
      numbers.push((json as { metadata: { version?: number } }).metadata.version)
    }
    expect(numbers.slice(0, 3)).toEqual([1, 2, 3])
    expect(numbers.slice(-2)).toEqual([1000, undefined])
    expect(await latest(id)).toBe('{"n":1001}')
  })

  it('[row 14] answers the newest version at /latest, or the base record', async () => {
    const id = await server.post('{"n":0}')
    expect(await latest(id)).toBe('{"n":0}')
    await put(id, '{"n":1}', versioned)
    await put(id, '{"n":2}', versioned)
    expect(await latest(id)).toBe('{"n":2}')
    await put(id, '{"n":3}')
    expect(await latest(id)).toBe('{"n":3}')
  })

  it('[row 15] answers a version by number', async () => {
    const id = await server.post('{"n":0}')
    await put(id, '{"n":1}', versioned)
    expect((await server.send('GET', `/b/${id}/1?meta=false`)).text).toBe('{"n":1}')
    for (const version of ['x', '1.5', '-1', '1e1', 'versions']) {
      const { status, json } = await server.send('GET', `/b/${id}/${version}`)
      expect([status, json]).toEqual([400, { message: 'Bin version is invalid' }])
    }
    for (const version of ['0', '2', '999999']) {
      const { status, json } = await server.send('GET', `/b/${id}/${version}`)
      expect([status, json]).toEqual([404, { message: 'Bin version not found' }])
    }
  })

  it('[row 16] answers the base record without a version, or the latest where that is switched', async () => {
    const switched = await startBinServer({ quirks: { bareRead: 'latest' } })
    for (const [each, expected] of [
      [server, '{"n":0}'],
      [switched, '{"n":1}'],
    ] as const) {
      const id = await each.post('{"n":0}')
      await each.send('PUT', `/b/${id}`, { body: '{"n":1}', headers: versioned })
      expect((await each.send('GET', `/b/${id}?meta=false`)).text).toBe(expected)
    }
    await switched.close()
  })
})
