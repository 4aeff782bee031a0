import type { RelayMessage } from '../../src/protocol/relay-messages.ts'
import type { Member, Room } from './room.ts'
import { type SyncLedger, createSyncLedger } from './sync-ledger.ts'
import type { UpdateFault } from './update-cursor.ts'

/**
 * The updates of one connection: counted, handed to the room or dropped, and acknowledged. Tells an update that closes the
 * connection, null otherwise.
 */
export interface UpdateIntake {
  receive(room: Room, update: Uint8Array, sent: 'live' | 'answer'): UpdateFault | null
  /** A message above the size limit, which nobody has read. */
  countUnread(): number
  /** Tells a client that has just said hello what is saved already. */
  tellSaved(): void
  /** So many rows of the room are committed. True while more is waited for. */
  settle(committedRows: number): boolean
}

export function createUpdateIntake(member: Member, send: (message: RelayMessage) => void): UpdateIntake {
  const ledger: SyncLedger = createSyncLedger()
  let toldReadOnly = false

  function sendSaved(committedRows: number): void {
    const saved = ledger.takeSaved(committedRows)
    if (saved !== null) send({ kind: 'saved', body: saved })
  }

  function settleLater(room: Room, ordinal: number): void {
    ledger.settleAfter(ordinal, room.appendedRows)
    sendSaved(room.committedRows)
    if (ledger.waits) room.settleLater(member)
  }

  /** Stock clients send edits whatever their role, so this is no reason to close. */
  function dropFromReader(room: Room, ordinal: number): void {
    settleLater(room, ordinal)
    if (toldReadOnly) return
    toldReadOnly = true
    const message = 'This room key may read only. The edit was not taken; ask for a key with the role writer.'
    send({ kind: 'rejected', body: { count: ordinal, code: 'read-only', message } })
  }

  return {
    receive(room, update, sent) {
      const ordinal = ledger.count()
      if (!member.mayWrite) {
        dropFromReader(room, ordinal)
        return null
      }
      const taken = room.submit(member, update, sent)
      if (taken.kind === 'refused') {
        send({ kind: 'rejected', body: { count: ordinal, code: taken.fault.code, message: taken.fault.message } })
        return taken.fault
      }
      if (taken.kind === 'gap') {
        if (ledger.openGap(ordinal)) room.askForMissing(member)
        return null
      }
      if (sent === 'answer') ledger.closeGaps(ordinal)
      settleLater(room, ordinal)
      return null
    },
    countUnread: () => ledger.count(),
    tellSaved() {
      if (ledger.told > 0) send({ kind: 'saved', body: ledger.told })
    },
    settle(committedRows) {
      sendSaved(committedRows)
      return ledger.waits
    },
  }
}
