/**
 * The part of JSONPath that clients of the service are known to send in `X-JSON-Path`: members, indices, slices, wildcards and
 * descent, with or without the leading `$`. Filters and scripts are none of it: they would run what a stranger sends.
 */

/** One step: what it selects of one value. */
type Step = (value: unknown) => readonly unknown[]

const maxPathChars = 1_000
/** Descent after descent multiplies what is matched. */
const maxMatches = 100_000

/** All matches in the order of the document; undefined for an expression that is none, or that matches without end. */
export function selectByPath(value: unknown, expression: string): readonly unknown[] | undefined {
  const steps = parsePath(expression)
  if (!steps) return undefined
  let matches: readonly unknown[] = [value]
  for (const step of steps) {
    const next: unknown[] = []
    for (const match of matches) {
      for (const found of step(match)) if (next.push(found) > maxMatches) return undefined
    }
    matches = next
  }
  return matches
}

function parsePath(expression: string): readonly Step[] | undefined {
  const text = expression.trim()
  if (text === '' || text.length > maxPathChars) return undefined
  let rest = text.replace(/^\$/, '')
  if (rest !== '' && !/^[.[]/.test(rest)) rest = `.${rest}`
  const steps: Step[] = []
  while (rest !== '') {
    const step = readStep(rest)
    if (!step) return undefined
    steps.push(...step.steps)
    rest = rest.slice(step.length)
  }
  return steps
}

const memberPattern = /^(\.\.?)(\*|[^.[\]\s*'"]+)/
const bracketPattern = /^(\.\.)?\[\s*(?:(\*)|'([^']*)'|"([^"]*)"|(-?\d+)|(-?\d*)\s*:\s*(-?\d*))\s*\]/

function readStep(text: string): { readonly steps: readonly Step[]; readonly length: number } | undefined {
  const member = memberPattern.exec(text)
  if (member) {
    const [{ length }, dots, name = ''] = member
    return { steps: withDescent(dots === '..', name === '*' ? membersOf : memberNamed(name)), length }
  }
  const bracket = bracketPattern.exec(text)
  if (!bracket) return undefined
  const [{ length }, dots, any, single, double, index, from = '', to = ''] = bracket
  const name = single ?? double
  const step = any
    ? membersOf
    : name !== undefined
      ? memberNamed(name)
      : index !== undefined
        ? itemAt(Number(index))
        : itemsBetween(from, to)
  return { steps: withDescent(dots !== undefined, step), length }
}

function withDescent(descends: boolean, step: Step): readonly Step[] {
  return descends ? [descendants, step] : [step]
}

function membersOf(value: unknown): readonly unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : []
}

function memberNamed(name: string): Step {
  return (value) =>
    typeof value === 'object' && value !== null && Object.hasOwn(value, name)
      ? [(value as Readonly<Record<string, unknown>>)[name]]
      : []
}

function itemAt(index: number): Step {
  return (value) => (Array.isArray(value) ? value.slice(index, index === -1 ? undefined : index + 1) : [])
}

function itemsBetween(from: string, to: string): Step {
  return (value) =>
    Array.isArray(value) ? value.slice(from === '' ? 0 : Number(from), to === '' ? undefined : Number(to)) : []
}

function descendants(value: unknown): readonly unknown[] {
  return [value, ...membersOf(value).flatMap(descendants)]
}
