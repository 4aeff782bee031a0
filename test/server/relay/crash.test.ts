import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import * as Y from 'yjs'
import { openSqliteStore } from '../../../server/store/index.ts'
import { createCrashWriter, runCrashRound } from '../../support/crash-round.ts'
import { eventually } from '../../support/eventually.ts'
import { createRandom, seedsToRun } from '../../support/random.ts'
import { openRawClient } from '../../support/raw-wire-client.ts'
import { type RelayProcess, spawnRelay } from '../../support/relay-process.ts'
import { createTestFolder, startRelay } from '../../support/relay-server.ts'
import { openStockClient } from '../../support/stock-client.ts'
import { updatesOf } from '../../support/yjs-updates.ts'

describe('kill -9 in a burst of edits', () => {
  it(
    '20 times: nothing acknowledged is lost, nothing is damaged, the rest is sent again',
    { timeout: 600_000 },
    async () => {
      const [seed] = seedsToRun(1, 20_000)
      const random = createRandom(seed as number)
      const dataDir = await createTestFolder()
      let relay: RelayProcess = await spawnRelay({ dataDir })
      onTestFinished(() => relay.kill())
      const writers = ['a', 'b', 'c'].map(createCrashWriter)
      let acknowledged = 0
      for (let round = 1; round <= 20; round++) {
        const result = await runCrashRound({ dataDir, relay, writers, random })
        relay = result.relay
        expect(result.report.lost, `round ${round}, seed ${seed}`).toEqual([])
        acknowledged = result.report.acknowledged
      }
      expect(acknowledged).toBeGreaterThan(1_000)
      await relay.terminate()
      const store = await openSqliteStore({ folder: dataDir })
      onTestFinished(() => store.close())
      expect(store.warnings).toEqual([])
      expect(await store.load('acme')).not.toBeNull()
    },
  )

  it('stock clients come back by themselves and end equal', { timeout: 60_000 }, async () => {
    const dataDir = await createTestFolder()
    let relay = await spawnRelay({ dataDir })
    onTestFinished(() => relay.kill())
    const clients = [1, 2].map(() => openStockClient(relay.url, 'acme'))
    await Promise.all(clients.map((client) => client.untilSynced()))
    let edits = 0
    for (let round = 0; round < 3; round++) {
      for (const client of clients)
        for (let i = 0; i < 100; i++) {
          client.doc.getArray('list').push([i])
          edits++
        }
      await relay.kill()
      for (const client of clients) client.doc.getArray('list').push(['offline'])
      edits += clients.length
      relay = await spawnRelay({ dataDir, port: relay.port })
      await Promise.all(clients.map((client) => client.untilList(edits)))
    }
    expect(clients[0]!.list()).toEqual(clients[1]!.list())
  })
})

describe('SIGTERM', () => {
  it(
    'loses nothing that was sent, acknowledged or not, and sends the clients back with 1012',
    { timeout: 30_000 },
    async () => {
      const dataDir = await createTestFolder()
      const relay = await spawnRelay({ dataDir })
      const client = await openRawClient(`${relay.url}/acme`)
      client.hello()
      client.sendStep1()
      await client.step2()
      const updates = updatesOf((doc) => {
        for (let i = 0; i < 2_000; i++) doc.getArray('list').push([i])
      })
      for (const update of updates) client.sendUpdate(update)
      await client.untilSaved(1)
      expect(await relay.terminate()).toBe(0)
      expect((await client.untilClosed()).code).toBe(1012)
      const acknowledged = client.saved()
      const again = await startRelay({ dataDir })
      const reader = await openRawClient(`${again.url}/acme`)
      reader.sendStep1()
      await reader.step2()
      expect(reader.doc.getArray('list').length).toBeGreaterThanOrEqual(acknowledged)
      reader.cut()
    },
  )

  it('waits for what is on its way to the disk, closes once, and leaves no lock behind', async () => {
    const relay = await startRelay({ dataDir: true })
    const client = await openRawClient(`${relay.url}/acme`)
    client.hello()
    client.sendStep1()
    await client.step2()
    const updates = updatesOf((doc) => {
      for (let i = 0; i < 100; i++) doc.getArray('list').push([i])
    })
    for (const update of updates) client.sendUpdate(update)
    await eventually(() => relay.stats().uncommittedBytes > 0 || client.saved() > 0, { everyMs: 1 })
    await Promise.all([relay.close(), relay.close()])
    await client.untilClosed()
    const store = await openSqliteStore({ folder: relay.dataDir! })
    expect((await store.load('acme'))?.rows.length).toBe(client.saved())
    await store.close()
  })
})

describe('durable means synced', () => {
  it('the writing connection has synchronous=FULL', async () => {
    const store = await openSqliteStore({ folder: await createTestFolder() })
    onTestFinished(() => store.close())
    for (let i = 1; i <= 3; i++)
      await store.append([{ room: 'acme', ordinal: i, author: '', update: Uint8Array.of(i) }])
    expect(await store.durability()).toEqual({ synchronous: 2, commits: 3 })
  })

  // `kill -9` leaves what the kernel has; only the syncs themselves tell whether a power loss would.
  it('every acknowledgement is preceded by a sync of the write-ahead log', { timeout: 60_000 }, async () => {
    const dataDir = await createTestFolder()
    const log = join(dataDir, 'syncs.txt')
    const counting = countSyncs(dataDir, log)
    const relay = await spawnRelay({ dataDir, ...counting })
    const client = await openRawClient(`${relay.url}/acme`)
    client.hello()
    client.sendStep1()
    await client.step2()
    const before = syncsIn(log)
    const updates = updatesOf((doc) => {
      for (let i = 0; i < 50; i++) doc.getArray('list').push([i])
    })
    for (const [i, update] of updates.entries()) {
      client.sendUpdate(update)
      await client.untilSaved(i + 1)
    }
    const syncs = syncsIn(log) - before
    await relay.kill()
    expect(syncs).toBeGreaterThanOrEqual(50)
    expect(syncs).toBeLessThan(120)
  })
})

/** How to start a process so that its syncs are written to a file: by strace, or by a library put before libc's. */
function countSyncs(
  folder: string,
  log: string,
): { wrapper?: readonly string[]; env?: Readonly<Record<string, string>> } {
  writeFileSync(log, '')
  if (spawnSync('strace', ['-V']).status === 0)
    return { wrapper: ['strace', '-f', '-qq', '-e', 'trace=fsync,fdatasync', '-e', 'signal=none', '-o', log] }
  const source = join(folder, 'syncs.c')
  const library = join(folder, 'syncs.so')
  writeFileSync(
    source,
    `#define _GNU_SOURCE
     #include <dlfcn.h>
     #include <fcntl.h>
     #include <unistd.h>
     static int count(const char *name, int fd) {
       int log = open("${log}", O_WRONLY | O_APPEND); write(log, "sync(\\n", 6); close(log);
       return ((int (*)(int)) dlsym(RTLD_NEXT, name))(fd);
     }
     int fsync(int fd) { return count("fsync", fd); }
     int fdatasync(int fd) { return count("fdatasync", fd); }`,
  )
  execFileSync('cc', ['-shared', '-fPIC', '-o', library, source, '-ldl'])
  return { env: { LD_PRELOAD: library } }
}

function syncsIn(log: string): number {
  return readFileSync(log, 'utf8').match(/sync\(/g)?.length ?? 0
}

it('a restart finds every room again, folded or not', async () => {
  const relay = await startRelay({ dataDir: true, limits: { foldRowsAtClose: 10 } })
  for (const [room, edits] of [
    ['few', 3],
    ['many', 50],
  ] as const) {
    const client = openStockClient(relay.url, room)
    await client.untilSynced()
    for (let i = 0; i < edits; i++) client.doc.getArray('list').push([i])
    await eventually(() => relay.stats().uncommittedBytes === 0)
    const check = await openRawClient(`${relay.url}/${room}`)
    check.sendStep1()
    await check.step2()
    await eventually(() => check.doc.getArray('list').length === edits)
    check.cut()
    client.destroy()
  }
  await eventually(() => relay.stats().openRooms === 0)
  await relay.close()
  const again = await startRelay({ dataDir: relay.dataDir! })
  const few = openStockClient(again.url, 'few')
  const many = openStockClient(again.url, 'many')
  await Promise.all([few.untilList(3), many.untilList(50)])
  expect(Y.encodeStateVector(many.doc).length).toBeGreaterThan(1)
})
