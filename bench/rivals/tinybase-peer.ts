import type { TokenPlace } from '../../test/support/generated-tokens.ts'
import { type JsonNode, parseFile, type Peer, type PeerReplica, tokensOf, treeOf } from './peer.ts'

interface Store {
  setTables(tables: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string | number>>>>>>): void
  setCell(table: string, row: string, cell: string, value: string): void
  setValue(key: string, value: string): void
  getRow(table: string, row: string): Readonly<Record<string, string | number>>
  getTable(table: string): Readonly<Record<string, Readonly<Record<string, string | number>>>>
  getValue(key: string): string
  getMergeableContent(): unknown
  setMergeableContent(content: unknown): void
  getTransactionMergeableChanges(): unknown
  applyMergeableChanges(changes: unknown): void
  addDidFinishTransactionListener(listener: () => void): void
}

/** The part of `tinybase` that is used here. */
interface Tinybase {
  createMergeableStore(id?: string): Store
}

/** A row per token, a cell per field; what is no text stands as JSON. */
export async function createPeer(): Promise<Peer> {
  const name: string = 'tinybase'
  const { createMergeableStore } = (await import(name)) as Tinybase
  let stores = 0
  const open = (): Store => createMergeableStore(`device-${stores++}`)
  return {
    import: (text) => {
      const store = open()
      const replica = replicaOf(store)
      const { values, ...rest } = parseFile(text)
      const rows = tokensOf({ values }).map((each) => [rowOf(each), cellsOf(each.token)] as const)
      store.setTables({ tokens: Object.fromEntries(rows) })
      store.setValue('rest', JSON.stringify(rest))
      return replica
    },
    load: (state) => {
      const store = open()
      store.setMergeableContent(JSON.parse(new TextDecoder().decode(state)))
      return replicaOf(store)
    },
  }
}

function rowOf({ set, path }: TokenPlace): string {
  return [set, ...path].join('.')
}

function cellsOf(token: JsonNode): Record<string, string> {
  return Object.fromEntries(Object.entries(token).map(([key, value]) => [key, JSON.stringify(value)]))
}

function tokenOf(cells: Readonly<Record<string, string | number>>): JsonNode {
  return Object.fromEntries(Object.entries(cells).map(([key, text]) => [key, JSON.parse(String(text)) as unknown]))
}

function replicaOf(store: Store): PeerReplica {
  let last = new Uint8Array()
  store.addDidFinishTransactionListener(() => {
    last = new TextEncoder().encode(JSON.stringify(store.getTransactionMergeableChanges()))
  })
  return {
    encode: () => new TextEncoder().encode(JSON.stringify(store.getMergeableContent())),
    read: () => {
      const tokens = Object.entries(store.getTable('tokens')).map(([row, cells]) => {
        const [set = '', ...path] = row.split('.')
        return { set, path, token: tokenOf(cells) }
      })
      return { ...(JSON.parse(store.getValue('rest')) as object), values: treeOf(tokens) }
    },
    edit: (place, value) => store.setCell('tokens', rowOf(place), '$value', JSON.stringify(value)),
    takeUpdate: () => last,
    apply: (update) => store.applyMergeableChanges(JSON.parse(new TextDecoder().decode(update))),
    readAfter: (place) => tokenOf(store.getRow('tokens', rowOf(place))),
  }
}
