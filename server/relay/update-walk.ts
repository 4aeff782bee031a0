/**
 * The cheap walk: one pass over an update (Yjs format V1) that checks everything Yjs would trip over while decoding, and
 * notes what the update is about. It decodes nothing, so it costs a fraction of what Yjs does and cannot be made to allocate.
 *
 * Refused: counts larger than the bytes left, floods of clients, structs or delete ranges, clocks past 2^53 − 1, long runs of
 * deleted structs, values nested too deep, lengths past the end, unknown kinds, invalid UTF-8 and JSON, and bytes left over:
 * V2 bytes look like a short V1 update with a rest, which Yjs would silently take for an empty one.
 *
 * Not seen here: whether references can be resolved (`room-clocks.ts`), nested types, two structs for one clock.
 *
 * ```
 * update    = clients, clients × (structs, client, clock, structs × struct), deletes
 * struct    = info, [left id], [right id], [parent, [map key]], content     left, right: bits 0x80, 0x40; map key: 0x20
 * deletes   = clients, clients × (client, ranges, ranges × (clock, length))
 * ```
 */
import { type NumberList, createNumberList } from './number-list.ts'
import {
  type UpdateCursor,
  type UpdateFault,
  UpdateFaultError,
  createUpdateCursor,
  objectTag,
} from './update-cursor.ts'

/** What an update is about. Belongs to the walker and is overwritten by its next walk. */
export interface UpdateShape {
  /** One section per client: its id, first clock, and the clock behind its last struct. */
  readonly clients: NumberList
  readonly starts: NumberList
  readonly ends: NumberList
  /** Structs referred to, as pairs (client, clock); consecutive ones of a client are summed up by the greatest. */
  readonly references: NumberList
  /** Delete ranges as triples (client, start, end). */
  readonly deletes: NumberList
  /** True where a section leaves clocks out: the sender itself waits for something. */
  readonly skips: boolean
  /** Offset of the delete set. */
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
const noBytes = new Uint8Array()

/** `onStruct` is told of every struct that is not skipped. */
export function createUpdateWalker(limits: WalkLimits, onStruct?: (struct: StructHeader) => void): UpdateWalker {
  const cursor: UpdateCursor = createUpdateCursor(limits.maxValueDepth)
  const clients = createNumberList()
  const starts = createNumberList()
  const ends = createNumberList()
  const references = createNumberList()
  const deletes = createNumberList()
  const seenClients = new Set<number>()
  const shape = { clients, starts, ends, references, deletes, skips: false, deletesAt: 0 }
  let ownReferences: number[] = []

  function readReference(ownClient: number, ownClock: number): void {
    const client = cursor.readUint()
    const clock = cursor.readUint()
    if (client === ownClient) {
      if (clock >= ownClock)
        throw new UpdateFaultError('bad-bytes', 'A struct of the update refers to itself or a later one')
      return
    }
    if (onStruct) ownReferences.push(client, clock)
    const last = references.length - 2
    if (last >= 0 && references.at(last) === client) {
      if (clock > references.at(last + 1)) references.set(last + 1, clock)
      return
    }
    references.push(client)
    references.push(clock)
  }

  function readRun(): number {
    const length = cursor.readUint()
    if (length > limits.maxRunLength)
      throw new UpdateFaultError(
        'bad-bytes',
        `The update holds a run of ${length} structs; at most ${limits.maxRunLength} are taken`,
      )
    return length
  }

  /** Skips the content of an item and gives the clocks it takes. */
  function readContent(kind: number): number {
    switch (kind) {
      case kinds.deleted:
        return readRun()
      case kinds.json: {
        const count = cursor.readCount(1)
        // Yjs writes an undefined list entry as the text `undefined`, which is no JSON.
        for (let i = 0; i < count; i++) if (!cursor.skipText('undefined')) cursor.readJson()
        return count
      }
      case kinds.binary:
        cursor.skipBytes(cursor.readUint())
        return 1
      case kinds.string:
        return cursor.readString()
      case kinds.embed:
        cursor.readJson()
        return 1
      case kinds.format:
        cursor.readString()
        cursor.readJson()
        return 1
      case kinds.type: {
        const type = cursor.readUint()
        if (type > lastType) throw new UpdateFaultError('bad-bytes', `The update holds a type of unknown kind ${type}`)
        if (type === xmlElement || type === xmlHook) cursor.readString()
        return 1
      }
      case kinds.any: {
        const count = cursor.readCount(1)
        for (let i = 0; i < count; i++) cursor.readAny()
        return count
      }
      case kinds.document:
        cursor.readString()
        if (cursor.peek() !== objectTag)
          throw new UpdateFaultError('bad-bytes', 'The update holds a subdocument without options')
        cursor.readAny()
        return 1
      default:
        throw new UpdateFaultError('bad-bytes', `The update holds a struct of unknown kind ${kind}`)
    }
  }

  function readItem(info: number, client: number, clock: number): number {
    const hasLeft = (info & bits.left) !== 0
    const hasRight = (info & bits.right) !== 0
    if (hasLeft) readReference(client, clock)
    if (hasRight) readReference(client, clock)
    if (!hasLeft && !hasRight) {
      // Yjs takes 1 for a name and everything else for an id.
      if (cursor.readUint() === 1) cursor.readString()
      else readReference(client, clock)
      if ((info & bits.mapKey) !== 0) cursor.readString()
    }
    return readContent(info & bits.kind)
  }

  /** Reads one struct and gives the clocks it takes. */
  function readStruct(client: number, clock: number): number {
    const startedAt = cursor.position
    const info = cursor.readByte()
    const kind = info & bits.kind
    let length: number
    if (kind === kinds.collected || kind === kinds.skip) {
      // Yjs compares the whole byte in one place and five bits in another: with other bits set its parts disagree.
      if (info !== kind) throw new UpdateFaultError('bad-bytes', 'The update holds a struct with unknown flags')
      length = kind === kinds.skip ? cursor.readUint() : readRun()
      if (kind === kinds.skip) shape.skips = true
    } else length = readItem(info, client, clock)
    if (length === 0) throw new UpdateFaultError('bad-bytes', 'The update holds a struct of length 0')
    if (onStruct) {
      const bytes = cursor.position - startedAt
      if (kind !== kinds.skip) onStruct({ client, clock, length, bytes, references: ownReferences })
      ownReferences = []
    }
    return length
  }

  /** Yjs keeps only the last section of a client and silently drops the others. */
  function refuseTwice(client: number): void {
    seenClients.add(clients.at(0))
    if (seenClients.has(client)) throw new UpdateFaultError('bad-bytes', 'The update lists a client twice')
    seenClients.add(client)
  }

  /** Reads one client's structs and gives how many they are. */
  function readSection(structsLeft: number): number {
    const structs = cursor.readCount(2)
    if (structs > structsLeft)
      throw new UpdateFaultError('too-large', `The update holds more than ${limits.maxStructsPerUpdate} structs`)
    const client = cursor.readUint()
    let clock = cursor.readUint()
    if (clients.length > 0) refuseTwice(client)
    clients.push(client)
    starts.push(clock)
    for (let i = 0; i < structs; i++) {
      clock += readStruct(client, clock)
      if (clock > Number.MAX_SAFE_INTEGER) throw pastLastClock()
    }
    ends.push(clock)
    return structs
  }

  function readDeletes(): void {
    shape.deletesAt = cursor.position
    const count = cursor.readCount(2)
    let rangesLeft = limits.maxDeleteRangesPerUpdate
    for (let i = 0; i < count; i++) {
      const client = cursor.readUint()
      const ranges = cursor.readCount(2)
      rangesLeft -= ranges
      if (rangesLeft < 0)
        throw new UpdateFaultError(
          'too-large',
          `The update holds more than ${limits.maxDeleteRangesPerUpdate} delete ranges`,
        )
      for (let j = 0; j < ranges; j++) {
        const start = cursor.readUint()
        const end = start + cursor.readUint()
        if (end === start) throw new UpdateFaultError('bad-bytes', 'The update holds a delete range of length 0')
        if (end > Number.MAX_SAFE_INTEGER) throw pastLastClock()
        deletes.push(client)
        deletes.push(start)
        deletes.push(end)
      }
    }
  }

  function readUpdate(): void {
    clients.clear()
    starts.clear()
    ends.clear()
    references.clear()
    deletes.clear()
    if (seenClients.size > 0) seenClients.clear()
    shape.skips = false
    const count = cursor.readCount(2)
    if (count > limits.maxClientsPerUpdate)
      throw new UpdateFaultError(
        'too-large',
        `The update holds ${count} clients; at most ${limits.maxClientsPerUpdate} are taken`,
      )
    let structsLeft = limits.maxStructsPerUpdate
    for (let i = 0; i < count; i++) structsLeft -= readSection(structsLeft)
    readDeletes()
    if (cursor.left > 0)
      throw new UpdateFaultError('bad-bytes', `${cursor.left} bytes are left over; updates must be in format V1`)
  }

  return {
    shape,
    walk(update) {
      cursor.begin(update)
      try {
        readUpdate()
        return null
      } catch (error) {
        if (error instanceof UpdateFaultError) return error.fault
        throw error
      } finally {
        cursor.begin(noBytes)
      }
    },
  }
}

function pastLastClock(): UpdateFaultError {
  return new UpdateFaultError('bad-bytes', 'The update holds a clock past 2^53 - 1')
}
