import type { TokenFile } from '../payload/file-form.ts'
import { coreOf } from './core-of.ts'
import { setsIn } from './snapshot.ts'

/**
 * What a document shows, as the file that `toText` writes: in its form and key order, and without parsing. Frozen, so it can
 * be kept while the document goes on; `root` is the same object until something changes. A document that is empty, or has
 * lost its last set, has no sets here, which a file read from text never has.
 */
export function shownFileOf(document: object): TokenFile {
  const core = coreOf(document)
  if (!core) throw new Error('This document was not made by createTokenDocument of this copy of y-tokens')
  const root = core.shown.root()
  const { setsId } = core.shown
  return { form: setsId === '' ? 'sets' : 'single', root, sets: setsIn(root, setsId) }
}
