/** Bytes from a cryptographic source of randomness. */
export type RandomBytes = (count: number) => Uint8Array

/**
 * A maker of MongoDB ObjectIds, which the service uses for all its ids: 24 hex digits, of which the first 8 are the second
 * of creation, then 5 random bytes and a counter of 3 bytes.
 */
export function createObjectIds(random: RandomBytes): (nowMs: number) => string {
  const machine = toHex(random(5))
  let counter = Number.parseInt(toHex(random(3)), 16)
  return (nowMs) => {
    counter = (counter + 1) % 0x1_00_00_00
    const second = Math.floor(nowMs / 1000) % 0x1_00_00_00_00
    return second.toString(16).padStart(8, '0') + machine + counter.toString(16).padStart(6, '0')
  }
}

/** The id in its one spelling, or undefined for anything that is no ObjectId. */
export function parseObjectId(text: string): string | undefined {
  return /^[0-9a-f]{24}$/i.test(text) ? text.toLowerCase() : undefined
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
