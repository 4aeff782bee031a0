import { type BinOperation, fail } from './failure.ts'

/** @throws {JsonBinError} `invalid`. The text is not repeated: it may be a key, put in the wrong place. */
export function checkId(operation: BinOperation, id: string): string {
  if (/^[0-9a-f]{24}$/i.test(id)) return id
  throw invalid(operation, 'a bin id has 24 digits from 0 to f')
}

/** @throws {JsonBinError} `invalid` */
export function checkBinVersion(binVersion: number): number {
  if (Number.isSafeInteger(binVersion) && binVersion > 0) return binVersion
  throw invalid('read', 'the versions of a bin are counted from 1')
}

/**
 * A name as its header can carry it.
 *
 * @throws {JsonBinError} `invalid`
 */
export function checkName(operation: BinOperation, name: string): string {
  const trimmed = name.trim()
  if (trimmed === '' || trimmed.length > 128) throw invalid(operation, 'the name of a bin has 1 to 128 characters')
  if (/^[\x20-\x7e\xa0-\xff]+$/.test(trimmed)) return trimmed
  throw invalid(operation, 'the name of a bin travels in a header, which carries Latin letters, digits and signs only')
}

/**
 * Refuses what the service would refuse, before it costs a request.
 *
 * @throws {JsonBinError} `invalid`, `blank`, `too-large`
 */
export function checkRecord(operation: BinOperation, record: string, limit: number | undefined): void {
  const value = parseRecord(operation, record)
  if (Object.keys(value).length === 0) throw fail(operation, 'blank', 'not-sent')
  // Encoding would replace it silently.
  if (/\p{Surrogate}/u.test(record)) throw invalid(operation, 'the record has half a character (a lone surrogate)')
  const bytes = byteLength(record)
  if (limit !== undefined && bytes > limit) throw fail(operation, 'too-large', 'not-sent', undefined, { bytes, limit })
}

function parseRecord(operation: BinOperation, record: string): object {
  let value: unknown
  try {
    value = JSON.parse(record)
  } catch {
    // The engine's message quotes the record; ours does not.
    throw invalid(operation, 'the record is no JSON')
  }
  if (typeof value === 'object' && value !== null) return value
  throw invalid(operation, 'a record is a JSON object or array')
}

function invalid(operation: BinOperation, detail: string): Error {
  return fail(operation, 'invalid', 'not-sent', detail)
}

/** UTF-8 bytes, as they are sent. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length
}
