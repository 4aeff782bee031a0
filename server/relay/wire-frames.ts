/**
 * Frames as they leave: the WebSocket header (unmasked, so one frame serves every receiver) and one message of the wire.
 * Built once and written to the sockets as they are.
 */
import { messageTypes } from '../../src/protocol/relay-messages.ts'
import { varuintLength, writeVaruint } from './wire-writer.ts'

const syncStep1 = 0
const syncStep2 = 1
const syncUpdate = 2
/** FIN and opcode 2: a whole binary message. */
const binaryMessage = 0x82

/** Wraps a whole message into a WebSocket frame. */
export function frameMessage(message: Uint8Array): Buffer {
  const frame = allocateFrame(message.length)
  frame.set(message, frame.length - message.length)
  return frame
}

export function frameStateVector(vector: Uint8Array): Buffer {
  return frameSync(syncStep1, vector)
}

/** The answer to a state vector; what y-websocket takes for "synced". */
export function frameAnswer(update: Uint8Array): Buffer {
  return frameSync(syncStep2, update)
}

export function frameUpdate(update: Uint8Array): Buffer {
  return frameSync(syncUpdate, update)
}

/** The update inside a frame made by {@link frameUpdate}, as a view: the bytes are kept once. */
export function updateInFrame(frame: Buffer, updateLength: number): Uint8Array {
  return frame.subarray(frame.length - updateLength)
}

/** `entries` is the body of an awareness update. */
export function frameAwareness(entries: Uint8Array): Buffer {
  const frame = allocateFrame(1 + varuintLength(entries.length) + entries.length)
  let at = frame.length - (1 + varuintLength(entries.length) + entries.length)
  frame[at++] = messageTypes.awareness
  at = writeVaruint(frame, at, entries.length)
  frame.set(entries, at)
  return frame
}

/** An awareness message about nobody: harmless to every client, and a sign of life to y-websocket. */
export const keepAliveFrame: Buffer = frameMessage(Uint8Array.of(messageTypes.awareness, 1, 0))

function frameSync(kind: number, body: Uint8Array): Buffer {
  const length = 2 + varuintLength(body.length) + body.length
  const frame = allocateFrame(length)
  let at = frame.length - length
  frame[at++] = messageTypes.sync
  frame[at++] = kind
  at = writeVaruint(frame, at, body.length)
  frame.set(body, at)
  return frame
}

/** A frame with its header written and `length` bytes to fill behind it. Never from the shared pool: frames are kept. */
function allocateFrame(length: number): Buffer {
  const header = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const frame = Buffer.allocUnsafeSlow(header + length)
  frame[0] = binaryMessage
  if (header === 2) frame[1] = length
  else if (header === 4) {
    frame[1] = 126
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = 127
    frame.writeUInt32BE(Math.floor(length / 2 ** 32), 2)
    frame.writeUInt32BE(length >>> 0, 6)
  }
  return frame
}
