/** 64 bits of a text, as hex: enough for names within one run. */
export function shortHash(text: string): string {
  let a = 0x811c9dc5
  let b = 0x1234567
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    a = Math.imul(a ^ code, 0x01000193)
    b = Math.imul(b ^ code, 0x5bd1e995)
  }
  return (a >>> 0).toString(16).padStart(8, '0') + (b >>> 0).toString(16).padStart(8, '0')
}
