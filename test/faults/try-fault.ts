/** Whether the tests notice that a rule is switched off. */
import { fork } from 'node:child_process'
import { editsOf, type Fault, type FaultArea } from './fault.ts'
import type { RunMessage, RunRequest } from './vitest-run.ts'

export interface Outcome {
  /** The test that noticed; undefined where the suite stayed green. */
  readonly noticedBy: string | undefined
  /** Why that test failed, in one line. */
  readonly message: string | undefined
  readonly passed: number
}

export interface Trial {
  readonly root: string
  readonly area: FaultArea
  readonly workers: number
  readonly signal: AbortSignal
}

/** Starting up may take so long on a busy machine, and no single test does. */
const silenceMs = 75_000

/** Nothing switched off: the suite must be green, or what fails later proves nothing. */
export function tryNothing(trial: Trial): Promise<Outcome> {
  return runTests(trial, trial.area.suite, [], undefined)
}

/** First the tests most likely to notice, then the others of the area. */
export async function tryFault(trial: Trial, fault: Fault): Promise<Outcome> {
  const likely = fault.tests.map((name) => `${name}.test.ts`)
  const first = likely.length > 0 ? await runTests(trial, likely, [], fault) : unnoticed
  if (first.noticedBy !== undefined) return first
  const rest = await runTests(trial, trial.area.suite, likely, fault)
  return { ...rest, passed: first.passed + rest.passed }
}

const unnoticed: Outcome = { noticedBy: undefined, message: undefined, passed: 0 }

async function runTests(
  { root, area, workers, signal }: Trial,
  files: readonly string[],
  done: readonly string[],
  fault: Fault | undefined,
): Promise<Outcome> {
  const inTests = (name: string): string => `test/${name}`
  return runInChild(
    {
      root,
      files: files.map(inTests),
      exclude: [...area.exclude, ...done].map(inTests),
      workers,
      edits: fault ? editsOf(fault) : [],
    },
    signal,
  )
}

/** In a process group of its own, so that nothing is left of it when it hangs or is interrupted. */
function runInChild(request: RunRequest, signal: AbortSignal): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL('./vitest-run.ts', import.meta.url), { detached: true })
    let outcome: Outcome | undefined
    let running: string | undefined
    const kill = (): void => {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
        process.kill(-child.pid, 'SIGKILL')
    }
    const onSilence = (): void => {
      outcome = { noticedBy: running, message: `did not end within ${silenceMs / 1000} s`, passed: 0 }
      kill()
    }
    let silence = setTimeout(onSilence, silenceMs)
    signal.addEventListener('abort', kill, { once: true })
    child.on('message', (message: RunMessage) => {
      clearTimeout(silence)
      if (message.kind === 'done') {
        outcome = { noticedBy: message.failed, message: message.message, passed: message.passed }
        return
      }
      running = message.test
      silence = setTimeout(onSilence, silenceMs)
    })
    child.on('error', reject)
    child.on('exit', (code) => {
      clearTimeout(silence)
      signal.removeEventListener('abort', kill)
      if (signal.aborted) reject(signal.reason as Error)
      else if (outcome) resolve(outcome)
      else reject(new Error(`The test run ended with ${code} and without a result.`))
    })
    child.send(request)
  })
}
