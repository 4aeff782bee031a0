import { JsonBinError } from './json-bin-error.ts'

/** The header that carries the client's key. */
export interface KeyHeader {
  readonly name: 'X-Master-Key' | 'X-Access-Key'
  readonly value: string
}

/**
 * The one key of the client; undefined without one, which suffices for bins that are not private. Keys are opaque: only
 * what a header cannot carry is refused.
 *
 * @throws {JsonBinError} `bad-key`
 */
export function makeKeyHeader(masterKey: string | undefined, accessKey: string | undefined): KeyHeader | undefined {
  if (masterKey !== undefined && accessKey !== undefined)
    throw new JsonBinError('bad-key', 'Give masterKey or accessKey: which of two keys the service obeys is not known.')
  if (masterKey !== undefined) return { name: 'X-Master-Key', value: checkKey(masterKey) }
  return accessKey === undefined ? undefined : { name: 'X-Access-Key', value: checkKey(accessKey) }
}

function checkKey(text: string): string {
  const key = text.trim()
  if (/^[\x21-\x7e]+$/.test(key)) return key
  throw new JsonBinError('bad-key', 'The key is empty, or has spaces or signs that no key has. Copy it anew.')
}

/** The text of somebody else without the key in it, on one line, at most 200 characters long. */
export function quoteSafely(text: string, key: KeyHeader | undefined): string {
  const withoutKey = key === undefined ? text : text.replaceAll(key.value, '…')
  // Control and bidirectional characters could make a log line or a sentence on a page say something else.
  return withoutKey.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').slice(0, 200)
}
