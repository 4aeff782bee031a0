/**
 * One socket in one room, from the accepted upgrade to its end.
 *
 * ```
 * waiting-for-key ── key ─► checking ── granted ─► loading ── room ─► open ◄─► answering (a difference is computed)
 *        │ 5 s, 64 KB          │ refused              │ failed         │  ◄─► draining  (it does not read what it is sent)
 *        └────── 4401 ◄────────┴── 4401, 4403         └── 4503 ► closed ◄┘
 * ```
 *
 * Whatever comes in before `open` is held, in order and within bounds: a stock client sends at once and waits for nothing.
 * Refused bytes close the socket, since every later edit of the client builds upon the refused one.
 */
import { type CloseCode, closeCodes } from '../../src/protocol/close-codes.ts'
import {
  type LeaseMessage,
  type RelayMessage,
  encodeRelayMessage,
  messageTypes,
  relayProtocolVersion,
} from '../../src/protocol/relay-messages.ts'
import { sideRoomOf } from '../../src/protocol/room-name.ts'
import { decodeClockVector } from './clock-vector.ts'
import { createHeldMessages } from './held-messages.ts'
import type { RelayLimits } from './limits.ts'
import { createLiveness } from './liveness.ts'
import { readRelayMessage } from './read-relay-message.ts'
import { createReadingRate } from './reading-rate.ts'
import type { RelayLog } from './relay-log.ts'
import type { FrameSocket } from './relay-socket.ts'
import type { Grant, KeyJudge } from './room-key.ts'
import type { RoomLeases } from './room-leases.ts'
import type { RoomVisit } from './room-registry.ts'
import type { Member, Room } from './room.ts'
import type { Timers } from '../store/timers.ts'
import { createUpdateIntake } from './update-intake.ts'
import { frameMessage, keepAliveFrame } from './wire-frames.ts'
import { RelayWireFault } from './wire-fault.ts'
import { type WireReader, createWireReader } from './wire-reader.ts'

export interface Connection {
  readonly id: number
  /** A whole message from the socket. */
  receive(data: Buffer, isBinary: boolean): void
  /** A sign of life below the messages: a pong. */
  heard(): void
  /** A message above the size limit is about to close the socket. */
  tooLarge(): void
  drained(): void
  /** The socket is gone. */
  ended(code: number): void
  /** Regular upkeep: keep-alive, ping, dead sockets, expired keys. */
  tick(nowMs: number): void
  close(code: CloseCode, reason: string): void
  terminate(): void
}

export interface ConnectionOptions {
  readonly id: number
  readonly socket: FrameSocket
  readonly room: string
  readonly side: boolean
  /** Null where the key is still to come. */
  readonly grant: Grant | null
  readonly judge: KeyJudge
  readonly leases: RoomLeases
  /** Enters the room; a close code where it may not be entered. */
  readonly enter: (mayWrite: boolean) => RoomVisit | { readonly code: CloseCode; readonly reason: string }
  /** Whether so much waits for the disk that reading must stop. */
  readonly storeIsFull: () => boolean
  readonly limits: RelayLimits
  readonly timers: Timers
  readonly log: RelayLog
}

type Phase = 'waiting-for-key' | 'checking' | 'loading' | 'open' | 'answering' | 'draining' | 'closed'

const syncStep1 = 0
const syncStep2 = 1
const syncUpdate = 2

export function createConnection(options: ConnectionOptions): Connection {
  const { id, socket, judge, leases, limits, timers, log } = options
  const address = options.side ? sideRoomOf(options.room) : options.room
  const openedAtMs = timers.now()
  const liveness = createLiveness(limits, openedAtMs)
  const rate = createReadingRate(socket, limits, timers)

  let phase: Phase = options.grant ? 'loading' : 'waiting-for-key'
  let grant = options.grant
  let visit: RoomVisit | undefined
  let room: Room | undefined
  let saidHello = false
  const held = createHeldMessages()
  let unknownMessages = 0

  const member: Member = {
    id,
    get identity() {
      return grant?.identity ?? null
    },
    get mayWrite() {
      return grant !== null && grant.role !== 'reader'
    },
    get hearsSaved() {
      return saidHello
    },
    get bufferedBytes() {
      return socket.bufferedBytes
    },
    send,
    close,
    settle: (committedRows) => intake.settle(committedRows),
  }
  const intake = createUpdateIntake(member, sendRelayMessage)

  function send(frame: Buffer): void {
    liveness.sent(timers.now())
    socket.send(frame)
  }

  function sendRelayMessage(message: RelayMessage): void {
    if (saidHello) send(frameMessage(encodeRelayMessage(message)))
  }

  // Read through a function: a call in between may have changed the phase, which the compiler does not expect.
  const isIn = (wanted: Phase): boolean => phase === wanted

  function close(code: CloseCode, reason: string): void {
    if (isIn('closed')) return
    log.debug('connection-refused', { conn: id, room: address, code, reason }, 'Closing a connection')
    leaveRoom()
    socket.close(code, reason)
  }

  function leaveRoom(): void {
    phase = 'closed'
    held.clear()
    rate.close()
    timers.clearTimer(keyTimer)
    leases.leave(member, address)
    room?.leave(member)
    visit?.leave()
  }

  // --- the way in

  const keyTimer = grant
    ? null
    : timers.setTimer(() => {
        if (isIn('waiting-for-key')) close(closeCodes.keyMissingOrExpired, 'No room key was sent')
      }, limits.keyWaitMs)

  function enterRoom(): void {
    phase = 'loading'
    const entered = options.enter(member.mayWrite)
    if ('code' in entered) {
      close(entered.code, entered.reason)
      return
    }
    visit = entered
    entered.room.then(
      (loaded) => {
        if (!isIn('loading')) return
        room = loaded
        loaded.enter(member)
        openUp()
      },
      () => close(closeCodes.storageFailed, 'The room could not be loaded; nothing of it is lost'),
    )
  }

  /** Goes on with what was held, until something makes it wait again. */
  function openUp(): void {
    phase = 'open'
    while (held.count > 0 && isIn('open') && !mustDrain()) process(held.take() as Buffer)
    if (isIn('open')) socket.resume('held')
  }

  /** Who asks and asks and never reads the answers would have them pile up here. */
  function mustDrain(): boolean {
    if (socket.bufferedBytes <= limits.maxBufferedBytes) return false
    phase = 'draining'
    return true
  }

  function hold(data: Buffer): void {
    held.add(data)
    if (phase !== 'waiting-for-key') {
      if (held.bytes > limits.maxHeldBytes) socket.pause('held')
    } else if (held.count > limits.maxFramesBeforeKey || held.bytes > limits.maxBytesBeforeKey)
      close(closeCodes.keyMissingOrExpired, 'Too much was sent before a room key')
  }

  async function takeKey(key: string): Promise<void> {
    const before = phase
    phase = 'checking'
    const verdict = await judge(key, options.room, options.side)
    if (isIn('closed')) return
    if (verdict.kind !== 'granted') {
      const allowedElsewhere = verdict.kind === 'not-allowed'
      close(allowedElsewhere ? closeCodes.notAllowed : closeCodes.keyMissingOrExpired, verdict.message)
      return
    }
    const couldWrite = member.mayWrite
    grant = verdict.grant
    if (before === 'waiting-for-key') {
      enterRoom()
      return
    }
    sendWelcome()
    if (!member.mayWrite) leases.leave(member, address)
    // What it sent as a reader was dropped; asked, it sends all of it.
    else if (!couldWrite) room?.askForMissing(member)
    openUp()
  }

  // --- messages

  function receive(data: Buffer, isBinary: boolean): void {
    if (phase === 'closed') return
    liveness.heard(timers.now())
    if (!isBinary) {
      close(closeCodes.badBytes, 'Only binary messages are taken')
      return
    }
    const asksForState = data[0] === messageTypes.sync && data[1] === syncStep1
    rate.charge(asksForState ? limits.stateVectorCost : 1, data.length)
    const isDue = phase === 'open' ? !mustDrain() : phase === 'waiting-for-key' && data[0] === messageTypes.key
    if (isDue) process(data)
    else hold(data)
  }

  function process(data: Buffer): void {
    try {
      dispatch(data)
    } catch (error) {
      if (error instanceof RelayWireFault) {
        refuse(error.code, error.message)
        return
      }
      // A fault of ours. One connection ends for good, since the message would come back with a retry; the others go on.
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
      log.error('message-failed', { conn: id, room: address, reason }, 'A message could not be handled')
      close(closeCodes.badBytes, 'The relay could not handle a message')
    }
  }

  function dispatch(data: Buffer): void {
    const reader = createWireReader(data)
    switch (reader.readUint()) {
      case messageTypes.sync:
        receiveSync(reader)
        break
      case messageTypes.awareness:
        receiveAwareness(reader)
        break
      case messageTypes.queryAwareness:
        reader.expectEnd()
        room?.sendAwareness(member)
        break
      case messageTypes.hello:
      case messageTypes.lease:
      case messageTypes.key:
        receiveRelayMessage(data)
        break
      default:
        // Somebody else's extension. Answering it with a close would shut out clients that only try.
        unknownMessages++
    }
  }

  function receiveSync(reader: WireReader): void {
    const kind = reader.readUint()
    if (kind !== syncStep1 && kind !== syncStep2 && kind !== syncUpdate)
      throw new RelayWireFault('bad-bytes', `Sync messages have no kind ${kind}`)
    const body = reader.readBytes()
    reader.expectEnd()
    if (!room) return
    if (kind === syncStep1) answerStateVector(room, body)
    else receiveUpdate(room, body, kind === syncStep2 ? 'answer' : 'live')
  }

  function answerStateVector(target: Room, encoded: Uint8Array): void {
    const vector = decodeClockVector(encoded, limits.maxStateVectorEntries)
    const joining = target.join(member, { encoded: encoded.slice(), vector })
    if (!joining) return
    phase = 'answering'
    void joining.then(() => {
      if (isIn('answering')) openUp()
    })
  }

  function receiveUpdate(target: Room, update: Uint8Array, sent: 'live' | 'answer'): void {
    const fault = intake.receive(target, update, sent)
    if (fault) {
      logRefusal(fault.code, fault.message, update.length)
      refuse(fault.code, fault.message)
    } else if (options.storeIsFull()) socket.pause('store')
  }

  function logRefusal(code: string, reason: string, bytes: number): void {
    const fields = { conn: id, room: address, user: member.identity?.id, code, bytes, reason }
    log.warn('update-refused', fields, 'Refused an update')
  }

  function refuse(code: 'bad-bytes' | 'too-large', message: string): void {
    close(code === 'too-large' ? closeCodes.tooLarge : closeCodes.badBytes, message)
  }

  function receiveAwareness(reader: WireReader): void {
    const update = reader.readBytes()
    reader.expectEnd()
    if (update.length <= limits.maxAwarenessMessageBytes) room?.awareness(member, update)
    else unknownMessages++
  }

  function receiveRelayMessage(data: Buffer): void {
    const message = readRelayMessage(data)
    switch (message.kind) {
      case 'hello':
        saidHello = true
        sendWelcome()
        intake.tellSaved()
        break
      case 'key':
        void takeKey(message.body)
        break
      case 'lease':
        receiveLease(message.body)
        break
      case 'welcome':
      case 'saved':
      case 'rejected':
        unknownMessages++
        break
    }
  }

  function sendWelcome(): void {
    if (!grant) return
    const { role, identity } = grant
    const limitsToldToClients = { maxMessageBytes: limits.maxMessageBytes }
    const body = { v: relayProtocolVersion, room: address, role, user: identity, limits: limitsToldToClients }
    sendRelayMessage({ kind: 'welcome', body })
  }

  function receiveLease(message: LeaseMessage): void {
    if (!saidHello) return
    leases.receive(member, address, message, (answer) => {
      if (!isIn('closed')) sendRelayMessage({ kind: 'lease', body: answer })
    })
  }

  if (grant) enterRoom()
  return {
    id,
    receive,
    heard() {
      liveness.heard(timers.now())
    },
    tooLarge() {
      const message = `A message may have ${limits.maxMessageBytes} bytes. Import the file in smaller parts.`
      logRefusal('too-large', message, limits.maxMessageBytes)
      sendRelayMessage({ kind: 'rejected', body: { count: intake.countUnread(), code: 'too-large', message } })
    },
    drained() {
      room?.drained(member)
      if (isIn('draining')) openUp()
    },
    ended(code) {
      if (!isIn('closed')) leaveRoom()
      const fields = { conn: id, room: address, code, ms: timers.now() - openedAtMs, unknownMessages }
      log.debug('connection-closed', fields, 'A connection ended')
    },
    tick(nowMs) {
      if (isIn('closed')) return
      if (grant && grant.expiresAtMs !== null && nowMs >= grant.expiresAtMs) {
        close(closeCodes.keyMissingOrExpired, 'The room key has expired')
        return
      }
      const due = liveness.due(nowMs, socket.bufferedBytes, room?.isBehind(member) ?? false)
      if (due === 'dead') socket.terminate()
      else if (due === 'ping') socket.ping()
      else if (due === 'keep-alive') send(keepAliveFrame)
    },
    close,
    terminate() {
      if (!isIn('closed')) leaveRoom()
      socket.terminate()
    },
  }
}
