import { createHash } from 'node:crypto'
import * as Y from 'yjs'

/**
 * What everyone would write first: the JSON mirrored in nested shared types, an object as a Y.Map, an array as a Y.Array.
 *
 * Two ways to take a file in. `import` gives what ours gives, that replicas which take in one file apart hold one document,
 * in the way the budget was measured: the mirror is built in a document of its own, under a client id that follows from the
 * text, and applied as an update. `fill` writes straight into the document under the session's client id, in one transaction,
 * the cheapest there is; two replicas that do so each replace the other's whole tree.
 */
export interface NestedMap {
  readonly ydoc: Y.Doc
  import(text: string): void
  fill(text: string): void
  /** The whole payload as plain JSON. */
  toJSON(): Record<string, unknown>
  setField(set: string, path: readonly string[], field: string, value: unknown): void
}

export function createNestedMap(ydoc: Y.Doc = new Y.Doc()): NestedMap {
  const root = ydoc.getMap<unknown>('tokens')
  return {
    ydoc,
    import: (text) => {
      const source = new Y.Doc()
      source.clientID = createHash('sha256').update(text).digest().readUInt32BE(0)
      fillMap(source, text)
      Y.applyUpdate(ydoc, Y.encodeStateAsUpdate(source))
    },
    fill: (text) => fillMap(ydoc, text),
    toJSON: () => root.toJSON() as Record<string, unknown>,
    setField: (set, path, field, value) => {
      ydoc.transact(() => {
        let node = (root.get('values') as Y.Map<unknown>).get(set) as Y.Map<unknown>
        for (const name of path) node = node.get(name) as Y.Map<unknown>
        node.set(field, value)
      })
    },
  }
}

function fillMap(ydoc: Y.Doc, text: string): void {
  const file = JSON.parse(text) as Record<string, unknown>
  const root = ydoc.getMap<unknown>('tokens')
  ydoc.transact(() => {
    for (const [key, value] of Object.entries(file)) root.set(key, toShared(value))
  })
}

function toShared(value: unknown): unknown {
  if (Array.isArray(value)) {
    const array = new Y.Array<unknown>()
    array.push(value.map(toShared))
    return array
  }
  if (value === null || typeof value !== 'object') return value
  const map = new Y.Map<unknown>()
  for (const [key, member] of Object.entries(value)) map.set(key, toShared(member))
  return map
}
