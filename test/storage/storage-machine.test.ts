import { describe, expect, it } from 'vitest'
import {
  isStored,
  startStorage,
  stepStorage,
  type StorageEvent,
  type StorageMachine,
  type StorageStep,
} from '../../src/storage/storage-machine.ts'

type Phase = StorageMachine['phase']
type Kind = StorageEvent['kind']

const events: Readonly<Record<Kind, StorageEvent>> = {
  opened: { kind: 'opened' },
  'open-slow': { kind: 'open-slow', blocked: false },
  loaded: { kind: 'loaded', rows: 0, bytes: 0, largest: 0, keepRows: false },
  failed: { kind: 'failed', code: 'failed' },
  lost: { kind: 'lost', how: 'closed' },
  edited: { kind: 'edited' },
  flush: { kind: 'flush' },
  written: { kind: 'written', rows: 1, bytes: 10 },
  'compaction-skipped': { kind: 'compaction-skipped' },
  retry: { kind: 'retry' },
  'updates-missed': { kind: 'updates-missed' },
  close: { kind: 'close' },
}

function run(...sequence: readonly StorageEvent[]): StorageStep {
  let step = startStorage()
  for (const event of sequence) step = stepStorage(step.state, event)
  return step
}

const states: Readonly<Record<Phase, StorageMachine>> = {
  opening: run().state,
  loading: run(events.opened).state,
  ready: run(events.opened, events.loaded).state,
  writing: run(events.opened, events.loaded, events.edited, events.flush).state,
  away: run(events.failed).state,
  closed: run(events.close).state,
}

/** The phase after each event in each phase. No `Partial`: a new event does not compile until every cell is decided. */
const transitions: Readonly<Record<Phase, Readonly<Record<Kind, Phase>>>> = {
  opening: {
    opened: 'loading',
    'open-slow': 'opening',
    loaded: 'opening',
    failed: 'away',
    lost: 'opening',
    edited: 'opening',
    flush: 'opening',
    written: 'opening',
    'compaction-skipped': 'opening',
    retry: 'opening',
    'updates-missed': 'opening',
    close: 'closed',
  },
  loading: {
    opened: 'loading',
    'open-slow': 'loading',
    loaded: 'ready',
    failed: 'away',
    lost: 'opening',
    edited: 'loading',
    flush: 'loading',
    written: 'loading',
    'compaction-skipped': 'loading',
    retry: 'loading',
    'updates-missed': 'loading',
    close: 'closed',
  },
  ready: {
    opened: 'ready',
    'open-slow': 'ready',
    loaded: 'ready',
    failed: 'ready',
    lost: 'opening',
    edited: 'ready',
    flush: 'ready',
    written: 'ready',
    'compaction-skipped': 'ready',
    retry: 'ready',
    'updates-missed': 'writing',
    close: 'closed',
  },
  writing: {
    opened: 'writing',
    'open-slow': 'writing',
    loaded: 'writing',
    failed: 'opening',
    lost: 'opening',
    edited: 'writing',
    flush: 'writing',
    written: 'ready',
    'compaction-skipped': 'writing',
    retry: 'writing',
    'updates-missed': 'writing',
    close: 'closed',
  },
  away: {
    opened: 'away',
    'open-slow': 'away',
    loaded: 'away',
    failed: 'away',
    lost: 'away',
    edited: 'away',
    flush: 'opening',
    written: 'away',
    'compaction-skipped': 'away',
    retry: 'opening',
    'updates-missed': 'away',
    close: 'closed',
  },
  closed: {
    opened: 'closed',
    'open-slow': 'closed',
    loaded: 'closed',
    failed: 'closed',
    lost: 'closed',
    edited: 'closed',
    flush: 'closed',
    written: 'closed',
    'compaction-skipped': 'closed',
    retry: 'closed',
    'updates-missed': 'closed',
    close: 'closed',
  },
}

function effectKinds(step: StorageStep): string[] {
  return step.effects.map((effect) => ('timer' in effect ? `${effect.kind} ${effect.timer}` : effect.kind))
}

describe('the storage machine', () => {
  for (const phase of Object.keys(transitions) as Phase[]) {
    for (const kind of Object.keys(events) as Kind[]) {
      it(`goes from ${phase} by ${kind} to ${transitions[phase][kind]}`, () => {
        expect(stepStorage(states[phase], events[kind]).state.phase).toBe(transitions[phase][kind])
      })
    }
  }

  it('[M1] counts an edit in every phase, until a write has taken it', () => {
    for (const phase of ['opening', 'loading', 'ready', 'writing'] as const) {
      const { state } = stepStorage(states[phase], events.edited)
      expect([phase, state.queued > 0 || state.full, isStored(state)]).toEqual([phase, true, false])
    }
    expect(isStored(stepStorage(states.away, events.edited).state)).toBe(false)
  })

  it('[M2] writes the whole document after any failure', () => {
    for (const sequence of [
      [events.opened, events.loaded, events.edited, events.flush, events.failed],
      [events.opened, events.loaded, events.edited, events.lost],
      [events.opened, events.edited, events.failed],
      [events.edited, events.failed],
      [events.edited, events['open-slow']],
    ]) {
      expect(run(...sequence).state.full).toBe(true)
    }
  })

  it('[M2] tries once more at once, then after growing pauses', () => {
    const firstFailure = run(events.opened, events.loaded, events.edited, events.flush, events.failed)
    expect(effectKinds(firstFailure)).toContain('open')
    let { state } = firstFailure
    const delays: number[] = []
    for (let round = 0; round < 5; round++) {
      for (const event of [events.opened, events.loaded]) state = stepStorage(state, event).state
      const step = stepStorage(state, events.failed)
      for (const effect of step.effects) if (effect.kind === 'start') delays.push(effect.delayMs)
      state = stepStorage(step.state, events.retry).state
    }
    expect(delays).toEqual([5_000, 30_000, 30_000, 30_000, 30_000])
  })

  it('[M3] loads before it writes, on every connection', () => {
    const reopened = run(events.opened, events.loaded, events.lost, events.opened)
    expect(effectKinds(reopened)).toEqual(['load'])
    expect(effectKinds(stepStorage(reopened.state, events.loaded))).toEqual(['stop slow', 'stop flush', 'rewrite'])
  })

  it('[M4] reports `loaded` exactly once', () => {
    for (const sequence of [
      [events['open-slow'], events.opened, events.loaded],
      [events.failed, events.retry, events.opened, events.loaded],
      [events.opened, events['open-slow'], events.loaded],
      [events.opened, events.loaded, events.lost, events.opened, events.loaded],
    ]) {
      let step = startStorage()
      let reports = 0
      for (const event of sequence) {
        step = stepStorage(step.state, event)
        reports += effectKinds(step).filter((kind) => kind === 'report-loaded').length
      }
      expect(reports).toBe(1)
    }
  })

  it('[M5] answers a full disk with a rewrite, then by going away', () => {
    const full = { kind: 'failed', code: 'quota' } as const
    const rewriting = stepStorage(states.writing, full)
    expect(effectKinds(rewriting)).toEqual(['drop-queue', 'stop flush', 'rewrite'])
    const away = stepStorage(rewriting.state, full).state
    expect([away.phase, away.trouble]).toEqual(['away', 'quota'])
  })

  it('[M6] brings a deleted copy back with an edit only', () => {
    const deleted = stepStorage(states.ready, { kind: 'lost', how: 'deleted' })
    expect(effectKinds(deleted)).not.toContain('start retry')
    expect(deleted.state.trouble).toBe('deleted')
    expect(effectKinds(stepStorage(deleted.state, events.edited))).toEqual(['start retry'])
    const unsaved = stepStorage(stepStorage(states.ready, events.edited).state, { kind: 'lost', how: 'deleted' })
    expect(effectKinds(unsaved)).toContain('start retry')
  })

  it('never retries what only another page load can cure', () => {
    for (const code of ['denied', 'unsupported', 'newer-format'] as const) {
      const away = stepStorage(states.opening, { kind: 'failed', code })
      expect(effectKinds(away)).not.toContain('start retry')
      expect(stepStorage(away.state, events.flush).state.phase).toBe('away')
    }
  })

  it('compacts when the rows outweigh the state, or are many, and never where rows are to be kept', () => {
    const afterLoad = (loaded: Partial<StorageEvent & { kind: 'loaded' }>): string[] =>
      effectKinds(run(events.opened, { ...events.loaded, ...loaded } as StorageEvent))
    expect(afterLoad({ rows: 65, bytes: 6_500, largest: 100 })).toContain('compact')
    expect(afterLoad({ rows: 65, bytes: 6_500, largest: 100, keepRows: true })).not.toContain('compact')
    expect(afterLoad({ rows: 64, bytes: 6_400, largest: 100 })).not.toContain('compact')

    const writes = (stateBytes: number, rowBytes: number): number => {
      let { state } = run(events.opened, {
        ...events.loaded,
        rows: 1,
        bytes: stateBytes,
        largest: stateBytes,
      } as StorageEvent)
      for (let count = 1; count < 3_000; count++) {
        for (const event of [events.edited, events.flush]) state = stepStorage(state, event).state
        const step = stepStorage(state, { kind: 'written', rows: 1, bytes: rowBytes })
        if (effectKinds(step).includes('compact')) return count
        state = step.state
      }
      return -1
    }
    expect(writes(100, 100)).toBe(64)
    expect(writes(20_000, 100)).toBe(200)
    expect(writes(10_000_000, 100)).toBe(1_024)
  })
})
