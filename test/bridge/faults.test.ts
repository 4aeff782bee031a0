import { afterEach, describe, expect, it } from 'vitest'
import type { TokenDocument } from '../../src/doc/index.ts'
import { createBridgeWorld, type Device, type World, type WorldOptions } from '../support/bridge-world.ts'
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

function value(document: TokenDocument, set: string, path: string): unknown {
  return (document.get(set, path) as { readonly $value?: unknown } | undefined)?.$value
}

function inBin(world: World, ...path: string[]): unknown {
  let node: unknown = (JSON.parse(world.bins.read()) as { values: unknown }).values
  for (const key of path) node = (node as Record<string, unknown> | undefined)?.[key]
  const token = node as { readonly $value?: unknown; readonly value?: unknown } | undefined
  return token?.$value ?? token?.value
}

describe('crashes', () => {
  it('[BR67] between side document and document: the edit still arrives', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    a.crashAt = 'side stored'
    openPlugin(world, { format: 'legacy' }).save((model) => setTokenValue(model, 'core', 'space.m', '9px'))
    await world.pass(61_000)
    expect(a.isUp).toBe(false)
    a.restart()
    expect(value(a.document, 'core', 'space.m')).toBe('8px')
    await world.settle()
    expect(value(a.document, 'core', 'space.m')).toBe('9px')
    expect(inBin(world, 'core', 'space', 'm')).toBe('9px')
    expect(a.bridge.journal.entries()).toHaveLength(1)
  })

  it('[BR67] an entry that reached the relay is replayed by any other bridge', async () => {
    const world = await open({ devices: 2, lease: true })
    const [a, b] = world.devices as [Device, Device]
    a.crashAt = 'side stored'
    openPlugin(world).save((model) => setTokenValue(model, 'core', 'space.m', '9px'))
    await world.pass(61_000)
    expect(a.isUp).toBe(false)
    await world.settle()
    expect(value(b.document, 'core', 'space.m')).toBe('9px')
    expect(inBin(world, 'core', 'space', 'm')).toBe('9px')
  })

  it('[BR67] after the facts, before the body: nothing is done twice', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    a.document.update('core', 'color.red', { $value: '#a00' })
    a.crashAt = 'facts written'
    openPlugin(world).save((model) => setTokenValue(model, 'core', 'space.m', '9px'))
    await world.pass(61_000)
    expect(a.isUp).toBe(false)
    a.restart()
    await world.settle()
    expect([value(a.document, 'core', 'space.m'), value(a.document, 'core', 'color.red')]).toEqual(['9px', '#a00'])
    expect([inBin(world, 'core', 'space', 'm'), inBin(world, 'core', 'color', 'red')]).toEqual(['9px', '#a00'])
    expect(a.bridge.journal.entries()).toHaveLength(1)
  })

  it('[BR80] with the body stored and not sent: it is written after a fresh read', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    a.crashAt = 'body stored'
    a.document.update('core', 'color.red', { $value: '#a00' })
    await world.pass(3_000)
    expect(a.isUp).toBe(false)
    expect(world.bins.puts).toEqual([])
    openPlugin(world).save((model) => setTokenValue(model, 'core', 'space.m', '9px'))
    a.restart()
    await world.settle()
    expect([inBin(world, 'core', 'space', 'm'), inBin(world, 'core', 'color', 'red')]).toEqual(['9px', '#a00'])
  })
})

describe('requests that go wrong', () => {
  it('[BR4] a write without an answer that landed is recognised, not repeated', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    a.document.update('core', 'color.red', { $value: '#a00' })
    await world.pass(1_500)
    world.bins.drawFault = (kind) => (kind === 'update' ? 'lost' : undefined)
    await world.pass(20_000)
    world.bins.drawFault = undefined
    await world.settle()
    expect(world.bins.puts).toHaveLength(1)
    expect(a.bridge.status.state.kind).toBe('synced')
  })

  it('[BR4] one that did not land is written again', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    let dropped = 0
    world.bins.drawFault = (kind) => (kind === 'update' && dropped++ === 0 ? 'drop' : undefined)
    a.document.update('core', 'color.red', { $value: '#a00' })
    await world.settle()
    expect(inBin(world, 'core', 'color', 'red')).toBe('#a00')
    expect(world.bins.puts).toHaveLength(1)
  })

  it('[BR30] a late write of ours over newer content is no edit of anybody', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    let first = true
    world.bins.drawFault = (kind) => {
      if (kind !== 'update' || !first) return undefined
      first = false
      return 'late'
    }
    a.document.update('core', 'color.red', { $value: '#a00' })
    await world.pass(13_000)
    a.document.update('core', 'color.red', { $value: '#a11' })
    await world.pass(120_000)
    await world.settle()
    expect(value(a.document, 'core', 'color.red')).toBe('#a11')
    expect(inBin(world, 'core', 'color', 'red')).toBe('#a11')
    expect(a.bridge.journal.entries()).toEqual([])
  })

  it('[BR30] a stale read shows no intent', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    for (const colour of ['#a00', '#a11', '#a22']) {
      a.document.update('core', 'color.red', { $value: colour })
      await world.pass(3_000)
    }
    world.bins.fail('stale')
    await a.bridge.pull()
    expect(value(a.document, 'core', 'color.red')).toBe('#a22')
    await world.settle()
    expect(inBin(world, 'core', 'color', 'red')).toBe('#a22')
    expect(a.bridge.journal.entries()).toEqual([])
  })

  it('[BR34] half a record is read again, and deletes nothing', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    world.bins.fail('garbage', 'garbage')
    a.document.update('core', 'color.red', { $value: '#a00' })
    await world.settle()
    expect(a.document.setNames()).toEqual(['core', 'theme', 'extra'])
    expect(inBin(world, 'core', 'color', 'red')).toBe('#a00')
  })
})

describe('content that is no answer', () => {
  const damaged: readonly (readonly [string, string, string])[] = [
    ['blank', '{"values":{}}', 'blank-bin'],
    ['the stub of a failed first save', '{"values":{"options":{}},"$metadata":{"version":"2"}}', 'blank-bin'],
    ['no JSON', 'oops', 'invalid-bin'],
    ['no token file', '{"hello":"world"}', 'invalid-bin'],
  ]
  for (const [what, text, reason] of damaged) {
    it(`[BR15] ${what}: blocked, nothing deleted, nothing written; healed by itself, or overwritten on request`, async () => {
      const world = await open()
      const [a] = world.devices as [Device]
      const good = world.bins.read()
      world.bins.put(text, 'vandal')
      await world.settle()
      expect(a.bridge.status.state).toMatchObject({ kind: 'blocked', reason })
      expect(a.bridge.status.state).toHaveProperty('exits', expect.arrayContaining(['overwrite-bin', 'retry']))
      a.document.update('core', 'color.red', { $value: '#a00' })
      await world.settle()
      expect(a.document.setNames()).toEqual(['core', 'theme', 'extra'])
      expect(world.bins.read()).toBe(text)
      world.bins.put(good, 'healer')
      await world.settle()
      expect(inBin(world, 'core', 'color', 'red')).toBe('#a00')
      world.bins.put(text, 'vandal')
      await world.settle()
      await Promise.all([a.bridge.takeExit('overwrite-bin'), world.pass(1_000)])
      expect(inBin(world, 'core', 'color', 'red')).toBe('#a00')
      expect(a.bridge.status.state.kind).toBe('synced')
    })
  }

  it('[BR15] what could not be read can still be had, byte for byte, until another bin is applied', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    expect(a.bridge.unreadable()).toBeNull()
    const half = world.bins.read().slice(0, 200)
    world.bins.put(half, 'vandal')
    await world.settle()
    expect(a.bridge.unreadable()).toBe(half)
    await Promise.all([a.bridge.takeExit('overwrite-bin'), world.pass(1_000)])
    expect(a.bridge.unreadable()).toBe(half)
    a.bridge.bins.remove(world.binId)
    expect(a.bridge.unreadable()).toBeNull()
  })

  it("[BR32] another room's bin: blocked, neither side touched; its content is put aside before it is overwritten", async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    const other = await open({ seed: 2, file: worldFile.replace('#0f0', '#other') })
    other.devices[0]!.document.update('core', 'color.red', { $value: '#other2' })
    await other.settle()
    const foreign = other.bins.read()
    world.bins.put(foreign, 'other room')
    await world.settle()
    expect(a.bridge.status.state).toMatchObject({ kind: 'blocked', reason: 'foreign-document' })
    expect(value(a.document, 'core', 'color.red')).toBe('#f00')
    expect(world.bins.read()).toBe(foreign)
    await Promise.all([a.bridge.takeExit('overwrite-bin'), world.pass(1_000)])
    expect(inBin(world, 'core', 'color', 'red')).toBe('#f00')
    const [aside] = a.bridge.versions.list()
    expect(a.bridge.versions.text(aside!.id)).toContain('#other2')
  })

  it('[BR83] a document without tokens is never written', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    for (const set of a.document.setNames()) a.document.removeSet(set)
    await world.settle()
    expect(a.bridge.status.state).toMatchObject({ kind: 'blocked', reason: 'rejected-by-plugin-rules' })
    expect(world.bins.puts).toEqual([])
    a.document.undo()
    await world.settle()
    expect(a.bridge.status.state.kind).toBe('synced')
  })
})

describe('edits this replica lacks', () => {
  it('[BR14] a bin ahead of us is waited for, and not written over', async () => {
    const world = await open({ devices: 2 })
    const [a, b] = world.devices as [Device, Device]
    b.goOffline()
    a.document.update('core', 'color.red', { $value: '#a00' })
    await world.settle()
    b.document.update('core', 'space.m', { $value: '9px' })
    await world.settle()
    expect(b.bridge.status.state.kind).toBe('waiting')
    expect(inBin(world, 'core', 'color', 'red')).toBe('#a00')
    b.goOnline()
    await world.settle()
    expect([inBin(world, 'core', 'color', 'red'), inBin(world, 'core', 'space', 'm')]).toEqual(['#a00', '9px'])
    expect(b.bridge.journal.entries()).toEqual([])
  })

  it('[BR14] what never comes is taken from the bin', async () => {
    const world = await open({ devices: 2 })
    const [a, b] = world.devices as [Device, Device]
    a.goOffline()
    a.document.update('core', 'color.red', { $value: '#a00' })
    await world.pass(5_000)
    a.crash()
    await world.pass(200_000)
    expect(value(b.document, 'core', 'color.red')).toBe('#a00')
    expect(b.bridge.journal.entries()[0]?.summary).toContain('An earlier save of this room')
  })
})

describe('pause', () => {
  it('[BR12] keeps edits out of the bin until resume, for the whole team', async () => {
    const world = await open({ devices: 2 })
    const [a, b] = world.devices as [Device, Device]
    a.bridge.pause({ reason: 'review' })
    expect(b.bridge.status.state).toMatchObject({ kind: 'paused', scope: 'team', by: 'A', reason: 'review' })
    const requests = { ...world.bins.requests }
    b.document.update('core', 'color.red', { $value: '#b00' })
    openPlugin(world).save((model) => setTokenValue(model, 'core', 'space.m', '9px'))
    await world.settle()
    expect(world.bins.requests).toEqual(requests)
    b.bridge.resume()
    await world.settle()
    expect(a.bridge.status.state.kind).toBe('synced')
    expect([inBin(world, 'core', 'color', 'red'), inBin(world, 'core', 'space', 'm')]).toEqual(['#b00', '9px'])
  })

  it('[BR13] pull and push work while paused', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    a.bridge.pause()
    a.document.update('core', 'color.red', { $value: '#a00' })
    openPlugin(world).save((model) => setTokenValue(model, 'core', 'space.m', '9px'))
    const report = await a.bridge.pull()
    expect(report).toMatchObject({ taken: 1, kept: 0, held: 0 })
    expect(report.summary).toContain('Took 1 change')
    expect(inBin(world, 'core', 'color', 'red')).toBe('#f00')
    await a.bridge.push()
    expect(inBin(world, 'core', 'color', 'red')).toBe('#a00')
    expect(a.bridge.status.state.kind).toBe('paused')
  })

  it('[BR12] on one device hands its work to another', async () => {
    const world = await open({ devices: 2, lease: true })
    const [a, b] = world.devices as [Device, Device]
    a.bridge.pause({ scope: 'device' })
    await world.pass(1_000)
    expect([a.bridge.status.state.kind, b.bridge.status.state.kind]).toEqual(['paused', 'synced'])
    a.document.update('core', 'color.red', { $value: '#a00' })
    await world.settle()
    expect(world.bins.puts.map(({ by }) => by)).toEqual(['B'])
    a.bridge.resume({ scope: 'device' })
    expect(a.bridge.status.state.kind).toBe('standby')
  })
})

describe('what does not fit', () => {
  it('[BR81] over a known limit: blocked with the numbers, editing goes on, unblocks by itself', async () => {
    const world = await open({ binLimitBytes: 1_500 })
    const [a] = world.devices as [Device]
    a.document.addSet('big', { text: { $type: 'text', $value: 'x'.repeat(2_000) } })
    await world.settle()
    const { state } = a.bridge.status
    expect(state).toMatchObject({ kind: 'blocked', reason: 'too-large', size: { limit: 1_500 } })
    expect(state).toHaveProperty('size.largestSets.0.name', 'big')
    expect(world.bins.puts).toEqual([])
    const { reads } = world.bins.requests
    a.document.update('core', 'color.red', { $value: '#a00' })
    await world.settle()
    expect(world.bins.requests.reads).toBe(reads)
    a.document.removeSet('big')
    await world.settle()
    expect(a.bridge.status.state.kind).toBe('synced')
    expect(inBin(world, 'core', 'color', 'red')).toBe('#a00')
  })

  it('[BR81] learns the limit from the refusal', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    world.bins.limit = 1_500
    a.document.addSet('big', { text: { $type: 'text', $value: 'x'.repeat(2_000) } })
    await world.settle()
    expect(a.bridge.status.state).toMatchObject({ kind: 'blocked', reason: 'too-large', size: { limit: 1_500 } })
    const { writes } = world.bins.requests
    a.document.update('core', 'color.red', { $value: '#a00' })
    await world.settle()
    expect(world.bins.requests.writes).toBe(writes)
    a.document.removeSet('big')
    await world.settle()
    expect(inBin(world, 'core', 'color', 'red')).toBe('#a00')
  })
})

describe('rights', () => {
  it('[BR10] a key that can only read makes a consumer', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    a.bridge.bins.setKey(world.binId, { accessKey: 'read-only' })
    world.bins.rights.set('read-only', 'read')
    a.document.update('core', 'color.red', { $value: '#a00' })
    await world.settle()
    expect(a.bridge.status).toMatchObject({ access: 'consumer', state: { kind: 'synced' } })
    await expect(a.bridge.push()).rejects.toMatchObject({ code: 'read-only-key' })
    const { writes } = world.bins.requests
    openPlugin(world).save((model) => setTokenValue(model, 'core', 'space.m', '9px'))
    await world.settle()
    expect(value(a.document, 'core', 'space.m')).toBe('9px')
    expect(world.bins.requests.writes).toBe(writes)
  })

  it('[BR10] among keys with different rights: who can write gets the lease, who can only read takes in', async () => {
    const world = await open({ devices: 3, lease: true })
    const [a, b, c] = world.devices as [Device, Device, Device]
    world.bins.rights.set('read-only', 'read')
    a.bridge.bins.setKey(world.binId, { accessKey: 'read-only' })
    c.bridge.bins.setKey(world.binId, null)
    a.document.update('core', 'color.red', { $value: '#a00' })
    c.document.update('core', 'space.m', { $value: '9px' })
    await world.settle()
    expect(a.bridge.status).toMatchObject({ access: 'consumer', state: { kind: 'synced' } })
    expect(b.bridge.status).toMatchObject({ access: 'writer', state: { kind: 'synced' } })
    expect(c.bridge.status.access).toBe('none')
    expect([inBin(world, 'core', 'color', 'red'), inBin(world, 'core', 'space', 'm')]).toEqual(['#a00', '9px'])
    expect(new Set(world.bins.puts.map(({ by }) => by))).toEqual(new Set(['B']))
    b.crash()
    openPlugin(world).save((model) => setTokenValue(model, 'core', 'space.m', '10px'))
    await world.settle()
    expect(value(c.document, 'core', 'space.m')).toBe('10px')
    expect(a.bridge.journal.entries()).toHaveLength(1)
    await expect(a.bridge.push()).rejects.toMatchObject({ code: 'read-only-key' })
    await expect(c.bridge.pull()).rejects.toMatchObject({ code: 'key-missing' })
  })

  it('[BR11] without a key: blocked with an exit, and at work as soon as one is entered', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    a.bridge.bins.setKey(world.binId, null)
    expect(a.bridge.status).toMatchObject({
      access: 'none',
      state: { kind: 'blocked', reason: 'key-missing', exits: ['enter-key'] },
    })
    await expect(a.bridge.pull()).rejects.toMatchObject({ code: 'key-missing' })
    a.document.update('core', 'color.red', { $value: '#a00' })
    await world.settle()
    a.bridge.bins.setKey(world.binId, { masterKey: 'another' })
    await world.settle()
    expect(inBin(world, 'core', 'color', 'red')).toBe('#a00')
  })

  it('[BR16] a refused key blocks until another is entered', async () => {
    const world = await open()
    const [a] = world.devices as [Device]
    world.bins.rights.set('revoked', 'none')
    a.bridge.bins.setKey(world.binId, { masterKey: 'revoked' })
    await world.settle()
    expect(a.bridge.status.state).toMatchObject({ kind: 'blocked', reason: 'unauthorized' })
    const { reads } = world.bins.requests
    a.document.update('core', 'color.red', { $value: '#a00' })
    await world.settle()
    expect(world.bins.requests.reads).toBe(reads)
  })
})
