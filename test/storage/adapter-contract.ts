import { afterEach, describe, expect, it } from 'vitest'
import type { StorageAdapter, StorageDatabase } from '../../src/storage/storage-adapter.ts'

/**
 * What every storage adapter promises. `create` gives an adapter that shares its databases with every other one it gave in
 * the same test.
 */
export function checkStorageAdapter(label: string, create: () => StorageAdapter): void {
  describe(`${label} keeps the contract of storage adapters`, () => {
    const opened: StorageDatabase[] = []
    let count = 0

    afterEach(() => {
      for (const database of opened.splice(0)) database.close()
    })

    const open = async (adapter: StorageAdapter, name: string): Promise<StorageDatabase> => {
      const database = await adapter.open(name)
      opened.push(database)
      return database
    }
    const newName = (): string => `contract ${label} ${++count}`
    const row = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes)
    const sorted = async (database: StorageDatabase): Promise<string[]> =>
      (await database.load()).map((bytes) => [...bytes].join()).toSorted()

    it('loads nothing from a new database', async () => {
      expect(await (await open(create(), newName())).load()).toEqual([])
    })

    it('gives back every row of every append, also over another connection', async () => {
      const name = newName()
      const first = await open(create(), name)
      await first.append([row(1, 2), row(3)])
      await first.append([])
      await first.append([row(0, 255, 128)])
      const second = await open(create(), name)
      for (const database of [first, second]) expect(await sorted(database)).toEqual(['0,255,128', '1,2', '3'])
    })

    it('keeps databases of different names apart', async () => {
      const adapter = create()
      const [one, other] = [await open(adapter, newName()), await open(adapter, newName())]
      await one.append([row(1)], { a: '1' })
      expect(await other.load()).toEqual([])
      expect(await other.getMeta('a')).toBeUndefined()
    })

    it('replaces the rows it has loaded and written by the state', async () => {
      const name = newName()
      const first = await open(create(), name)
      await first.append([row(1)])
      const second = await open(create(), name)
      await second.load()
      await second.append([row(2)])
      await second.append([row(3)])
      await second.replace(row(9))
      expect(await sorted(second)).toEqual(['9'])
      await second.append([row(4)])
      await second.replace(row(8))
      expect(await sorted(first)).toEqual(['8'])
    })

    it('never removes a row it has neither loaded nor written', async () => {
      const name = newName()
      const [first, second] = [await open(create(), name), await open(create(), name)]
      await first.append([row(1)])
      await first.load()
      await second.append([row(2)])
      await first.append([row(3)])
      await first.replace(row(9))
      expect(await sorted(first)).toEqual(['2', '9'])
      await second.replace(row(7))
      expect(await sorted(second)).toEqual(['7', '9'])
    })

    it('keeps metadata, written alone or with rows', async () => {
      const name = newName()
      const first = await open(create(), name)
      expect(await first.getMeta('a')).toBeUndefined()
      await first.setMeta({ a: '1', b: '2' })
      await first.append([row(1)], { b: '3', c: 'é' })
      await first.replace(row(2), { d: '' })
      const second = await open(create(), name)
      const values = await Promise.all(['a', 'b', 'c', 'd'].map((key) => second.getMeta(key)))
      expect(values).toEqual(['1', '3', 'é', ''])
    })

    it('is not confused when the caller reuses the bytes', async () => {
      const database = await open(create(), newName())
      const bytes = row(1, 2, 3)
      await database.append([bytes])
      bytes.fill(9)
      expect(await sorted(database)).toEqual(['1,2,3'])
      ;(await database.load())[0]?.fill(7)
      expect(await sorted(database)).toEqual(['1,2,3'])
    })

    it('removes a database with rows and metadata', async () => {
      const adapter = create()
      const name = newName()
      const database = await open(adapter, name)
      await database.append([row(1)], { a: '1' })
      database.close()
      await adapter.remove(name)
      const again = await open(adapter, name)
      expect(await again.load()).toEqual([])
      expect(await again.getMeta('a')).toBeUndefined()
    })

    it('removes what was never there', async () => {
      await expect(create().remove(newName())).resolves.toBeUndefined()
    })

    it('rejects with a StorageError after close', async () => {
      const database = await create().open(newName())
      database.close()
      database.close()
      for (const call of [
        () => database.load(),
        () => database.append([row(1)]),
        () => database.replace(row(1)),
        () => database.setMeta({ a: '1' }),
        () => database.getMeta('a'),
      ]) {
        await expect(call()).rejects.toMatchObject({ name: 'StorageError', code: 'closed' })
      }
    })
  })
}
