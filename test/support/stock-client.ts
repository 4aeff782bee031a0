import { onTestFinished } from 'vitest'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import { eventually } from './eventually.ts'

export interface StockClient {
  readonly doc: Y.Doc
  readonly provider: WebsocketProvider
  /** Values of the root list `list`. */
  list(): unknown[]
  untilSynced(): Promise<void>
  untilList(length: number): Promise<void>
  destroy(): void
}

export interface StockClientOptions {
  readonly doc?: Y.Doc
  readonly params?: Record<string, string>
  readonly protocols?: string[]
  /** Off by default: clients of one process would hear each other past the relay. */
  readonly broadcast?: boolean
  readonly maxBackoffMs?: number
}

/** An unchanged y-websocket provider over Node's own WebSocket. Destroyed at the end of the test. */
export function openStockClient(url: string, room: string, options: StockClientOptions = {}): StockClient {
  const doc = options.doc ?? new Y.Doc()
  const provider = new WebsocketProvider(url, room, doc, {
    disableBc: options.broadcast !== true,
    maxBackoffTime: options.maxBackoffMs ?? 100,
    ...(options.params ? { params: options.params } : {}),
    ...(options.protocols ? { protocols: options.protocols } : {}),
  })
  let destroyed = false
  const client: StockClient = {
    doc,
    provider,
    list: () => doc.getArray('list').toJSON() as unknown[],
    async untilSynced() {
      await eventually(() => provider.synced, { what: 'synced' })
    },
    async untilList(length) {
      await eventually(() => client.list().length === length, { what: `a list of ${length}`, timeoutMs: 10_000 })
    },
    destroy() {
      if (destroyed) return
      destroyed = true
      provider.destroy()
      doc.destroy()
    },
  }
  onTestFinished(() => client.destroy())
  return client
}
