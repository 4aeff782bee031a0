import { describe, expect, it } from 'vitest'
import { closeCodes } from '../../src/protocol/close-codes.ts'
import {
  relayStateOf,
  stepLink,
  unconnected,
  type LinkClosed,
  type LinkEvent,
  type LinkMachine,
} from '../../src/room/link-machine.ts'

type Phase = LinkMachine['phase']

const closed: LinkClosed = {
  kind: 'closed',
  code: 1006,
  cause: null,
  reason: '',
  key: 'none',
  nowMs: 0,
  random: 0.5,
}
const events: Readonly<Record<LinkEvent['kind'], LinkEvent>> = {
  connect: { kind: 'connect' },
  disconnect: { kind: 'disconnect' },
  opened: { kind: 'opened' },
  welcome: { kind: 'welcome', role: 'writer', user: { id: 'ana', name: 'Ana' } },
  synced: { kind: 'synced', nowMs: 0 },
  closed,
}

function run(...sequence: readonly LinkEvent[]): LinkMachine {
  return sequence.reduce(stepLink, unconnected)
}

function refusedBy(code: number, key: LinkClosed['key'] = 'fixed'): LinkMachine {
  return run(events.connect, events.opened, { ...closed, code, key })
}

function reasonOf(state: LinkMachine): string {
  const shown = relayStateOf(state, true)
  return 'reason' in shown ? `${shown.kind}: ${shown.reason}` : shown.kind
}

const states: Readonly<Record<Phase, LinkMachine>> = {
  off: unconnected,
  dialling: run(events.connect),
  open: run(events.connect, events.opened),
  refused: refusedBy(closeCodes.notAllowed),
}

const transitions: Readonly<Record<Phase, Readonly<Record<LinkEvent['kind'], Phase>>>> = {
  off: { connect: 'dialling', disconnect: 'off', opened: 'off', welcome: 'off', synced: 'off', closed: 'off' },
  dialling: {
    connect: 'dialling',
    disconnect: 'off',
    opened: 'open',
    welcome: 'dialling',
    synced: 'dialling',
    closed: 'dialling',
  },
  open: { connect: 'open', disconnect: 'off', opened: 'open', welcome: 'open', synced: 'open', closed: 'dialling' },
  refused: {
    connect: 'dialling',
    disconnect: 'off',
    opened: 'refused',
    welcome: 'refused',
    synced: 'refused',
    closed: 'refused',
  },
}

describe('the link machine', () => {
  for (const phase of Object.keys(transitions) as Phase[]) {
    for (const kind of Object.keys(events) as LinkEvent['kind'][]) {
      it(`goes from ${phase} by ${kind} to ${transitions[phase][kind]}`, () => {
        expect(stepLink(states[phase], events[kind]).phase).toBe(transitions[phase][kind])
      })
    }
  }

  it('says connecting, syncing and synced in this order', () => {
    expect(reasonOf(run())).toBe('off')
    expect(reasonOf(run(events.connect))).toBe('connecting')
    expect(reasonOf(run(events.connect, events.opened))).toBe('syncing')
    const synced = run(events.connect, events.opened, events.welcome, events.synced)
    expect(relayStateOf(synced, false).kind).toBe('syncing')
    expect(relayStateOf(synced, true).kind).toBe('synced')
  })

  it('[R1] gives up for good on 44xx, with a reason and a remedy', () => {
    const reasons = [4400, 4401, 4403, 4404, 4413, 4444, 4499].map((code) => reasonOf(refusedBy(code)))
    expect(reasons).toEqual([
      'refused: bad-bytes',
      'refused: key-expired',
      'refused: not-allowed',
      'refused: no-such-room',
      'refused: too-large',
      'refused: refused',
      'refused: refused',
    ])
    expect(reasonOf(refusedBy(4401, 'none'))).toBe('refused: key-missing')
    const unknown = run(events.connect, { ...closed, code: 4444, reason: 'come back never' })
    expect(relayStateOf(unknown, true)).toHaveProperty('message', expect.stringContaining('come back never'))
  })

  it('[R1] asks for another key once until one is accepted', () => {
    const expired: LinkClosed = { ...closed, code: 4401, key: 'renewable' }
    const first = run(events.connect, events.opened, expired)
    expect([first.phase, first.delayMs, first.keyRetried]).toEqual(['dialling', 0, true])
    expect(reasonOf(first)).toBe('connecting')
    const second = [events.opened, expired].reduce(stepLink, first)
    expect(reasonOf(second)).toBe('refused: key-expired')
    const accepted = [events.opened, events.welcome, events.synced, expired].reduce(stepLink, first)
    expect([accepted.phase, accepted.keyRetried]).toEqual(['dialling', true])
  })

  it('[R2] waits longer after each connection that brought nothing, also where it was synced for a moment', () => {
    let state = run(events.connect)
    const delays: number[] = []
    for (let round = 0; round < 5; round++) {
      state = [
        events.opened,
        events.welcome,
        { kind: 'synced', nowMs: 0 } as const,
        { ...closed, nowMs: 9_999 },
      ].reduce(stepLink, state)
      delays.push(state.delayMs)
    }
    expect(delays).toEqual([1_000, 375, 750, 1_500, 3_000])
    const lasted = [
      events.opened,
      events.welcome,
      { kind: 'synced', nowMs: 0 } as const,
      { ...closed, nowMs: 10_000 },
    ].reduce(stepLink, state)
    expect([lasted.failures, lasted.delayMs]).toEqual([1, 1_000])
  })

  it('[R3] takes a relay that answers without a welcome for a foreign one', () => {
    expect(run(events.connect, events.opened, events.synced)).toMatchObject({ relay: 'foreign', role: null })
    expect(run(events.connect, events.opened, events.welcome, events.synced)).toMatchObject({
      relay: 'ours',
      role: 'writer',
    })
  })

  it('names why it is offline', () => {
    const open = [events.connect, events.opened, events.synced]
    const reasons = {
      'never reached': run(events.connect, closed),
      'connection lost': run(...open, closed),
      restart: run(...open, { ...closed, code: 1012 }),
      'storage failed': run(...open, { ...closed, code: 4503 }),
      'too fast': run(events.connect, events.opened, { ...closed, code: 4529 }),
      'nothing heard': run(...open, { ...closed, code: null }),
      'bad frame': run(...open, { ...closed, cause: 'unreadable' }),
      'no key': run(events.connect, { ...closed, cause: 'key-failed' }),
      'restart, then unreachable': run(...open, { ...closed, code: 1012 }, closed, closed),
    }
    expect(Object.entries(reasons).map(([what, state]) => `${what} → ${reasonOf(state)}`)).toEqual([
      'never reached → offline: unreachable',
      'connection lost → offline: lost',
      'restart → offline: restarting',
      'storage failed → offline: storage-failed',
      'too fast → offline: too-fast',
      'nothing heard → offline: silent',
      'bad frame → offline: unreadable',
      'no key → offline: key-failed',
      'restart, then unreachable → offline: restarting',
    ])
  })

  it('stays offline while it tries, until it is synced again', () => {
    const lost = run(events.connect, events.opened, events.synced, closed)
    const trying = stepLink(lost, closed)
    expect(reasonOf(trying)).toBe('offline: lost')
    expect(reasonOf([events.opened, events.synced].reduce(stepLink, trying))).toBe('synced')
  })
})
