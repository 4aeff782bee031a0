/**
 * Carries out what the machine asks for: requests, merges, stored bodies. It decides nothing; every end of an effect goes back
 * as an event, marked with its turn.
 */
import { canonicalHash } from '../payload/canonical-hash.ts'
import { isObject, parseJson } from '../payload/ordered-json.ts'
import type { BinStore } from '../jsonbin/bin-store.ts'
import { blockAgainst, type Body, composeBody, tooLarge } from './body.ts'
import { BridgeError } from './bridge-error.ts'
import type { Block } from './blocked.ts'
import { isTooLarge, readFailure, writeFailure } from './failure.ts'
import type { Effect, MachineEvent, MergeOutcome, TurnResult } from './machine-events.ts'
import type { Turn } from './machine-state.ts'
import { type MergeResult, mergeTurn, type MergeTurnParts } from './merge-turn.ts'

export interface LinkedBin {
  readonly id: string
  readonly name: string
  /** Null without a key: nothing is ever sent then. */
  readonly store: BinStore | null
}

export interface TurnReport {
  readonly result: TurnResult
  readonly entry: MergeResult['entry']
  readonly block: Block | null
  readonly error: unknown
}

export interface TurnsParts extends MergeTurnParts {
  readonly link: () => LinkedBin | null
  readonly dispatch: (event: MachineEvent) => void
  /** Wall-clock milliseconds. */
  readonly now: () => number
  readonly limitOf: (bin: string) => number | undefined
  readonly learnLimit: (bin: string, bytes: number) => void
  readonly onRead: () => void
  readonly onWrote: () => void
  /** A save of somebody else's was seen for the first time. */
  readonly onForeign: () => void
}

export interface Turns {
  run(effect: Effect): void
  /** Settles with the turn that answers the command. */
  ask(command: 'pull' | 'push' | 'overwrite'): Promise<TurnReport>
  /** The last record that was no token file; null where there was none. */
  unreadable(): string | null
  /** Forgets what it knows of the bin. */
  forget(): void
  /** Rejects whatever still waits for a turn. */
  rejectWaiting(error: BridgeError): void
  /** Aborts a read and waits for a write under way. */
  close(): Promise<void>
}

interface Running {
  readonly turn: Turn
  readonly abort: AbortController
  readonly asked: readonly Waiting[]
  record: string
  /** The service's clock at the READ. */
  answeredAt: number | undefined
  entry: MergeResult['entry']
  body: Body | null
  block: Block | null
  error: unknown
}

interface Waiting {
  readonly resolve: (report: TurnReport) => void
  readonly reject: (error: BridgeError) => void
}

export function createTurns(parts: TurnsParts): Turns {
  const { dispatch, link, lens, side } = parts
  let waiting: Waiting[] = []
  let running: Running | null = null
  let hasArrived: () => boolean = () => true
  let unreadable: string | null = null
  /** Merges of two turns must not interleave, also where the first was abandoned. */
  let merging: Promise<unknown> = Promise.resolve()
  let writing: Promise<unknown> = Promise.resolve()

  const isCurrent = (turn: Turn): boolean => running?.turn.number === turn.number

  const read = async (turn: Turn): Promise<void> => {
    const bin = link()
    if (!bin?.store) return
    const started: Running = {
      turn,
      abort: new AbortController(),
      asked: turn.manual ? waiting.splice(0) : [],
      record: '',
      answeredAt: undefined,
      entry: null,
      body: null,
      block: null,
      error: undefined,
    }
    running = started
    try {
      const { record, answeredAt } = await bin.store.read(bin.id, { signal: started.abort.signal })
      started.record = record
      started.answeredAt = answeredAt
      parts.onRead()
      dispatch({ kind: 'read', turn: turn.number })
    } catch (error) {
      started.error = error
      dispatch({ kind: 'readFailed', turn: turn.number, failure: noteBlock(started, readFailure(error)) })
    }
  }

  const merge = async (turn: Turn, mayWrite: boolean): Promise<void> => {
    const current = running
    const bin = link()
    if (!current || !bin || !isCurrent(turn)) return
    let outcome: MergeOutcome
    try {
      const merged = await mergeTurn(current.record, bin.id, turn, parts)
      hasArrived = merged.hasArrived
      current.entry = merged.entry
      if (merged.isNewWrite) parts.onForeign()
      outcome = merged.outcome
      if (outcome.kind === 'differs' && mayWrite && isCurrent(turn)) outcome = prepare(current, bin, outcome)
    } catch (error) {
      current.error = error
      outcome = { kind: 'failed', reason: error instanceof Error ? error.message : String(error) }
    }
    if ('block' in outcome) current.block = outcome.block
    if (outcome.kind === 'corrupt') unreadable = current.record
    dispatch({ kind: 'merged', turn: turn.number, outcome })
  }

  /** Composed in the same tick as the comparison, so that the body is what was compared. */
  const prepare = (current: Running, bin: LinkedBin, outcome: MergeOutcome): MergeOutcome => {
    const body = compose(bin, current.turn.epoch, current.answeredAt)
    const block = blockAgainst(lens.view(), body, parts.limitOf(bin.id))
    if (block) return { kind: 'blocked', block }
    current.body = body
    return outcome
  }

  const compose = (bin: LinkedBin, epoch: number, answeredAt: number | undefined): Body => {
    const rev = 1 + Math.max(0, ...side.history.snapsOf(bin.id).map((snap) => snap.rev))
    const { registry, by, now, randomId } = parts
    return composeBody({
      lens,
      bin: bin.id,
      id: randomId(),
      doc: registry.documentId(),
      rev,
      epoch,
      by: by(),
      now: now(),
      serverTime: answeredAt,
    })
  }

  const store = async (turn: Turn): Promise<void> => {
    const body = running?.body
    if (!body || !isCurrent(turn)) return
    try {
      side.append([{ kind: 'snap', id: body.id, head: body.head, content: body.content }])
      await parts.persistSide()
      dispatch({ kind: 'stored', turn: turn.number })
    } catch (error) {
      if (running) running.error = error
      dispatch({ kind: 'writeFailed', turn: turn.number, failure: readFailure(error) })
    }
  }

  const write = async (turn: Turn): Promise<void> => {
    const current = running
    const bin = link()
    const body = current?.body
    if (!current || !bin?.store || !body) return
    try {
      const { record } = await bin.store.update(bin.id, body.text)
      if (record !== undefined && !isSame(record, body)) {
        throw new BridgeError('interrupted', 'The service answered with other content than was written')
      }
      parts.onWrote()
      side.trim()
      dispatch({ kind: 'wrote', turn: turn.number })
    } catch (error) {
      current.error = error
      if (isTooLarge(error)) parts.learnLimit(bin.id, error.limit ?? body.bytes - 1)
      const failure = isTooLarge(error)
        ? ({ kind: 'block', block: tooLarge(lens.view(), body.bytes, parts.limitOf(bin.id) ?? 0) } as const)
        : writeFailure(error)
      dispatch({ kind: 'writeFailed', turn: turn.number, failure: noteBlock(current, failure) })
    }
  }

  const finish = (turn: Turn, turnResult: TurnResult): void => {
    const current = running
    if (!current || !isCurrent(turn)) return
    running = null
    current.abort.abort()
    if (turnResult === 'restarted') {
      waiting = [...current.asked, ...waiting]
      return
    }
    const { entry, block, error } = current
    for (const { resolve } of current.asked) resolve({ result: turnResult, entry, block, error })
  }

  const measure = (): void => {
    const bin = link()
    if (bin)
      dispatch({
        kind: 'measured',
        block: blockAgainst(lens.view(), compose(bin, 0, undefined), parts.limitOf(bin.id)),
      })
  }

  return {
    run: (effect) => {
      switch (effect.kind) {
        case 'read':
          void read(effect.turn)
          break
        case 'merge':
          merging = merging.then(() => merge(effect.turn, effect.mayWrite))
          break
        case 'store':
          void store(effect.turn)
          break
        case 'write':
          writing = write(effect.turn)
          break
        case 'finish':
          finish(effect.turn, effect.result)
          break
        case 'recheck':
          if (hasArrived()) dispatch({ kind: 'caughtUp' })
          break
        case 'measure':
          measure()
          break
      }
    },
    ask: (command) =>
      new Promise<TurnReport>((resolve, reject) => {
        waiting.push({ resolve, reject })
        dispatch({ kind: 'command', command })
      }),
    unreadable: () => unreadable,
    forget: () => {
      unreadable = null
    },
    rejectWaiting: (error) => {
      for (const { reject } of waiting) reject(error)
      waiting = []
    },
    close: async () => {
      running?.abort.abort()
      await writing
      await merging
    },
  }
}

function noteBlock<F extends { readonly kind: string; readonly block?: Block }>(running: Running, failure: F): F {
  if (failure.block) running.block = failure.block
  return failure
}

/** A 2xx that echoes other content tells nothing about ours. */
function isSame(record: string, body: Body): boolean {
  const echoed = parseJson(record)
  return isObject(echoed) && canonicalHash(echoed) === body.hash
}
