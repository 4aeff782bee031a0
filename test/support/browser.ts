import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type BrowserContext, type LaunchOptions } from 'playwright-core'

/** The Chromium of this machine: `CHROMIUM_PATH`, or where packages put it. */
export function chromiumPath(): string {
  const candidates = [
    process.env['CHROMIUM_PATH'],
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ]
  const found = candidates.find((path) => path !== undefined && existsSync(path))
  if (found === undefined)
    throw new Error('No Chromium: install it, or set CHROMIUM_PATH. `npm test` does so on Debian.')
  return found
}

function launchOptions(): LaunchOptions {
  return { executablePath: chromiumPath(), handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false }
}

/** A real, headless Chromium. Contexts are separate profiles; close the browser when done. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch(launchOptions())
}

export interface Profile {
  readonly folder: string
  /** Starts the browser on this profile; close the context to end it. */
  open(): Promise<BrowserContext>
  remove(): void
}

/** A profile on disk: what one start stores, the next one finds. */
export function createProfile(): Profile {
  const folder = mkdtempSync(join(tmpdir(), 'y-tokens-profile-'))
  return {
    folder,
    open: () => chromium.launchPersistentContext(folder, launchOptions()),
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  }
}
