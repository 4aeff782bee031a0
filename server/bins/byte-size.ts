import { BinsError } from './bins-error.ts'

// The service writes its limits as `100kb` and `1mb` and counts nobody knows how. It answers like an Express server, whose
// sizes are powers of 1024; so these are, too.
const bytesByUnit: Readonly<Record<string, number>> = { b: 1, kb: 1024, mb: 1024 * 1024 }

/** The record limit of the service's paid plan, `1mb`: 1,048,576 bytes. */
export const defaultBinLimitBytes: number = 1024 * 1024

/**
 * Bytes of a size such as `100kb`, `1mb`, `1.5mb` or `200000`; a unit is a power of 1024.
 *
 * @throws {BinsError} `limit-invalid`
 */
export function parseByteSize(text: string): number {
  const [, digits, unit = 'b'] = /^\s*(\d+(?:\.\d+)?)\s*(b|kb|mb)?\s*$/i.exec(text) ?? []
  const bytes = Math.floor(Number(digits) * (bytesByUnit[unit.toLowerCase()] ?? Number.NaN))
  checkBinLimit(bytes, text)
  return bytes
}

/** `100kb` and `1mb` as the service writes them; sizes between two units in bytes. */
export function formatByteSize(bytes: number): string {
  for (const unit of ['mb', 'kb']) {
    const count = bytes / (bytesByUnit[unit] as number)
    if (Number.isInteger(count)) return `${count}${unit}`
  }
  return `${bytes}b`
}

const smallestLimitBytes = 1024
const greatestLimitBytes = 64 * 1024 * 1024

/** @throws {BinsError} `limit-invalid` */
export function checkBinLimit(bytes: number, given: string = `${bytes}`): void {
  if (Number.isInteger(bytes) && bytes >= smallestLimitBytes && bytes <= greatestLimitBytes) return
  throw new BinsError(
    'limit-invalid',
    `"${given}" is no record limit. Write a size between 1kb and 64mb, such as 100kb or 1mb.`,
  )
}
