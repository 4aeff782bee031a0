import type { TokenDocument } from '../../src/doc/token-document.ts'
import type { BinEntry, JournalEntry, Person, SavedVersion, Tokens, TokensStatus } from '../../src/open-tokens.ts'

export interface FakeTokens {
  readonly tokens: Tokens
  /** What the editor called, in order, such as `bins.apply b1`. Keys show by their kind only. */
  readonly calls: string[]
  setStatus(change: Partial<TokensStatus>): void
  setPeople(people: readonly Person[]): void
  setBins(bins: readonly BinEntry[]): void
  setJournal(entries: readonly JournalEntry[]): void
  /** The next call of this name fails with this message. */
  failNext(call: string, message: string): void
}

export const savedStatus: TokensStatus = {
  storage: { kind: 'saved' },
  relay: { state: { kind: 'synced' }, role: 'writer', unsaved: 0, rejected: [] },
  bridge: {
    state: { kind: 'off' },
    bin: null,
    access: 'none',
    lastReadAt: null,
    lastWriteAt: null,
    heldBack: [],
    requestsLeft: null,
  },
}

/** An open room without a relay, a bin or storage: the document is real, the legs say what a test tells them to. */
export function createFakeTokens(document: TokenDocument, room = 'acme-brand'): FakeTokens {
  let status = savedStatus
  let people: readonly Person[] = [{ clientId: 1, self: true, name: 'Ana Silva', color: '#7c4dff' }]
  let bins: readonly BinEntry[] = []
  let journal: readonly JournalEntry[] = []
  let versions: readonly (SavedVersion & { readonly text: string })[] = []
  const calls: string[] = []
  const failures = new Map<string, string>()
  const listeners = {
    status: new Set<() => void>(),
    people: new Set<() => void>(),
    bins: new Set<() => void>(),
    journal: new Set<() => void>(),
    versions: new Set<() => void>(),
  }
  const subscribe = (name: keyof typeof listeners) => (listener: () => void) => {
    listeners[name].add(listener)
    return () => listeners[name].delete(listener)
  }
  const emit = (name: keyof typeof listeners): void => {
    for (const listener of listeners[name]) listener()
  }
  const call = (name: string, ...facts: readonly (string | undefined)[]): void => {
    calls.push([name, ...facts.filter((fact) => fact !== undefined && fact !== '')].join(' '))
    const message = failures.get(name)
    failures.delete(name)
    if (message !== undefined) throw new Error(message)
  }
  const setBridge = (change: Partial<TokensStatus['bridge']>): void => {
    status = { ...status, bridge: { ...status.bridge, ...change } }
    emit('status')
  }
  const keyKind = (key: object | null | undefined): string | undefined => (key ? Object.keys(key)[0] : undefined)

  const tokens: Tokens = {
    room,
    document,
    get status() {
      return status
    },
    subscribeStatus: subscribe('status'),
    presence: {
      list: () => people,
      subscribe: subscribe('people'),
      setFocus: (focus) => {
        people = people.map((person) => {
          const { focus: _, ...rest } = person
          return person.self ? { ...rest, ...(focus ? { focus } : {}) } : person
        })
        emit('people')
      },
      setUser: (user) => {
        people = people.map((person) => (person.self ? { ...person, ...user } : person))
        emit('people')
      },
    },
    bins: {
      list: () => bins,
      subscribe: subscribe('bins'),
      add: async ({ name, id = 'new-bin', url, key }) => {
        call('bins.add', name, id, url, keyKind(key))
        bins = [...bins, { id, name, url: url ?? null, applied: false, key: 'none' }]
        emit('bins')
        return id
      },
      setKey: (id, key, options) => {
        call('bins.setKey', id, keyKind(key) ?? 'none', options?.remember === false ? 'until closed' : 'remembered')
        const kind = key === null ? 'none' : 'masterKey' in key ? 'master' : 'access'
        bins = bins.map((bin) => (bin.id === id ? { ...bin, key: kind } : bin))
        emit('bins')
      },
      apply: async (id) => {
        call('bins.apply', id)
        bins = bins.map((bin) => ({ ...bin, applied: bin.id === id }))
        emit('bins')
        setBridge({ bin: bins.find((bin) => bin.id === id) ?? null, state: { kind: 'synced' } })
      },
      remove: (id) => {
        call('bins.remove', id)
        bins = bins.filter((bin) => bin.id !== id)
        emit('bins')
      },
      rename: async (id, name) => {
        call('bins.rename', id, name)
        bins = bins.map((bin) => (bin.id === id ? { ...bin, name } : bin))
        emit('bins')
      },
    },
    bridge: {
      journal: {
        entries: () => journal,
        subscribe: subscribe('journal'),
        apply: (entryId, valueId) => {
          call('journal.apply', entryId, valueId)
          const value = journal.find(({ id }) => id === entryId)?.values.find(({ id }) => id === valueId)
          if (!value || value.set === null || value.text === null) return
          document.update(value.set, value.path, { [value.field[0] as string]: JSON.parse(value.text) })
        },
      },
      pause: ({ scope = 'team', reason = '' } = {}) => {
        call('bridge.pause', scope, reason)
        setBridge({ state: { kind: 'paused', by: 'Ana Silva', scope, reason } })
      },
      resume: ({ scope } = {}) => {
        call('bridge.resume', scope)
        setBridge({ state: { kind: 'synced' } })
      },
      pull: async () => {
        call('bridge.pull')
        return { taken: 0, kept: 0, held: 0, summary: '' }
      },
      push: async () => call('bridge.push'),
    },
    versions: {
      list: () => versions,
      subscribe: subscribe('versions'),
      save: (name) => {
        call('versions.save', name)
        const id = `v${versions.length + 1}`
        versions = [{ id, name, at: Date.now(), by: 'Ana Silva', text: document.toText() }, ...versions]
        emit('versions')
        return id
      },
      restore: (id) => {
        call('versions.restore', id)
        const version = versions.find((each) => each.id === id)
        if (version) document.import(version.text, { mode: 'replace' })
      },
    },
    close: async () => call('close'),
  }

  return {
    tokens,
    calls,
    setStatus: (change) => {
      status = { ...status, ...change }
      emit('status')
    },
    setPeople: (next) => {
      people = next
      emit('people')
    },
    setBins: (next) => {
      bins = next
      emit('bins')
    },
    setJournal: (next) => {
      journal = next
      emit('journal')
    },
    failNext: (name, message) => {
      failures.set(name, message)
    },
  }
}
