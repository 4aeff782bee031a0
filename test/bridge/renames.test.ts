import { afterEach, describe, expect, it } from 'vitest'
import { factAccessOf } from '../../src/doc/fact-access.ts'
import { pluginRows } from '../../src/payload/plugin-rows.ts'
import type { JsonObject } from '../../src/payload/ordered-json.ts'
import { renamedGroups } from '../../src/bridge/renamed-groups.ts'
import { createBridgeWorld, type Device, type World, type WorldOptions } from '../support/bridge-world.ts'
import type { PluginModel } from '../support/plugin-emulator.ts'
import { addToken, deleteToken, findToken, renameSet, renameToken, setTokenValue } from '../support/plugin-edits.ts'
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

function nodeAt({ document }: Device, ...names: string[]): string | undefined {
  const access = factAccessOf(document)
  return names.reduce<string | undefined>(
    (id, name) => (id === undefined ? undefined : access.childOf(id, name)),
    access.setsId,
  )
}

/** A group renamed in the plugin: every token in it gets another dotted name. */
function renameGroup(model: PluginModel, set: string, from: string, to: string): void {
  for (const { name } of model.sets.get(set) ?? []) {
    if (name.startsWith(`${from}.`)) renameToken(model, set, name, `${to}${name.slice(from.length)}`)
  }
}

function summary(device: Device): string {
  return device.bridge.journal.entries()[0]?.summary ?? ''
}

describe('a group renamed by the plugin', () => {
  it('[BR110] is one rename: edits of its tokens follow it, and what the plugin never saw of it stays', async () => {
    const world = await open({ devices: 2 })
    const [a, b] = world.devices as [Device, Device]
    const node = nodeAt(a, 'core', 'color')
    const plugin = openPlugin(world)
    b.bridge.pause({ scope: 'device' })
    b.goOffline()
    b.document.update('core', 'color.red', { $value: '#b00' })
    plugin.save((model) => renameGroup(model, 'core', 'color', 'hue'))
    await world.settle()
    b.goOnline()
    await world.settle()
    expect(nodeAt(a, 'core', 'hue')).toBe(node)
    expect(a.document.get('core', 'color')).toBeUndefined()
    expect(a.document.get('core', 'hue')).toMatchObject({ $description: 'never shown to the plugin' })
    expect(a.document.get('core', 'hue.red')).toMatchObject({ $value: '#b00' })
    expect(a.document.get('theme', 'btn.bg')).toMatchObject({ $value: '{hue.red}' })
    expect(summary(a)).toContain('color renamed to hue')
    expect(summary(a)).not.toContain('deleted')
    expect(JSON.stringify(b.document.getSnapshot())).toBe(JSON.stringify(a.document.getSnapshot()))
  })

  it('[BR110] with edits in it, and with a token more and one less, is a rename too', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    const node = nodeAt(a, 'core', 'color', 'red')
    openPlugin(world).save((model) => {
      renameGroup(model, 'core', 'color', 'hue')
      setTokenValue(model, 'core', 'hue.green', '#0a0')
      addToken(model, 'core', { name: 'hue.pink', type: 'color', value: '#f0f' })
    })
    await world.settle()
    expect(nodeAt(a, 'core', 'hue', 'red')).toBe(node)
    expect(a.document.get('core', 'hue.green')).toMatchObject({ $value: '#0a0', $description: 'grass' })
    expect(a.document.get('core', 'hue.pink')).toMatchObject({ $value: '#f0f' })
  })

  it('[BR110] in an old copy, keeps what was edited here since', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    const plugin = openPlugin(world)
    for (const value of ['#1', '#2', '#3']) {
      a.document.update('core', 'color.red', { $value: value })
      a.document.update('theme', 'btn.fg', { $value: value })
      await world.pass(60_000)
    }
    plugin.save((model) => renameGroup(model, 'core', 'color', 'hue'))
    await world.settle()
    expect(a.document.get('core', 'hue.red')).toMatchObject({ $value: '#3' })
    expect(a.document.get('theme', 'btn.fg')).toMatchObject({ $value: '#3' })
    expect(summary(a)).toContain('color renamed to hue')
  })

  it('[BR110] renamed here meanwhile, it keeps our name, and theirs is one call away', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    const plugin = openPlugin(world)
    a.document.rename('core', 'color', 'paint')
    a.document.update('theme', 'btn.fg', { $value: '#a00' })
    a.document.update('core', 'space.m', { $value: '9px' })
    await world.pass(3_000)
    plugin.save((model) => renameGroup(model, 'core', 'color', 'hue'))
    await world.settle()
    expect(a.document.get('core', 'paint.red')).toMatchObject({ $value: '#f00' })
    const [entry] = a.bridge.journal.entries()
    const name = entry?.values.find(({ role }) => role === 'name')
    expect(name).toMatchObject({ kind: 'kept', reason: 'conflict', text: '"hue"', path: ['paint'] })
    a.bridge.journal.apply(entry?.id ?? '', name?.id ?? '')
    expect(a.document.get('core', 'hue.red')).toMatchObject({ $value: '#f00' })
  })

  it('[BR110] of two groups that would do, none is the renamed one', () => {
    const file = (groups: object): JsonObject => ({ values: { core: groups } }) as unknown as JsonObject
    const token = { $type: 'color', $value: '#f00' }
    const sets = new Map([['/core', '/core']])
    const pairs = (before: object, after: object): ReadonlyMap<string, string> =>
      renamedGroups(pluginRows(file(after)), pluginRows(file(before)), sets)
    expect(pairs({ a: { x: token }, b: { x: token } }, { c: { x: token } })).toEqual(new Map())
    expect(pairs({ a: { x: token } }, { c: { x: token }, d: { x: token } })).toEqual(new Map())
    expect(pairs({ a: { x: token } }, { c: { x: token } })).toEqual(new Map([['/core/c', '/core/a']]))
    expect(pairs({ a: { x: token }, c: { y: token } }, { c: { x: token } })).toEqual(new Map())
    expect(pairs({ a: { in: { x: token, y: token } } }, { b: { on: { x: token, y: token } } })).toEqual(new Map())
    expect(
      pairs({ a: { in: { x: token, y: token }, z: token } }, { a: { on: { x: token, y: token }, z: token } }),
    ).toEqual(new Map([['/core/a/on', '/core/a/in']]))
  })
})

describe('a token moved by the plugin', () => {
  it('[BR111] into another group of its set keeps its identity, and edits of it follow', async () => {
    const world = await open({ devices: 2 })
    const [a, b] = world.devices as [Device, Device]
    const node = nodeAt(a, 'core', 'color', 'red')
    const plugin = openPlugin(world)
    b.bridge.pause({ scope: 'device' })
    b.goOffline()
    b.document.update('core', 'color.red', { $value: '#b00' })
    plugin.save((model) => renameToken(model, 'core', 'color.red', 'brand.main.crimson'))
    await world.settle()
    b.goOnline()
    await world.settle()
    expect(nodeAt(a, 'core', 'brand', 'main', 'crimson')).toBe(node)
    expect(a.document.get('core', 'color.red')).toBeUndefined()
    expect(a.document.get('core', 'brand.main.crimson')).toMatchObject({ $value: '#b00' })
    expect(summary(a)).toContain('brand.main.crimson moved from core.color')
    expect(world.bins.read()).toContain('"crimson":{"$type":"color","$value":"#b00"}')
    expect(JSON.stringify(b.document.getSnapshot())).toBe(JSON.stringify(a.document.getSnapshot()))
  })

  it('[BR111] is taken back as a move, and undone', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    const node = nodeAt(a, 'core', 'color', 'red')
    openPlugin(world).save((model) => renameToken(model, 'core', 'color.red', 'space.red'))
    await world.settle()
    expect(nodeAt(a, 'core', 'space', 'red')).toBe(node)
    const [entry] = a.bridge.journal.entries()
    expect(entry?.values).toContainEqual(
      expect.objectContaining({ kind: 'replaced', role: 'parent', text: '"core.color"', path: ['space', 'red'] }),
    )
    expect(a.bridge.journal.undo(entry?.id ?? '')).toBe(2)
    expect(nodeAt(a, 'core', 'color', 'red')).toBe(node)
    a.document.undo()
    expect(nodeAt(a, 'core', 'space', 'red')).toBe(node)
  })

  it('[BR111] moved elsewhere here, it stays here, and their place is one call away', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    const plugin = openPlugin(world)
    a.document.move('core', 'color.red', 'theme', 'btn.red')
    a.document.update('theme', 'btn.fg', { $value: '#a00' })
    a.document.update('core', 'space.m', { $value: '9px' })
    await world.pass(3_000)
    plugin.save((model) => renameToken(model, 'core', 'color.red', 'space.red'))
    await world.settle()
    expect(a.document.get('theme', 'btn.red')).toMatchObject({ $value: '#f00' })
    const [entry] = a.bridge.journal.entries()
    const place = entry?.values.find(({ role }) => role === 'parent')
    expect(place).toMatchObject({ kind: 'kept', reason: 'conflict', text: '"core.space"' })
    a.bridge.journal.apply(entry?.id ?? '', place?.id ?? '')
    expect(a.document.get('core', 'space.red')).toMatchObject({ $value: '#f00' })
  })

  it('[BR111] one of two equal tokens is no move', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    openPlugin(world).save((model) => {
      for (const name of ['color.red', 'color.green']) {
        deleteToken(model, 'core', name)
        addToken(model, 'core', { name: `space.${name.slice(6)}`, type: 'color', value: '#one' })
      }
      findToken(model, 'core', 'color.blue').value = '#one'
    })
    await world.settle()
    expect(a.document.get('core', 'space.red')).toMatchObject({ $value: '#one' })
    expect(summary(a)).toContain('deleted')
  })
})

describe('what was deleted here, in an old copy whose set or group was renamed', () => {
  it('[BR24] is known as deleted, under its former name too', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    const plugin = openPlugin(world)
    a.document.remove('core', 'color.green')
    await world.settle()
    for (let n = 0; n < 8; n++) {
      openPlugin(world).save((model) => setTokenValue(model, 'extra', 'z', `${n}`))
      a.document.update('theme', 'btn.fg', { $value: `#${n}` })
      await world.settle()
    }
    plugin.save((model) => {
      renameSet(model, 'core', 'base')
      for (const name of ['btn.fg', 'btn.bg']) setTokenValue(model, 'theme', name, '#new')
      setTokenValue(model, 'extra', 'z', '7')
    })
    await world.settle()
    const shown = JSON.stringify(a.document.getSnapshot())
    expect(shown).not.toContain('"green"')
  })
})
