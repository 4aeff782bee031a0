/** What reads the tokens without editing them: the bin and the snapshot by URL, as any program does, and `y-tokens pull`. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { eventually } from './eventually.ts'
import { cli, type Product } from './product.ts'

/** The record in the bin as its text, read with the headers that the product printed. */
export async function readBin({ urls }: Product): Promise<string> {
  if (urls.bin === null) throw new Error(`There is no bin: ${urls.binProblem}`)
  const headers = Object.fromEntries(Object.entries(urls.readHeaders).map(([name, value]) => [name, String(value)]))
  const response = await fetch(urls.bin.url, { headers })
  const text = await response.text()
  if (!response.ok) throw new Error(`The bin answered ${response.status}: ${text}`)
  return text
}

/** Overwrites the bin as a plugin or a person does, with the printed master key. */
export async function putBin({ urls }: Product, body: string): Promise<void> {
  if (urls.bin === null) throw new Error(`There is no bin: ${urls.binProblem}`)
  const response = await fetch(urls.bin.url.replace(/\/latest$/, ''), {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json', 'X-Master-Key': urls.masterKey },
    body,
  })
  if (!response.ok) throw new Error(`The bin answered ${response.status}: ${await response.text()}`)
}

/** The relay's snapshot as text. */
export async function readSnapshot({ urls }: Product, key?: string): Promise<string> {
  const response = await fetch(urls.snapshot, { headers: key === undefined ? {} : { Authorization: `Bearer ${key}` } })
  const text = await response.text()
  if (!response.ok) throw new Error(`The snapshot answered ${response.status}: ${text}`)
  return text
}

/** What `y-tokens pull` writes to a file, run as a process of its own. */
export async function pullFile(
  url: string,
  headers: Readonly<Record<string, string | boolean>>,
  folder: string,
): Promise<string> {
  const out = join(folder, 'pulled.json')
  const { code, stderr } = await cli(['pull', url, '--headers', JSON.stringify(headers), '--out', out])
  if (code !== 0) throw new Error(`pull ended with ${code}: ${stderr}`)
  return readFileSync(out, 'utf8')
}

/** Sets with their tokens, and themes: what every reader must agree on, dates and marker left out. */
export function tokensIn(text: string): {
  readonly values: object
  readonly themes: unknown
  readonly order: string[]
} {
  const { values, $themes: themes = [] } = JSON.parse(text) as { readonly values: object; readonly $themes?: unknown }
  return { values, themes, order: Object.keys(values) }
}

/** Waits until the bin says what the document says, and answers the milliseconds it took. */
export async function untilBinEquals(
  product: Product,
  text: () => Promise<string>,
  timeoutMs: number,
): Promise<number> {
  const startedAt = performance.now()
  await eventually(
    async () => {
      const [bin, document] = [tokensIn(await readBin(product)), tokensIn(await text())]
      if (isDeepStrictEqual(bin, document)) return
      throw new Error(`bin and document differ at ${firstDifference(bin, document)}`)
    },
    { timeoutMs, everyMs: 100, what: 'the bin equal to the document' },
  )
  return performance.now() - startedAt
}

/** The first place where two JSON values differ, with both values. */
export function firstDifference(a: unknown, b: unknown, path = ''): string {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null)
    return `${path || '/'}: ${JSON.stringify(a)} against ${JSON.stringify(b)}`
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const [left, right] = [(a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]]
    if (!isDeepStrictEqual(left, right)) return firstDifference(left, right, `${path}/${key}`)
  }
  return 'the order of keys'
}
