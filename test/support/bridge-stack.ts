/**
 * The whole stack in processes of its own: a relay, two bridges without a lease, local bins that fail, a person at an editor, a
 * plugin that saves what it pulled long ago; and in each round somebody is killed with SIGKILL.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import { type Bridge, createBridge } from '../../src/bridge/bridge.ts'
import { createTokenDocument, type TokenDocument } from '../../src/doc/index.ts'
import { createJsonBin } from '../../src/jsonbin/index.ts'
import type { JsonObject } from '../../src/payload/ordered-json.ts'
import { projectForPlugin } from '../../src/payload/plugin-projection.ts'
import { equalRows, pluginRows } from '../../src/payload/plugin-rows.ts'
import type { Fault } from '../../server/bins/index.ts'
import { type BinServer, startBinServer } from './bin-server.ts'
import { stackRoom } from './bridge-stack-settings.ts'
import { pluginPull } from './plugin-emulator.ts'
import type { Random } from './random.ts'
import { spawnRelay } from './relay-process.ts'
import { arrive } from './simulation/arrivals.ts'
import { openDesk, type PluginDesk } from './simulation/blind-writer.ts'
import { checkFates } from './simulation/check.ts'
import { editDocument } from './simulation/editor.ts'
import { endingOf } from './simulation/ending.ts'
import { type Copy, createLedger, type Ledger, marksIn } from './simulation/ledger.ts'
import { calm } from './simulation/profile.ts'
import { createSideWatch, createWriteIndex, entriesOf, filesBehind } from './simulation/side-watch.ts'
import { startFile } from './simulation/start-file.ts'

export interface StackResult {
  readonly rounds: number
  readonly edits: number
  readonly foreign: number
  readonly unobserved: number
  readonly merges: number
  readonly kills: number
  readonly lost: readonly string[]
  readonly resurrected: readonly string[]
  readonly undeleted: readonly string[]
  readonly wrong: readonly string[]
}

const profile = { ...calm, reverts: 0 }
const killWithinMs = 500

export async function runBridgeStack(random: Random, rounds: number): Promise<StackResult> {
  const folder = await mkdtemp(join(tmpdir(), 'y-tokens-stack-'))
  const server = await startBinServer()
  let relay = await spawnRelay({ dataDir: join(folder, 'relay') })
  const ends: (() => unknown)[] = [() => rm(folder, { recursive: true, force: true }), () => server.close()]
  try {
    const office = await openOffice(relay.url, server, random)
    ends.push(office.close)
    const bridges = await Promise.all(
      ['a', 'b'].map((name) => openBridgeProcess(join(folder, name), relay.url, server, office.binId)),
    )
    ends.push(() => Promise.all(bridges.map(({ kill }) => kill())))
    const plugin = openStalePlugin(office, server, random.fork('plugin'))
    await plugin.pull()

    let kills = 0
    for (let round = 0; round < rounds; round++) {
      injectFault(server, office.binId, random)
      const after = random.int(killWithinMs)
      const killing = sleep(after).then(async () => {
        kills++
        if (random.chance(0.15)) {
          await relay.kill()
          relay = await spawnRelay({ dataDir: join(folder, 'relay'), port: relay.port })
        } else await random.pick(bridges).restart()
      })
      for (let edit = random.int(3); edit >= 0; edit--) {
        office.edit()
        await sleep(random.int(150))
      }
      if (random.chance(0.7)) await plugin.save()
      if (random.chance(0.2)) await plugin.pull()
      await killing
    }
    server.faults.clear()
    const settled = await office.untilSettled()
    return { ...office.account(), rounds, kills, wrong: settled ? [] : ['L2: bin and document do not become equal'] }
  } finally {
    await relay.kill()
    for (const end of ends.toReversed()) await end()
  }
}

/** Where the person sits: a replica that lives through all of it, with the ledger of what was typed. */
interface Office {
  readonly binId: string
  readonly ledger: Ledger
  /** Notes what a blind writer sent, whatever became of it. */
  noteSave(copy: Copy): void
  edit(): void
  untilSettled(): Promise<boolean>
  account(): Omit<StackResult, 'rounds' | 'kills' | 'wrong'>
  close(): Promise<void>
}

async function openOffice(relayUrl: string, server: BinServer, random: Random): Promise<Office> {
  const startedAt = Date.now()
  const ledger = createLedger(
    () => Date.now() - startedAt,
    () => undefined,
  )
  const ydoc = new Y.Doc()
  const side = new Y.Doc()
  const document = createTokenDocument(ydoc)
  document.import(startFile(ledger).text)
  const providers = [
    [stackRoom, ydoc],
    [`${stackRoom}~history`, side],
  ].map(([room, doc]) => {
    const provider = new WebsocketProvider(relayUrl, room as string, doc as Y.Doc, {
      disableBc: true,
      maxBackoffTime: 100,
    })
    // Nobody looks at who is there, and y-websocket does not expect a document whose client id has changed.
    provider.awareness.setLocalState(null)
    return provider
  })
  const binId = await linkNewBin(document, side, server)
  // Without a key: for the journal alone.
  const bridge = createBridge({ document, side, openStore: () => createJsonBin({ baseUrl: server.baseUrl }) })

  const puts: { by: string; copy: Copy; at: number }[] = []
  const writes = createWriteIndex({ puts })
  const watch = createSideWatch(writes, ydoc, side)
  side.on('update', () => {
    const { files, merges } = watch.news()
    for (const copy of files) arrive(copy, ydoc, ledger)
    for (const id of merges) ledger.noteEntry(id)
  })
  const people = random.fork('editor')
  const isSettled = async (): Promise<boolean> => {
    const inBin = pluginRows(JSON.parse(await server.get(binId)) as JsonObject)
    return equalRows(inBin, projectForPlugin(document.getSnapshot()).rows)
  }

  return {
    binId,
    ledger,
    noteSave: (copy) => void puts.push({ by: 'plugin', copy, at: 0 }),
    edit: () => editDocument({ name: 'editor', document, ydoc, isUp: true, bridge }, people, ledger, 0),
    untilSettled: async () => {
      let equalSince = Date.now()
      for (const end = Date.now() + 40_000; Date.now() < end; await sleep(100)) {
        if (!(await isSettled())) equalSince = Date.now()
        else if (Date.now() - equalSince > 2_500) return true
      }
      return false
    },
    account: () => {
      const files = entriesOf(side).flatMap((entry) => [...filesBehind(entry, writes)])
      const ending = endingOf(document, bridge.journal, ledger)
      const fates = checkFates({ ledger, ending, files, hasReached: () => true })
      const foreign = ledger.ghosts.filter(({ author }) => author === 'plugin').length
      const { lost, resurrected, undeleted, unobserved } = fates
      const edits = ledger.ghosts.filter(({ author }) => author !== 'file').length
      return { lost, resurrected, undeleted, unobserved, edits, foreign, merges: bridge.journal.entries().length }
    },
    close: async () => {
      await bridge.close()
      for (const provider of providers) provider.destroy()
      ydoc.destroy()
      side.destroy()
    },
  }
}

async function linkNewBin(document: TokenDocument, side: Y.Doc, server: BinServer): Promise<string> {
  const { baseUrl, masterKey } = server
  const openStore = (): ReturnType<typeof createJsonBin> => createJsonBin({ masterKey, baseUrl })
  const bridge: Bridge = createBridge({ document, side, openStore, defaultUrl: baseUrl })
  const id = await bridge.bins.add({ name: 'Stack', key: { masterKey } })
  await bridge.bins.apply(id)
  await bridge.push()
  await bridge.close()
  return id
}

interface BridgeProcess {
  kill(): Promise<void>
  /** Kills it, and starts it again from its disk. */
  restart(): Promise<void>
}

const childFile = fileURLToPath(new URL('./bridge-child.ts', import.meta.url))

async function openBridgeProcess(
  folder: string,
  relayUrl: string,
  { baseUrl, masterKey }: BinServer,
  binId: string,
): Promise<BridgeProcess> {
  await mkdir(folder, { recursive: true })
  let child: ChildProcess
  const start = (): Promise<void> => {
    child = spawn(process.execPath, [childFile, relayUrl, baseUrl, binId, folder], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, JSONBIN_MASTER_KEY: masterKey },
    })
    const started = child
    return new Promise((resolve, reject) => {
      started.stdout?.once('data', () => resolve())
      started.once('exit', (code, signal) => {
        // Killed by us, perhaps before it was ready; any other end is its own.
        if (signal === 'SIGKILL') resolve()
        else reject(new Error(`A bridge process ended with ${code}`))
      })
    })
  }
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
  await start()
  return {
    kill,
    restart: async () => {
      await kill()
      // Not waited for: the next may be killed while it starts.
      void start()
    },
  }
}

function openStalePlugin(
  { binId, ledger, noteSave }: Office,
  server: BinServer,
  random: Random,
): { pull(): Promise<void>; save(): Promise<void> } {
  let desk: PluginDesk | undefined
  const send = async (method: string, path: string, body?: string): Promise<string | undefined> => {
    try {
      const headers = { 'X-Master-Key': server.masterKey, 'Content-Type': 'application/json' }
      const signal = AbortSignal.timeout(1_000)
      const init = body === undefined ? { method, headers, signal } : { method, headers, signal, body }
      const response = await fetch(server.baseUrl + path, init)
      return response.ok ? await response.text() : undefined
    } catch {
      // A toast: the edit stays in the plugin.
      return undefined
    }
  }
  const read = async (): Promise<string | undefined> => {
    const text = await send('GET', `/b/${binId}/latest?meta=false`)
    return text !== undefined && isTokenFile(text) ? text : undefined
  }
  return {
    pull: async () => {
      const text = await read()
      if (text === undefined) return
      const ghosts = new Map(
        [...marksIn(text)].map((mark) => [mark, new Set(ledger.ghostsOf(mark).map(({ id }) => id))]),
      )
      desk = openDesk({ name: 'plugin', random, profile, ledger }, pluginPull(JSON.parse(text)), {
        text,
        ghosts,
        unmarked: [],
      })
    },
    save: async () => {
      if (!desk) return
      desk.edit()
      if ((await read()) === undefined) return
      const copy = desk.copy(new Date().toISOString())
      noteSave(copy)
      await send('PUT', `/b/${binId}`, copy.text)
    },
  }
}

function isTokenFile(text: string): boolean {
  try {
    pluginPull(JSON.parse(text))
    return true
  } catch {
    // Half of a record, or a page.
    return false
  }
}

function injectFault({ faults }: BinServer, binId: string, random: Random): void {
  const path = binId
  const reply = { kind: 'reply', status: 503, body: '<html>503</html>' } as const
  const fault = random.pick<Fault | undefined>([
    undefined,
    undefined,
    { kind: 'broken', effect: 'now', answer: { kind: 'reset' } },
    { kind: 'broken', effect: 'never', answer: { kind: 'reset' } },
    { kind: 'broken', effect: 'now', answer: reply },
    { kind: 'broken', effect: 'never', answer: reply },
    { kind: 'broken', effect: sleep(400 + random.int(600)), answer: { kind: 'reset' } },
  ])
  if (fault) faults.inject(fault, { method: 'PUT', path })
  if (random.chance(0.2)) {
    faults.inject({ kind: 'broken', effect: 'now', answer: { kind: 'truncated' } }, { method: 'GET', path })
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms))
}
