import * as Y from 'yjs'
import type { TokenPlace } from '../../test/support/generated-tokens.ts'
import { parseFile, type Peer, type PeerReplica } from './peer.ts'
import { loadedDoc, yjsReplica } from './yjs-replica.ts'

/** The part of `@syncedstore/core` that is used here. */
interface SyncedStore {
  syncedStore(shape: Readonly<Record<string, object>>, ydoc: Y.Doc): Readonly<Record<string, Record<string, unknown>>>
}

/** Nested Y.Maps behind plain-looking objects. */
export async function createPeer(): Promise<Peer> {
  const name: string = '@syncedstore/core'
  const { syncedStore } = (await import(name)) as SyncedStore
  const replicaOf = (ydoc: Y.Doc): PeerReplica => {
    const store = syncedStore({ file: {} }, ydoc)
    const root = ydoc.getMap('file')
    const tokenAt = ({ set, path }: TokenPlace): Record<string, unknown> => {
      let node = ((store['file'] as Record<string, unknown>)['values'] as Record<string, Record<string, unknown>>)[
        set
      ] as Record<string, unknown>
      for (const each of path) node = node[each] as Record<string, unknown>
      return node
    }
    return yjsReplica(ydoc, {
      read: () => root.toJSON(),
      edit: (place, value) => {
        tokenAt(place)['$value'] = value
      },
      readAfter: (place) => ({ ...tokenAt(place) }),
    })
  }
  return {
    import: (text) => {
      const ydoc = new Y.Doc()
      const store = syncedStore({ file: {} }, ydoc)
      ydoc.transact(() => {
        for (const [key, value] of Object.entries(parseFile(text)))
          (store['file'] as Record<string, unknown>)[key] = value
      })
      return replicaOf(ydoc)
    },
    load: (state) => replicaOf(loadedDoc(state)),
  }
}
