/**
 * A fact: `[id, field, text, t]` or `[id, field, text, t, order]` in a lane, one stamped statement about one node.
 *
 * | field | text | several at once |
 * | `v` | JSON | newest wins: this node is now this; strictly older facts below are void |
 * | `c` | JSON, with an order key | all count, united per leaf: created |
 * | `n` | name | newest wins: renamed |
 * | `p` | id of the parent, with an order key | newest wins: moved or reordered |
 * | `q` | order key | newest wins: a set's place in `tokenSetOrder` |
 * | `x` | JSON, lane → time | all count, coverages add up: deleted, with what its author had seen |
 */
import type { Json } from '../payload/ordered-json.ts'
import { maxDepth, maxIdChars, maxOrderChars, registerPrefix } from './format.ts'
import { readFrozen } from './frozen-json.ts'

export type FactField = 'v' | 'c' | 'n' | 'p' | 'q' | 'x'

/** As stored, a plain array. */
export type StoredFact =
  | readonly [id: string, field: FactField, text: string, t: number]
  | readonly [id: string, field: FactField, text: string, t: number, order: string]

/** A fact has identity: it is one entry of one lane, at a place known to Yjs once it is written. */
export class Fact {
  readonly id: string
  readonly field: FactField
  readonly text: string
  readonly t: number
  readonly order: string | undefined
  readonly lane: string
  /** The stored array itself, by which the Y.Array gives it back. */
  readonly entry: StoredFact
  /** Where Yjs keeps it; -1 while it is only staged. */
  client = -1
  clock = -1
  /** Undefined until asked for, null where the text is no JSON. */
  #parsed: { readonly value: Json } | null | undefined

  /** `value` saves parsing the text, where it is known: no object, whose key order and freezing are the parser's. */
  constructor(entry: StoredFact, lane: string, value?: null | boolean | number | string) {
    this.id = entry[0]
    this.field = entry[1]
    this.text = entry[2]
    this.t = entry[3]
    this.order = entry[4]
    this.lane = lane
    this.entry = entry
    if (value !== undefined) this.#parsed = { value }
  }

  /** The text as frozen JSON; undefined where it is none. */
  json(): Json | undefined {
    if (this.#parsed === undefined) {
      const value = readFrozen(this.text)
      this.#parsed = value === undefined ? null : { value }
    }
    return this.#parsed?.value
  }

  /** False for a fact whose text must be JSON and is not: it says nothing, and nobody erases what it does not know. */
  counts(): boolean {
    return this.field === 'n' || this.field === 'p' || this.field === 'q' || this.json() !== undefined
  }
}

const fields: ReadonlySet<unknown> = new Set(['v', 'c', 'n', 'p', 'q', 'x'])

/** The fact in an entry of a lane; undefined for anything else. Lanes are written by anybody. */
export function readFact(entry: unknown, lane: string): Fact | undefined {
  if (!Array.isArray(entry) || (entry.length !== 4 && entry.length !== 5)) return undefined
  const [id, field, text, t, order] = entry as readonly unknown[]
  if (typeof id !== 'string' || typeof text !== 'string' || !fields.has(field)) return undefined
  if (!Number.isSafeInteger(t) || (t as number) < 0 || !isLaneNodeId(id)) return undefined
  if (entry.length === 5 && (typeof order !== 'string' || order.length > maxOrderChars)) return undefined
  // Fields of a token or file are not renamed or moved; themes and array entries change places among themselves.
  if ((field === 'n' || field === 'q' || field === 'p') && id.includes('/$')) {
    if (field !== 'p' || text !== id.slice(0, id.lastIndexOf('/'))) return undefined
  }
  return new Fact(entry as unknown as StoredFact, lane)
}

/** The roof, root and `values`, is nobody's to change. */
function isLaneNodeId(id: string): boolean {
  if (!id.startsWith('/') || id === '/' || id === '/values' || id.length > maxIdChars) return false
  let segments = 0
  for (let at = 0; at !== -1; at = id.indexOf('/', at + 1)) segments++
  return segments <= maxDepth
}

export function isRegisterId(id: string): boolean {
  return id.startsWith(registerPrefix)
}

/** Among facts of one register the greatest wins: by time, lane, text, order; strings by UTF-16 units. */
export function compareFacts(a: Fact, b: Fact): number {
  return (
    a.t - b.t || compareText(a.lane, b.lane) || compareText(a.text, b.text) || compareText(a.order ?? '', b.order ?? '')
  )
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** The winner among the facts of one field for which `counts` says so. */
export function newestFact(
  facts: readonly Fact[],
  field: FactField,
  counts?: (fact: Fact) => boolean,
): Fact | undefined {
  let newest: Fact | undefined
  for (const fact of facts) {
    if (fact.field !== field || (counts && !counts(fact))) continue
    if (!newest || compareFacts(newest, fact) < 0) newest = fact
  }
  return newest
}
