import { expect, it, onTestFinished } from 'vitest'
import * as Y from 'yjs'
import { createBridge } from '../../src/bridge/bridge.ts'
import { classify } from '../../src/bridge/classify.ts'
import { createTokenDocument, type TokenDocument } from '../../src/doc/index.ts'
import { createJsonBin } from '../../src/jsonbin/index.ts'
import { loadSnapshot } from '../../src/snapshot/index.ts'
import { type BinServer, startBinServer } from '../support/bin-server.ts'
import { eventually } from '../support/eventually.ts'
import { pluginPull, PluginRefusal } from '../support/plugin-emulator.ts'

const limitBytes = 2_000
const file = JSON.stringify({
  values: {
    small: { red: { $type: 'color', $value: '#f00' } },
    big: { text: { $type: 'text', $value: 'x'.repeat(limitBytes) } },
  },
  $themes: [{ id: 'light', name: 'Light', selectedTokenSets: { small: 'enabled' } }],
})

async function startServer(): Promise<BinServer> {
  const server = await startBinServer({ limitBytes })
  onTestFinished(() => server.close())
  return server
}

function openBridge(server: BinServer, document: TokenDocument, limit?: number): ReturnType<typeof createBridge> {
  const bridge = createBridge({
    document,
    side: new Y.Doc(),
    defaultUrl: server.baseUrl,
    openStore: ({ url, key }) => createJsonBin({ ...key, baseUrl: url ?? server.baseUrl }),
    timing: { debounceMs: 20, maxDebounceMs: 100 },
    ...(limit === undefined ? {} : { binLimitBytes: limit }),
  })
  onTestFinished(() => bridge.close())
  return bridge
}

function openDocument(): TokenDocument {
  const document = createTokenDocument()
  document.import(file)
  return document
}

for (const limit of [undefined, limitBytes]) {
  const known = limit === undefined ? 'learned from its refusal' : 'known'
  it(`[BR97] a bin for tokens that do not fit is created, says their size, and fills by itself: limit ${known}`, async () => {
    const server = await startServer()
    const document = openDocument()
    const bridge = openBridge(server, document, limit)
    const id = await bridge.bins.add({ name: 'Brand', key: { masterKey: server.masterKey }, reserve: true })
    await bridge.bins.apply(id)
    await eventually(() => expect(bridge.status.state).toMatchObject({ kind: 'blocked', reason: 'too-large' }))
    expect(bridge.status.state).toMatchObject({
      size: { limit: limitBytes, largestSets: [{ name: 'big' }, { name: 'small' }], themes: 71 },
    })
    expect(document.toText()).toBe(file)

    // Whoever reads it meanwhile keeps what they have.
    const reserved = await server.get(id)
    expect(() => pluginPull(JSON.parse(reserved))).toThrow(PluginRefusal)
    const headers = { 'X-Master-Key': server.masterKey, 'X-Bin-Meta': false }
    await expect(loadSnapshot(`${server.baseUrl}/b/${id}/latest`, { headers })).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:invalid|empty)$/),
    })

    document.removeSet('big')
    await eventually(async () => expect(JSON.parse(await server.get(id))).toHaveProperty('values.small.red'))
    await eventually(() => expect(bridge.status.state.kind).toBe('synced'))
    expect(bridge.journal.entries()).toEqual([])
    expect(server.calls.filter(({ method }) => method === 'POST')).toHaveLength(limit === undefined ? 2 : 1)
  })
}

it('[BR97] without being asked to reserve, the refusal is an error and nothing is registered', async () => {
  const server = await startServer()
  const bridge = openBridge(server, openDocument())
  const adding = bridge.bins.add({ name: 'Brand', key: { masterKey: server.masterKey } })
  await expect(adding).rejects.toMatchObject({ code: 'too-large' })
  expect(bridge.bins.list()).toEqual([])
})

it('[BR97] for every other room it is a blank bin', async () => {
  const server = await startServer()
  const id = await openBridge(server, openDocument()).bins.add({
    name: 'Brand',
    key: { masterKey: server.masterKey },
    reserve: true,
  })
  const record = await server.get(id)
  expect(classify(record, () => true)).toEqual({ kind: 'reserved' })
  expect(classify(record, () => false)).toEqual({ kind: 'blank' })
  const other = openBridge(server, openDocument())
  await other.bins.add({ name: 'Brand', id, key: { masterKey: server.masterKey } })
  await expect(other.bins.apply(id)).rejects.toMatchObject({ code: 'blank-bin' })
})
