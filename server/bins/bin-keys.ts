import { chmodSync, closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { BinsError } from './bins-error.ts'
import { type RandomBytes, toHex } from './object-id.ts'

/**
 * A new key of 160 random bits, `master_` or `access_` and 40 hex digits. The service's own keys contain `$` and `/`, which
 * shells and `.env` files mangle; keys are opaque to every client, so these avoid both and say which header they belong to.
 */
export function makeKey(kind: 'master' | 'access', random: RandomBytes): string {
  return `${kind}_${toHex(random(20))}`
}

/** Printable ASCII without spaces: what every HTTP client can send as a header value unchanged. */
export function isKey(text: string): boolean {
  return /^[\x21-\x7e]{1,256}$/.test(text)
}

/**
 * The master key in the data folder's `bins.key` (mode 0600), made on first use. Two processes that start at once get the
 * same key, and a crash leaves either no key file or a whole one.
 *
 * @throws {BinsError} `key-file-invalid`
 */
export function loadOrCreateMasterKey(dataFolder: string, random: RandomBytes = randomBytes): string {
  const file = join(dataFolder, 'bins.key')
  try {
    return readKeyFile(file) ?? createKeyFile(file, makeKey('master', random), random)
  } catch (error) {
    if (error instanceof BinsError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new BinsError(
      'key-file-invalid',
      `The master key of the local bins cannot be read or made (${reason}). Check the rights of the data folder.`,
      { cause: error },
    )
  }
}

function readKeyFile(file: string): string | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8').trim()
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
  if (!isKey(text))
    throw new BinsError('key-file-invalid', `${file} holds no key. Delete it, and a new master key is made.`)
  // Whoever can read the file can change every bin; a copied or restored one may have become readable by all.
  if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600)
  return text
}

function createKeyFile(file: string, key: string, random: RandomBytes): string {
  const draft = `${file}.${toHex(random(6))}`
  const descriptor = openSync(draft, 'wx', 0o600)
  try {
    writeSync(descriptor, `${key}\n`)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  try {
    // A link, unlike a rename, fails where another process was first.
    linkSync(draft, file)
    return key
  } catch (error) {
    const first = hasCode(error, 'EEXIST') ? readKeyFile(file) : undefined
    if (first === undefined) throw error
    return first
  } finally {
    rmSync(draft, { force: true })
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code
}
