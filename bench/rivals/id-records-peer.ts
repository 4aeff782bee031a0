import * as Y from 'yjs'
import type { TokenPlace } from '../../test/support/generated-tokens.ts'
import { isNode, type JsonNode, parseFile, type Peer, type PeerReplica } from './peer.ts'
import { loadedDoc, yjsReplica } from './yjs-replica.ts'

/** A Y.Map per node, under a random id: name, parent, order and fields. Renames and moves keep the id. */
export function createPeer(): Peer {
  return {
    import: (text) => {
      const ydoc = new Y.Doc()
      const { values, ...rest } = parseFile(text)
      ydoc.transact(() => {
        ydoc.getMap('rest').set('json', rest)
        for (const [i, [name, set]] of Object.entries(values).entries()) addNode(recordsOf(ydoc), '', name, i, set)
      })
      return replicaOf(ydoc)
    },
    load: (state) => replicaOf(loadedDoc(state)),
  }
}

type Record = Y.Map<unknown>

function recordsOf(ydoc: Y.Doc): Y.Map<Record> {
  return ydoc.getMap('nodes')
}

let made = 0

function addNode(records: Y.Map<Record>, parent: string, name: string, order: number, node: JsonNode): void {
  const id = (made++).toString(36).padStart(10, '0')
  const record: Record = new Y.Map()
  record.set('parent', parent)
  record.set('name', name)
  record.set('order', order)
  records.set(id, record)
  for (const [i, [key, child]] of Object.entries(node).entries()) {
    if (isNode(child) && !key.startsWith('$')) addNode(records, id, key, i, child)
    else record.set(key, child)
  }
}

function replicaOf(ydoc: Y.Doc): PeerReplica {
  const records = recordsOf(ydoc)
  /** Kept by an application, so that it need not be built for each edit. */
  let index: ReadonlyMap<string, Record> | undefined
  const recordAt = ({ set, path }: TokenPlace): Record => {
    index ??= new Map(pathsOf(records).map(({ path: names, record }) => [names.join('\n'), record]))
    return index.get([set, ...path].join('\n')) as Record
  }
  return yjsReplica(ydoc, {
    read: () => ({ ...(ydoc.getMap('rest').get('json') as object), values: payloadOf(records) }),
    edit: (place, value) => {
      recordAt(place).set('$value', value)
    },
    readAfter: (place) => recordAt(place).toJSON(),
  })
}

function childrenByParent(records: Y.Map<Record>): Map<string, { readonly id: string; readonly record: Record }[]> {
  const children = new Map<string, { readonly id: string; readonly record: Record }[]>()
  for (const [id, record] of records) {
    const parent = record.get('parent') as string
    const list = children.get(parent)
    if (list) list.push({ id, record })
    else children.set(parent, [{ id, record }])
  }
  for (const list of children.values())
    list.sort((a, b) => (a.record.get('order') as number) - (b.record.get('order') as number))
  return children
}

function pathsOf(records: Y.Map<Record>): readonly { readonly path: readonly string[]; readonly record: Record }[] {
  const children = childrenByParent(records)
  const walk = (parent: string, above: readonly string[]): { path: readonly string[]; record: Record }[] =>
    (children.get(parent) ?? []).flatMap(({ id, record }) => {
      const path = [...above, record.get('name') as string]
      return [{ path, record }, ...walk(id, path)]
    })
  return walk('', [])
}

function payloadOf(records: Y.Map<Record>): JsonNode {
  const children = childrenByParent(records)
  const build = (parent: string): { [key: string]: unknown } => {
    const node: { [key: string]: unknown } = {}
    for (const { id, record } of children.get(parent) ?? []) {
      const fields = [...record].filter(([key]) => key.startsWith('$'))
      node[record.get('name') as string] = { ...Object.fromEntries(fields), ...build(id) }
    }
    return node
  }
  return build('')
}
