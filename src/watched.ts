/** A value that changes, with those who want to know. */
export interface Watched<T> {
  get(): T
  subscribe(listener: () => void): () => void
}

export function watch<T>(get: () => T, subscribe: (listener: () => void) => () => void): Watched<T> {
  return { get, subscribe }
}

/** Whether the page is shown; null where there is no page. */
export function isPageVisible(): Watched<boolean> | null {
  if (typeof document !== 'object') return null
  return watch(
    () => document.visibilityState === 'visible',
    (listener) => {
      document.addEventListener('visibilitychange', listener)
      return () => document.removeEventListener('visibilitychange', listener)
    },
  )
}
