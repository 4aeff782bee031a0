import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import axe from 'axe-core'
import { build } from 'esbuild'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { vi } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import type { EditorWindow } from './fixture.ts'

// A browser on a busy machine takes its time.
vi.setConfig({ testTimeout: 60_000, expect: { poll: { timeout: 15_000 } } })

export const sampleText: string = readFileSync(new URL('../../samples/tokens.json', import.meta.url), 'utf8')

export interface EditorHost {
  readonly origin: string
  /** The editor with a room that has these tokens, `null` for none. One at a time; with options in a context of its own. */
  open(text: string | null, options?: BrowserContextOptions): Promise<EditorPage>
  close(): Promise<void>
}

export interface EditorPage {
  readonly page: Page
  /** What must not happen: page errors, refusals of the content security policy, requests to elsewhere. */
  readonly troubles: string[]
  /** Runs in the page. */
  readonly run: {
    <T, A>(act: (window: EditorWindow, argument: A) => T, argument: A): Promise<T>
    <T>(act: (window: EditorWindow) => T): Promise<T>
  }
  /** Violations of any rule that axe finds in the editor, or within one of its elements, each as `rule: selector`. */
  readonly axe: (within?: string) => Promise<string[]>
  close(): Promise<void>
}

/** Stricter than any host is likely to be: no inline style, nothing from elsewhere. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; form-action 'none'"

/** Serves the editor of `fixture.ts` to a real Chromium. `routes` answers further paths. */
export async function hostEditor(
  routes: Readonly<
    Record<string, (headers: NodeJS.Dict<string | string[]>) => { readonly status: number; readonly body: string }>
  > = {},
): Promise<EditorHost> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('fixture.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    conditions: ['source'],
    logLevel: 'silent',
  })
  const files: Readonly<Record<string, readonly [type: string, body: string]>> = {
    '/': [
      'text/html',
      '<!doctype html><html lang="en"><head><title>Editor</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/page.css"></head><body><main id="page"></main><script type="module" src="/fixture.js"></script></body></html>',
    ],
    '/page.css': ['text/css', readFileSync(new URL('../../editor/page.css', import.meta.url), 'utf8')],
    '/fixture.js': ['text/javascript', outputFiles[0]?.text ?? ''],
  }
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://local').pathname
    const route = routes[path]
    if (route) {
      const { status, body } = route(request.headers)
      response.writeHead(status, { 'content-type': 'application/json' }).end(body)
      return
    }
    const [type, body] = files[path] ?? ['text/plain', '']
    response.writeHead(files[path] ? 200 : 404, {
      'content-type': `${type}; charset=utf-8`,
      'content-security-policy': policy,
    })
    response.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const browser = await launchBrowser()
  /** For all that ask for nothing special, one after the other: loading it anew is a fraction of a new context. */
  let shared: Page | undefined
  return {
    origin,
    open: async (text, options) => {
      if (options) return openEditor(await (await browser.newContext({ viewport, ...options })).newPage(), origin, text)
      shared ??= await (await browser.newContext({ viewport })).newPage()
      shared.removeAllListeners()
      return { ...(await openEditor(shared, origin, text)), close: () => Promise.resolve() }
    },
    close: async () => {
      await browser.close()
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

const viewport = { width: 1200, height: 760 }

async function openEditor(page: Page, origin: string, text: string | null): Promise<EditorPage> {
  page.setDefaultTimeout(20_000)
  const troubles: string[] = []
  page.on('pageerror', (error) => troubles.push(`error: ${error.message}`))
  page.on('console', (message) => {
    // A refused request of a test is reported there, too.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      troubles.push(message.text())
  })
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(origin) && !url.startsWith('data:') && !url.startsWith('blob:'))
      troubles.push(`request: ${url}`)
  })
  await page.goto(origin)
  await page.waitForFunction(() => 'open' in globalThis && 'editor' in globalThis)
  await page.evaluate((given) => (globalThis as unknown as EditorWindow).open(given), text)
  await page.waitForFunction(() => (globalThis as unknown as EditorWindow).editor.updateComplete)
  return {
    page,
    troubles,
    run: (act: (window: EditorWindow, argument: never) => unknown, argument?: unknown) =>
      page.evaluate(`(${act.toString()})(globalThis, ${JSON.stringify(argument) ?? 'undefined'})`) as Promise<never>,
    axe: async (within) => {
      // Not as a script element, which the page's policy refuses.
      if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source)
      const results = await page.evaluate((inside) => {
        const { run } = (globalThis as unknown as { axe: typeof axe }).axe
        const include = inside === undefined ? [['token-editor']] : [{ fromShadowDom: ['token-editor', inside] }]
        return run({ include } as Parameters<typeof run>[0], { resultTypes: ['violations'], elementRef: false })
      }, within)
      return results.violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target }) => `${id}: ${JSON.stringify(target)}`),
      )
    },
    close: () => page.context().close(),
  }
}
