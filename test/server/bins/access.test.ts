import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BinServer, type RawAnswer, startBinServer } from '../../support/bin-server.ts'

let server: BinServer
let id: string
beforeAll(async () => {
  server = await startBinServer({ limitBytes: 100 * 1024 })
  id = await server.post('{"a":1}')
})
afterAll(() => server.close())

type Keys = Readonly<Record<string, string | undefined>>
const noKey: Keys = { 'X-Master-Key': undefined }
const wrongMaster: Keys = { 'X-Master-Key': '$2b$10$wrong' }
const wrongAccess: Keys = { ...noKey, 'X-Access-Key': '$2b$10$wrong' }
const unknownId = 'aaaaaaaaaaaaaaaaaaaaaaaa'

const refusal = ({ status, json }: RawAnswer): unknown => [status, (json as { message: string }).message]
const calls = {
  create: (headers: Keys) => server.send('POST', '/b', { body: '{"a":1}', headers }),
  read: (headers: Keys, bin = id) => server.send('GET', `/b/${bin}/latest`, { headers }),
  update: (headers: Keys, bin = id) => server.send('PUT', `/b/${bin}`, { body: '{"a":1}', headers }),
  delete: (headers: Keys, bin = id) => server.send('DELETE', `/b/${bin}`, { headers }),
}

describe('keys', () => {
  it('[row 28] has a text for every verb without a key', async () => {
    const pass = 'You need to pass X-Master-Key or X-Access-Key in the header to'
    expect(refusal(await calls.create(noKey))).toEqual([401, `${pass} create a bin`])
    expect(refusal(await calls.read(noKey))).toEqual([401, `${pass} read a private bin`])
    expect(refusal(await calls.update(noKey))).toEqual([401, `${pass} update a private bin`])
    expect(refusal(await calls.delete(noKey))).toEqual([401, `${pass} delete a bin`])
  })

  it('[row 28] has a text for every verb with a wrong key', async () => {
    expect(refusal(await calls.create(wrongMaster))).toEqual([401, 'Invalid X-Master-Key provided'])
    expect(refusal(await calls.read(wrongMaster))).toEqual([
      401,
      "X-Master-Key is invalid or the bin doesn't belong to your account",
    ])
    expect(refusal(await calls.update(wrongMaster))).toEqual([
      401,
      'Invalid X-Master-Key provided or the bin does not belong to your account',
    ])
    expect(refusal(await calls.delete(wrongMaster))).toEqual([
      401,
      "X-Master-Key is invalid or the bin doesn't belong to your account",
    ])
    expect(refusal(await calls.read(wrongAccess))).toEqual([
      401,
      "X-Access-Key is invalid or the bin doesn't belong to your account",
    ])
    expect(refusal(await calls.update(wrongAccess))).toEqual([
      401,
      'Invalid X-Access-Key provided or the bin does not belong to your account',
    ])
  })

  it('[row 26] tells a missing bin before it asks for a key', async () => {
    for (const keys of [noKey, wrongMaster]) {
      expect((await calls.read(keys, unknownId)).status).toBe(404)
      expect((await calls.update(keys, unknownId)).status).toBe(404)
      expect((await calls.delete(keys, unknownId)).status).toBe(404)
    }
  })

  it('checks form before existence, existence before keys', async () => {
    const put = (path: string, body: string, headers: Keys) => server.send('PUT', path, { body, headers })
    expect(refusal(await put('/b/x', '{', { ...noKey, 'Content-Type': 'text/plain' }))).toEqual([
      400,
      'Invalid Bin Id provided',
    ])
    expect(refusal(await put(`/b/${unknownId}`, '{', { ...noKey, 'Content-Type': 'text/plain' }))).toEqual([
      400,
      'You need to pass Content-Type set to application/json',
    ])
    expect(refusal(await put(`/b/${unknownId}`, '{', noKey))).toEqual([400, 'Invalid JSON. Please try again'])
    expect(refusal(await put(`/b/${unknownId}`, '{}', noKey))).toEqual([400, 'Bin cannot be blank'])
    const large = JSON.stringify({ text: 'x'.repeat(200_000) })
    expect((await put(`/b/${unknownId}`, large, noKey)).status).toBe(404)
    expect((await put(`/b/${id}`, large, noKey)).status).toBe(401)
    expect((await put(`/b/${id}`, large, {})).status).toBe(403)
  })

  it('[row 24] opens a public bin to reading and updating without a key, not to deleting', async () => {
    const open = await server.post('{"a":1}', { 'X-Bin-Private': 'false' })
    for (const keys of [noKey, wrongMaster, wrongAccess]) {
      expect((await calls.read(keys, open)).status).toBe(200)
      expect((await calls.update(keys, open)).status).toBe(200)
      expect((await calls.delete(keys, open)).status).toBe(401)
    }
    expect((await calls.delete({}, open)).status).toBe(200)
  })

  it('[row 29] answers every error with a message and nothing else', async () => {
    const errors = [
      await calls.create(noKey),
      await calls.read(noKey),
      await calls.read({}, 'x'),
      await calls.read({}, unknownId),
      await server.send('GET', '/nothing'),
      await server.send('POST', '/b', { body: '{}' }),
      await server.send('POST', '/b', { body: JSON.stringify({ text: 'x'.repeat(200_000) }) }),
    ]
    for (const { json, headers } of errors) {
      expect(Object.keys(json as object)).toEqual(['message'])
      expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
    }
  })
})

describe('access keys', () => {
  it('[row 30] each of the four permissions allows its own call and no other', async () => {
    const operations = ['create', 'read', 'update', 'delete'] as const
    for (const permitted of operations) {
      const { bins } = server
      const { key, id: keyId } = bins.createAccessKey(`only ${permitted}`, { [permitted]: true })
      const keys = { ...noKey, 'X-Access-Key': key }
      for (const operation of operations) {
        const target = await server.post('{"a":1}')
        const answer = await calls[operation](keys, target)
        const forbidden = [403, `X-Access-Key does not have the permission to ${operation} bins`]
        expect(answer.status === 200 ? 200 : refusal(answer)).toEqual(operation === permitted ? 200 : forbidden)
      }
      await server.send('DELETE', `/a/${keyId}`)
    }
  })

  it('[row 30] answers 401 for a missing permission where that is switched', async () => {
    const switched = await startBinServer({ quirks: { missingPermissionStatus: 401 } })
    const bin = await switched.post('{"a":1}')
    const headers = { ...noKey, 'X-Access-Key': switched.createAccessKey({ read: true }) }
    const { status, json } = await switched.send('PUT', `/b/${bin}`, { body: '{"a":2}', headers })
    expect([status, json]).toEqual([
      401,
      { message: 'Invalid X-Access-Key provided or the bin does not belong to your account' },
    ])
    await switched.close()
  })

  it('[row 30] are made, listed and deleted with the master key only, at most 4, names of 1 to 32 characters', async () => {
    const other = await startBinServer()
    const make = (name: string | undefined, headers: Keys = {}) =>
      other.send('POST', '/a', {
        body: '{"bins":{"read":true,"update":"yes"}}',
        headers: { 'X-Key-Name': name, ...headers },
      })
    expect((await make('x', noKey)).status).toBe(401)
    expect((await make('x', wrongMaster)).status).toBe(401)
    for (const name of [undefined, '', 'x'.repeat(33)]) expect((await make(name)).status).toBe(400)
    const { json } = await make('x'.repeat(32))
    expect(json).toEqual({
      accessKeyId: expect.stringMatching(/^[0-9a-f]{24}$/),
      accessKey: expect.stringMatching(/^access_[0-9a-f]{40}$/),
      keyPermissions: { bins: { create: false, read: true, update: false, delete: false } },
      metadata: { name: 'x'.repeat(32) },
    })
    const { accessKeyId, accessKey } = json as { accessKeyId: string; accessKey: string }
    for (const name of ['2', '3', '4']) expect((await make(name)).status).toBe(200)
    expect((await make('5')).status).toBe(400)
    expect((await other.send('GET', '/a')).json).toHaveLength(4)
    expect((await other.send('GET', '/a', { headers: { ...noKey, 'X-Access-Key': accessKey } })).status).toBe(401)
    expect((await other.send('DELETE', `/a/${accessKeyId}`)).json).toEqual({
      metadata: { id: accessKeyId, name: 'x'.repeat(32) },
      message: 'Access Key deleted successfully',
    })
    expect((await other.send('DELETE', `/a/${accessKeyId}`)).status).toBe(404)
    expect((await other.send('DELETE', '/a/x')).json).toEqual({ message: 'Invalid Access Key Id provided' })
    expect((await make('5')).status).toBe(200)
    expect((await other.send('PUT', '/a')).status).toBe(404)
    expect((await other.send('POST', '/a', { body: '{}' })).json).toEqual({ message: 'Bin cannot be blank' })
    other.faults.requestsLeft = 0
    expect((await make('6')).json).toEqual({ message: expect.stringMatching(/^Requests exhausted/) })
    await other.close()
  })

  it('[row 31] two keys in one request are accepted, and either suffices', async () => {
    const reader = server.createAccessKey({ read: true })
    expect((await calls.update({ 'X-Access-Key': reader })).status).toBe(200)
    expect((await calls.read({ ...wrongMaster, 'X-Access-Key': reader })).status).toBe(200)
    expect((await calls.read({ ...wrongMaster, 'X-Access-Key': 'wrong' })).status).toBe(401)
  })

  it('takes any key that a header can carry, bcrypt look-alikes of the service included', async () => {
    const masterKey = '$2b$10$Aa.bb/CC0123456789012345678901234567890123456789abcdef'
    const other = await startBinServer({ masterKey })
    expect(await other.post('{"a":1}')).toMatch(/^[0-9a-f]{24}$/)
    await other.close()
    await expect(startBinServer({ masterKey: 'two words' })).rejects.toMatchObject({ code: 'key-invalid' })
  })
})

describe('the record limit', () => {
  const sized = (bytes: number): string => `{"t":"${'x'.repeat(bytes - 8)}"}`

  it('[row 32] is 100kb or what one says, to the byte, on POST and PUT', async () => {
    const limit = 100 * 1024
    expect((await server.send('POST', '/b', { body: sized(limit) })).status).toBe(200)
    expect((await server.send('PUT', `/b/${id}`, { body: sized(limit) })).status).toBe(200)
    expect(refusal(await server.send('PUT', `/b/${id}`, { body: sized(limit + 1) }))).toEqual([
      403,
      'Free users cannot update a record over 100kb. Upgrade to Pro plan http://api.jsonbin.io/pricing to update records upto 1mb',
    ])
    expect(refusal(await server.send('POST', '/b', { body: sized(limit + 1) }))).toEqual([
      403,
      'Free users cannot create a record over 100kb. Upgrade to Pro plan http://api.jsonbin.io/pricing to create records upto 1mb',
    ])
    expect((await server.get(id)).length).toBe(limit)
  })

  it('[row 32] counts bytes, not characters', async () => {
    const { status } = await server.send('PUT', `/b/${id}`, { body: `{"t":"${'ü'.repeat(60_000)}"}` })
    expect(status).toBe(403)
  })

  it('[row 32] is 1mb by default', async () => {
    const other = await startBinServer()
    const mega = 1024 * 1024
    const bin = await other.post(sized(mega))
    const { status, json } = await other.send('PUT', `/b/${bin}`, { body: sized(mega + 1) })
    expect([status, json]).toEqual([
      403,
      { message: expect.stringMatching(/^Users cannot update a record over 1mb\./) },
    ])
    expect((await other.get(bin)).length).toBe(mega)
    await other.close()
  })
})
