import { describe, expect, it } from 'vitest'
import { readChosen, readDropped } from '../../editor/given-files.ts'

/** What a browser hands over when somebody drops files or folders. */

type Tree = { readonly [name: string]: string | Tree }

/** A file as browsers have it. */
const fileOf = (name: string, text: string): File => Object.assign(new File([text], name), { webkitRelativePath: '' })

function entryOf(name: string, content: string | Tree): unknown {
  if (typeof content === 'string')
    return { name, isFile: true, isDirectory: false, file: (take: (file: File) => void) => take(fileOf(name, content)) }
  return {
    name,
    isFile: false,
    isDirectory: true,
    createReader: () => {
      // In portions, as browsers give them.
      const left = Object.entries(content).map(([child, below]) => entryOf(child, below))
      return { readEntries: (take: (entries: readonly unknown[]) => void) => take(left.splice(0, 2)) }
    },
  }
}

function dropOf(tree: Tree): DataTransfer {
  const items = Object.entries(tree).map(([name, content]) => ({ webkitGetAsEntry: () => entryOf(name, content) }))
  const files = Object.entries(tree).flatMap(([name, content]) =>
    typeof content === 'string' ? [fileOf(name, content)] : [],
  )
  return { items, files } as unknown as DataTransfer
}

const folder: Tree = {
  'core.json': '{"a":1}',
  '.json': '{}',
  '.hidden.json': '{}',
  'read.me': 'x',
  brand: { 'dark.json': '{"b":2}', deep: { 'x.json': '{}', 'y.json': '{}', 'z.json': '{}' } },
  node_modules: { 'package.json': '{}' },
}
const taken = {
  '.json': '{}',
  'brand/dark.json': '{"b":2}',
  'brand/deep/x.json': '{}',
  'brand/deep/y.json': '{}',
  'brand/deep/z.json': '{}',
  'core.json': '{"a":1}',
}

describe('a drop', () => {
  it('of a folder gives its token files by their paths below it', async () => {
    const given = await readDropped(dropOf({ tokens: folder }))
    expect(given?.name).toBe('tokens')
    expect(Object.fromEntries(given?.source as ReadonlyMap<string, string>)).toEqual(taken)
  })

  it('of one file gives its text', async () => {
    expect(await readDropped(dropOf({ 'tokens.json': '{}' }))).toEqual({ source: '{}', name: 'tokens.json' })
  })

  it('of files and folders gives them together', async () => {
    const given = await readDropped(dropOf({ 'core.json': '{}', brand: { 'dark.json': '{}', 'x.txt': '' } }))
    expect(given).toEqual({
      source: new Map([
        ['brand/dark.json', '{}'],
        ['core.json', '{}'],
      ]),
      name: 'a selection of 2 files',
    })
  })

  it('of nothing is nothing', async () => {
    expect(await readDropped(dropOf({}))).toBeUndefined()
    expect(await readChosen([])).toBeUndefined()
  })
})
