import { describe, expect, it } from 'vitest'
import type { LeaseMessage } from '../../src/protocol/relay-messages.ts'
import { noLeaseYet, stepLease, type LeaseEvent, type LeaseMachine } from '../../src/room/lease-machine.ts'
import { createLeaseTable } from '../../server/relay/lease-table.ts'
import { createRandom } from '../support/random.ts'
import { createVirtualClock } from '../support/virtual-clock.ts'

const lock: LeaseEvent = { kind: 'lock', lock: 'held' }
const elsewhere: LeaseEvent = { kind: 'lock', lock: 'elsewhere' }
const ours: LeaseEvent = { kind: 'relay', relay: 'ours' }
const foreign: LeaseEvent = { kind: 'relay', relay: 'foreign' }
const away: LeaseEvent = { kind: 'relay', relay: 'away' }
const due: LeaseEvent = { kind: 'due' }

function message(op: LeaseMessage['op'], facts: Partial<LeaseMessage> = {}): LeaseEvent {
  return { kind: 'message', message: { op, name: 'bridge:b', holder: 'Ben', epoch: 7, ttlMs: 15_000, ...facts } }
}

/** Steps at the times given, in milliseconds; random 0. */
function run(...events: readonly (LeaseEvent | number)[]): { machine: LeaseMachine; effects: string[] } {
  let nowMs = 0
  let machine = noLeaseYet
  let effects: string[] = []
  for (const event of events) {
    if (typeof event === 'number') {
      nowMs = event
      continue
    }
    const step = stepLease(machine, event, { nowMs, random: 0 })
    machine = step.machine
    effects = step.effects.map((effect) =>
      effect.kind === 'send' ? effect.op : effect.kind === 'wait' ? `wait ${effect.delayMs}` : effect.kind,
    )
  }
  return { machine, effects }
}

describe('the lease machine', () => {
  it('[E1] asks the relay only once the browser’s lock is held', () => {
    expect(run(ours)).toMatchObject({ machine: { state: { kind: 'pending' } }, effects: ['stop-waiting'] })
    expect(run(ours, elsewhere).machine.state).toEqual({ kind: 'other', holder: 'another tab' })
    expect(run(ours, elsewhere, lock).effects).toEqual(['request', 'wait 5000'])
    expect(run(lock, ours).effects).toEqual(['request', 'wait 5000'])
  })

  it('[E2] counts from when it asked, and ends a second early', () => {
    const { machine } = run(lock, 100, ours, 4_000, message('granted'))
    expect(machine.state).toEqual({ kind: 'held', epoch: 7, until: 14_100 })
  })

  it('[E2] takes an answer that came too late for none', () => {
    const { machine, effects } = run(lock, ours, 20_000, message('granted'))
    expect(machine.state).toEqual({ kind: 'pending' })
    expect(effects).toEqual(['request', 'wait 5000'])
  })

  it('[E2] never counts from a later request than the one that was answered', () => {
    const { machine } = run(lock, ours, 5_000, due, 6_000, message('granted'))
    expect(machine.state).toEqual({ kind: 'held', epoch: 7, until: 14_000 })
    const both = run(lock, ours, 5_000, due, 6_000, message('granted'), message('granted'))
    expect(both.machine.state).toEqual({ kind: 'held', epoch: 7, until: 19_000 })
  })

  it('[E3] renews after a third of its life, and stops at its end without an answer', () => {
    const held = [lock, ours, message('granted')] as const
    expect(run(...held).effects).toEqual(['wait 5000'])
    expect(run(...held, 5_000, due).effects).toEqual(['renew', 'wait 5000'])
    expect(run(...held, 5_000, due, 10_000, due).effects).toEqual(['renew', 'wait 4000'])
    const over = run(...held, 5_000, due, 10_000, due, 14_000, due)
    expect([over.machine.state, over.effects]).toEqual([{ kind: 'pending' }, ['request', 'wait 5000']])
    const renewed = run(...held, 5_000, due, 5_100, message('granted'))
    expect(renewed.machine.state).toEqual({ kind: 'held', epoch: 7, until: 19_000 })
  })

  it('[E3] ends with the connection, and is asked for again on the next', () => {
    const gone = run(lock, ours, message('granted'), away)
    expect([gone.machine.state, gone.effects]).toEqual([{ kind: 'pending' }, ['stop-waiting']])
    expect(run(lock, ours, message('granted'), away, ours).effects).toEqual(['request', 'wait 5000'])
    expect(run(lock, ours, message('granted'), away, message('granted')).machine.state.kind).toBe('pending')
  })

  it('[E3] ends when the relay says so', () => {
    const lost = run(lock, ours, message('granted'), message('lost', { holder: '' }))
    expect([lost.machine.state, lost.effects]).toEqual([{ kind: 'pending' }, ['wait 5000']])
    const taken = run(lock, ours, message('granted'), message('lost', { holder: 'Cy' }))
    expect(taken.machine.state).toEqual({ kind: 'other', holder: 'Cy' })
  })

  it('[E4] asks again when it may be free, at least every third of a life', () => {
    expect(run(lock, ours, message('held', { ttlMs: 2_000 })).effects).toEqual(['wait 2000'])
    const long = run(lock, ours, message('held', { ttlMs: 14_000 }))
    expect([long.machine.state, long.effects]).toEqual([{ kind: 'other', holder: 'Ben' }, ['wait 5000']])
    const step = stepLease(run(lock, ours).machine, message('held', { ttlMs: 2_000 }), { nowMs: 0, random: 0.9 })
    expect(step.effects).toEqual([{ kind: 'wait', delayMs: 2_900 }])
  })

  it('[E5] is free with a foreign relay, but not in a second tab', () => {
    expect(run(lock, foreign).machine.state).toEqual({ kind: 'free' })
    expect(run(foreign).machine.state).toEqual({ kind: 'pending' })
    expect(run(foreign, elsewhere).machine.state).toEqual({ kind: 'other', holder: 'another tab' })
  })

  it('asks anew after an answer that nobody waits for', () => {
    expect(run(lock, ours, message('lost', { holder: '' }), message('granted')).effects).toEqual([
      'request',
      'wait 5000',
    ])
  })
})

/** Three sessions against the relay's own table over a slow, lossy, reordering-free network. */
describe('several sessions', () => {
  it('never hold it at the same time, and one holds it nearly always', () => {
    const random = createRandom(11)
    const clock = createVirtualClock(0)
    const table = createLeaseTable({ ttlMs: 15_000, maxLeases: 4 })
    let epoch = 0
    const sessions = [1, 2, 3].map((id) => ({
      id,
      machine: noLeaseYet,
      timer: undefined as number | undefined,
      connection: 0,
      lineFreeAt: 0,
    }))
    type Session = (typeof sessions)[number]

    const step = (session: Session, event: LeaseEvent): void => {
      const moment = { nowMs: clock.now(), random: random.next() }
      const { machine, effects } = stepLease(session.machine, event, moment)
      session.machine = machine
      for (const effect of effects) {
        clock.clearTimer(session.timer)
        if (effect.kind === 'wait') session.timer = clock.setTimer(() => step(session, due), effect.delayMs)
        else if (effect.kind === 'send') send(session, effect.op)
      }
    }
    /** In order per connection, each way up to two seconds. */
    const deliver = (session: Session, run: () => void): void => {
      const { connection } = session
      session.lineFreeAt = Math.max(session.lineFreeAt, clock.now() + random.int(2_000))
      clock.setTimer(() => {
        if (connection === session.connection) run()
      }, session.lineFreeAt - clock.now())
    }
    const send = (session: Session, op: 'request' | 'renew'): void =>
      deliver(session, () => {
        const holder = { id: session.connection * 10 + session.id, label: `s${session.id}` }
        const now = clock.now()
        let answer = op === 'renew' ? table.renew('l', holder, now) : table.request('l', holder, now)
        if (answer === 'granting') answer = table.grant('l', ++epoch, now) ?? 'too-many'
        if (answer === 'too-many') return
        const told = { name: 'l', ...answer }
        deliver(session, () => step(session, { kind: 'message', message: told }))
      })

    for (const session of sessions) {
      step(session, lock)
      step(session, ours)
    }
    let held = 0
    const total = 4_000
    for (let tick = 0; tick < total; tick++) {
      clock.advance(250)
      const holders = sessions.filter(
        ({ machine }) => machine.state.kind === 'held' && machine.state.until > clock.now(),
      )
      expect(holders.length).toBeLessThanOrEqual(1)
      held += holders.length
      if (random.chance(0.005)) {
        const session = random.pick(sessions)
        const holder = session.connection * 10 + session.id
        session.connection++
        session.lineFreeAt = 0
        step(session, away)
        // The relay notices a dead socket late.
        clock.setTimer(() => table.leave(holder), random.int(40_000))
        clock.setTimer(() => step(session, ours), random.int(5_000))
      }
    }
    expect(held / total).toBeGreaterThan(0.6)
  })
})
