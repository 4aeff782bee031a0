import type { Clock } from './clock.ts'
import type { Fact } from './fact.ts'
import type { FactStore } from './fact-store.ts'
import type { UndoRecord } from './undo-record.ts'

/**
 * An action on its way: its facts are in the store already, so that what follows in the same action sees them, but not yet
 * in the Y.Doc. It is written whole, or taken back whole.
 */
export interface Draft {
  /** The stamp of the action, and the one just before it for facts that are repaired. */
  readonly t: number
  readonly repairT: number
  readonly staged: readonly Fact[]
  readonly erased: ReadonlySet<Fact>
  readonly records: readonly UndoRecord[]
  /** Puts a fact in, and the facts of its register that it replaces out. */
  stage(fact: Fact, replaced: readonly Fact[], record?: UndoRecord): void
  erase(fact: Fact): void
  record(record: UndoRecord): void
  /** Takes staged facts out as if they had never been, and puts back what they had replaced. */
  unstage(facts: Iterable<Fact>): void
  isStaged(fact: Fact): boolean
  /** Goes on with a later stamp. */
  advance(): void
  rollBack(): void
}

export function createDraft(store: FactStore, clock: Clock): Draft {
  /** Ticks only when there is something to stamp. */
  let stamp: Stamp | undefined
  /** Staged fact → the written facts that went with it. */
  const staged = new Map<Fact, readonly Fact[]>()
  const recordOf = new Map<Fact, UndoRecord>()
  const loose: UndoRecord[] = []
  const erased = new Set<Fact>()

  return {
    get t() {
      stamp ??= nextStamp(clock)
      return stamp.t
    },
    get repairT() {
      stamp ??= nextStamp(clock)
      return stamp.repairT
    },
    erased,
    get staged() {
      return [...staged.keys()]
    },
    get records() {
      return [...[...staged.keys()].flatMap((fact) => recordOf.get(fact) ?? []), ...loose]
    },
    stage(fact, replaced, record) {
      const gone: Fact[] = []
      let kept = record
      for (const old of replaced) {
        const before = staged.get(old)
        if (before === undefined) {
          takeOut(store, erased, old)
          gone.push(old)
          continue
        }
        // The last write of an action counts, with what was there before the first.
        gone.push(...before)
        kept = startingFrom(recordOf.get(old), record)
        store.remove(old)
        staged.delete(old)
        recordOf.delete(old)
      }
      staged.set(fact, gone)
      if (kept) recordOf.set(fact, kept)
      store.add(fact)
    },
    erase(fact) {
      takeOut(store, erased, fact)
    },
    record(record) {
      loose.push(record)
    },
    unstage(facts) {
      for (const fact of facts) {
        for (const old of staged.get(fact) ?? []) putBack(store, erased, old)
        staged.delete(fact)
        recordOf.delete(fact)
        store.remove(fact)
      }
    },
    isStaged(fact) {
      return staged.has(fact)
    },
    advance() {
      stamp = nextStamp(clock)
    },
    rollBack() {
      for (const fact of staged.keys()) store.remove(fact)
      for (const fact of erased) putBack(store, erased, fact)
      staged.clear()
      erased.clear()
    },
  }
}

interface Stamp {
  readonly t: number
  readonly repairT: number
}

function nextStamp(clock: Clock): Stamp {
  const repairT = clock.hasFar ? clock.tick() : clock.last
  return { t: clock.tick(), repairT }
}

function takeOut(store: FactStore, erased: Set<Fact>, fact: Fact): void {
  store.remove(fact)
  erased.add(fact)
}

function putBack(store: FactStore, erased: Set<Fact>, fact: Fact): void {
  erased.delete(fact)
  // A teammate's update that came in meanwhile may have erased it for good.
  if (!store.isErased(fact)) store.add(fact)
}

function startingFrom(earlier: UndoRecord | undefined, later: UndoRecord | undefined): UndoRecord | undefined {
  if (earlier?.kind !== 'fact' || later?.kind !== 'fact') return later
  const { before } = later
  if (before.field === 'v' && earlier.before.field === 'v')
    return { ...later, before: { ...before, value: earlier.before.value } }
  return { ...later, before: earlier.before }
}
