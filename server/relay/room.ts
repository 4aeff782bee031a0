/**
 * An open room: who is in it, what it holds, and who is told what.
 *
 * - An update is judged, sent on to the others, committed, and only then acknowledged to its author, by `saved` or by coming
 *   back. So a slow disk does not slow down working together. Should the commit fail, the others hold an edit that the relay
 *   does not: everybody is sent away, and whoever comes back brings it, since the relay asks for what it lacks.
 * - Rows have one order, that of the log; joining and taking the first row after the join are one turn of the event loop.
 * - A connection whose buffer is full is sent nothing until it has drained, then what it missed as one update.
 */
import { closeCodes, type CloseCode } from '../../src/protocol/close-codes.ts'
import type { NewRow, RoomSnapshot, StoredRoom } from '../store/room-store.ts'
import { type AwarenessSource, createAwarenessTable } from './awareness-table.ts'
import { encodeClockVector } from './clock-vector.ts'
import type { Compactor } from './compactor.ts'
import type { RelayLimits } from './limits.ts'
import { mergeUpdates } from './merge-updates.ts'
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
  /** Sends on what was appended since the last call. */
  publish(): void
  /** Called for each row of a commit in turn, then {@link Room.acknowledge} once. */
  committed(row: PendingRow, position: number): void
  /** Tells the authors what is now durable. */
  acknowledge(): void
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
  /** Appended and not yet sent on; sent on or not, and not yet committed; committed and not yet acknowledged. */
  let unpublished: PendingRow[] = []
  let uncommitted: PendingRow[] = []
  let unacknowledged: PendingRow[] = []
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
    if (!failed && seats.has(member.id)) sendAnswer(member, [...(content.answer(asked, part) ?? []), ...onTheWay()])
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

  /** What others have been sent already, or will be in this turn, and the content does not have yet. */
  function onTheWay(): readonly Uint8Array[] {
    if (uncommitted.length === 0) return []
    const updates = uncommitted.map((row) => row.update)
    const merged = mergeUpdates(updates)
    return merged ? [merged] : updates
  }

  function isListening(seat: Seat): boolean {
    if (!seat.joined || seat.behind !== null) return false
    const { member } = seat
    if (member.bufferedBytes <= limits.maxBufferedBytes) return true
    seat.behind = content.position
    log.warn('slow-consumer', { room: name, conn: member.id, bytes: member.bufferedBytes }, 'Buffer full')
    return false
  }

  function sendToOthers(rows: readonly PendingRow[]): void {
    const all = joinFrames(rows)
    const authors = new Set(rows.map((row) => row.memberId))
    for (const seat of seats.values()) {
      const { member } = seat
      const ofOthers = authors.has(member.id) ? joinFrames(rows.filter((row) => row.memberId !== member.id)) : all
      if (ofOthers && isListening(seat)) member.send(ofOthers)
    }
  }

  /** Stock clients take their own update coming back for the sign that it is stored. */
  function echo(rows: readonly PendingRow[]): void {
    for (const id of new Set(rows.map((row) => row.memberId))) {
      const seat = seats.get(id)
      const own = joinFrames(rows.filter((row) => row.memberId === id))
      if (own && seat && !seat.member.hearsSaved && isListening(seat)) seat.member.send(own)
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
      const row: PendingRow = {
        target: room,
        room: name,
        ordinal: ++ordinal,
        author: member.identity?.id ?? '',
        update: updateInFrame(frame, update.length),
        memberId: member.id,
        frame,
      }
      appendedRows++
      unpublished.push(row)
      uncommitted.push(row)
      options.append(row)
      return taken
    },
    join(member, asked) {
      const updates = content.answer(asked, null)
      if (!updates) return joinByDifference(member, asked)
      sendAnswer(member, [...updates, ...onTheWay()])
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
      for (const update of [...content.since(seat.behind), ...onTheWay()]) member.send(frameUpdate(update))
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
    publish() {
      const rows = unpublished
      unpublished = []
      sendToOthers(rows)
    },
    committed(row, position) {
      content.commit({ position, update: row.update })
      unacknowledged.push(row)
      committedRows++
    },
    acknowledge() {
      const rows = unacknowledged
      unacknowledged = []
      uncommitted = uncommitted.slice(rows.length)
      committedAtMs = timers.now()
      echo(rows)
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
      const outgrown = tailRows > limits.foldRowsWhenOutgrown && tailBytes > 2 * (snapshot?.update.length ?? 0)
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

/** The frames of the rows as one write; null for none. */
function joinFrames(rows: readonly PendingRow[]): Buffer | null {
  const [first] = rows
  if (!first) return null
  return rows.length === 1 ? first.frame : Buffer.concat(rows.map((row) => row.frame))
}
