import type { ForeignMerge } from './foreign-merge.ts'
import { parentOf, rootKey } from './identify.ts'
import { themePrefix } from './snapshot-content.ts'

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
