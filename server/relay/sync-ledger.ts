/**
 * Counts the sync messages of one connection and tells how many of them are durably stored. Pure.
 *
 * Every step 2 and update counts, from the socket's first frame, whether it is stored, empty, dropped or refused. Message n is
 * saved once every row appended to its room before n was answered is committed: an empty answer means "you have all I have",
 * which is true only when those rows are. After a gap nothing is saved until the client's next answer is.
 */
export interface SyncLedger {
  /** Ordinal of the message that has just come in, from 1. */
  count(): number
  /** Message `ordinal` is settled once the first `rows` rows of the room are committed. */
  settleAfter(ordinal: number, rows: number): void
  /** Message `ordinal` was dropped for a gap. True where an answer must be asked for, false where one is on its way. */
  openGap(ordinal: number): boolean
  /** Message `ordinal` is an answer, which holds all the client has: it makes up for what was dropped before. */
  closeGaps(ordinal: number): void
  /** The saved count with `committedRows` rows committed, or null where it is no greater than told before. */
  takeSaved(committedRows: number): number | null
  /** The greatest count told so far. */
  readonly told: number
  /** Whether something waits for a commit. */
  readonly waits: boolean
}

export function createSyncLedger(): SyncLedger {
  let counted = 0
  let saved = 0
  let told = 0
  /** Nothing from `from` on is saved until `until` is; null while no answer has come. */
  let gaps: { readonly from: number; until: number | null }[] = []
  /** Ascending in both; messages of one turn usually share their rows. */
  const open: { ordinal: number; readonly rows: number }[] = []
  return {
    count: () => ++counted,
    settleAfter(ordinal, rows) {
      const last = open.at(-1)
      if (last?.rows === rows) last.ordinal = ordinal
      else open.push({ ordinal, rows })
    },
    openGap(ordinal) {
      if (gaps.some((gap) => gap.until === null)) return false
      gaps.push({ from: ordinal, until: null })
      return true
    },
    closeGaps(ordinal) {
      for (const gap of gaps) gap.until ??= ordinal
    },
    takeSaved(committedRows) {
      let done = 0
      while ((open[done]?.rows ?? Number.POSITIVE_INFINITY) <= committedRows) done++
      saved = open[done - 1]?.ordinal ?? saved
      open.splice(0, done)
      gaps = gaps.filter((gap) => gap.until === null || gap.until > saved)
      const shown = Math.min(saved, ...gaps.map((gap) => gap.from - 1))
      if (shown <= told) return null
      told = shown
      return shown
    },
    get told() {
      return told
    },
    get waits() {
      return open.length > 0
    },
  }
}
