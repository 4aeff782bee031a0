/**
 * A token set as the rows of a tree: level, place among siblings, inherited type. Computed once per outline, since the
 * document hands out the same outline until the set changes. Knows nothing of what is folded or on screen.
 */
import type { OutlineRow } from 'y-tokens/doc'
import type { JsonObject } from '../../src/payload/ordered-json.ts'
import { ownTypeOf } from './token-fields.ts'

export interface SetRow {
  readonly kind: 'group' | 'token'
  /** Names the row within its set, also where a name holds a dot. */
  readonly key: string
  readonly path: readonly string[]
  /** The dotted path. */
  readonly name: string
  /** The last part of the path. */
  readonly label: string
  /** From 1. */
  readonly level: number
  /** Place among its siblings, from 1, and how many they are. */
  readonly position: number
  readonly siblings: number
  /** Index of the first row behind everything below this one. */
  readonly end: number
  /** Index of the row above in the tree; -1 at the top. */
  readonly parent: number
  /** Tokens at or below. */
  readonly tokens: number
  /** Own, or from the nearest group that has one. */
  readonly type: string | undefined
  readonly value: JsonObject
}

/** Joins the parts of a path into a key; no name holds a control character. */
export function pathKey(path: readonly string[]): string {
  return path.join('\u0001')
}

const rowsByOutline = new WeakMap<readonly OutlineRow[], readonly SetRow[]>()

export function rowsOfOutline(outline: readonly OutlineRow[]): readonly SetRow[] {
  const known = rowsByOutline.get(outline)
  if (known) return known
  const rows = buildRows(outline)
  rowsByOutline.set(outline, rows)
  return rows
}

type Draft = { -readonly [Key in keyof SetRow]: SetRow[Key] }

function buildRows(outline: readonly OutlineRow[]): readonly SetRow[] {
  const rows: Draft[] = []
  const open: number[] = []
  const childCounts: number[] = [0]
  const close = (): void => {
    const row = rows[open.pop() as number] as Draft
    row.end = rows.length
    childCounts.pop()
    const parent = open.at(-1)
    if (parent !== undefined) (rows[parent] as Draft).tokens += row.tokens
  }
  for (const { kind, path, value } of outline) {
    while (open.length >= path.length) close()
    const parent = open.at(-1) ?? -1
    const above = parent < 0 ? undefined : (rows[parent] as Draft)
    const position = (childCounts[childCounts.length - 1] as number) + 1
    childCounts[childCounts.length - 1] = position
    const label = path.at(-1) as string
    open.push(rows.length)
    childCounts.push(0)
    rows.push({
      kind,
      key: above ? `${above.key}\u0001${label}` : label,
      path,
      name: above ? `${above.name}.${label}` : label,
      label,
      level: path.length,
      position,
      siblings: 0,
      end: 0,
      parent,
      tokens: kind === 'token' ? 1 : 0,
      type: ownTypeOf(value) ?? above?.type,
      value,
    })
  }
  while (open.length > 0) close()
  countSiblings(rows)
  return rows
}

/** The last child seen from behind tells how many there are. */
function countSiblings(rows: readonly Draft[]): void {
  const counts = new Map<number, number>()
  for (let i = rows.length - 1; i >= 0; i--) {
    const row = rows[i] as Draft
    const count = counts.get(row.parent) ?? row.position
    counts.set(row.parent, count)
    row.siblings = count
  }
}

/** Rows that no folded row hides, in order. */
export function unfoldedRows(rows: readonly SetRow[], folded: ReadonlySet<string>): readonly SetRow[] {
  if (folded.size === 0) return rows
  const shown: SetRow[] = []
  for (let i = 0; i < rows.length;) {
    const row = rows[i] as SetRow
    shown.push(row)
    i = folded.has(row.key) ? row.end : i + 1
  }
  return shown
}

/** True where something stands below the row. */
export function hasRowsBelow(row: SetRow, rows: readonly SetRow[]): boolean {
  return row.kind === 'group' || (rows[row.end - 1] as SetRow | undefined) !== row
}
