import type { Timers } from './timers.ts'

/** At most one running timer per name. */
export interface TimerSet<Name extends string> {
  /** Starts over where that timer runs already. */
  start(name: Name, delayMs: number): void
  stop(name: Name): void
}

export function createTimerSet<Name extends string>(timers: Timers, onDue: (name: Name) => void): TimerSet<Name> {
  const handles = new Map<Name, number>()
  const stop = (name: Name): void => {
    const handle = handles.get(name)
    if (handle !== undefined) timers.clearTimer(handle)
    handles.delete(name)
  }
  return {
    start: (name, delayMs) => {
      stop(name)
      const due = (): void => {
        handles.delete(name)
        onDue(name)
      }
      handles.set(name, timers.setTimer(due, delayMs))
    },
    stop,
  }
}
