import type { Conflict, TokenDocument } from '../../../src/doc/index.ts'
import type { Journal } from '../../../src/bridge/journal.ts'
import type { Ending } from './check.ts'
import { type Ledger, marksIn } from './ledger.ts'

/** Reads a document and the journal as people do. */
export function endingOf(
  document: TokenDocument,
  journal: Pick<Journal, 'entries'> | undefined,
  ledger: Ledger,
): Ending {
  const offered = new Map<string, number>()
  const keptDeletions = new Set<number | undefined>()
  const themes = (document.getSnapshot().$themes ?? []) as unknown as readonly { readonly id: string }[]
  const shown = (set: string | null, path: readonly string[]): unknown =>
    set === null ? themes.find(({ id }) => id === path[0]) : document.get(set, path)

  for (const { id, values } of journal?.entries() ?? []) {
    const at = ledger.entryAt(id) ?? 0
    for (const { kind, role, set, path, text } of values) {
      // A whole token comes back under its name.
      const texts = role === 'node' && text !== null ? [text, path.at(-1)] : [text]
      for (const mark of marksIn(JSON.stringify(texts))) offered.set(mark, Math.max(at, offered.get(mark) ?? 0))
      if (kind !== 'kept' || role !== 'node' || text !== null) continue
      for (const mark of marksIn(JSON.stringify(shown(set, path) ?? null))) keptDeletions.add(ledger.entityOf(mark))
    }
  }
  const conflicts = document.conflicts.map(({ current, others }: Conflict) => [current, others])
  return {
    current: marksIn(document.toText()),
    conflicts: marksIn(JSON.stringify(conflicts)),
    journal: offered,
    keptDeletions,
  }
}
