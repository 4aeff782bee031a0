import { afterEach, describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { type JsonObject, stringifyJson } from '../../src/payload/ordered-json.ts'
import { projectForPlugin } from '../../src/payload/plugin-projection.ts'
import { createBridgeWorld, type Device, masterKey, type World, type WorldOptions } from '../support/bridge-world.ts'
import { setTokenValue } from '../support/plugin-edits.ts'
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

const otherFile = JSON.stringify({
  values: { brand: { logo: { $type: 'color', $value: '#123' } } },
  $themes: [],
  $metadata: { tokenSetOrder: ['brand'], version: '2.11.10', updatedAt: '2025-07-01T00:00:00.000Z' },
})

/** As the plugin would have it: without what it refuses. */
const validFile = stringifyJson(projectForPlugin(JSON.parse(worldFile) as JsonObject).file)

function valueOf(device: Device, set: string, path: string): unknown {
  return (device.document.get(set, path) as { readonly $value?: unknown } | undefined)?.$value
}

function inBin(world: World, id: string, ...path: string[]): unknown {
  let node: unknown = (JSON.parse(world.bins.read(id)) as { values: unknown }).values
  for (const key of path) node = (node as Record<string, unknown> | undefined)?.[key]
  return (node as { readonly $value?: unknown } | undefined)?.$value
}

async function add(device: Device, id: string, name = 'Other'): Promise<void> {
  await device.bridge.bins.add({ name, id, key: { masterKey } })
}

describe('the list of bins', () => {
  it('[BR90] is shared by the team, keys are not', async () => {
    const world = await open({ devices: 2, linked: false })
    const [a, b] = world.devices as [Device, Device]
    await add(a, world.binId, ' Brand ')
    expect(a.bridge.bins.list()).toEqual([{ id: world.binId, name: 'Brand', url: null, applied: false, key: 'master' }])
    expect(b.bridge.bins.list()).toEqual([{ id: world.binId, name: 'Brand', url: null, applied: false, key: 'none' }])
    expect(a.bridge.bins.list()).toBe(a.bridge.bins.list())
    b.bridge.bins.setKey(world.binId, { accessKey: 'k' })
    expect(b.bridge.bins.list()[0]?.key).toBe('access')
    await b.bridge.bins.rename(world.binId, 'Renamed')
    expect(a.bridge.bins.list()[0]?.name).toBe('Renamed')
    a.bridge.bins.remove(world.binId)
    expect([a.bridge.bins.list(), b.bridge.bins.list()]).toEqual([[], []])
  })

  it('[BR90] refuses what is none, with nothing written', async () => {
    const world = await open({ linked: false })
    const { bins } = world.devices[0]!.bridge
    await expect(bins.add({ name: '  ', id: 'abc' })).rejects.toMatchObject({ code: 'invalid-name' })
    await expect(bins.add({ name: 'x', id: 'https://jsonbin.io/abc' })).rejects.toMatchObject({
      code: 'invalid-bin-id',
    })
    await expect(bins.apply('nobody')).rejects.toMatchObject({ code: 'unknown-bin' })
    expect(() => bins.setKey('nobody', null)).toThrow(expect.objectContaining({ code: 'unknown-bin' }))
    await bins.add({ name: 'x', id: 'abc' })
    await expect(bins.apply('abc')).rejects.toMatchObject({ code: 'key-missing' })
    expect(bins.list()).toHaveLength(1)
  })

  it('[BR90] every bridge follows the applied bin', async () => {
    const world = await open({ devices: 2 })
    const [a, b] = world.devices as [Device, Device]
    expect(b.bridge.status.bin).toEqual({ id: world.binId, name: 'Brand tokens' })
    a.bridge.bins.remove(world.binId)
    expect([a.bridge.status.state.kind, b.bridge.status.state.kind]).toEqual(['off', 'off'])
  })
})

describe('creating a bin', () => {
  it('[BR91] puts the full body in it, and the first foreign write has a base', async () => {
    const world = await open({ linked: false })
    const [a] = world.devices as [Device]
    const id = await a.bridge.bins.add({ name: 'Fresh', key: { masterKey } })
    expect(inBin(world, id, 'core', 'color', 'red')).toBe('#f00')
    expect(world.bins.puts).toHaveLength(1)
    await a.bridge.bins.apply(id)
    await world.settle()
    expect(world.bins.puts).toHaveLength(1)
    expect(a.bridge.status.state.kind).toBe('synced')
    openPlugin(world, { binId: id }).save((model) => setTokenValue(model, 'core', 'space.m', '9px'))
    await world.settle()
    expect(valueOf(a, 'core', 'space.m')).toBe('9px')
  })

  it('[BR91] needs a key and tokens', async () => {
    const world = await open({ linked: false, file: '' })
    const { bins } = world.devices[0]!.bridge
    await expect(bins.add({ name: 'Fresh' })).rejects.toMatchObject({ code: 'key-missing' })
    await expect(bins.add({ name: 'Fresh', key: { masterKey } })).rejects.toMatchObject({ code: 'no-tokens' })
    expect(world.bins.requests.writes).toBe(0)
  })

  it('[BR91] without an answer it is not repeated silently', async () => {
    const world = await open({ linked: false })
    const [a] = world.devices as [Device]
    world.bins.fail('lost')
    const creation = a.bridge.bins.add({ name: 'Fresh', key: { masterKey } }).catch((error: unknown) => error)
    await world.pass(11_000)
    expect(await creation).toMatchObject({ code: 'maybe-created' })
    await expect(a.bridge.bins.add({ name: 'Fresh', key: { masterKey } })).rejects.toMatchObject({
      code: 'maybe-created',
    })
    expect(world.bins.puts).toHaveLength(1)
    const orphan = world.bins.puts[0]!.text
    const found = world.bins.add(orphan)
    await add(a, found, 'Fresh')
    await a.bridge.bins.apply(found)
    await world.settle()
    expect(a.bridge.status.state.kind).toBe('synced')
    await a.bridge.bins.add({ name: 'Fresh', key: { masterKey }, again: true })
    expect(world.bins.puts.filter(({ by }) => by === 'A')).toHaveLength(2)
  })
})

describe('applying a bin', () => {
  it('[BR92] into an empty room the bin is its first file, the same on every device', async () => {
    const world = await open({ linked: false, file: '', devices: 2 })
    const [a, b] = world.devices as [Device, Device]
    const id = world.bins.add(validFile)
    await add(a, id)
    b.bridge.bins.setKey(id, { masterKey })
    await Promise.all([a.bridge.bins.apply(id), b.bridge.bins.apply(id)])
    await world.settle()
    expect(a.document.toText()).toBe(b.document.toText())
    expect(valueOf(a, 'core', 'color.green')).toBe('#0f0')
    expect([...a.ydoc.share.keys()].filter((root) => root.startsWith('v1/seed/'))).toHaveLength(1)
    openPlugin(world, { binId: id }).save((model) => setTokenValue(model, 'core', 'space.m', '9px'))
    await world.settle()
    expect([valueOf(a, 'core', 'space.m'), valueOf(b, 'core', 'space.m')]).toEqual(['9px', '9px'])
  })

  it("[BR92] else the bin's tokens replace ours, after a version that brings them back", async () => {
    const world = await open({ linked: false })
    const [a] = world.devices as [Device]
    const before = a.document.toText()
    const id = world.bins.add(otherFile)
    await add(a, id)
    await a.bridge.bins.apply(id)
    await world.settle()
    expect(a.document.setNames()).toEqual(['brand'])
    expect(a.bridge.versions.list()).toMatchObject([{ name: 'Before linking to Other', by: 'A' }])
    a.bridge.versions.restore(a.bridge.versions.list()[0]!.id)
    expect(JSON.parse(a.document.toText())).toEqual(JSON.parse(before))
    a.document.undo()
    expect(a.document.setNames()).toEqual(['brand'])
  })

  it('[BR92] a bin that was linked before is merged', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    const id = world.bins.add(otherFile)
    await add(a, id)
    a.bridge.bins.remove(world.binId)
    openPlugin(world).save((model) => setTokenValue(model, 'core', 'space.m', '9px'))
    a.document.update('core', 'color.red', { $value: '#a00' })
    await add(a, world.binId, 'Again')
    await a.bridge.bins.apply(world.binId)
    await world.settle()
    expect([valueOf(a, 'core', 'space.m'), valueOf(a, 'core', 'color.red')]).toEqual(['9px', '#a00'])
    expect(inBin(world, world.binId, 'core', 'color', 'red')).toBe('#a00')
    expect(a.bridge.versions.list().filter(({ name }) => name.startsWith('Before linking'))).toEqual([])
  })

  for (const [what, text, code] of [
    ['blank', '{"values":{}}', 'blank-bin'],
    ['a stub', '{"values":{"options":{}}}', 'blank-bin'],
    ['no token file', '{"hello":"world"}', 'invalid-bin'],
  ] as const) {
    it(`[BR93] ${what}: neither side is touched`, async () => {
      const world = await open({ linked: false })
      const [a] = world.devices as [Device]
      const before = a.document.toText()
      const id = world.bins.add(text)
      await add(a, id)
      await expect(a.bridge.bins.apply(id)).rejects.toMatchObject({ code })
      await world.settle()
      expect(a.document.toText()).toBe(before)
      expect(world.bins.read(id)).toBe(text)
      expect(a.bridge.status.state.kind).toBe('off')
    })
  }

  it("[BR93] another room's bin needs a word, and its bridge is told", async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    a.document.update('core', 'color.red', { $value: '#a00' })
    await world.settle()
    const other = await open({ seed: 2, file: otherFile, linked: false })
    const [o] = other.devices as [Device]
    const id = other.bins.add(world.bins.read())
    await add(o, id)
    await expect(o.bridge.bins.apply(id)).rejects.toMatchObject({ code: 'other-document' })
    expect(o.document.setNames()).toEqual(['brand'])
    await o.bridge.bins.apply(id, { takeOver: true })
    await other.settle()
    expect(valueOf(o, 'core', 'color.red')).toBe('#a00')
    expect(o.bridge.status.state.kind).toBe('synced')
    world.bins.put(other.bins.read(id), 'the other room')
    await world.settle()
    expect(a.bridge.status.state).toMatchObject({ kind: 'blocked', reason: 'foreign-document' })
  })

  it('[BR92] on request the tokens here replace those of the bin, which become a version; a blank one is filled', async () => {
    const world = await open({ linked: false })
    const [a] = world.devices as [Device]
    const before = a.document.toText()
    for (const text of [otherFile, '{"values":{}}']) {
      const id = world.bins.add(text)
      await add(a, id)
      await Promise.all([a.bridge.bins.apply(id, { mode: 'overwrite', leaveUnsaved: true }), world.pass(1_000)])
      await world.settle()
      expect(a.document.toText()).toBe(before)
      expect(inBin(world, id, 'core', 'color', 'red')).toBe('#f00')
      expect(a.bridge.status.state.kind).toBe('synced')
    }
    const [aside] = a.bridge.versions.list().filter(({ name }) => name.includes('overwritten'))
    expect(a.bridge.versions.text(aside!.id)).toContain('logo')
  })

  it('[BR92] an empty room overwrites nothing', async () => {
    const world = await open({ linked: false, file: '' })
    const [a] = world.devices as [Device]
    const id = world.bins.add(otherFile)
    await add(a, id)
    await expect(a.bridge.bins.apply(id, { mode: 'overwrite' })).rejects.toMatchObject({ code: 'no-tokens' })
    expect(world.bins.read(id)).toBe(otherFile)
  })

  it('[BR98] what applying would do can be asked for before', async () => {
    const world = await open({ linked: false })
    const [a] = world.devices as [Device]
    const before = a.document.toText()
    const changed = validFile.replace('#f00', '#f0f').replace('"green":', '"grass":')
    const id = world.bins.add(changed)
    await add(a, id)
    expect(await a.bridge.bins.preview(id)).toEqual({
      holds: 'tokens',
      bin: { tokens: 10, sets: 3, bytes: new TextEncoder().encode(changed).length },
      room: { tokens: 10, sets: 3, bytes: expect.any(Number) },
      added: 1,
      changed: 1,
      removed: 1,
    })
    for (const [text, holds] of [
      ['{"values":{}}', 'blank'],
      ['oops', 'invalid'],
    ] as const) {
      const other = world.bins.add(text)
      await add(a, other)
      expect(await a.bridge.bins.preview(other)).toMatchObject({ holds, bin: null, removed: 10 })
    }
    expect(a.document.toText()).toBe(before)
    expect(world.bins.puts).toEqual([])
    await a.bridge.bins.add({ name: 'Keyless', id: 'keyless' })
    await expect(a.bridge.bins.preview('keyless')).rejects.toMatchObject({ code: 'key-missing' })
  })

  it('[BR93] a failed apply leaves the bin before in place', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    const id = world.bins.add('{"values":{}}')
    await add(a, id)
    await expect(a.bridge.bins.apply(id)).rejects.toMatchObject({ code: 'blank-bin' })
    await world.settle()
    expect(a.bridge.status).toMatchObject({ state: { kind: 'synced' }, bin: { id: world.binId } })
    a.document.update('core', 'color.red', { $value: '#a00' })
    await world.settle()
    expect(inBin(world, world.binId, 'core', 'color', 'red')).toBe('#a00')
  })
})

describe('switching', () => {
  it('[BR94] brings the last edits into the bin that is left, and keeps the histories apart', async () => {
    const world = await open({ devices: 2, lease: true })
    const [a, b] = world.devices as [Device, Device]
    const id = world.bins.add(otherFile)
    await add(a, id)
    b.bridge.bins.setKey(id, { masterKey })
    a.document.update('core', 'color.red', { $value: '#a00' })
    await Promise.all([a.bridge.bins.apply(id), world.pass(500)])
    expect(inBin(world, world.binId, 'core', 'color', 'red')).toBe('#a00')
    await world.settle()
    for (const device of [a, b]) {
      expect(device.bridge.status.bin?.id).toBe(id)
      expect(device.document.setNames()).toEqual(['brand'])
    }
    const puts = world.bins.puts.length
    openPlugin(world, { binId: id }).save((model) => setTokenValue(model, 'brand', 'logo', '#456'))
    openPlugin(world).save((model) => setTokenValue(model, 'core', 'space.m', '9px'))
    await world.settle()
    expect(valueOf(b, 'brand', 'logo')).toBe('#456')
    expect(a.document.setNames()).toEqual(['brand'])
    expect(world.bins.puts).toHaveLength(puts + 2)
  })

  it('[BR94] a bin that cannot be written is not left without a word', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    const id = world.bins.add(otherFile)
    await add(a, id)
    world.bins.remove(world.binId)
    await world.settle()
    expect(a.bridge.status.state).toMatchObject({ kind: 'blocked', reason: 'not-found' })
    await expect(a.bridge.bins.apply(id)).rejects.toMatchObject({ code: 'unsaved' })
    await a.bridge.bins.apply(id, { leaveUnsaved: true })
    await world.settle()
    expect(a.bridge.status.bin?.id).toBe(id)
  })

  it('[BR17] a late answer of the bin that was left changes nothing', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    const id = world.bins.add(otherFile)
    await add(a, id)
    world.bins.latencyMs = 2_000
    const pull = a.bridge.pull().catch((error: unknown) => error)
    const applied = a.bridge.bins.apply(id, { leaveUnsaved: true })
    await world.pass(10_000)
    await applied
    world.bins.latencyMs = 0
    expect(await pull).toMatchObject({ code: 'interrupted' })
    await world.settle()
    expect(a.document.setNames()).toEqual(['brand'])
    expect(a.bridge.status.state.kind).toBe('synced')
  })
})

describe('versions', () => {
  it('[BR96] bring the whole file back as one change, order and all that the plugin never sees included', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    const before = a.document.toText()
    const id = a.bridge.versions.save('Release 1')
    a.document.removeSet('core')
    a.document.update('theme', 'btn.fg', { $value: '#a00' })
    a.bridge.versions.save('Release 2')
    expect(a.bridge.versions.list().map(({ name }) => name)).toEqual(['Release 2', 'Release 1'])
    a.bridge.versions.restore(id)
    expect(a.document.toText()).toBe(before)
    a.document.undo()
    expect(a.document.setNames()).toEqual(['theme', 'extra'])
    expect(() => a.bridge.versions.restore('nothing')).toThrow(expect.objectContaining({ code: 'not-found' }))
  })
})

describe('keys', () => {
  it('[BR95] stand in no document, entry, status, error or body, and go to their origin alone', async () => {
    const world = await open({ devices: 2 })
    const [a, b] = world.devices as [Device, Device]
    const errors: string[] = []
    a.document.update('core', 'color.red', { $value: '#a00' })
    openPlugin(world).save((model) => setTokenValue(model, 'core', 'space.m', '9px'))
    world.bins.rights.set(masterKey, 'none')
    await a.bridge.pull().catch((error: Error) => errors.push(`${error.message} ${error.stack}`))
    world.bins.rights.delete(masterKey)
    await a.bridge.bins.add({ name: 'Elsewhere', id: 'abc', url: 'https://elsewhere.test/v3' })
    await a.bridge.bins.apply('abc').catch((error: Error) => errors.push(error.message))
    await world.settle()
    const seen = [
      ...[a, b].flatMap(({ ydoc, side, bridge }) => [
        new TextDecoder().decode(Y.encodeStateAsUpdate(ydoc)),
        new TextDecoder().decode(Y.encodeStateAsUpdate(side)),
        JSON.stringify([bridge.status, bridge.journal.entries(), bridge.bins.list(), bridge.versions.list()]),
      ]),
      ...world.bins.puts.map(({ text }) => text),
      ...errors,
    ]
    expect(errors).toHaveLength(2)
    for (const text of seen) expect(text).not.toContain(masterKey)
    expect(a.bridge.bins.list().find(({ id }) => id === 'abc')?.key).toBe('none')
  })
})

describe('close', () => {
  it('[BR18] leaves no timer, and rejects what is asked later', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    a.document.update('core', 'color.red', { $value: '#a00' })
    await a.bridge.close()
    expect(world.clock.pending).toBe(0)
    await expect(a.bridge.pull()).rejects.toMatchObject({ code: 'closed' })
    a.document.update('core', 'color.red', { $value: '#a11' })
    await world.settle()
    expect(world.bins.requests.writes).toBe(0)
  })
})
