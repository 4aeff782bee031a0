import type { SnapBody, SnapHead } from './side-entries.ts'
import { contentToPlain, deltaOf, type SnapshotContent } from './snapshot-content.ts'
import { chainOf, type SnapEntry, type SnapshotHistory } from './snapshot-history.ts'

export interface NewSnap {
  readonly kind: 'snap'
  readonly id: string
  readonly head: Omit<SnapHead, 'parent'>
  readonly content: SnapshotContent
}

/** Chain of this lane → characters of its last full snapshot, and of the deltas since. */
export type ChainSizes = Map<string, { readonly full: number; readonly deltas: number }>

export function countSnap(sizes: ChainSizes, { body }: SnapEntry, length: number): void {
  const { full, deltas } = sizes.get(chainOf(body)) ?? { full: 0, deltas: 0 }
  sizes.set(chainOf(body), body.parent === null ? { full: length, deltas: 0 } : { full, deltas: deltas + length })
}

/** As a delta against the last snapshot of the chain; in full where there is none, or where the deltas have outgrown it. */
export function codeSnap(
  history: SnapshotHistory,
  lane: string,
  { head, content }: NewSnap,
  sizes: ChainSizes,
): SnapBody {
  const last = history.lastOf(lane, head)
  const size = sizes.get(chainOf(head))
  if (last && size) {
    const delta = deltaOf(history.content(last), content)
    if (size.deltas + JSON.stringify(delta).length <= size.full) return { ...head, parent: last.id, delta }
  }
  return { ...head, parent: null, full: contentToPlain(content) }
}
