import type { Signal } from '../../../src/bridge/ports.ts'

export interface MutableSignal<T> extends Signal<T> {
  set(value: T): void
}

export function mutableSignal<T>(value: T): MutableSignal<T> {
  const listeners = new Set<() => void>()
  let current = value
  return {
    get: () => current,
    set: (next) => {
      if (next === current) return
      current = next
      for (const listener of listeners) listener()
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
