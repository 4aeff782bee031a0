import { spawnSync, type SpawnSyncOptions } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'

const folder = fileURLToPath(new URL('.', import.meta.url))

/**
 * Installs what the benchmarks compare with into `bench/node_modules`, where it is not there already. False, with a line
 * that says why, where that cannot be done: no network.
 */
export function installPeers(): boolean {
  const wanted = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>
  }
  if (Object.entries(wanted.dependencies).every(([name, version]) => installedVersion(name) === version)) return true
  console.error('Installing the libraries to compare with into bench/node_modules, about 90 MB …')
  const npm = process.env['npm_execpath']
  const args = ['ci', '--no-audit', '--no-fund']
  const options: SpawnSyncOptions = { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'], timeout: 300_000 }
  const { status, error } = npm ? spawnSync(process.execPath, [npm, ...args], options) : spawnSync('npm', args, options)
  if (status === 0) return true
  const why = error ? error.message : `npm ci ended with ${status}`
  console.error(`They could not be installed (${why}), so they are left out. The rest needs no network.`)
  return false
}

function installedVersion(name: string): string | undefined {
  const file = join(folder, 'node_modules', name, 'package.json')
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version : undefined
}
