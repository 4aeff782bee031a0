import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { selectByPath } from '../../../server/bins/json-path.ts'
import { type BinServer, startBinServer } from '../../support/bin-server.ts'

// Row numbers are those of the emulator checklist in the reference of the bins API.

let server: BinServer
let metaData: BinServer
beforeAll(async () => {
  server = await startBinServer()
  metaData = await startBinServer({ quirks: { versionsMetadataKey: 'metaData' } })
})
afterAll(async () => {
  await server.close()
  await metaData.close()
})

const unknownId = 'aaaaaaaaaaaaaaaaaaaaaaaa'
const noKey = { 'X-Master-Key': undefined }
const versioned = { 'X-Bin-Versioning': 'true' }

async function binWithVersions(at: BinServer, versions: number): Promise<string> {
  const id = await at.post('{"n":0}')
  for (let n = 1; n <= versions; n++) await at.send('PUT', `/b/${id}`, { body: `{"n":${n}}`, headers: versioned })
  return id
}

describe('selecting by path', () => {
  const record = { users: [{ name: 'Ana', 'a.b': 1 }, { name: 'Bo' }], tags: ['x', 'y', 'z'], 'two words': true }

  it('[row 17] answers all matches under records, or bare without the envelope', async () => {
    const id = await server.post(JSON.stringify(record))
    const select = (path: string, headers: Record<string, string> = {}): Promise<unknown> =>
      server.send('GET', `/b/${id}/latest`, { headers: { 'X-JSON-Path': path, ...headers } }).then(({ json }) => json)
    expect(await select('users[0].name')).toEqual({
      records: ['Ana'],
      metadata: { id, createdAt: expect.any(String), private: true },
    })
    expect(await select('$..name', { 'X-Bin-Meta': 'false' })).toEqual(['Ana', 'Bo'])
    expect(await select('nobody')).toMatchObject({ records: [] })
  })

  it('[row 17] refuses an expression that is none', async () => {
    const id = await server.post(JSON.stringify(record))
    for (const path of ['users[', 'a..', '$[?(@.x)]', 'users[(1)]']) {
      const { status, json } = await server.send('GET', `/b/${id}`, { headers: { 'X-JSON-Path': path } })
      expect([path, status, json]).toEqual([path, 400, { message: 'Invalid X-JSON-Path expression passed' }])
    }
  })

  it('[row 17] knows members, indices, slices, wildcards and descent', () => {
    const cases: readonly (readonly [string, readonly unknown[]])[] = [
      ['$', [record]],
      ['tags[*]', ['x', 'y', 'z']],
      ['$.tags[1:]', ['y', 'z']],
      ['$..tags[:2]', ['x', 'y']],
      ['tags[-1]', ['z']],
      ["users[0]['a.b']", [1]],
      ['$["two words"]', [true]],
      ['users.*.name', ['Ana', 'Bo']],
      ['users[9]', []],
      ['constructor', []],
    ]
    const deep: unknown = JSON.parse(`${'['.repeat(200)}${']'.repeat(200)}`)
    expect(selectByPath(deep, '$..*..*..*..*')).toBeUndefined()
    for (const [path, matches] of cases) expect([path, selectByPath(record, path)]).toEqual([path, matches])
  })
})

describe('versions as a whole', () => {
  it('[row 42] are counted, in either spelling of the metadata', async () => {
    const id = await binWithVersions(server, 2)
    const { json } = await server.send('GET', `/b/${id}/versions/count`)
    expect(json).toEqual({ metadata: { id, versionCount: 2, private: true } })
    const other = await binWithVersions(metaData, 1)
    const answer = await metaData.send('GET', `/b/${other}/versions/count`)
    expect(answer.json).toEqual({ metaData: { id: other, versionCount: 1, private: true } })
  })

  it('[row 42] of a public bin without a key, of a private one with the master key alone', async () => {
    const open = await server.post('{"n":0}', { 'X-Bin-Private': 'false' })
    expect((await server.send('GET', `/b/${open}/versions/count`, { headers: noKey })).status).toBe(200)
    const id = await server.post('{"n":0}')
    const withoutKey = await server.send('GET', `/b/${id}/versions/count`, { headers: noKey })
    expect([withoutKey.status, withoutKey.json]).toEqual([
      401,
      { message: 'You need to pass X-Master-Key in the header to get version count for the private bin' },
    ])
    const key = server.createAccessKey({ create: true, read: true, update: true, delete: true })
    const withAccessKey = { ...noKey, 'X-Access-Key': key }
    expect((await server.send('GET', `/b/${id}/versions/count`, { headers: withAccessKey })).status).toBe(401)
    expect((await server.send('GET', `/b/${unknownId}/versions/count`)).status).toBe(404)
  })

  it('[row 43] are deleted: the base is current again, or has been given the latest', async () => {
    const dropped = await binWithVersions(server, 3)
    expect((await server.send('DELETE', `/b/${dropped}/versions`)).json).toEqual({
      metadata: { id: dropped, versionsDeleted: 3 },
      message: 'Versions for the Bin are deleted successfully',
    })
    expect(await server.get(dropped)).toBe('{"n":0}')
    const kept = await binWithVersions(server, 3)
    const keep = { 'X-Preserve-Latest': 'true' }
    expect((await server.send('DELETE', `/b/${kept}/versions`, { headers: keep })).json).toEqual({
      metadata: { id: kept, versionsDeleted: 3 },
      message: 'Versions for the Bin are deleted successfully and latest version preserved on the base record.',
    })
    expect(await server.get(kept)).toBe('{"n":3}')
    expect((await server.send('DELETE', `/b/${kept}/versions`)).json).toEqual({ message: 'No versions found' })
  })

  it('[row 43] with the master key alone', async () => {
    const id = await binWithVersions(server, 1)
    const key = server.createAccessKey({ create: true, read: true, update: true, delete: true })
    for (const headers of [noKey, { ...noKey, 'X-Access-Key': key }]) {
      const { status, json } = await server.send('DELETE', `/b/${id}/versions`, { headers })
      expect([status, json]).toEqual([401, { message: 'You need to pass X-Master-Key in the header' }])
    }
    expect(await server.get(id)).toBe('{"n":1}')
  })
})

describe('lists of bins', () => {
  interface Row {
    readonly record: string
    readonly snippetMeta: object
  }

  it('[row 44] come ten at a time, the newest first, from after the last of the page before', async () => {
    const fresh = await startBinServer()
    const ids: string[] = []
    for (let n = 0; n < 12; n++) ids.push(await fresh.post(`{"n":${n}}`, n === 3 ? { 'X-Bin-Name': 'Brand' } : {}))
    const list = async (path: string, headers: Record<string, string> = {}): Promise<Row[]> =>
      (await fresh.send('GET', path, { headers })).json as Row[]
    const newest = ids.toReversed()
    const first = await list('/c/uncategorized/bins')
    expect(first.map(({ record }) => record)).toEqual(newest.slice(0, 10))
    expect(first[8]).toEqual({
      snippetMeta: { name: 'Brand' },
      private: true,
      record: ids[3],
      createdAt: expect.stringMatching(/Z$/),
    })
    expect(first[0]?.snippetMeta).toEqual({})
    const second = await list(`/c/uncategorized/bins/${newest[9]}`)
    expect(second.map(({ record }) => record)).toEqual(newest.slice(10))
    const oldest = await list('/c/uncategorized/bins', { 'X-Sort-Order': 'ascending' })
    expect(oldest.map(({ record }) => record)).toEqual(ids.slice(0, 10))
    await fresh.close()
  })

  it('[row 44] need the master key; collections are unknown', async () => {
    const withoutKey = await server.send('GET', '/c/uncategorized/bins', { headers: noKey })
    expect([withoutKey.status, withoutKey.json]).toEqual([
      401,
      { message: 'You need to pass X-Master-Key in the header' },
    ])
    const answers = await Promise.all(
      [`/c/${unknownId}/bins`, '/c/short/bins', '/c/uncategorized/bins/short', '/c/uncategorized'].map((path) =>
        server.send('GET', path),
      ),
    )
    expect(answers.map(({ status, json }) => [status, json])).toEqual([
      [404, { message: 'Collection not found' }],
      [400, { message: 'Invalid Collection Id provided' }],
      [400, { message: 'Invalid Bin Id provided' }],
      [404, { message: 'Route not found!' }],
    ])
  })
})
