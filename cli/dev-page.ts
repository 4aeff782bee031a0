import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PageFile } from '../editor/build.ts'
import { injectConfig, type PageConfig } from '../editor/page-config.ts'

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
}

/** The editor page with its configuration: bundled now where this runs from source, else as the build left it. */
export async function loadPage(config: PageConfig): Promise<readonly PageFile[]> {
  const files = import.meta.url.endsWith('.ts') ? await bundlePage() : await readBuiltPage()
  return files.map((file) => {
    if (file.path !== 'index.html') return file
    const html = injectConfig(new TextDecoder().decode(file.contents), config)
    return { ...file, contents: new TextEncoder().encode(html) }
  })
}

async function bundlePage(): Promise<readonly PageFile[]> {
  const { buildPage } = await import('../editor/build.ts')
  return (await buildPage()).files
}

async function readBuiltPage(): Promise<readonly PageFile[]> {
  const folder = fileURLToPath(new URL('../page/', import.meta.url))
  const names = await readdir(folder)
  return Promise.all(
    names.map(async (path) => ({
      path,
      contentType: contentTypes[extname(path)] ?? 'application/octet-stream',
      contents: await readFile(join(folder, path)),
    })),
  )
}
