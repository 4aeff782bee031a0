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
import type { RelayLimits } from './limits.ts'
import { type StructHeader, type UpdateFault, createUpdateWalker, noWalkLimits, structsOf } from './update-walk.ts'

export type Taken =
  | { readonly kind: 'refused'; readonly fault: UpdateFault }
  | { readonly kind: 'nothing-new' }
  | { readonly kind: 'gap' }
  /** `clockJump`: the client whose clock moved suspiciously far, if any. */
  | { readonly kind: 'new'; readonly clockJump: number | null }

export interface RoomClocks {
  readonly vector: ClockVector
  /** Whether structs wait for others. */
  readonly pending: boolean
  /** Judges an update and, where it is `new`, knows it from then on. `live`: as it was made; `answer`: to a state vector. */
  take(update: Uint8Array, sent: 'live' | 'answer'): Taken
  /** Learns what was stored earlier. */
  learnSnapshot(update: Uint8Array, vector: Uint8Array, pending: boolean): void
  learnRow(update: Uint8Array): void
}

/** A waiting delete range in bytes, roughly. */
const deleteRangeBytes = 8
const fewSections = 8

export function createRoomClocks(limits: RelayLimits): RoomClocks {
  const walker = createUpdateWalker(limits)
  const storedWalker = createUpdateWalker(noWalkLimits)
  const vector: ClockVector = new Map()
  const deletes = createDeleteRanges()
  let pending: readonly StructHeader[] = []

  const clockOf = (client: number): number => vector.get(client) ?? 0

  function advanceAll({ clients, ends }: typeof walker.shape): number | null {
    let jump: number | null = null
    for (let i = 0; i < clients.length; i++) {
      const client = clients[i] as number
      const end = ends[i] as number
      const known = clockOf(client)
      if (end <= known) continue
      if (end - known > limits.clockJumpAlert) jump = client
      vector.set(client, end)
    }
    if (pending.length > 0) pending = integrateStructs(pending, clockOf, (client, clock) => vector.set(client, clock))
    return jump
  }

  function addDeletes(list: readonly number[]): void {
    for (let i = 0; i < list.length; i += 3)
      deletes.add(list[i] as number, list[i + 1] as number, list[i + 2] as number)
  }

  function bringsDeletes(list: readonly number[]): boolean {
    for (let i = 0; i < list.length; i += 3)
      if (!deletes.covers(list[i] as number, list[i + 1] as number, list[i + 2] as number)) return true
    return false
  }

  function bringsStructs({ clients, ends }: typeof walker.shape): boolean {
    return clients.some((client, i) => (ends[i] as number) > clockOf(client))
  }

  function hasGap(shape: typeof walker.shape): boolean {
    const { clients, starts, references, deletes: deleted } = shape
    if (shape.skips) return true
    for (let i = 0; i < clients.length; i++) if ((starts[i] as number) > clockOf(clients[i] as number)) return true
    const clockAfter = clockAfterUpdate(shape)
    for (let i = 0; i < references.length; i += 2)
      if ((references[i + 1] as number) >= clockAfter(references[i] as number)) return true
    for (let i = 0; i < deleted.length; i += 3)
      if ((deleted[i + 2] as number) > clockAfter(deleted[i] as number)) return true
    return false
  }

  /** What is known of a client once the update has been taken. */
  function clockAfterUpdate({ clients, ends }: typeof walker.shape): (client: number) => number {
    if (clients.length <= fewSections)
      return (client) => {
        const own = clients.indexOf(client)
        return own < 0 ? clockOf(client) : Math.max(clockOf(client), ends[own] as number)
      }
    const ownEnds = new Map(clients.map((client, i) => [client, ends[i] as number]))
    return (client) => Math.max(clockOf(client), ownEnds.get(client) ?? 0)
  }

  function tooManyClients(clients: readonly number[]): UpdateFault | null {
    if (vector.size + clients.length <= limits.maxStateVectorEntries) return null
    const added = clients.filter((client) => !vector.has(client)).length
    if (vector.size + added <= limits.maxStateVectorEntries) return null
    return {
      code: 'too-large',
      message: `The room would have more than ${limits.maxStateVectorEntries} client ids. Start a new room from its tokens.`,
    }
  }

  /** An answer with gaps: takes struct by struct what can be taken, keeps the headers of the rest. */
  function takeWithGaps(update: Uint8Array, deleted: readonly number[]): Taken {
    const advanced: ClockVector = new Map()
    const clockThen = (client: number): number => advanced.get(client) ?? clockOf(client)
    const known = new Set(pending.map(identify))
    const waiting = integrateStructs([...pending, ...structsOf(update, limits)], clockThen, (client, clock) =>
      advanced.set(client, clock),
    )
    const unique = [...new Map(waiting.map((struct) => [identify(struct), struct])).values()]
    let waitingBytes = 0
    for (const struct of unique) waitingBytes += struct.bytes
    for (let i = 0; i < deleted.length; i += 3)
      if ((deleted[i + 2] as number) > clockThen(deleted[i] as number)) waitingBytes += deleteRangeBytes
    if (waitingBytes > limits.maxPendingBytes)
      return {
        kind: 'refused',
        fault: {
          code: 'too-large',
          message: `${waitingBytes} bytes of the update wait for edits that nobody has sent; at most ${limits.maxPendingBytes} are kept`,
        },
      }
    const isNew = advanced.size > 0 || unique.some((struct) => !known.has(identify(struct))) || bringsDeletes(deleted)
    if (!isNew) return { kind: 'nothing-new' }
    let clockJump: number | null = null
    for (const [client, clock] of advanced) {
      if (clock - clockOf(client) > limits.clockJumpAlert) clockJump = client
      vector.set(client, clock)
    }
    pending = unique
    addDeletes(deleted)
    return { kind: 'new', clockJump }
  }

  return {
    vector,
    get pending() {
      return pending.length > 0
    },
    take(update, sent) {
      const fault = walker.walk(update)
      if (fault) return { kind: 'refused', fault }
      const { shape } = walker
      const full = tooManyClients(shape.clients)
      if (full) return { kind: 'refused', fault: full }
      if (hasGap(shape)) return sent === 'live' ? { kind: 'gap' } : takeWithGaps(update, shape.deletes)
      if (!bringsStructs(shape) && !bringsDeletes(shape.deletes)) return { kind: 'nothing-new' }
      addDeletes(shape.deletes)
      return { kind: 'new', clockJump: advanceAll(shape) }
    },
    learnSnapshot(update, encodedVector, hasPending) {
      for (const [client, clock] of decodeClockVector(encodedVector, Number.POSITIVE_INFINITY))
        vector.set(client, clock)
      storedWalker.walk(update)
      addDeletes(storedWalker.shape.deletes)
      if (hasPending)
        pending = integrateStructs(structsOf(update, noWalkLimits), clockOf, (client, clock) =>
          vector.set(client, clock),
        )
    },
    learnRow(update) {
      storedWalker.walk(update)
      const { shape } = storedWalker
      addDeletes(shape.deletes)
      if (!hasGap(shape)) advanceAll(shape)
      else
        pending = integrateStructs([...pending, ...structsOf(update, noWalkLimits)], clockOf, (client, clock) =>
          vector.set(client, clock),
        )
    },
  }
}

function identify(struct: StructHeader): string {
  return `${struct.client}/${struct.clock}/${struct.length}`
}
