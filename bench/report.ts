import { writeFileSync } from 'node:fs'
import { meetsBudget, type Area, type Measurement } from './measurement.ts'

export interface ReportOptions {
  /** Where to write the measurements as JSON. */
  readonly json?: string | undefined
  /** Fail on a miss. */
  readonly assert: boolean
  /** Compare with other libraries. */
  readonly peers: boolean
  /** How many edits to simulate, for the area that does. */
  readonly edits?: number | undefined
}

/** Runs an area and prints a line for each measurement as it comes. True unless asked to assert and a budget was missed. */
export async function report(area: Area, { json, assert, peers, edits }: ReportOptions): Promise<boolean> {
  const measurements: Measurement[] = []
  const missed: string[] = []
  const row = (id: string, value: string, unit: string, budget: string, note: string): void =>
    console.log(`${id.padEnd(28)}${value.padStart(12)} ${unit.padEnd(6)} ${budget.padEnd(9)} ${note}`.trimEnd())
  row('id', 'value', 'unit', 'budget', 'note')
  for await (const measurement of area({ peers, edits })) {
    if ('text' in measurement) {
      console.log(measurement.text)
      continue
    }
    const { id, value, unit, budget, note, reportOnly } = measurement
    const miss = !meetsBudget(measurement)
    if (miss && !reportOnly) missed.push(id)
    const verdict = miss ? (reportOnly ? 'over its budget, reported only. ' : 'MISSED. ') : ''
    if (!measurement.inTable) row(id, formatValue(value), unit, budget ?? '', verdict + note)
    measurements.push(measurement)
  }
  if (json !== undefined) {
    const rows = measurements.map(({ id, value, unit, budget, note }) => ({ id, value, unit, budget, note }))
    writeFileSync(json, `${JSON.stringify(rows, null, 2)}\n`)
  }
  if (missed.length > 0) console.log(`\nBudgets missed: ${missed.join(', ')}`)
  return !assert || missed.length === 0
}

function formatValue(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 1 ? 2 : 4
  return value.toFixed(digits)
}
