import { expect, it, onTestFinished } from 'vitest'
import type { NewRow, RoomStore } from '../../server/store/index.ts'
import { createRandom } from './random.ts'

/** What every store of rooms promises. `reopen` ends one and opens what it left behind; undefined where nothing is left. */
export function describeRoomStore(options: {
  readonly open: () => Promise<RoomStore>
  readonly reopen?: (store: RoomStore) => Promise<RoomStore>
}): void {
  const open = async (): Promise<RoomStore> => {
    const store = await options.open()
    onTestFinished(() => store.close())
    return store
  }

  it('knows nothing of a room that was never written', async () => {
    const store = await open()
    expect(await store.load('acme')).toBeNull()
    expect(await store.positionOf('acme')).toBe(0)
  })

  it('gives rows back byte for byte, in their order, room by room', async () => {
    const store = await open()
    const random = createRandom(3)
    const rows = Array.from({ length: 200 }, (_, i) =>
      row(
        random.pick(['acme', 'acme/brand', 'other']),
        i,
        Uint8Array.from({ length: random.int(300) }, () => random.int(256)),
      ),
    )
    const counts = new Map<string, number>()
    const counted = rows.map((each) => {
      const ordinal = (counts.get(each.room) ?? 0) + 1
      counts.set(each.room, ordinal)
      return { ...each, ordinal }
    })
    const first = await store.append(counted.slice(0, 80))
    expect(await store.append(counted.slice(80))).toBe(first + 80)
    for (const room of counts.keys()) {
      const stored = await store.load(room)
      const mine = counted.map((each, i) => ({ ...each, position: first + i })).filter((each) => each.room === room)
      expect(stored?.snapshot).toBeNull()
      expect(stored?.lastOrdinal).toBe(mine.length)
      expect(stored?.rows.map(({ position, update }) => ({ position, update: [...update] }))).toEqual(
        mine.map(({ position, update }) => ({ position, update: [...update] })),
      )
      expect(await store.positionOf(room)).toBe(mine.at(-1)?.position)
    }
  })

  it('answers in the order of the calls: a load sees every append before it', async () => {
    const store = await open()
    const loads: Promise<unknown>[] = []
    for (let ordinal = 1; ordinal <= 20; ordinal++) {
      void store.append([row('acme', ordinal, Uint8Array.of(ordinal))])
      loads.push(store.load('acme').then((stored) => stored?.rows.length))
    }
    expect(await Promise.all(loads)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
  })

  it('folds rows into a snapshot and keeps those that came meanwhile', async () => {
    const store = await open()
    const first = await store.append([1, 2, 3].map((ordinal) => row('acme', ordinal, Uint8Array.of(ordinal))))
    await store.append([row('acme', 4, Uint8Array.of(4)), row('other', 1, Uint8Array.of(9))])
    const snapshot = {
      position: first + 2,
      ordinal: 3,
      update: Uint8Array.of(1, 2, 3),
      vector: Uint8Array.of(0),
      pending: true,
    }
    await store.fold('acme', snapshot, [])
    expect(await store.load('acme')).toEqual({
      snapshot,
      rows: [{ position: first + 3, update: Uint8Array.of(4) }],
      lastOrdinal: 4,
    })
    expect((await store.load('other'))?.rows.length).toBe(1)
    await store.fold('acme', { ...snapshot, position: first + 3, ordinal: 4 }, [])
    expect(await store.load('acme')).toMatchObject({ rows: [], lastOrdinal: 4 })
    expect(await store.positionOf('acme')).toBe(first + 3)
  })

  it('counts epochs of leases per room and name', async () => {
    const store = await open()
    expect(await store.nextLeaseEpoch('acme', 'bridge:1')).toBe(1)
    expect(await store.nextLeaseEpoch('acme', 'bridge:1')).toBe(2)
    expect(await store.nextLeaseEpoch('acme', 'bridge:2')).toBe(1)
    expect(await store.nextLeaseEpoch('other', 'bridge:1')).toBe(1)
  })

  it('can be probed, and closed twice; afterwards it refuses', async () => {
    const store = await open()
    await store.probe()
    await store.close()
    await store.close()
    await expect(store.append([row('acme', 1, Uint8Array.of(1))])).rejects.toMatchObject({ code: 'closed' })
    await expect(store.load('acme')).rejects.toMatchObject({ code: 'closed' })
  })

  const { reopen } = options
  if (!reopen) return
  it('finds everything again', async () => {
    const store = await open()
    const first = await store.append([row('acme', 1, Uint8Array.of(7)), row('acme', 2, Uint8Array.of(8))])
    const snapshot = { position: first, ordinal: 1, update: Uint8Array.of(7), vector: Uint8Array.of(0), pending: false }
    await store.fold('acme', snapshot, [])
    await store.nextLeaseEpoch('acme', 'bridge:1')
    const again = await reopen(store)
    onTestFinished(() => again.close())
    expect(again.warnings).toEqual([])
    expect(await again.load('acme')).toEqual({
      snapshot,
      rows: [{ position: first + 1, update: Uint8Array.of(8) }],
      lastOrdinal: 2,
    })
    expect(await again.nextLeaseEpoch('acme', 'bridge:1')).toBe(2)
    expect(await again.append([row('acme', 3, Uint8Array.of(9))])).toBe(first + 2)
  })
}

export function row(room: string, ordinal: number, update: Uint8Array): NewRow {
  return { room, ordinal, author: `user of ${room}`, update }
}
