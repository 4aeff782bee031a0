/**
 * Root arrays of a Y.Doc as lists of entries. Everything that touches Yjs beyond its public interface stands here, twice:
 *
 * - `createFastEntries` appends behind the last item and erases by id, both in constant time, with classes that Yjs 13
 *   exports but does not document. Lanes are long lists with many erased entries; through the public interface each write
 *   walks them.
 * - `createPlainEntries` does the same through the public interface.
 */
import * as Y from 'yjs'

/** An entry and where it is kept. */
export interface StoredEntry {
  readonly root: string
  readonly entry: unknown
  readonly client: number
  readonly clock: number
}

export interface EntryChanges {
  readonly added: readonly StoredEntry[]
  readonly removed: readonly StoredEntry[]
}

export interface Entries {
  /** Names of roots that came up since the last call. */
  newRoots(): readonly string[]
  /** Whether the root ever held anything, erased entries included. Does not create it. */
  exists(root: string): boolean
  /** Starts to follow roots, and gives their entries. None where something else than an array stands there. */
  open(roots: readonly string[]): readonly StoredEntry[]
  /** What a transaction did to the roots that are open. */
  changesOf(transaction: Y.Transaction): EntryChanges
  /** Inside a transaction. Gives the place of the first; the others follow it. */
  append(root: string, entries: readonly unknown[]): { readonly client: number; readonly clock: number }
  /** Inside a transaction. Entries that are gone already are passed over. */
  erase(entries: readonly StoredEntry[]): void
  isErased(entry: StoredEntry): boolean
}

/** The fast way where this Yjs has what it needs, else the documented one. */
export function createEntries(ydoc: Y.Doc): Entries {
  const { Item, ContentAny, getItem, getItemCleanStart, findIndexSS, iterateDeletedStructs } = Y as Partial<typeof Y>
  const internals = [Item, ContentAny, getItem, getItemCleanStart, findIndexSS, iterateDeletedStructs]
  const isKnown = internals.every((each) => typeof each === 'function') && ydoc.store?.clients instanceof Map
  return isKnown ? createFastEntries(ydoc) : createPlainEntries(ydoc)
}

interface AnyContent {
  readonly arr: readonly unknown[]
}

export function createFastEntries(ydoc: Y.Doc): Entries {
  const names = new Map<Y.AbstractType<unknown>, string>()
  const arrays = new Map<string, Y.Array<unknown>>()
  const tails = new Map<string, Y.ID>()
  const newRoots = rootWatcher(ydoc)

  const entriesOf = (root: string, item: Y.Item, from: number, into: StoredEntry[]): void => {
    const { client, clock } = item.id
    const content = (item.content as unknown as Partial<AnyContent>).arr
    if (item.parentSub !== null || !Array.isArray(content)) return
    for (let i = from; i < content.length; i++) into.push({ root, entry: content[i], client, clock: clock + i })
  }

  return {
    newRoots,
    exists: (root) => rootExists(ydoc, root),
    open: (roots) => {
      const entries: StoredEntry[] = []
      openArrays(ydoc, roots, (root, array) => {
        arrays.set(root, array)
        names.set(array as Y.AbstractType<unknown>, root)
        for (let item = array._start; item; item = item.right) if (!item.deleted) entriesOf(root, item, 0, entries)
      })
      return entries
    },
    changesOf: (transaction) => {
      const added: StoredEntry[] = []
      const removed: StoredEntry[] = []
      for (const [client, end] of transaction.afterState) {
        const start = transaction.beforeState.get(client) ?? 0
        const structs = ydoc.store.clients.get(client)
        if (end <= start || !structs) continue
        for (let i = Y.findIndexSS(structs, start); i < structs.length; i++) {
          const item = structs[i]
          if (!(item instanceof Y.Item) || item.deleted) continue
          const root = names.get(item.parent as Y.AbstractType<unknown>)
          if (root !== undefined) entriesOf(root, item, Math.max(0, start - item.id.clock), added)
        }
      }
      if (transaction.deleteSet.clients.size > 0)
        Y.iterateDeletedStructs(transaction, transaction.deleteSet, (struct: unknown) => {
          if (!(struct instanceof Y.Item)) return
          const root = names.get(struct.parent as Y.AbstractType<unknown>)
          if (root !== undefined) entriesOf(root, struct, 0, removed)
        })
      return { added, removed }
    },
    append: (root, entries) => {
      const array = arrays.get(root) as Y.Array<unknown>
      const { store, clientID } = ydoc
      const tail = tails.get(root)
      let last = tail ? (Y.getItem(store, tail) as Y.Item | null) : array._start
      while (last?.right) last = last.right
      const id = Y.createID(clientID, Y.getState(store, clientID))
      const content = new Y.ContentAny([...entries])
      const item = new Y.Item(id, last, last && last.lastId, null, null, array, null, content)
      Y.transact(ydoc, (transaction) => item.integrate(transaction, 0))
      tails.set(root, item.lastId)
      return id
    },
    erase: (entries) => {
      Y.transact(ydoc, (transaction) => {
        for (const { client, clock } of entries) {
          if (isErased(ydoc, client, clock)) continue
          const item = Y.getItemCleanStart(transaction, Y.createID(client, clock)) as Y.Item
          if (item.length > 1) Y.getItemCleanStart(transaction, Y.createID(client, clock + 1))
          item.delete(transaction)
          // Positions remembered by index are wrong now.
          const markers = (item.parent as unknown as { readonly _searchMarker: unknown[] | null })._searchMarker
          if (markers) markers.length = 0
        }
      })
    },
    isErased: ({ client, clock }) => isErased(ydoc, client, clock),
  }
}

function isErased(ydoc: Y.Doc, client: number, clock: number): boolean {
  if (clock >= Y.getState(ydoc.store, client)) return true
  const item: unknown = Y.getItem(ydoc.store, Y.createID(client, clock))
  return !(item instanceof Y.Item) || item.deleted
}

/** The same by the documented interface; an entry is known by the object it is. */
export function createPlainEntries(ydoc: Y.Doc): Entries {
  const arrays = new Map<string, Y.Array<unknown>>()
  /** What was there after the last transaction. */
  const known = new Map<string, readonly unknown[]>()
  const newRoots = rootWatcher(ydoc)
  /** Without ids each entry gets a number of its own in place of one. */
  const numbers = new Map<unknown, number>()
  let lastNumber = 0
  const stored = (root: string, entry: unknown): StoredEntry => {
    let clock = numbers.get(entry)
    if (clock === undefined) {
      clock = ++lastNumber
      // Equal texts or numbers are one key; no fact is one of them.
      numbers.set(entry, clock)
    }
    return { root, entry, client: 0, clock }
  }

  return {
    newRoots,
    exists: (root) => rootExists(ydoc, root),
    open: (roots) => {
      const entries: StoredEntry[] = []
      openArrays(ydoc, roots, (root, array) => {
        const present = array.toArray()
        arrays.set(root, array)
        known.set(root, present)
        for (const entry of present) entries.push(stored(root, entry))
      })
      return entries
    },
    changesOf: (transaction) => {
      const added: StoredEntry[] = []
      const removed: StoredEntry[] = []
      for (const [root, array] of arrays) {
        if (!transaction.changed.has(array as unknown as Parameters<typeof transaction.changed.has>[0])) continue
        const before = new Set(known.get(root))
        const after = array.toArray()
        known.set(root, after)
        const left = new Set(after)
        for (const entry of after) if (!before.has(entry)) added.push(stored(root, entry))
        for (const entry of before) {
          if (left.has(entry)) continue
          removed.push(stored(root, entry))
          numbers.delete(entry)
        }
      }
      return { added, removed }
    },
    append: (root, entries) => {
      const first = lastNumber + 1
      for (const entry of entries) stored(root, entry)
      ;(arrays.get(root) as Y.Array<unknown>).push([...entries])
      return { client: 0, clock: first }
    },
    erase: (entries) => {
      const byRoot = new Map<string, Set<unknown>>()
      for (const { root, entry } of entries) {
        const wanted = byRoot.get(root) ?? new Set()
        byRoot.set(root, wanted.add(entry))
      }
      for (const [root, wanted] of byRoot) {
        const array = arrays.get(root) as Y.Array<unknown>
        const indexes = array.toArray().flatMap((entry, index) => (wanted.has(entry) ? [index] : []))
        for (const index of indexes.toReversed()) array.delete(index, 1)
      }
    },
    isErased: ({ root, entry }) => !arrays.get(root)?.toArray().includes(entry),
  }
}

/** Root names are only ever added, at the end; a live iterator that is never run to its end sees them all, once. */
function rootWatcher(ydoc: Y.Doc): () => readonly string[] {
  const names = ydoc.share.keys()
  let seen = 0
  return () => {
    const fresh: string[] = []
    for (; seen < ydoc.share.size; seen++) {
      const next = names.next()
      if (next.done) break
      fresh.push(next.value)
    }
    return fresh
  }
}

/** Asking for a root creates it, so the map of roots is looked into instead. */
function rootExists(ydoc: Y.Doc, root: string): boolean {
  const type = ydoc.share.get(root)
  return type !== undefined && (type._start !== null || type._map.size > 0)
}

/** In one transaction: Yjs takes one for each array it makes, which tells every listener of the Y.Doc. */
function openArrays(
  ydoc: Y.Doc,
  roots: readonly string[],
  each: (root: string, array: Y.Array<unknown>) => void,
): void {
  if (roots.length === 0) return
  ydoc.transact(() => {
    for (const root of roots) {
      let array: Y.Array<unknown>
      try {
        array = ydoc.getArray<unknown>(root)
      } catch {
        // The application uses this root as another type; it is none of ours then.
        continue
      }
      each(root, array)
    }
  })
}
