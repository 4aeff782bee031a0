/** The moments at which a page may be about to end. */
export interface PageLifecycle {
  /** The page is hidden: a phone may end it without another word. */
  onHidden(listener: () => void): () => void
  /** The page is left; it may still come back from the back/forward cache. */
  onLeave(listener: () => void): () => void
  onReturn(listener: () => void): () => void
}

/** Of the page this runs in; null where there is none, as in Node or a worker. */
export function currentPage(): PageLifecycle | null {
  if (typeof document === 'undefined' || typeof addEventListener !== 'function') return null
  const listen = (target: EventTarget, type: string, listener: (event: Event) => void): (() => void) => {
    target.addEventListener(type, listener)
    return () => target.removeEventListener(type, listener)
  }
  return {
    onHidden: (listener) =>
      listen(document, 'visibilitychange', () => {
        if (document.visibilityState === 'hidden') listener()
      }),
    onLeave: (listener) => listen(globalThis, 'pagehide', listener),
    onReturn: (listener) =>
      listen(globalThis, 'pageshow', (event) => {
        if ((event as PageTransitionEvent).persisted) listener()
      }),
  }
}
