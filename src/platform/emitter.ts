export interface Emitter {
  readonly emit: () => void
  readonly subscribe: (listener: () => void) => () => void
}

/** Listeners as an EventTarget calls them: one that throws is reported by the platform and stops neither the others nor us. */
export function createEmitter(): Emitter {
  const target = new EventTarget()
  return {
    emit: () => {
      target.dispatchEvent(new Event('change'))
    },
    subscribe: (listener) => {
      const call = (): void => listener()
      target.addEventListener('change', call)
      return () => target.removeEventListener('change', call)
    },
  }
}
