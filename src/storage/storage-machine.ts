/**
 * What to do with the local copy, and when: pure. The shell (`attach-storage.ts`) holds the bytes, the connection and the
 * timers, does what the effects say and reports back.
 *
 * ```
 *  opening ──opened──▶ loading ──loaded──▶ ready ──edit, 100 ms──▶ writing
 *     ▲ │                 │                 │ ▲──────written────────┘ │
 *     │ └──failed─────────┴──▶ away ◀──lost─┴────────failed───────────┘
 *     └───retry, or an edit─────┘                    (the first failure goes straight back to opening)
 * ```
 *
 * - M1 An edit is queued, in a write under way, or covered by `full`: the next write holds the whole document.
 * - M2 Whatever fails sets `full`. A row that was lost would hide every later one from the next load.
 * - M3 A write follows a load of the same connection; so a rewrite never removes rows that nobody here has read.
 * - M4 `loaded` is reported once, at the latest when opening has taken too long.
 * - M5 A full disk first gets a rewrite, which needs less room than the rows it replaces.
 * - M6 A copy that somebody deleted comes back with the next edit, or for one not yet stored, never by itself.
 */
import type { StorageErrorCode } from './storage-error.ts'
import type { StorageLoss } from './storage-adapter.ts'
import { isFinalTrouble, type StorageTrouble } from './storage-status.ts'

export interface StorageMachine {
  readonly phase: 'opening' | 'loading' | 'ready' | 'writing' | 'away' | 'closed'
  /** Edits that no write has taken yet. */
  readonly queued: number
  readonly full: boolean
  readonly writing: 'append' | 'full' | 'compact' | null
  readonly trouble: StorageTrouble | null
  /** Failures since the last good write. */
  readonly failures: number
  readonly reportedLoaded: boolean
  /** Rows and bytes beside the largest row, which is taken for the state. */
  readonly tailRows: number
  readonly tailBytes: number
  readonly stateBytes: number
  /** Unreadable rows, or a gap: keep every row as it is. */
  readonly keepRows: boolean
}

export type StorageEvent =
  | { readonly kind: 'opened' }
  | { readonly kind: 'open-slow'; readonly blocked: boolean }
  | {
      readonly kind: 'loaded'
      readonly rows: number
      readonly bytes: number
      readonly largest: number
      readonly keepRows: boolean
    }
  /** Opening, loading or writing was refused. */
  | { readonly kind: 'failed'; readonly code: StorageErrorCode }
  | { readonly kind: 'lost'; readonly how: StorageLoss }
  | { readonly kind: 'edited' }
  | { readonly kind: 'flush' }
  | { readonly kind: 'written'; readonly rows: number; readonly bytes: number }
  /** Another tab is compacting. */
  | { readonly kind: 'compaction-skipped' }
  | { readonly kind: 'retry' }
  /** Yjs had swallowed updates. */
  | { readonly kind: 'updates-missed' }
  | { readonly kind: 'close' }

export type StorageEffect =
  | {
      readonly kind: 'open' | 'load' | 'append' | 'rewrite' | 'compact' | 'disconnect' | 'drop-queue' | 'report-loaded'
    }
  | { readonly kind: 'start'; readonly timer: StorageTimer; readonly delayMs: number }
  | { readonly kind: 'stop'; readonly timer: StorageTimer }

export type StorageTimer = 'slow' | 'flush' | 'retry'

export interface StorageStep {
  readonly state: StorageMachine
  readonly effects: readonly StorageEffect[]
}

/** An edit is durable at most this long after it was made, plus the write itself. */
export const flushDelayMs = 100
/** After this the application starts without the local copy; it still joins when it arrives. */
export const openTimeoutMs = 3_000
const retryDelaysMs: readonly number[] = [1_000, 5_000, 30_000]

/** Compact when the rows behind the state outweigh it, or are many; a few dozen cost a load nothing. */
const minTailRows = 64
const maxTailRows = 1_024

export function startStorage(): StorageStep {
  return {
    state: {
      phase: 'opening',
      queued: 0,
      full: false,
      writing: null,
      trouble: null,
      failures: 0,
      reportedLoaded: false,
      tailRows: 0,
      tailBytes: 0,
      stateBytes: 0,
      keepRows: false,
    },
    effects: [{ kind: 'open' }, { kind: 'start', timer: 'slow', delayMs: openTimeoutMs }],
  }
}

export function stepStorage(state: StorageMachine, event: StorageEvent): StorageStep {
  if (state.phase === 'closed') {
    return event.kind === 'opened' ? { state, effects: [{ kind: 'disconnect' }] } : { state, effects: [] }
  }
  switch (event.kind) {
    case 'opened':
      if (state.phase !== 'opening') return same(state)
      return { state: { ...state, phase: 'loading' }, effects: [{ kind: 'load' }] }
    case 'open-slow':
      return slow(state, event.blocked)
    case 'loaded':
      return state.phase === 'loading' ? loaded(state, event) : same(state)
    case 'failed':
      return failed(state, event.code)
    case 'lost':
      return lost(state, event.how)
    case 'edited':
      return edited(state)
    case 'flush':
      return flush(state)
    case 'written':
      return state.phase === 'writing' ? written(state, event) : same(state)
    case 'compaction-skipped':
      if (state.writing !== 'compact') return same(state)
      return settle({ ...state, phase: 'ready', writing: null, tailRows: 0, tailBytes: 0 })
    case 'retry':
      return state.phase === 'away' ? reopen(state) : same(state)
    case 'updates-missed': {
      const missed: StorageMachine = { ...state, full: true, queued: 0 }
      return withEffects(missed.phase === 'ready' ? startWriting(missed) : same(missed), { kind: 'drop-queue' })
    }
    case 'close':
      return {
        state: { ...state, phase: 'closed' },
        effects: [...stopTimers, { kind: 'drop-queue' }, { kind: 'disconnect' }],
      }
  }
}

function edited(state: StorageMachine): StorageStep {
  // By way of a timer: nothing that an adapter does may run inside Yjs's event.
  if (state.phase === 'away' && state.trouble === 'deleted') return { state, effects: [soon] }
  if (state.full) return same(state)
  const next = { ...state, queued: state.queued + 1 }
  if (state.phase !== 'ready' || state.queued > 0) return same(next)
  return { state: next, effects: [{ kind: 'start', timer: 'flush', delayMs: flushDelayMs }] }
}

function flush(state: StorageMachine): StorageStep {
  if (state.phase === 'ready') return state.queued > 0 || state.full ? startWriting(state) : same(state)
  if (state.phase === 'away' && !(state.trouble && isFinalTrouble(state.trouble))) return reopen(state)
  return same(state)
}

function loaded(state: StorageMachine, event: StorageEvent & { kind: 'loaded' }): StorageStep {
  const next: StorageMachine = {
    ...state,
    phase: 'ready',
    // What could not be written before is still to be written: the trouble ends with that write.
    trouble: state.full ? state.trouble : null,
    reportedLoaded: true,
    tailRows: Math.max(0, event.rows - 1),
    tailBytes: event.bytes - event.largest,
    stateBytes: event.largest,
    keepRows: event.keepRows,
  }
  const reported: readonly StorageEffect[] = state.reportedLoaded ? [] : [{ kind: 'report-loaded' }]
  const compacting = next.tailRows >= minTailRows && !next.keepRows
  const step = next.full || next.queued > 0 ? startWriting(next) : compacting ? compact(next) : same(next)
  return { state: step.state, effects: [{ kind: 'stop', timer: 'slow' }, ...reported, ...step.effects] }
}

function written(state: StorageMachine, { rows, bytes }: StorageEvent & { kind: 'written' }): StorageStep {
  const appended = state.writing === 'append' || state.keepRows
  return settle({
    ...state,
    phase: 'ready',
    writing: null,
    trouble: null,
    failures: 0,
    tailRows: appended ? state.tailRows + rows : 0,
    tailBytes: appended ? state.tailBytes + bytes : 0,
    stateBytes: appended ? state.stateBytes : bytes,
  })
}

/** Ready again: the next write, if there is one to do. */
function settle(state: StorageMachine): StorageStep {
  if (state.full) return startWriting(state)
  const tooMany = state.tailRows >= minTailRows && state.tailBytes >= state.stateBytes
  if (!state.keepRows && (tooMany || state.tailRows >= maxTailRows)) return compact(state)
  if (state.queued === 0) return same(state)
  return { state, effects: [{ kind: 'start', timer: 'flush', delayMs: flushDelayMs }] }
}

function startWriting(state: StorageMachine): StorageStep {
  return {
    state: { ...state, phase: 'writing', writing: state.full ? 'full' : 'append', full: false, queued: 0 },
    effects: [{ kind: 'stop', timer: 'flush' }, { kind: state.full ? 'rewrite' : 'append' }],
  }
}

/** The queue stays: whatever it holds is stored twice, which is harmless. */
function compact(state: StorageMachine): StorageStep {
  return {
    state: { ...state, phase: 'writing', writing: 'compact' },
    effects: [{ kind: 'compact' }],
  }
}

function failed(state: StorageMachine, code: StorageErrorCode): StorageStep {
  if (state.phase === 'ready' || state.phase === 'away') return same(state)
  if (code === 'quota' && state.writing === 'append' && !state.keepRows) {
    return withEffects(startWriting({ ...state, full: true, queued: 0 }), { kind: 'drop-queue' })
  }
  const next = { ...state, failures: state.failures + 1 }
  const worthRetryingNow = state.phase === 'writing' && code !== 'quota' && state.failures === 0
  return worthRetryingNow ? reopen(next) : goAway(next, code)
}

function lost(state: StorageMachine, how: StorageLoss): StorageStep {
  if (state.phase === 'away' || state.phase === 'opening') return same(state)
  const next = { ...state, failures: state.failures + 1 }
  if (how === 'deleted') {
    const step = goAway(next, 'deleted')
    return isStored(state) ? step : { ...step, effects: [...step.effects, soon] }
  }
  if (how === 'upgraded') return goAway(next, 'newer-format')
  return state.failures === 0 ? reopen(next) : goAway(next, 'closed')
}

function slow(state: StorageMachine, blocked: boolean): StorageStep {
  if (state.phase !== 'opening' && state.phase !== 'loading') return same(state)
  return report({ ...state, trouble: blocked ? 'blocked' : 'timeout', full: true, queued: 0 }, [{ kind: 'drop-queue' }])
}

/** Starts over with a new connection. Everything goes into the next write. */
function reopen(state: StorageMachine): StorageStep {
  return {
    state: { ...state, phase: 'opening', full: true, queued: 0, writing: null },
    effects: [
      ...stopTimers,
      { kind: 'drop-queue' },
      { kind: 'disconnect' },
      { kind: 'open' },
      { kind: 'start', timer: 'slow', delayMs: openTimeoutMs },
    ],
  }
}

function goAway(state: StorageMachine, trouble: StorageTrouble): StorageStep {
  const waits = isFinalTrouble(trouble) || trouble === 'deleted'
  const delayMs = retryDelaysMs[Math.min(state.failures, retryDelaysMs.length) - 1] ?? 1_000
  const retry: readonly StorageEffect[] = waits ? [] : [{ kind: 'start', timer: 'retry', delayMs }]
  return report({ ...state, phase: 'away', trouble, full: true, queued: 0, writing: null }, [
    ...stopTimers,
    { kind: 'drop-queue' },
    { kind: 'disconnect' },
    ...retry,
  ])
}

function report(state: StorageMachine, effects: readonly StorageEffect[]): StorageStep {
  if (state.reportedLoaded) return { state, effects }
  return { state: { ...state, reportedLoaded: true }, effects: [...effects, { kind: 'report-loaded' }] }
}

const soon: StorageEffect = { kind: 'start', timer: 'retry', delayMs: 0 }
const stopTimers: readonly StorageEffect[] = [
  { kind: 'stop', timer: 'slow' },
  { kind: 'stop', timer: 'flush' },
  { kind: 'stop', timer: 'retry' },
]

function same(state: StorageMachine): StorageStep {
  return { state, effects: [] }
}

function withEffects(step: StorageStep, ...first: readonly StorageEffect[]): StorageStep {
  return { state: step.state, effects: [...first, ...step.effects] }
}

/** Whether everything edited so far is durable. */
export function isStored(state: StorageMachine): boolean {
  return !state.full && state.queued === 0 && (state.phase === 'ready' || state.writing === 'compact')
}
