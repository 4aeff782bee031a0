import * as Y from 'yjs'

/**
 * What everyone would write first: the JSON mirrored in nested shared types, an object as a Y.Map, an array as a Y.Array. One
 * transaction for the import, nothing copied twice.
 */
export interface NestedMap {
  readonly ydoc: Y.Doc
  import(text: string): void
  /** The whole payload as plain JSON. */
  toJSON(): Record<string, unknown>
  setField(set: string, path: readonly string[], field: string, value: unknown): void
}

export function createNestedMap(ydoc: Y.Doc = new Y.Doc()): NestedMap {
  const root = ydoc.getMap<unknown>('tokens')
  return {
    ydoc,
    import: (text) => {
      const file = JSON.parse(text) as Record<string, unknown>
      ydoc.transact(() => {
        for (const [key, value] of Object.entries(file)) root.set(key, toShared(value))
      })
    },
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
