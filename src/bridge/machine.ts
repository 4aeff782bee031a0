/**
 * The bridge as a pure machine: `step(state, event, at) → { state, effects }`. It does no I/O and reads no clock.
 *
 * ```
 * unlinked ─link→ ┐            ┌─failed→ backoff ─time→ reading
 * linking  ─link→ ├→ reading ──┤
 * clean ─poll,────┤            └─read→ merging ─equal→ settling | clean
 * dirty  due  ────┘                      │ ├─bin ahead→ awaiting ─caught up, 60 s→ reading
 *                                        │ └─unusable→ blocked ─exit, recheck→ reading
 *                                        └─differs→ storing ─stored→ writing ─wrote→ settling ─quiet→ reading
 *                                                                       └─failed→ backoff ─time→ reading
 * any due read without a request to spare → throttled ─time→ reading
 * any ─pause→ paused ─resume→ reading     any ─lease lost→ standby ─lease→ reading     any ─unlink→ unlinked
 * ```
 *
 * The one rule (BR1): the only way into `writing` leads through `reading` and `merging` of the same turn, in the same link
 * generation and lease epoch. Whatever makes the bin's content uncertain (start, resume, regained lease, unknown outcome,
 * back-off) sets `mustRead`.
 *
 * A resting place is never entered by name: `rest` derives it from what is known, so no two flags can contradict each other.
 */
import { type EventKind, type GateChange, type Instant, type MachineEvent } from './machine-events.ts'
import { dirtyAfter, rest, stay, type Step, finish } from './machine-rest.ts'
import { epochOf, type MachineState, mayWriteBin, type PhaseKind, type Turn } from './machine-state.ts'
import { next } from './machine-turn.ts'

/**
 * - `ignore`: nothing happens, the state is the same object
 * - `note`: what is known changes, the place does not
 * - `rest`: what is known changes, and with it, perhaps, the place
 * - `regate`: as `note` where the turn may go on, else it is abandoned
 * - `next`: the step that this phase waits for
 */
export type Move = 'ignore' | 'note' | 'rest' | 'regate' | 'next'
type Row = Readonly<Record<EventKind, Move>>

const noResults = {
  read: 'ignore',
  readFailed: 'ignore',
  merged: 'ignore',
  stored: 'ignore',
  wrote: 'ignore',
  writeFailed: 'ignore',
} as const

const resting: Row = {
  ...noResults,
  gate: 'rest',
  docChanged: 'rest',
  tick: 'rest',
  command: 'rest',
  caughtUp: 'ignore',
  measured: 'ignore',
  close: 'next',
}

const inTurn: Row = {
  ...noResults,
  gate: 'regate',
  docChanged: 'note',
  tick: 'ignore',
  command: 'note',
  caughtUp: 'ignore',
  measured: 'ignore',
  close: 'next',
}

/** Every event in every phase. Exported for the test that checks it cell by cell. */
export const transitions: Readonly<Record<PhaseKind, Row>> = {
  unlinked: { ...resting, command: 'ignore' },
  linking: { ...resting, tick: 'ignore', docChanged: 'note', command: 'note' },
  clean: resting,
  dirty: resting,
  settling: resting,
  awaiting: { ...resting, caughtUp: 'next' },
  backoff: resting,
  throttled: resting,
  paused: resting,
  standby: resting,
  blocked: { ...resting, measured: 'next' },
  reading: { ...inTurn, read: 'next', readFailed: 'next' },
  merging: { ...inTurn, merged: 'next' },
  storing: { ...inTurn, stored: 'next', writeFailed: 'next' },
  // A request under way cannot be called back: its outcome is awaited and noted, whatever the gates say.
  writing: { ...inTurn, wrote: 'next', writeFailed: 'next' },
  closed: {
    ...noResults,
    gate: 'ignore',
    docChanged: 'ignore',
    tick: 'ignore',
    command: 'ignore',
    caughtUp: 'ignore',
    measured: 'ignore',
    close: 'ignore',
  },
}

export function step(state: MachineState, event: MachineEvent, at: Instant): Step {
  if ('turn' in event && !('turn' in state.phase && state.phase.turn.number === event.turn)) return stay(state)
  switch (transitions[state.phase.kind][event.kind]) {
    case 'ignore':
      return stay(state)
    case 'note':
      return stay(note(state, event, at))
    case 'rest':
      return rest(note(state, event, at), at)
    case 'regate':
      return regate(state, note(state, event, at), at)
    case 'next':
      return next(state, event, at)
  }
}

function note(state: MachineState, event: MachineEvent, at: Instant): MachineState {
  switch (event.kind) {
    case 'gate':
      return noteGate(state, event.change)
    case 'docChanged':
      return state.access === 'writer' ? { ...state, dirty: dirtyAfter(state, at) } : state
    case 'command':
      return event.command === 'retry'
        ? { ...state, block: null, retry: null, failures: 0, mustRead: true }
        : { ...state, wanted: stronger(state.wanted, event.command) }
    default:
      return state
  }
}

const commandRank = { pull: 1, push: 2, overwrite: 3 } as const

function stronger(wanted: Turn['manual'], command: NonNullable<Turn['manual']>): NonNullable<Turn['manual']> {
  return wanted && commandRank[wanted] > commandRank[command] ? wanted : command
}

function noteGate(state: MachineState, change: GateChange): MachineState {
  switch (change.gate) {
    case 'link':
      return { ...unlink(state, change.generation), linked: true }
    case 'linking':
      return { ...unlink(state, change.generation), phase: { kind: 'linking' } }
    case 'unlink':
      return unlink(state, change.generation)
    case 'access':
      return { ...state, access: change.access, mustRead: true, block: null, retry: null, failures: 0 }
    case 'lease': {
      const regained = change.lease.kind === 'held' && epochOf(state) !== change.lease.epoch
      return { ...state, lease: change.lease, mustRead: state.mustRead || regained || change.lease.kind === 'other' }
    }
    case 'pause':
      return {
        ...state,
        pauses: { ...state.pauses, [change.scope]: change.pause },
        mustRead: true,
      }
    case 'presence':
      return { ...state, looking: change.looking }
    case 'relay':
      return { ...state, relaySettled: change.settled }
    case 'supply':
      return { ...state, supply: change.supply }
  }
}

/** Forgets all that was true of one bin; gates and pending edits of the document are no such thing. */
function unlink(state: MachineState, generation: number): MachineState {
  return {
    ...state,
    phase: { kind: 'unlinked' },
    generation,
    linked: false,
    mustRead: true,
    wanted: null,
    verifyAt: null,
    awaiting: null,
    retry: null,
    failures: 0,
    corruptReads: 0,
    block: null,
    lastReadAt: null,
  }
}

/** A turn goes on where its link and epoch stand and nothing forbids it; a write under way always does. */
function regate(before: MachineState, state: MachineState, at: Instant): Step {
  const { phase } = before
  if (!('turn' in phase)) return rest(state, at)
  const { turn } = phase
  if (state.generation !== before.generation) {
    const { state: rested, effects } = rest(state, at)
    return { state: rested, effects: [{ kind: 'finish', turn, result: 'abandoned' }, ...effects] }
  }
  const allowed =
    turn.epoch === epochOf(state) &&
    state.access !== 'none' &&
    (turn.manual !== null ||
      (!state.pauses.team && !state.pauses.device && (state.access === 'consumer' || mayWriteBin(state))))
  if (phase.kind === 'writing' || allowed) return stay(state)
  // Whoever presses a button while the lease is being granted must not be told to press it again.
  if (turn.manual !== null && state.access !== 'none') {
    return finish({ ...state, wanted: stronger(state.wanted, turn.manual) }, turn, 'restarted', at)
  }
  return finish(state, turn, 'abandoned', at)
}
