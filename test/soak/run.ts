/** `npm run test:soak -- AREA [--minutes N] [--runs N] [--seed S]`: an area's tests with fresh seeds, for as long as asked. */
import { parseArgs } from 'node:util'

/** A file of this folder each. */
export interface SoakArea {
  /** Does one run. Throws where the code is wrong. Gives counts, which are added up. */
  readonly run: (seed: number) => Readonly<Record<string, number>> | Promise<Readonly<Record<string, number>>>
  /** What follows from all counts together. */
  readonly conclude?: (totals: Readonly<Record<string, number>>) => {
    readonly note: string
    readonly failure: string | undefined
  }
}

const areas: Readonly<Record<string, () => Promise<SoakArea>>> = {
  document: async () => (await import('./document.ts')).documentSoak,
  bridge: async () => (await import('./bridge.ts')).bridgeSoak,
  'bridge-stack': async () => (await import('./bridge-stack.ts')).bridgeStackSoak,
  relay: async () => (await import('./relay.ts')).relaySoak,
}

const usage = `Usage: npm run test:soak -- AREA [--minutes N] [--runs N] [--seed S]\nAreas: ${Object.keys(areas).join(', ')}`

async function main(): Promise<number> {
  let parsed
  try {
    parsed = parseArgs({
      allowPositionals: true,
      options: { minutes: { type: 'string' }, runs: { type: 'string' }, seed: { type: 'string' } },
    })
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`)
    return 2
  }
  const { positionals, values } = parsed
  const [name, ...more] = positionals
  const load = name === undefined || more.length > 0 || !Object.hasOwn(areas, name) ? undefined : areas[name]
  const minutes = positive(values.minutes) ?? (values.runs === undefined ? 1 : Number.POSITIVE_INFINITY)
  const runs = positive(values.runs) ?? Number.POSITIVE_INFINITY
  const firstSeed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed)
  if (!load || Number.isNaN(minutes) || Number.isNaN(runs) || !Number.isInteger(firstSeed)) {
    console.error(usage)
    return 2
  }
  return soak(name as string, await load(), { firstSeed, runs, minutes })
}

/** Undefined where nothing was given, NaN where it is no number above 0. */
function positive(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  return value > 0 ? value : Number.NaN
}

async function soak(
  name: string,
  area: SoakArea,
  { firstSeed, runs, minutes }: { readonly firstSeed: number; readonly runs: number; readonly minutes: number },
): Promise<number> {
  const totals: Record<string, number> = { runs: 0 }
  const startedAt = performance.now()
  const summary = (verdict: string): string => {
    const counts = Object.entries(totals).map(
      ([key, value]) => `${value.toLocaleString('en', { maximumFractionDigits: 3 })} ${key}`,
    )
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0)
    return `${name}: ${verdict}, ${counts.join(', ')} in ${seconds} s, first seed ${firstSeed}`
  }
  console.log(`${name}: first seed ${firstSeed}`)
  for (let seed = firstSeed; (totals['runs'] as number) < runs; seed++) {
    if (performance.now() - startedAt > minutes * 60_000) break
    try {
      const counts = await area.run(seed)
      totals['runs'] = (totals['runs'] as number) + 1
      for (const [key, count] of Object.entries(counts)) totals[key] = (totals[key] ?? 0) + count
    } catch (error) {
      console.error(error)
      console.error(`Replay: npm run test:soak -- ${name} --runs 1 --seed ${seed}`)
      console.log(summary(`FAILED at seed ${seed}`))
      return 1
    }
  }
  const conclusion = area.conclude?.(totals)
  if (conclusion) console.log(conclusion.note)
  console.log(summary(conclusion?.failure === undefined ? 'passed' : `FAILED: ${conclusion.failure}`))
  return conclusion?.failure === undefined ? 0 : 1
}

process.exitCode = await main()
