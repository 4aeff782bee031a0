/**
 * Undo of one's own steps in this session. It writes new facts at the present time, only where one's own still stand: a
 * teammate's newer value is never undone, and nothing is written into others' lanes.
 *
 * Yjs's own undo manager is not used: it pins every overwritten fact, restores what has lost against a newer file, and
 * undoing a creation would take a teammate's edit with it.
 */
import type { Editing } from './editing.ts'
import type { ChangeOrigin } from './origin.ts'
import { takeBack } from './take-back.ts'
import type { UndoRecord } from './undo-record.ts'

const maxSteps = 200
const sameFieldMs = 500

export interface Undo {
  readonly canUndo: boolean
  readonly canRedo: boolean
  undo(): boolean
  redo(): boolean
  /** An action of this session has been written. */
  noteAction(records: readonly UndoRecord[], kind: ChangeOrigin): void
}

type Step = readonly UndoRecord[]

export function createUndo(editing: () => Editing, now: () => number): Undo {
  const undoSteps: Step[] = []
  const redoSteps: Step[] = []
  let lastAt = Number.NEGATIVE_INFINITY
  /** Where the records of the running undo or redo go. */
  let running: Step[] | undefined

  const push = (steps: Step[], step: Step): void => {
    steps.push(step)
    if (steps.length > maxSteps) steps.shift()
  }
  const run = (from: Step[], to: Step[]): boolean => {
    // Inside an action there is no earlier one to go back to.
    const step = editing().writer.isWriting ? undefined : from.pop()
    if (!step) return false
    running = to
    lastAt = Number.NEGATIVE_INFINITY
    try {
      editing().writer.transact('undo', () => {
        for (const record of step.toReversed()) takeBack(editing(), record)
      })
    } finally {
      running = undefined
    }
    return true
  }

  return {
    get canUndo() {
      return undoSteps.length > 0
    },
    get canRedo() {
      return redoSteps.length > 0
    },
    undo: () => run(undoSteps, redoSteps),
    redo: () => run(redoSteps, undoSteps),
    noteAction: (records, kind) => {
      if (kind === 'bridge' || records.length === 0) return
      if (running) {
        push(running, records)
        return
      }
      redoSteps.length = 0
      const at = now()
      const last = undoSteps.at(-1)
      const merged = last && at - lastAt <= sameFieldMs ? mergeSteps(last, records) : undefined
      if (merged) undoSteps[undoSteps.length - 1] = merged
      else push(undoSteps, records)
      lastAt = at
    },
  }
}

/** Typing in one field is one step. */
function mergeSteps(earlier: Step, later: Step): Step | undefined {
  if (earlier.length !== later.length) return undefined
  const merged: UndoRecord[] = []
  for (const [i, record] of later.entries()) {
    const first = earlier[i]
    if (first?.kind !== 'fact' || record.kind !== 'fact' || first.id !== record.id) return undefined
    if (first.before.field !== 'v' || record.before.field !== 'v') return undefined
    merged.push({ ...record, before: { ...record.before, value: first.before.value } })
  }
  return merged
}
