import { readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseTokenFile, type TokenFile } from '../src/payload/file-form.ts'
import { isTokenError } from '../src/payload/token-error.ts'
import { usageError } from './flags.ts'

/**
 * The token file that `out` is to replace; undefined where there is none yet, or an empty one. Refuses whatever else stands
 * there, so that a slip in `--out` costs nobody a file.
 */
export async function readTarget(out: string): Promise<TokenFile | undefined> {
  const folder = await stat(dirname(out)).catch(() => undefined)
  if (!folder?.isDirectory()) throw usageError(`The folder of ${out} does not exist. Create it first.`)
  const text = await readFile(out, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    const reason = error.code === 'EISDIR' ? 'is a folder' : `cannot be read (${error.code})`
    throw usageError(`${out} ${reason}. Give --out a file.`)
  })
  if (text.trim() === '') return undefined
  try {
    return parseTokenFile(text)
  } catch (error) {
    if (!isTokenError(error)) throw error
    throw usageError(
      `${out} is there, but is no token file, and is left alone. ${error.message} Give another --out, or delete it.`,
    )
  }
}
