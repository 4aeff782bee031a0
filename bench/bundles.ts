/** The gzip budgets of the public entries, and what must not be inside: `npm run check:bundles`, `npm run bench -- bundles`. */
import { existsSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build, type BuildResult, type Metafile } from 'esbuild'
import { heldAt, type Measurement } from './measurement.ts'
import { report } from './report.ts'

interface Entry {
  readonly name: string
  readonly source: string
}

interface Rule {
  /** Kilobytes (1,000 bytes) of gzip, without yjs; null: reported only. */
  readonly budgetKb: number | null
  /** The entry is over its budget and may not grow beyond this until it is cut; a miss is then shown and does not fail. */
  readonly heldAtKb?: number
  readonly forbidden: readonly string[]
  readonly builtinsAllowed?: boolean
}

type BundleResult = BuildResult<{ write: false; metafile: true }>

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')

const rules: Readonly<Record<string, Rule>> = {
  'y-tokens': { budgetKb: 30, heldAtKb: 130, forbidden: ['ws'] },
  doc: { budgetKb: 16, heldAtKb: 45, forbidden: ['ws', 'y-websocket', 'y-indexeddb', 'idb'] },
  bridge: { budgetKb: null, forbidden: ['ws'] },
  jsonbin: { budgetKb: 9, forbidden: ['yjs', 'lib0'] },
  snapshot: { budgetKb: 9, forbidden: ['yjs', 'lib0'] },
  react: { budgetKb: null, forbidden: ['ws'] },
  relay: { budgetKb: null, forbidden: ['lit'], builtinsAllowed: true },
}

/** The entries of package.json's `exports`, under the names of the budgets. */
function readEntries(): Entry[] {
  const { exports } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as {
    exports: Readonly<Record<string, string | { readonly source: string }>>
  }
  return Object.entries(exports).flatMap(([key, target]) =>
    typeof target === 'string' ? [] : [{ name: key === '.' ? 'y-tokens' : key.slice(2), source: target.source }],
  )
}

export async function* measureBundles(): AsyncIterable<Measurement> {
  for (const entry of readEntries()) yield await measureEntry(entry)
}

async function measureEntry({ name, source }: Entry): Promise<Measurement> {
  const rule = rules[name]
  if (!rule) return failed(name, 'has no budget: give it one in bench/bundles.ts')
  const file = resolve(root, source)
  if (!existsSync(file)) return failed(name, `${source} does not exist`)
  const result = await bundle(file, rule)
  if (typeof result === 'string') return failed(name, result)
  const inside = packagesIn(result.metafile)
  const wrong = [...inside].filter(
    (each) => rule.forbidden.includes(each) || (!rule.builtinsAllowed && isBuiltin(each)) || isServerSide(name, each),
  )
  if (wrong.length > 0) return failed(name, `must not hold ${wrong.join(', ')}`)
  const bytes = gzipSync((result.outputFiles[0] as { contents: Uint8Array }).contents).length
  const packages = [...inside].filter((each) => !isBuiltin(each)).toSorted()
  const contents = `gzip; with ${packages.join(', ') || 'nothing else'}`
  const measured = { id: `bundle.${name}`, value: bytes / 1000, unit: 'kB', budget: budgetOf(name) }
  const { heldAtKb } = rule
  return heldAtKb === undefined ? { ...measured, note: contents } : heldAt(heldAtKb, { ...measured, note: contents })
}

/** What esbuild makes of the entry, or why it could not. */
async function bundle(file: string, rule: Rule): Promise<BundleResult | string> {
  try {
    return await build({
      entryPoints: [file],
      bundle: true,
      write: false,
      metafile: true,
      minify: true,
      format: 'esm',
      platform: rule.builtinsAllowed ? 'node' : 'browser',
      conditions: ['source'],
      external: ['yjs', 'node:*', 'react'],
      absWorkingDir: root,
      logLevel: 'silent',
    })
  } catch (error) {
    return `cannot be bundled: ${error instanceof Error ? error.message.replaceAll('\n', ' ') : String(error)}`
  }
}

/** The name of every package the bundle holds or imports; for our own files the top folder, as `y-tokens/src`. */
function packagesIn({ inputs, outputs }: Metafile): Set<string> {
  const names = new Set<string>()
  for (const path of Object.keys(inputs)) {
    const inPackage = path.split('node_modules/').at(-1) as string
    if (path.includes('node_modules/')) names.add(packageOf(inPackage))
    else if (!path.startsWith('src/')) names.add(`y-tokens/${path.split('/').slice(0, 2).join('/')}`)
  }
  for (const { imports } of Object.values(outputs))
    for (const { path, external } of imports) if (external) names.add(packageOf(path))
  return names
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

/** The library holds no server code, and the relay neither the local bins nor the page. */
function isServerSide(entry: string, name: string): boolean {
  if (!name.startsWith('y-tokens/')) return false
  return entry !== 'relay' || name === 'y-tokens/server/bins' || name.startsWith('y-tokens/editor')
}

function failed(name: string, why: string): Measurement {
  return { id: `bundle.${name}`, value: 0, unit: 'kB', budget: budgetOf(name), note: why, failed: true }
}

function budgetOf(name: string): string | null {
  const budgetKb = rules[name]?.budgetKb ?? null
  return budgetKb === null ? null : `<= ${budgetKb}`
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.exitCode = (await report(measureBundles, { assert: process.argv.includes('--assert'), peers: false })) ? 0 : 1
