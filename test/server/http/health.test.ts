import { expect, it } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { createGatedStore } from '../../support/gated-store.ts'
import { openRawClient } from '../../support/raw-wire-client.ts'
import { startRelay } from '../../support/relay-server.ts'
import { updatesOf } from '../../support/yjs-updates.ts'
import { createMemoryStore } from '../../../server/relay/index.ts'

it('/livez says that the process answers, /readyz that it can do its work and what to know about it', async () => {
  const relay = await startRelay()
  const live = await fetch(`${relay.httpUrl}/livez`)
  expect([live.status, await live.json()]).toEqual([200, { status: 'alive' }])
  const ready = await fetch(`${relay.httpUrl}/readyz`)
  expect([ready.status, await ready.json()]).toEqual([
    200,
    { status: 'ready', reasons: [], warnings: [{ code: 'in-memory', message: expect.any(String) }] },
  ])
  expect(ready.headers.get('cache-control')).toBe('no-store')
  const durable = await startRelay({ dataDir: true })
  expect(await (await fetch(`${durable.httpUrl}/readyz`)).json()).toEqual({
    status: 'ready',
    reasons: [],
    warnings: [],
  })
})

it('answers HEAD without a body, and other methods with 405', async () => {
  const relay = await startRelay()
  const head = await fetch(`${relay.httpUrl}/readyz`, { method: 'HEAD' })
  expect([head.status, await head.text()]).toEqual([200, ''])
  const post = await fetch(`${relay.httpUrl}/livez`, { method: 'POST' })
  expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
})

it('/readyz is 503 while the relay closes, and who connects then is sent back with 1012', async () => {
  const store = createGatedStore(createMemoryStore())
  const relay = await startRelay({ store })
  const client = await openRawClient(`${relay.url}/acme`)
  client.sendStep1()
  await client.step2()
  store.hold('append')
  client.sendUpdate(updatesOf((doc) => doc.getArray('list').push([1]))[0]!)
  await eventually(() => store.calls.append === 1)
  const closing = relay.close()
  const ready = await fetch(`${relay.httpUrl}/readyz`)
  expect([ready.status, await ready.json()]).toMatchObject([503, { reasons: [{ code: 'closing' }] }])
  expect((await (await openRawClient(`${relay.url}/acme`)).untilClosed()).code).toBe(1012)
  store.release('append')
  await closing
  expect((await client.untilClosed()).code).toBe(1012)
  expect(client.doc.getArray('list').length).toBe(1)
  await expect(fetch(`${relay.httpUrl}/livez`)).rejects.toThrow('fetch failed')
})

it('asks the handlers it is given, in order, for what it has no route for; then it is 404', async () => {
  const asked: string[] = []
  const relay = await startRelay({
    handlers: [
      (request_) => {
        asked.push(request_.url ?? '')
        return false
      },
      (request_, response) => {
        if (request_.url !== '/page') return false
        response.end('page')
        return true
      },
      async (request_) => {
        if (request_.url === '/throws') throw new Error('a secret detail')
        return false
      },
    ],
  })
  expect(await (await fetch(`${relay.httpUrl}/page`)).text()).toBe('page')
  const missing = await fetch(`${relay.httpUrl}/else`)
  expect([missing.status, await missing.json()]).toEqual([404, { code: 'not-found', message: expect.any(String) }])
  const failed = await fetch(`${relay.httpUrl}/throws`)
  expect([failed.status, await failed.text()]).toEqual([500, expect.not.stringContaining('secret')])
  await fetch(`${relay.httpUrl}/livez`)
  expect(asked).toEqual(['/page', '/else', '/throws'])
})
