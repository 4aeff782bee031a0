import type { JsonObject } from '../payload/ordered-json.ts'
import { setNamesOf } from './edit-sets.ts'
import type { Editing } from './editing.ts'
import { createReferenceIndex, type ReferenceIndex } from './reference-index.ts'
import { setsIn } from './snapshot.ts'

/** The index of what the document shows now. Built with the first call; a later one reads what has changed since. */
export function createReferences(editing: Editing): () => ReferenceIndex {
  const { shown } = editing
  let index: ReferenceIndex | undefined
  let followed: JsonObject | undefined
  return () => {
    index ??= createReferenceIndex()
    const root = shown.root()
    if (root === followed) return index
    const sets = setsIn(root, shown.setsId)
    index.follow(new Map(setNamesOf(editing).map((name) => [name, sets.get(name) as JsonObject])))
    followed = root
    return index
  }
}
