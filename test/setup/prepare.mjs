// Runs before the tests: the right Node, and a Chromium. Installs what is missing where it may, else says how.
import { existsSync } from 'node:fs'
import { spawnSync } from 'node:child_process'

const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  console.error(
    `The tests run on Node 24, this is Node ${process.versions.node}. The package "node" in devDependencies brings it, ` +
      'but its install script was not run. Run: npm install (with npm 12: npm install --allow-scripts), or put Node 24 on the PATH.',
  )
  process.exit(1)
}

const candidates = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].filter(Boolean)
if (!candidates.some((path) => existsSync(path))) {
  const root = process.getuid?.() === 0
  const apt = existsSync('/usr/bin/apt-get')
  if (!root || !apt) {
    console.error(
      'The browser tests need Chromium. Install it (Debian: sudo apt-get install chromium) or set CHROMIUM_PATH to a Chromium or Chrome.',
    )
    process.exit(1)
  }
  console.error('Installing Chromium with apt-get, about 400 MB on disk …')
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
    const done = spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'] })
    if (done.status !== 0) {
      console.error(`apt-get ${args.join(' ')} failed. Install Chromium by hand or set CHROMIUM_PATH.`)
      process.exit(1)
    }
  }
}
