import type * as Y from 'yjs'
import { type Copy, fullVector, holds, type Ledger, ownVector } from './ledger.ts'
import { relayOrigin } from './relay.ts'
import type { SideWatch } from './side-watch.ts'

/** Replicas that have received what this one knows now have received the file's values, too. */
export function arrive(copy: Copy, ydoc: Y.Doc, ledger: Ledger): void {
  ledger.noteFile(copy)
  const vector = fullVector(ydoc)
  for (const ids of copy.ghosts.values()) {
    for (const id of ids) {
      const { arrivals } = ledger.ghost(id)
      if (!arrivals.some((each) => holds(ydoc, each))) arrivals.push(vector)
    }
  }
}

/** Notes with whom foreign values arrive: those that read them, then those that get their facts. */
export function watchMerges(watch: SideWatch, ydoc: Y.Doc, side: Y.Doc, ledger: Ledger): void {
  let roots = ydoc.share.size
  side.on('update', (_: Uint8Array, from: unknown) => {
    if (from === relayOrigin) return
    const { files, merges } = watch.news()
    for (const copy of files) arrive(copy, ydoc, ledger)
    for (const id of merges) ledger.noteEntry(id)
  })
  ydoc.on('update', (_: Uint8Array, from: unknown) => {
    if (from === relayOrigin || ydoc.share.size === roots) return
    roots = ydoc.share.size
    for (const { copy, marks } of watch.newLanes()) {
      for (const mark of marks) {
        for (const id of copy.ghosts.get(mark) ?? []) ledger.ghost(id).arrivals.push(ownVector(ydoc))
      }
    }
  })
}
