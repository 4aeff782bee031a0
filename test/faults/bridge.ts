import { readdirSync, readFileSync } from 'node:fs'
import { binFaults } from './bridge-bins.ts'
import { decisionFaults } from './bridge-decide.ts'
import { historyFaults } from './bridge-history.ts'
import { machineFaults } from './bridge-machine.ts'
import { mergeFaults } from './bridge-merge.ts'
import { requestFaults } from './bridge-requests.ts'
import type { FaultArea } from './fault.ts'

/** The rules of the bridge, as they are numbered in SPEC.md; a test quotes the number in its title. */
const faults = [...machineFaults, ...requestFaults, ...decisionFaults, ...mergeFaults, ...historyFaults, ...binFaults]

const tests = new URL('../bridge/', import.meta.url)
const spec = new URL('../../src/bridge/SPEC.md', import.meta.url)

/** Test file → its text. */
const texts = new Map(
  readdirSync(tests)
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => [`bridge/${name.slice(0, -'.test.ts'.length)}`, readFileSync(new URL(name, tests), 'utf8')]),
)

function quoting(rule: string): readonly string[] {
  return [...texts].flatMap(([name, text]) => (new RegExp(`\\b${rule}\\b`).test(text) ? [name] : []))
}

/** Rules as they are numbered at the beginning of a row, each once; the table of faults names them again. */
function rulesIn(text: string): readonly string[] {
  return [...new Set([...text.matchAll(/^\| ((?:BR|L)\d+) \|/gm)].map(([, rule]) => rule as string))]
}

export const bridgeFaults: FaultArea = {
  name: 'bridge',
  rules: rulesIn(readFileSync(spec, 'utf8')),
  faults: faults.map((fault) => ({ ...fault, tests: quoting(fault.rule) })),
  suite: ['bridge'],
  exclude: [
    'bridge/simulation*.test.ts',
    'bridge/random-run.test.ts',
    'bridge/real-http.test.ts',
    'bridge/spec.test.ts',
  ],
  tableFile: 'src/bridge/SPEC.md',
}
