/**
 * The cheap walk: one pass over an update (Yjs format V1) that checks everything Yjs would trip over while decoding, and
 * notes what the update is about. It decodes nothing, so it costs a fraction of what Yjs does and cannot be made to allocate.
 *
 * Refused: counts larger than the bytes left (7 bytes make Yjs allocate 135 MB), floods of clients, structs or delete
 * ranges, clocks past 2^53 − 1, long runs of deleted structs, values nested too deep (the decoder recurses), lengths past the
 * end, unknown kinds, invalid UTF-8 and JSON, and bytes left over: V2 bytes look like a short V1 update with a rest, which
 * Yjs would silently take for an empty one.
 *
 * Not seen here: whether references can be resolved (`room-clocks.ts`), nested types, two structs for one clock.
 *
 * ```
 * update    = clients, clients × (structs, client, clock, structs × struct), deletes
 * struct    = info, [left id], [right id], [parent, [map key]], content     left, right: bits 0x80, 0x40; map key: 0x20
 * deletes   = clients, clients × (client, ranges, ranges × (clock, length))
 * ```
 */
import { isUtf8 } from 'node:buffer'

/** What an update is about. The arrays belong to the walker and are overwritten by its next walk. */
export interface UpdateShape {
  /** One section per client: its id, first clock, and the clock behind its last struct. */
  readonly clients: readonly number[]
  readonly starts: readonly number[]
  readonly ends: readonly number[]
  /** Structs referred to, as pairs (client, clock); consecutive ones of a client are summed up by the greatest. */
  readonly references: readonly number[]
  /** Delete ranges as triples (client, start, end). */
  readonly deletes: readonly number[]
  /** True where a section leaves clocks out: the sender itself waits for something. */
  readonly skips: boolean
  /** Where the delete set begins. */
  readonly deletesAt: number
}

/** One struct, for the closer look at an update with gaps. */
export interface StructHeader {
  readonly client: number
  readonly clock: number
  readonly length: number
  readonly bytes: number
  /** Pairs (client, clock). */
  readonly references: readonly number[]
}

export interface UpdateFault {
  readonly code: 'bad-bytes' | 'too-large'
  readonly message: string
}

export interface UpdateWalker {
  /** Null for a sound update, whose shape is then in {@link UpdateWalker.shape}. */
  walk(update: Uint8Array): UpdateFault | null
  readonly shape: UpdateShape
}

export interface WalkLimits {
  readonly maxClientsPerUpdate: number
  readonly maxStructsPerUpdate: number
  readonly maxDeleteRangesPerUpdate: number
  readonly maxRunLength: number
  readonly maxValueDepth: number
}

class Fault extends Error {
  readonly fault: UpdateFault

  constructor(code: UpdateFault['code'], message: string) {
    super(message)
    this.fault = { code, message }
  }
}

const bits = { kind: 0x1f, mapKey: 0x20, right: 0x40, left: 0x80 } as const
const kinds = {
  collected: 0,
  deleted: 1,
  json: 2,
  binary: 3,
  string: 4,
  embed: 5,
  format: 6,
  type: 7,
  any: 8,
  document: 9,
  skip: 10,
} as const
const xmlElement = 3
const xmlHook = 5
const lastType = 6
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

export function createUpdateWalker(limits: WalkLimits): UpdateWalker {
  return createWalker(limits, null)
}

/** The structs of an update that has passed {@link UpdateWalker.walk}, what it skips left out. */
export function structsOf(update: Uint8Array, limits: WalkLimits): readonly StructHeader[] {
  const structs: StructHeader[] = []
  createWalker(limits, structs).walk(update)
  return structs
}

/** For bytes that were judged when they came in. */
export const noWalkLimits: WalkLimits = {
  maxClientsPerUpdate: Number.POSITIVE_INFINITY,
  maxStructsPerUpdate: Number.POSITIVE_INFINITY,
  maxDeleteRangesPerUpdate: Number.POSITIVE_INFINITY,
  maxRunLength: Number.MAX_SAFE_INTEGER,
  maxValueDepth: Number.POSITIVE_INFINITY,
}

/** The delete set of a sound update as an update of its own. Empty where nothing is deleted. */
export function deletesOf(update: Uint8Array): Uint8Array | null {
  const walker = createWalker(noWalkLimits, null)
  if (walker.walk(update) || walker.shape.deletes.length === 0) return null
  const deletes = update.subarray(walker.shape.deletesAt)
  const alone = new Uint8Array(1 + deletes.length)
  alone.set(deletes, 1)
  return alone
}

function createWalker(limits: WalkLimits, headers: StructHeader[] | null): UpdateWalker {
  const clients: number[] = []
  const starts: number[] = []
  const ends: number[] = []
  const references: number[] = []
  const deletes: number[] = []
  const seenClients = new Set<number>()
  const shape = { clients, starts, ends, references, deletes, skips: false, deletesAt: 0 }

  let bytes: Uint8Array = new Uint8Array()
  let at = 0
  let ownReferences: number[] = []

  function readByte(): number {
    if (at >= bytes.length) throw new Fault('bad-bytes', 'The update is cut off')
    return bytes[at++] as number
  }

  function readUint(): number {
    const first = readByte()
    if (first < 128) return first
    let value = first & 127
    let unit = 128
    for (;;) {
      const byte = readByte()
      value += (byte & 127) * unit
      if (value > Number.MAX_SAFE_INTEGER) throw new Fault('bad-bytes', 'The update holds a number past 2^53 - 1')
      if (byte < 128) return value
      unit *= 128
    }
  }

  function skipBytes(length: number): void {
    if (length > bytes.length - at) throw new Fault('bad-bytes', 'A length in the update points past its end')
    at += length
  }

  /** Skips a string and gives its length in UTF-16 units, which is what Yjs counts. */
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
      if (byte < 0xc0) units--
      else if (byte >= 0xf0) units++
    }
    // A lead byte counts for the first unit, continuation bytes for none, four bytes make two units.
    if (!ascii && !isUtf8(bytes.subarray(start, at))) throw new Fault('bad-bytes', 'The update holds invalid UTF-8')
    return units
  }

  function readJson(): void {
    const length = readUint()
    const start = at
    skipBytes(length)
    const raw = bytes.subarray(start, at)
    if (!isUtf8(raw)) throw new Fault('bad-bytes', 'The update holds invalid UTF-8')
    if (jsonDepth(raw) > limits.maxValueDepth) throw tooDeep()
    try {
      JSON.parse(Buffer.from(raw.buffer, raw.byteOffset, raw.length).toString())
    } catch {
      throw new Fault('bad-bytes', 'The update holds invalid JSON')
    }
  }

  function tooDeep(): Fault {
    return new Fault('bad-bytes', `The update holds a value nested deeper than ${limits.maxValueDepth}`)
  }

  const open: number[] = []

  /** Skips a value of the `any` encoding, without recursion: `open` counts what containers still expect. */
  function readAny(): void {
    open.length = 0
    for (;;) {
      readScalarOrOpen()
      while (open.length > 0 && open[open.length - 1] === 0) open.pop()
      if (open.length === 0) return
      const top = open.length - 1
      const left = open[top] as number
      // Objects count entries below zero: each begins with a key.
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
      case tags.integer:
        readSignedInteger()
        return
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
        if (open.length >= limits.maxValueDepth) throw tooDeep()
        open.push(tag === tags.object ? -entries : entries)
        return
      }
      default:
        throw new Fault('bad-bytes', `The update holds a value of unknown kind ${tag}`)
    }
  }

  /** lib0's signed integers: 6 bits in the first byte, behind the sign. */
  function readSignedInteger(): void {
    const first = readByte()
    if (first < 128) return
    let value = first & 63
    let unit = 64
    for (;;) {
      const byte = readByte()
      value += (byte & 127) * unit
      if (value > Number.MAX_SAFE_INTEGER) throw new Fault('bad-bytes', 'The update holds a number past 2^53 - 1')
      if (byte < 128) return
      unit *= 128
    }
  }

  /** A count of things that take at least `bytesEach`. */
  function readCount(bytesEach: number): number {
    const count = readUint()
    if (count * bytesEach > bytes.length - at) throw new Fault('bad-bytes', 'A count in the update exceeds its bytes')
    return count
  }

  function noteReference(client: number, clock: number): void {
    if (headers) {
      ownReferences.push(client, clock)
      return
    }
    const last = references.length - 2
    if (references[last] === client) {
      if (clock > (references[last + 1] as number)) references[last + 1] = clock
    } else references.push(client, clock)
  }

  function readReference(ownClient: number, ownClock: number): void {
    const client = readUint()
    const clock = readUint()
    if (client === ownClient) {
      if (clock >= ownClock) throw new Fault('bad-bytes', 'A struct of the update refers to itself or a later one')
    } else noteReference(client, clock)
  }

  function readRun(): number {
    const length = readUint()
    if (length > limits.maxRunLength)
      throw new Fault(
        'bad-bytes',
        `The update holds a run of ${length} structs, at most ${limits.maxRunLength} are taken`,
      )
    return length
  }

  /** Skips the content of an item and gives the clocks it takes. */
  function readContent(kind: number): number {
    switch (kind) {
      case kinds.deleted:
        return readRun()
      case kinds.json: {
        const count = readCount(1)
        for (let i = 0; i < count; i++) if (!skipUndefinedText()) readJson()
        return count
      }
      case kinds.binary:
        skipBytes(readUint())
        return 1
      case kinds.string:
        return readString()
      case kinds.embed:
        readJson()
        return 1
      case kinds.format:
        readString()
        readJson()
        return 1
      case kinds.type: {
        const type = readUint()
        if (type > lastType) throw new Fault('bad-bytes', `The update holds a type of unknown kind ${type}`)
        if (type === xmlElement || type === xmlHook) readString()
        return 1
      }
      case kinds.any: {
        const count = readCount(1)
        for (let i = 0; i < count; i++) readAny()
        return count
      }
      case kinds.document:
        readString()
        if (bytes[at] !== tags.object) throw new Fault('bad-bytes', 'The update holds a subdocument without options')
        readAny()
        return 1
      default:
        throw new Fault('bad-bytes', `The update holds a struct of unknown kind ${kind}`)
    }
  }

  /** Yjs writes an undefined list entry as the text `undefined`, which is no JSON. */
  function skipUndefinedText(): boolean {
    if (
      bytes[at] !== 9 ||
      Buffer.from(bytes.buffer, bytes.byteOffset + at + 1, Math.min(9, bytes.length - at - 1)).toString('latin1') !==
        'undefined'
    )
      return false
    at += 10
    return true
  }

  function readStruct(client: number, clock: number): number {
    const startedAt = at
    const info = readByte()
    const kind = info & bits.kind
    if (kind === kinds.collected || kind === kinds.skip) {
      // Yjs compares the whole byte in one place and five bits in another: with other bits set its parts disagree.
      if (info !== kind) throw new Fault('bad-bytes', 'The update holds a struct with unknown flags')
      const length = kind === kinds.skip ? readUint() : readRun()
      if (kind === kinds.skip) shape.skips = true
      else headers?.push({ client, clock, length, bytes: at - startedAt, references: [] })
      return length
    }
    if (headers) ownReferences = []
    const hasLeft = (info & bits.left) !== 0
    const hasRight = (info & bits.right) !== 0
    if (hasLeft) readReference(client, clock)
    if (hasRight) readReference(client, clock)
    if (!hasLeft && !hasRight) {
      // Yjs takes 1 for a name and everything else for an id.
      if (readUint() === 1) readString()
      else readReference(client, clock)
      if ((info & bits.mapKey) !== 0) readString()
    }
    const length = readContent(kind)
    headers?.push({ client, clock, length, bytes: at - startedAt, references: ownReferences })
    return length
  }

  function readSection(first: boolean, structsLeft: number): number {
    const structs = readCount(2)
    if (structs > structsLeft)
      throw new Fault('too-large', `The update holds more than ${limits.maxStructsPerUpdate} structs`)
    const client = readUint()
    let clock = readUint()
    if (!first) {
      seenClients.add(clients[0] as number)
      // Yjs keeps only the last section of a client and silently drops the others.
      if (seenClients.has(client)) throw new Fault('bad-bytes', 'The update lists a client twice')
      seenClients.add(client)
    }
    clients.push(client)
    starts.push(clock)
    for (let i = 0; i < structs; i++) {
      const length = readStruct(client, clock)
      if (length === 0) throw new Fault('bad-bytes', 'The update holds a struct of length 0')
      clock += length
      if (clock > Number.MAX_SAFE_INTEGER) throw new Fault('bad-bytes', 'The update holds a clock past 2^53 - 1')
    }
    ends.push(clock)
    return structs
  }

  function readDeletes(): void {
    const count = readCount(2)
    let rangesLeft = limits.maxDeleteRangesPerUpdate
    for (let i = 0; i < count; i++) {
      const client = readUint()
      const ranges = readCount(2)
      rangesLeft -= ranges
      if (rangesLeft < 0)
        throw new Fault('too-large', `The update holds more than ${limits.maxDeleteRangesPerUpdate} delete ranges`)
      for (let j = 0; j < ranges; j++) {
        const start = readUint()
        const length = readUint()
        if (length === 0) throw new Fault('bad-bytes', 'The update holds a delete range of length 0')
        if (start + length > Number.MAX_SAFE_INTEGER)
          throw new Fault('bad-bytes', 'The update holds a clock past 2^53 - 1')
        deletes.push(client, start, start + length)
      }
    }
  }

  function readUpdate(update: Uint8Array): void {
    bytes = update
    at = 0
    clients.length = starts.length = ends.length = references.length = deletes.length = 0
    seenClients.clear()
    shape.skips = false
    const count = readCount(2)
    if (count > limits.maxClientsPerUpdate)
      throw new Fault('too-large', `The update holds ${count} clients, at most ${limits.maxClientsPerUpdate} are taken`)
    let structsLeft = limits.maxStructsPerUpdate
    for (let i = 0; i < count; i++) structsLeft -= readSection(i === 0, structsLeft)
    shape.deletesAt = at
    readDeletes()
    if (at !== bytes.length)
      throw new Fault('bad-bytes', `${bytes.length - at} bytes are left over; updates must be in format V1`)
  }

  return {
    shape,
    walk(update) {
      try {
        readUpdate(update)
        return null
      } catch (error) {
        if (error instanceof Fault) return error.fault
        throw error
      } finally {
        bytes = new Uint8Array()
      }
    },
  }
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
