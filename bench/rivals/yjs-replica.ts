import * as Y from 'yjs'
import type { TokenPlace } from '../../test/support/generated-tokens.ts'
import type { PeerReplica } from './peer.ts'

/** What all peers on Yjs have in common. */
export function yjsReplica(
  ydoc: Y.Doc,
  own: {
    read(): unknown
    edit(place: TokenPlace, value: string): void
    readAfter(place: TokenPlace): unknown
  },
): PeerReplica {
  let last: Uint8Array = new Uint8Array()
  ydoc.on('update', (update: Uint8Array) => {
    last = update
  })
  return {
    ...own,
    encode: () => Y.encodeStateAsUpdate(ydoc),
    takeUpdate: () => last,
    apply: (update) => Y.applyUpdate(ydoc, update),
  }
}

export function loadedDoc(state: Uint8Array): Y.Doc {
  const ydoc = new Y.Doc()
  Y.applyUpdate(ydoc, state)
  return ydoc
}
