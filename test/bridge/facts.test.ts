import { afterEach, describe, expect, it } from 'vitest'
import { createLens } from '../../src/bridge/lens.ts'
import { planMerge } from '../../src/bridge/plan-merge.ts'
import { createSideDocument } from '../../src/bridge/side-document.ts'
import type { StoredFact } from '../../src/doc/fact-access.ts'
import type { TokenDocument } from '../../src/doc/index.ts'
import type { JsonObject } from '../../src/payload/ordered-json.ts'
import { pluginRows } from '../../src/payload/plugin-rows.ts'
import { createBridgeWorld, type Device, type World, type WorldOptions } from '../support/bridge-world.ts'
import { addToken, deleteToken, setTokenValue } from '../support/plugin-edits.ts'
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

function value(document: TokenDocument, set: string, path: string): unknown {
  return (document.get(set, path) as { readonly $value?: unknown } | undefined)?.$value
}

function mergedFacts({ ydoc }: Device): readonly StoredFact[] {
  return [...ydoc.share.keys()]
    .filter((root) => root.startsWith('v1/lane/bin'))
    .flatMap((root) => ydoc.getArray<StoredFact>(root).toArray())
}

/** The snapshot that the first plugin of a world starts from. */
function baseOf(world: World, { side: ydoc }: Device): { readonly top: number; readonly vv: Record<string, number> } {
  const side = createSideDocument({ ydoc, lane: 'reader00', now: () => 0 })
  const [snap] = side.history.snapsOf(world.binId)
  const vv = Object.fromEntries(side.history.content(snap!).vv)
  side.destroy()
  return { top: snap!.top, vv }
}

describe('the facts of a merge', () => {
  it('[BR61] stand right after what the base knew, however late the file came', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    const { top } = baseOf(world, a)
    const plugin = openPlugin(world)
    await world.pass(3_600_000)
    a.document.update('core', 'color.red', { $value: '#a00' })
    a.document.update('core', 'color.green', { $value: '#a11' })
    await world.pass(3_000)
    plugin.save((model) => setTokenValue(model, 'core', 'space.m', '9px'))
    await world.settle()
    expect(mergedFacts(a)).toEqual([['/values/core/space/m/$value', 'v', '"9px"', top + 1]])
  })

  it('[BR64] a deletion covers what the base had seen: an edit on its way survives', async () => {
    const world = await open({ devices: 2, lease: true })
    const [a, b] = world.devices as [Device, Device]
    const { vv } = baseOf(world, a)
    b.goOffline()
    b.document.update('core', 'color.green', { $description: 'moss' })
    openPlugin(world).save((model) => deleteToken(model, 'core', 'color.green'))
    await world.settle()
    expect(a.document.get('core', 'color.green')).toBeUndefined()
    expect(mergedFacts(a).map((fact) => fact.slice(0, 3))).toEqual([
      ['/values/core/color/green', 'x', JSON.stringify(vv)],
    ])
    b.goOnline()
    await world.settle()
    expect(a.document.get('core', 'color.green')).toMatchObject({ $value: '#0f0', $description: 'moss' })
  })

  it('[BR65] a name whose node moved away gets the next generation', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    a.document.rename('core', 'color.red', 'color.crimson')
    await world.settle()
    openPlugin(world).save((model) => addToken(model, 'core', { name: 'color.red', type: 'color', value: '#p00' }))
    await world.settle()
    expect(mergedFacts(a).map(([id]) => id)).toEqual(['/values/core/color/red~:1'])
    expect([value(a.document, 'core', 'color.red'), value(a.document, 'core', 'color.crimson')]).toEqual([
      '#p00',
      '#f00',
    ])
  })

  it('[BR66] erase only what the entry lists: an older edit that came before the replay stays beside', async () => {
    const world = await open({ devices: 2, lease: true })
    const [a, b] = world.devices as [Device, Device]
    b.goOffline()
    b.document.update('core', 'space.m', { $value: '7px' })
    a.document.update('core', 'color.red', { $value: '#a00' })
    await world.settle()
    a.crashAt = 'side stored'
    openPlugin(world).save((model) => setTokenValue(model, 'core', 'space.m', '9px'))
    await world.pass(61_000)
    expect(a.isUp).toBe(false)
    b.goOnline()
    a.restart()
    await world.settle()
    expect(value(a.document, 'core', 'space.m')).toBe('9px')
    const beside = a.document.conflicts.flatMap(({ others }) => others.map((other) => other.value))
    expect(beside).toContain('7px')
    expect(beside).not.toContain('8px')
  })

  it('[BR27] a token that its writer took back is not deleted silently, nor kept without a word', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    const plugin = openPlugin(world)
    plugin.save((model) => addToken(model, 'core', { name: 'color.pink', type: 'color', value: '#pp0' }))
    await world.settle()
    expect(value(a.document, 'core', 'color.pink')).toBe('#pp0')
    plugin.save((model) => deleteToken(model, 'core', 'color.pink'))
    await world.settle()
    expect(value(a.document, 'core', 'color.pink')).toBe('#pp0')
    const [entry] = a.bridge.journal.entries()
    expect(entry?.values).toMatchObject([
      { role: 'node', path: ['color', 'pink'], text: null, reason: 'possible-revert' },
    ])
    expect(entry?.summary).toContain('Possible revert: color.pink deleted.')
    a.bridge.journal.apply(entry!.id, entry!.values[0]!.id)
    expect(a.document.get('core', 'color.pink')).toBeUndefined()
  })
})

describe('the lane of a merge', () => {
  it('[BR62] is named by base and facts: one for equal ones, never one for different ones', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    const side = createSideDocument({ ydoc: a.side, lane: 'reader00', now: () => 0 })
    const laneOf = (from: string, to: string, write: string): string | undefined => {
      const rows = pluginRows(JSON.parse(world.bins.read().replace(`"${from}"`, `"${to}"`)) as JsonObject)
      const file = { bin: world.binId, rows, write, savedAt: null, marker: undefined, recovered: false }
      const options = { lens: createLens(a.document), side, by: 'A', covers: () => true, onlyCovered: false }
      const plan = planMerge(file, options)
      return plan.kind === 'plan' ? plan.merge?.lane : undefined
    }
    expect(laneOf('8px', '9px', 'w1')).toMatch(/^bin[0-9a-f]{13}$/)
    expect(laneOf('8px', '9px', 'w2')).toBe(laneOf('8px', '9px', 'w1'))
    expect(laneOf('8px', '10px', 'w3')).not.toBe(laneOf('8px', '9px', 'w1'))
    expect(laneOf('#0f0', '9px', 'w4')).not.toBe(laneOf('8px', '9px', 'w1'))
    side.destroy()
  })
})

describe('a base with edits this replica lacks', () => {
  it('[BR14][BR55] is waited for; after the wait only covered snapshots count', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    const side = createSideDocument({ ydoc: a.side, lane: 'reader00', now: () => 0 })
    const rows = pluginRows(JSON.parse(world.bins.read()) as JsonObject)
    const file = { bin: world.binId, rows, write: 'w', savedAt: null, marker: undefined, recovered: false }
    const options = { lens: createLens(a.document), side, by: 'A' }
    expect(planMerge(file, { ...options, covers: () => false, onlyCovered: false }).kind).toBe('baseAhead')
    expect(planMerge(file, { ...options, covers: () => false, onlyCovered: true }).kind).toBe('noBase')
    expect(planMerge(file, { ...options, covers: () => true, onlyCovered: true }).kind).toBe('plan')
    side.destroy()
  })
})

describe('the order of tokens', () => {
  it('[BR84] alone is written over our own body, and not over anybody else’s', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    a.document.update('core', 'color.green', { $value: '#a00' })
    await world.settle()
    a.document.reorder('core', 'color.green', { before: 'red' })
    await world.settle()
    const keys = (): string[] =>
      Object.keys((JSON.parse(world.bins.read()) as { values: { core: { color: object } } }).values.core.color)
    expect(keys()).toEqual(['green', 'red', 'blue'])
    expect(world.bins.puts).toHaveLength(2)
    openPlugin(world).save()
    await world.settle()
    a.document.reorder('core', 'color.green', {})
    await world.settle()
    expect(world.bins.puts.map(({ by }) => by)).toEqual(['A', 'A', 'plugin'])
  })
})
