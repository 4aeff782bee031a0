import { expect, it } from 'vitest'
import { type CommitListener, createCommitQueue } from '../../../server/relay/commit-queue.ts'
import { createMemoryStore } from '../../../server/store/index.ts'
import { eventually } from '../../support/eventually.ts'
import { createGatedStore } from '../../support/gated-store.ts'
import { row } from '../../support/room-store-contract.ts'

type Event = readonly [kind: 'committed' | 'failed', ordinals: readonly number[], position?: number]

function openQueue() {
  const store = createGatedStore(createMemoryStore())
  const events: Event[] = []
  const listener: CommitListener<ReturnType<typeof row>> = {
    committed: (rows, position) => events.push(['committed', rows.map((each) => each.ordinal), position]),
    failed: (rows) => events.push(['failed', rows.map((each) => each.ordinal)]),
  }
  const queue = createCommitQueue(store, listener)
  const push = (ordinal: number): void => queue.push(row('acme', ordinal, new Uint8Array(10)))
  return { store, queue, events, push }
}

it('commits what one turn brings together, and what comes meanwhile as the next batch', async () => {
  const { store, queue, events, push } = openQueue()
  store.hold('append')
  for (const ordinal of [1, 2, 3]) push(ordinal)
  expect(queue.bytes).toBe(30)
  await eventually(() => store.calls.append === 1)
  push(4)
  await new Promise((resolve) => setImmediate(resolve))
  push(5)
  await new Promise((resolve) => setImmediate(resolve))
  store.release('append')
  await queue.idle()
  expect(events).toEqual([
    ['committed', [1, 2, 3], 1],
    ['committed', [4, 5], 4],
  ])
  expect(queue.bytes).toBe(0)
})

it('fails what waited behind a batch together with it: it builds upon what is not there', async () => {
  const { store, queue, events, push } = openQueue()
  store.hold('append')
  push(1)
  await eventually(() => store.calls.append === 1)
  push(2)
  await new Promise((resolve) => setImmediate(resolve))
  store.fail('append', new Error('disk full'))
  store.release('append')
  push(3)
  await queue.idle()
  expect(events.at(-1)).toEqual(['failed', [1, 2, 3]])
  expect(queue.bytes).toBe(0)
  store.fail('append', null)
  push(1)
  await queue.idle()
  expect(events.at(-1)).toEqual(['committed', [1], 1])
})

it('is idle at once where nothing is on its way', async () => {
  await openQueue().queue.idle()
  expect(openQueue().queue.bytes).toBe(0)
})
