/**
 * `pull --layout files`: a folder of files as Tokens Studio keeps them. Deleted are only files of sets that the folder's own
 * `$metadata.json` lists; whatever else lies there stays.
 */
import { stat } from 'node:fs/promises'
import { type Json, objectFrom, parseJson } from '../src/payload/ordered-json.ts'
import { tokenSetOrderOf } from '../src/payload/set-order.ts'
import { joinFiles, splitFile, type TokenFiles } from '../src/payload/token-files.ts'
import { usageError } from './flags.ts'
import { checkParent, type PullTarget, readOld } from './pull-target.ts'
import { readTokenFolder } from './token-folder.ts'
import { writeFolder } from './write-folder.ts'

const metadataPath = '$metadata.json'

export async function openFolderTarget(out: string): Promise<PullTarget> {
  await checkParent(out)
  const there = await stat(out).catch(() => undefined)
  if (there && !there.isDirectory())
    throw usageError(`${out} is a file. Give --out a folder, or leave --layout out to write one file.`)
  const found: TokenFiles = there ? await readTokenFolder(out) : new Map()
  const owned = ownedPaths(found)
  return {
    shape: (file) => joinFiles(splitFile(file)),
    old: (incoming) => {
      const paths = splitFile(incoming)
      const ours = new Map([...found].filter(([path]) => owned.has(path) || paths.has(path)))
      return ours.size === 0 ? undefined : readOld(out, () => joinFiles(ours))
    },
    write: (incoming) => {
      const files = splitFile(incoming)
      const stale = [...found.keys()].filter((path) => owned.has(path) && !files.has(path))
      return writeFolder(out, files, stale)
    },
  }
}

/** The files of what the folder lists as its own. */
function ownedPaths(found: TokenFiles): ReadonlySet<string> {
  const listed = tokenSetOrderOf({ $metadata: readMetadata(found.get(metadataPath)) })
  if (listed.length === 0) return new Set()
  const values = objectFrom(
    listed,
    listed.map(() => ({})),
  )
  const root = { values, $themes: [], $metadata: { tokenSetOrder: listed }, '$y-tokens': {} }
  return new Set(splitFile({ form: 'single', root, sets: new Map() }).keys())
}

/** Empty where there is none, or none that can be read: taking the folder in will say so. */
function readMetadata(text: string | undefined): Json {
  try {
    return text === undefined ? {} : parseJson(text)
  } catch {
    return {}
  }
}
