import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

export interface PageHost {
  /** An origin of its own: the port differs from every other host's, so storage is never shared. */
  readonly origin: string
  /** A page that has loaded the bundle. */
  readonly url: string
  /** The page in a sandboxed frame, whose origin is opaque: `Frame` named `inner`. */
  readonly sandboxedUrl: string
  /** The page as a `data:` frame, without secure context in Chromium: `Frame` named `inner`. */
  readonly dataUrl: string
  /** The bundled script. */
  readonly script: string
  close(): Promise<void>
}

/**
 * Bundles `entry` (a file URL) and serves it on 127.0.0.1. The entry puts what tests call on `globalThis`. The frames carry
 * the script inline, as an embedder with one HTML file does.
 */
export async function servePage(entry: URL): Promise<PageHost> {
  const bundle = await build({
    entryPoints: [fileURLToPath(entry)],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2023',
    conditions: ['source'],
    logLevel: 'silent',
  })
  const script = bundle.outputFiles[0]?.text
  if (script === undefined) throw new Error(`esbuild gave nothing for ${entry.href}`)
  const inline = html(`<script>${script.replaceAll('</script', '<\\/script')}</script>`)
  const pages: Readonly<Record<string, string>> = {
    '/': html('<script src="/script.js"></script>'),
    '/sandboxed': html(`<iframe name="inner" sandbox="allow-scripts" srcdoc="${escapeAttribute(inline)}"></iframe>`),
    '/data': html(
      `<iframe name="inner" src="data:text/html;base64,${Buffer.from(inline, 'utf8').toString('base64')}"></iframe>`,
    ),
  }
  const server: Server = createServer((request, response) => {
    if (request.url === '/script.js') {
      response.setHeader('content-type', 'text/javascript; charset=utf-8').end(script)
      return
    }
    const page = pages[request.url ?? '']
    response.statusCode = page === undefined ? 404 : 200
    response.setHeader('content-type', 'text/html; charset=utf-8').end(page ?? '')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    url: `${origin}/`,
    sandboxedUrl: `${origin}/sandboxed`,
    dataUrl: `${origin}/data`,
    script,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()))
        server.closeAllConnections()
      }),
  }
}

function html(body: string): string {
  return `<!doctype html><meta charset="utf-8"><title>test page</title><link rel="icon" href="data:,">${body}`
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;')
}
