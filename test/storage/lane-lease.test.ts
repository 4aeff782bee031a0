import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { attachStorage, type AttachedStorage } from '../../src/storage/attach-storage.ts'
import { leaseLane, type LaneLease } from '../../src/storage/lane-lease.ts'
import { createRandom } from '../support/random.ts'
import { createVirtualClock } from '../support/virtual-clock.ts'
import { createFaultyStorage, type FaultyStorage } from './faulty-storage.ts'

/** Node's locks are those of a browser, within the process. */
const locks = navigator.locks
let devices = 0

function device(): { readonly name: string; readonly store: FaultyStorage } {
  return { name: `device ${++devices}`, store: createFaultyStorage() }
}

interface Session {
  readonly ydoc: Y.Doc
  readonly storage: AttachedStorage
  readonly lease: LaneLease
  /** In order. */
  close(): Promise<void>
  /** The page goes away without a word; the browser frees its locks. */
  crash(): void
}

const random = createRandom(1).next

async function open(at: { readonly name: string; readonly store: FaultyStorage }, user = 'ana'): Promise<Session> {
  const clock = createVirtualClock()
  const ydoc = new Y.Doc()
  const storage = attachStorage({ ydoc, adapter: at.store, name: at.name, timers: clock, locks: null, page: null })
  await clock.advanceAsync(0)
  await storage.whenLoaded
  const lease = await leaseLane({ storage, user, locks, random, timers: clock })
  return {
    ydoc,
    storage,
    lease,
    close: async () => {
      await storage.close()
      lease.release()
      await settle()
    },
    crash: () => lease.release(),
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise<void>((resolve) => setImmediate(resolve))
}

describe('the lease of a lane', () => {
  it('gives eight random characters, and the same lane to the next session of this person on this device', async () => {
    const here = device()
    const first = await open(here)
    expect(first.lease.lane).toMatch(/^[0-9a-z]{8}$/)
    expect(first.lease.fresh).toBe(true)
    first.ydoc.getMap('m').set('a', 1)
    await first.close()
    const second = await open(here)
    expect(second.lease).toMatchObject({ lane: first.lease.lane, fresh: false })
    await second.close()
  })

  it('[L1] forgets its lanes together with the local copy', async () => {
    const here = device()
    const first = await open(here)
    await first.close()
    await here.store.remove(here.name)
    const second = await open(here)
    expect(second.lease.fresh).toBe(true)
    expect(second.lease.lane).not.toBe(first.lease.lane)
    await second.close()
  })

  it('never shares a lane between two people', async () => {
    const here = device()
    const ana = await open(here, 'ana')
    await ana.close()
    const ben = await open(here, 'ben')
    expect(ben.lease.lane).not.toBe(ana.lease.lane)
    await ben.close()
    const again = await open(here, 'ana')
    expect(again.lease.lane).toBe(ana.lease.lane)
    await again.close()
  })

  it("[L2] gives a second tab the device's next lane, and both to the tabs of the next day", async () => {
    const here = device()
    const tabs = await Promise.all([open(here), open(here), open(here)])
    const lanes = new Set(tabs.map(({ lease }) => lease.lane))
    expect(lanes.size).toBe(3)
    for (const tab of tabs) await tab.close()
    const next = [await open(here), await open(here), await open(here), await open(here)]
    expect(next.map(({ lease }) => lease.fresh)).toEqual([false, false, false, true])
    expect(new Set([...lanes, ...next.map(({ lease }) => lease.lane)]).size).toBe(4)
    for (const tab of next) await tab.close()
  })

  it('[L2] gives every instance a lane of its own where there are no locks, or they are denied', async () => {
    const here = device()
    const session = await open(here)
    const { storage } = session
    const denied = {
      request: () => Promise.reject(new DOMException('denied', 'SecurityError')),
      query: () => Promise.reject(new DOMException('denied', 'SecurityError')),
    }
    const lanes = [
      await leaseLane({ storage, locks: null }),
      await leaseLane({ storage, locks: denied }),
      await leaseLane({ storage: null, locks }),
    ]
    expect(new Set(lanes.map(({ lane }) => lane)).size).toBe(3)
    expect(lanes.every(({ fresh, lane }) => fresh && /^[0-9a-z]{8}$/.test(lane))).toBe(true)
    await session.close()
  })

  it('[L3] takes a fresh lane after an unclean stop, and drops the old one', async () => {
    const here = device()
    const first = await open(here)
    first.crash()
    const second = await open(here)
    expect(second.lease.fresh).toBe(true)
    expect(second.lease.lane).not.toBe(first.lease.lane)
    await second.close()
    const third = await open(here)
    expect(third.lease.lane).toBe(second.lease.lane)
    await third.close()
    expect(await here.store.metaOf(here.name, 'y-tokens/lanes/ana')).toBe(JSON.stringify([second.lease.lane]))
  })

  it('[L3] is unclean where the last edits could not be stored', async () => {
    const here = device()
    const first = await open(here)
    here.store.always = 'quota'
    first.ydoc.getMap('m').set('a', 1)
    const closed = first.close()
    await settle()
    here.store.always = null
    await closed
    const second = await open(here)
    expect(second.lease.lane).not.toBe(first.lease.lane)
    await second.close()
  })

  it('[L4] uses no lane again where the local copy is damaged', async () => {
    const here = device()
    const first = await open(here)
    await first.close()
    await here.store.put(here.name, [Uint8Array.from([1, 1, 255])])
    const second = await open(here)
    expect(second.storage.intact).toBe(false)
    expect(second.lease.lane).not.toBe(first.lease.lane)
    await second.close()
  })

  it('survives a damaged list', async () => {
    for (const list of ['', '{', '{"a":1}', '["*",7,null,"short","UPPERCASE"]']) {
      const here = device()
      await here.store.put(here.name, [], { 'y-tokens/lanes/ana': list })
      const session = await open(here)
      expect(session.lease).toMatchObject({ fresh: true, lane: expect.stringMatching(/^[0-9a-z]{8}$/) })
      await session.close()
    }
  })

  it('does not hang when storage or another tab does', async () => {
    const here = device()
    const session = await open(here)
    const clock = createVirtualClock()
    here.store.writeFaults.push('hang')
    const first = leaseLane({ storage: session.storage, user: 'ben', locks, timers: clock })
    await clock.advanceAsync(0)
    const second = leaseLane({ storage: session.storage, user: 'ben', locks, timers: clock })
    await clock.advanceAsync(3_000)
    expect([(await first).fresh, (await second).fresh]).toEqual([true, true])
    here.store.unhang()
    await settle()
    expect((await locks.query()).held?.filter(({ name }) => name?.startsWith(here.name)).length).toBe(1)
    expect(clock.pending).toBe(0)
    await session.close()
  })
})
