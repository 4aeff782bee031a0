/**
 * The started product as a child process of its own, as people start it, and what they do with its addresses. Nothing here
 * imports the product's code.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { eventually } from './eventually.ts'

export const repository: string = fileURLToPath(new URL('../../', import.meta.url))

/** What `y-tokens dev --json` prints when it is up. */
export interface ReadyLine {
  readonly editor: string
  readonly webSocket: string
  readonly bin: { readonly id: string; readonly url: string } | null
  readonly binProblem: string | null
  readonly readHeaders: Readonly<Record<string, string | boolean>>
  readonly masterKey: string
  readonly snapshot: string
}

/** A line of `--json` after the first: what the bridge says. */
export interface ProductEvent {
  readonly event: string
  readonly kind?: string
  readonly reason?: string
  readonly message?: string
  readonly summary?: string
  readonly size?: {
    readonly bytes: number
    readonly limit: number
    readonly largestSets: readonly { readonly name: string; readonly bytes: number }[]
  }
}

export interface Run {
  readonly process: ChildProcess
  readonly pid: number
  stdout(): string
  stderr(): string
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>
}

export interface Product extends Run {
  readonly urls: ReadyLine
  /** `ws://host:port` */
  readonly relayUrl: string
  readonly room: string
  events(): readonly ProductEvent[]
  /** The last state of the bridge that was told. */
  bridge(): ProductEvent | undefined
  /** Ends it as Ctrl-C or a service manager does, and answers the exit code. */
  stop(signal?: 'SIGINT' | 'SIGTERM'): Promise<number | NodeJS.Signals>
  kill(): Promise<void>
}

export interface StartProductOptions {
  readonly file?: string
  readonly dataDir: string
  readonly port?: number
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

const startTimeoutMs = 30_000

/** Runs a command of `y-tokens` from source. The caller ends it. */
export function runCli(args: readonly string[], env: Readonly<Record<string, string>> = {}): Run {
  return watchProcess(
    spawn(process.execPath, ['--conditions=source', '--import', 'tsx', 'cli/main.ts', ...args], {
      cwd: repository,
      env: { ...cleanEnvironment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  )
}

/** Runs a command to its end and answers what it said. */
export async function cli(
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | NodeJS.Signals; readonly stdout: string; readonly stderr: string }> {
  const run = runCli(args, env)
  const code = await run.ended
  return { code, stdout: run.stdout(), stderr: run.stderr() }
}

/** Starts `y-tokens dev` and waits until it has printed its addresses. */
export async function startProduct(options: StartProductOptions): Promise<Product> {
  const { file, dataDir, port = 0, args = [], env } = options
  const own = ['dev', ...(file === undefined ? [] : [file]), '--port', String(port), '--data', dataDir, '--json']
  return untilReady(runCli([...own, ...args], env))
}

/** Waits for the addresses of a product that was started with `--json`. */
export async function untilReady(run: Run): Promise<Product> {
  let over: number | NodeJS.Signals | undefined
  void run.ended.then((code) => {
    over = code
  })
  const urls = await eventually(
    () => {
      if (over !== undefined) throw new Error(`it ended with ${over}: ${run.stderr()}`)
      const ready = jsonLines(run.stdout()).find(({ event }) => event === 'ready')
      if (!ready) throw new Error(`it said: ${run.stdout()}${run.stderr()}`)
      return ready as unknown as ReadyLine
    },
    { timeoutMs: startTimeoutMs, what: 'the start of the product', everyMs: 25 },
  )
  const socket = new URL(urls.webSocket)
  const events = (): readonly ProductEvent[] => jsonLines(run.stdout())
  return {
    ...run,
    urls,
    relayUrl: `ws://${socket.host}`,
    room: socket.pathname.slice(1),
    events,
    bridge: () => events().findLast(({ event }) => event === 'bridge'),
    stop: (signal = 'SIGTERM') => {
      run.process.kill(signal)
      return run.ended
    },
    kill: async () => {
      run.process.kill('SIGKILL')
      await run.ended
    },
  }
}

/** Collects what a child says, and how it ends. */
export function watchProcess(child: ChildProcess): Run {
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ended = new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(code ?? signal ?? 0))
  })
  return { process: child, pid: child.pid ?? -1, stdout: () => stdout, stderr: () => stderr, ended }
}

/** Nothing of this machine's settings may reach the product. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(?:Y_TOKENS_|JSONBIN_|PORT$|HOST$|VITEST|NODE_OPTIONS$)/.test(name),
  )
  return Object.fromEntries(kept)
}

function jsonLines(text: string): ProductEvent[] {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  return whole
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as ProductEvent)
}

/** A folder of this test's own, and how to remove it. */
export function createFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'y-tokens-e2e-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) }
}
