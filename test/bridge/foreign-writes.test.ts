import { afterEach, describe, expect, it } from 'vitest'
import type { TokenDocument } from '../../src/doc/index.ts'
import { getKey } from '../../src/payload/ordered-json.ts'
import { factAccessOf } from '../../src/doc/fact-access.ts'
import { createBridgeWorld, type Device, type World, type WorldOptions } from '../support/bridge-world.ts'
import {
  addSet,
  addToken,
  deleteSet,
  deleteToken,
  renameSet,
  renameToken,
  setTokenValue,
} from '../support/plugin-edits.ts'
import { editByHand, openPlugin } from '../support/scenario-plugin.ts'
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

function value(document: TokenDocument, set: string, path: string | readonly string[]): unknown {
  const token = document.get(set, path) as { readonly $value?: unknown; readonly value?: unknown } | undefined
  return token && ('$value' in token ? token.$value : token.value)
}

function inBin(world: World, set: string, ...path: string[]): unknown {
  let node: unknown = (JSON.parse(world.bins.read()) as { values: Record<string, unknown> }).values[set]
  for (const key of path) node = (node as Record<string, unknown> | undefined)?.[key]
  const token = node as { readonly $value?: unknown; readonly value?: unknown } | undefined
  return token?.$value ?? token?.value
}

function change(device: Device, set: string, path: string, to: unknown): void {
  const token = device.document.get(set, path)
  const key = token && 'value' in token ? 'value' : '$value'
  device.document.update(set, path, { [key]: to })
}

async function edit(world: World, device: Device, set: string, path: string, to: unknown): Promise<void> {
  change(device, set, path, to)
  await world.pass(3_000)
}

/**
 * Edits that reach the bin in one save. A file then resembles the version before more than the one after, also where it
 * changed one of the same values: by distance alone, that one value could not tell.
 */
async function editTogether(world: World, device: Device): Promise<void> {
  for (const path of ['color.red', 'color.blue', 'space.s']) change(device, 'core', path, `${path} of ${device.name}`)
  await world.pass(3_000)
}

function summaries(device: Device): string[] {
  return device.bridge.journal.entries().map(({ summary }) => summary)
}

function binLanes(device: Device): string[] {
  return [...device.ydoc.share.keys()].filter((root) => root.startsWith('v1/lane/bin'))
}

describe('a bridge at work', () => {
  it('[BR6][BR83] brings an edit into the bin within seconds, and writes nothing without one', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    expect(a.bridge.status).toMatchObject({
      state: { kind: 'synced' },
      access: 'writer',
      bin: { name: 'Brand tokens' },
    })
    expect(world.bins.puts).toEqual([])
    await edit(world, a, 'core', 'color.red', '#e00')
    expect(inBin(world, 'core', 'color', 'red')).toBe('#e00')
    await world.settle()
    expect(world.bins.puts).toHaveLength(1)
  })

  it('[BR82] dates a body two minutes back', async () => {
    const world = await open()
    await edit(world, world.devices[0]!, 'core', 'color.red', '#e00')
    const { $metadata } = JSON.parse(world.bins.read()) as { $metadata: { updatedAt: string } }
    const age = world.bins.puts[0]!.at - Date.parse($metadata.updatedAt)
    expect(age).toBeGreaterThanOrEqual(119_000)
    expect(age).toBeLessThan(130_000)
  })

  it('[BR83] leaves a plugin save alone that says what the document says', async () => {
    const world = await open()
    await edit(world, world.devices[0]!, 'core', 'color.red', '#e00')
    const plugin = openPlugin(world, { format: 'legacy' })
    plugin.save()
    await world.settle()
    expect(world.bins.puts.map(({ by }) => by)).toEqual(['A', 'plugin'])
    expect(world.devices[0]!.bridge.journal.entries()).toEqual([])
  })
})

describe('a stale whole-file PUT', () => {
  it('[BR52] costs nobody an edit: single change, other spelling, four snapshots old, both sides editing', async () => {
    const world = await open({ devices: 2 })
    const [a, b] = world.devices as [Device, Device]
    const plugin = openPlugin(world, { format: 'legacy' })
    await edit(world, a, 'core', 'color.red', '#a11')
    await edit(world, b, 'core', 'color.blue', '#b11')
    await edit(world, a, 'theme', 'btn.fg', '#a22')
    await edit(world, b, 'core', 'color.red', '#b22')
    b.document.set('core', 'color.new', { $type: 'color', $value: '#b33' })
    await world.pass(3_000)
    a.document.update('theme', 'typo.h1', { $value: { fontSize: '40px' } })
    plugin.save((model) => setTokenValue(model, 'core', 'space.m', '9px'))
    b.document.update('theme', 'typo.h1', { $value: { lineHeight: '1.5' } })
    await world.settle()
    for (const { document } of [a, b]) {
      expect(value(document, 'core', 'color.red')).toBe('#b22')
      expect(value(document, 'core', 'color.blue')).toBe('#b11')
      expect(value(document, 'core', 'color.new')).toBe('#b33')
      expect(value(document, 'theme', 'btn.fg')).toBe('#a22')
      expect(value(document, 'theme', 'typo.h1')).toEqual({ fontSize: '40px', lineHeight: '1.5', fontWeight: '700' })
      expect(value(document, 'core', 'space.m')).toBe('9px')
      expect(document.get('core', 'color')).toMatchObject({ $description: 'never shown to the plugin' })
      expect(document.get('core', 'color.blue')).toMatchObject({ type: 'color' })
    }
    expect(inBin(world, 'core', 'space', 'm')).toBe('9px')
    expect(inBin(world, 'core', 'color', 'red')).toBe('#b22')
    expect(summaries(a)).toHaveLength(1)
    expect(summaries(a)[0]).toContain('Took 1 change: space.m 8px→9px.')
    expect(summaries(a)[0]).toMatch(/Ignored \d+ values? that/)
    expect(summaries(a)[0]).toMatch(/\d saves ago/)
    expect(summaries(b)).toEqual(summaries(a))
  })

  it('[BR54] a second writer by hand, who keeps our marker, is merged as well', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    await edit(world, a, 'core', 'color.red', '#a11')
    const held = world.bins.read()
    await edit(world, a, 'core', 'color.green', '#a22')
    world.bins.put(held.replace('"8px"', '"9px"'), 'hand')
    await world.settle()
    expect(value(a.document, 'core', 'space.m')).toBe('9px')
    expect(value(a.document, 'core', 'color.green')).toBe('#a22')
    expect(summaries(a)[0]).toContain('A hand edit')
    editByHand(world, ({ values }) => (values['core']!['space']!['m']!['$value'] = '10px' as never))
    await world.settle()
    expect(value(a.document, 'core', 'space.m')).toBe('10px')
    expect(inBin(world, 'core', 'color', 'green')).toBe('#a22')
  })

  it('[BR68] the same PUT three times is one, also where it overwrote the bin', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    await edit(world, a, 'core', 'color.red', '#a11')
    const text = openPlugin(world).save((model) => setTokenValue(model, 'core', 'space.m', '9px'))
    await world.settle()
    await edit(world, a, 'core', 'space.m', '12px')
    world.bins.put(text)
    await world.settle()
    world.bins.put(text)
    await world.settle()
    expect(value(a.document, 'core', 'space.m')).toBe('12px')
    expect(inBin(world, 'core', 'space', 'm')).toBe('12px')
    expect(summaries(a)).toHaveLength(1)
  })

  it('[BR21] both changed one value: the document stays, the other is one call away, and undone', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    await edit(world, a, 'core', 'color.green', '#a00')
    const plugin = openPlugin(world)
    change(a, 'core', 'space.m', '12px')
    await editTogether(world, a)
    plugin.save((model) => setTokenValue(model, 'core', 'space.m', '9px'))
    await world.settle()
    expect(value(a.document, 'core', 'space.m')).toBe('12px')
    const [entry] = a.bridge.journal.entries()
    expect(entry?.values).toMatchObject([
      { kind: 'kept', set: 'core', path: ['space', 'm'], field: ['$value'], text: '"9px"', reason: 'conflict' },
    ])
    a.bridge.journal.apply(entry!.id, entry!.values[0]!.id)
    expect(value(a.document, 'core', 'space.m')).toBe('9px')
    await world.settle()
    expect(inBin(world, 'core', 'space', 'm')).toBe('9px')
    a.document.undo()
    await world.settle()
    expect(inBin(world, 'core', 'space', 'm')).toBe('12px')
  })

  it('[BR74] what was not taken stays marked as open until somebody uses it, edits the field, or deals with the entry', async () => {
    const world = await open({ devices: 2 })
    const [a, b] = world.devices as [Device, Device]
    const clash = async (mark: string): Promise<void> => {
      const plugin = openPlugin(world)
      for (const path of ['space.m', 'color.red', 'color.blue']) change(a, 'core', path, `${mark} here`)
      await world.pass(3_000)
      plugin.save((model) => setTokenValue(model, 'core', 'space.m', `${mark} there`))
      await world.settle()
    }
    const openOn = ({ bridge }: Device): unknown =>
      bridge.journal.unresolved().map(({ set, path, text }) => [set, path.join('.'), text])
    await clash('one')
    expect(openOn(b)).toEqual([['core', 'space.m', '"one there"']])
    expect(a.bridge.journal.unresolved()).toBe(a.bridge.journal.unresolved())
    const [entry] = b.bridge.journal.entries()
    b.bridge.journal.apply(entry!.id, entry!.values.find(({ text }) => text === '"one there"')!.id)
    expect([openOn(a), openOn(b)]).toEqual([[], []])
    b.document.undo()
    expect(openOn(a)).toEqual([['core', 'space.m', '"one there"']])
    change(a, 'core', 'space.m', 'edited')
    expect(openOn(b)).toEqual([])
    await world.settle()
    await clash('two')
    expect(openOn(b)).toEqual([['core', 'space.m', '"two there"']])
    a.bridge.journal.settle(a.bridge.journal.entries()[0]!.id)
    expect(openOn(b)).toEqual([])
  })

  it('[BR21] a change back is told from an old copy also where only an older near version differs', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    await edit(world, a, 'core', 'space.m', 'one')
    await edit(world, a, 'core', 'space.m', 'two')
    const plugin = openPlugin(world)
    await world.pass(60_000)
    await edit(world, a, 'core', 'space.m', 'one')
    for (const path of ['space.m', 'color.red', 'color.blue', 'color.green']) change(a, 'core', path, 'three')
    await world.pass(3_000)
    // Knowing "two". The file now equals the version after as well, which counts as its base and says the same.
    plugin.save((model) => setTokenValue(model, 'core', 'space.m', 'one'))
    await world.settle()
    expect(value(a.document, 'core', 'space.m')).toBe('three')
    expect(a.bridge.journal.entries()[0]?.values).toContainEqual(
      expect.objectContaining({ path: ['space', 'm'], text: '"one"', reason: 'possible-revert' }),
    )
  })

  it('[BR21] a save that shows up after a later one of the same writer does not undo that one’s deletion', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    const plugin = openPlugin(world)
    const first = plugin.save((model) => setTokenValue(model, 'core', 'color.green', '#novel'))
    await world.pass(800)
    plugin.save((model) => deleteToken(model, 'core', 'color.green'))
    await world.settle()
    expect(a.document.get('core', 'color.green')).toBeUndefined()
    world.bins.put(first)
    await world.settle()
    expect(a.document.get('core', 'color.green')).toBeUndefined()
    expect(a.bridge.journal.entries()[0]?.values).toContainEqual(
      expect.objectContaining({ text: expect.stringContaining('#novel') as string, reason: 'possible-revert' }),
    )
  })

  it('[BR52] of two equally near bases the newest counts: the value both changed is theirs, and ours is one call away', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    await edit(world, a, 'core', 'color.green', '#a00')
    const plugin = openPlugin(world)
    // The version before and the one after differ in this value alone, and the plugin changed it as well: nothing tells which
    // of the two it saw, so its wish counts as one that knew ours.
    await edit(world, a, 'core', 'space.m', '12px')
    plugin.save((model) => setTokenValue(model, 'core', 'space.m', '9px'))
    await world.settle()
    expect(value(a.document, 'core', 'space.m')).toBe('9px')
    const [entry] = a.bridge.journal.entries()
    const ours = entry!.values.find(({ text }) => text === '"12px"')
    expect(ours).toMatchObject({ kind: 'replaced', path: ['space', 'm'] })
    a.bridge.journal.apply(entry!.id, ours!.id)
    await world.settle()
    expect(inBin(world, 'core', 'space', 'm')).toBe('12px')
    a.document.undo()
    expect(value(a.document, 'core', 'space.m')).toBe('9px')
  })

  it('[BR71] a replaced value is one call away, and undone', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    openPlugin(world).save((model) => setTokenValue(model, 'core', 'color.blue', '#b00'))
    await world.settle()
    expect(a.document.get('core', 'color.blue')).toEqual({ type: 'color', value: '#b00' })
    const [entry] = a.bridge.journal.entries()
    const replaced = entry!.values.find(({ kind }) => kind === 'replaced')
    expect(replaced).toMatchObject({ set: 'core', path: ['color', 'blue'], text: '"#00f"' })
    a.bridge.journal.apply(entry!.id, replaced!.id)
    expect(a.document.get('core', 'color.blue')).toEqual({ type: 'color', value: '#00f' })
    a.document.undo()
    expect(value(a.document, 'core', 'color.blue')).toBe('#b00')
  })

  it('[BR72] a whole merge is taken back where nobody changed it since', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    openPlugin(world).save((model) => {
      setTokenValue(model, 'core', 'color.red', '#p00')
      setTokenValue(model, 'core', 'space.m', '9px')
      deleteToken(model, 'core', 'color.green')
      addToken(model, 'core', { name: 'color.pink', type: 'color', value: '#pp0' })
    })
    await world.settle()
    expect(summaries(a)[0]).toContain('Took 4 changes')
    await edit(world, a, 'core', 'space.m', '12px')
    expect(a.bridge.journal.undo(a.bridge.journal.entries()[0]!.id)).toBe(3)
    expect(value(a.document, 'core', 'color.red')).toBe('#f00')
    expect(value(a.document, 'core', 'space.m')).toBe('12px')
    expect(a.document.get('core', 'color.green')).toMatchObject({ $value: '#0f0', $description: 'grass' })
    expect(a.document.get('core', 'color.pink')).toBeUndefined()
    a.document.undo()
    expect(a.document.get('core', 'color.pink')).toMatchObject({ $value: '#pp0' })
  })

  it('[BR23] a deletion of what was edited here loses to the edit', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    const plugin = openPlugin(world)
    change(a, 'core', 'color.green', '#a00')
    await editTogether(world, a)
    plugin.save((model) => {
      deleteToken(model, 'core', 'color.green')
      deleteToken(model, 'theme', 'btn.fg')
    })
    await world.settle()
    expect(value(a.document, 'core', 'color.green')).toBe('#a00')
    expect(a.document.get('theme', 'btn.fg')).toBeUndefined()
    expect(inBin(world, 'theme', 'btn', 'fg')).toBeUndefined()
    expect(summaries(a)[0]).toContain('deleted btn.fg')
    expect(summaries(a)[0]).toContain('Kept yours for color.green (deleted in the file)')
  })

  it('[BR21] an edit there revives what was deleted here', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    const plugin = openPlugin(world)
    a.document.remove('core', 'color.green')
    await world.pass(3_000)
    plugin.save((model) => setTokenValue(model, 'core', 'color.green', '#p00'))
    await world.settle()
    expect(a.document.get('core', 'color.green')).toEqual({ $type: 'color', $value: '#p00', $description: 'grass' })
    expect(inBin(world, 'core', 'color', 'green')).toBe('#p00')
  })

  it('[BR29] a unique rename is one, and edits of the token follow it', async () => {
    const world = await open({ devices: 2 })
    const [a, b] = world.devices as [Device, Device]
    const plugin = openPlugin(world)
    b.goOffline()
    b.document.update('core', 'color.red', { $value: '#b00' })
    plugin.save((model) => renameToken(model, 'core', 'color.red', 'color.crimson'))
    await world.settle()
    b.goOnline()
    await world.settle()
    expect(value(a.document, 'core', 'color.crimson')).toBe('#b00')
    expect(a.document.get('core', 'color.red')).toBeUndefined()
    expect(value(a.document, 'theme', 'btn.bg')).toBe('{color.crimson}')
    expect(inBin(world, 'core', 'color', 'crimson')).toBe('#b00')
  })

  it('[BR60] a folded name keeps its first part, an untyped token gets its type where it is stored', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    openPlugin(world).save((model) => {
      setTokenValue(model, 'core', 'space.x.l', '40px')
      model.sets.get('core')!.find(({ name }) => name === 'space.s')!.type = 'spacing'
    })
    await world.settle()
    expect(value(a.document, 'core', ['space', 'x.l'])).toBe('40px')
    expect(a.document.get('core', 'space.s')).toEqual({ $type: 'spacing', $value: '4px' })
    openPlugin(world).save((model) => renameToken(model, 'core', 'space.x.l', 'space.x.xl'))
    await world.settle()
    expect(a.document.get('core', ['space', 'x.l'])).toBeUndefined()
    expect(value(a.document, 'core', ['space', 'x.xl'])).toBe('40px')
  })

  it('[BR25] type and value come together or not at all', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    const plugin = openPlugin(world)
    change(a, 'core', 'space.m', '12px')
    await editTogether(world, a)
    plugin.save((model) => {
      const token = model.sets.get('core')!.find(({ name }) => name === 'space.m')!
      token.type = 'color'
      token.value = '#p00'
    })
    await world.settle()
    expect(a.document.get('core', 'space.m')).toEqual({ $type: 'dimension', $value: '12px' })
    const reasons = a.bridge.journal.entries()[0]!.values.map(({ field, reason }) => [field.join('/'), reason])
    expect(reasons).toEqual(
      expect.arrayContaining([
        ['$type', 'type-changed'],
        ['$value', 'conflict'],
      ]),
    )
  })

  it('[BR21] a composite replaced by a reference, and back, part by part where both have parts', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    openPlugin(world).save((model) => setTokenValue(model, 'theme', 'typo.h1', '{typo.base}'))
    await world.settle()
    expect(value(a.document, 'theme', 'typo.h1')).toBe('{typo.base}')
    openPlugin(world).save((model) => setTokenValue(model, 'theme', 'typo.h1', { fontSize: '1px', lineHeight: '2' }))
    await world.settle()
    expect(value(a.document, 'theme', 'typo.h1')).toEqual({ fontSize: '1px', lineHeight: '2' })
    const plugin = openPlugin(world)
    a.document.update('theme', 'typo.h1', { $value: { lineHeight: '3' } })
    await world.pass(3_000)
    plugin.save((model) => setTokenValue(model, 'theme', 'typo.h1', { fontSize: '5px', lineHeight: '2' }))
    await world.settle()
    expect(value(a.document, 'theme', 'typo.h1')).toEqual({ fontSize: '5px', lineHeight: '3' })
  })

  it('[BR63] a new token in a new group in a new set shows, in its place', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    openPlugin(world).save((model) => {
      addSet(model, 'brand')
      addToken(model, 'brand', { name: 'deep.er.one', type: 'color', value: '#111' })
      addToken(model, 'brand', { name: 'deep.er.two', type: 'color', value: '#222' })
      addToken(model, 'core', { name: 'fresh.x', type: 'color', value: '#333' })
    })
    await world.settle()
    expect(a.document.setNames()).toEqual(['core', 'theme', 'extra', 'brand'])
    expect(value(a.document, 'brand', 'deep.er.two')).toBe('#222')
    expect(value(a.document, 'core', 'fresh.x')).toBe('#333')
    const paths = a.document.outline('brand').map(({ path }) => path.join('.'))
    expect(paths).toEqual(['deep', 'deep.er', 'deep.er.one', 'deep.er.two'])
    expect(world.bins.puts.map(({ by }) => by)).toEqual(['plugin'])
  })
})

describe('sets and themes written by the plugin', () => {
  it('[BR28] a deleted set goes, with its entry in every theme', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    openPlugin(world).save((model) => deleteSet(model, 'extra'))
    await world.settle()
    expect(summaries(a)[0]).toContain('deletes 1 of 10 tokens and 1 of 3 sets')
    await a.bridge.takeExit('take-changes')
    await world.settle()
    expect(a.document.setNames()).toEqual(['core', 'theme'])
    expect(JSON.stringify(a.document.getSnapshot().$themes)).not.toContain('extra')
    a.document.undo()
    expect(value(a.document, 'extra', 'z')).toBe('1')
  })

  it('[BR28] a deleted set with an edit here stays with the edited token', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    const plugin = openPlugin(world)
    change(a, 'theme', 'btn.fg', '#a00')
    await editTogether(world, a)
    plugin.save((model) => deleteSet(model, 'theme'))
    await world.settle()
    await a.bridge.takeExit('take-changes')
    await world.settle()
    expect(value(a.document, 'theme', 'btn.fg')).toBe('#a00')
    expect(a.document.get('theme', 'btn.bg')).toBeUndefined()
    expect(inBin(world, 'theme', 'btn', 'fg')).toBe('#a00')
  })

  it('[BR28] a set renamed without any other change keeps its identity', async () => {
    const world = await open({ devices: 2 })
    const [a, b] = world.devices as [Device, Device]
    const plugin = openPlugin(world)
    b.goOffline()
    b.document.update('theme', 'btn.fg', { $value: '#b00' })
    plugin.save((model) => renameSet(model, 'theme', 'components'))
    await world.settle()
    b.goOnline()
    await world.settle()
    expect(a.document.setNames()).toContain('components')
    expect(a.document.setNames()).not.toContain('theme')
    expect(value(a.document, 'components', 'btn.fg')).toBe('#b00')
    const [light] = a.document.getSnapshot().$themes
    expect(light).toMatchObject({ selectedTokenSets: { core: 'source', components: 'enabled' } })
    expect(inBin(world, 'components', 'btn', 'fg')).toBe('#b00')
  })

  it('[BR28] a set renamed in an old copy, with an edit in it, is a rename too', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    const plugin = openPlugin(world)
    await edit(world, a, 'theme', 'btn.fg', '#a00')
    await edit(world, a, 'core', 'space.m', '12px')
    a.document.remove('core', 'color.green')
    await world.pass(3_000)
    plugin.save((model) => {
      renameSet(model, 'core', 'base')
      setTokenValue(model, 'base', 'color.blue', '#p00')
    })
    await world.settle()
    expect(a.document.setNames()).toEqual(['base', 'theme', 'extra'])
    expect(value(a.document, 'base', 'space.m')).toBe('12px')
    expect(a.document.get('base', 'color.green')).toBeUndefined()
    expect(value(a.document, 'base', 'color.blue')).toBe('#p00')
    expect(value(a.document, 'theme', 'btn.fg')).toBe('#a00')
    expect(JSON.stringify(a.document.getSnapshot().$themes)).not.toContain('core')
    expect(summaries(a)[0]).toContain('core renamed to base')
  })

  it('[BR26] another order of sets is taken; against one changed here it is kept', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    openPlugin(world).save((model) => {
      model.sets = new Map(['extra', 'core', 'theme'].map((name) => [name, model.sets.get(name)!]))
    })
    await world.settle()
    expect(a.document.setNames()).toEqual(['extra', 'core', 'theme'])
    expect(a.document.getSnapshot().$metadata.tokenSetOrder).toEqual(['extra', 'core', 'theme'])
    const plugin = openPlugin(world)
    a.document.reorderSets(['theme', 'extra', 'core'])
    await editTogether(world, a)
    plugin.save((model) => {
      model.sets = new Map(['core', 'extra', 'theme'].map((name) => [name, model.sets.get(name)!]))
    })
    await world.settle()
    expect(a.document.setNames()).toEqual(['theme', 'extra', 'core'])
    const [entry] = a.bridge.journal.entries()
    expect(entry?.values[0]).toMatchObject({ role: 'order', reason: 'conflict' })
    a.bridge.journal.apply(entry!.id, entry!.values[0]!.id)
    expect(a.document.setNames()).toEqual(['core', 'extra', 'theme'])
  })

  it('[BR28] themes are edited, added, deleted and reordered', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    openPlugin(world).save((model) => {
      const [light, dark] = model.themes as [never, never]
      Object.assign(light, { name: 'Day', selectedTokenSets: { core: 'enabled', extra: 'source' } })
      model.themes = [dark, light, { id: 'sepia', name: 'Sepia', selectedTokenSets: { theme: 'enabled' } }]
    })
    await world.settle()
    expect(a.document.getSnapshot().$themes).toMatchObject([
      { id: 'dark', name: 'Dark' },
      { id: 'light', name: 'Day', selectedTokenSets: { core: 'enabled', extra: 'source' } },
      { id: 'sepia', name: 'Sepia', selectedTokenSets: { theme: 'enabled' } },
    ])
    expect(JSON.stringify(a.document.getSnapshot().$themes[1])).not.toContain('theme')
    openPlugin(world).save((model) => {
      model.themes = model.themes.filter(({ id }) => id !== 'dark')
    })
    await world.settle()
    expect(a.document.getSnapshot().$themes.map((theme) => getKey(theme, 'id'))).toEqual(['light', 'sepia'])
    expect(world.bins.puts.map(({ by }) => by)).toEqual(['plugin', 'plugin'])
  })

  it('[BR28] a theme edited here survives its deletion there', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    const plugin = openPlugin(world)
    a.document.setTheme({ id: 'dark', name: 'Night' })
    await editTogether(world, a)
    plugin.save((model) => {
      model.themes = model.themes.filter(({ id }) => id !== 'dark')
    })
    await world.settle()
    expect(a.document.getSnapshot().$themes).toMatchObject([{ id: 'light' }, { id: 'dark', name: 'Night' }])
  })
})

describe('several bridges', () => {
  it('[BR62] without a lease merge one write into one lane and one entry', async () => {
    const world = await open({ devices: 2, relayMs: 200 })
    const [a, b] = world.devices as [Device, Device]
    a.document.update('core', 'color.red', { $value: '#a00' })
    await world.settle()
    openPlugin(world, { format: 'legacy' }).save((model) => {
      setTokenValue(model, 'core', 'color.blue', '#p00')
      addToken(model, 'core', { name: 'color.pink', type: 'color', value: '#pp0' })
      deleteToken(model, 'core', 'color.green')
    })
    await Promise.all([a.bridge.pull(), b.bridge.pull(), world.pass(0)])
    await world.settle()
    expect(binLanes(a)).toHaveLength(1)
    expect(binLanes(b)).toEqual(binLanes(a))
    expect(summaries(a)).toHaveLength(1)
    const facts = (a.ydoc.getArray(binLanes(a)[0]!).toJSON() as unknown[]).map((fact) => JSON.stringify(fact))
    expect(new Set(facts).size).toBe(3)
    expect(a.document.toText()).toBe(b.document.toText())
    expect(a.document.get('core', 'color.green')).toBeUndefined()
  })

  it('[BR9] with a lease one works and the other stands by, until it goes', async () => {
    const world = await open({ devices: 2, lease: true })
    const [a, b] = world.devices as [Device, Device]
    expect([a.bridge.status.state.kind, b.bridge.status.state.kind]).toEqual(['synced', 'standby'])
    await edit(world, b, 'core', 'color.red', '#b00')
    expect(world.bins.puts.map(({ by }) => by)).toEqual(['A'])
    a.crash()
    await world.pass(1_000)
    await edit(world, b, 'core', 'color.red', '#b11')
    expect(world.bins.puts.map(({ by }) => by)).toEqual(['A', 'B'])
    expect(b.bridge.status.state.kind).toBe('synced')
  })

  it('[BR60] every node id of a merge lives in the document', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    openPlugin(world).save((model) => addToken(model, 'core', { name: 'color.pink', type: 'color', value: '#pp0' }))
    await world.settle()
    const access = factAccessOf(a.document)
    expect(access.valueOf('/values/core/color/pink')).toMatchObject({ $value: '#pp0' })
  })
})

describe('a kept marker', () => {
  it('[BR14] that names a snapshot this device does not know yet is waited for: a change back in it is no old copy', async () => {
    const world = await open({ devices: 2, lease: true, linked: true })
    const [a, b] = world.devices as [Device, Device]
    a.bridge.pause({ scope: 'device' })
    await world.pass(1_000)
    for (const colour of ['#one', '#two', '#three']) await edit(world, b, 'core', 'color.red', colour)
    await world.settle()
    // What B published since has not reached the history of A.
    const lane = a.side.getArray(`h1/${b.document.lane}`)
    const published = lane.toArray().slice(-2)
    b.crash()
    lane.delete(lane.length - 2, 2)
    editByHand(world, ({ values }) => (values['core']!['color']!['red']!['$value'] = '#one' as never))
    a.bridge.resume({ scope: 'device' })
    await world.pass(5_000)
    expect(a.bridge.status.state.kind).toBe('waiting')
    lane.push([...published])
    await world.settle()
    expect(value(a.document, 'core', 'color.red')).toBe('#one')
    expect(summaries(a)[0]).toContain('color.red #three→#one')
  })
})
