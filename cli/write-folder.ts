import { randomBytes } from 'node:crypto'
import { mkdir, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { TokenFiles } from '../src/payload/token-files.ts'

/**
 * Writes the files into a folder, which is made where there is none, and then deletes `stale` ones with the folders that they
 * leave empty. All are written aside first: on a full disk, or where the disk cannot hold a name or tell two names apart,
 * nothing has changed.
 */
export async function writeFolder(folder: string, files: TokenFiles, stale: readonly string[]): Promise<void> {
  const isNew = (await mkdir(folder, { recursive: true })) !== undefined
  const aside = join(folder, `.y-tokens.${process.pid}.${randomBytes(4).toString('hex')}.tmp`)
  try {
    for (const [path, text] of files) {
      const file = join(aside, path)
      await mkdir(dirname(file), { recursive: true })
      // Fails where the disk takes it for a file just written, as `Core.json` for `core.json`.
      await writeFile(file, text, { flag: 'wx', flush: true })
    }
    for (const path of files.keys()) await makeRoom(join(folder, path))
    for (const path of files.keys()) await rename(join(aside, path), join(folder, path))
  } catch (error) {
    await rm(isNew ? folder : aside, { recursive: true, force: true })
    throw error
  }
  await rm(aside, { recursive: true, force: true })
  for (const path of stale) {
    await rm(join(folder, path), { force: true })
    await removeEmpty(folder, dirname(path))
  }
}

/** The folder for a file; throws where a folder of the file's own name is in the way. */
async function makeRoom(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const there = await stat(file).catch(() => undefined)
  if (there?.isDirectory()) throw Object.assign(new Error(`${file} is a folder`), { code: 'EISDIR' })
}

/** From the inside out, as far as nothing else is in there. */
async function removeEmpty(folder: string, below: string): Promise<void> {
  for (let path = below; path !== '.'; path = dirname(path)) {
    try {
      await rmdir(join(folder, path))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOENT') return
      throw error
    }
  }
}
