/**
 * Callbacks of the application. One that throws harms nobody: an exception inside a Yjs observer would stop the Y.Doc for
 * good, and take the turn of everybody behind it.
 */
export interface Subscribers<T> {
  readonly size: number
  /** Gives the function that ends the subscription. */
  add(listener: (event: T) => void): () => void
  tell(event: T): void
  clear(): void
}

export function createSubscribers<T>(onError: (error: unknown) => void): Subscribers<T> {
  // A wrapper each: the same function may be subscribed twice.
  const listeners = new Set<{ readonly call: (event: T) => void }>()
  return {
    get size() {
      return listeners.size
    },
    add: (listener) => {
      const entry = { call: listener }
      listeners.add(entry)
      return () => {
        listeners.delete(entry)
      }
    },
    tell: (event) => {
      for (const entry of [...listeners]) {
        // One told before may have ended this subscription.
        if (!listeners.has(entry)) continue
        try {
          entry.call(event)
        } catch (error) {
          onError(error)
        }
      }
    },
    clear: () => {
      listeners.clear()
    },
  }
}

/** As an uncaught error: of the page, seen by its error reporting; of the process, where there is no page. */
export function reportUncaught(error: unknown): void {
  const { reportError } = globalThis as { readonly reportError?: (error: unknown) => void }
  if (reportError) reportError(error)
  else
    queueMicrotask(() => {
      throw error
    })
}
