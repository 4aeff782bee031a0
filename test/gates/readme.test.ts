/**
 * Every example of the README is run as it stands. Only addresses are others: port 1234 becomes a free one, and calls of the
 * hosted bins service are answered by local bins (`hosted-service.mjs`). The two commands at the top are run by
 * `test/e2e/newcomer.e2e.ts`.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRelay, mintRoomKey, type Relay } from '../../server/relay/index.ts'
import { type BinServer, startBinServer } from '../support/bin-server.ts'
import { eventually } from '../support/eventually.ts'

interface Example {
  readonly section: string
  readonly language: string
  readonly code: string
}

const root = join(import.meta.dirname, '../..')
const folder = join(root, '.tmp/readme')
const secret = 'a'.repeat(64)
const examples = readExamples(readFileSync(join(root, 'README.md'), 'utf8'))

let relay: Relay
let keyedRelay: Relay
let bins: BinServer
let bin: { readonly url: string; readonly accessKey: string }
let roomKey = ''

beforeAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(folder, 'bin'), { recursive: true })
  writeFileSync(join(folder, 'tokens.json'), readFileSync(join(root, 'samples/tokens.json')))
  writeShim('y-tokens', `exec "${process.execPath}" --conditions=source --import tsx "${root}/cli/main.ts" "$@"`)
  // The relay and the key of the examples must have one secret, as in one shell of one operator.
  writeShim('openssl', `echo ${secret}`)
  relay = await createRelay({ port: 0 })
  keyedRelay = await createRelay({ port: 0, keySecret: secret })
  bins = await startBinServer()
  const record = readFileSync(join(root, 'samples/tokens.json'), 'utf8')
  bin = { url: `${bins.baseUrl}/b/${await bins.post(record)}`, accessKey: bins.createAccessKey({ read: true }) }
  roomKey = await mintRoomKey({
    secret,
    claims: { sub: 'reader-of-the-readme', rooms: ['acme-brand'], role: 'writer', ttlMs: 600_000 },
  })
})

afterAll(async () => {
  await Promise.all([relay.close(), keyedRelay.close(), bins.close()])
  rmSync(folder, { recursive: true, force: true })
})

describe('README', () => {
  it('has an example for each thing it teaches', () => {
    const sections = new Set(examples.map(({ section }) => section))
    expect([...sections]).toEqual([
      'Embed it',
      'Run a relay with keys',
      'Read the tokens',
      'Go back',
      'Link a JSONBin account',
    ])
    expect(examples.length).toBeGreaterThanOrEqual(9)
  })

  for (const [i, example] of examples.entries()) {
    const firstLine = example.code.split('\n').find((line) => line.startsWith('y-tokens') || line.startsWith('const'))
    it(
      `${example.section}, example ${i + 1}: ${firstLine ?? example.code.slice(0, 60)}`,
      { timeout: 60_000 },
      async () => {
        if (example.language === 'ts') await runProgram(example, i)
        else await runShell(example)
      },
    )
  }
})

async function runProgram({ section, code }: Example, i: number): Promise<void> {
  const file = join(folder, `example-${i}.ts`)
  const prelude = [
    'const fetchRoomKey = async (): Promise<string> => process.env.ROOM_KEY ?? ""',
    `const binUrl = ${JSON.stringify(`${bin.url}/latest`)}`,
    `const accessKey = ${JSON.stringify(bin.accessKey)}`,
    `const masterKey = ${JSON.stringify(bins.masterKey)}`,
    'void [fetchRoomKey, binUrl, accessKey, masterKey]',
  ]
  const body = `${withPort(code, section)}\n`
  const imports = body.match(/^import .*\n/gm) ?? []
  writeFileSync(file, [...imports, ...prelude.map((line) => `${line}\n`), body.replace(/^import .*\n/gm, '')].join(''))
  const { code: exitCode, stdout, stderr } = await finished(start(process.execPath, [...nodeFlags, file]))
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  if (code.includes('console.log')) expect(stdout.trim()).not.toBe('')
}

async function runShell({ section, code }: Example): Promise<void> {
  const child = start('bash', ['-euc', withPort(code, section)])
  const isService = /^(?:\S+="\$\w+" )?y-tokens (?:relay|bridge)\b/m.test(code)
  const end = finished(child)
  if (isService) {
    const ready = /^(?:Health {5}|Bridge {5}keeps the bin)/m
    await eventually(
      () => {
        expect(child.exitCode).toBeNull()
        expect(child.said()).toMatch(ready)
      },
      { timeoutMs: 30_000 },
    )
    process.kill(-(child.pid as number), 'SIGTERM')
  }
  const { code: exitCode, stdout, stderr } = await end
  // A shell that SIGTERM ended while its program ended well.
  expect(isService ? [0, null, 143] : [0], stderr).toContain(exitCode)
  if (section === 'Run a relay with keys' && code.startsWith('y-tokens key'))
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/)
}

const nodeFlags = [
  '--conditions=source',
  '--import',
  'tsx',
  '--import',
  join(import.meta.dirname, 'hosted-service.mjs'),
]

type Running = ChildProcess & { readonly said: () => string }

function start(command: string, args: readonly string[]): Running {
  const child = spawn(command, args, {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
      NODE_OPTIONS: `--import ${join(import.meta.dirname, 'hosted-service.mjs')}`,
      NO_COLOR: '1',
      BINS_FOR_TESTS: bins.baseUrl,
      ROOM_KEY: roomKey,
      BIN_URL: bin.url,
      ACCESS_KEY: bin.accessKey,
      MASTER_KEY: bins.masterKey,
      Y_TOKENS_KEY_SECRET: secret,
    },
  })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  return Object.assign(child, { said: () => said })
}

function finished(
  child: ChildProcess,
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** The examples with keys talk to the relay that asks for keys; the one they start themselves takes a free port. */
function withPort(code: string, section: string): string {
  const isKeyed = section === 'Run a relay with keys'
  const port = code.includes('y-tokens relay') ? 0 : isKeyed ? keyedRelay.port : relay.port
  return code.replaceAll(/\b1234\b/g, String(port))
}

function writeShim(name: string, line: string): void {
  writeFileSync(join(folder, 'bin', name), `#!/usr/bin/env bash\n${line}\n`, { mode: 0o755 })
}

function readExamples(text: string): readonly Example[] {
  const found: Example[] = []
  let section = ''
  for (const part of text.matchAll(/^## (.+)$|^```(ts|sh)\n([\s\S]*?)^```$/gm)) {
    const [, heading, language, code] = part
    if (heading !== undefined) section = heading
    else if (section !== '') found.push({ section, language: language as string, code: code as string })
  }
  return found
}
