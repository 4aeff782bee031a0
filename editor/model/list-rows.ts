/**
 * What the token list shows, row by row: the selected set as a tree, or the matches of a search set by set. And what becomes
 * of the current row when the list changes under it.
 */
import type { TokenChange } from 'y-tokens/doc'
import type { SetMatches } from './search.ts'
import { hasRowsBelow, pathKey, type SetRow, unfoldedRows } from './set-rows.ts'

interface Placed {
  /** Unique in the list, and stable while the node keeps its place. */
  readonly id: string
  readonly set: string
  readonly level: number
  readonly position: number
  readonly siblings: number
  /** Undefined where nothing can be unfolded. */
  readonly unfolded: boolean | undefined
}

export type ListRow =
  | (Placed & { readonly kind: 'set'; readonly matches: number })
  | (Placed & { readonly kind: 'group' | 'token'; readonly row: SetRow })

export function rowId(set: string, path: readonly string[]): string {
  return `${set}\u0000${pathKey(path)}`
}

/** `folded` holds row keys of this set. */
export function treeRows(set: string, rows: readonly SetRow[], folded: ReadonlySet<string>): readonly ListRow[] {
  return unfoldedRows(rows, folded).map((row) => ({
    kind: row.kind,
    id: `${set}\u0000${row.key}`,
    set,
    level: row.level,
    position: row.position,
    siblings: row.siblings,
    unfolded: hasRowsBelow(row, rows) ? !folded.has(row.key) : undefined,
    row,
  }))
}

/** A heading per set, its matches below with their whole names. */
export function matchRows(matches: readonly SetMatches[]): readonly ListRow[] {
  const shown = matches.filter((each) => each.tokens.length > 0)
  return shown.flatMap(({ set, tokens }, at): ListRow[] => [
    {
      kind: 'set',
      id: rowId(set, []),
      set,
      level: 1,
      position: at + 1,
      siblings: shown.length,
      unfolded: true,
      matches: tokens.length,
    },
    ...tokens.map((row, i): ListRow => ({
      kind: 'token',
      id: `${set}\u0000${row.key}`,
      set,
      level: 2,
      position: i + 1,
      siblings: tokens.length,
      unfolded: undefined,
      row,
    })),
  ])
}

/** Index of the row above in the tree, -1 at the top. */
export function parentIndex(rows: readonly ListRow[], index: number): number {
  const level = rows[index]?.level ?? 0
  for (let i = index - 1; i >= 0; i--) if ((rows[i] as ListRow).level < level) return i
  return -1
}

/**
 * The row that is current after the list has changed: the same one, also under another name; else what stands now where it
 * stood. Undefined for an empty list.
 */
export function keepCurrent(
  before: readonly ListRow[],
  after: readonly ListRow[],
  current: string,
  batches: readonly (readonly TokenChange[])[] = [],
): string | undefined {
  const has = (id: string): boolean => after.some((row) => row.id === id)
  const renamed = renamedId(before, current, batches)
  if (renamed !== undefined && has(renamed)) return renamed
  if (has(current)) return current
  const at = before.findIndex((row) => row.id === current)
  return after[Math.min(Math.max(0, at), after.length - 1)]?.id
}

function renamedId(
  before: readonly ListRow[],
  current: string,
  batches: readonly (readonly TokenChange[])[],
): string | undefined {
  const row = before.find((each) => each.id === current)
  if (!row || row.kind === 'set') return undefined
  const { set, path } = batches.reduce(placeAfter, { set: row.set, path: row.row.path })
  return rowId(set, path)
}

export interface Place {
  readonly set: string
  readonly path: readonly string[]
}

/**
 * Where a node is after one batch of changes; renames and moves of what is above it count. Each change tells where something
 * was before the batch, so the one nearest to the node decides, and no two of them are chained.
 */
export function placeAfter(place: Place, changes: readonly TokenChange[]): Place {
  let nearest: TokenChange | undefined
  for (const change of changes) {
    const from = change.renamedFrom
    if (!from || change.set === null || from.set !== place.set || !startsWith(place.path, from.path)) continue
    if (from.path.length >= (nearest?.renamedFrom?.path.length ?? 0)) nearest = change
  }
  if (!nearest?.renamedFrom) return place
  const below = place.path.slice(nearest.renamedFrom.path.length)
  return { set: nearest.set ?? place.set, path: [...nearest.path, ...below] }
}

export function startsWith(path: readonly string[], start: readonly string[]): boolean {
  return start.length <= path.length && start.every((segment, i) => segment === path[i])
}
