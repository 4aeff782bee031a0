/**
 * An open room: who is in it, what it holds, and who is told what.
 *
 * - An update is judged, committed, then sent on, then acknowledged. Nobody ever sees an edit that the relay could still lose,
 *   so a failed commit leaves nothing to take back; the price is one commit (0.2–0.8 ms) on the way to the others.
 * - Rows have one order, that of the log; joining and taking the first row after the join are one turn of the event loop.
 * - A connection whose buffer is full is sent nothing until it has drained, then what it missed as one update.
 */
import { closeCodes, type CloseCode } from '../../src/protocol/close-codes.ts'
import type { NewRow, RoomSnapshot, StoredRoom } from '../store/room-store.ts'
import { type AwarenessSource, createAwarenessTable } from './awareness-table.ts'
import { encodeClockVector } from './clock-vector.ts'
import type { Compactor } from './compactor.ts'
import type { RelayLimits } from './limits.ts'
import type { RelayLog } from './relay-log.ts'
import { createRoomClocks, type Taken } from './room-clocks.ts'
import { createRoomContent, type FoldInput, type StateVector } from './room-content.ts'
import type { Timers } from '../store/timers.ts'
import type { UpdateWalker } from './update-walk.ts'
import { frameAnswer, frameAwareness, frameStateVector, frameUpdate, updateInFrame } from './wire-frames.ts'

/** A connection as its room sees it. */
export interface Member extends AwarenessSource {
  readonly mayWrite: boolean
  /** Whether it is told by `saved` that its updates are stored; others see them come back. */
  readonly hearsSaved: boolean
  readonly bufferedBytes: number
  send(frame: Buffer): void
  close(code: CloseCode, reason: string): void
  /** So many rows of the room are committed. True while the member waits for more. */
  settle(committedRows: number): boolean
}

/** A row on its way to the store. */
export interface PendingRow extends NewRow {
  readonly target: Room
  readonly memberId: number
  readonly frame: Buffer
}

export interface Room {
  readonly name: string
  readonly position: number
  /** Rows appended since the room was opened, and how many of these are committed. */
  readonly appendedRows: number
  readonly committedRows: number
  readonly failed: boolean
  enter(member: Member): void
  /** Judges an update and, where it brings something, appends it. */
  submit(member: Member, update: Uint8Array, sent: 'live' | 'answer'): Taken
  /** Answers a state vector and has the member told everything from then on. Resolves when the answer has been sent. */
  join(member: Member, asked: StateVector): void | Promise<void>
  askForMissing(member: Member): void
  /** The member is told when more rows are committed. */
  settleLater(member: Member): void
  awareness(member: Member, update: Uint8Array): void
  sendAwareness(member: Member): void
  /** The member's socket has room again. */
  drained(member: Member): void
  isBehind(member: Member): boolean
  leave(member: Member): void
  /** Called for each row of a batch, then {@link Room.publish} once. */
  committed(row: PendingRow, position: number): void
  publish(): void
  /** Rows of the room could not be stored: everybody is sent away and brings what is missing when coming back. */
  fail(): void
  folded(snapshot: RoomSnapshot): void
  /** What should be folded now, if anything. */
  dueFold(moment: 'closing' | 'open'): FoldInput | null
  readCommitted(): readonly Uint8Array[]
  dispose(): void
}

export interface RoomOptions {
  readonly name: string
  readonly stored: StoredRoom | null
  readonly limits: RelayLimits
  readonly timers: Timers
  readonly log: RelayLog
  readonly compactor: Compactor
  readonly walker: UpdateWalker
  readonly append: (row: PendingRow) => void
}

interface Seat {
  readonly member: Member
  joined: boolean
  /** Log position up to which a slow member has been told; null for one that is up to date. */
  behind: number | null
}

const emptyUpdate = Uint8Array.of(0, 0)
const maxCachedDifferences = 16

export function createRoom(options: RoomOptions): Room {
  const { name, stored, limits, timers, log, compactor } = options
  const content = createRoomContent(stored)
  const clocks = createRoomClocks(limits, options.walker)
  if (stored?.snapshot) clocks.learnSnapshot(stored.snapshot.update, stored.snapshot.vector, stored.snapshot.pending)
  for (const row of stored?.rows ?? []) clocks.learnRow(row.update)

  const seats = new Map<number, Seat>()
  const settling = new Set<Member>()
  const awareness = createAwarenessTable(limits)
  const differences = new Map<string, Promise<Uint8Array | null>>()
  let fresh: PendingRow[] = []
  let freshFrom = 0
  let ordinal = stored?.lastOrdinal ?? 0
  let appendedRows = 0
  let committedRows = 0
  let committedAtMs = timers.now()
  let failed = false
  let awarenessSentAtMs = Number.NEGATIVE_INFINITY
  let awarenessTimer: unknown = null

  function sendAnswer(member: Member, updates: readonly Uint8Array[]): void {
    // The last one goes as the answer: y-websocket says "synced" at it, and by then everything has been applied.
    for (const update of updates.slice(0, -1)) member.send(frameUpdate(update))
    member.send(frameAnswer(updates.at(-1) ?? emptyUpdate))
    if (member.mayWrite) room.askForMissing(member)
    const seat = seats.get(member.id)
    if (seat) {
      seat.joined = true
      seat.behind = null
    }
    room.sendAwareness(member)
  }

  async function joinByDifference(member: Member, asked: StateVector): Promise<void> {
    let part: Uint8Array | 'whole' = 'whole'
    const { snapshot } = content
    if (snapshot) {
      const difference = await differenceTo(snapshot, asked)
      // Folded meanwhile: the rows after the new snapshot would not join up with a difference to the old one.
      if (difference && content.snapshot === snapshot) part = difference
    }
    if (!failed && seats.has(member.id)) sendAnswer(member, content.answer(asked, part) ?? [])
  }

  function differenceTo(snapshot: RoomSnapshot, asked: StateVector): Promise<Uint8Array | null> {
    const key = Buffer.from(asked.encoded).toString('latin1')
    const known = differences.get(key)
    if (known) return known
    if (differences.size >= maxCachedDifferences) differences.clear()
    const difference = compactor.difference(snapshot.update, asked.encoded)
    differences.set(key, difference)
    void difference.then((found) => {
      if (!found) differences.delete(key)
    })
    return difference
  }

  /** Sends the committed rows; a member that hears `saved` is not sent its own. */
  function deliver(rows: readonly PendingRow[]): void {
    const frames = rows.length === 1 ? (rows[0] as PendingRow).frame : Buffer.concat(rows.map((row) => row.frame))
    const authors = new Set(rows.map((row) => row.memberId))
    for (const seat of seats.values()) {
      if (!seat.joined || seat.behind !== null) continue
      const { member } = seat
      if (member.bufferedBytes > limits.maxBufferedBytes) {
        seat.behind = freshFrom - 1
        log.warn('slow-consumer', { room: name, conn: member.id, bytes: member.bufferedBytes }, 'Buffer full')
        continue
      }
      if (!authors.has(member.id) || !member.hearsSaved) {
        member.send(frames)
        continue
      }
      const others = rows.filter((row) => row.memberId !== member.id)
      if (others.length > 0) member.send(Buffer.concat(others.map((row) => row.frame)))
    }
  }

  function sendAwarenessChanges(): void {
    timers.clearTimer(awarenessTimer)
    awarenessTimer = null
    const changes = awareness.takeChanges()
    if (!changes) return
    awarenessSentAtMs = timers.now()
    const frame = frameAwareness(changes)
    for (const seat of seats.values()) if (seat.joined && seat.behind === null) seat.member.send(frame)
  }

  /** At once, or once the interval has passed: many small moves become one message. */
  function awarenessChanged(): void {
    if (awarenessTimer !== null) return
    const waitMs = awarenessSentAtMs + limits.awarenessIntervalMs - timers.now()
    if (waitMs <= 0) sendAwarenessChanges()
    else awarenessTimer = timers.setTimer(sendAwarenessChanges, waitMs)
  }

  const room: Room = {
    name,
    get position() {
      return content.position
    },
    get appendedRows() {
      return appendedRows
    },
    get committedRows() {
      return committedRows
    },
    get failed() {
      return failed
    },
    enter(member) {
      seats.set(member.id, { member, joined: false, behind: null })
    },
    submit(member, update, sent) {
      const taken = clocks.take(update, sent)
      if (taken.kind !== 'new') return taken
      if (taken.clockJump !== null)
        log.warn(
          'clock-jump',
          { room: name, conn: member.id, user: member.identity?.id, client: taken.clockJump },
          'A Yjs client id jumped far ahead',
        )
      const frame = frameUpdate(update)
      appendedRows++
      options.append({
        target: room,
        room: name,
        ordinal: ++ordinal,
        author: member.identity?.id ?? '',
        update: updateInFrame(frame, update.length),
        memberId: member.id,
        frame,
      })
      return taken
    },
    join(member, asked) {
      const updates = content.answer(asked, null)
      if (!updates) return joinByDifference(member, asked)
      sendAnswer(member, updates)
    },
    askForMissing(member) {
      member.send(frameStateVector(encodeClockVector(clocks.vector)))
    },
    settleLater(member) {
      settling.add(member)
    },
    awareness(member, update) {
      awareness.receive(member, update, timers.now())
      awarenessChanged()
    },
    sendAwareness(member) {
      const everybody = awareness.everybody(member)
      if (everybody) member.send(frameAwareness(everybody))
    },
    drained(member) {
      const seat = seats.get(member.id)
      if (!seat || seat.behind === null) return
      for (const update of content.since(seat.behind)) member.send(frameUpdate(update))
      seat.behind = null
      room.sendAwareness(member)
    },
    isBehind: (member) => (seats.get(member.id)?.behind ?? null) !== null,
    leave(member) {
      seats.delete(member.id)
      settling.delete(member)
      awareness.leave(member)
      awarenessChanged()
    },
    committed(row, position) {
      if (fresh.length === 0) freshFrom = position
      fresh.push(row)
      content.commit({ position, update: row.update })
      committedRows++
    },
    publish() {
      const rows = fresh
      fresh = []
      committedAtMs = timers.now()
      deliver(rows)
      for (const member of settling) if (!member.settle(committedRows)) settling.delete(member)
    },
    fail() {
      failed = true
      for (const { member } of seats.values())
        member.close(closeCodes.storageFailed, 'The relay cannot store edits at the moment')
    },
    folded(snapshot) {
      content.folded(snapshot)
      differences.clear()
    },
    dueFold(moment) {
      if (failed) return null
      const { tailRows, tailBytes, snapshot } = content
      if (moment === 'closing') return tailRows >= limits.foldRowsAtClose ? content.forFold() : null
      const isQuiet = timers.now() - committedAtMs >= limits.foldQuietMs
      const outgrown = tailRows > limits.foldRowsWhenQuiet && tailBytes > 2 * (snapshot?.update.length ?? 0)
      if (tailRows > limits.foldRowsAtOnce || outgrown || (isQuiet && tailRows > limits.foldRowsWhenQuiet))
        return content.forFold()
      return null
    },
    readCommitted: () => content.since(0),
    dispose() {
      timers.clearTimer(awarenessTimer)
    },
  }
  return room
}
