import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { RelayError } from '../store/relay-error.ts'

const fileName = 'room.key'
const secretBytes = 32

/**
 * The secret that signs room keys, kept as `room.key` (mode 0600) in the data folder and made at first use.
 *
 * @throws {RelayError} `data-unwritable`, `key-secret-invalid`
 */
export function loadOrCreateKeySecret(dataDir: string): string {
  const file = join(dataDir, fileName)
  try {
    mkdirSync(dataDir, { recursive: true })
    const secret = randomBytes(secretBytes).toString('base64url')
    // 'wx' fails where the file exists: two starts at once cannot end with two secrets.
    writeFileSync(file, `${secret}\n`, { mode: 0o600, flag: 'wx' })
    return secret
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw unusable(file, error)
  }
  try {
    const secret = readFileSync(file, 'utf8').trim()
    if (Buffer.byteLength(secret) < secretBytes)
      throw new RelayError(
        'key-secret-invalid',
        `${file} does not hold a secret of at least ${secretBytes} bytes. Delete it to have a new one made; keys made with the old one end.`,
      )
    chmodSync(file, 0o600)
    return secret
  } catch (error) {
    throw error instanceof RelayError ? error : unusable(file, error)
  }
}

function unusable(file: string, error: unknown): RelayError {
  const reason = error instanceof Error ? error.message : String(error)
  return new RelayError(
    'data-unwritable',
    `${file} cannot be used (${reason}). Give this user access to the folder, or choose another data folder.`,
    { cause: error },
  )
}
