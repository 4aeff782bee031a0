import { parseTokenFile } from '../payload/file-form.ts'
import { type JsonObject, OrderedObject } from '../payload/ordered-json.ts'
import { joinFiles, type TokenFiles } from '../payload/token-files.ts'
import { TokenError } from '../payload/token-error.ts'
import type { DocumentCore } from './document-core.ts'
import { writeFile } from './import-root.ts'
import { buildSeed, type Seed, seedTimeOf } from './seed.ts'
import { plantSeed, writeCopy } from './seeding.ts'

/** JSON text, the object it stands for, or several files as a Map: path → JSON text. */
export type ImportSource = string | JsonObject | TokenFiles

export interface ImportOptions {
  /** `replace`: afterwards the document equals the file. `merge`, the default: what the file lacks stays. */
  readonly mode?: 'replace' | 'merge'
  /** Milliseconds since 1970 when the source was saved, for a file that does not say so itself. */
  readonly savedAt?: number
}

/** Fills an empty document by a seed; else writes the difference. Throws before anything is written. */
export function importFile(core: DocumentCore, source: ImportSource, options: ImportOptions = {}): void {
  core.checkWritable()
  const { mode = 'merge' } = options
  if (mode !== 'merge' && mode !== 'replace')
    throw new TokenError('invalid-value', `A file is taken in by "merge" or "replace", not by "${String(mode)}".`)
  const file = isFiles(source) ? joinFiles(source) : parseTokenFile(source)
  const { ydoc, store, writer } = core
  store.settle()
  const seed = (): Seed => buildSeed(file, seedTimeOf(file.root, options.savedAt, core.now()))
  if (!writer.isWriting && core.state === 'empty') {
    plantSeed(ydoc, store, seed(), writer.lane)
    return
  }
  if (!writer.isWriting && core.state === 'partial' && healedBy(core, seed())) return
  core.act('import', (editing) => writeFile(editing, file, mode))
}

function isFiles(source: ImportSource): source is TokenFiles {
  return source instanceof Map && !(source instanceof OrderedObject)
}

/** Taking in once more the file whose seed is known only in part makes it whole. */
function healedBy({ ydoc, store, writer }: DocumentCore, seed: Seed): boolean {
  const record = store.seeds.get(seed.root)
  if (!record || record.whole) return false
  writeCopy(ydoc, store, seed.root, seed.entries, writer.lane)
  return true
}
