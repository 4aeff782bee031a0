/** The document beside other ways to hold the same tokens: one table, with ratios, and what is slower than a peer. */
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installPeers } from './install-peers.ts'
import type { Measurement, Printed } from './measurement.ts'
import type { Figure, PeerMessage, PeerName, PeerTask } from './peer-process.ts'

const sizes = [1_000, 10_000, 100_000]
const onYjsAlone: readonly PeerName[] = ['ours', 'nested Y.Map', 'flat Y.Map per set', 'id records in Y.Map']
const installed: readonly PeerName[] = ['@syncedstore/core', 'Automerge', 'Loro', 'TinyBase']
/** Of each figure. Some peers take minutes for 100,000 tokens. */
const limitMs = 60_000

const columns: readonly {
  readonly figure: Figure
  readonly head: string
  readonly format: (value: number) => string
}[] = [
  { figure: 'import', head: 'import', format: inTime },
  { figure: 'state', head: 'state', format: inBytes },
  { figure: 'load', head: 'load + JSON', format: inTime },
  { figure: 'edit', head: 'local edit', format: inTime },
  { figure: 'remote', head: 'remote edit', format: inTime },
  { figure: 'update', head: 'its update', format: inBytes },
  { figure: 'memory', head: 'memory', format: inBytes },
]

/** A number, or in words why there is none. */
type Figures = ReadonlyMap<Figure, number | string>

interface Result {
  readonly peer: PeerName
  readonly tokens: number
  readonly figures: Figures
}

export async function* comparePeers(): AsyncIterable<Measurement | Printed> {
  const names = installPeers() ? [...onYjsAlone, ...installed] : onYjsAlone
  const folder = mkdtempSync(join(tmpdir(), 'y-tokens-bench-'))
  const results: Result[] = []
  try {
    for (const tokens of sizes)
      for (const peer of names)
        results.push({ peer, tokens, figures: await measurePeer(peer, tokens, join(folder, 'state')) })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  yield { text: tableOf(results) }
  yield { text: verdictOf(results) }
  yield* measurementsOf(results)
}

async function measurePeer(peer: PeerName, tokens: number, stateFile: string): Promise<Figures> {
  const figures = new Map<Figure, number | string>()
  for (const task of ['times', 'memory'] as const) {
    if (task === 'memory' && typeof figures.get('state') !== 'number') break
    await runTask({ peer, tokens, task, stateFile }, figures)
  }
  return figures
}

function runTask(task: PeerTask, figures: Map<Figure, number | string>): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL('./peer-process.ts', import.meta.url))
    let running: Figure = 'import'
    const stop = (): void => {
      figures.set(running, `over ${limitMs / 1000} s`)
      child.kill('SIGKILL')
    }
    let limit = setTimeout(stop, limitMs)
    child.on('message', (message: PeerMessage) => {
      if (message.kind === 'failed') {
        figures.set(running, 'failed')
        console.error(`${task.peer}, ${inNumber(task.tokens)} tokens, ${running} failed: ${message.message}`)
        return
      }
      if (message.kind === 'figure') {
        figures.set(message.figure, message.value)
        return
      }
      clearTimeout(limit)
      limit = setTimeout(stop, limitMs)
      running = message.figure
      progress(`${task.peer}, ${inNumber(task.tokens)} tokens: ${running}`)
    })
    child.on('error', reject)
    child.on('exit', () => {
      clearTimeout(limit)
      progress('')
      resolve()
    })
    child.send(task)
  })
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`)
}

function oursAt(results: readonly Result[], tokens: number): Figures | undefined {
  return results.find((result) => result.peer === 'ours' && result.tokens === tokens)?.figures
}

/** How many times ours the peer's figure is; undefined where one of them is none. */
function ratioOf(results: readonly Result[], { tokens, figures }: Result, figure: Figure): number | undefined {
  const ours = oursAt(results, tokens)?.get(figure)
  const theirs = figures.get(figure)
  return typeof ours === 'number' && typeof theirs === 'number' && ours > 0 ? theirs / ours : undefined
}

function tableOf(results: readonly Result[]): string {
  const head = ['tokens', 'held as', ...columns.map((column) => column.head)]
  const rows = results.map((result) => {
    const cells = columns.map(({ figure, format }) => {
      const value = result.figures.get(figure)
      if (typeof value !== 'number') return value ?? '–'
      const ratio = result.peer === 'ours' ? undefined : ratioOf(results, result, figure)
      return ratio === undefined ? format(value) : `${format(value)} ×${inRatio(ratio)}`
    })
    return [inNumber(result.tokens), result.peer, ...cells]
  })
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => (row[i] as string).length)))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => cell.padEnd(widths[i] as number))
      .join('  ')
      .trimEnd()
  return [
    '',
    'Side by side; × is the peer’s figure ÷ ours, so less than 1 means that the peer is better. Median of up to five imports and',
    'loads, of 200 edits. Remote edit: update to the whole new snapshot, of peers to the edited token only.',
    line(head),
    ...rows.map(line),
  ].join('\n')
}

/** What a peer does better, as plainly as what ours does. */
function verdictOf(results: readonly Result[]): string {
  const peers = results.filter(({ peer }) => peer !== 'ours')
  const lines = columns.map(({ figure, head }) => {
    const compared = peers.flatMap((result) => {
      const ratio = ratioOf(results, result, figure)
      return ratio === undefined ? [] : [{ ...result, ratio }]
    })
    const better = compared.filter(({ ratio }) => ratio < 1)
    const best = Math.min(...compared.map(({ ratio }) => ratio))
    if (better.length === 0) return `${head}: less than every peer’s, the nearest ×${inRatio(best)}`
    const list = better.map(({ peer, tokens, ratio }) => `${peer} ×${inRatio(ratio)} at ${inNumber(tokens)}`)
    const word = figure === 'state' || figure === 'update' || figure === 'memory' ? 'MORE' : 'SLOWER'
    return `${head}: ${word} than ${list.join(', ')}; ${compared.length - better.length} of ${compared.length} comparisons ours`
  })
  return ['', ...lines, ''].join('\n')
}

function* measurementsOf(results: readonly Result[]): Iterable<Measurement> {
  for (const result of results) {
    if (result.peer === 'ours') continue
    for (const { figure, format } of columns) {
      const ratio = ratioOf(results, result, figure)
      if (ratio === undefined) continue
      yield {
        id: `document.peers.${result.peer}.${result.tokens}.${figure}`,
        value: ratio,
        unit: '×',
        budget: null,
        note: `${format(result.figures.get(figure) as number)} ÷ ${format(oursAt(results, result.tokens)?.get(figure) as number)}`,
        inTable: true,
      }
    }
  }
}

function inNumber(value: number): string {
  return value.toLocaleString('en')
}

function inRatio(ratio: number): string {
  return ratio >= 10 ? ratio.toFixed(0) : ratio >= 1 ? ratio.toFixed(1) : ratio.toFixed(2)
}

function inTime(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(0)} s`
  if (ms >= 1_000) return `${(ms / 1000).toFixed(1)} s`
  return ms >= 1 ? `${ms.toFixed(ms >= 100 ? 0 : 1)} ms` : `${(ms * 1000).toFixed(0)} µs`
}

function inBytes(bytes: number): string {
  if (bytes >= 1e6) return `${(bytes / 1e6).toFixed(bytes >= 1e8 ? 0 : 1)} MB`
  return bytes >= 1_000 ? `${(bytes / 1000).toFixed(0)} kB` : `${bytes} B`
}
