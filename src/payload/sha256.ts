import { digest } from 'lib0/hash/sha256'

const encoder = new TextEncoder()

/** SHA-256 of the text in UTF-8, as 64 hex digits. Synchronous, in browsers too. */
export function sha256Hex(text: string): string {
  let hex = ''
  for (const byte of digest(encoder.encode(text))) hex += byte.toString(16).padStart(2, '0')
  return hex
}
