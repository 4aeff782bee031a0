/**
 * Where the machine stands when no turn runs. A resting place is never entered by name: it is derived from what is known, so no
 * two flags can contradict each other. Where a turn is due, deriving starts it.
 */
import { recheckOf } from './blocked.ts'
import type { Effect, Instant, Timing, TurnResult } from './machine-events.ts'
import { epochOf, type MachineState, mayWriteBin, type Turn } from './machine-state.ts'
import { readyAt, spend } from './request-bucket.ts'

export interface Step {
  readonly state: MachineState
  readonly effects: readonly Effect[]
}

/** When the machine wants a `tick`; null while only an event can move it. */
export function wakeAt(state: MachineState, timing: Timing): number | null {
  switch (state.phase.kind) {
    case 'clean':
      return pollDue(state, timing)
    case 'settling':
      return state.verifyAt
    case 'dirty':
      return state.dirty?.dueAt ?? null
    case 'backoff':
      return state.retry?.at ?? null
    case 'throttled':
      return allowedAt(state, { now: state.bucket.at, timing })
    case 'awaiting':
      return state.awaiting ? Math.min(state.awaiting.checkAt, state.awaiting.until) : null
    case 'blocked':
      return earliest(
        probeDue(state, timing),
        state.block && recheckOf(state.block.reason) === 'edit' ? (state.dirty?.dueAt ?? null) : null,
      )
    default:
      return null
  }
}

/** When a block is looked into again by a request. */
function probeDue(state: MachineState, timing: Timing): number | null {
  if (!state.block || state.supply === 'reserved') return null
  const pollAt = recheckOf(state.block.reason) === 'poll' ? pollDue(state, timing) : null
  const due = earliest(state.block.probeAt, pollAt)
  return due === null ? null : Math.max(due, allowedAt(state, { now: state.bucket.at, timing }))
}

/** When an automatic turn may begin: with the READ, and the WRITE that may follow from it, paid for. */
function allowedAt({ access, bucket }: MachineState, { now, timing }: Pick<Instant, 'now' | 'timing'>): number {
  return readyAt(bucket, access === 'writer' ? 2 : 1, now, timing)
}

function pollDue(state: MachineState, timing: Timing): number | null {
  return state.looking ? (state.lastReadAt ?? 0) + timing.pollMs : null
}

function earliest(...times: readonly (number | null)[]): number | null {
  const due = times.filter((time) => time !== null)
  return due.length > 0 ? Math.min(...due) : null
}

export function stay(state: MachineState): Step {
  return { state, effects: [] }
}

/** Bridges without a lease spread their flushes, which keeps them from writing the same thing at once. */
export function dirtyAfter(state: MachineState, { now, jitter, timing }: Instant): MachineState['dirty'] {
  const since = state.dirty?.since ?? now
  const isLow = state.supply !== 'plenty'
  const [debounceMs, maxMs] = isLow
    ? [timing.lowSupplyDebounceMs, timing.lowSupplyDebounceMs]
    : [timing.debounceMs, timing.maxDebounceMs]
  const spread = state.lease.kind === 'free' ? jitter * debounceMs * 0.25 : 0
  return { since, dueAt: Math.min(now + debounceMs + spread, since + maxMs) }
}

/** The resting place that follows from what is known, or the start of a turn where one is due. */
export function rest(state: MachineState, at: Instant): Step {
  const { now, timing } = at
  if (state.phase.kind === 'linking') return stay(state)
  if (!state.linked) return place(state, 'unlinked')
  if (state.access === 'none') {
    return state.lease.kind === 'other' ? place(state, 'standby') : place({ ...state, wanted: null }, 'blocked')
  }
  if (state.wanted) return read({ ...state, wanted: null, block: null }, state.wanted, false, at)
  if (state.pauses.team || state.pauses.device) return place(state, 'paused')
  if (state.access === 'writer' && !mayWriteBin(state)) return place(state, 'standby')
  if (state.supply === 'reserved') return place(state, 'blocked')
  if (state.block) return restBlocked(state, state.block, at)
  if (state.retry) return now < state.retry.at ? place(state, 'backoff') : readInTurn(state, at)
  if (state.awaiting) return restAwaiting(state, state.awaiting, at)
  if (state.mustRead) return readInTurn(state, at)
  if (state.dirty) return now < state.dirty.dueAt ? place(state, 'dirty') : readInTurn(state, at)
  if (state.verifyAt !== null) return now < state.verifyAt ? place(state, 'settling') : readInTurn(state, at)
  const pollAt = pollDue(state, timing)
  return pollAt !== null && now >= pollAt ? readInTurn(state, at) : place(state, 'clean')
}

/** An automatic turn, as soon as the bucket has what it costs. */
function readInTurn(state: MachineState, at: Instant): Step {
  return at.now < allowedAt(state, at) ? place(state, 'throttled') : read(state, null, false, at)
}

function restBlocked(state: MachineState, block: NonNullable<MachineState['block']>, at: Instant): Step {
  const { now, timing } = at
  const probeAt = probeDue(state, timing)
  if (probeAt !== null && now >= probeAt) return read({ ...state, block: null }, null, false, at)
  if (recheckOf(block.reason) === 'edit' && state.dirty && now >= state.dirty.dueAt) {
    const { state: blocked } = place({ ...state, dirty: null }, 'blocked')
    return { state: blocked, effects: [{ kind: 'measure' }] }
  }
  return place(state, 'blocked')
}

function restAwaiting(state: MachineState, awaiting: NonNullable<MachineState['awaiting']>, at: Instant): Step {
  const { now, timing } = at
  if (now >= awaiting.until && state.relaySettled) {
    return now < allowedAt(state, at) ? place(state, 'throttled') : read({ ...state, awaiting: null }, null, true, at)
  }
  if (now < awaiting.checkAt) return place(state, 'awaiting')
  const until = Math.max(awaiting.until, state.relaySettled ? 0 : now + timing.awaitCheckMs)
  const { state: waiting } = place({ ...state, awaiting: { until, checkAt: now + timing.awaitCheckMs } }, 'awaiting')
  return { state: waiting, effects: [{ kind: 'recheck' }] }
}

type RestingKind =
  | 'unlinked'
  | 'clean'
  | 'dirty'
  | 'settling'
  | 'awaiting'
  | 'backoff'
  | 'throttled'
  | 'paused'
  | 'standby'
  | 'blocked'

function place(state: MachineState, kind: RestingKind): Step {
  return stay(state.phase.kind === kind ? state : { ...state, phase: { kind } })
}

function read(state: MachineState, manual: Turn['manual'], recover: boolean, { now, timing }: Instant): Step {
  const turn: Turn = { number: state.lastTurn + 1, manual, recover, epoch: epochOf(state), startedAt: now }
  return {
    state: {
      ...state,
      phase: { kind: 'reading', turn },
      lastTurn: turn.number,
      mustRead: true,
      retry: null,
      bucket: spend(state.bucket, now, timing),
    },
    effects: [{ kind: 'read', turn }],
  }
}

export function finish(state: MachineState, turn: Turn, result: TurnResult, at: Instant): Step {
  const { state: rested, effects } = rest({ ...state, phase: { kind: 'clean' } }, at)
  return { state: rested, effects: [{ kind: 'finish', turn, result }, ...effects] }
}
