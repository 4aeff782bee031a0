import { afterEach, describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { factAccessOf } from '../../src/doc/fact-access.ts'
import { createMemoryKeys } from '../../src/bridge/bin-keys.ts'
import { blockAgainst, type Body } from '../../src/bridge/body.ts'
import type { DocumentView } from '../../src/bridge/lens.ts'
import { decideCreation, decideField } from '../../src/bridge/decide.ts'
import { erasableBy } from '../../src/bridge/merge-entry.ts'
import { renamedGroups } from '../../src/bridge/renamed-groups.ts'
import { createSideDocument, type NewEntry, type SideDocument } from '../../src/bridge/side-document.ts'
import { decodeEntry, type MergeBody } from '../../src/bridge/side-entries.ts'
import { rowsToContent } from '../../src/bridge/snapshot-content.ts'
import { createMemoryMeter, createRequestMeter } from '../../src/bridge/request-meter.ts'
import type { BinStore } from '../../src/jsonbin/bin-store.ts'
import { JsonBinError } from '../../src/jsonbin/json-bin-error.ts'
import { type PluginRows, pluginRows } from '../../src/payload/plugin-rows.ts'
import { createBridgeWorld, type Device, type World, type WorldOptions } from '../support/bridge-world.ts'
import { addToken, deleteToken, renameToken, setTokenValue } from '../support/plugin-edits.ts'
import { laneFacts, putFacts, toFactTime } from '../support/replicas-facts.ts'
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

  it('[BR21] of what a later save deleted revives nothing', () => {
    const situation = { r: '"new"', b: '"old"', d: undefined, lives: false, known: false, nearHas: false }
    const rest = { nearDiffers: false, low: false, beaten: false }
    expect(decideField({ ...situation, ...rest })).toBe('take')
    expect(decideField({ ...situation, ...rest, deletedLater: true })).toEqual({ keep: 'possible-revert' })
  })

  it('[BR24] that a later save deleted is not created again', () => {
    const situation = { taken: false, equal: false, nearHad: false, known: false, low: false, elsewhere: false }
    expect(decideCreation(situation)).toBe('take')
    expect(decideCreation({ ...situation, deletedLater: true })).toEqual({ keep: 'possible-revert' })
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

describe('a merge', () => {
  it('[BR66] erases nothing as new as itself', () => {
    const replaced = [{ role: 'field', node: '/n', register: '/n/$value', place: '/n', field: '$value', text: '"old"' }]
    const mayErase = erasableBy({ T: 5, replaced } as unknown as MergeBody)
    const fact = { lane: 'aaaaaaaa', id: '/n/$value', field: 'v', text: '"old"', order: undefined } as const
    expect([4, 5, 6].map((t) => mayErase({ ...fact, t }))).toEqual([true, false, false])
  })

  it('[BR67] is finished when its lane exists, also if all its facts have been erased since', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    openPlugin(world).save((model) => setTokenValue(model, 'core', 'space.m', '9px'))
    await world.settle()
    const lane = [...a.ydoc.share.keys()].find((root) => root.startsWith('v1/lane/bin'))?.slice('v1/lane/'.length) ?? ''
    expect(laneFacts(a.ydoc, lane)).toHaveLength(1)
    a.document.update('core', 'space.m', { $value: '10px' })
    await world.settle()
    expect(laneFacts(a.ydoc, lane)).toEqual([])
  })
})

describe('a mass change', () => {
  it('[BR102] is taken after a version was saved, also where the day has one already', async () => {
    const colors = Array.from({ length: 60 }, (_, i) => [`c${i}`, { $type: 'color', $value: `#${100 + i}` }])
    const world = await open({ file: JSON.stringify({ values: { core: Object.fromEntries(colors) } }) })
    const [a] = world.devices as [Device]
    a.document.update('core', 'c59', { $value: '#a00' })
    await world.settle()
    openPlugin(world).save((model) => {
      for (let i = 0; i < 40; i++) deleteToken(model, 'core', `c${i}`)
    })
    await world.settle()
    await Promise.all([a.bridge.takeExit('take-changes'), world.pass(1_000)])
    const [newest] = a.bridge.versions.list()
    expect(newest?.name).toBe('Before a mass change was taken')
    expect(a.bridge.versions.text(newest?.id ?? '')).toContain('#a00')
  })
})

describe('the side document', () => {
  it('[BR41] passes over entries whose parts are of another kind', () => {
    const json = '{"entry":"e"}'
    expect(decodeEntry(['done', 'd1', 5, json], 'aaaaaaaa')).toMatchObject({ kind: 'done', id: 'd1' })
    for (const stored of [
      ['done', 7, 5, json],
      ['done', '', 5, json],
      ['done', 'd1', 'soon', json],
      ['done', 'd1', 5, { entry: 'e' }],
    ])
      expect(decodeEntry(stored, 'aaaaaaaa')).toBeNull()
  })

  it('[BR45] leaves no snapshot behind whose parent it took away', () => {
    const ydoc = new Y.Doc()
    const limits = { minEntries: 2, maxAgeMs: 0, maxChars: 0 }
    const side = createSideDocument({ ydoc, lane: 'aaaaaaaa', now: () => 1_000, limits })
    const head = { kind: 'published', bin: 'b', top: 1, sv: '', by: '', rev: 1 } as const
    for (let i = 0; i < 6; i++) {
      const tokens = Array.from({ length: 30 }, (_, n) => [`/x/t${n}`, { $value: n === 0 ? String(i) : '1' }] as const)
      const rows = rowsToContent({ tokens: new Map(tokens), sets: ['x'], themes: new Map() })
      side.append([{ kind: 'snap', id: `s${i}`, head, content: { rows, ids: new Map(), vv: new Map() } }])
    }
    side.trim()
    const read = createSideDocument({ ydoc, lane: 'bbbbbbbb', now: () => 1_000 })
    expect(read.history.snapsOf('b').map(({ id }) => id)).toEqual(expect.arrayContaining(['s4', 's5']))
  })

  it('[BR43] the newest pause counts, whichever arrives last', () => {
    const at = (lane: string, ms: number): { readonly ydoc: Y.Doc; readonly side: SideDocument } => {
      const ydoc = new Y.Doc()
      return { ydoc, side: createSideDocument({ ydoc, lane, now: () => ms }) }
    }
    const pause = (id: string, paused: boolean): NewEntry => ({
      kind: 'pause',
      id,
      body: { paused, by: 'Ana', reason: '' },
    })
    const [early, late] = [at('aaaaaaaa', 1_000), at('bbbbbbbb', 2_000)]
    early.side.append([pause('p1', false)])
    late.side.append([pause('p2', true)])
    Y.applyUpdate(late.ydoc, Y.encodeStateAsUpdate(early.ydoc))
    Y.applyUpdate(early.ydoc, Y.encodeStateAsUpdate(late.ydoc))
    expect([late.side.pause(), early.side.pause()]).toMatchObject([{ paused: true }, { paused: true }])
  })
})

describe('writing', () => {
  it('[BR81] names the place that the plugin would refuse, and sends nothing', () => {
    const $metadata = { tokenSetOrder: ['core'], updatedAt: '2026-01-01T00:00:00.000Z', version: '2.11.10' }
    const file = { values: { core: { a: { $value: '#f00' } } }, $themes: [], $metadata }
    const block = blockAgainst({ file } as unknown as DocumentView, { bytes: 1 } as unknown as Body, undefined)
    expect(block).toMatchObject({ reason: 'rejected-by-plugin-rules' })
    expect(block?.message).toContain('core › a')
  })

  it('[BR83] writes over equal tokens that no plugin could save over', async () => {
    const world = await open()
    editByHand(world, ({ $metadata }) => {
      delete $metadata['y-tokens']
      delete $metadata.updatedAt
    })
    await world.settle()
    const { $metadata } = JSON.parse(world.bins.read()) as { readonly $metadata: { readonly updatedAt?: string } }
    expect($metadata.updatedAt).toBeDefined()
  })

  it('[BR90] another device reads anew where the same bin is applied once more', async () => {
    const world = await open({ devices: 2 })
    const [a, b] = world.devices as [Device, Device]
    b.looking.set(false)
    await world.settle()
    const before = b.bridge.status.lastReadAt ?? 0
    await Promise.all([a.bridge.bins.apply(world.binId), world.pass(3_000)])
    expect(b.bridge.status.lastReadAt).toBeGreaterThan(before)
  })
})

describe('keys', () => {
  it('[BR95] are found at the origin they were entered for alone', () => {
    const keys = createMemoryKeys()
    keys.set('https://bins.example', 'b1', { masterKey: 'secret' })
    expect(keys.get('https://bins.example', 'b1')).toEqual({ masterKey: 'secret' })
    expect(keys.get('https://elsewhere.example', 'b1')).toBeUndefined()
    expect(keys.get('https://bins.example', 'b2')).toBeUndefined()
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

describe('the distance of a file', () => {
  it('[BR50] is one more where sets or themes stand in another order', () => {
    const side = createSideDocument({ ydoc: new Y.Doc(), lane: 'aaaaaaaa', now: () => 0 })
    const rows = (sets: readonly string[], themes: readonly string[]): PluginRows => ({
      tokens: new Map(sets.map((set) => [`/${set}/a`, { $value: '1' }])),
      sets,
      themes: new Map(themes.map((id) => [id, { name: `"${id}"` }])),
    })
    const head = { kind: 'published', bin: 'b', top: 1, sv: '', by: '', rev: 1 } as const
    const content = { rows: rowsToContent(rows(['x', 'y'], ['t', 'u'])), ids: new Map(), vv: new Map() }
    side.append([{ kind: 'snap', id: 's1', head, content }])
    const [snap] = side.history.snapsOf('b')
    const to = (file: PluginRows): number | undefined => side.history.distances('b', file).get(snap!)
    expect(to(rows(['x', 'y'], ['t', 'u']))).toBe(0)
    expect(to(rows(['y', 'x'], ['t', 'u']))).toBe(1)
    expect(to(rows(['y', 'x'], ['u', 't']))).toBe(2)
  })

  it('[BR50] counts each differing field of a token', () => {
    const side = createSideDocument({ ydoc: new Y.Doc(), lane: 'aaaaaaaa', now: () => 0 })
    const rows = (row: { readonly [field: string]: string }): PluginRows => ({
      tokens: new Map([['/x/a', row]]),
      sets: ['x'],
      themes: new Map(),
    })
    const head = { kind: 'published', bin: 'b', top: 1, sv: '', by: '', rev: 1 } as const
    const content = { rows: rowsToContent(rows({ $type: '"number"', $value: '1' })), ids: new Map(), vv: new Map() }
    side.append([{ kind: 'snap', id: 's1', head, content }])
    const [snap] = side.history.snapsOf('b')
    expect(side.history.distances('b', rows({ $type: '"dimension"', $value: '2' })).get(snap!)).toBe(2)
  })
})
