import type { StorageAdapter, StorageDatabase, StorageMetaEntries } from '../../src/storage/storage-adapter.ts'
import { StorageError } from '../../src/storage/storage-error.ts'

/** The store of a host such as Figma's `clientStorage` or a webview's state: one asynchronous map, no transactions. */
export interface KeyValueHost {
  get(key: string): Promise<unknown>
  set(key: string, value: unknown): Promise<void>
  delete(key: string): Promise<void>
}

interface Stored {
  readonly rows: readonly { readonly key: string; readonly bytes: Uint8Array }[]
  readonly meta: StorageMetaEntries
}

/**
 * Shows that the port fits such a host: a database is one value, so that a write is all or nothing, and writes of one
 * process stand in line. Not for several processes at once, which such hosts do not have.
 */
export function createKeyValueStorage(host: KeyValueHost): StorageAdapter {
  let line: Promise<unknown> = Promise.resolve()
  const inLine = <T>(run: () => Promise<T>): Promise<T> => {
    const result = line.then(run)
    line = result.catch(() => undefined)
    return result
  }
  let keys = 0

  const connect = (name: string): StorageDatabase => {
    const seen = new Set<string>()
    let open = true
    const read = async (): Promise<Stored> => ((await host.get(name)) as Stored | undefined) ?? { rows: [], meta: {} }
    const change = (edit: (stored: Stored) => Stored): Promise<void> =>
      inLine(async () => {
        requireOpen()
        await host.set(name, edit(await read()))
      })
    const requireOpen = (): void => {
      if (!open) throw new StorageError('closed', 'This connection is closed')
    }
    const added = (rows: readonly Uint8Array[]): Stored['rows'] =>
      rows.map((bytes) => {
        const key = `${++keys}`
        seen.add(key)
        return { key, bytes: bytes.slice() }
      })
    return {
      load: () =>
        inLine(async () => {
          requireOpen()
          const { rows } = await read()
          for (const { key } of rows) seen.add(key)
          return rows.map(({ bytes }) => bytes.slice())
        }),
      append: (rows, meta = {}) => {
        const more = added(rows)
        return change((stored) => ({ rows: [...stored.rows, ...more], meta: { ...stored.meta, ...meta } }))
      },
      replace: (state, meta = {}) => {
        const gone = new Set(seen)
        const more = added([state])
        return change((stored) => ({
          rows: [...stored.rows.filter(({ key }) => !gone.has(key)), ...more],
          meta: { ...stored.meta, ...meta },
        }))
      },
      getMeta: (key) =>
        inLine(async () => {
          requireOpen()
          return (await read()).meta[key]
        }),
      setMeta: (entries) => change((stored) => ({ ...stored, meta: { ...stored.meta, ...entries } })),
      close: () => {
        open = false
      },
      onLost: () => undefined,
    }
  }
  return {
    label: 'host storage',
    durable: true,
    open: async (name) => connect(name),
    remove: (name) => inLine(() => host.delete(name)),
  }
}
