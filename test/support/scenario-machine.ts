import {
  defaultTiming,
  type Effect,
  type Failure,
  type GateChange,
  type Instant,
  type MachineEvent,
  type MergeOutcome,
} from '../../src/bridge/machine-events.ts'
import { wakeAt } from '../../src/bridge/machine-rest.ts'
import { initialMachineState, type MachineState, type PhaseKind } from '../../src/bridge/machine-state.ts'
import { step } from '../../src/bridge/machine.ts'
import { blockOf } from '../../src/bridge/blocked.ts'

/**
 * Drives the machine as its shell would, in plain words, and checks after every step what must always hold:
 * the one rule (BR1), that a turn's number only grows, and that a wake-up is wanted wherever only time can help.
 */
export interface MachineScenario {
  readonly state: MachineState
  readonly phase: PhaseKind
  /** Effects since the last look. */
  readonly effects: readonly Effect['kind'][]
  send(event: MachineEvent): MachineScenario
  gate(change: GateChange): MachineScenario
  /** Linked, with a writing key and the lease: the state in which a bridge works. */
  linked(): MachineScenario
  advance(ms: number): MachineScenario
  /** Time passes, the wake-ups that fall due come. */
  wait(ms: number): MachineScenario
  edit(): MachineScenario
  read(): MachineScenario
  readFails(failure?: Partial<Failure & { kind: 'retry' }>): MachineScenario
  merged(outcome: MergeOutcome): MachineScenario
  stored(): MachineScenario
  wrote(): MachineScenario
  writeFails(failure?: Failure): MachineScenario
  expectPhase(kind: PhaseKind): MachineScenario
  expectEffects(...kinds: readonly Effect['kind'][]): MachineScenario
}

export interface MachineScenarioOptions {
  readonly jitter?: number
  readonly looking?: boolean
}

export const retryFailure: Failure = { kind: 'retry', reason: 'no answer', retryAfterMs: undefined }

export function machineScenario({ jitter = 0.5, looking = true }: MachineScenarioOptions = {}): MachineScenario {
  let now = 1_000
  let state: MachineState = { ...initialMachineState, looking }
  let effects: Effect[] = []
  let merge: { turn: number; epoch: number; generation: number } | undefined

  const check = (before: MachineState, event: MachineEvent, made: readonly Effect[]): void => {
    if (state.lastTurn < before.lastTurn) throw new Error('turn numbers went back')
    for (const effect of made) {
      if (effect.kind === 'merge') {
        if (before.phase.kind !== 'reading') throw new Error(`BR1: merge out of ${before.phase.kind}`)
        merge = { turn: effect.turn.number, epoch: effect.turn.epoch, generation: state.generation }
      }
      if (effect.kind === 'write') {
        const fresh = merge?.turn === effect.turn.number && merge.generation === state.generation
        const epoch = state.lease.kind === 'held' ? state.lease.epoch : 0
        if (!fresh || merge?.epoch !== epoch || event.kind !== 'stored')
          throw new Error('BR1: write without fresh read and merge')
      }
    }
    const timed: readonly PhaseKind[] = ['dirty', 'backoff', 'awaiting', 'settling']
    if (timed.includes(state.phase.kind) && wakeAt(state, defaultTiming) === null) {
      throw new Error(`${state.phase.kind} waits for ever`)
    }
  }
  const send = (event: MachineEvent): void => {
    const before = state
    const at: Instant = { now, jitter, timing: defaultTiming }
    const stepped = step(state, event, at)
    state = stepped.state
    effects.push(...stepped.effects)
    check(before, event, stepped.effects)
  }
  const turn = (): number => ('turn' in state.phase ? state.phase.turn.number : -1)

  const scenario: MachineScenario = {
    get state() {
      return state
    },
    get phase() {
      return state.phase.kind
    },
    get effects() {
      const kinds = effects.map(({ kind }) => kind)
      effects = []
      return kinds
    },
    send: (event) => {
      send(event)
      return scenario
    },
    gate: (change) => scenario.send({ kind: 'gate', change }),
    linked: () =>
      scenario
        .gate({ gate: 'access', access: 'writer' })
        .gate({ gate: 'lease', lease: { kind: 'held', epoch: 1, until: Number.MAX_SAFE_INTEGER } })
        .gate({ gate: 'link', generation: 1 }),
    advance: (ms) => {
      now += ms
      return scenario
    },
    wait: (ms) => {
      const until = now + ms
      for (;;) {
        const due = wakeAt(state, defaultTiming)
        if (due === null || due > until) break
        now = Math.max(now, due)
        const before = state
        send({ kind: 'tick' })
        if (state === before) throw new Error('a tick that was asked for did nothing')
      }
      now = until
      return scenario
    },
    edit: () => scenario.send({ kind: 'docChanged' }),
    read: () => scenario.send({ kind: 'read', turn: turn() }),
    readFails: (failure = {}) =>
      scenario.send({ kind: 'readFailed', turn: turn(), failure: { ...retryFailure, ...failure } as Failure }),
    merged: (outcome) => scenario.send({ kind: 'merged', turn: turn(), outcome }),
    stored: () => scenario.send({ kind: 'stored', turn: turn() }),
    wrote: () => scenario.send({ kind: 'wrote', turn: turn() }),
    writeFails: (failure = retryFailure) => scenario.send({ kind: 'writeFailed', turn: turn(), failure }),
    expectPhase: (kind) => {
      if (state.phase.kind !== kind) throw new Error(`expected phase ${kind}, it is ${state.phase.kind}`)
      return scenario
    },
    expectEffects: (...kinds) => {
      const made = scenario.effects
      if (made.join() !== kinds.join()) throw new Error(`expected effects [${kinds.join()}], they are [${made.join()}]`)
      return scenario
    },
  }
  return scenario
}

export const equal: MergeOutcome = { kind: 'equal', foreign: false }
export const differs: MergeOutcome = { kind: 'differs', foreign: false }
export const differsForeign: MergeOutcome = { kind: 'differs', foreign: true }
export const blank: MergeOutcome = { kind: 'blocked', block: blockOf('blank-bin') }
export const corrupt: MergeOutcome = { kind: 'corrupt', block: blockOf('invalid-bin') }
