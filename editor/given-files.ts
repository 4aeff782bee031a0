/** Files that somebody chose or dropped, as a document takes them in: one file alone, or several by their paths. */
import type { ImportSource } from 'y-tokens/doc'

export interface GivenFiles {
  readonly source: ImportSource
  /** A file's or folder's name, or how many there are. */
  readonly name: string
}

interface Placed {
  /** Below the folder that was given, with `/`. */
  readonly path: string
  readonly file: File
}

/** From a field for files or for a folder. Undefined where nothing was chosen. */
export async function readChosen(files: Iterable<File>): Promise<GivenFiles | undefined> {
  const placed = [...files].map((file) => ({ file, path: file.webkitRelativePath || file.name }))
  const folder = placed[0]?.file.webkitRelativePath.split('/')[0]
  if (folder === undefined || folder === '') return readAll(placed)
  return readFolder(
    folder,
    placed.map(({ file, path }) => ({ file, path: path.slice(folder.length + 1) })),
  )
}

/** From a drop. To be called in its event: afterwards nothing of it can be read. */
export function readDropped(transfer: DataTransfer): Promise<GivenFiles | undefined> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? [])
  const [first, ...others] = entries
  if (first?.isDirectory && others.length === 0)
    return filesBelow(first, '').then((placed) => readFolder(first.name, placed))
  if (!entries.some((entry) => entry.isDirectory)) return readChosen(transfer.files)
  return Promise.all(entries.map((entry) => filesBelow(entry, entry.isDirectory ? entry.name : ''))).then((found) =>
    readAll(found.flat().filter(isForTokens)),
  )
}

async function readAll(placed: readonly Placed[]): Promise<GivenFiles | undefined> {
  const [only, ...others] = placed
  if (!only) return undefined
  if (others.length === 0 && only.path === only.file.name)
    return { source: await only.file.text(), name: only.file.name }
  return { source: await readTexts(placed), name: `a selection of ${placed.length} files` }
}

async function readFolder(name: string, placed: readonly Placed[]): Promise<GivenFiles> {
  return { source: await readTexts(placed.filter(isForTokens)), name }
}

async function readTexts(placed: readonly Placed[]): Promise<ReadonlyMap<string, string>> {
  const texts = await Promise.all(placed.map(async ({ path, file }) => [path, await file.text()] as const))
  return new Map(texts)
}

/** Of a folder, what else lies in it is left out. */
function isForTokens({ path }: Placed): boolean {
  return path.endsWith('.json') && !path.split('/').some((part) => part === 'node_modules' || /^\.(?!json$)/.test(part))
}

async function filesBelow(entry: FileSystemEntry, path: string): Promise<readonly Placed[]> {
  if (isFileEntry(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject))
    return [{ file, path: path === '' ? entry.name : path }]
  }
  const found: Placed[] = []
  for (const child of await childrenOf(entry as FileSystemDirectoryEntry))
    found.push(...(await filesBelow(child, path === '' ? child.name : `${path}/${child.name}`)))
  return found
}

function isFileEntry(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile
}

/** They come in portions, the last of which is empty. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = folder.createReader()
  const children: FileSystemEntry[] = []
  for (;;) {
    const portion = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (portion.length === 0) return children
    children.push(...portion)
  }
}
