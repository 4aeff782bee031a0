/** Writes into a buffer of the right size; gives the offset behind what was written. */
export function writeVaruint(bytes: Uint8Array, offset: number, value: number): number {
  let at = offset
  let rest = value
  while (rest > 127) {
    bytes[at++] = (rest % 128) | 128
    rest = Math.floor(rest / 128)
  }
  bytes[at++] = rest
  return at
}

export function varuintLength(value: number): number {
  let length = 1
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) length++
  return length
}
