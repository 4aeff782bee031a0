/**
 * Reads the bytes of an update (Yjs format V1, lib0 encodings) without decoding them. Every method throws {@link
 * UpdateFaultError} where the bytes do not hold what is asked for.
 */
import { isUtf8 } from 'node:buffer'

/** Why an update is refused. */
export interface UpdateFault {
  readonly code: 'bad-bytes' | 'too-large'
  readonly message: string
}

export class UpdateFaultError extends Error {
  override readonly name = 'UpdateFaultError'
  readonly fault: UpdateFault

  constructor(code: UpdateFault['code'], message: string) {
    super(message)
    this.fault = { code, message }
  }
}

export interface UpdateCursor {
  readonly position: number
  readonly left: number
  begin(update: Uint8Array): void
  /** The next byte, without taking it; -1 at the end. */
  peek(): number
  readByte(): number
  /** At most 2^53 − 1. */
  readUint(): number
  /** A count of things that take at least `bytesEach`: 7 bytes that claim 2^24 structs make Yjs allocate 135 MB. */
  readCount(bytesEach: number): number
  skipBytes(length: number): void
  /** Skips a string and gives its length in UTF-16 units, which is what Yjs counts. */
  readString(): number
  /** Skips a string of JSON. */
  readJson(): void
  /** Skips a value of lib0's `any` encoding. */
  readAny(): void
  /** Skips the string if it is this text. */
  skipText(text: string): boolean
}

/** First bytes of a value in lib0's `any` encoding. */
const tags = {
  undefined: 127,
  null: 126,
  integer: 125,
  float32: 124,
  float64: 123,
  bigint: 122,
  false: 121,
  true: 120,
  string: 119,
  object: 118,
  array: 117,
  bytes: 116,
} as const
export const objectTag: number = tags.object
const noBytes = new Uint8Array()

/** Values nested deeper than `maxDepth` are refused: Yjs decodes them by recursion. */
export function createUpdateCursor(maxDepth: number): UpdateCursor {
  let bytes: Uint8Array = noBytes
  let at = 0
  /** What the open containers still expect; objects count their entries below zero, as each begins with a key. */
  const open: number[] = []

  function readByte(): number {
    if (at >= bytes.length) throw new UpdateFaultError('bad-bytes', 'The update is cut off')
    return bytes[at++] as number
  }

  function readUint(): number {
    const first = readByte()
    return first < 128 ? first : readLongNumber(first & 127, 128)
  }

  function readLongNumber(lowBits: number, firstUnit: number): number {
    let value = lowBits
    let unit = firstUnit
    for (;;) {
      const byte = readByte()
      value += (byte & 127) * unit
      if (value > Number.MAX_SAFE_INTEGER)
        throw new UpdateFaultError('bad-bytes', 'The update holds a number past 2^53 - 1')
      if (byte < 128) return value
      unit *= 128
    }
  }

  function readCount(bytesEach: number): number {
    const count = readUint()
    if (count * bytesEach > bytes.length - at)
      throw new UpdateFaultError('bad-bytes', 'A count in the update exceeds its bytes')
    return count
  }

  function skipBytes(length: number): void {
    if (length > bytes.length - at)
      throw new UpdateFaultError('bad-bytes', 'A length in the update points past its end')
    at += length
  }

  function readString(): number {
    const length = readUint()
    const start = at
    skipBytes(length)
    let units = length
    let ascii = true
    for (let i = start; i < at; i++) {
      const byte = bytes[i] as number
      if (byte < 0x80) continue
      ascii = false
      // A lead byte counts for the first unit, continuation bytes for none, four bytes make two units.
      if (byte < 0xc0) units--
      else if (byte >= 0xf0) units++
    }
    if (!ascii) expectUtf8(bytes.subarray(start, at))
    return units
  }

  function readJson(): void {
    const length = readUint()
    const start = at
    skipBytes(length)
    const raw = bytes.subarray(start, at)
    expectUtf8(raw)
    if (jsonDepth(raw) > maxDepth) throw tooDeep()
    try {
      JSON.parse(Buffer.from(raw.buffer, raw.byteOffset, raw.length).toString())
    } catch {
      throw new UpdateFaultError('bad-bytes', 'The update holds invalid JSON')
    }
  }

  /** By a stack of its own: the nesting comes from outside. */
  function readAny(): void {
    open.length = 0
    for (;;) {
      readScalarOrOpen()
      while (open.length > 0 && open[open.length - 1] === 0) open.pop()
      if (open.length === 0) return
      const top = open.length - 1
      const left = open[top] as number
      if (left < 0) {
        readString()
        open[top] = left + 1
      } else open[top] = left - 1
    }
  }

  function readScalarOrOpen(): void {
    const tag = readByte()
    switch (tag) {
      case tags.undefined:
      case tags.null:
      case tags.false:
      case tags.true:
        return
      case tags.integer: {
        // A signed integer: 6 bits in the first byte, beside the sign.
        const first = readByte()
        if (first >= 128) readLongNumber(first & 63, 64)
        return
      }
      case tags.float32:
        skipBytes(4)
        return
      case tags.float64:
      case tags.bigint:
        skipBytes(8)
        return
      case tags.string:
        readString()
        return
      case tags.bytes:
        skipBytes(readUint())
        return
      case tags.object:
      case tags.array: {
        const entries = readCount(tag === tags.object ? 2 : 1)
        if (open.length >= maxDepth) throw tooDeep()
        open.push(tag === tags.object ? -entries : entries)
        return
      }
      default:
        throw new UpdateFaultError('bad-bytes', `The update holds a value of unknown kind ${tag}`)
    }
  }

  function tooDeep(): UpdateFaultError {
    return new UpdateFaultError('bad-bytes', `The update holds a value nested deeper than ${maxDepth}`)
  }

  return {
    get position() {
      return at
    },
    get left() {
      return bytes.length - at
    },
    begin(update) {
      bytes = update
      at = 0
    },
    peek: () => bytes[at] ?? -1,
    readByte,
    readUint,
    readCount,
    skipBytes,
    readString,
    readJson,
    readAny,
    skipText(text) {
      const end = at + 1 + text.length
      if (bytes[at] !== text.length || end > bytes.length) return false
      for (let i = 0; i < text.length; i++) if (bytes[at + 1 + i] !== text.charCodeAt(i)) return false
      at = end
      return true
    },
  }
}

function expectUtf8(raw: Uint8Array): void {
  if (!isUtf8(raw)) throw new UpdateFaultError('bad-bytes', 'The update holds invalid UTF-8')
}

/** Depth of nesting in JSON text, by brackets outside strings. */
function jsonDepth(text: Uint8Array): number {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const byte = text[i]
    if (inString) {
      if (byte === 0x5c) i++
      else if (byte === 0x22) inString = false
    } else if (byte === 0x22) inString = true
    else if (byte === 0x5b || byte === 0x7b) deepest = Math.max(deepest, ++depth)
    else if (byte === 0x5d || byte === 0x7d) depth--
  }
  return deepest
}
