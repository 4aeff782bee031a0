/**
 * What a room knows, without a Y.Doc: the clock of every client, what has been deleted, and the headers of structs that wait
 * for others. Tells what an update would bring.
 *
 * A **gap** is a struct, reference or deletion beyond what is known. Yjs keeps such an update aside for ever, sends it to
 * every joiner, and takes quadratic time over many. In a live update it means that something before it was lost: the update
 * is not taken, and the client is asked for everything. In an answer to that question a gap is legal, since the client may
 * itself wait for something; it is kept, within bounds.
 */
import { type ClockVector, decodeClockVector } from './clock-vector.ts'
import { createDeleteRanges } from './delete-ranges.ts'
import { integrateStructs } from './integrate-structs.ts'
import type { NumberList } from './number-list.ts'
import { storedWalker, structsOf } from './stored-update.ts'
import type { UpdateFault } from './update-cursor.ts'
import type { StructHeader, UpdateShape, UpdateWalker } from './update-walk.ts'

export type Taken =
  | { readonly kind: 'refused'; readonly fault: UpdateFault }
  | { readonly kind: 'nothing-new' }
  | { readonly kind: 'gap' }
  /** `clockJump`: the client whose clock moved suspiciously far, if any. */
  | { readonly kind: 'new'; readonly clockJump: number | null }

export interface RoomClocks {
  readonly vector: ClockVector
  /** Judges an update and, where it is `new`, knows it from then on. `live`: as it was made; `answer`: to a state vector. */
  take(update: Uint8Array, sent: 'live' | 'answer'): Taken
  /** Learns what was stored earlier. */
  learnSnapshot(update: Uint8Array, vector: Uint8Array, pending: boolean): void
  learnRow(update: Uint8Array): void
}

export interface RoomClockLimits {
  readonly maxStateVectorEntries: number
  readonly maxPendingBytes: number
  readonly clockJumpAlert: number
}

/** A waiting delete range in bytes, roughly. */
const deleteRangeBytes = 8
const fewSections = 8
const nothingNew: Taken = { kind: 'nothing-new' }
const gap: Taken = { kind: 'gap' }
const isNew: Taken = { kind: 'new', clockJump: null }

/** `walker` may be shared by rooms. */
export function createRoomClocks(limits: RoomClockLimits, walker: UpdateWalker): RoomClocks {
  const vector: ClockVector = new Map()
  const deletes = createDeleteRanges()
  let pending: readonly StructHeader[] = []

  const clockOf = (client: number): number => vector.get(client) ?? 0
  const setClock = (client: number, clock: number): void => {
    vector.set(client, clock)
  }

  /** Gives the client whose clock jumped suspiciously, null for none. */
  function advanceAll({ clients, ends }: UpdateShape): number | null {
    let jump: number | null = null
    for (let i = 0; i < clients.length; i++) {
      const client = clients.at(i)
      const known = clockOf(client)
      if (ends.at(i) <= known) continue
      if (ends.at(i) - known > limits.clockJumpAlert) jump = client
      vector.set(client, ends.at(i))
    }
    if (pending.length > 0) pending = integrateStructs(pending, clockOf, setClock)
    return jump
  }

  function addDeletes(list: NumberList): void {
    for (let i = 0; i < list.length; i += 3) deletes.add(list.at(i), list.at(i + 1), list.at(i + 2))
  }

  function bringsDeletes(list: NumberList): boolean {
    for (let i = 0; i < list.length; i += 3)
      if (!deletes.covers(list.at(i), list.at(i + 1), list.at(i + 2))) return true
    return false
  }

  function bringsStructs({ clients, ends }: UpdateShape): boolean {
    for (let i = 0; i < clients.length; i++) if (ends.at(i) > clockOf(clients.at(i))) return true
    return false
  }

  function hasGap(shape: UpdateShape): boolean {
    const { clients, starts, references, deletes: deleted } = shape
    if (shape.skips) return true
    for (let i = 0; i < clients.length; i++) if (starts.at(i) > clockOf(clients.at(i))) return true
    if (references.length === 0 && deleted.length === 0) return false
    const clockAfter = clockAfterUpdate(shape)
    for (let i = 0; i < references.length; i += 2) if (references.at(i + 1) >= clockAfter(references.at(i))) return true
    for (let i = 0; i < deleted.length; i += 3) if (deleted.at(i + 2) > clockAfter(deleted.at(i))) return true
    return false
  }

  /** What is known of a client once the update has been taken. */
  function clockAfterUpdate({ clients, ends }: UpdateShape): (client: number) => number {
    if (clients.length <= fewSections)
      return (client) => {
        const known = clockOf(client)
        for (let i = 0; i < clients.length; i++) if (clients.at(i) === client) return Math.max(known, ends.at(i))
        return known
      }
    const ownEnds = new Map<number, number>()
    for (let i = 0; i < clients.length; i++) ownEnds.set(clients.at(i), ends.at(i))
    return (client) => Math.max(clockOf(client), ownEnds.get(client) ?? 0)
  }

  function tooManyClients(clients: NumberList): UpdateFault | null {
    const max = limits.maxStateVectorEntries
    if (vector.size + clients.length <= max) return null
    let after = vector.size
    for (let i = 0; i < clients.length; i++) if (!vector.has(clients.at(i))) after++
    if (after <= max) return null
    const message = `The room would have more than ${max} client ids. Start a new room from its tokens.`
    return { code: 'too-large', message }
  }

  /** An answer with gaps: takes struct by struct what can be taken, keeps the headers of the rest. */
  function takeWithGaps(update: Uint8Array, deleted: NumberList): Taken {
    const advanced: ClockVector = new Map()
    const clockThen = (client: number): number => advanced.get(client) ?? clockOf(client)
    const known = new Set(pending.map(identify))
    const structs = new Map([...pending, ...structsOf(update)].map((struct) => [identify(struct), struct]))
    const waiting = integrateStructs([...structs.values()], clockThen, (client, clock) => advanced.set(client, clock))
    let waitingBytes = 0
    for (const struct of waiting) waitingBytes += struct.bytes
    for (let i = 0; i < deleted.length; i += 3)
      if (deleted.at(i + 2) > clockThen(deleted.at(i))) waitingBytes += deleteRangeBytes
    if (waitingBytes > limits.maxPendingBytes) return { kind: 'refused', fault: tooMuchWaits(waitingBytes) }

    const brings = advanced.size > 0 || waiting.some((struct) => !known.has(identify(struct))) || bringsDeletes(deleted)
    if (!brings) return nothingNew
    let clockJump: number | null = null
    for (const [client, clock] of advanced) {
      if (clock - clockOf(client) > limits.clockJumpAlert) clockJump = client
      vector.set(client, clock)
    }
    pending = waiting
    addDeletes(deleted)
    return { kind: 'new', clockJump }
  }

  function tooMuchWaits(bytes: number): UpdateFault {
    const message = `${bytes} bytes of the update wait for edits that nobody has sent; at most ${limits.maxPendingBytes} are kept`
    return { code: 'too-large', message }
  }

  return {
    vector,
    take(update, sent) {
      const fault = walker.walk(update)
      if (fault) return { kind: 'refused', fault }
      const { shape } = walker
      const full = tooManyClients(shape.clients)
      if (full) return { kind: 'refused', fault: full }
      if (hasGap(shape)) return sent === 'live' ? gap : takeWithGaps(update, shape.deletes)
      if (!bringsStructs(shape) && !bringsDeletes(shape.deletes)) return nothingNew
      addDeletes(shape.deletes)
      const clockJump = advanceAll(shape)
      return clockJump === null ? isNew : { kind: 'new', clockJump }
    },
    learnSnapshot(update, encodedVector, hasPending) {
      for (const [client, clock] of decodeClockVector(encodedVector, Number.POSITIVE_INFINITY))
        vector.set(client, clock)
      storedWalker.walk(update)
      addDeletes(storedWalker.shape.deletes)
      if (hasPending) pending = integrateStructs(structsOf(update), clockOf, setClock)
    },
    learnRow(update) {
      storedWalker.walk(update)
      const { shape } = storedWalker
      addDeletes(shape.deletes)
      if (hasGap(shape)) pending = integrateStructs([...pending, ...structsOf(update)], clockOf, setClock)
      else advanceAll(shape)
    },
  }
}

function identify(struct: StructHeader): string {
  return `${struct.client}/${struct.clock}/${struct.length}`
}
