import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A relay in a process of its own. */
export interface RelayProcess {
  readonly url: string
  readonly port: number
  readonly pid: number
  /** Ends it by SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>
  /** Ends it by SIGTERM and gives the exit code. */
  terminate(): Promise<number | null>
}

const childFile = fileURLToPath(new URL('./relay-child.ts', import.meta.url))

/** Resolves when it listens. The caller ends it. `wrapper` is put before the command: `['strace', …]`. */
export async function spawnRelay(options: {
  readonly dataDir: string
  readonly port?: number
  readonly wrapper?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}): Promise<RelayProcess> {
  const { dataDir, port = 0, wrapper = [], env = {} } = options
  const [command, ...args] = [...wrapper, process.execPath, childFile, dataDir, String(port)]
  const child = spawn(command as string, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  const [url, pid] = (await firstLine(child)).split(' ') as [string, string]
  let code: number | null | undefined
  const exited = once(child, 'exit').then(([exitCode]: unknown[]) => {
    code = exitCode as number | null
    return code
  })
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    // Not the child: with a wrapper that is the wrapper, and its end would leave the relay running.
    if (code === undefined) process.kill(Number(pid), signal)
    return exited
  }
  return {
    url,
    port: Number(new URL(url).port),
    pid: Number(pid),
    async kill() {
      await end('SIGKILL')
    },
    terminate: () => end('SIGTERM'),
  }
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let out = ''
    let errors = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      out += chunk.toString()
      const end = out.indexOf('\n')
      if (end >= 0) resolve(out.slice(0, end))
    })
    child.stderr?.on('data', (chunk: Buffer) => {
      errors += chunk.toString()
    })
    child.once('exit', (code) => reject(new Error(`The relay ended with ${code} before it listened: ${errors}`)))
    child.once('error', reject)
  })
}
