import { readFile } from 'node:fs/promises'
import type { ImportSource } from '../src/doc/index.ts'
import { parseTokenFile, type TokenFile } from '../src/payload/file-form.ts'
import { countTokens } from '../src/payload/payload.ts'
import { joinFiles, type TokenFiles } from '../src/payload/token-files.ts'
import { isTokenError } from '../src/payload/token-error.ts'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import { usageError } from './flags.ts'
import { readTokenFolder } from './token-folder.ts'

/**
 * The text of a token file, or the texts of a folder of them as Tokens Studio keeps them, checked. Throws a `CliError` that
 * names the file and what to do, also where there is no token in it.
 */
export async function readTokenSource(path: string): Promise<ImportSource> {
  const source = await read(path)
  let file: TokenFile
  try {
    file = typeof source === 'string' ? parseTokenFile(source) : joinFiles(source)
  } catch (error) {
    if (!isTokenError(error)) throw error
    throw new CliError(exitCodes.invalid, error.code, `${path}: ${error.message}`)
  }
  if (countTokens(file) === 0)
    throw new CliError(exitCodes.invalid, 'no-tokens', `${path} holds no tokens. Give a file with at least one.`)
  return source
}

async function read(path: string): Promise<string | TokenFiles> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EISDIR') throw unreadable(path, error)
  }
  try {
    const files = await readTokenFolder(path)
    if (files.size > 0) return files
  } catch (error) {
    throw unreadable(path, error)
  }
  throw usageError(
    `${path}: There is no JSON file in this folder. Give a token file, or a folder with one for each set.`,
  )
}

function unreadable(path: string, error: unknown): CliError {
  const { code } = error as NodeJS.ErrnoException
  const reason = code === 'ENOENT' ? 'There is no such file' : `It cannot be read (${code})`
  return usageError(`${path}: ${reason}. Give the path of a JSON file with tokens, or of a folder of them.`)
}
