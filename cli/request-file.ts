import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MeterStore } from '../src/bridge/index.ts'

/** The count of a bridge's requests in `requests.json` of a folder, replaced as a whole with every request. */
export function createRequestFile(folder: string): MeterStore {
  const path = join(folder, 'requests.json')
  return {
    get: () => {
      try {
        return readFileSync(path, 'utf8')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
        throw error
      }
    },
    set: (text) => {
      mkdirSync(folder, { recursive: true })
      const draft = `${path}.new`
      writeFileSync(draft, text)
      renameSync(draft, path)
    },
  }
}
