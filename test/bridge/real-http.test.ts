import { afterEach, describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { type Bridge, createBridge } from '../../src/bridge/bridge.ts'
import { createTokenDocument, type TokenDocument } from '../../src/doc/index.ts'
import { createJsonBin } from '../../src/jsonbin/json-bin.ts'
import { type BinServer, startBinServer } from '../support/bin-server.ts'
import { eventually } from '../support/eventually.ts'
import { createPluginClient } from '../support/plugin-client.ts'
import { setTokenValue } from '../support/plugin-edits.ts'
import { worldFile } from '../support/scenario-tokens.ts'

// Real sockets and real time, hence short waits; everything that hangs on exact times is tested on the virtual clock.
const timing = {
  debounceMs: 30,
  maxDebounceMs: 200,
  verifyAfterForeignMs: 60,
  verifyAfterQuietMs: 120,
  pollMs: 150,
  backoffMinMs: 30,
  backoffMaxMs: 200,
}

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

async function startServer(options: Parameters<typeof startBinServer>[0] = {}): Promise<BinServer> {
  const server = await startBinServer(options)
  ends.push(() => server.close())
  return server
}

function openBridge(server: BinServer, document: TokenDocument, side: Y.Doc): Bridge {
  const bridge = createBridge({
    document,
    side,
    defaultUrl: server.baseUrl,
    openStore: ({ url, key }) => createJsonBin({ ...key, baseUrl: url ?? server.baseUrl, timeoutMs: 500 }),
    timing,
    by: document.lane,
  })
  ends.push(() => bridge.close())
  return bridge
}

function openDocument(lane: string): TokenDocument {
  const document = createTokenDocument(new Y.Doc(), { lane })
  document.import(worldFile)
  return document
}

function join(a: Y.Doc, b: Y.Doc): void {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    Y.applyUpdate(to, Y.encodeStateAsUpdate(from))
    from.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== join) Y.applyUpdate(to, update, join)
    })
  }
}

async function tokenInBin(server: BinServer, id: string, ...path: string[]): Promise<unknown> {
  let node: unknown = (JSON.parse(await server.get(id)) as { values: unknown }).values
  for (const key of path) node = (node as Record<string, unknown> | undefined)?.[key]
  const token = node as { readonly $value?: unknown; readonly value?: unknown } | undefined
  return token?.$value ?? token?.value
}

function value(document: TokenDocument, set: string, path: string): unknown {
  const token = document.get(set, path) as { readonly $value?: unknown; readonly value?: unknown } | undefined
  return token?.$value ?? token?.value
}

describe('over real HTTP', () => {
  it('[BR91][BR6] creates a bin, follows edits into it, and merges what the plugin saves', async () => {
    const server = await startServer()
    const document = openDocument('aaaaaaaa')
    const bridge = openBridge(server, document, new Y.Doc())
    const id = await bridge.bins.add({ name: 'Brand', key: { masterKey: server.masterKey } })
    await bridge.bins.apply(id)
    const plugin = createPluginClient({ baseUrl: server.baseUrl, masterKey: server.masterKey })
    await plugin.connect(id)
    document.update('core', 'color.red', { $value: '#a00' })
    await eventually(async () => expect(await tokenInBin(server, id, 'core', 'color', 'red')).toBe('#a00'))
    document.update('theme', 'btn.fg', { $value: '#a11' })
    document.update('core', 'color.green', { $value: '#a22' })
    await eventually(async () => expect(await tokenInBin(server, id, 'theme', 'btn', 'fg')).toBe('#a11'))
    const saved = await plugin.edit((model) => setTokenValue(model, 'core', 'space.m', '9px'))
    expect(saved).toEqual({ kind: 'saved' })
    await eventually(() => expect(value(document, 'core', 'space.m')).toBe('9px'))
    await eventually(async () => expect(await tokenInBin(server, id, 'core', 'color', 'red')).toBe('#a00'))
    expect(value(document, 'core', 'color.red')).toBe('#a00')
    expect(value(document, 'core', 'color.green')).toBe('#a22')
    await eventually(() => expect(bridge.status.state.kind).toBe('synced'))
  })

  it('[BR62] two bridges, a stale plugin and failing requests: nothing is lost, both end equal', async () => {
    const server = await startServer()
    const a = openDocument('aaaaaaaa')
    const b = createTokenDocument(new Y.Doc(), { lane: 'bbbbbbbb' })
    const sides = [new Y.Doc(), new Y.Doc()] as const
    join(a.ydoc, b.ydoc)
    join(sides[0], sides[1])
    const bridgeA = openBridge(server, a, sides[0])
    const bridgeB = openBridge(server, b, sides[1])
    const id = await bridgeA.bins.add({ name: 'Brand', key: { masterKey: server.masterKey } })
    bridgeB.bins.setKey(id, { masterKey: server.masterKey })
    await bridgeA.bins.apply(id)
    const plugin = createPluginClient({ baseUrl: server.baseUrl, masterKey: server.masterKey })
    await plugin.connect(id)
    // Taken, and the answer lost; then two answers that are none.
    server.faults.inject({ kind: 'broken', effect: 'now', answer: { kind: 'reset' } }, { method: 'PUT' })
    const failing = { kind: 'reply', status: 503, body: '<html>' } as const
    server.faults.inject({ kind: 'broken', effect: 'never', answer: failing }, { method: 'PUT' })
    server.faults.inject({ kind: 'broken', effect: 'now', answer: { kind: 'truncated' } }, { method: 'GET', times: 2 })
    a.update('core', 'color.red', { $value: '#a00' })
    a.update('core', 'color.green', { $value: '#a11' })
    b.update('theme', 'btn.fg', { $value: '#b00' })
    b.rename('core', 'space.s', 'space.small')
    await eventually(async () => expect(await tokenInBin(server, id, 'core', 'space', 'small')).toBe('4px'))
    plugin.editLocally((model) => setTokenValue(model, 'core', 'space.m', '9px'))
    await eventually(async () => expect(await plugin.push()).toEqual({ kind: 'saved' }))
    a.update('core', 'color.blue', { value: '#a22' })
    await eventually(async () => {
      expect(await tokenInBin(server, id, 'core', 'space', 'm')).toBe('9px')
      expect(await tokenInBin(server, id, 'core', 'color', 'blue')).toBe('#a22')
      expect(await tokenInBin(server, id, 'core', 'space', 'small')).toBe('4px')
    })
    expect(a.toText()).toBe(b.toText())
    expect([value(a, 'core', 'color.red'), value(a, 'theme', 'btn.fg'), value(a, 'core', 'color.green')]).toEqual([
      '#a00',
      '#b00',
      '#a11',
    ])
    expect(bridgeA.journal.entries().map(({ summary }) => summary)).toEqual(
      bridgeB.journal.entries().map(({ summary }) => summary),
    )
  })

  it('[BR81] a record over the service’s limit blocks with its numbers, and unblocks by itself', async () => {
    const server = await startServer({ limitBytes: 3_000 })
    const document = openDocument('aaaaaaaa')
    const bridge = openBridge(server, document, new Y.Doc())
    const id = await bridge.bins.add({ name: 'Brand', key: { masterKey: server.masterKey } })
    await bridge.bins.apply(id)
    const before = await server.get(id)
    document.addSet('big', { text: { $type: 'text', $value: 'x'.repeat(4_000) } })
    await eventually(() => expect(bridge.status.state).toMatchObject({ kind: 'blocked', reason: 'too-large' }))
    const { state } = bridge.status
    expect(state.kind === 'blocked' && state.size?.largestSets[0]?.name).toBe('big')
    expect(await server.get(id)).toBe(before)
    document.removeSet('big')
    document.update('core', 'color.red', { $value: '#a00' })
    await eventually(async () => expect(await tokenInBin(server, id, 'core', 'color', 'red')).toBe('#a00'))
  })

  it('[BR10] an access key that may only read makes a consumer', async () => {
    const server = await startServer()
    const document = openDocument('aaaaaaaa')
    const bridge = openBridge(server, document, new Y.Doc())
    const id = await bridge.bins.add({ name: 'Brand', key: { masterKey: server.masterKey } })
    await bridge.bins.apply(id)
    bridge.bins.setKey(id, { accessKey: server.createAccessKey({ read: true }) })
    document.update('core', 'color.red', { $value: '#a00' })
    await eventually(() => expect(bridge.status.access).toBe('consumer'))
    const record = JSON.parse(await server.get(id)) as { values: { core: { space: { m: Record<string, string> } } } }
    record.values.core.space.m['$value'] = '9px'
    await server.put(id, JSON.stringify(record))
    await eventually(() => expect(value(document, 'core', 'space.m')).toBe('9px'))
    expect(await tokenInBin(server, id, 'core', 'color', 'red')).toBe('#f00')
  })
})
