/**
 * Every edit leaves a ghost that remembers what its author saw there. Ghosts ride along with values through documents, the bin
 * and plugins, unseen by the bridge, and use none of its rules.
 *
 * A value is a mark such as `g12x`, unique to one field of one token: what people go back to on purpose is an earlier mark of the
 * same field, and a new ghost.
 */
import * as Y from 'yjs'

/** `touch`: a change without a mark that could be lost, such as another type or place. It beats a deletion all the same. */
export type GhostKind = 'value' | 'name' | 'deletion' | 'touch'
export type AuthorKind = 'file' | 'editor' | 'plugin' | 'hand'

export interface Ghost {
  readonly id: number
  /** What stands in the file; of a deletion, nowhere. */
  readonly mark: string
  readonly kind: GhostKind
  readonly by: string
  readonly author: AuthorKind
  /** Ghosts of what its author saw and replaced. */
  readonly over: ReadonlySet<number>
  /** The token, theme, set or group it is about. */
  readonly entity: number
  /** Virtual time. */
  readonly at: number
  /** Replicas that hold all of one of these have received it. */
  readonly arrivals: StateVector[]
  /** Its device died before it was stored or sent anywhere. */
  mayVanish: boolean
}

/** Yjs client → clock; in the model, lane → number. */
export type StateVector = ReadonlyMap<number | string, number>

/** A file with what stands behind its marks. */
export interface Copy {
  readonly text: string
  readonly ghosts: ReadonlyMap<string, ReadonlySet<number>>
  /** Deletions and touches of its writers, which stand in no value. */
  readonly unmarked: readonly number[]
}

export interface NewGhost {
  readonly kind: GhostKind
  readonly by: string
  readonly author: AuthorKind
  readonly over: Iterable<number>
  readonly entity: number
  /** An earlier mark, for an author who goes back to it; a new one by default. */
  readonly mark?: string | undefined
  readonly arrival?: StateVector | undefined
}

export interface Ledger {
  readonly ghosts: readonly Ghost[]
  add(ghost: NewGhost): Ghost
  ghost(id: number): Ghost
  /** Whoever wrote it: the first, and those who came back to it. */
  ghostsOf(mark: string): readonly Ghost[]
  entityOf(mark: string): number | undefined
  newEntity(): number
  /** Ghosts behind the mark that a replica has received, which holds what `isHeld` says. */
  behind(mark: string, isHeld: (vector: StateVector) => boolean): ReadonlySet<number>
  /** Notes when a journal entry came to be. */
  noteEntry(id: string): void
  /** Virtual time; undefined for one that no device made. */
  entryAt(id: string): number | undefined
  /** A file whose content was taken in, by whatever is at work. */
  noteFile(copy: Copy): void
  /** When each was. */
  readonly files: ReadonlyMap<Copy, number>
  /** Earlier marks of the field that shows this one, nearest first. */
  earlier(mark: string): readonly string[]
  /** Marks that a replica shows without having received any of their ghosts. Should be none. */
  readonly unexplained: number
}

const markPattern = /\bg\d+x\b/g

export function marksIn(text: string): ReadonlySet<string> {
  return new Set(text.match(markPattern))
}

export function createLedger(now: () => number, note: (event: string) => void): Ledger {
  const ghosts: Ghost[] = []
  const byMark = new Map<string, Ghost[]>()
  const entries = new Map<string, number>()
  const files = new Map<Copy, number>()
  let entities = 0
  let marks = 0
  let unexplained = 0

  const ledger: Ledger = {
    ghosts,
    add: ({ kind, by, author, over, entity, mark = `g${++marks}x`, arrival }) => {
      const ghost: Ghost = {
        id: ghosts.length,
        mark,
        kind,
        by,
        author,
        over: new Set(over),
        entity,
        at: now(),
        arrivals: arrival ? [arrival] : [],
        mayVanish: false,
      }
      ghosts.push(ghost)
      const same = byMark.get(mark)
      if (same) same.push(ghost)
      else byMark.set(mark, [ghost])
      if (author !== 'file') note(`#${ghost.id} ${by} ${kind} ${mark} of ${entity} over ${[...ghost.over].join()}`)
      return ghost
    },
    ghost: (id) => ghosts[id]!,
    ghostsOf: (mark) => byMark.get(mark) ?? [],
    entityOf: (mark) => byMark.get(mark)?.[0]?.entity,
    newEntity: () => entities++,
    behind: (mark, isHeld) => {
      const all = byMark.get(mark) ?? []
      const arrived = all.filter((ghost) => ghost.arrivals.some(isHeld))
      if (arrived.length === 0) unexplained++
      return new Set((arrived.length > 0 ? arrived : all).map(({ id }) => id))
    },
    noteEntry: (id) => {
      if (!entries.has(id)) entries.set(id, now())
    },
    entryAt: (id) => entries.get(id),
    noteFile: (copy) => {
      if (!files.has(copy)) files.set(copy, now())
    },
    files,
    earlier: (mark) => {
      const found: string[] = []
      let last = byMark.get(mark)?.at(-1)
      for (let depth = 0; last && depth < 4; depth++) {
        const [before] = [...last.over].map((id) => ghosts[id]!).filter((each) => each.kind === last?.kind)
        if (before && before.mark !== mark && !found.includes(before.mark)) found.push(before.mark)
        last = before
      }
      return found
    },
    get unexplained() {
      return unexplained
    },
  }
  return ledger
}

export function holds(ydoc: Y.Doc, vector: StateVector): boolean {
  for (const [client, clock] of vector) if (Y.getState(ydoc.store, client as number) < clock) return false
  return true
}

/** What the replica has received of itself: with its own items come all that these depend on. */
export function ownVector(ydoc: Y.Doc): StateVector {
  return new Map([[ydoc.clientID, Y.getState(ydoc.store, ydoc.clientID)]])
}

export function fullVector(ydoc: Y.Doc): StateVector {
  return Y.decodeStateVector(Y.encodeStateVector(ydoc))
}
