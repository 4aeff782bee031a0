/**
 * One lease as its holder sees it: pure. A lease is the time-limited right, granted by the relay, to do something that only
 * one should do at a time, such as writing a bin. It saves requests; nothing may depend on it for safety.
 *
 * ```
 *            lock          connected             granted
 *  waiting ───────▶ idle ────────────▶ asked ───────────────▶ held ──renew──▶ held
 *                    ▲  ▲                │ held by another     │ lost, time over
 *                    │  └── disconnected │        ┌────────────┘
 *                    │     (anywhere)    ▼        ▼
 *                    └─────────────── other / asked again
 * ```
 *
 * - E1 Within a browser profile a Web Lock comes first: a second tab does not even ask.
 * - E2 A lease counts from when it was asked for, not from when the answer came, and ends a second early.
 * - E3 It is renewed three times within its life, and lost at its end or with the connection, whichever is first.
 * - E4 Whoever holds it gives no notice when it is free: it is asked for again, not before it may be free, never in step with
 *   others.
 * - E5 A foreign relay grants no leases: then everybody is free to go on.
 */
import type { LeaseMessage } from '../protocol/relay-messages.ts'

/** `until` is on the clock of {@link Timers.now}. `free`: nobody grants leases here. */
export type LeaseState =
  | { readonly kind: 'free' }
  | { readonly kind: 'pending' }
  | { readonly kind: 'held'; readonly epoch: number; readonly until: number }
  | { readonly kind: 'other'; readonly holder: string }

export interface LeaseMachine {
  readonly lock: 'asking' | 'elsewhere' | 'held'
  readonly relay: 'away' | 'foreign' | 'ours'
  readonly state: LeaseState
  /** When the requests were sent that have no answer yet; answers come in order. */
  readonly asked: readonly number[]
  readonly ttlMs: number
}

export type LeaseEvent =
  | { readonly kind: 'lock'; readonly lock: 'elsewhere' | 'held' }
  | { readonly kind: 'relay'; readonly relay: 'away' | 'foreign' | 'ours' }
  | { readonly kind: 'message'; readonly message: LeaseMessage }
  | { readonly kind: 'due' }

export type LeaseEffect =
  | { readonly kind: 'send'; readonly op: 'request' | 'renew' }
  | { readonly kind: 'wait'; readonly delayMs: number }
  | { readonly kind: 'stop-waiting' }

export interface LeaseStep {
  readonly machine: LeaseMachine
  readonly effects: readonly LeaseEffect[]
}

export interface LeaseMoment {
  readonly nowMs: number
  /** In [0, 1). */
  readonly random: number
}

/** The relay's default life of a lease, until it says otherwise. */
const usualTtlMs = 15_000
/** Clocks and networks: stop before the relay gives the lease to somebody else. */
const earlyMs = 1_000
const renewalsPerLife = 3

export const noLeaseYet: LeaseMachine = {
  lock: 'asking',
  relay: 'away',
  state: { kind: 'pending' },
  asked: [],
  ttlMs: usualTtlMs,
}

export function stepLease(machine: LeaseMachine, event: LeaseEvent, moment: LeaseMoment): LeaseStep {
  switch (event.kind) {
    case 'lock':
      return restart({ ...machine, lock: event.lock }, moment)
    case 'relay':
      return restart({ ...machine, relay: event.relay }, moment)
    case 'due':
      return due(machine, moment)
    case 'message':
      return machine.relay === 'ours' && machine.lock === 'held'
        ? answered(machine, event.message, moment)
        : same(machine)
  }
}

/** Lock or connection have changed: whatever was held or asked is over. */
function restart(machine: LeaseMachine, moment: LeaseMoment): LeaseStep {
  const idle: LeaseMachine = { ...machine, asked: [], state: idleState(machine) }
  if (idle.lock === 'held' && idle.relay === 'ours') return ask(idle, 'request', moment)
  return { machine: idle, effects: [{ kind: 'stop-waiting' }] }
}

function idleState({ lock, relay }: LeaseMachine): LeaseState {
  if (lock === 'elsewhere') return { kind: 'other', holder: 'another tab' }
  return lock === 'held' && relay === 'foreign' ? { kind: 'free' } : { kind: 'pending' }
}

function ask(machine: LeaseMachine, op: 'request' | 'renew', { nowMs }: LeaseMoment): LeaseStep {
  return {
    machine: { ...machine, asked: [...machine.asked, nowMs] },
    effects: [
      { kind: 'send', op },
      { kind: 'wait', delayMs: pauseOf(machine, nowMs) },
    ],
  }
}

/** Until the next renewal, or the end of the lease if that is nearer. */
function pauseOf({ state, ttlMs }: LeaseMachine, nowMs: number): number {
  const renewal = ttlMs / renewalsPerLife
  return state.kind === 'held' ? Math.max(0, Math.min(renewal, state.until - nowMs)) : renewal
}

function due(machine: LeaseMachine, moment: LeaseMoment): LeaseStep {
  if (machine.relay !== 'ours' || machine.lock !== 'held') return same(machine)
  if (machine.state.kind !== 'held') return ask(machine, 'request', moment)
  if (moment.nowMs < machine.state.until) return ask(machine, 'renew', moment)
  return ask({ ...machine, asked: [], state: { kind: 'pending' } }, 'request', moment)
}

function answered(machine: LeaseMachine, message: LeaseMessage, moment: LeaseMoment): LeaseStep {
  const [askedAtMs, ...asked] = machine.asked
  switch (message.op) {
    case 'granted': {
      // An answer to a request that was given up: when it was sent is not known any more.
      if (askedAtMs === undefined) return ask(machine, 'request', moment)
      const until = askedAtMs + message.ttlMs - earlyMs
      const ttlMs = message.ttlMs
      if (until <= moment.nowMs) return ask({ ...machine, asked, ttlMs, state: { kind: 'pending' } }, 'request', moment)
      const held: LeaseMachine = { ...machine, asked, ttlMs, state: { kind: 'held', epoch: message.epoch, until } }
      return { machine: held, effects: [{ kind: 'wait', delayMs: pauseOf(held, moment.nowMs) }] }
    }
    case 'held': {
      const other: LeaseMachine = { ...machine, asked, state: { kind: 'other', holder: message.holder } }
      return { machine: other, effects: [again(message.ttlMs, machine.ttlMs, moment)] }
    }
    case 'lost': {
      const holder = message.holder
      const state: LeaseState = holder === '' ? { kind: 'pending' } : { kind: 'other', holder }
      return { machine: { ...machine, asked: [], state }, effects: [again(machine.ttlMs, machine.ttlMs, moment)] }
    }
    case 'request':
    case 'renew':
    case 'release':
      return same(machine)
  }
}

/** The holder may also leave early: ask at least every third of a life. */
function again(restMs: number, ttlMs: number, { random }: LeaseMoment): LeaseEffect {
  return { kind: 'wait', delayMs: Math.round(Math.min(restMs, ttlMs / renewalsPerLife) + random * 1_000) }
}

function same(machine: LeaseMachine): LeaseStep {
  return { machine, effects: [] }
}
