/** The steps of one turn: READ, MERGE, store, WRITE. The only call that enters `writing` stands here, behind all three. */
import { type Block, recheckOf } from './blocked.ts'
import type { Effect, Failure, Instant, MachineEvent, MergeOutcome } from './machine-events.ts'
import { dirtyAfter, finish, rest, stay, type Step } from './machine-rest.ts'
import { epochOf, type MachineState, type Phase, type Turn } from './machine-state.ts'
import { spend } from './request-bucket.ts'

export function next(state: MachineState, event: MachineEvent, at: Instant): Step {
  const { phase } = state
  if (event.kind === 'close') return close(state)
  if (event.kind === 'caughtUp') return rest({ ...state, awaiting: null, mustRead: true }, at)
  if (event.kind === 'measured') {
    if (!event.block) return rest({ ...state, block: null, mustRead: true }, at)
    return stay({ ...state, block: { ...event.block, probeAt: null } })
  }
  if (phase.kind === 'reading' && event.kind === 'read') {
    if (isStale(phase.turn, at)) return startOver(state, phase.turn, at)
    const mayWrite = state.access === 'writer' && phase.turn.manual !== 'pull'
    return {
      state: { ...state, phase: { kind: 'merging', turn: phase.turn }, failures: 0, lastReadAt: at.now },
      effects: [{ kind: 'merge', turn: phase.turn, mayWrite }],
    }
  }
  if (phase.kind === 'reading' && event.kind === 'readFailed') return fail(state, phase.turn, event.failure, at)
  if (phase.kind === 'merging' && event.kind === 'merged') return merged(state, phase.turn, event.outcome, at)
  if (phase.kind === 'storing' && event.kind === 'stored') return write(state, phase, at)
  if (phase.kind === 'writing' && event.kind === 'wrote') {
    const { verifyAfterForeignMs, verifyAfterQuietMs } = at.timing
    const verifyAt = at.now + (phase.foreign ? verifyAfterForeignMs : verifyAfterQuietMs)
    return finish({ ...state, verifyAt, mustRead: gatesMoved(state, phase.turn) }, phase.turn, 'wrote', at)
  }
  if ((phase.kind === 'storing' || phase.kind === 'writing') && event.kind === 'writeFailed') {
    const again = { ...state, dirty: state.dirty ?? { since: at.now, dueAt: at.now } }
    return fail(again, phase.turn, event.failure, at)
  }
  throw new Error(`The bridge has no step for "${event.kind}" while ${phase.kind}`)
}

/**
 * A lid was closed, or a tab was frozen, since the READ began: what it answered may be minutes old, and others have merged and
 * written since. No time-out sees that, since timers stood still as well.
 */
function isStale(turn: Turn, { now, timing }: Instant): boolean {
  return now - turn.startedAt > 2 * timing.requestTimeoutMs
}

/** What was asked for is asked again; an automatic turn begins anew by itself, with a fresh READ. */
function startOver(state: MachineState, turn: Turn, at: Instant): Step {
  if (turn.manual === null) return finish({ ...state, mustRead: true }, turn, 'abandoned', at)
  return finish({ ...state, mustRead: true, wanted: turn.manual }, turn, 'restarted', at)
}

/** Paused, deposed or unlinked while the request was under way: what is in the bin by now is unknown. */
function gatesMoved(state: MachineState, turn: Turn): boolean {
  return turn.epoch !== epochOf(state) || state.pauses.team !== null || state.pauses.device !== null
}

function close(state: MachineState): Step {
  const effects: Effect[] =
    'turn' in state.phase ? [{ kind: 'finish', turn: state.phase.turn, result: 'abandoned' }] : []
  return { state: { ...state, phase: { kind: 'closed' }, linked: false }, effects }
}

/** An automatic turn is tried again after a full-jitter back-off; what a person asked for fails at once. */
function fail(state: MachineState, turn: Turn, failure: Failure, at: Instant): Step {
  switch (failure.kind) {
    case 'block':
      return finish(blocked(state, failure.block, at), turn, 'blocked', at)
    case 'lacksRight':
      return finish({ ...state, access: 'consumer', dirty: null, mustRead: false }, turn, 'failed', at)
    case 'retry': {
      const { backoffMinMs, backoffMaxMs } = at.timing
      const ceiling = Math.min(backoffMaxMs, backoffMinMs * 2 ** state.failures)
      const waitMs = Math.max(ceiling * at.jitter, failure.retryAfterMs ?? 0)
      const retry = { at: at.now + waitMs, reason: failure.reason }
      return finish({ ...state, retry, failures: state.failures + 1, mustRead: true }, turn, 'failed', at)
    }
  }
}

function blocked(state: MachineState, block: Block, { now, timing }: Instant): MachineState {
  const probeAt = recheckOf(block.reason) === 'hourly' ? now + timing.quotaProbeMs : null
  return { ...state, block: { ...block, probeAt }, mustRead: true }
}

function merged(state: MachineState, turn: Turn, outcome: MergeOutcome, at: Instant): Step {
  const { now, timing } = at
  if (outcome.kind === 'failed') {
    return fail(state, turn, { kind: 'retry', reason: outcome.reason, retryAfterMs: undefined }, at)
  }
  if (outcome.kind === 'corrupt' && state.corruptReads < 2 && turn.manual === null) {
    const retry: Failure = { kind: 'retry', reason: 'The bin could not be read as JSON', retryAfterMs: undefined }
    return fail({ ...state, corruptReads: state.corruptReads + 1 }, turn, retry, at)
  }
  if (outcome.kind === 'corrupt' || outcome.kind === 'blocked') {
    return finish(blocked(state, outcome.block, at), turn, 'blocked', at)
  }
  if (outcome.kind === 'ahead') {
    const awaiting = { until: now + timing.awaitMs, checkAt: now + timing.awaitCheckMs }
    return finish({ ...state, awaiting, corruptReads: 0 }, turn, 'ahead', at)
  }
  const known: MachineState = { ...state, awaiting: null, corruptReads: 0, mustRead: false, verifyAt: null }
  if (outcome.kind === 'equal') {
    const verifyAt = outcome.foreign ? now + timing.verifyAfterQuietMs : null
    return finish({ ...known, dirty: null, verifyAt }, turn, 'equal', at)
  }
  if (state.access !== 'writer') return finish({ ...known, dirty: null }, turn, 'merged', at)
  if (turn.manual === 'pull') {
    return finish({ ...known, dirty: known.dirty ?? dirtyAfter(known, at) }, turn, 'merged', at)
  }
  const storing: Phase = { kind: 'storing', turn, foreign: outcome.foreign }
  return { state: { ...known, phase: storing, dirty: null }, effects: [{ kind: 'store', turn }] }
}

function write(state: MachineState, phase: Phase & { kind: 'storing' }, at: Instant): Step {
  const { turn, foreign } = phase
  if (isStale(turn, at))
    return startOver({ ...state, dirty: state.dirty ?? { since: at.now, dueAt: at.now } }, turn, at)
  const enoughLease =
    turn.manual !== null || state.lease.kind !== 'held' || state.lease.until - at.now >= at.timing.requestTimeoutMs
  if (!enoughLease) {
    const soon = { since: state.dirty?.since ?? at.now, dueAt: at.now + 1_000 }
    return finish({ ...state, dirty: soon }, turn, 'abandoned', at)
  }
  return {
    state: {
      ...state,
      phase: { kind: 'writing', turn, foreign },
      mustRead: true,
      bucket: spend(state.bucket, at.now, at.timing),
    },
    effects: [{ kind: 'write', turn }],
  }
}
