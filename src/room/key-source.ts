/** A room key, or where to get one: called again when the relay says that a key has expired. */
export type RoomKey = string | (() => Promise<string>)

/** The room key of all connections to one room, fetched once for all of them. */
export interface KeySource {
  readonly kind: 'none' | 'fixed' | 'renewable'
  /** Null without a key. Rejects as the application's function does, or when it takes too long. */
  readonly get: () => Promise<string | null>
  /** This key has expired: the next `get` asks again. */
  readonly expire: (key: string | null) => void
  readonly replace: (key: RoomKey | null) => void
}

export function createKeySource(initial: RoomKey | null): KeySource {
  let key = initial
  let known: Promise<string> | null = null
  let value: string | null = null

  return {
    get kind() {
      return key === null ? 'none' : typeof key === 'string' ? 'fixed' : 'renewable'
    },
    get: async () => {
      if (key === null || typeof key === 'string') return key
      const asked = (known ??= key())
      try {
        value = await asked
        return value
      } catch (error) {
        if (known === asked) known = null
        throw error
      }
    },
    expire: (expired) => {
      if (expired !== value) return
      known = null
      value = null
    },
    replace: (replacement) => {
      key = replacement
      known = null
      value = null
    },
  }
}
