import { afterEach, describe, expect, it } from 'vitest'
import type { BridgeState } from '../../src/bridge/bridge-status.ts'
import { createBridgeWorld, type Device, type World, type WorldOptions } from '../support/bridge-world.ts'
import { addToken, deleteSet, deleteToken, setTokenValue } from '../support/plugin-edits.ts'
import { editByHand, openPlugin } from '../support/scenario-plugin.ts'

const worlds: World[] = []
async function open(options: Partial<WorldOptions> = {}): Promise<World> {
  const world = await createBridgeWorld({ file: bigFile, ...options })
  worlds.push(world)
  return world
}
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close()
})

/** 100 colours in `core`, 4 sizes in `size`, two themes. */
const bigFile = JSON.stringify({
  values: {
    core: Object.fromEntries(
      Array.from({ length: 100 }, (_, n) => [`c${n}`, { $type: 'color', $value: `#${100 + n}` }]),
    ),
    size: Object.fromEntries(['s', 'm', 'l', 'xl'].map((name, n) => [name, { $type: 'dimension', $value: `${n}px` }])),
  },
  $themes: [
    { id: 'light', name: 'Light', selectedTokenSets: { core: 'source', size: 'enabled' } },
    { id: 'dark', name: 'Dark', selectedTokenSets: { core: 'enabled' } },
  ],
  $metadata: { tokenSetOrder: ['core', 'size'], version: '2.11.10', updatedAt: '2025-06-01T00:00:00.000Z' },
})

function count(device: Device, set: string): number {
  return device.document.outline(set).filter(({ kind }) => kind === 'token').length
}

function blockOf({ bridge }: Device): Extract<BridgeState, { kind: 'blocked' }> {
  const { state } = bridge.status
  if (state.kind !== 'blocked') throw new Error(`The bridge is ${state.kind}, not blocked`)
  return state
}

/** A plugin that deletes so many of the colours, sets one value, and adds one token. */
async function deleteMany(world: World, tokens: number): Promise<void> {
  openPlugin(world).save((model) => {
    for (let n = 0; n < tokens; n++) deleteToken(model, 'core', `c${n}`)
    setTokenValue(model, 'core', 'c99', '#new')
    addToken(model, 'size', { name: 'xxl', type: 'dimension', value: '99px' })
  })
  await world.settle()
}

async function take(world: World, device: Device, exit: 'take-changes' | 'keep-ours'): Promise<void> {
  await Promise.all([device.bridge.takeExit(exit), world.pass(1_000)])
  await world.settle()
}

describe('a mass deletion', () => {
  it('[BR100] of a quarter of the tokens is taken, one more is held with its numbers and its exits', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    await deleteMany(world, 26)
    expect([a.bridge.status.state.kind, count(a, 'core')]).toEqual(['synced', 74])

    const held = await open()
    const [b] = held.devices as [Device]
    await deleteMany(held, 27)
    expect(count(b, 'core')).toBe(100)
    expect(blockOf(b)).toMatchObject({ reason: 'mass-change', exits: ['take-changes', 'keep-ours', 'apply-other-bin'] })
    expect(blockOf(b).message).toContain('deletes 27 of 104 tokens.')
    const [entry] = b.bridge.journal.entries()
    expect(entry?.summary).toContain('Took 2 changes')
    expect(entry?.summary).toContain('Held until somebody decides: the file deletes 27 of 104 tokens.')
    expect(entry?.values.filter(({ reason }) => reason === 'mass-change')).toHaveLength(27)
  })

  it('[BR100] what is new in the same file is taken at once', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    await deleteMany(world, 40)
    expect(a.document.get('core', 'c99')).toMatchObject({ $value: '#new' })
    expect(a.document.get('size', 'xxl')).toMatchObject({ $value: '99px' })
  })

  it('[BR101] nothing is written until somebody decides, whatever is edited', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    await deleteMany(world, 40)
    const puts = world.bins.puts.length
    a.document.update('core', 'c50', { $value: '#50a' })
    await world.settle()
    await expect(a.bridge.push()).rejects.toMatchObject({ code: 'blocked' })
    const report = await a.bridge.pull()
    expect(report).toMatchObject({ taken: 0, held: 0 })
    expect(world.bins.puts).toHaveLength(puts)
    expect(blockOf(a).reason).toBe('mass-change')
  })

  it('[BR102] taken: gone here as well, with a version of before, and undone like any edit', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    await deleteMany(world, 40)
    await take(world, a, 'take-changes')
    expect([count(a, 'core'), a.bridge.status.state.kind]).toEqual([60, 'synced'])
    const [before] = a.bridge.versions.list()
    expect(a.bridge.versions.text(before?.id ?? '')).toContain('"c0"')
    a.document.undo()
    await world.settle()
    expect(count(a, 'core')).toBe(100)
    expect(world.bins.read()).toContain('"c0"')
    expect(a.bridge.status.state.kind).toBe('synced')
  })

  it('[BR102] put back: the bin has all again, and what it held is a version', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    await deleteMany(world, 40)
    a.document.update('core', 'c3', { $value: '#3aa' })
    await take(world, a, 'keep-ours')
    expect([count(a, 'core'), a.bridge.status.state.kind]).toEqual([100, 'synced'])
    expect(world.bins.read()).toContain('#3aa')
    const [aside] = a.bridge.versions.list()
    expect(a.bridge.versions.text(aside?.id ?? '')).not.toContain('"c0"')
    // The same plugin saves again, still without them: that was decided.
    expect(a.bridge.journal.entries()[0]?.isSettled).toBe(true)
  })

  it('[BR103] every device sees it, also after a restart, and anybody may decide', async () => {
    const world = await open({ devices: 2, lease: true })
    const [a, b] = world.devices as [Device, Device]
    await deleteMany(world, 40)
    expect(blockOf(a).reason).toBe('mass-change')
    a.restart()
    await world.settle()
    expect(b.bridge.status.state).toMatchObject({ kind: 'blocked', reason: 'mass-change' })
    const [entry] = a.bridge.journal.entries()
    expect(b.bridge.journal.entries().map(({ id }) => id)).toEqual([entry?.id])
    a.bridge.journal.settle(entry?.id ?? '')
    await world.settle()
    expect([count(a, 'core'), count(b, 'core'), b.bridge.status.state.kind]).toEqual([100, 100, 'synced'])
    expect(world.bins.read()).toContain('"c0"')
  })

  it('[BR103] is over where its writer puts the tokens back', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    const good = openPlugin(world)
    await deleteMany(world, 40)
    expect(blockOf(a).reason).toBe('mass-change')
    good.save()
    await world.settle()
    expect([a.bridge.status.state.kind, count(a, 'core')]).toEqual(['synced', 100])
    expect(a.document.get('core', 'c99')).toMatchObject({ $value: '#new' })
  })

  it('[BR103] a second save of the same writer is merged while the first is held', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    await deleteMany(world, 40)
    openPlugin(world).save((model) => setTokenValue(model, 'size', 's', '7px'))
    await world.settle()
    expect(a.document.get('size', 's')).toMatchObject({ $value: '7px' })
    expect(blockOf(a).message).toContain('deletes 40 of 104 tokens.')
    await take(world, a, 'take-changes')
    expect(count(a, 'core')).toBe(60)
    expect(world.bins.read()).toContain('7px')
  })
})

describe('other mass changes', () => {
  it('[BR100] a whole set is held, however small, with its entries in the themes', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    openPlugin(world).save((model) => deleteSet(model, 'size'))
    await world.settle()
    expect(blockOf(a).message).toContain('deletes 4 of 104 tokens and 1 of 2 sets')
    expect(a.document.setNames()).toEqual(['core', 'size'])
    await take(world, a, 'keep-ours')
    const [light] = a.document.getSnapshot().$themes
    expect(light).toMatchObject({ selectedTokenSets: { size: 'enabled' } })
  })

  it('[BR100] every theme is held, one of two is taken', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    openPlugin(world).save((model) => {
      model.themes = model.themes.filter(({ id }) => id !== 'dark')
    })
    await world.settle()
    expect(a.document.getSnapshot().$themes).toHaveLength(1)
    openPlugin(world).save((model) => {
      model.themes = []
    })
    await world.settle()
    expect(blockOf(a).message).toContain('deletes 1 of 1 theme')
    expect(a.document.getSnapshot().$themes).toHaveLength(1)
    await take(world, a, 'take-changes')
    expect(a.document.getSnapshot().$themes).toHaveLength(0)
  })

  it('[BR100] most values changed to new ones are taken; changed back, they are held', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    openPlugin(world).save((model) => {
      for (const [n, token] of (model.sets.get('core') ?? []).entries()) token.value = `rgb(${n})`
    })
    await world.settle()
    expect([a.bridge.status.state.kind, a.document.get('core', 'c7')]).toMatchObject(['synced', { $value: 'rgb(7)' }])
    a.document.update('size', 'm', { $value: '2em' })
    await world.settle()
    // By hand, so that our marker says what it is based on: against a near version, it would be no mass change but a stale copy.
    editByHand(world, ({ values }) => {
      for (let n = 0; n < 100; n++) values['core']![`c${n}`]!['$value'] = `#${100 + n}` as never
      values['size']!['s']!['$value'] = '7em' as never
    })
    await world.settle()
    expect(blockOf(a).message).toContain('changes 100 of 104 values back')
    expect(a.document.get('size', 's')).toMatchObject({ $value: '7em' })
    expect(a.document.get('core', 'c7')).toMatchObject({ $value: 'rgb(7)' })
  })
})
