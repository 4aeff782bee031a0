import * as Y from 'yjs'
import type { FactStore } from './fact-store.ts'
import { DocumentOrigin } from './origin.ts'
import { encodeSeed, type Seed, type SeedEntry } from './seed.ts'

/** Writes the seed under its own client id, as every device does that takes in this file. */
export function plantSeed(ydoc: Y.Doc, store: FactStore, seed: Seed, lane: string): void {
  store.seedRecord(seed.time, seed.hash).trust(seed)
  Y.applyUpdate(ydoc, encodeSeed(seed), new DocumentOrigin('import'))
  // Two seeds may have one client id, once in 2^31 pairs. Yjs then takes the second for known and drops it.
  if (!store.seedRecord(seed.time, seed.hash).whole) writeCopy(ydoc, store, seed.root, seed.entries, lane)
}

/** Copies every seed that was whole here and no longer is: somebody erased a part of it. */
export function healSeeds(ydoc: Y.Doc, store: FactStore, lane: string): void {
  for (const record of store.seeds.values()) {
    if (record.whole) continue
    const entries = record.copy()
    if (entries) writeCopy(ydoc, store, record.name, entries, lane)
  }
}

/** Under the session's own client id, and in a root of its own: in the seed's it would hang on the clashing items. */
export function writeCopy(
  ydoc: Y.Doc,
  store: FactStore,
  root: string,
  entries: readonly SeedEntry[],
  lane: string,
): void {
  ydoc.transact(() => store.appendSeed(`${root}/${lane}`, entries), new DocumentOrigin('import'))
}
