/** Writing into a folder of the person's own, where the browser lets a page ask for one. */

type FolderPicker = (options: { readonly mode: 'readwrite' }) => Promise<FileSystemDirectoryHandle>

/** Asks for a folder; undefined in browsers that have no such dialog. */
export function folderPicker(): FolderPicker | undefined {
  const { showDirectoryPicker } = window as { readonly showDirectoryPicker?: FolderPicker }
  return showDirectoryPicker?.bind(window)
}

/** Each file whole or not at all; files that stand there already are replaced. */
export async function writeFiles(folder: FileSystemDirectoryHandle, files: ReadonlyMap<string, string>): Promise<void> {
  for (const [path, text] of files) {
    const names = path.split('/')
    const name = names.pop() as string
    let parent = folder
    for (const each of names) parent = await parent.getDirectoryHandle(each, { create: true })
    const writable = await (await parent.getFileHandle(name, { create: true })).createWritable()
    await writable.write(text)
    await writable.close()
  }
}
