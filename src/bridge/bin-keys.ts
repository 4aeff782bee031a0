/** A master key opens the whole account; an access key has the rights it was made with. */
export type BinKey = { readonly masterKey: string } | { readonly accessKey: string }

/**
 * Where this device keeps its keys, under the origin they were typed for and the bin. Keys stand nowhere else: in no document,
 * status, error or log.
 */
export interface BinKeys {
  get(origin: string, bin: string): BinKey | undefined
  /** `remember: false` keeps the key until the page closes. */
  set(origin: string, bin: string, key: BinKey, options?: { readonly remember?: boolean }): void
  delete(origin: string, bin: string): void
}

/** Forgets with the process. */
export function createMemoryKeys(): BinKeys {
  const keys = new Map<string, BinKey>()
  return {
    get: (origin, bin) => keys.get(slot(origin, bin)),
    set: (origin, bin, key) => void keys.set(slot(origin, bin), key),
    delete: (origin, bin) => void keys.delete(slot(origin, bin)),
  }
}

export interface TextStore {
  getItem(name: string): string | null
  setItem(name: string, text: string): void
  removeItem(name: string): void
}

const storagePrefix = 'y-tokens/1/bin-key '

/** Keys in `localStorage` or what works alike; where it refuses, they last until the page closes. */
export function createStoredKeys(store: TextStore): BinKeys {
  const session = createMemoryKeys()
  return {
    get: (origin, bin) => session.get(origin, bin) ?? readKey(store, storagePrefix + slot(origin, bin)),
    set: (origin, bin, key, { remember = true } = {}) => {
      session.set(origin, bin, key)
      const name = storagePrefix + slot(origin, bin)
      if (remember) attempt(() => store.setItem(name, JSON.stringify(key)))
      else attempt(() => store.removeItem(name))
    },
    delete: (origin, bin) => {
      session.delete(origin, bin)
      attempt(() => store.removeItem(storagePrefix + slot(origin, bin)))
    },
  }
}

export function keyKind(key: BinKey | undefined): 'none' | 'master' | 'access' {
  if (!key) return 'none'
  return 'masterKey' in key ? 'master' : 'access'
}

function slot(origin: string, bin: string): string {
  return `${origin} ${bin}`
}

function readKey(store: TextStore, name: string): BinKey | undefined {
  const text = attempt(() => store.getItem(name))
  if (!text) return undefined
  const stored = attempt(() => JSON.parse(text) as Partial<Record<'masterKey' | 'accessKey', unknown>>)
  if (typeof stored?.masterKey === 'string') return { masterKey: stored.masterKey }
  return typeof stored?.accessKey === 'string' ? { accessKey: stored.accessKey } : undefined
}

/** A full or forbidden store must not keep anybody from working; the key then lasts as long as the page. */
function attempt<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch {
    return undefined
  }
}
