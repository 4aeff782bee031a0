/** One line of the report. `budget` reads `">= 8"`; null where there is none. */
export interface Measurement {
  readonly id: string
  readonly value: number
  readonly unit: string
  readonly budget: string | null
  readonly note: string
  /** A miss is shown and does not fail `--assert`: the budget belongs to a later stage. */
  readonly reportOnly?: boolean
  /** Nothing could be measured, for the reason in `note`: a miss whatever the budget. */
  readonly failed?: boolean
  /** Stands in a table that the area prints: no line of its own. */
  readonly inTable?: boolean
}

/** Text among the measurements, printed as it is. */
export interface Printed {
  readonly text: string
}

export interface AreaOptions {
  /** False leaves out what has to be installed, and takes minutes. */
  readonly peers: boolean
  /** How many edits to simulate, where an area does so. */
  readonly edits?: number | undefined
}

/** An area of the bench. Yields each measurement as soon as it is known. */
export type Area = (options: AreaOptions) => AsyncIterable<Measurement | Printed> | Iterable<Measurement | Printed>

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '>=': (value, bound) => value >= bound,
  '<=': (value, bound) => value <= bound,
  '==': (value, bound) => value === bound,
}

/** Throws for a budget that cannot be read, so that a typing error is no pass. */
export function meetsBudget({ value, budget, failed }: Pick<Measurement, 'value' | 'budget' | 'failed'>): boolean {
  if (failed) return false
  if (budget === null) return true
  const [, operator, bound] = /^(>=|<=|==) (-?\d+(?:\.\d+)?)$/.exec(budget) ?? []
  const compare = operator === undefined ? undefined : comparisons[operator]
  if (!compare || bound === undefined) throw new Error(`Cannot read the budget "${budget}"`)
  return compare(value, Number(bound))
}

/** A budget that is not met yet: the miss is shown and does not fail, unless it grows beyond `ceiling`. */
export function heldAt(ceiling: number, measurement: Measurement): Measurement {
  const { note, value } = measurement
  return { ...measurement, note: `held at ${ceiling}; ${note}`, reportOnly: value <= ceiling }
}

/** The middle of at least five values. */
export function median(values: readonly number[]): number {
  if (values.length < 5) throw new Error(`A median of ${values.length} runs says little; take five or more`)
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] as number
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2
}

/** Milliseconds that `run` takes, and what it gives. */
export function timed<T>(run: () => T): { readonly ms: number; readonly result: T } {
  const startedAt = performance.now()
  const result = run()
  return { ms: performance.now() - startedAt, result }
}

/** Frees what earlier measurements left behind; `npm run bench` starts Node with `--expose-gc`. */
export function collectGarbage(): void {
  const { gc } = globalThis as { gc?: () => void }
  gc?.()
}
