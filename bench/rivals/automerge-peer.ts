import { isNode, parseFile, type Peer, type PeerReplica } from './peer.ts'

type Doc = object & { readonly values?: unknown }

/** The part of `@automerge/automerge` that is used here. */
interface Automerge {
  from(initial: object): Doc
  change(doc: Doc, fn: (doc: Doc) => void): Doc
  save(doc: Doc): Uint8Array
  load(state: Uint8Array): Doc
  getLastLocalChange(doc: Doc): Uint8Array
  applyChanges(doc: Doc, changes: readonly Uint8Array[]): readonly [Doc]
  readonly ImmutableString: new (text: string) => object
}

/** One document of nested objects. Texts are values that replace each other, as in a token file, not texts to type in. */
export async function createPeer(): Promise<Peer> {
  const name: string = '@automerge/automerge'
  const automerge = (await import(name)) as Automerge
  const { ImmutableString } = automerge
  const toStored = (value: unknown): unknown => {
    if (typeof value === 'string') return new ImmutableString(value)
    if (Array.isArray(value)) return value.map(toStored)
    if (!isNode(value)) return value
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, toStored(member)]))
  }
  const replicaOf = (initial: Doc): PeerReplica => {
    let doc = initial
    return {
      encode: () => automerge.save(doc),
      read: () => JSON.parse(JSON.stringify(doc)) as unknown,
      edit: ({ set, path }, value) => {
        doc = automerge.change(doc, (draft) => {
          let node = (draft.values as Record<string, Record<string, unknown>>)[set] as Record<string, unknown>
          for (const each of path) node = node[each] as Record<string, unknown>
          node['$value'] = new ImmutableString(value)
        })
      },
      takeUpdate: () => automerge.getLastLocalChange(doc),
      apply: (update) => {
        ;[doc] = automerge.applyChanges(doc, [update])
      },
      readAfter: ({ set, path }) => {
        let node = (doc.values as Record<string, unknown>)[set] as Record<string, unknown>
        for (const each of path) node = node[each] as Record<string, unknown>
        return JSON.stringify(node)
      },
    }
  }
  return {
    import: (text) => replicaOf(automerge.from(toStored(parseFile(text)) as object)),
    load: (state) => replicaOf(automerge.load(state)),
  }
}
