import { execFile } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  readFileSync,
  readdirSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type RelayDatabase, openRelayDatabase } from '../../../server/store/relay-database.ts'
import { databaseFormat } from '../../../server/store/open-database.ts'
import { createTestFolder } from '../../support/relay-server.ts'
import { row } from '../../support/room-store-contract.ts'

function open(folder: string): RelayDatabase {
  const database = openRelayDatabase(folder)
  let closed = false
  const close = (): void => {
    if (!closed) database.close()
    closed = true
  }
  onTestFinished(close)
  return { ...database, close }
}

/** A folder with `count` rows of room `acme`, closed. */
async function filledFolder(count: number): Promise<string> {
  const folder = await createTestFolder()
  const database = open(folder)
  for (let i = 1; i <= count; i++) database.append([row('acme', i, Uint8Array.of(i, i, i, i))], 0)
  database.close()
  return folder
}

/** Changes the closed database by SQL of the test. */
function tamper(folder: string, sql: string): void {
  const database = new DatabaseSync(join(folder, 'relay.sqlite'))
  database.exec(sql)
  database.close()
}

function codeOf(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
  return 'nothing thrown'
}

describe('a data folder', () => {
  it('is created, also several levels deep', async () => {
    const folder = join(await createTestFolder(), 'a', 'b')
    open(folder)
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(['lock', 'relay.mark', 'relay.sqlite']))
  })

  it('is used with a write-ahead log and synchronous=FULL', async () => {
    const folder = await createTestFolder()
    expect(open(folder).durability()).toEqual({ synchronous: 2, commits: 0 })
    const file = new DatabaseSync(join(folder, 'relay.sqlite'), { readOnly: true })
    expect(file.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
    file.close()
  })

  it('belongs to one process; a reader for backup is not locked out', async () => {
    const folder = await createTestFolder()
    const first = open(folder)
    expect(codeOf(() => openRelayDatabase(folder))).toBe('data-in-use')
    first.append([row('acme', 1, Uint8Array.of(1))], 0)
    const reader = new DatabaseSync(join(folder, 'relay.sqlite'), { readOnly: true })
    expect(reader.prepare('SELECT count(*) AS n FROM log').get()).toEqual({ n: 1 })
    reader.close()
    first.close()
    open(folder)
  })

  it('of a newer version is refused and left untouched', async () => {
    const folder = await filledFolder(1)
    tamper(folder, `PRAGMA user_version = ${databaseFormat + 1}`)
    const before = readFileSync(join(folder, 'relay.sqlite'))
    expect(codeOf(() => openRelayDatabase(folder))).toBe('data-too-new')
    expect(readFileSync(join(folder, 'relay.sqlite'))).toEqual(before)
    expect(existsSync(join(folder, 'relay.sqlite-wal'))).toBe(false)
  })

  it('with a junk file, or the database of another program, is refused and left untouched', async () => {
    for (const write of [
      (file: string) => writeFileSync(file, 'junk'.repeat(1_000)),
      (file: string) => writeFileSync(file, 'short'),
      (file: string) => {
        const other = new DatabaseSync(file)
        other.exec('CREATE TABLE theirs (x); PRAGMA user_version = 1')
        other.close()
      },
      (file: string) => {
        const other = new DatabaseSync(file)
        other.exec('CREATE TABLE theirs (x)')
        other.close()
      },
    ]) {
      const folder = await createTestFolder()
      const file = join(folder, 'relay.sqlite')
      write(file)
      const before = readFileSync(file)
      expect(codeOf(() => openRelayDatabase(folder))).toBe('data-unreadable')
      expect(readFileSync(file)).toEqual(before)
      // The refusal has let go of the folder.
      expect(codeOf(() => openRelayDatabase(folder))).toBe('data-unreadable')
    }
  })

  it('takes an empty file for a new one', async () => {
    const folder = await createTestFolder()
    writeFileSync(join(folder, 'relay.sqlite'), '')
    expect(open(folder).append([row('acme', 1, Uint8Array.of(1))], 0)).toBe(1)
  })

  it('that is a file, or that cannot be written, is refused', async () => {
    const folder = await createTestFolder()
    writeFileSync(join(folder, 'file'), '')
    expect(codeOf(() => openRelayDatabase(join(folder, 'file')))).toBe('data-unwritable')
    if (process.getuid?.() === 0) return
    chmodSync(folder, 0o500)
    expect(codeOf(() => openRelayDatabase(folder))).toBe('data-unwritable')
    chmodSync(folder, 0o700)
  })
})

describe('damage', () => {
  it('of a row is found by its checksum; the room is then not served', async () => {
    const folder = await filledFolder(3)
    tamper(folder, "UPDATE log SET data = x'02020203' WHERE position = 2")
    expect(codeOf(() => open(folder).load('acme'))).toBe('data-damaged')
  })

  it('of a row that took the place of another is found as well', async () => {
    const folder = await filledFolder(3)
    tamper(
      folder,
      'UPDATE log SET data = (SELECT data FROM log WHERE position = 3), crc = (SELECT crc FROM log WHERE position = 3) WHERE position = 2',
    )
    expect(codeOf(() => open(folder).load('acme'))).toBe('data-damaged')
  })

  it('of a snapshot is found', async () => {
    const folder = await filledFolder(1)
    const database = open(folder)
    const snapshot = { position: 1, ordinal: 1, update: Uint8Array.of(5), vector: Uint8Array.of(0), pending: false }
    database.fold('acme', snapshot, [], 0)
    database.close()
    tamper(folder, "UPDATE snapshots SET data = x'06'")
    expect(codeOf(() => open(folder).load('acme'))).toBe('data-damaged')
  })

  it('that takes a row out of the middle is found: ordinals are gapless', async () => {
    const folder = await filledFolder(3)
    tamper(folder, 'DELETE FROM log WHERE position = 2')
    expect(codeOf(() => open(folder).load('acme'))).toBe('data-damaged')
  })

  it('of one room leaves the others alone', async () => {
    const folder = await filledFolder(2)
    const database = open(folder)
    database.append([row('other', 1, Uint8Array.of(1))], 0)
    database.close()
    tamper(folder, "UPDATE log SET data = x'00' WHERE position = 1")
    const again = open(folder)
    expect(codeOf(() => again.load('acme'))).toBe('data-damaged')
    expect(again.load('other')?.rows.length).toBe(1)
  })
})

describe('the high-water mark', () => {
  it('tells when acknowledged rows are missing at the end, and never gives their positions out again', async () => {
    const folder = await filledFolder(5)
    tamper(folder, 'DELETE FROM log WHERE position > 3')
    const database = open(folder)
    expect(database.warnings).toMatchObject([{ code: 'log-behind-mark', message: expect.stringContaining('row 3') }])
    expect(database.append([row('acme', 4, Uint8Array.of(1))], 0)).toBe(6)
    database.close()
    expect(open(folder).warnings).toEqual([])
  })

  it('tells a bit that flipped in the middle of the write-ahead log, after which SQLite silently drops all commits', async () => {
    const folder = await createTestFolder()
    const database = open(folder)
    for (let i = 1; i <= 100; i++) database.append([row('acme', i, new Uint8Array(50).fill(i))], i)
    database.mark()
    // As a crash leaves the files: the log is not folded into the database yet.
    const crashed = await createTestFolder()
    for (const name of ['relay.sqlite', 'relay.sqlite-wal', 'relay.mark'])
      copyFileSync(join(folder, name), join(crashed, name))
    const wal = readFileSync(join(crashed, 'relay.sqlite-wal'))
    const middle = Math.floor(wal.length / 2)
    wal[middle] = (wal[middle] as number) ^ 1
    writeFileSync(join(crashed, 'relay.sqlite-wal'), wal)
    const damaged = open(crashed)
    expect(damaged.warnings).toMatchObject([
      { code: 'log-behind-mark', message: expect.stringContaining('but 100 was') },
    ])
    const rows = damaged.load('acme')?.rows.length ?? 0
    expect(rows).toBeLessThan(100)
    expect(damaged.append([row('acme', rows + 1, Uint8Array.of(1))], 0)).toBe(101)
  })

  it('tells an older copy of the database', async () => {
    const folder = await filledFolder(2)
    copyFileSync(join(folder, 'relay.sqlite'), join(folder, 'backup'))
    const database = open(folder)
    database.append([row('acme', 3, Uint8Array.of(3))], 0)
    database.close()
    copyFileSync(join(folder, 'backup'), join(folder, 'relay.sqlite'))
    expect(open(folder).warnings).toMatchObject([{ code: 'log-behind-mark' }])
  })

  it('tells a database that is another one', async () => {
    const folder = await filledFolder(3)
    const other = await createTestFolder()
    const database = open(other)
    for (let i = 1; i <= 3; i++) database.append([row('else', i, Uint8Array.of(i))], 0)
    database.close()
    copyFileSync(join(other, 'relay.sqlite'), join(folder, 'relay.sqlite'))
    expect(open(folder).warnings).toMatchObject([{ code: 'log-differs-from-mark' }])
  })

  it('is silent where everything has been folded, and where there is no mark', async () => {
    const folder = await filledFolder(3)
    const database = open(folder)
    const snapshot = { position: 3, ordinal: 3, update: Uint8Array.of(5), vector: Uint8Array.of(0), pending: false }
    database.fold('acme', snapshot, [], 0)
    database.close()
    const again = open(folder)
    expect(again.warnings).toEqual([])
    expect(again.append([row('acme', 4, Uint8Array.of(1))], 0)).toBe(4)
    again.close()
    truncateSync(join(folder, 'relay.mark'), 0)
    expect(open(folder).warnings).toEqual([])
  })

  it('says so when it is damaged itself', async () => {
    const folder = await filledFolder(1)
    writeFileSync(join(folder, 'relay.mark'), Buffer.alloc(32, 7))
    const database = open(folder)
    expect(database.warnings).toMatchObject([{ code: 'mark-unreadable' }])
    database.append([row('acme', 2, Uint8Array.of(1))], 0)
    database.close()
    expect(open(folder).warnings).toEqual([])
  })
})

describe('a batch that cannot be written', () => {
  it('leaves nothing behind, and the next one goes on', async () => {
    const database = open(await createTestFolder())
    database.append([row('acme', 1, Uint8Array.of(1))], 0)
    const unwritable = { ...row('other', 2, Uint8Array.of(2)), ordinal: null as unknown as number }
    expect(() => database.append([row('acme', 2, Uint8Array.of(2)), unwritable], 0)).toThrow('NOT NULL')
    expect(database.append([row('acme', 2, Uint8Array.of(2)), row('other', 1, Uint8Array.of(3))], 0)).toBe(2)
    expect(database.load('acme')?.rows.length).toBe(2)
    expect(database.load('other')?.rows.length).toBe(1)
  })

  it('for want of disk space fails whole, and what was acknowledged before stays', async () => {
    const folder = await createTestFolder()
    // The limit on file size, in blocks of 1 KB, stands in for a full disk; the write-ahead log meets it first.
    const child = fileURLToPath(new URL('../../support/fill-disk-child.ts', import.meta.url))
    const { stdout } = await promisify(execFile)('bash', [
      '-c',
      'ulimit -f 256; exec "$0" "$1" "$2"',
      process.execPath,
      child,
      folder,
    ])
    const { acknowledged, failed, loaded } = JSON.parse(stdout) as Record<string, number>
    expect(failed).toBeGreaterThan(0)
    expect(acknowledged).toBeGreaterThan(10)
    expect(loaded).toBe(acknowledged)
    const database = open(folder)
    expect(database.load('acme')?.rows.length).toBe(acknowledged)
    expect(database.warnings).toEqual([])
    expect(database.append([row('acme', (acknowledged as number) + 1, Uint8Array.of(1))], 0)).toBeGreaterThan(0)
  })
})

it('rows that Yjs cannot apply leave the room and are kept aside', async () => {
  const folder = await filledFolder(3)
  const database = open(folder)
  const snapshot = { position: 3, ordinal: 3, update: Uint8Array.of(5), vector: Uint8Array.of(0), pending: false }
  database.fold('acme', snapshot, [{ position: 2, reason: 'it throws' }], 0)
  expect(database.load('acme')).toEqual({ snapshot, rows: [], lastOrdinal: 3 })
  database.close()
  const file = new DatabaseSync(join(folder, 'relay.sqlite'))
  expect(file.prepare('SELECT position, reason, data FROM quarantine').all()).toEqual([
    { position: 2, reason: 'it throws', data: Uint8Array.of(2, 2, 2, 2) },
  ])
  file.close()
})

it('closing empties the write-ahead log', async () => {
  const folder = await filledFolder(3)
  const wal = join(folder, 'relay.sqlite-wal')
  expect(existsSync(wal) ? statSync(wal).size : 0).toBe(0)
})
