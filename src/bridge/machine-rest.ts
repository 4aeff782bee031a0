/**
 * Where the machine stands when no turn runs. A resting place is never entered by name: it is derived from what is known, so no
 * two flags can contradict each other. Where a turn is due, deriving starts it.
 */
import { recheckOf } from './blocked.ts'
import type { Effect, Instant, Timing, TurnResult } from './machine-events.ts'
import { epochOf, type MachineState, mayWriteBin, type Turn } from './machine-state.ts'

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
    case 'awaiting':
      return state.awaiting ? Math.min(state.awaiting.checkAt, state.awaiting.until) : null
    case 'blocked':
      return earliest(
        state.block?.probeAt ?? null,
        state.block && recheckOf(state.block.reason) === 'edit' ? (state.dirty?.dueAt ?? null) : null,
        state.block && recheckOf(state.block.reason) === 'poll' ? pollDue(state, timing) : null,
      )
    default:
      return null
  }
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
  const spread = state.lease.kind === 'free' ? jitter * timing.debounceMs * 0.25 : 0
  return { since, dueAt: Math.min(now + timing.debounceMs + spread, since + timing.maxDebounceMs) }
}

/** The resting place that follows from what is known, or the start of a turn where one is due. */
export function rest(state: MachineState, at: Instant): Step {
  const { now, timing } = at
  if (state.phase.kind === 'linking') return stay(state)
  if (!state.linked) return place(state, 'unlinked')
  if (state.access === 'none') {
    return state.lease.kind === 'other' ? place(state, 'standby') : place({ ...state, wanted: null }, 'blocked')
  }
  if (state.wanted) return read({ ...state, wanted: null, block: null }, state.wanted, false)
  if (state.pauses.team || state.pauses.device) return place(state, 'paused')
  if (state.access === 'writer' && !mayWriteBin(state)) return place(state, 'standby')
  if (state.block) return restBlocked(state, state.block, at)
  if (state.retry) return now < state.retry.at ? place(state, 'backoff') : read(state, null, false)
  if (state.awaiting) return restAwaiting(state, state.awaiting, at)
  if (state.mustRead) return read(state, null, false)
  if (state.dirty) return now < state.dirty.dueAt ? place(state, 'dirty') : read(state, null, false)
  if (state.verifyAt !== null) return now < state.verifyAt ? place(state, 'settling') : read(state, null, false)
  const pollAt = pollDue(state, timing)
  return pollAt !== null && now >= pollAt ? read(state, null, false) : place(state, 'clean')
}

function restBlocked(state: MachineState, block: NonNullable<MachineState['block']>, at: Instant): Step {
  const { now, timing } = at
  const recheck = recheckOf(block.reason)
  const pollAt = recheck === 'poll' ? pollDue(state, timing) : null
  if ((block.probeAt !== null && now >= block.probeAt) || (pollAt !== null && now >= pollAt)) {
    return read({ ...state, block: null }, null, false)
  }
  if (recheck === 'edit' && state.dirty && now >= state.dirty.dueAt) {
    const { state: blocked } = place({ ...state, dirty: null }, 'blocked')
    return { state: blocked, effects: [{ kind: 'measure' }] }
  }
  return place(state, 'blocked')
}

function restAwaiting(state: MachineState, awaiting: NonNullable<MachineState['awaiting']>, at: Instant): Step {
  const { now, timing } = at
  if (now >= awaiting.until && state.relaySettled) return read({ ...state, awaiting: null }, null, true)
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
  | 'paused'
  | 'standby'
  | 'blocked'

function place(state: MachineState, kind: RestingKind): Step {
  return stay(state.phase.kind === kind ? state : { ...state, phase: { kind } })
}

function read(state: MachineState, manual: Turn['manual'], recover: boolean): Step {
  const turn: Turn = { number: state.lastTurn + 1, manual, recover, epoch: epochOf(state) }
  return {
    state: { ...state, phase: { kind: 'reading', turn }, lastTurn: turn.number, mustRead: true, retry: null },
    effects: [{ kind: 'read', turn }],
  }
}

export function finish(state: MachineState, turn: Turn, result: TurnResult, at: Instant): Step {
  const { state: rested, effects } = rest({ ...state, phase: { kind: 'clean' } }, at)
  return { state: rested, effects: [{ kind: 'finish', turn, result }, ...effects] }
}
