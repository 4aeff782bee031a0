/**
 * What became of every edit, at the end of a run. It knows nothing of the bridge's rules: only what the documents, the bin, the
 * journal and the conflicts say to people.
 */
import type { Copy, Ghost, Ledger } from './ledger.ts'

export interface Fates {
  /** Neither current, nor replaced by anyone who knew it, nor in the journal, nor among the conflicts. */
  readonly lost: readonly string[]
  /** Current again although somebody replaced it knowingly, whose edit is not to be seen. */
  readonly resurrected: readonly string[]
  /** Deletions that nobody countermanded, and yet the token stands. */
  readonly undeleted: readonly string[]
  /** Of foreign edits, those that no bridge ever read: overwritten in the bin before. */
  readonly unobserved: number
  /** Beside the winner, among the document's conflicts. */
  readonly inConflicts: number
  /** The newest wish stands in the journal, and the value before it in the document. */
  readonly held: number
  /** A replaced value stands beside its successor: a rename and an edit that came as deletion and creation. */
  readonly doubled: number
  /** The journal offers the value, but only from before its author came back to it. */
  readonly onlyEarlier: number
}

/** What people find at the end: marks by where they stand. */
export interface Ending {
  readonly current: ReadonlySet<string>
  /** Beside a winner, in the document's list of conflicts. */
  readonly conflicts: ReadonlySet<string>
  /** What the journal offers, and when its newest entry with it was made. */
  readonly journal: ReadonlyMap<string, number>
  /** Tokens and themes whose deletion the journal offers. */
  readonly keptDeletions: ReadonlySet<number | undefined>
}

export interface CheckParts {
  readonly ledger: Ledger
  readonly ending: Ending
  /** Foreign files that were read. */
  readonly files: Iterable<Copy>
  readonly hasReached: (ghost: Ghost) => boolean
}

export function checkFates({ ledger, ending, files, hasReached }: CheckParts): Fates {
  const { ghosts } = ledger
  const { current, conflicts, journal, keptDeletions } = ending
  const observed = observedGhosts(ledger, files, hasReached)
  const replacedBy = replacements(ledger, observed)
  const living = new Set([...current].map((mark) => ledger.entityOf(mark)))

  /** A foreign file that shows the field as it was pulled has not changed it, whatever its writer did in between. */
  const isNoEdit = (ghost: Ghost): boolean => changedNothing(ledger, ghost, observed)
  /** Somebody who had not seen the deletion edits the token: an edit beats it. */
  const isCountermanded = (deletion: Ghost): boolean => {
    const before = ancestors(ledger, deletion)
    return ghosts.some(
      (other) =>
        other.entity === deletion.entity &&
        other.kind !== 'deletion' &&
        other.author !== 'file' &&
        observed.has(other.id) &&
        !before.has(other.id),
    )
  }
  const isAnswered = (ghost: Ghost): boolean => {
    if (ghost.kind === 'deletion')
      return !living.has(ghost.entity) || keptDeletions.has(ghost.entity) || isCountermanded(ghost)
    return current.has(ghost.mark) || (journal.get(ghost.mark) ?? -1) >= ghost.at
  }

  const lost: string[] = []
  const undeleted: string[] = []
  let inConflicts = 0
  let onlyEarlier = 0
  for (const ghost of ghosts) {
    if (ghost.kind === 'touch' || !observed.has(ghost.id) || replacedBy.has(ghost.id)) continue
    if (isAnswered(ghost) || isNoEdit(ghost)) continue
    if (ghost.kind === 'deletion') {
      const standing = [...ghost.over].some((id) => current.has(ledger.ghost(id).mark))
      if (standing) undeleted.push(describe(ghost))
    } else if (conflicts.has(ghost.mark)) inConflicts++
    else if (journal.has(ghost.mark)) onlyEarlier++
    else lost.push(describe(ghost))
  }

  const resurrected: string[] = []
  let held = 0
  let doubled = 0
  for (const mark of current) {
    const behind = ledger.ghostsOf(mark).filter(({ id, kind }) => observed.has(id) && kind === 'value')
    if (behind.length === 0 || behind.some(({ id }) => !replacedBy.has(id))) continue
    const by = behind.flatMap(({ id }) => [...(replacedBy.get(id) ?? [])])
    const isExcused = (successor: Ghost, depth = 0): boolean =>
      isAnswered(successor) ||
      conflicts.has(successor.mark) ||
      isNoEdit(successor) ||
      (depth < 30 && (replacedBy.get(successor.id) ?? []).some((next) => isExcused(next, depth + 1)))
    if (!by.every((successor) => isExcused(successor)))
      resurrected.push(`${mark}, replaced by ${by.map(describe).join('; ')}`)
    else if (by.some(({ mark: each }) => current.has(each))) doubled++
    else held++
  }

  const foreign = ghosts.filter(({ author }) => author === 'plugin' || author === 'hand')
  const overwritten = new Set(foreign.flatMap(({ over }) => [...over]))
  const unobserved = foreign.filter(
    ({ id, mark }) => !observed.has(id) && !overwritten.has(id) && !current.has(mark),
  ).length
  return { lost, resurrected, undeleted, unobserved, inConflicts, held, doubled, onlyEarlier }
}

function describe({ id, kind, mark, by, at, entity }: Ghost): string {
  return `${kind} ${mark} (#${id}) of ${entity} by ${by} at ${(at / 1000).toFixed(1)} s`
}

/** Edits that count, and since when: those in documents that were not lost with their device, and foreign ones when read. */
function observedGhosts(
  ledger: Ledger,
  files: Iterable<Copy>,
  hasReached: (ghost: Ghost) => boolean,
): ReadonlyMap<number, number> {
  const observed = new Map<number, number>()
  for (const ghost of ledger.ghosts) {
    if (ghost.author === 'file' || (ghost.author === 'editor' && (hasReached(ghost) || !ghost.mayVanish)))
      observed.set(ghost.id, ghost.at)
  }
  for (const copy of files) {
    const at = ledger.files.get(copy) ?? 0
    for (const ids of [...copy.ghosts.values(), copy.unmarked])
      for (const id of ids) observed.set(id, Math.min(at, observed.get(id) ?? at))
  }
  return observed
}

/** What an edit replaces, also by way of edits of its author that nobody saw. */
function seenBefore(ledger: Ledger, ghost: Ghost, observed: ReadonlyMap<number, number>): readonly Ghost[] {
  const found = new Map<number, Ghost>()
  const visited = new Set<number>()
  const visit = ({ over }: Ghost): void => {
    for (const id of over) {
      if (visited.has(id)) continue
      visited.add(id)
      const before = ledger.ghost(id)
      if (observed.has(id)) found.set(id, before)
      else visit(before)
    }
  }
  visit(ghost)
  return [...found.values()]
}

function replacements(ledger: Ledger, observed: ReadonlyMap<number, number>): ReadonlyMap<number, readonly Ghost[]> {
  const by = new Map<number, Ghost[]>()
  for (const ghost of ledger.ghosts) {
    if (!observed.has(ghost.id)) continue
    if (changedNothing(ledger, ghost, observed)) continue
    for (const { id } of seenBefore(ledger, ghost, observed)) by.set(id, [...(by.get(id) ?? []), ghost])
  }
  return by
}

/** To whoever read the file, then: edits of its past that were read only later had not happened. */
function changedNothing(ledger: Ledger, ghost: Ghost, observed: ReadonlyMap<number, number>): boolean {
  if (ghost.author !== 'plugin' && ghost.author !== 'hand') return false
  const readAt = observed.get(ghost.id) ?? 0
  const known = new Map([...observed].filter(([, at]) => at < readAt))
  const before = seenBefore(ledger, ghost, known)
  return before.length > 0 && before.every(({ mark }) => mark === ghost.mark)
}

function ancestors(ledger: Ledger, ghost: Ghost): ReadonlySet<number> {
  const found = new Set<number>()
  const visit = (each: Ghost): void => {
    for (const id of each.over) {
      if (found.has(id)) continue
      found.add(id)
      visit(ledger.ghost(id))
    }
  }
  visit(ghost)
  return found
}
