import { afterEach, describe, expect, it } from 'vitest'
import { factAccessOf } from '../../src/doc/fact-access.ts'
import { renamedGroups } from '../../src/bridge/renamed-groups.ts'
import { createMemoryMeter, createRequestMeter } from '../../src/bridge/request-meter.ts'
import type { BinStore } from '../../src/jsonbin/bin-store.ts'
import { JsonBinError } from '../../src/jsonbin/json-bin-error.ts'
import { type PluginRows, pluginRows } from '../../src/payload/plugin-rows.ts'
import { createBridgeWorld, type Device, type World, type WorldOptions } from '../support/bridge-world.ts'
import { addToken, deleteToken, renameToken, setTokenValue } from '../support/plugin-edits.ts'
import { putFacts, toFactTime } from '../support/replicas-facts.ts'
import { equal, machineScenario } from '../support/scenario-machine.ts'
import { editByHand, openPlugin } from '../support/scenario-plugin.ts'
import { worldFile } from '../support/scenario-tokens.ts'

/** Rules of SPEC.md that, switched off one at a time, no other test of this folder noticed. */

const worlds: World[] = []
async function open(options: Partial<WorldOptions> = {}): Promise<World> {
  const world = await createBridgeWorld({ file: worldFile, ...options })
  worlds.push(world)
  return world
}
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close()
})

describe('the machine', () => {
  it('[BR5] waits a random part of the back-off, so that bridges do not come back all at once', () => {
    const waitWith = (jitter: number): number => {
      const { state } = machineScenario({ jitter }).linked().readFails().readFails()
      return (state.retry?.at ?? 0) - 1_000
    }
    expect([waitWith(0.25), waitWith(0.5), waitWith(1)]).toEqual([500, 1_000, 2_000])
  })

  it('[BR12] reads first after a pause, also where nothing was edited', () => {
    const pause = { gate: 'pause', scope: 'team', pause: { by: 'Ana', reason: '' } } as const
    const scenario = machineScenario().linked().read().merged(equal).expectPhase('clean').gate(pause)
    scenario
      .expectPhase('paused')
      .gate({ ...pause, pause: null })
      .expectPhase('reading')
  })
})

describe('closing', () => {
  it('[BR18] lets the lease go, so that another bridge takes over', async () => {
    const world = await open({ devices: 2, lease: true })
    const [a, b] = world.devices as [Device, Device]
    expect(b.bridge.status.state.kind).toBe('standby')
    await a.bridge.close()
    await world.pass(0)
    expect(b.bridge.status.state.kind).not.toBe('standby')
    b.document.update('core', 'color.red', { $value: '#b00' })
    await world.settle()
    expect(world.bins.puts.map(({ by }) => by)).toEqual(['B'])
  })
})

describe('a difference', () => {
  const reasons = ({ bridge }: Device): readonly string[] =>
    bridge.journal.entries().flatMap(({ values }) => values.map(({ reason }) => reason))

  it('[BR21] of a part is kept where a newer fact stands above it, also one of the same value', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    const plugin = openPlugin(world)
    const text = '{"fontSize":"32px","lineHeight":"1.2","fontWeight":"700"}'
    putFacts(a.ydoc, 'zzzzzzzz', ['/values/theme/typo/h1/$value', 'v', text, toFactTime(world.clock.now())])
    plugin.save((model) => setTokenValue(model, 'theme', 'typo.h1', { ...JSON.parse(text), fontSize: '40px' }))
    await world.settle()
    expect(a.document.get('theme', 'typo.h1')).toMatchObject({ $value: { fontSize: '32px' } })
    expect(reasons(a)).toEqual(['newer'])
  })

  it('[BR23] that deletes a token is kept where the file knows nothing of an edit, though it left the same value', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    const plugin = openPlugin(world)
    a.document.update('core', 'color.green', { $value: '#a00' })
    a.document.update('core', 'color.green', { $value: '#0f0' })
    plugin.save((model) => deleteToken(model, 'core', 'color.green'))
    await world.settle()
    expect(a.document.get('core', 'color.green')).toBeDefined()
    expect(reasons(a)).toEqual(['edit-beats-delete'])
  })

  it('[BR26] of an order moves only what did not keep it', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    editByHand(world, (file) => {
      const { core, theme, extra } = file.values
      file.values = { extra, core, theme } as typeof file.values
    })
    await world.settle()
    const access = factAccessOf(a.document)
    const moved = ['core', 'theme', 'extra'].filter((set) =>
      access.factsAt(`/values/${set}`).some(({ field }) => field === 'p' || field === 'q'),
    )
    expect(moved).toEqual(['extra'])
    expect(a.document.setNames()).toEqual(['extra', 'core', 'theme'])
  })

  it('[BR29] of two equal tokens gone and one new, none is the renamed one', async () => {
    const token = { $type: 'dimension', $value: '1px' }
    const space = { one: token, two: token, other: { ...token, $value: '2px' } }
    const world = await open({ file: JSON.stringify({ values: { core: { space } } }) })
    const [a] = world.devices as [Device]
    const plugin = openPlugin(world)
    plugin.save((model) => {
      for (const name of ['one', 'two']) deleteToken(model, 'core', `space.${name}`)
      addToken(model, 'core', { name: 'space.three', type: 'dimension', value: '1px' })
    })
    await world.settle()
    const [entry] = a.bridge.journal.entries()
    expect(entry?.taken).toBe(3)
    expect(entry?.summary).not.toContain('renamed')
    expect(factAccessOf(a.document).pathOf('/values/core/space/three')).toBeDefined()
  })

  it('[BR110] a group that shares no more than half of its tokens is not the renamed one', () => {
    const rows = (groups: object): PluginRows =>
      pluginRows({ values: { core: groups } } as unknown as Parameters<typeof pluginRows>[0])
    const [x, y, z] = ['#f00', '#0f0', '#00f'].map(($value) => ({ $type: 'color', $value }))
    const pairs = (before: object, after: object): ReadonlyMap<string, string> =>
      renamedGroups(rows({ b: after }), rows({ a: before }), new Map([['/core', '/core']]))
    expect(pairs({ x, y }, { x, y: z })).toEqual(new Map())
    expect(pairs({ x, y, z }, { x, y, z: x })).toEqual(new Map([['/core/b', '/core/a']]))
  })

  it('[BR110] a renamed group counts once: its file resembles the version that it was renamed in', async () => {
    const names = Array.from({ length: 12 }, (_, i) => `t${i}`)
    const group = Object.fromEntries(names.map((name, i) => [name, { $type: 'color', $value: `#0000${10 + i}` }]))
    const world = await open({ file: JSON.stringify({ values: { core: { brand: group } } }) })
    const [a] = world.devices as [Device]
    openPlugin(world).save((model) => {
      for (const name of names) renameToken(model, 'core', `brand.${name}`, `hue.${name}`)
    })
    await world.settle()
    expect(a.document.get('core', 'hue.t0')).toBeDefined()
    expect(a.bridge.journal.entries()[0]?.summary).not.toContain('resembles no known version')
  })
})

describe('the count of requests', () => {
  it('[BR124] begins anew with the first that succeeds', async () => {
    let isUsedUp = true
    const inner = {
      origin: 'https://bins.example',
      read: async () => {
        if (isUsedUp) throw new JsonBinError('quota-exhausted', 'Requests exhausted', 'refused')
        return { record: '{}' }
      },
    } as unknown as BinStore
    const options = { store: createMemoryMeter(), now: () => 1_000, limitOf: () => 100, onCount: () => undefined }
    const meter = createRequestMeter(options)
    const store = meter.metered(inner)
    await store.read('bin').catch(() => undefined)
    expect(meter.count(inner.origin).left).toBe(0)
    isUsedUp = false
    await store.read('bin')
    expect(meter.count(inner.origin)).toMatchObject({ used: 1, left: 99 })
  })
})
