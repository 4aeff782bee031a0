import { type RelayMessage, decodeRelayMessage } from '../../src/protocol/relay-messages.ts'
import { RelayWireFault } from './wire-fault.ts'

/** @throws {RelayWireFault} which quotes nothing of the message: what a parser says might, and a key must not get out. */
export function readRelayMessage(data: Uint8Array): RelayMessage {
  try {
    return decodeRelayMessage(data)
  } catch {
    throw new RelayWireFault('bad-bytes', `Message ${String(data[0])} is not of the form this relay knows`)
  }
}
