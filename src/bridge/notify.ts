/** Calls everyone. One that throws harms neither the others nor the caller; its error surfaces as an uncaught one. */
export function notify(listeners: Iterable<() => void>): void {
  for (const listener of listeners) {
    try {
      listener()
    } catch (error) {
      queueMicrotask(() => {
        throw error
      })
    }
  }
}
