/** The parts of a document put together: what follows the Y.Doc, what is shown, what writes, and who is told. */
import type * as Y from 'yjs'
import { isObject } from '../payload/ordered-json.ts'
import { TokenError } from '../payload/token-error.ts'
import { createChangeAuthors } from './change-author.ts'
import { changesBetween, type Moment, type TokenChange } from './changes.ts'
import { type Clock, createClock } from './clock.ts'
import type { Editing } from './editing.ts'
import { createFactStore, type FactBatch, type FactStore } from './fact-store.ts'
import { firstSeedClientId, seedLane } from './format.ts'
import type { LaneOwner } from './lane.ts'
import { createOrderRun } from './order-key.ts'
import { type ChangeOrigin, originOf } from './origin.ts'
import { reissueOwnFarFacts } from './reissue.ts'
import { healSeeds } from './seeding.ts'
import { createShown, type Shown } from './shown.ts'
import { createSubscribers, type Subscribers } from './subscribers.ts'
import { createUndo, type Undo } from './undo.ts'
import { createWriter, type Writer } from './writer.ts'
import type { Entries } from './yjs-entries.ts'

/**
 * - `empty`: no seed and no set · `whole` · `partial`: a seed is known only in part, the rest is on its way
 * - `schema-too-new`: a newer version wrote here; nothing is read or written
 */
export type DocumentState = 'empty' | 'whole' | 'partial' | 'schema-too-new'

export interface CoreOptions extends LaneOwner {
  readonly ydoc: Y.Doc
  readonly entries: Entries
  readonly lane: string
  readonly now: () => number
  readonly random: () => number
  readonly onError: (error: unknown) => void
}

export interface DocumentCore {
  readonly ydoc: Y.Doc
  readonly store: FactStore
  readonly shown: Shown
  readonly clock: Clock
  readonly writer: Writer
  readonly editing: Editing
  readonly undo: Undo
  subscribe(listener: (changes: readonly TokenChange[]) => void): () => void
  readonly registerChanges: Subscribers<void>
  readonly state: DocumentState
  now(): number
  /** One action: refused where nothing may be written now, written whole, or not at all. */
  act<T>(kind: ChangeOrigin, run: (editing: Editing) => T): T
  checkWritable(): void
  setReadOnly(reason: string | null): void
  destroy(): void
}

export function createCore(options: CoreOptions): DocumentCore {
  const { ydoc, entries, now, random, onError } = options
  const clock = createClock(now, (limit) => newestWithin(store, limit))
  const store = createFactStore(entries, clock)
  const shown = createShown(store)
  const changes = createSubscribers<readonly TokenChange[]>(onError)
  const registerChanges = createSubscribers<void>(onError)
  let readOnly: string | null = null
  let destroyed = false
  /** What subscribers know. */
  let told: Moment | undefined

  const undo = createUndo(() => editing, now)
  const writer = createWriter({ ...options, store, clock, owner: options, onAction: undo.noteAction })
  const editing: Editing = { store, shown, writer, random, orderRun: createOrderRun() }

  const moment = (): Moment => {
    const { value } = shown.view()
    return { root: isObject(value) ? value : {}, snapshot: shown.snapshot(), setsId: shown.setsId }
  }
  const tellChanges = (batch: FactBatch, origin: ChangeOrigin): void => {
    if (changes.size === 0 || !told) return
    const before = told
    told = moment()
    const facts = [...batch.own, ...batch.added]
    const lane = origin === 'local' || origin === 'undo' ? writer.lane : seedLane
    const authors = createChangeAuthors(store.registers, facts, { lane, t: clock.last })
    const list = changesBetween(before, told, authors, origin)
    if (list.length > 0) changes.tell(list)
  }
  const follow = (transaction: Y.Transaction): void => {
    try {
      const batch = store.follow(transaction)
      if (!batch) return
      // Somebody else writes into this lane: what he could not see must not count as seen by him.
      if (writer.hasWritten && batch.added.some((fact) => fact.lane === writer.lane)) writer.leaveLane()
      if (batch.touchesTokens) tellChanges(batch, originOf(transaction))
      if (batch.touchesRegisters) registerChanges.tell()
    } catch (error) {
      // Never into Yjs: its Y.Doc would stop working.
      onError(error)
    }
  }
  ydoc.on('afterTransaction', follow)

  const checkWritable = (): void => {
    if (destroyed) throw new TokenError('closed', 'This document has been closed. Open the room again to edit.')
    if (store.isTooNew) {
      throw new TokenError(
        'schema-too-new',
        'A newer version of y-tokens wrote into this document. Update this program to read and edit it.',
      )
    }
    if (readOnly !== null)
      throw new TokenError('read-only', `Nothing can be changed here: ${readOnly}`, { reason: readOnly })
  }
  const act = <T>(kind: ChangeOrigin, run: (editing: Editing) => T): T => {
    checkWritable()
    if (!writer.isWriting) healSeeds(ydoc, store, writer.lane)
    return writer.transact(kind, () => run(editing))
  }

  if (ydoc.clientID >= firstSeedClientId) ydoc.clientID >>>= 1
  if (!store.isTooNew) reissueOwnFarFacts(store, writer, clock)

  return {
    ydoc,
    store,
    shown,
    clock,
    writer,
    editing,
    undo,
    now,
    subscribe: (listener) => {
      if (changes.size === 0) told = moment()
      return changes.add(listener)
    },
    registerChanges,
    get state() {
      if (store.isTooNew) return 'schema-too-new'
      return stateOf(store, shown)
    },
    act,
    checkWritable,
    setReadOnly: (reason) => {
      readOnly = reason
    },
    destroy: () => {
      destroyed = true
      ydoc.off('afterTransaction', follow)
      changes.clear()
      registerChanges.clear()
    },
  }
}

function newestWithin(store: FactStore, limit: number): number {
  let newest = 0
  for (const { time } of store.tree.seeds) if (time <= limit && time > newest) newest = time
  for (const { t } of store.allFacts()) if (t <= limit && t > newest) newest = t
  return newest
}

function stateOf(store: FactStore, shown: Shown): DocumentState {
  const seeds = [...store.seeds.values()]
  if (seeds.some((seed) => seed.whole)) return 'whole'
  if (seeds.length > 0) return 'partial'
  if (Object.keys(shown.snapshot().values).length > 0) return 'whole'
  return store.tree.root.kids && [...store.allFacts()].some((fact) => !fact.id.startsWith('/~')) ? 'partial' : 'empty'
}
