import { afterEach, describe, expect, it } from 'vitest'
import { step } from '../../src/bridge/machine.ts'
import { defaultTiming, type Effect, type MachineEvent } from '../../src/bridge/machine-events.ts'
import { initialMachineState, type MachineState } from '../../src/bridge/machine-state.ts'
import { wakeAt } from '../../src/bridge/machine-rest.ts'
import { createRequestMeter } from '../../src/bridge/request-meter.ts'
import type { BinStore } from '../../src/jsonbin/bin-store.ts'
import { createBridgeWorld, type Device, type World, type WorldOptions } from '../support/bridge-world.ts'
import { setTokenValue } from '../support/plugin-edits.ts'
import { createRandom } from '../support/random.ts'
import { blank, corrupt, differs, differsForeign, equal } from '../support/scenario-machine.ts'
import { openPlugin } from '../support/scenario-plugin.ts'
import { worldFile } from '../support/scenario-tokens.ts'

const worlds: World[] = []
async function open(options: Partial<WorldOptions> = {}): Promise<World> {
  const world = await createBridgeWorld({ file: worldFile, ...options })
  worlds.push(world)
  return world
}
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close()
})

const { bucketBurst, bucketRefillMs } = defaultTiming

/** The times of all requests of a bridge that never rests: edits, failures and foreign writes as the seed has it. */
function requestsOf(seed: number, lastsMs: number): readonly number[] {
  const random = createRandom(seed)
  const sent: number[] = []
  let state: MachineState = initialMachineState
  let now = 0
  const answers: { readonly at: number; readonly event: MachineEvent }[] = []
  const send = (event: MachineEvent): void => {
    const { state: after, effects } = step(state, event, { now, jitter: random.next(), timing: defaultTiming })
    state = after
    for (const effect of effects) answer(effect)
  }
  const answer = (effect: Effect): void => {
    if (!('turn' in effect)) return
    const turn = effect.turn.number
    const later = (event: MachineEvent): void => void answers.push({ at: now + random.int(400), event })
    const failure = { kind: 'retry', reason: 'down', retryAfterMs: undefined } as const
    if (effect.kind === 'read' || effect.kind === 'write') sent.push(now)
    if (effect.kind === 'read')
      later(random.chance(0.3) ? { kind: 'readFailed', turn, failure } : { kind: 'read', turn })
    if (effect.kind === 'merge') {
      later({ kind: 'merged', turn, outcome: random.pick([equal, differs, differsForeign, corrupt, blank]) })
    }
    if (effect.kind === 'store') later({ kind: 'stored', turn })
    if (effect.kind === 'write')
      later(random.chance(0.3) ? { kind: 'writeFailed', turn, failure } : { kind: 'wrote', turn })
  }
  send({ kind: 'gate', change: { gate: 'access', access: 'writer' } })
  send({ kind: 'gate', change: { gate: 'lease', lease: { kind: 'free' } } })
  send({ kind: 'gate', change: { gate: 'presence', looking: true } })
  send({ kind: 'gate', change: { gate: 'link', generation: 1 } })
  while (now < lastsMs) {
    answers.sort((a, b) => a.at - b.at)
    const due = wakeAt(state, defaultTiming) ?? Number.POSITIVE_INFINITY
    const next = answers[0]?.at ?? Number.POSITIVE_INFINITY
    const edit = now + 300 + random.int(2_000)
    const at = Math.max(now, Math.min(due, next, edit))
    now = at
    if (at === next) send(answers.shift()!.event)
    else if (at === due) send({ kind: 'tick' })
    else if (random.chance(0.05)) send({ kind: 'command', command: 'retry' })
    else send({ kind: 'docChanged' })
  }
  return sent
}

describe('the request bucket', () => {
  it('[BR120] no window has more than a burst and the rate, whatever happens', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const sent = requestsOf(seed, 3_600_000)
      expect(sent.length, `seed ${seed}`).toBeGreaterThan(100)
      const excess = sent.flatMap((from, first) =>
        sent.slice(first).map((to, after) => after + 1 - bucketBurst - (to - from) / bucketRefillMs),
      )
      expect(Math.max(...excess.map((each) => Math.round(each * 1e3))), `seed ${seed}`).toBeLessThanOrEqual(0)
    }
  })

  it('[BR120] says when the next request goes; what people ask for goes at once, and is counted', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    for (let n = 0; n < 12; n++) {
      a.document.update('core', 'color.red', { $value: `#${n}` })
      await world.pass(3_000)
    }
    const { state } = a.bridge.status
    expect(state).toMatchObject({ kind: 'waiting', reason: expect.stringContaining('spread out') as string })
    expect(state.kind === 'waiting' && state.until - world.clock.now()).toBeLessThanOrEqual(20_000)
    await a.bridge.push()
    expect(world.bins.read()).toContain('#11')
    await world.settle()
    expect(a.bridge.status.state.kind).toBe('synced')
  })

  it('[BR121] nothing is sent while nothing changes and nobody looks', async () => {
    const world = await open({ devices: 2 })
    for (const { looking } of world.devices) looking.set(false)
    await world.settle()
    const before = { ...world.bins.requests }
    await world.pass(7 * 86_400_000)
    expect(world.bins.requests).toEqual(before)
  })

  it('[BR121] costs no more than one request per edit, two bridges with a lease no more than 1.2', async () => {
    for (const devices of [1, 2]) {
      const world = await open({ devices, lease: true, seed: 7 })
      const random = createRandom(7)
      const before = world.bins.requests.reads + world.bins.requests.writes
      let edits = 0
      for (const until = world.clock.now() + 31 * 60_000; world.clock.now() < until;) {
        for (let burst = random.int(3); burst >= 0; burst--, edits++) {
          random.pick(world.devices).document.update('core', 'color.red', { $value: `#${edits}` })
          await world.pass(random.int(2_500))
        }
        await world.pass(random.int(18_000))
      }
      await world.settle()
      const requests = world.bins.requests.reads + world.bins.requests.writes - before
      expect(requests / edits, `${devices} bridges, ${requests} for ${edits}`).toBeLessThanOrEqual(
        devices === 1 ? 1 : 1.2,
      )
    }
  })
})

describe('the request meter', () => {
  it('[BR122] counts all that this device sends, and two for a save of the plugin, across restarts', async () => {
    const world = await open({ requestLimit: 10_000 })
    const [a] = world.devices as [Device]
    const sent = (): number => world.bins.requests.reads + world.bins.requests.writes
    expect(a.bridge.status.requests).toMatchObject({ used: sent(), left: 10_000 - sent() })
    openPlugin(world).save((model) => setTokenValue(model, 'core', 'space.m', '9px'))
    await world.settle()
    expect(a.bridge.status.requests?.used).toBe(sent() + 2)
    a.restart()
    await world.settle()
    expect(a.bridge.status.requests?.used).toBe(sent() + 2)
    expect(a.bridge.status.requestsLeft).toBe(10_000 - sent() - 2)
  })

  it('[BR122] foresees how long they last', async () => {
    const world = await open({ requestLimit: 10_000 })
    const [a] = world.devices as [Device]
    await world.pass(86_400_000)
    const { used, since, left, lastsUntil } = a.bridge.status.requests!
    const days = ((lastsUntil ?? 0) - world.clock.now()) / 86_400_000
    expect(days).toBeCloseTo(((left ?? 0) / used) * ((world.clock.now() - since) / 86_400_000), 1)
    expect(days).toBeGreaterThan(5)
  })

  it('[BR122] a store that fails costs no request, only the count across sessions', async () => {
    const failing = {
      get: (): string => {
        throw new Error('EIO')
      },
      set: (): void => {
        throw new Error('ENOSPC')
      },
    }
    const meter = createRequestMeter({ store: failing, now: () => 0, limitOf: () => 100, onCount: () => undefined })
    const read = (): Promise<{ readonly record: string }> => Promise.resolve({ record: '{}' })
    const store = meter.metered({ origin: 'https://bins.test', read } as unknown as BinStore)
    await store.read('b')
    await store.read('b')
    expect(meter.count('https://bins.test')).toMatchObject({ used: 2, left: 98 })
  })

  it('[BR122] where nobody knows the limit, nothing is foreseen', async () => {
    const world = await open()
    expect(world.devices[0]!.bridge.status).toMatchObject({ requestsLeft: null, requests: { lastsUntil: null } })
  })

  it('[BR123] below a fifth edits are gathered for a minute; below a twentieth only people send, and have a way out', async () => {
    const world = await open({ requestLimit: 40 })
    const [a] = world.devices as [Device]
    const sent = (): number => world.bins.requests.reads + world.bins.requests.writes
    while ((a.bridge.status.requestsLeft ?? 0) >= 8) await a.bridge.pull()
    a.document.update('core', 'color.red', { $value: '#a00' })
    await world.pass(50_000)
    expect(world.bins.read()).not.toContain('#a00')
    await world.pass(30_000)
    expect(world.bins.read()).toContain('#a00')
    while ((a.bridge.status.requestsLeft ?? 0) >= 2) await a.bridge.pull()
    expect(a.bridge.status.state).toMatchObject({
      kind: 'blocked',
      reason: 'requests-low',
      exits: ['count-anew', 'apply-other-bin'],
    })
    a.document.update('core', 'color.red', { $value: '#b00' })
    const before = sent()
    await world.pass(86_400_000)
    expect(sent()).toBe(before)
    await a.bridge.push()
    expect(world.bins.read()).toContain('#b00')
    await a.bridge.takeExit('count-anew')
    a.document.update('core', 'color.red', { $value: '#c00' })
    await world.settle()
    expect(world.bins.read()).toContain('#c00')
    expect(a.bridge.status.state.kind).toBe('synced')
  })

  it('[BR124] used up: says so, asks once an hour, and counts anew as soon as there are some again', async () => {
    const world = await open({ requestLimit: 10_000 })
    const [a] = world.devices as [Device]
    world.bins.drawFault = () => 'exhausted'
    a.document.update('core', 'color.red', { $value: '#a00' })
    await world.pass(10_000)
    expect(a.bridge.status).toMatchObject({
      state: { kind: 'blocked', reason: 'quota-exhausted' },
      requestsLeft: 0,
    })
    const { reads } = world.bins.requests
    await world.pass(3 * 3_600_000 + 60_000)
    expect(world.bins.requests.reads - reads).toBe(3)
    world.bins.drawFault = undefined
    await world.pass(3_600_000)
    expect(world.bins.read()).toContain('#a00')
    expect(a.bridge.status.requests?.used).toBeLessThan(100)
    expect(a.bridge.status.state.kind).toBe('synced')
  })
})

describe('the date of a body', () => {
  it('[BR82] goes by the service where the clock here is ahead', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    a.skewMs = 3_600_000
    a.document.update('core', 'color.red', { $value: '#a00' })
    await world.settle()
    const { $metadata } = JSON.parse(world.bins.read()) as { $metadata: { updatedAt: string } }
    const age = world.bins.puts[0]!.at - Date.parse($metadata.updatedAt)
    expect(age).toBeGreaterThanOrEqual(119_000)
    expect(age).toBeLessThan(150_000)
  })
})
