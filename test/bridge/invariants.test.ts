import { afterEach, describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { factAccessOf } from '../../src/doc/fact-access.ts'
import { createTokenDocument, type TokenDocument } from '../../src/doc/index.ts'
import { createSideDocument, type MergeEntry } from '../../src/bridge/side-document.ts'
import { fieldText } from '../../src/bridge/row-fields.ts'
import { readMarker } from '../../src/payload/marker.ts'
import { type JsonObject, parseJson } from '../../src/payload/ordered-json.ts'
import { projectForPlugin } from '../../src/payload/plugin-projection.ts'
import { createBridgeWorld, type Device, masterKey, type World, type WorldOptions } from '../support/bridge-world.ts'
import { nastyPayload } from '../support/nasty-payloads.ts'
import { pluginPull, type PluginModel } from '../support/plugin-emulator.ts'
import { addToken, deleteToken, renameToken, setTokenValue } from '../support/plugin-edits.ts'
import { createRandom } from '../support/random.ts'
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

function only(world: World): Device {
  return world.devices[0] as Device
}

function textOf(document: TokenDocument): string {
  return JSON.stringify(document.getSnapshot())
}

/** What can still be had of a device's tokens: what is shown, and what stands in the journal. */
function retrievable({ document, bridge }: Device): string {
  return textOf(document) + JSON.stringify(bridge.journal.entries().map(({ values }) => values))
}

function entriesOf({ side, document }: Device): readonly MergeEntry[] {
  const reader = createSideDocument({ ydoc: side, lane: `${document.lane}x`, now: Date.now })
  const merges = reader.merges()
  reader.destroy()
  return merges
}

/** Each request of a bridge, as it is sent. */
function logOf(world: World): ('read' | 'update')[] {
  const log: ('read' | 'update')[] = []
  world.bins.drawFault = (kind) => {
    log.push(kind)
    return undefined
  }
  return log
}

type Act<T> = readonly [what: string, mark: string, run: (target: T) => void]

const theirs: readonly Act<PluginModel>[] = [
  ['sets it', '#plugin', (model) => setTokenValue(model, 'core', 'color.red', '#plugin')],
  ['describes it', 'by plugin', (model) => Object.assign(model.sets.get('core')![0]!, { description: 'by plugin' })],
  ['renames it', 'plum', (model) => renameToken(model, 'core', 'color.red', 'color.plum')],
  ['moves it', 'space', (model) => renameToken(model, 'core', 'color.red', 'space.red')],
  ['deletes it', '', (model) => deleteToken(model, 'core', 'color.red')],
]
const ours: readonly Act<TokenDocument>[] = [
  ['sets it', '#editor', (document) => document.update('core', 'color.red', { $value: '#editor' })],
  ['describes it', 'by editor', (document) => document.update('core', 'color.red', { $description: 'by editor' })],
  ['renames it', 'ember', (document) => document.rename('core', 'color.red', ['color', 'ember'])],
  ['moves it', 'btn', (document) => document.move('core', 'color.red', 'theme', 'btn.red')],
  ['deletes it', '', (document) => document.remove('core', 'color.red')],
]

describe('safety', () => {
  for (const [theirAct, theirMark, plugin] of theirs) {
    for (const [ourAct, ourMark, editor] of ours) {
      it(`I1 no silent loss: the plugin ${theirAct} while an editor ${ourAct}`, async () => {
        const world = await open()
        const a = only(world)
        const open_ = openPlugin(world)
        editor(a.document)
        a.document.update('theme', 'btn.fg', { $value: '#also' })
        a.document.update('core', 'color.green', { $value: '#also' })
        await world.settle()
        open_.save(plugin)
        await world.settle()
        for (const mark of [theirMark, ourMark]) expect(retrievable(a)).toContain(mark)
        if (theirMark === '' && ourMark !== '') expect(textOf(a.document)).toContain(ourMark)
        if (ourMark === '' && theirMark !== '') expect(retrievable(a)).toContain(theirMark)
      })
    }
  }

  it('I2 no resurrection: what was replaced knowingly does not come back with an old copy, nor a repeat', async () => {
    const world = await open()
    const a = only(world)
    const plugin = openPlugin(world)
    const text = plugin.save((model) => setTokenValue(model, 'core', 'space.m', '9px'))
    await world.settle()
    a.document.update('core', 'space.m', { $value: '12px' })
    a.document.remove('core', 'color.green')
    await world.settle()
    for (const save of [
      () => world.bins.put(text),
      () => plugin.save(),
      () => plugin.save((model) => setTokenValue(model, 'core', 'color.blue', '#00a')),
    ]) {
      save()
      await world.settle()
      expect(a.document.get('core', 'space.m')).toMatchObject({ $value: '12px' })
      expect(a.document.get('core', 'color.green')).toBeUndefined()
    }
    expect(a.document.get('core', 'color.blue')).toMatchObject({ value: '#00a' })
  })

  it('I3 provenance: every value was in a file or typed by somebody', async () => {
    const world = await open({ devices: 2 })
    const [a, b] = world.devices as [Device, Device]
    const plugin = openPlugin(world, { format: 'legacy' })
    a.document.update('theme', 'typo.h1', { $value: { fontSize: 'typed 1' } })
    await world.pass(3_000)
    plugin.save((model) => {
      renameToken(model, 'core', 'color.blue', 'hue.azure')
      setTokenValue(model, 'theme', 'typo.h1', { fontSize: 'typed 2', lineHeight: 'typed 3' })
    })
    b.document.update('core', 'space.m', { $value: 'typed 4' })
    await world.settle()
    const known = new Set([...leavesOf(worldFile), ...leavesOf(world.bins.read())])
    for (const value of ['typed 1', 'typed 2', 'typed 3', 'typed 4']) known.add(value)
    const shown = leavesOf(b.document.toText())
    expect(shown.filter((leaf) => !known.has(leaf))).toEqual([])
    expect(shown).toContain('typed 4')
  })

  it('I4 no orphan deletion: nothing goes for want of a readable file, a base, or the right project', async () => {
    const other = await open({ seed: 2, file: worldFile.replace('#0f0', '#other') })
    only(other).document.update('core', 'color.red', { $value: '#other2' })
    await other.settle()
    for (const text of [
      '',
      '{}',
      '[]',
      '{"values":{}}',
      '{"values":{"options":{}}}',
      '{"values":',
      other.bins.read(),
    ]) {
      const world = await open()
      const a = only(world)
      const before = textOf(a.document)
      world.bins.put(text, 'vandal')
      await world.settle()
      expect(textOf(a.document), text.slice(0, 40)).toBe(before)
      expect(a.bridge.status.state.kind, text.slice(0, 40)).toBe('blocked')
    }
  })

  it('I4 no orphan deletion: with the history lost, a smaller file deletes nothing', async () => {
    const world = await open()
    const a = only(world)
    const small = openPlugin(world)
    for (const root of a.side.share.keys()) a.side.getArray(root).delete(0, a.side.getArray(root).length)
    small.save((model) => {
      for (const name of ['color.red', 'color.blue', 'color.green']) deleteToken(model, 'core', name)
    })
    await world.settle()
    expect(a.document.get('core', 'color.green')).toMatchObject({ $value: '#0f0' })
    expect(a.bridge.status.state).toMatchObject({ kind: 'blocked', reason: 'no-base' })
  })

  it('I5 idempotence: one file merged twice, by two bridges, in any order, is merged once', async () => {
    const results = new Set<string>()
    for (const order of [[0], [0, 1], [1, 0], [0, 1, 0]]) {
      const world = await open({ devices: 2 })
      const a = only(world)
      const text = openPlugin(world).save((model) => {
        setTokenValue(model, 'core', 'space.m', '9px')
        renameToken(model, 'core', 'color.red', 'brand.crimson')
        addToken(model, 'core', { name: 'color.pink', type: 'color', value: '#f0f' })
      })
      for (const at of order) await world.devices[at]!.bridge.pull()
      await world.settle()
      world.bins.put(text)
      await world.settle()
      expect(a.bridge.journal.entries()).toHaveLength(1)
      expect(textOf(world.devices[1]!.document)).toBe(textOf(a.document))
      results.add(textOf(a.document))
    }
    expect(results.size).toBe(1)
  })

  it('I6 read before write: after unknown outcomes, crash, resume and every edit', async () => {
    const world = await open()
    const a = only(world)
    const log = logOf(world)
    const draw = world.bins.drawFault!
    let faults = 3
    world.bins.drawFault = (kind) => {
      draw(kind)
      return kind === 'update' && faults-- > 0 ? 'lost' : undefined
    }
    for (const act of [
      () => a.document.update('core', 'color.red', { $value: '#a1' }),
      () => a.restart(),
      () => a.bridge.pause(),
      () => a.document.update('core', 'color.red', { $value: '#a2' }),
      () => a.bridge.resume(),
      () => a.document.update('core', 'color.red', { $value: '#a3' }),
    ]) {
      act()
      await world.settle()
    }
    expect(log.filter((kind) => kind === 'update').length).toBeGreaterThan(2)
    for (const [at, kind] of log.entries()) if (kind === 'update') expect(log[at - 1]).toBe('read')
  })

  it('I7 write-ahead: every body of ours stands in the history before it is sent', async () => {
    const world = await open()
    const a = only(world)
    a.crashAt = 'body stored'
    a.document.update('core', 'color.red', { $value: '#a0' })
    await world.settle()
    expect([a.isUp, world.bins.puts]).toEqual([false, []])
    a.restart()
    for (const value of ['#a1', '#a2']) {
      a.document.update('core', 'color.red', { $value: value })
      await world.settle()
    }
    const reader = createSideDocument({ ydoc: a.side, lane: 'reader00', now: Date.now })
    expect(world.bins.puts.length).toBeGreaterThan(1)
    for (const { text, at } of world.bins.puts) {
      const snap = reader.history.get(readMarker(parseJson(text) as JsonObject)?.id ?? '')
      expect(snap?.kind).toBe('published')
      expect(snap?.t).toBeLessThanOrEqual(at)
    }
  })

  it('I8 plugin-valid: every body is one that the plugin reads, and can save over, on a skewed clock too', async () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const world = await open({ seed, file: JSON.stringify(nastyPayload(createRandom(seed))), linked: false })
      const a = only(world)
      if (a.document.state !== 'whole') continue
      a.skewMs = seed % 2 === 0 ? 600_000 : -600_000
      a.document.addSet('sure', { one: { $type: 'color', $value: '#111' } })
      await a.bridge.bins.add({ name: 'Nasty', key: { masterKey } }).then((bin) => a.bridge.bins.apply(bin))
      await world.settle()
      a.document.update('sure', 'one', { $value: '#222' })
      await world.settle()
      for (const { text, at } of world.bins.puts) {
        const file = JSON.parse(text) as { $metadata: { updatedAt: string } }
        expect(() => pluginPull(file), `seed ${seed}`).not.toThrow()
        expect(Date.parse(file.$metadata.updatedAt), `seed ${seed}`).toBeLessThanOrEqual(at - 60_000)
      }
      expect(world.bins.puts.length).toBeGreaterThan(1)
    }
  })

  it('I9 no echo: without edits no PUT, and GETs at the poll rate; equal foreign content triggers none', async () => {
    const world = await open({ devices: 2 })
    openPlugin(world, { format: 'legacy' }).save()
    await world.settle()
    const puts = world.bins.puts.length
    const { reads } = world.bins.requests
    await world.pass(3_600_000)
    expect(world.bins.puts).toHaveLength(puts)
    expect((world.bins.requests.reads - reads) / 2).toBeLessThanOrEqual(61)
  })

  it('I10 projection fidelity: what the plugin cannot show stays as it was, however often it saves', async () => {
    const world = await open()
    const a = only(world)
    const before = a.document.toText()
    for (const format of ['legacy', 'dtcg', 'legacy', 'dtcg'] as const) {
      openPlugin(world, { format }).save()
      await world.settle()
    }
    expect(a.document.toText()).toBe(before)
    openPlugin(world, { format: 'legacy' }).save((model) => setTokenValue(model, 'core', 'space.m', '9px'))
    await world.settle()
    expect(a.document.toText()).toBe(before.replace('"8px"', '"9px"'))
  })

  it('I11 metadata: no key leaves the device, and nobody is named beyond a display name', async () => {
    const world = await open({ devices: 2 })
    const a = only(world)
    a.document.update('core', 'color.red', { $value: '#a0' })
    a.bridge.pause({ reason: 'review' })
    a.bridge.resume()
    await world.settle()
    const stored = [a.ydoc, a.side].map((ydoc) => new TextDecoder('latin1').decode(Y.encodeStateAsUpdate(ydoc)))
    for (const text of [...stored, world.bins.read(), JSON.stringify(a.bridge.status)]) {
      expect(text).not.toContain(masterKey)
      expect(text).not.toContain('a-master-key')
    }
    expect(readMarker(parseJson(world.bins.read()) as JsonObject)?.by).toMatch(/^[AB]$/)
  })

  it('I12 budget: a service that fails is asked ever more rarely, one request at a time', async () => {
    const world = await open()
    const a = only(world)
    const times: number[] = []
    world.bins.drawFault = () => {
      times.push(world.clock.now())
      return 'unavailable'
    }
    a.document.update('core', 'color.red', { $value: '#a0' })
    for (let minute = 0; minute < 180; minute++) {
      await world.pass(60_000)
      a.document.update('core', 'color.red', { $value: `#${minute}` })
    }
    for (const [at, time] of times.entries()) {
      const inMinute = times.slice(at).filter((each) => each < time + 60_000).length
      expect(inMinute).toBeLessThanOrEqual(10 + 6)
    }
    const perHour = [0, 1, 2].map((hour) => times.filter((time) => Math.floor((time - times[0]!) / 3_600_000) === hour))
    expect(perHour[2]!.length).toBeLessThan(40)
    expect(perHour[0]!.length).toBeGreaterThanOrEqual(perHour[2]!.length / 2)
  })

  it('I13 account truth: an entry replayed on its base gives what it says, in its numbers too', async () => {
    const world = await open()
    const a = only(world)
    const base = Y.encodeStateAsUpdate(a.ydoc)
    const before = projectForPlugin(a.document.getSnapshot()).rows
    openPlugin(world).save((model) => {
      setTokenValue(model, 'core', 'space.m', '9px')
      setTokenValue(model, 'theme', 'typo.h1', { fontSize: '1px', lineHeight: '1.2', fontWeight: '700' })
      renameToken(model, 'core', 'color.blue', 'color.azure')
      deleteToken(model, 'core', 'color.green')
      addToken(model, 'core', { name: 'color.pink', type: 'color', value: '#f0f' })
    })
    await world.settle()
    const [entry] = entriesOf(a)
    const replica = new Y.Doc()
    Y.applyUpdate(replica, base)
    const document = createTokenDocument(replica, { lane: 'replayer' })
    factAccessOf(document).putLane(entry!.lane, entry!.facts, () => false)
    expect(textOf(document)).toBe(textOf(a.document))
    const after = projectForPlugin(document.getSnapshot()).rows
    for (const change of entry!.taken) {
      if (change.role !== 'field') continue
      expect(fieldText(before.tokens.get(change.place), change.field) ?? null).toBe(change.before)
      expect(fieldText(after.tokens.get(change.place), change.field) ?? null).toBe(change.text)
    }
    expect(entry!.taken.map(({ role, text }) => (role === 'node' && text === null ? 'gone' : role)).toSorted()).toEqual(
      ['field', 'field', 'gone', 'name', 'node'],
    )
    expect(a.bridge.journal.entries()[0]?.summary).toContain(`Took ${entry!.taken.length} changes`)
    expect(a.bridge.journal.entries()[0]?.taken).toBe(5)
  })

  it('I14 pause: no automatic request, whoever edits, whatever the plugin saves', async () => {
    const world = await open({ devices: 2 })
    const [a, b] = world.devices as [Device, Device]
    a.bridge.pause({ reason: 'review' })
    const log = logOf(world)
    const plugin = openPlugin(world)
    for (let hour = 0; hour < 5; hour++) {
      b.document.update('core', 'color.red', { $value: `#${hour}` })
      plugin.save((model) => setTokenValue(model, 'core', 'space.m', `${hour}px`))
      editByHand(world, ({ values }) => (values['core']!['space']!['s']!['$value'] = `${hour}em` as never))
      await world.pass(3_600_000)
      if (hour === 2) b.restart()
    }
    expect(log).toEqual([])
  })
})

function leavesOf(text: string): string[] {
  const leaves: string[] = []
  const walk = (value: unknown): void => {
    if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) walk(each)
    else leaves.push(String(value))
  }
  walk((JSON.parse(text) as { values: unknown }).values)
  return leaves
}
