import { afterEach, describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import type { BlockedReason } from '../../src/bridge/bridge-status.ts'
import { type JsonObject, parseJson } from '../../src/payload/ordered-json.ts'
import { projectForPlugin } from '../../src/payload/plugin-projection.ts'
import { canonicalRows, pluginRows } from '../../src/payload/plugin-rows.ts'
import { createBridgeWorld, type Device, masterKey, type World, type WorldOptions } from '../support/bridge-world.ts'
import { deleteSet, setTokenValue } from '../support/plugin-edits.ts'
import { createRandom } from '../support/random.ts'
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

function set(device: Device, value: string): void {
  device.document.update('core', 'color.red', { $value: value })
}

function rowsInBin(world: World, id?: string): string {
  return canonicalRows(pluginRows(parseJson(world.bins.read(id)) as JsonObject))
}

function rowsIn({ document }: Device): string {
  return canonicalRows(projectForPlugin(document.getSnapshot()).rows)
}

/** An hour of everybody at work, with failures; then quiet. */
async function work(world: World, seed: number): Promise<void> {
  const random = createRandom(seed)
  const plugins = [openPlugin(world), openPlugin(world, { format: 'legacy' })]
  world.bins.drawFault = () =>
    random.chance(0.1) ? random.pick(['drop', 'lost', 'late', 'stale', 'garbage', 'unavailable'] as const) : undefined
  for (let at = 0; at < 60; at++) {
    const device = random.pick(world.devices)
    if (random.chance(0.5)) set(device, `#${at}`)
    if (random.chance(0.1)) device.goOffline()
    if (random.chance(0.2)) device.goOnline()
    if (random.chance(0.1)) device.restart()
    if (random.chance(0.2)) random.pick(plugins).save((model) => setTokenValue(model, 'core', 'space.m', `${at}px`))
    if (random.chance(0.1)) random.pick(plugins).pull()
    await world.pass(random.int(120_000))
  }
  world.bins.drawFault = undefined
  for (const device of world.devices) device.goOnline()
  await world.settle()
  await world.settle()
}

describe('liveness, once edits and faults have stopped', () => {
  it('L1 all replicas are equal, byte for byte, in both documents', async () => {
    for (const lease of [true, false]) {
      const world = await open({ devices: 3, lease, relayMs: 50 })
      await work(world, 1)
      const [first, ...others] = world.devices as [Device, ...Device[]]
      for (const other of others) {
        for (const part of ['ydoc', 'side'] as const) {
          expect(Y.encodeStateAsUpdate(other[part])).toEqual(Y.encodeStateAsUpdate(first[part]))
        }
        expect(other.document.toText()).toBe(first.document.toText())
      }
    }
  })

  it('L2 the bin says what the document says', async () => {
    const world = await open({ devices: 2, relayMs: 50 })
    await work(world, 2)
    for (const device of world.devices) expect(rowsInBin(world)).toBe(rowsIn(device))
  })

  it('L3 within two polls of the last edit, on whichever side', async () => {
    const world = await open({ devices: 2, lease: true })
    const [, b] = world.devices as [Device, Device]
    const plugin = openPlugin(world)
    set(b, '#last')
    await world.pass(1_000)
    plugin.save((model) => setTokenValue(model, 'core', 'space.m', 'last px'))
    await world.pass(120_000)
    for (const device of world.devices) {
      expect(rowsIn(device)).toBe(rowsInBin(world))
      expect(rowsIn(device)).toContain('last px')
      expect(rowsIn(device)).toContain('#last')
    }
  })

  const exits: readonly (readonly [
    BlockedReason,
    (world: World, a: Device) => unknown,
    (world: World, a: Device) => unknown,
  ])[] = [
    [
      'unauthorized',
      ({ bins, binId }, { bridge }) => {
        bins.rights.set('revoked', 'none')
        bridge.bins.setKey(binId, { masterKey: 'revoked' })
      },
      ({ binId }, { bridge }) => bridge.bins.setKey(binId, { masterKey }),
    ],
    [
      'not-found',
      ({ bins, binId }, a) => {
        bins.remove(binId)
        set(a, '#gone')
      },
      async (_world, { bridge }) =>
        bridge.bins.apply(await bridge.bins.add({ name: 'Another', key: { masterKey } }), { leaveUnsaved: true }),
    ],
    [
      'quota-exhausted',
      ({ bins }, a) => {
        bins.drawFault = () => 'exhausted'
        set(a, '#none left')
      },
      ({ bins }, { bridge }) => {
        bins.drawFault = undefined
        return bridge.takeExit('retry')
      },
    ],
    [
      'too-large',
      ({ bins }, { document }) => {
        bins.limit = 2_000
        document.addSet('big', { text: { $type: 'text', $value: 'x'.repeat(3_000) } })
      },
      (_world, { document }) => document.removeSet('big'),
    ],
    ['invalid-bin', ({ bins }) => bins.put('oops'), (_world, { bridge }) => bridge.takeExit('overwrite-bin')],
    ['blank-bin', ({ bins }) => bins.put('{"values":{}}'), (_world, { bridge }) => bridge.takeExit('overwrite-bin')],
    [
      'foreign-document',
      async ({ bins }) => {
        const other = await open({ seed: 9, file: worldFile.replace('#0f0', '#other') })
        set(other.devices[0]!, '#theirs')
        await other.settle()
        bins.put(other.bins.read())
      },
      (_world, { bridge }) => bridge.takeExit('use-bin'),
    ],
    [
      'no-base',
      (world, { side }) => {
        for (const root of side.share.keys()) side.getArray(root).delete(0, side.getArray(root).length)
        openPlugin(world).save((model) => setTokenValue(model, 'core', 'space.m', '9px'))
      },
      (_world, { bridge }) => bridge.takeExit('link-again'),
    ],
    [
      'mass-change',
      (world) => openPlugin(world).save((model) => deleteSet(model, 'theme')),
      (_world, { bridge }) => bridge.takeExit('keep-ours'),
    ],
    [
      'key-missing',
      ({ binId }, { bridge }) => bridge.bins.setKey(binId, null),
      ({ binId }, { bridge }) => bridge.bins.setKey(binId, { masterKey }),
    ],
    [
      'rejected-by-plugin-rules',
      (_world, { document }) =>
        document.transact(() => document.setNames().forEach((name) => document.removeSet(name))),
      (_world, { document }) => document.undo(),
    ],
  ]
  for (const [reason, block, leave] of exits) {
    it(`L4 blocked only with a reason and a way out that works: ${reason}`, async () => {
      const world = await open()
      const a = world.devices[0] as Device
      await block(world, a)
      await world.settle()
      const { state } = a.bridge.status
      expect(state).toMatchObject({ kind: 'blocked', reason })
      expect(state.kind === 'blocked' && state.message.length).toBeGreaterThan(5)
      expect(state.kind === 'blocked' && state.exits.length).toBeGreaterThan(0)
      await Promise.all([leave(world, a), world.pass(5_000)])
      await world.settle()
      expect(a.bridge.status.state.kind).toBe('synced')
      expect(rowsInBin(world, a.bridge.status.bin?.id)).toBe(rowsIn(a))
    })
  }

  it('L4 blocked only with a reason and a way out that works: requests-low', async () => {
    const world = await open({ requestLimit: 30 })
    const a = world.devices[0] as Device
    while ((a.bridge.status.requestsLeft ?? 0) >= 1) await a.bridge.pull()
    expect(a.bridge.status.state).toMatchObject({ kind: 'blocked', reason: 'requests-low' })
    await a.bridge.takeExit('count-anew')
    await world.settle()
    expect(a.bridge.status.state.kind).toBe('synced')
  })

  for (const moment of ['side stored', 'facts written', 'body stored', null] as const) {
    it(`L5 after a crash ${moment === null ? 'at rest' : `with the ${moment}`}, the next start is in step without anybody’s help`, async () => {
      const world = await open()
      const a = world.devices[0] as Device
      const plugin = openPlugin(world)
      set(a, '#a')
      await world.pass(500)
      a.crashAt = moment
      plugin.save((model) => setTokenValue(model, 'core', 'space.m', '9px'))
      await world.pass(70_000)
      if (moment !== null) expect(a.isUp).toBe(false)
      a.restart()
      await world.settle()
      expect(a.bridge.status.state.kind).toBe('synced')
      expect(rowsInBin(world)).toBe(rowsIn(a))
      expect(rowsIn(a)).toContain('9px')
      expect(rowsIn(a)).toContain('#a')
    })
  }
})
