import { isUtf8 } from 'node:buffer'
import { RelayWireFault } from './wire-fault.ts'

/** Reads a frame from outside. Every method throws {@link RelayWireFault} where the bytes do not hold what is asked for. */
export interface WireReader {
  /** At most 2^53 − 1. */
  readUint(): number
  /** A view, no copy. */
  readBytes(): Uint8Array
  readText(): string
  skipText(): void
  /** The rest of the frame, as a view. */
  rest(): Uint8Array
  expectEnd(): void
}

export function createWireReader(bytes: Uint8Array): WireReader {
  let at = 0
  const readUint = (): number => {
    let value = 0
    let unit = 1
    for (;;) {
      const byte = bytes[at++]
      if (byte === undefined) throw new RelayWireFault('bad-bytes', 'The message is cut off')
      value += (byte & 127) * unit
      if (value > Number.MAX_SAFE_INTEGER) throw new RelayWireFault('bad-bytes', 'A number past 2^53 - 1')
      if (byte < 128) return value
      unit *= 128
    }
  }
  const readBytes = (): Uint8Array => {
    const length = readUint()
    if (length > bytes.length - at) throw new RelayWireFault('bad-bytes', 'A length points past the end of the message')
    at += length
    return bytes.subarray(at - length, at)
  }
  return {
    readUint,
    readBytes,
    readText() {
      const raw = readBytes()
      if (!isUtf8(raw)) throw new RelayWireFault('bad-bytes', 'A text that is not UTF-8')
      return Buffer.from(raw.buffer, raw.byteOffset, raw.length).toString()
    },
    skipText() {
      readBytes()
    },
    rest: () => bytes.subarray(at),
    expectEnd() {
      if (at !== bytes.length)
        throw new RelayWireFault('bad-bytes', `${bytes.length - at} bytes are left over behind the message`)
    },
  }
}
