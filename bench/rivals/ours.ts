import * as Y from 'yjs'
import { createTokenDocument, type TokenDocument } from '../../src/doc/index.ts'
import type { Peer, PeerReplica } from './peer.ts'
import { yjsReplica } from './yjs-replica.ts'

export function createPeer(): Peer {
  return {
    import: (text) => {
      const document = createTokenDocument(new Y.Doc())
      document.import(text)
      return replicaOf(document)
    },
    load: (state) => {
      const document = createTokenDocument(new Y.Doc())
      Y.applyUpdate(document.ydoc, state)
      return replicaOf(document)
    },
  }
}

function replicaOf(document: TokenDocument): PeerReplica {
  return yjsReplica(document.ydoc, {
    read: () => document.getSnapshot(),
    edit: ({ set, path }, value) => document.update(set, path, { $value: value }),
    readAfter: () => document.getSnapshot(),
  })
}
