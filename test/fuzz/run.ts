/**
 * `npm run fuzz -- AREA [--cases N] [--seed S]`: hostile input by the million, one seed a case. Fails at a case that throws,
 * lies or takes seconds, and where too few cases reach what they attack, as they would prove nothing then.
 */
import { parseArgs } from 'node:util'

/** A file of this folder each. */
export interface FuzzArea {
  /** One case. Throws where the code is wrong. */
  readonly run: (seed: number) => FuzzResult
  /** The share of cases that must reach what they attack. */
  readonly mustReach: number
}

export interface FuzzResult {
  /** Cases are counted by kind. */
  readonly kind: string
  readonly reached: boolean
  /** Added up. */
  readonly counts: Readonly<Record<string, number>>
}

const areas: Readonly<Record<string, () => Promise<FuzzArea>>> = {
  document: async () => (await import('./document.ts')).documentFuzz,
}

const usage = `Usage: npm run fuzz -- AREA [--cases N] [--seed S]\nAreas: ${Object.keys(areas).join(', ')}`
const mostCpuMs = 2_000
const mostMemoryMb = 1_500
const mostFaults = 10

const say = (line: string): void => void process.stdout.write(`${line}\n`)
const complain = (line: string): void => void process.stderr.write(`${line}\n`)

async function main(): Promise<number> {
  let parsed
  try {
    parsed = parseArgs({
      allowPositionals: true,
      options: { cases: { type: 'string' }, seed: { type: 'string' } },
    })
  } catch (error) {
    complain(`${error instanceof Error ? error.message : String(error)}\n${usage}`)
    return 2
  }
  const { positionals, values } = parsed
  const [name, ...more] = positionals
  const load = name === undefined || more.length > 0 || !Object.hasOwn(areas, name) ? undefined : areas[name]
  const cases = Number(values.cases ?? 10_000)
  const firstSeed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31))
  if (!load || !Number.isInteger(cases) || cases < 1 || !Number.isInteger(firstSeed)) {
    complain(usage)
    return 2
  }
  return fuzz(name as string, await load(), cases, firstSeed)
}

function fuzz(name: string, area: FuzzArea, cases: number, firstSeed: number): number {
  const kinds = new Map<string, { cases: number; reached: number }>()
  const totals: Record<string, number> = {}
  const startedAt = performance.now()
  const cpuAt = process.cpuUsage()
  let faults = 0
  let slowestMs = 0
  let done = 0
  say(`${name}: first seed ${firstSeed}`)
  const fail = (seed: number, what: unknown): void => {
    faults++
    complain(what instanceof Error ? (what.stack ?? what.message) : String(what))
    complain(`Replay: npm run fuzz -- ${name} --cases 1 --seed ${seed}`)
  }
  for (let seed = firstSeed; done < cases && faults < mostFaults; seed++) {
    done++
    const caseAt = performance.now()
    try {
      const { kind, reached, counts } = area.run(seed)
      const of = kinds.get(kind) ?? { cases: 0, reached: 0 }
      of.cases++
      if (reached) of.reached++
      kinds.set(kind, of)
      for (const [key, count] of Object.entries(counts)) totals[key] = (totals[key] ?? 0) + count
    } catch (error) {
      fail(seed, error)
    }
    const ms = performance.now() - caseAt
    slowestMs = Math.max(slowestMs, ms)
    // Other work on the machine does not count.
    if (ms > mostCpuMs && cpuMsOf(area, seed) > mostCpuMs) fail(seed, `A case took ${ms.toFixed(0)} ms`)
    if (done % 50_000 === 0) {
      const memoryMb = process.memoryUsage.rss() / 1_048_576
      if (memoryMb > mostMemoryMb) fail(seed, `The process holds ${memoryMb.toFixed(0)} MB after ${done} cases`)
      say(`${name}: ${done.toLocaleString('en')} cases, ${faults} faults, ${memoryMb.toFixed(0)} MB`)
    }
  }

  const reached = [...kinds.values()].reduce((sum, of) => sum + of.reached, 0)
  const share = reached / done
  const { user, system } = process.cpuUsage(cpuAt)
  const perKind = [...kinds].map(
    ([kind, of]) => `${kind} ${of.cases.toLocaleString('en')} (${percent(of.reached / of.cases)} reached)`,
  )
  const counts = Object.entries(totals).map(([key, count]) => `${count.toLocaleString('en')} ${key}`)
  const isEnough = done < 1_000 || share >= area.mustReach
  say(
    [
      `${name}: ${faults === 0 && isEnough ? 'passed' : 'FAILED'}, ${done.toLocaleString('en')} cases, ${faults} faults`,
      `${percent(share)} reached the view (at least ${percent(area.mustReach)} must)`,
      ...perKind,
      ...counts,
      `slowest ${slowestMs.toFixed(0)} ms, ${((user + system) / 1000 / done).toFixed(2)} ms of CPU a case`,
      `${((performance.now() - startedAt) / 1000).toFixed(0)} s, first seed ${firstSeed}`,
    ].join(', '),
  )
  return faults === 0 && isEnough ? 0 : 1
}

function cpuMsOf(area: FuzzArea, seed: number): number {
  const cpu = process.cpuUsage()
  try {
    area.run(seed)
  } catch {
    // It has been told.
  }
  return process.cpuUsage(cpu).user / 1000
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`
}

process.exitCode = await main()
