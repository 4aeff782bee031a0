import { readFile } from 'node:fs/promises'
import { parseTokenFile } from '../src/payload/file-form.ts'
import { isTokenError } from '../src/payload/token-error.ts'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-code.ts'
import { usageError } from './flags.ts'

/** The text of a token file, checked. Throws a `CliError` that names the file and what to do. */
export async function readTokenSource(path: string): Promise<string> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const reason =
      code === 'ENOENT' ? 'There is no such file' : code === 'EISDIR' ? 'It is a folder' : 'It cannot be read'
    throw usageError(`${path}: ${reason}. Give the path of a JSON file with tokens.`)
  }
  try {
    parseTokenFile(text)
  } catch (error) {
    if (!isTokenError(error)) throw error
    throw new CliError(exitCodes.invalid, error.code, `${path}: ${error.message}`)
  }
  return text
}
