import { readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseTokenFile, type TokenFile } from '../src/payload/file-form.ts'
import { stringifyJson } from '../src/payload/ordered-json.ts'
import { isTokenError } from '../src/payload/token-error.ts'
import type { CliError } from './cli-error.ts'
import { usageError } from './flags.ts'
import { writeFileAtomically } from './write-file.ts'

/** What `pull --out` writes to. Made before anything is asked of a server. */
export interface PullTarget {
  /** The tokens in the form that they have there. */
  shape(file: TokenFile): TokenFile
  /** The tokens that these would replace; undefined where there are none yet. Throws where something else would be lost. */
  old(incoming: TokenFile): TokenFile | undefined
  /** Whole, or not at all. */
  write(incoming: TokenFile): Promise<void>
}

/** One file. Refuses whatever else stands there, so that a slip in `--out` costs nobody a file. */
export async function openFileTarget(out: string): Promise<PullTarget> {
  await checkParent(out)
  const text = await readFile(out, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    const reason = error.code === 'EISDIR' ? 'is a folder' : `cannot be read (${error.code})`
    throw usageError(`${out} ${reason}. Give --out a file, or write a folder of files with --layout files.`)
  })
  const old = text.trim() === '' ? undefined : readOld(out, () => parseTokenFile(text))
  return {
    shape: (file) => file,
    old: () => old,
    write: (file) => writeFileAtomically(out, `${stringifyJson(file.root, 2)}\n`),
  }
}

export async function checkParent(out: string): Promise<void> {
  const folder = await stat(dirname(out)).catch(() => undefined)
  if (!folder?.isDirectory()) throw usageError(`The folder of ${out} does not exist. Create it first.`)
}

/** What stands there, or the sentence that it is left alone. */
export function readOld(out: string, read: () => TokenFile): TokenFile {
  try {
    return read()
  } catch (error) {
    if (isTokenError(error)) throw notOurs(out, error.message)
    throw error
  }
}

function notOurs(out: string, why: string): CliError {
  return usageError(
    `${out} is there, but is no token file, and is left alone. ${why} Give another --out, or delete it.`,
  )
}
