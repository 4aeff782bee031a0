import { useCallback, useSyncExternalStore } from 'react'

/**
 * What `read` gives, read again whenever `source` tells of a change; renders again where it then is another object. `subscribe`
 * must be the same function in every render, `read` may differ. The server renders what is there, without subscribing.
 */
export function useWatched<Source, Value>(
  source: Source,
  subscribe: (source: Source, listener: () => void) => () => void,
  read: (source: Source) => Value,
): Value {
  const subscribeTo = useCallback((listener: () => void) => subscribe(source, listener), [source, subscribe])
  const snapshot = (): Value => read(source)
  return useSyncExternalStore(subscribeTo, snapshot, snapshot)
}
