import * as Y from 'yjs'

/**
 * The document as it is stored: root arrays of facts, read and written past the document's own code, so that a test can
 * stand a document on facts that its interface would not write, and can look at what it wrote.
 */
export type RawFact =
  | readonly [id: string, field: string, text: string, t: number]
  | readonly [id: string, field: string, text: string, t: number, order: string]

/** Milliseconds to the facts' unit of time. */
export function toFactTime(ms: number): number {
  return ms * 1024
}

/** Appends facts to a lane as its owner would, in one transaction. */
export function putFacts(ydoc: Y.Doc, lane: string, ...facts: readonly (readonly unknown[])[]): void {
  ydoc.transact(() => ydoc.getArray(`v1/lane/${lane}`).push(facts.map((fact) => [...fact])))
}

/** An update that carries these facts from a replica of their own. */
export function factsUpdate(clientId: number, lane: string, ...facts: readonly (readonly unknown[])[]): Uint8Array {
  const ydoc = new Y.Doc()
  ydoc.clientID = clientId
  putFacts(ydoc, lane, ...facts)
  return Y.encodeStateAsUpdate(ydoc)
}

/** Everything under `v1/`, root name → entries that are not erased. Roots without entries are left out. */
export function readRoots(ydoc: Y.Doc): Map<string, unknown[]> {
  const roots = new Map<string, unknown[]>()
  for (const name of [...ydoc.share.keys()].filter((root) => root.startsWith('v1/')).toSorted()) {
    const entries = readRoot(ydoc, name)
    if (entries.length > 0) roots.set(name, entries)
  }
  return roots
}

/** Only of a root that is there: asking a Y.Doc for another would create it, and the document under test would see that. */
function readRoot(ydoc: Y.Doc, name: string): unknown[] {
  const root = ydoc.share.get(name)
  if (!root) return []
  const plain = (Object.getPrototypeOf(root) as object) === Y.AbstractType.prototype
  return root instanceof Y.Array || plain ? ydoc.getArray(name).toArray() : []
}

/** The facts of one lane. */
export function laneFacts(ydoc: Y.Doc, lane: string): RawFact[] {
  return readRoot(ydoc, `v1/lane/${lane}`) as RawFact[]
}

/** The facts of all lanes about the tokens; lane headers and the product's own registers left out. */
export function tokenFacts(ydoc: Y.Doc): { readonly lane: string; readonly fact: RawFact }[] {
  const found: { lane: string; fact: RawFact }[] = []
  for (const [name, entries] of readRoots(ydoc)) {
    if (!name.startsWith('v1/lane/')) continue
    for (const entry of entries as RawFact[])
      if (typeof entry[0] !== 'string' || !entry[0].startsWith('/~y/'))
        found.push({ lane: name.slice('v1/lane/'.length), fact: entry })
  }
  return found
}

/** The stored facts as text that is equal for equal sets of facts, whatever order they came in. */
export function factsText(ydoc: Y.Doc): string {
  const lines: string[] = []
  for (const [name, entries] of readRoots(ydoc))
    for (const entry of entries) lines.push(`${name} ${JSON.stringify(entry)}`)
  return lines.toSorted().join('\n')
}

/** Structs that Yjs keeps for the document: tombstones merged or not, everything that costs memory and load time. */
export function structCount(ydoc: Y.Doc): number {
  let count = 0
  for (const structs of ydoc.store.clients.values()) count += structs.length
  return count
}
