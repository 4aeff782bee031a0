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

export function keyKind(key: BinKey | undefined): 'none' | 'master' | 'access' {
  if (!key) return 'none'
  return 'masterKey' in key ? 'master' : 'access'
}

function slot(origin: string, bin: string): string {
  return `${origin} ${bin}`
}
