import { fork } from 'node:child_process'
import { once } from 'node:events'

/** A server process that tells what it uses. */
export interface BenchedProcess {
  readonly url: string
  /** Processor time so far, in milliseconds. */
  cpuMs(): Promise<number>
  /** heapUsed + external + arrayBuffers after collection, in kB. */
  usedKb(): Promise<number>
  kill(): Promise<void>
}

type Question = 'cpu' | 'memory'

export async function startBenched(file: URL, args: readonly string[]): Promise<BenchedProcess> {
  const child = fork(file, [...args], { execArgv: ['--expose-gc'] })
  const answer = async (): Promise<unknown> => ((await once(child, 'message')) as [unknown])[0]
  const url = (await answer()) as string
  const ask = (question: Question): Promise<unknown> => {
    const answered = answer()
    child.send(question)
    return answered
  }
  return {
    url,
    cpuMs: () => ask('cpu') as Promise<number>,
    usedKb: () => ask('memory') as Promise<number>,
    async kill() {
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** The other side, in the server process. */
export function answerBench(url: string): void {
  process.on('message', (question: Question) => {
    if (question === 'cpu') {
      const { user, system } = process.cpuUsage()
      process.send?.((user + system) / 1_000)
    } else void collectedKb().then((kb) => process.send?.(kb))
  })
  process.send?.(url)
}

/** Collects until it makes no difference: buffers are freed some time after the collection that found them. */
async function collectedKb(): Promise<number> {
  const { gc } = globalThis as unknown as { gc: () => void }
  let least = Number.POSITIVE_INFINITY
  for (let calm = 0; calm < 5; calm++) {
    gc()
    await new Promise((resolve) => setTimeout(resolve, 50))
    const { heapUsed, external, arrayBuffers } = process.memoryUsage()
    const used = (heapUsed + external + arrayBuffers) / 1_000
    if (used < least - 50) calm = 0
    least = Math.min(least, used)
  }
  return least
}
