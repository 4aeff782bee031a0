import type { ForeignMerge } from './foreign-merge.ts'
import { parentOf, rootKey } from './identify.ts'
import { themePrefix } from './snapshot-content.ts'
import type { Snap } from './snapshot-history.ts'

/** Where a new node would show in the document, whose groups and sets may have other names by now. */
export function shownKey(merge: ForeignMerge, key: string): string {
  if (key.startsWith(themePrefix) || key === rootKey) return key
  const parent = parentOf(key)
  const shownParent =
    parent === rootKey
      ? rootKey
      : (merge.view.keyById.get(merge.identity.placeOf(parent).id) ?? shownKey(merge, parent))
  return shownParent + key.slice(parent.length)
}

/** Where a node of the file would stand in a snapshot, whose sets and groups may have other names than the file's. */
export function keyInSnapshot(merge: ForeignMerge, snap: Snap, key: string): string {
  if (key.startsWith(themePrefix) || key === rootKey) return key
  const parent = parentOf(key)
  const known =
    parent === rootKey || merge.identity.isNew(parent)
      ? undefined
      : merge.history.keyOf(snap, merge.identity.placeOf(parent).id)
  return (known ?? keyInSnapshot(merge, snap, parent)) + key.slice(parent.length)
}
