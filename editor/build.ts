/// <reference types="node" />
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, type BuildOptions } from 'esbuild'

export interface PageFile {
  /** Relative to the page. */
  readonly path: string
  readonly contentType: string
  readonly contents: Uint8Array
}

export interface BuiltPage {
  /** `index.html`; its configuration is put in with `injectConfig`. */
  readonly html: string
  /** All files of the page, `index.html` included. */
  readonly files: readonly PageFile[]
}

export interface BuildPageOptions {
  /** Also writes the files there. */
  readonly outdir?: string
  readonly minify?: boolean
}

const contentTypes: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
}

/** Bundles the page from source: one HTML, one script, one style sheet, the sample tokens; nothing from elsewhere. */
export async function buildPage({ outdir, minify = true }: BuildPageOptions = {}): Promise<BuiltPage> {
  const folder = fileURLToPath(new URL('.', import.meta.url))
  const options: BuildOptions = {
    absWorkingDir: folder,
    entryPoints: [
      { in: 'main.ts', out: 'main' },
      { in: 'page.css', out: 'page' },
      { in: 'index.html', out: 'index' },
      // As text, since an object would lose the order of keys such as 100.
      { in: '../samples/tokens.json', out: 'sample' },
    ],
    outdir: 'out',
    bundle: true,
    write: false,
    minify,
    format: 'esm',
    target: 'es2022',
    conditions: ['source'],
    loader: { '.html': 'copy', '.json': 'copy' },
    legalComments: 'none',
    logLevel: 'silent',
  }
  const { outputFiles = [] } = await build(options)
  const files = outputFiles.map(({ path, contents }): PageFile => {
    const name = path.slice(join(folder, 'out').length + 1)
    return { path: name, contents, contentType: contentTypes[name.split('.').at(-1) as string] as string }
  })
  if (outdir !== undefined) {
    await mkdir(outdir, { recursive: true })
    for (const { path, contents } of files) await writeFile(join(outdir, path), contents)
  }
  const html = files.find(({ path }) => path === 'index.html')
  if (!html) throw new Error('The page was built without its index.html')
  return { html: new TextDecoder().decode(html.contents), files }
}

// `npm run build`
if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await buildPage({ outdir: fileURLToPath(new URL('../dist/page/', import.meta.url)) })
}
