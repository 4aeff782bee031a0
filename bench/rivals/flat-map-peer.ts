import * as Y from 'yjs'
import { type JsonNode, parseFile, type Peer, type PeerReplica, tokensOf, treeOf } from './peer.ts'
import { loadedDoc, yjsReplica } from './yjs-replica.ts'

/** A Y.Map per set, from the dotted path to the whole token as plain JSON. */
export function createPeer(): Peer {
  return {
    import: (text) => {
      const ydoc = new Y.Doc()
      const { values, ...rest } = parseFile(text)
      ydoc.transact(() => {
        ydoc.getMap('rest').set('json', rest)
        const sets = setsOf(ydoc)
        for (const { set, path, token } of tokensOf({ values })) {
          let map = sets.get(set)
          if (!map) sets.set(set, (map = new Y.Map()))
          map.set(path.join('.'), token)
        }
      })
      return replicaOf(ydoc)
    },
    load: (state) => replicaOf(loadedDoc(state)),
  }
}

function setsOf(ydoc: Y.Doc): Y.Map<Y.Map<JsonNode>> {
  return ydoc.getMap('sets')
}

function replicaOf(ydoc: Y.Doc): PeerReplica {
  const sets = setsOf(ydoc)
  return yjsReplica(ydoc, {
    read: () => {
      const tokens = [...sets].flatMap(([set, map]) =>
        [...map].map(([path, token]) => ({ set, path: path.split('.'), token })),
      )
      return { ...(ydoc.getMap('rest').get('json') as object), values: treeOf(tokens) }
    },
    edit: ({ set, path }, value) => {
      const map = sets.get(set) as Y.Map<JsonNode>
      const key = path.join('.')
      map.set(key, { ...map.get(key), $value: value })
    },
    readAfter: ({ set, path }) => sets.get(set)?.get(path.join('.')),
  })
}
