/** Which token a reference means: sets in order, a later one overrides an earlier (Tokens Studio's rule). */
import type { TokenDocument } from 'y-tokens/doc'
import { rowsOfOutline, type SetRow } from './set-rows.ts'

export interface NamedToken {
  readonly set: string
  readonly row: SetRow
}

export interface NameIndex {
  /** The sets looked through, in order. */
  readonly sets: readonly string[]
  find(name: string): NamedToken | undefined
  /** Every set that has the name, in order. */
  findAll(name: string): readonly NamedToken[]
  /** All names, the overriding token of each. */
  all(): Iterable<readonly [name: string, token: NamedToken]>
}

const tokensByRows = new WeakMap<readonly SetRow[], ReadonlyMap<string, SetRow>>()

function tokensByName(rows: readonly SetRow[]): ReadonlyMap<string, SetRow> {
  const known = tokensByRows.get(rows)
  if (known) return known
  const tokens = new Map<string, SetRow>()
  for (const row of rows) if (row.kind === 'token') tokens.set(row.name, row)
  tokensByRows.set(rows, tokens)
  return tokens
}

export type IndexedDocument = Pick<TokenDocument, 'setNames' | 'outline'>

/** `include` limits the sets, as a theme does. The index is of now: make another after a change (cheap: per set cached). */
export function createNameIndex(document: IndexedDocument, include: (set: string) => boolean = () => true): NameIndex {
  const sets = document.setNames().filter(include)
  const maps = sets.map((set) => tokensByName(rowsOfOutline(document.outline(set))))
  const at = (i: number, name: string): NamedToken | undefined => {
    const row = maps[i]?.get(name)
    return row && { set: sets[i] as string, row }
  }
  return {
    sets,
    find: (name) => {
      for (let i = maps.length - 1; i >= 0; i--) {
        const found = at(i, name)
        if (found) return found
      }
      return undefined
    },
    findAll: (name) => maps.flatMap((_, i) => at(i, name) ?? []),
    all: function* () {
      const seen = new Set<string>()
      for (let i = maps.length - 1; i >= 0; i--) {
        for (const [name, row] of maps[i] as ReadonlyMap<string, SetRow>) {
          if (seen.has(name)) continue
          seen.add(name)
          yield [name, { set: sets[i] as string, row }]
        }
      }
    },
  }
}
