import type { TokenPlace } from '../../test/support/generated-tokens.ts'
import { isNode, type JsonNode, parseFile, type Peer, type PeerReplica } from './peer.ts'

interface Map {
  set(key: string, value: unknown): void
  get(key: string): unknown
  setContainer(key: string, container: Map): Map
  toJSON(): unknown
}

interface Doc {
  getMap(name: string): Map
  commit(): void
  export(mode: { readonly mode: 'snapshot' } | { readonly mode: 'update'; readonly from: unknown }): Uint8Array
  import(bytes: Uint8Array): unknown
  version(): unknown
  toJSON(): unknown
}

/** The part of `loro-crdt` that is used here. */
interface Loro {
  readonly LoroDoc: new () => Doc
  readonly LoroMap: new () => Map
}

/** Nested maps; lists stand as plain values. */
export async function createPeer(): Promise<Peer> {
  const name: string = 'loro-crdt'
  const { LoroDoc, LoroMap } = (await import(name)) as Loro
  const fill = (map: Map, object: JsonNode): void => {
    for (const [key, value] of Object.entries(object)) {
      if (isNode(value)) fill(map.setContainer(key, new LoroMap()), value)
      else map.set(key, value)
    }
  }
  return {
    import: (text) => {
      const doc = new LoroDoc()
      fill(doc.getMap('file'), parseFile(text))
      doc.commit()
      return replicaOf(doc)
    },
    load: (state) => {
      const doc = new LoroDoc()
      doc.import(state)
      return replicaOf(doc)
    },
  }
}

function replicaOf(doc: Doc): PeerReplica {
  const root = doc.getMap('file')
  let before: unknown = doc.version()
  const tokenAt = ({ set, path }: TokenPlace): Map => {
    let node = (root.get('values') as Map).get(set) as Map
    for (const each of path) node = node.get(each) as Map
    return node
  }
  return {
    encode: () => doc.export({ mode: 'snapshot' }),
    read: () => (doc.toJSON() as { readonly file: unknown }).file,
    edit: (place, value) => {
      tokenAt(place).set('$value', value)
      doc.commit()
    },
    takeUpdate: () => {
      const update = doc.export({ mode: 'update', from: before })
      before = doc.version()
      return update
    },
    apply: (update) => {
      doc.import(update)
    },
    readAfter: (place) => tokenAt(place).toJSON(),
  }
}
