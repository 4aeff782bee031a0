import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BinsError, createBins } from '../../../server/bins/index.ts'
import { openBinDatabase } from '../../../server/bins/bin-database.ts'
import { openBinFile } from '../../../server/bins/bin-file.ts'
import { startBinServer } from '../../support/bin-server.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bins-'))
  file = join(folder, 'bins.sqlite')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const refusalOf = (open: () => unknown): BinsError => {
  try {
    open()
  } catch (error) {
    if (error instanceof BinsError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('the bins file', () => {
  it('keeps bins, versions and access keys over a restart', async () => {
    const first = await startBinServer({ file, masterKey: 'k' })
    const id = await first.post('{"b":1,"10":1}', { 'X-Bin-Name': 'Brand', 'X-Bin-Private': 'false' })
    await first.send('PUT', `/b/${id}`, { body: '{"b":2,"10":1}', headers: { 'X-Bin-Versioning': 'true' } })
    const key = first.createAccessKey({ read: true })
    const before = await first.send('GET', `/b/${id}/latest`)
    await first.close()
    const second = await startBinServer({ file, masterKey: 'k' })
    expect((await second.send('GET', `/b/${id}/latest`)).text).toBe(before.text)
    expect((await second.send('GET', `/b/${id}?meta=false`)).text).toBe('{"b":1,"10":1}')
    expect(second.bins.accessKeys()).toMatchObject([{ key, permissions: { read: true, update: false } }])
    await second.close()
  })

  it('syncs every commit to disk before the answer', () => {
    // A killed process loses nothing that was written; only a power cut shows the difference, and no test can make one.
    const database = openBinFile(file)
    const read = (pragma: string): unknown => Object.values(database.prepare(`PRAGMA ${pragma}`).get() ?? {})[0]
    expect(read('journal_mode')).toBe('wal')
    expect(read('synchronous')).toBe(2)
    expect(read('foreign_keys')).toBe(1)
    database.close()
  })

  it('is readable for its owner alone', () => {
    openBinDatabase(file).close()
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('refuses the file of a newer version and leaves it untouched', () => {
    openBinDatabase(file).close()
    const database = new DatabaseSync(file)
    database.exec('PRAGMA user_version = 99')
    database.close()
    const before = { bytes: readFileSync(file), names: readdirSync(folder) }
    const error = refusalOf(() => createBins({ file }))
    expect(error).toMatchObject({
      code: 'file-too-new',
      message: expect.stringMatching(/newer version .*Update y-tokens/),
    })
    expect({ bytes: readFileSync(file), names: readdirSync(folder) }).toEqual(before)
  })

  it('refuses the database of another program', () => {
    const other = new DatabaseSync(file)
    other.exec('CREATE TABLE theirs (a)')
    other.close()
    const before = readFileSync(file)
    expect(refusalOf(() => createBins({ file })).code).toBe('file-foreign')
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  it('refuses what is no database, a missing folder and a folder', () => {
    writeFileSync(file, 'no database '.repeat(1000))
    mkdirSync(join(folder, 'd'))
    for (const path of [file, join(folder, 'none', 'bins.sqlite'), join(folder, 'd')])
      expect(refusalOf(() => createBins({ file: path }))).toMatchObject({
        code: 'file-unreadable',
        message: expect.stringContaining(path),
      })
    expect(existsSync(join(folder, 'none'))).toBe(false)
  })

  it('takes an empty file for a new one', () => {
    writeFileSync(file, '')
    chmodSync(file, 0o600)
    openBinDatabase(file).close()
    expect(openBinFile(file).prepare('PRAGMA user_version').get()).toEqual({ user_version: 1 })
  })

  it('has a frozen layout', () => {
    const tables = openBinFile(undefined).prepare("SELECT sql FROM sqlite_schema WHERE type = 'table'").all()
    expect(tables.map(({ sql }) => String(sql).replaceAll(/\s+/g, ' '))).toEqual([
      'CREATE TABLE bins ( id TEXT PRIMARY KEY, name TEXT, private INTEGER NOT NULL, created_at INTEGER NOT NULL, record TEXT NOT NULL ) STRICT',
      'CREATE TABLE versions ( bin_id TEXT NOT NULL REFERENCES bins (id) ON DELETE CASCADE, number INTEGER NOT NULL, record TEXT NOT NULL, PRIMARY KEY (bin_id, number) ) STRICT',
      'CREATE TABLE access_keys ( id TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL, can_create INTEGER NOT NULL, can_read INTEGER NOT NULL, can_update INTEGER NOT NULL, can_delete INTEGER NOT NULL ) STRICT',
    ])
  })
})
