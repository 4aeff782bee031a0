/**
 * One round of killing a relay in a burst of edits: raw clients note what was acknowledged to them, stock clients just go on.
 * Afterwards nothing acknowledged may be missing, and everybody must end equal.
 */
import * as Y from 'yjs'
import { eventually } from './eventually.ts'
import type { Random } from './random.ts'
import { type RawWireClient, openRawClient } from './raw-wire-client.ts'
import { type RelayProcess, spawnRelay } from './relay-process.ts'

/** A writer whose edits go on over crashes, and what the relay has acknowledged of them. */
export interface CrashWriter {
  readonly doc: Y.Doc
  /** Values acknowledged so far; each value is unique. */
  readonly acknowledged: ReadonlySet<string>
  connect(url: string): Promise<void>
  edit(): void
  disconnect(): void
}

/** Pushes `<name>-<n>` to the root list `list`, one update each. */
export function createCrashWriter(name: string): CrashWriter {
  const doc = new Y.Doc()
  const acknowledged = new Set<string>()
  let client: RawWireClient | undefined
  let edits = 0
  /** Per sync message of the present connection: the values that are safe once it is saved. */
  let carried: string[][] = []
  let settled = 0

  const collect = (): void => {
    const saved = client?.saved() ?? 0
    for (; settled < saved; settled++) for (const value of carried[settled] ?? []) acknowledged.add(value)
  }
  return {
    doc,
    get acknowledged() {
      collect()
      return acknowledged
    },
    async connect(url) {
      client = await openRawClient(url)
      carried = []
      settled = 0
      client.hello()
      client.sendStep1(Y.encodeStateVector(doc))
      const vector = await client.next((message) => (message.kind === 'step1' ? message.vector : undefined))
      carried.push(doc.getArray<string>('list').toArray())
      client.sendStep2(Y.encodeStateAsUpdate(doc, vector))
    },
    edit() {
      const value = `${name}-${++edits}`
      doc.once('update', (update: Uint8Array) => {
        if (client?.socket.readyState !== client?.socket.OPEN) return
        carried.push([value])
        client?.sendUpdate(update)
      })
      doc.getArray<string>('list').push([value])
    },
    disconnect() {
      collect()
      client?.cut()
    },
  }
}

export interface CrashReport {
  readonly acknowledged: number
  readonly lost: readonly string[]
}

/** Edits for a while, kills the relay at a random moment, starts it again, and compares. */
export async function runCrashRound(options: {
  readonly dataDir: string
  readonly relay: RelayProcess
  readonly writers: readonly CrashWriter[]
  readonly random: Random
}): Promise<{ readonly relay: RelayProcess; readonly report: CrashReport }> {
  const { dataDir, relay, writers, random } = options
  const room = `${relay.url}/acme`
  await Promise.all(writers.map((writer) => writer.connect(room)))
  const bursts = 5 + random.int(30)
  for (let burst = 0; burst < bursts; burst++) {
    for (const writer of writers) for (let i = random.int(12); i > 0; i--) writer.edit()
    await new Promise((resolve) => setTimeout(resolve, random.int(4)))
  }
  await relay.kill()
  for (const writer of writers) writer.disconnect()

  const next = await spawnRelay({ dataDir, port: relay.port })
  const reader = await openRawClient(`${next.url}/acme`)
  reader.sendStep1()
  await reader.step2()
  const there = new Set(reader.doc.getArray<string>('list').toArray())
  const acknowledged = writers.flatMap((writer) => [...writer.acknowledged])
  const lost = acknowledged.filter((value) => !there.has(value))

  // Nobody's edits are gone: who comes back brings them.
  await Promise.all(writers.map((writer) => writer.connect(`${next.url}/acme`)))
  const all = writers.reduce((sum, writer) => sum + ownValues(writer).length, 0)
  await eventually(() => reader.doc.getArray('list').length === all, { what: 'all edits', timeoutMs: 20_000 })
  for (const writer of writers) writer.disconnect()
  reader.cut()
  return { relay: next, report: { acknowledged: acknowledged.length, lost } }
}

function ownValues(writer: CrashWriter): string[] {
  return writer.doc.getArray<string>('list').toArray()
}
