import { RelayWireFault } from './wire-fault.ts'
import { createWireReader } from './wire-reader.ts'
import { varuintLength, writeVaruint } from './wire-writer.ts'

/** A state vector: for each Yjs client id, how many of its clocks are known without a gap. */
export type ClockVector = Map<number, number>

/**
 * Decodes a state vector that came from outside: `n, n × (client, clock)`.
 *
 * @throws {RelayWireFault} on anything else, on bytes left over and on more than `maxEntries`
 */
export function decodeClockVector(bytes: Uint8Array, maxEntries: number): ClockVector {
  const reader = createWireReader(bytes)
  const entries = reader.readUint()
  if (entries > maxEntries)
    throw new RelayWireFault('too-large', `A state vector of ${entries} clients; at most ${maxEntries} are taken`)
  const vector: ClockVector = new Map()
  for (let i = 0; i < entries; i++) {
    const client = reader.readUint()
    vector.set(client, reader.readUint())
  }
  reader.expectEnd()
  return vector
}

export function encodeClockVector(vector: ClockVector): Uint8Array {
  let length = varuintLength(vector.size)
  for (const [client, clock] of vector) length += varuintLength(client) + varuintLength(clock)
  const bytes = new Uint8Array(length)
  let at = writeVaruint(bytes, 0, vector.size)
  for (const [client, clock] of vector) {
    at = writeVaruint(bytes, at, client)
    at = writeVaruint(bytes, at, clock)
  }
  return bytes
}

/** Whether `vector` knows at least what `other` knows. Says nothing about deletions. */
export function coversVector(vector: ClockVector, other: ClockVector): boolean {
  for (const [client, clock] of other) if ((vector.get(client) ?? 0) < clock) return false
  return true
}
