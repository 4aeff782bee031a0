/**
 * Which edits the relay has stored: pure. On each connection sync messages (answers to step 1, and updates) count from 1, and
 * `saved` says how many of them are stored. A reconnect starts at 0; its first answer carries all that the relay lacks, so
 * its acknowledgement settles everything made before it.
 *
 * - A1 An edit is unsaved from when it is made until its message, or a later answer, is acknowledged.
 * - A2 What was under way when a connection ended counts again with the next one's first answer.
 * - A3 A refused message's edits are rejected, no longer unsaved; an answer that is acknowledged later takes them along.
 * - A4 A reader's edits are rejected without a word: the relay says so only once.
 */
import type { RejectedEdits } from './relay-status.ts'

export interface Acknowledgement {
  /** Sync messages on this connection. */
  readonly sent: number
  readonly saved: number
  /** Edits of messages that are not acknowledged, oldest first. */
  readonly underWay: readonly Sent[]
  /** Edits that no message of this connection carries. */
  readonly carried: number
  readonly rejected: readonly RejectedEdits[]
  /** An answer of this connection has been acknowledged. */
  readonly settled: boolean
  readonly reader: boolean
  /** False with a relay that acknowledges nothing. */
  readonly counts: boolean
}

interface Sent {
  readonly ordinal: number
  readonly edits: number
  readonly answer: boolean
}

export type AcknowledgementEvent =
  /** Made while no connection was open. */
  | { readonly kind: 'edited-offline' }
  | { readonly kind: 'opened' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'sent'; readonly message: 'answer' | 'update'; readonly empty: boolean }
  | { readonly kind: 'saved'; readonly count: number }
  | { readonly kind: 'rejected'; readonly count: number; readonly code: string; readonly message: string }
  | { readonly kind: 'role'; readonly reader: boolean }
  | { readonly kind: 'foreign' }

const readOnlyCode = 'read-only'
const readOnlyMessage =
  'This room key may only read. The edit stays on this device; ask for a key with the role writer.'

export const nothingSent: Acknowledgement = {
  sent: 0,
  saved: 0,
  underWay: [],
  carried: 0,
  rejected: [],
  settled: false,
  reader: false,
  counts: true,
}

export function stepAcknowledgement(state: Acknowledgement, event: AcknowledgementEvent): Acknowledgement {
  switch (event.kind) {
    case 'edited-offline':
      return { ...state, carried: state.carried + 1 }
    case 'opened':
      return { ...state, sent: 0, saved: 0, settled: false, counts: true }
    case 'closed':
      return { ...state, carried: state.carried + editsOf(state.underWay), underWay: [], settled: false }
    case 'sent':
      return sent(state, event.message, event.empty)
    case 'saved':
      return saved(state, event.count)
    case 'rejected':
      return rejected(state, event)
    case 'role': {
      if (!event.reader) return { ...state, reader: false }
      const edits = state.carried + editsOf(state.underWay)
      const refused = reject(state.rejected, { code: readOnlyCode, message: readOnlyMessage, edits })
      return { ...state, reader: true, carried: 0, underWay: [], rejected: refused }
    }
    case 'foreign':
      return { ...state, counts: false, underWay: [], carried: 0 }
  }
}

/** Null with a relay that acknowledges nothing. */
export function unsavedOf(state: Acknowledgement): number | null {
  return state.counts ? state.carried + editsOf(state.underWay) : null
}

/** Everything made here is stored there, as far as the relay tells. A reader has nothing to store. */
export function isAcknowledged(state: Acknowledgement): boolean {
  if (!state.counts || state.reader) return true
  return state.settled && state.carried === 0 && state.underWay.length === 0
}

function sent(state: Acknowledgement, message: 'answer' | 'update', empty: boolean): Acknowledgement {
  const ordinal = state.sent + 1
  if (!state.counts) return { ...state, sent: ordinal }
  const answer = message === 'answer'
  if (state.reader) {
    if (answer) return { ...state, sent: ordinal }
    const refused = reject(state.rejected, { code: readOnlyCode, message: readOnlyMessage, edits: 1 })
    return { ...state, sent: ordinal, rejected: refused }
  }
  // An answer that holds something of an earlier session counts as one edit: how many it was is not known.
  const edits = answer ? Math.max(state.carried, empty ? 0 : 1) : 1
  return {
    ...state,
    sent: ordinal,
    carried: answer ? 0 : state.carried,
    underWay: [...state.underWay, { ordinal, edits, answer }],
  }
}

function saved(state: Acknowledgement, count: number): Acknowledgement {
  if (count <= state.saved) return state
  const stored = state.underWay.filter(({ ordinal }) => ordinal <= count)
  const answered = stored.some(({ answer }) => answer)
  return {
    ...state,
    saved: count,
    underWay: state.underWay.slice(stored.length),
    settled: state.settled || answered,
    rejected: answered ? [] : state.rejected,
  }
}

function rejected(
  state: Acknowledgement,
  { count, code, message }: AcknowledgementEvent & { kind: 'rejected' },
): Acknowledgement {
  const refused = state.underWay.find(({ ordinal }) => ordinal === count)
  // A reader's edits are counted when they are sent.
  const edits = refused ? refused.edits : state.reader ? 0 : 1
  return {
    ...state,
    underWay: state.underWay.filter((each) => each !== refused),
    rejected: reject(state.rejected, { code, message, edits }),
  }
}

/** One entry per code, with the relay's latest words. */
function reject(all: readonly RejectedEdits[], added: RejectedEdits): readonly RejectedEdits[] {
  const before = all.find(({ code }) => code === added.code)
  const edits = (before?.edits ?? 0) + added.edits
  if (edits === 0) return all
  return [...all.filter((each) => each !== before), { ...added, edits }]
}

function editsOf(underWay: readonly Sent[]): number {
  return underWay.reduce((sum, { edits }) => sum + edits, 0)
}
