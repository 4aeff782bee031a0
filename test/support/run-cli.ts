import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { runProgram } from '../../cli/program.ts'

export interface CliResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url))

/** Runs `y-tokens` from source as its own process, without a terminal and without the caller's `Y_TOKENS_*` variables. */
export function runCli(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  cwd: string = root,
): Promise<CliResult> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(?:Y_TOKENS_|NO_COLOR|FORCE_COLOR|NODE_)/.test(name),
  )
  const loader = fileURLToPath(import.meta.resolve('tsx'))
  const child = spawn(process.execPath, ['--import', loader, '--conditions=source', main, ...args], {
    cwd,
    // Compiled once for all runs: most of what a short run costs.
    env: {
      ...Object.fromEntries(inherited),
      NODE_COMPILE_CACHE: join(tmpdir(), 'y-tokens-test-cache'),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** The same in this process, without loading anything anew: for what fails before it asks anybody. */
export async function runInProcess(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CliResult> {
  const text = { stdout: '', stderr: '' }
  const collect = (name: 'stdout' | 'stderr'): Writable =>
    new Writable({
      write: (chunk, _, done) => {
        text[name] += String(chunk)
        done()
      },
    })
  const code = await runProgram(args, { stdout: collect('stdout'), stderr: collect('stderr'), env })
  return { code, ...text }
}
