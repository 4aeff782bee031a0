/**
 * The rows of the token list over time: which are folded, which one is current, per set, and how both follow renames and
 * deletions by others. Knows nothing of pixels.
 */
import type { TokenChange } from 'y-tokens/doc'
import { keepCurrent, type ListRow, matchRows, placeAfter, rowId, treeRows } from './list-rows.ts'
import type { IndexedDocument } from './name-index.ts'
import type { SetMatches } from './search.ts'
import { hasRowsBelow, pathKey, rowsOfOutline } from './set-rows.ts'

export interface ListSource {
  readonly document: IndexedDocument | null
  readonly set: string
  /** Search results in place of the set's tree, or null. */
  readonly matches: readonly SetMatches[] | null
}

export interface ListState {
  readonly rows: readonly ListRow[]
  /** Index of the current row, -1 for an empty list. */
  readonly current: number
  /** Makes the rows anew. `batches` are the document's changes since the last time. */
  refresh(source: ListSource, batches: readonly (readonly TokenChange[])[]): void
  goTo(index: number): void
  /** Makes a node current at the next refresh, and unfolds what hides it. */
  reveal(set: string, path: readonly string[]): void
  fold(row: ListRow, folded: boolean): void
  foldAll(source: ListSource, folded: boolean): void
}

/** Paths by their keys, so that a fold can follow a rename. */
type Folds = Map<string, readonly string[]>

export function createListState(): ListState {
  let rows: readonly ListRow[] = []
  let current: string | undefined
  /** The set whose tree is shown; undefined while a search is. */
  let shownSet: string | undefined
  const currentBySet = new Map<string, string>()
  const foldsBySet = new Map<string, Folds>()

  const foldsOf = (set: string): Folds => {
    const folds = foldsBySet.get(set) ?? new Map<string, readonly string[]>()
    foldsBySet.set(set, folds)
    return folds
  }
  const makeRows = ({ document, set, matches }: ListSource): readonly ListRow[] => {
    if (matches) return matchRows(matches)
    if (!document?.setNames().includes(set)) return []
    return treeRows(set, rowsOfOutline(document.outline(set)), new Set(foldsOf(set).keys()))
  }
  const followRenames = (changes: readonly TokenChange[]): void => {
    if (!changes.some(({ renamedFrom }) => renamedFrom)) return
    for (const [set, folds] of [...foldsBySet]) {
      for (const [key, path] of [...folds]) {
        const now = placeAfter({ set, path }, changes)
        if (now.path === path && now.set === set) continue
        folds.delete(key)
        foldsOf(now.set).set(pathKey(now.path), now.path)
      }
    }
  }

  return {
    get rows() {
      return rows
    },
    get current() {
      return rows.findIndex((row) => row.id === current)
    },
    refresh: (source, batches) => {
      const before = rows
      batches.forEach(followRenames)
      rows = makeRows(source)
      if (source.matches) shownSet = undefined
      else if (shownSet !== source.set) {
        shownSet = source.set
        current = currentBySet.get(source.set) ?? rows[0]?.id
      }
      current = current === undefined ? rows[0]?.id : keepCurrent(before, rows, current, batches)
      if (current !== undefined && !source.matches) currentBySet.set(source.set, current)
    },
    goTo: (index) => {
      const row = rows[index]
      current = row?.id
      if (row && row.kind !== 'set') currentBySet.set(row.set, row.id)
    },
    reveal: (set, path) => {
      for (let length = 1; length < path.length; length++) foldsOf(set).delete(pathKey(path.slice(0, length)))
      current = rowId(set, path)
      currentBySet.set(set, current)
    },
    fold: (row, folded) => {
      if (row.kind === 'set' || row.unfolded === undefined) return
      if (folded) foldsOf(row.set).set(row.row.key, row.row.path)
      else foldsOf(row.set).delete(row.row.key)
    },
    foldAll: ({ document, set }, folded) => {
      const all = document ? rowsOfOutline(document.outline(set)) : []
      const foldable = folded ? all.filter((row) => hasRowsBelow(row, all)) : []
      foldsBySet.set(set, new Map(foldable.map(({ key, path }) => [key, path])))
    },
  }
}
