/** One place of the document that the plugin would refuse or lose, and what the bin shows instead. */
export interface HeldBack {
  /** Null for what belongs to the file. */
  readonly set: string | null
  /** Below the set, else below the file, in the document's own names. */
  readonly path: readonly string[]
  /** A sentence for people. */
  readonly reason: string
  /** `repaired`: shown changed, restored on the way back. `held-back`: not shown at all. */
  readonly outcome: 'repaired' | 'held-back'
}

export type ReportHeldBack = (path: readonly string[], outcome: HeldBack['outcome'], reason: string) => void
