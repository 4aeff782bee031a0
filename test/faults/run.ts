/**
 * `npm run test:faults -- AREA [--only RULE] [--from RULE] [--workers N]`: switches each listed rule off in turn, and fails
 * unless the tests notice. Writes the table, rule → the test that noticed, into the area's document; a part of the faults, their
 * rows.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Fault, type FaultArea, rulesWithoutFault, wrongFaults } from './fault.ts'
import { formatTable, keyOf, putTable, readTable } from './table.ts'
import { tryFault, tryNothing, type Trial } from './try-fault.ts'

const areas: Readonly<Record<string, () => Promise<FaultArea>>> = {
  document: async () => (await import('./document.ts')).documentFaults,
  bridge: async () => (await import('./bridge.ts')).bridgeFaults,
}

const usage =
  'Usage: npm run test:faults -- AREA [--only RULE] [--from RULE] [--workers N]\n' +
  `Areas: ${Object.keys(areas).join(', ')}. --only takes several rules, with commas between.`

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

async function main(): Promise<number> {
  let parsed
  try {
    parsed = parseArgs({
      allowPositionals: true,
      options: { only: { type: 'string' }, from: { type: 'string' }, workers: { type: 'string', default: '1' } },
    })
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`)
    return 2
  }
  const { positionals, values } = parsed
  const [name, ...more] = positionals
  const load = name === undefined || more.length > 0 || !Object.hasOwn(areas, name) ? undefined : areas[name]
  const workers = Number(values.workers)
  if (!load || !Number.isInteger(workers) || workers < 1) {
    console.error(usage)
    return 2
  }
  const area = await load()
  const chosen = choose(area.faults, values)
  if (chosen.length === 0) {
    console.error(`No fault of that rule. Rules: ${area.rules.join(', ')}`)
    return 2
  }
  const wrong = wrongFaults(area, chosen, (file) => {
    const path = resolve(root, file)
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined
  })
  if (wrong.length > 0) {
    console.error(`The list of faults does not fit the source:\n  ${wrong.join('\n  ')}`)
    return 1
  }
  const interrupted = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => interrupted.abort(new Error(`Interrupted by ${signal}`)))
  return tryAll({ root, area, workers, signal: interrupted.signal }, chosen)
}

function choose(
  faults: readonly Fault[],
  { only, from }: { readonly only?: string; readonly from?: string },
): readonly Fault[] {
  const rules = only?.split(',')
  if (rules) return faults.filter(({ rule }) => rules.includes(rule))
  const first = from === undefined ? 0 : faults.findIndex(({ rule }) => rule === from)
  return first === -1 ? [] : faults.slice(first)
}

async function tryAll(trial: Trial, chosen: readonly Fault[]): Promise<number> {
  const { area } = trial
  const startedAt = performance.now()
  const clean = await tryNothing(trial)
  if (clean.noticedBy !== undefined || clean.passed === 0) {
    console.error(
      `${area.name}: with nothing switched off, ${clean.noticedBy ?? 'no test'} fails: ${clean.message ?? ''}`,
    )
    return 1
  }
  console.log(`${area.name}: ${clean.passed} tests pass with nothing switched off, ${since(startedAt)}`)
  const tried = new Map<string, string | null>()
  for (const [i, fault] of chosen.entries()) {
    const at = performance.now()
    const { noticedBy, message } = await tryFault(trial, fault)
    tried.set(keyOf(fault), noticedBy ?? null)
    const count = `${i + 1}/${chosen.length}`.padStart(7)
    console.log(`${count} ${noticedBy === undefined ? 'GREEN' : 'red  '} ${fault.rule}: ${fault.title} (${since(at)})`)
    if (noticedBy !== undefined) console.log(`              ${noticedBy}: ${message ?? ''}`)
  }
  const file = resolve(trial.root, area.tableFile)
  const document = readFileSync(file, 'utf8')
  const table = formatTable(area, new Map([...readTable(document), ...tried]))
  writeFileSync(file, putTable(document, table))
  console.log(`\n${table}\n\nWritten into ${area.tableFile}`)
  const green = chosen.filter((fault) => tried.get(keyOf(fault)) === null)
  const missing = chosen.length === area.faults.length ? rulesWithoutFault(area) : []
  for (const { rule, title, file: source, find } of green)
    console.log(`Nobody noticed ${rule}: ${title} (${source}: ${find})`)
  for (const rule of missing) console.log(`Nothing switches off ${rule}`)
  console.log(`${area.name}: ${chosen.length - green.length} of ${chosen.length} faults noticed, ${since(startedAt)}`)
  return green.length + missing.length > 0 ? 1 : 0
}

function since(startedAt: number): string {
  return `${((performance.now() - startedAt) / 1000).toFixed(1)} s`
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error))
  return 1
})
