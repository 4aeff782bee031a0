import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const program = join(import.meta.dirname, '../../support/bin-server-process.ts')
const headers = { 'X-Master-Key': 'k', 'Content-Type': 'application/json' }

let folder: string
let child: ChildProcess | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bins-'))
})
afterEach(() => {
  child?.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

async function start(): Promise<string> {
  child = spawn(process.execPath, [program, join(folder, 'bins.sqlite')], { stdio: ['ignore', 'pipe', 'inherit'] })
  if (child.stdout === null) throw new Error('no output')
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  return line
}

async function kill(): Promise<void> {
  const exit = once(child as ChildProcess, 'exit')
  child?.kill('SIGKILL')
  await exit
}

describe('a killed process', () => {
  it('loses no write that was answered', { timeout: 60_000 }, async () => {
    let baseUrl = await start()
    const create = await fetch(`${baseUrl}/b`, { method: 'POST', headers, body: '{"n":0}' })
    const { id } = ((await create.json()) as { metadata: { id: string } }).metadata
    let answered = 0
    for (let round = 1; round <= 5; round++) {
      const bin = `${baseUrl}/b/${id}`
      // Kills in the middle of writing: some writes are answered, the one under way may or may not have happened.
      const killAt = answered + round * 3
      const killed = new Promise<void>((resolve, reject) => {
        const write = async (): Promise<void> => {
          for (;;) {
            if (answered + 1 === killAt) setTimeout(() => kill().then(resolve, reject), round)
            const response = await fetch(bin, { method: 'PUT', headers, body: `{"n":${answered + 1}}` })
            if (response.status !== 200) throw new Error(`status ${response.status}`)
            answered++
          }
        }
        write().catch((error: unknown) => {
          if (!(error instanceof TypeError)) reject(error as Error)
        })
      })
      await killed
      baseUrl = await start()
      const read = await fetch(`${baseUrl}/b/${id}/latest?meta=false`, { headers })
      const { n } = (await read.json()) as { n: number }
      expect([answered, answered + 1]).toContain(n)
      expect(answered).toBeGreaterThan(killAt - 2)
      answered = n
    }
    await kill()
  })
})
