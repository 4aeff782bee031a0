/**
 * An open room: who is in it, what it holds, and who is told what.
 *
 * - An update is judged, committed, then sent on and acknowledged. Nobody ever sees an edit that the relay could still lose,
 *   so a failed commit leaves nothing to take back, and what one commit brought goes out in one write. The price is one commit
 *   (0.2–0.8 ms) on the way to the others.
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
  /** Called for each row of a commit in turn, then {@link Room.publish} once. */
  committed(row: PendingRow, position: number): void
  /** Sends on and acknowledges what is now durable. */
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
  /** What it missed is being put together. */
  catchingUp: boolean
}

const emptyUpdate = Uint8Array.of(0, 0)
const emptyVector = Uint8Array.of(0)
const maxCachedAnswers = 16

export function createRoom(options: RoomOptions): Room {
  const { name, stored, limits, timers, log, compactor } = options
  const content = createRoomContent(stored)
  const clocks = createRoomClocks(limits, options.walker)
  if (stored?.snapshot) clocks.learnSnapshot(stored.snapshot.update, stored.snapshot.vector, stored.snapshot.pending)
  for (const row of stored?.rows ?? []) clocks.learnRow(row.update)

  const seats = new Map<number, Seat>()
  const settling = new Set<Member>()
  const awareness = createAwarenessTable(limits)
  const answers = new Map<string, Promise<Uint8Array | null>>()
  /** Committed and not yet sent on. */
  let unpublished: PendingRow[] = []
  let publishedUntil = 0
  let ordinal = stored?.lastOrdinal ?? 0
  let appendedRows = 0
  let committedRows = 0
  let committedAtMs = timers.now()
  let failed = false
  let awarenessSentAtMs = Number.NEGATIVE_INFINITY
  let awarenessTimer: unknown = null

  /** The last of the updates goes as the answer: y-websocket says "synced" at it, and then everything has been applied. */
  function sendAnswer(member: Member, updates: readonly Uint8Array[]): void {
    for (const update of updates.slice(0, -1)) member.send(frameUpdate(update))
    member.send(frameAnswer(updates.at(-1) ?? emptyUpdate))
  }

  /** From this turn on the member is told everything. */
  function admit(member: Member): void {
    if (member.mayWrite) room.askForMissing(member)
    const taken = seats.get(member.id)
    if (taken) {
      taken.joined = true
      taken.behind = null
    }
    room.sendAwareness(member)
  }

  async function joinLater(member: Member, asked: StateVector): Promise<void> {
    const { position } = content
    const update = await computeAnswer(asked)
    if (failed || !seats.has(member.id)) return
    if (update) {
      sendAnswer(member, [update])
      for (const newer of content.since(position)) member.send(frameUpdate(newer))
    } else sendAnswer(member, content.parts())
    admit(member)
  }

  /** Sends what a slow member has missed as one update. */
  async function catchUp(taken: Seat, behind: number): Promise<void> {
    const { member } = taken
    const { position } = content
    const missed = content.since(behind)
    taken.catchingUp = true
    const update = missed.length > 1 ? await compactor.answer(missed, emptyVector) : null
    taken.catchingUp = false
    if (failed || seats.get(member.id) !== taken) return
    for (const each of update ? [update, ...content.since(position)] : content.since(behind))
      member.send(frameUpdate(each))
    taken.behind = null
    room.sendAwareness(member)
  }

  /** Many come back at once with one state vector; it is computed once. */
  function computeAnswer(asked: StateVector): Promise<Uint8Array | null> {
    const key = `${content.position} ${Buffer.from(asked.encoded).toString('latin1')}`
    const known = answers.get(key)
    if (known) return known
    if (answers.size >= maxCachedAnswers) answers.clear()
    const answer = compactor.answer(content.parts(), asked.encoded)
    answers.set(key, answer)
    void answer.then((update) => {
      if (!update) answers.delete(key)
    })
    return answer
  }

  function isListening(taken: Seat, until: number): boolean {
    if (!taken.joined || taken.behind !== null) return false
    const { member } = taken
    if (member.bufferedBytes <= limits.maxBufferedBytes) return true
    taken.behind = until
    log.warn('slow-consumer', { room: name, conn: member.id, bytes: member.bufferedBytes }, 'Buffer full')
    return false
  }

  /** To stock clients their own update coming back is the sign that it is stored; the others are told `saved`. */
  function deliver(rows: readonly PendingRow[], before: number): void {
    const all = joinFrames(rows)
    const authors = new Set(rows.map((row) => row.memberId))
    for (const taken of seats.values()) {
      const { member } = taken
      const isOwn = member.hearsSaved && authors.has(member.id)
      const frames = isOwn ? joinFrames(rows.filter((row) => row.memberId !== member.id)) : all
      if (frames && isListening(taken, before)) member.send(frames)
    }
  }

  function sendAwarenessChanges(): void {
    timers.clearTimer(awarenessTimer)
    awarenessTimer = null
    const changes = awareness.takeChanges()
    if (!changes) return
    awarenessSentAtMs = timers.now()
    const frame = frameAwareness(changes)
    for (const taken of seats.values()) if (taken.joined && taken.behind === null) taken.member.send(frame)
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
      seats.set(member.id, { member, joined: false, behind: null, catchingUp: false })
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
      options.append(row)
      return taken
    },
    join(member, asked) {
      const update = content.answer(asked)
      if (!update) return joinLater(member, asked)
      sendAnswer(member, [update])
      admit(member)
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
      const taken = seats.get(member.id)
      if (taken && taken.behind !== null && !taken.catchingUp) void catchUp(taken, taken.behind)
    },
    isBehind: (member) => (seats.get(member.id)?.behind ?? null) !== null,
    leave(member) {
      seats.delete(member.id)
      settling.delete(member)
      awareness.leave(member)
      awarenessChanged()
    },
    committed(row, position) {
      if (unpublished.length === 0) publishedUntil = content.position
      content.commit({ position, update: row.update })
      unpublished.push(row)
      committedRows++
    },
    publish() {
      const rows = unpublished
      unpublished = []
      committedAtMs = timers.now()
      deliver(rows, publishedUntil)
      for (const member of settling) if (!member.settle(committedRows)) settling.delete(member)
    },
    fail() {
      failed = true
      for (const { member } of seats.values())
        member.close(closeCodes.storageFailed, 'The relay cannot store edits at the moment')
    },
    folded(snapshot) {
      content.folded(snapshot)
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
    readCommitted: () => content.parts(),
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
