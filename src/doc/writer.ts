/**
 * How facts are written: one transaction, one stamp and one append for each action; seen facts that are outdone are erased
 * with it, whosever they are.
 */
import type * as Y from 'yjs'
import { isContainer } from '../payload/ordered-json.ts'
import type { Clock } from './clock.ts'
import { coverOf, isCovered } from './cover.ts'
import { createDraft, type Draft } from './draft.ts'
import { Fact, type FactField, type StoredFact } from './fact.ts'
import type { FactStore } from './fact-store.ts'
import { firstSeedClientId, lanePrefix } from './format.ts'
import { freshLaneId, headerId, headerText, type LaneOwner } from './lane.ts'
import { type ChangeOrigin, DocumentOrigin } from './origin.ts'
import { deletionVector, repairFarFuture, stagedBelow } from './repair.ts'
import type { Before, UndoRecord } from './undo-record.ts'

export interface Writer {
  readonly lane: string
  /** Lanes this session wrote into. */
  isOwnLane(lane: string): boolean
  readonly isWriting: boolean
  /** Everything `run` puts is one action. Nothing is left of it where `run` throws. Inside another action: part of that. */
  transact<T>(kind: ChangeOrigin, run: () => T): T
  /** `before` is what undo needs; without it the fact is no part of an undo step. */
  put(id: string, field: Exclude<FactField, 'x'>, text: string, before?: Before, order?: string): void
  /** Deletes the node, with everything at or below it that has been seen here. */
  remove(id: string, before: Before & { readonly field: 'x' }): void
  /** A deletion with a vector of its own. */
  putDeletion(id: string, vector: Readonly<Record<string, number>>, before: Before & { readonly field: 'x' }): void
  /** Forgets what this very action wrote at or below the node. */
  dropStaged(id: string): void
  /** Takes a fact of one's own back without another in its place; the record says how to put it again. */
  erase(fact: Fact, record?: UndoRecord): void
  /** Issues a fact of one's own again, with the next stamp. */
  reissue(facts: readonly Fact[]): void
  /** The stamp of the running action. */
  readonly t: number
  /** Leaves the lane for a fresh one where somebody else writes into it, too. */
  leaveLane(): void
  readonly hasWritten: boolean
}

export interface WriterOptions {
  readonly ydoc: Y.Doc
  readonly store: FactStore
  readonly clock: Clock
  readonly random: () => number
  readonly lane: string
  readonly owner: LaneOwner
  /** Called with each action of one's own, written or about to be announced. */
  readonly onAction: (records: readonly UndoRecord[], kind: ChangeOrigin) => void
}

export function createWriter(options: WriterOptions): Writer {
  const { ydoc, store, clock, random, owner, onAction } = options
  let { lane } = options
  const ownLanes = new Set([lane])
  let draft: Draft | undefined
  let hasWritten = false

  const open = (): Draft => {
    if (!draft) throw new Error('Facts are put inside transact only')
    return draft
  }
  const stage = (entry: StoredFact, before?: Before): void => {
    const now = open()
    const [id, field, , t] = entry
    const limit = clock.hasFar ? clock.limit() : Number.POSITIVE_INFINITY
    const outdone = (old: Fact): boolean =>
      old.field === field &&
      field !== 'c' &&
      (field !== 'x' || ownLanes.has(old.lane)) &&
      (old.t <= t || old.t > limit) &&
      old.counts()
    const replaced = store.factsAt(id).filter(outdone)
    const value = before?.field === 'v' && !isContainer(before.after) ? before.after : undefined
    now.stage(new Fact(entry, lane, value), replaced, before && { kind: 'fact', id, t, lane, before })
  }
  const repair = (id: string, below: boolean): void => {
    if (!clock.hasFar) return
    const { repairT } = open()
    for (const fact of repairFarFuture(store, id, below, clock.limit())) {
      open().erase(fact)
      stage(withTime(fact, repairT))
    }
  }
  const put = (entry: StoredFact, before?: Before): void => {
    repair(entry[0], false)
    stage(entry, before)
  }
  const remove = (id: string, before: Before & { readonly field: 'x' }): void => {
    repair(id, true)
    // What this very action wrote there was seen by nobody; a node it moved in is deleted where it was.
    const { staged, movedIn } = stagedBelow(store, id, open())
    open().unstage(staged)
    for (const guest of movedIn) remove(guest, before)
    const { t, repairT } = open()
    const vector = deletionVector(store, id, clock.limit(), repairT)
    if (vector) put([id, 'x', JSON.stringify(vector), t], before)
  }
  const ownHeader = headerText(owner)
  /** The lane's first fact; again only where its owner has another name now. */
  const header = (t: number): Fact | undefined => {
    const id = headerId(lane)
    const known = store.registers.factsAt(id).find((fact) => fact.lane === lane)
    // A program that says nothing about itself leaves what was said before.
    if (known && (known.text === ownHeader || ownHeader === '{}')) return undefined
    return new Fact([id, 'v', ownHeader, t], lane)
  }
  const commit = (done: Draft, kind: ChangeOrigin): void => {
    const tokens = done.staged
    const erased = [...done.erased]
    if (tokens.length === 0 && erased.length === 0) return
    const first = tokens.length > 0 ? header(done.t) : undefined
    if (first) {
      for (const old of store.registers.factsAt(first.id)) if (old.lane === lane) erased.push(old)
      for (const old of erased) store.remove(old)
      store.add(first)
    }
    if (ydoc.clientID >= firstSeedClientId) ydoc.clientID >>>= 1
    onAction(done.records, kind)
    hasWritten = true
    const root = lanePrefix + lane
    ydoc.transact(() => {
      store.openRoot(root)
      if (tokens.length > 0) store.append(root, first ? [first, ...tokens] : tokens)
      if (erased.length > 0) store.erase(erased)
    }, new DocumentOrigin(kind))
  }

  return {
    get lane() {
      return lane
    },
    get t() {
      return open().t
    },
    get isWriting() {
      return draft !== undefined
    },
    get hasWritten() {
      return hasWritten
    },
    isOwnLane: (id) => ownLanes.has(id),
    transact: (kind, run) => {
      if (draft) return run()
      store.settle()
      const current = createDraft(store, clock)
      draft = current
      let result
      try {
        result = run()
      } catch (error) {
        draft = undefined
        current.rollBack()
        throw error
      }
      draft = undefined
      commit(current, kind)
      return result
    },
    put: (id, field, text, before, order) => {
      if (field === 'c' && isJustDeleted(open(), id, lane)) open().advance()
      const { t } = open()
      put(order === undefined ? [id, field, text, t] : [id, field, text, t, order], before)
    },
    remove,
    putDeletion: (id, vector, before) => {
      put([id, 'x', JSON.stringify(vector), open().t], before)
    },
    dropStaged: (id) => {
      open().unstage(stagedBelow(store, id, open()).staged)
    },
    erase: (fact, record) => {
      open().erase(fact)
      if (record) open().record(record)
    },
    reissue: (facts) => {
      let from: number | undefined
      let t = open().t
      for (const fact of facts) {
        if (from !== undefined && fact.t !== from) t = clock.tick()
        from = fact.t
        open().erase(fact)
        stage(withTime(fact, t))
      }
    },
    leaveLane: () => {
      lane = freshLaneId(random)
      ownLanes.add(lane)
      hasWritten = false
    },
  }
}

/**
 * Whether this very action has deleted the node, or something above it, after making a part of it: a creation of the same
 * stamp would be covered.
 */
function isJustDeleted(draft: Draft, id: string, lane: string): boolean {
  return draft.staged.some((fact) => {
    const cover = fact.field === 'x' && (id === fact.id || id.startsWith(`${fact.id}/`)) ? coverOf(fact) : undefined
    return cover !== undefined && isCovered(draft.t, lane, [cover])
  })
}

function withTime({ id, field, text, order }: Fact, t: number): StoredFact {
  return order === undefined ? [id, field, text, t] : [id, field, text, t, order]
}
