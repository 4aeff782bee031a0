import * as React from 'react'

/**
 * Renders one component that only uses hooks, for lack of `react-dom` among the development dependencies. It keeps React's
 * rules for the hooks the library uses: a snapshot read twice must be the same object, a store is subscribed after the first
 * render and again only when `subscribe` is another function, StrictMode renders and subscribes twice.
 */
export interface Rendered<T> {
  readonly value: T
  /** How often the component was rendered with something new to show. */
  readonly renders: number
  unmount(): void
}

export interface RenderOptions {
  /** As if below providers with these values. */
  readonly contexts: ReadonlyMap<React.Context<never>, unknown>
  readonly strict?: boolean
  readonly server?: boolean
}

interface Store {
  subscribe: (listener: () => void) => () => void
  read: () => unknown
  value: unknown
  stop: (() => void) | null
}

interface Internals {
  readonly __CLIENT_INTERNALS_DO_NOT_USE_OR_WARN_USERS_THEY_CANNOT_UPGRADE: { H: unknown }
}

export function renderHook<T>(component: () => T, options: RenderOptions): Rendered<T> {
  const { contexts, strict = false, server = false } = options
  const shared = (React as unknown as Internals).__CLIENT_INTERNALS_DO_NOT_USE_OR_WARN_USERS_THEY_CANNOT_UPGRADE
  const memos: { readonly value: unknown; readonly deps: readonly unknown[] }[] = []
  const stores: Store[] = []
  let mounted = true
  let renders = 0
  let value: T

  const run = (): T => {
    let memoAt = 0
    let storeAt = 0
    const dispatcher = {
      useContext: (context: React.Context<never>) => contexts.get(context) ?? null,
      useCallback: (callback: unknown, deps: readonly unknown[]) => {
        const at = memoAt++
        const before = memos[at]
        if (before && deps.every((dep, i) => Object.is(dep, before.deps[i]))) return before.value
        memos[at] = { value: callback, deps }
        return callback
      },
      useSyncExternalStore: (subscribe: Store['subscribe'], read: Store['read'], readOnServer?: Store['read']) => {
        const readNow = server ? readOnServer : read
        if (!readNow) throw new Error('Missing getServerSnapshot')
        const at = storeAt++
        const now = readNow()
        if (!Object.is(now, readNow())) throw new Error('The result of getSnapshot should be cached')
        const before = stores[at]
        stores[at] = { subscribe, read: readNow, value: now, stop: before?.stop ?? null }
        if (before && before.subscribe !== subscribe) {
          before.stop?.()
          stores[at].stop = null
        }
        return now
      },
    }
    const outer = shared.H
    shared.H = dispatcher
    try {
      return component()
    } finally {
      shared.H = outer
    }
  }
  const subscribeAll = (): void => {
    for (const store of stores) store.stop ??= store.subscribe(() => look())
  }
  const unsubscribeAll = (): void => {
    for (const store of stores) {
      store.stop?.()
      store.stop = null
    }
  }
  const render = (): void => {
    if (strict) run()
    value = run()
    renders++
    if (server) return
    subscribeAll()
  }
  const look = (): void => {
    if (!mounted) throw new Error('A listener was called after unmount')
    if (stores.some((store) => !Object.is(store.read(), store.value))) render()
  }

  render()
  if (strict && !server) {
    unsubscribeAll()
    subscribeAll()
  }
  return {
    get value() {
      return value
    },
    get renders() {
      return renders
    },
    unmount: () => {
      mounted = false
      unsubscribeAll()
    },
  }
}
