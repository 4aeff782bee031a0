/** The first minute: what `npm start` prints works, it ends cleanly, comes back whole, and says in one sentence what is wrong. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { openPage } from '../support/page-user.ts'
import { readBin, readSnapshot, tokensIn, untilBinEquals } from '../support/product-readers.ts'
import {
  cleanEnvironment,
  cli,
  createFolder,
  repository,
  type Run,
  startProduct,
  watchProcess,
} from '../support/product.ts'
import { openRawClient } from '../support/raw-wire-client.ts'

const folder = createFolder()
const sample = readFileSync(join(repository, 'samples/tokens.json'), 'utf8')

let browser: Browser
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser.close()
  folder.remove()
})

/** `npm start` in a process group of its own, as a terminal starts it. */
function npmStart(...args: readonly string[]): Run {
  return watchProcess(
    spawn('npm', ['start', '--', ...args], {
      cwd: repository,
      env: cleanEnvironment(),
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  )
}

/** What stands behind each label, once the last line is there. */
async function printedLines(run: Run): Promise<Readonly<Record<string, string>>> {
  await eventually(() => run.stdout().includes('Ctrl-C ends it'), {
    timeoutMs: 30_000,
    what: `the addresses (${run.stderr()})`,
  })
  const lines = run.stdout().split('\n')
  const labels = ['Editor', 'WebSocket', 'Bin', 'Bin key', 'Snapshot']
  return Object.fromEntries(
    labels.map((label) => {
      const line = lines.find((each) => each.startsWith(label.padEnd(11)))
      if (line === undefined) throw new Error(`no line "${label}" in:\n${run.stdout()}`)
      return [label, line.slice(11)]
    }),
  )
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return port
}

describe('npm start', () => {
  const dataDir = join(folder.path, 'first')
  let binLine = ''
  let keyLine = ''

  test('prints addresses that work, and Ctrl-C ends all of it', async () => {
    const run = npmStart('--port', '0', '--data', dataDir)
    try {
      const lines = await printedLines(run)
      const { Editor: editor = '', WebSocket: webSocket = '', Snapshot: snapshot = '' } = lines
      binLine = lines['Bin'] ?? ''
      keyLine = lines['Bin key'] ?? ''

      const [, binUrl = '', headers = ''] = /^(\S+) {2}headers (\{.*\})$/.exec(binLine) ?? []
      const printed = JSON.parse(headers) as Record<string, string | boolean>
      expect(Object.keys(printed)).toEqual(['X-Access-Key', 'X-Bin-Meta'])
      const bin = await fetch(binUrl, {
        headers: Object.fromEntries(Object.entries(printed).map(([name, value]) => [name, String(value)])),
      })
      const record = await bin.text()
      expect(Object.keys(JSON.parse(record) as object)).toEqual(['values', '$themes', '$metadata'])
      expect(tokensIn(record)).toEqual(tokensIn(sample))

      const answer = await fetch(snapshot)
      expect(answer.status).toBe(200)
      expect(tokensIn(await answer.text())).toEqual(tokensIn(sample))

      const [, masterKey = '', binId = ''] = /^X-Master-Key: (\S+) {2}bin id (\S+)$/.exec(keyLine) ?? []
      const asPlugin = await fetch(binUrl.replace(/\/latest$/, ''), {
        headers: { 'X-Master-Key': masterKey, 'X-Bin-Meta': '0' },
      })
      expect(asPlugin.status).toBe(200)
      expect(binUrl).toContain(`/b/${binId}/`)

      const wire = await openRawClient(webSocket)
      wire.sendStep1()
      expect((await wire.step2()).length).toBeGreaterThan(100)
      await wire.close()

      const user = await openPage(await browser.newContext(), editor)
      const [firstSet = ''] = tokensIn(sample).order
      await user.selectSet(firstSet)
      await user.untilPill('Saved')
      expect(user.faults).toEqual([])

      const port = Number(new URL(editor).port)
      // As a terminal does: to the whole group. npm passes its own on, so that the product gets two.
      process.kill(-run.pid, 'SIGINT')
      expect(await run.ended).toBe(0)
      expect(await isFree(port)).toBe(true)
      expect(run.stderr()).not.toMatch(/\bat .*:\d+:\d+/)
    } finally {
      if (run.process.exitCode === null && run.process.signalCode === null) process.kill(-run.pid, 'SIGKILL')
    }
  }, 60_000)

  test('finds everything again, and SIGTERM to npm ends all of it', async () => {
    const run = npmStart('--port', '0', '--data', dataDir)
    try {
      const lines = await printedLines(run)
      const withoutPort = (line: string): string => line.replace(/:\d+\//, ':0/')
      expect(withoutPort(lines['Bin'] ?? '')).toBe(withoutPort(binLine))
      expect(lines['Bin key']).toBe(keyLine)
      const port = Number(new URL(lines['Editor'] ?? '').port)
      run.process.kill('SIGTERM')
      expect([0, 143, 'SIGTERM']).toContain(await run.ended)
      await eventually(() => isFree(port), { what: 'the port free again' })
    } finally {
      if (run.process.exitCode === null && run.process.signalCode === null) process.kill(-run.pid, 'SIGKILL')
    }
  }, 60_000)
})

describe('a restart', () => {
  test('with a file of one’s own: edits, bin and keys are there again, and the file is left alone with a notice', async () => {
    const dataDir = join(folder.path, 'again')
    const file = join(folder.path, 'own.json')
    writeFileSync(file, JSON.stringify({ values: { own: { red: { $type: 'color', $value: '#ff0000' } } } }))
    const port = await freePort()
    const first = await startProduct({ file, dataDir, port })
    expect(new URL(first.urls.editor).port).toBe(String(port))
    const context = await browser.newContext()
    const user = await openPage(context, first.urls.editor)
    await user.edit('red', 'Value', '#ee0000')
    await user.untilPill('Saved')
    await untilBinEquals(first, user.text, 5_000)
    expect(await first.stop('SIGINT')).toBe(0)
    await user.untilPill(/^Offline/)

    const second = await startProduct({ file, dataDir, port })
    expect(second.urls).toEqual(first.urls)
    expect(second.stderr()).toContain('y-tokens import')
    expect(second.stderr()).toContain(file)
    for (const text of [await readBin(second), await readSnapshot(second)]) expect(text).toContain('#ee0000')
    // The page that stayed open comes back by itself.
    await user.untilPill('Saved', 20_000)
    await user.edit('red', 'Value', '#dd0000')
    await untilBinEquals(second, user.text, 10_000)
    expect(user.faults).toEqual([])
    await context.close()
    expect(await second.stop('SIGTERM')).toBe(0)
    expect(await isFree(port)).toBe(true)
  }, 90_000)
})

describe('what keeps it from starting is one clear sentence', () => {
  /** The only line on stderr, and the exit code. */
  async function refused(...args: readonly string[]): Promise<{ readonly code: unknown; readonly line: string }> {
    const { code, stdout, stderr } = await cli(['dev', ...args])
    expect(stdout).toBe('')
    const lines = stderr.trimEnd().split('\n')
    expect(lines).toHaveLength(1)
    return { code, line: lines[0] ?? '' }
  }
  const fresh = (name: string): string => join(folder.path, name)

  test('a port in use', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    try {
      const { code, line } = await refused('--port', String(port), '--data', fresh('port'))
      expect(code).toBe(3)
      expect(line).toMatch(new RegExp(`Port ${port} on 127.0.0.1 is in use. Choose another port`))
    } finally {
      server.close()
    }
  }, 30_000)

  test('a file that is not there, that is a folder, that is no JSON, that has no tokens', async () => {
    const missing = await refused(fresh('missing.json'), '--port', '0', '--data', fresh('d'))
    expect(missing).toMatchObject({ code: 2, line: expect.stringContaining('There is no such file') })
    mkdirSync(fresh('folder.json'))
    const directory = await refused(fresh('folder.json'), '--port', '0', '--data', fresh('d'))
    expect(directory).toMatchObject({ code: 2, line: expect.stringContaining('no JSON file in this folder') })
    writeFileSync(fresh('broken.json'), '{ "values": { "core": ] } }')
    const broken = await refused(fresh('broken.json'), '--port', '0', '--data', fresh('d'))
    expect(broken).toMatchObject({ code: 5, line: expect.stringMatching(/broken\.json: .*line 1, column 23/) })
    writeFileSync(fresh('none.json'), '{ "name": "acme", "version": 1 }')
    const none = await refused(fresh('none.json'), '--port', '0', '--data', fresh('d'))
    expect(none.code).toBe(5)
    writeFileSync(fresh('empty.json'), '{ "values": { "core": {} } }')
    const empty = await refused(fresh('empty.json'), '--port', '0', '--data', fresh('d'))
    expect(empty).toMatchObject({ code: 5, line: expect.stringContaining('holds no tokens') })
  }, 60_000)

  test('a data folder of a newer version, which stays untouched', async () => {
    const dataDir = fresh('newer')
    const product = await startProduct({ dataDir })
    expect(await product.stop()).toBe(0)
    for (const name of ['relay.sqlite', 'bins.sqlite']) {
      const file = join(dataDir, name)
      const before = setVersion(file, 9_999)
      const hash = hashOf(file)
      const { code, line } = await refused('--port', '0', '--data', dataDir)
      expect(code).toBe(4)
      expect(line).toContain(name)
      expect(line).toMatch(/newer/i)
      expect(hashOf(file)).toBe(hash)
      setVersion(file, before)
    }
    const again = await startProduct({ dataDir })
    expect(await again.stop()).toBe(0)
  }, 60_000)

  test('a data folder that another one is running on', async () => {
    const dataDir = fresh('shared')
    const product = await startProduct({ dataDir })
    const { code, line } = await refused('--port', '0', '--data', dataDir)
    expect(code).toBe(3)
    expect(line).toContain(dataDir)
    expect(await readSnapshot(product)).toContain('"values"')
    expect(await product.stop()).toBe(0)
  }, 60_000)
})

/** Answers the version it had. */
function setVersion(file: string, version: number): number {
  const database = new DatabaseSync(file)
  const { user_version: before } = database.prepare('PRAGMA user_version').get() as { user_version: number }
  database.exec(`PRAGMA user_version = ${version}; PRAGMA wal_checkpoint(TRUNCATE)`)
  database.close()
  return before
}

function hashOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}
