import { expect, it } from 'vitest'
import * as Y from 'yjs'
import { openRawClient } from '../../support/raw-wire-client.ts'
import { startRelay } from '../../support/relay-server.ts'

it('syncs and saves', async () => {
  const relay = await startRelay({ dataDir: true })
  const a = await openRawClient(`${relay.url}/acme`)
  a.hello()
  a.sendStep1()
  await a.step2()
  const doc = new Y.Doc()
  doc.getArray('x').push([1, 2, 3])
  a.sendStep2(Y.encodeStateAsUpdate(doc))
  await a.untilSaved(1)
  const b = await openRawClient(`${relay.url}/acme`)
  b.sendStep1()
  await b.step2()
  expect(b.doc.getArray('x').toJSON()).toEqual([1, 2, 3])
  doc.on('update', (u: Uint8Array) => a.sendUpdate(u))
  doc.getArray('x').delete(0, 1)
  await a.untilSaved(2)
  await b.next((m) => (m.kind === 'update' ? m : undefined))
  expect(b.doc.getArray('x').toJSON()).toEqual([2, 3])
})
