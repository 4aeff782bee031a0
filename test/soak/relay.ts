import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteStore } from '../../server/store/index.ts'
import { createCrashWriter, runCrashRound } from '../support/crash-round.ts'
import { type Random, createRandom } from '../support/random.ts'
import { type RelayProcess, spawnRelay } from '../support/relay-process.ts'
import type { SoakArea } from './run.ts'

/** Each series has its own data folder: a room that has lived through all kills would mostly test its own size. */
const seriesPerRun = 30
const killsPerSeries = 20

/** `kill -9` of a relay in a burst of edits, 600 times a run. Throws where an acknowledged edit is gone or a row is damaged. */
export const relaySoak: SoakArea = {
  async run(seed) {
    const random = createRandom(seed)
    let acknowledged = 0
    for (let series = 1; series <= seriesPerRun; series++)
      acknowledged += await runSeries(random.fork(`series ${series}`))
    return { kills: seriesPerRun * killsPerSeries, acknowledged, lost: 0 }
  },
}

async function runSeries(random: Random): Promise<number> {
  const dataDir = await mkdtemp(join(tmpdir(), 'y-tokens-soak-'))
  const writers = ['a', 'b', 'c'].map(createCrashWriter)
  let relay: RelayProcess = await spawnRelay({ dataDir })
  let acknowledged = 0
  try {
    for (let kill = 1; kill <= killsPerSeries; kill++) {
      const result = await runCrashRound({ dataDir, relay, writers, random })
      relay = result.relay
      const { lost } = result.report
      if (lost.length > 0)
        throw new Error(`${lost.length} acknowledged edits were lost: ${lost.slice(0, 5).join(', ')} …`)
      acknowledged = result.report.acknowledged
    }
    await relay.terminate()
    await expectUndamaged(dataDir)
  } finally {
    await relay.kill()
    for (const writer of writers) writer.doc.destroy()
    await rm(dataDir, { recursive: true, force: true })
  }
  return acknowledged
}

async function expectUndamaged(folder: string): Promise<void> {
  const store = await openSqliteStore({ folder })
  try {
    for (const { message } of store.warnings) throw new Error(message)
    if (!(await store.load('acme'))) throw new Error('The room is gone')
  } finally {
    await store.close()
  }
}
