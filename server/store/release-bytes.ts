/**
 * Gives the memory of transferred bytes back at once; they read as empty afterwards. A thread with a small heap collects
 * seldom, and meanwhile everything it was ever sent counts as memory of the process.
 */
export function releaseBytes(bytes: Uint8Array): void {
  const buffer = bytes.buffer as ArrayBuffer & { readonly transfer: (length: number) => ArrayBuffer }
  buffer.transfer(0)
}
