import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'

export interface CorpusFile {
  readonly name: string
  readonly text: string
}

/** Real token files, kept beside the repository and not in it. */
const folder = fileURLToPath(new URL('../../../shared/corpora/', import.meta.url))

export const corporaPresent: boolean = existsSync(folder)

let said = false

/** The real files, in order of name; none where the folder is absent, which is said once on stderr. */
export function corpusFiles(): CorpusFile[] {
  if (!corporaPresent) {
    if (!said) process.stderr.write(`No corpora at ${folder}: only generated token files are tested.\n`)
    said = true
    return []
  }
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))
}
