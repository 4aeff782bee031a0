import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TokenFiles } from '../src/payload/token-files.ts'

/**
 * Every `.json` file in a folder and the folders in it, by its path with `/`. Links to folders are not
 * followed; `node_modules` and what begins with a dot is left out.
 */
export async function readTokenFolder(folder: string): Promise<TokenFiles> {
  const paths: string[] = []
  const open = ['']
  for (let below = open.pop(); below !== undefined; below = open.pop()) {
    for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
      const path = `${below}${entry.name}`
      if (entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules') open.push(`${path}/`)
      // `.json` alone is the file of a set without a name.
      else if (!entry.isDirectory() && /^(?:[^.].*)?\.json$/.test(entry.name)) paths.push(path)
    }
  }
  const files = new Map<string, string>()
  for (const path of paths) files.set(path, await readFile(join(folder, path), 'utf8'))
  return files
}
