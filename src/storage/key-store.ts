/**
 * The keys of bins on this device, under the origin they were typed for and the bin's id. A key is never stored in a
 * document's database, never sent to another origin, and never part of a message.
 */

/** Exactly one of the two. */
export type BinKey = { readonly masterKey: string } | { readonly accessKey: string }

export interface KeyStoreOptions {
  /** Null: nothing is remembered. The page's localStorage by default, where the browser allows it. */
  readonly storage?: KeyStorage | null
}

/** What is used of `Storage`. */
export interface KeyStorage {
  getItem(name: string): string | null
  setItem(name: string, value: string): void
  removeItem(name: string): void
}

export interface KeyStore {
  /** False where this device cannot remember keys: each lasts until the page closes. */
  readonly canRemember: boolean
  /** `origin` of the bins service, such as `https://api.jsonbin.io`. */
  get(origin: string, binId: string): BinKey | null
  /** `remember: false` keeps the key until the page closes. Returns whether it outlives the page. */
  set(origin: string, binId: string, key: BinKey, options?: { readonly remember?: boolean }): boolean
  /** Also forgets a remembered key. */
  remove(origin: string, binId: string): void
  /** Also after a change in another tab. */
  subscribe(listener: () => void): () => void
}

/** One text under one name, so that other code of the origin is left alone. */
const storageName = 'y-tokens/1/keys'

type StoredKeys = Map<string, BinKey>

export function createKeyStore(options: KeyStoreOptions = {}): KeyStore {
  const storage = options.storage === undefined ? pageStorage() : options.storage
  const session: StoredKeys = new Map()
  const changes = new EventTarget()
  const changed = (): void => {
    changes.dispatchEvent(new Event('change'))
  }
  let canRemember = storage !== null

  /** Always read again: another tab may have written. */
  const remembered = (): StoredKeys => {
    if (!storage) return new Map()
    try {
      return decodeKeys(storage.getItem(storageName))
    } catch {
      canRemember = false
      return new Map()
    }
  }
  const remember = (keys: StoredKeys): boolean => {
    if (!storage) return false
    try {
      if (keys.size === 0) storage.removeItem(storageName)
      else storage.setItem(storageName, encodeKeys(keys))
      return true
    } catch {
      canRemember = false
      return false
    }
  }

  return {
    get canRemember() {
      return canRemember
    },
    get: (origin, binId) => {
      const address = addressOf(origin, binId)
      return session.get(address) ?? remembered().get(address) ?? null
    },
    set: (origin, binId, key, { remember: wanted = true } = {}) => {
      const address = addressOf(origin, binId)
      const keys = remembered()
      const had = keys.delete(address)
      if (wanted) keys.set(address, key)
      const stored = wanted || had ? remember(keys) : false
      if (wanted && stored) session.delete(address)
      else session.set(address, key)
      changed()
      return wanted && stored
    },
    remove: (origin, binId) => {
      const address = addressOf(origin, binId)
      session.delete(address)
      const keys = remembered()
      if (keys.delete(address)) remember(keys)
      changed()
    },
    subscribe: (listener) => {
      const call = (): void => listener()
      const elsewhere = (event: StorageEvent): void => {
        if (event.key === storageName || event.key === null) listener()
      }
      changes.addEventListener('change', call)
      const page = typeof window === 'object' ? window : null
      page?.addEventListener('storage', elsewhere)
      return () => {
        changes.removeEventListener('change', call)
        page?.removeEventListener('storage', elsewhere)
      }
    },
  }
}

/** A browser throws on the mere access where storage is denied, as in a sandboxed frame. */
function pageStorage(): KeyStorage | null {
  try {
    return typeof window === 'object' && typeof localStorage === 'object' ? localStorage : null
  } catch {
    return null
  }
}

function addressOf(origin: string, binId: string): string {
  return JSON.stringify([origin, binId])
}

function encodeKeys(keys: StoredKeys): string {
  return JSON.stringify([...keys])
}

/** Entries of another shape are left out: they are of another version, or of somebody else. */
function decodeKeys(text: string | null): StoredKeys {
  const keys: StoredKeys = new Map()
  if (text === null) return keys
  let entries: unknown
  try {
    entries = JSON.parse(text)
  } catch {
    return keys
  }
  if (!Array.isArray(entries)) return keys
  for (const entry of entries as unknown[]) {
    if (!Array.isArray(entry)) continue
    const [address, key] = entry as unknown[]
    if (typeof address === 'string' && isBinKey(key)) keys.set(address, key)
  }
  return keys
}

function isBinKey(value: unknown): value is BinKey {
  if (typeof value !== 'object' || value === null) return false
  const { masterKey, accessKey } = value as Readonly<Record<string, unknown>>
  return (typeof masterKey === 'string') !== (typeof accessKey === 'string')
}
