/** `npm run bench -- AREA [--json FILE] [--assert] [--no-peers] [--edits N]`: prints the budgets of an area, a file of this folder each. */
import { parseArgs } from 'node:util'
import type { Area } from './measurement.ts'
import { report } from './report.ts'

const areas: Readonly<Record<string, () => Promise<Area>>> = {
  document: async () => (await import('./document.ts')).measureDocument,
  relay: async () => (await import('./relay.ts')).measureRelay,
  bridge: async () => (await import('./bridge.ts')).measureBridge,
  bundles: async () => (await import('./bundles.ts')).measureBundles,
}

const usage = `Usage: npm run bench -- AREA [--json FILE] [--assert] [--no-peers] [--edits N]\nAreas: ${Object.keys(areas).join(', ')}`

async function main(): Promise<number> {
  let parsed
  try {
    parsed = parseArgs({
      allowPositionals: true,
      allowNegative: true,
      options: {
        json: { type: 'string' },
        assert: { type: 'boolean', default: false },
        peers: { type: 'boolean', default: true },
        edits: { type: 'string' },
      },
    })
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`)
    return 2
  }
  const { positionals, values } = parsed
  const [name, ...more] = positionals
  const load = name === undefined || more.length > 0 || !Object.hasOwn(areas, name) ? undefined : areas[name]
  const edits = values.edits === undefined ? undefined : Number(values.edits)
  if (!load || (edits !== undefined && !(edits > 0))) {
    console.error(usage)
    return 2
  }
  return (await report(await load(), { ...values, edits })) ? 0 : 1
}

process.exitCode = await main()
