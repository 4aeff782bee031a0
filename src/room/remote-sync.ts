/**
 * Reads a sync message as y-protocols does, but tells what cannot be read from what a listener of the application threw:
 * y-protocols logs both and goes on, so that a lost update would go unnoticed.
 */
import { readVarUint, readVarUint8Array, type Decoder } from 'lib0/decoding'
import { writeVarUint, type Encoder } from 'lib0/encoding'
import * as Y from 'yjs'
import { writeSyncStep2 } from 'y-protocols/sync'
import { messageTypes } from '../protocol/relay-messages.ts'

/** Sub-types of a sync message. */
export const syncStep1 = 0
export const syncStep2 = 1
export const syncUpdate = 2

/**
 * Applies the message behind its type, writes the answer to step 1, and returns the sub-type. Throws where the message or
 * its update cannot be read; what a listener throws is reported as uncaught, as for any event.
 */
export function readRemoteSync(decoder: Decoder, encoder: Encoder, ydoc: Y.Doc, origin: unknown): number {
  const kind = readVarUint(decoder)
  const body = readVarUint8Array(decoder)
  switch (kind) {
    case syncStep1:
      writeVarUint(encoder, messageTypes.sync)
      writeSyncStep2(encoder, ydoc, body)
      return kind
    case syncStep2:
    case syncUpdate:
      applyRemote(ydoc, body, origin)
      return kind
    default:
      throw new Error(`Sync messages have no kind ${kind}`)
  }
}

function applyRemote(ydoc: Y.Doc, update: Uint8Array, origin: unknown): void {
  try {
    Y.applyUpdate(ydoc, update, origin)
  } catch (error) {
    if (!isApplied(ydoc, update)) throw error
    queueMicrotask(() => {
      throw error
    })
  }
}

/** Whether the document holds what the update brings, or keeps it for later. Throws on bytes that are no update. */
function isApplied(ydoc: Y.Doc, update: Uint8Array): boolean {
  const held = Y.parseUpdateMeta(Y.encodeStateAsUpdate(ydoc)).to
  for (const [client, clock] of Y.parseUpdateMeta(update).to) {
    if ((held.get(client) ?? 0) < clock) return false
  }
  return true
}
