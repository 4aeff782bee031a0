import * as Y from 'yjs'
import type { BinEntry, Bridge, JournalEntry } from '../../src/bridge/index.ts'
import { createSideDocument } from '../../src/bridge/side-document.ts'
import { createVersions, type Versions } from '../../src/bridge/versions.ts'
import { factAccessOf } from '../../src/doc/fact-access.ts'
import type { TokenDocument } from '../../src/doc/token-document.ts'
import type { Person, Tokens, TokensStatus } from '../../src/open-tokens.ts'

export interface FakeTokens {
  readonly tokens: Tokens
  /** What the editor called, in order, such as `bins.apply b1`. Keys show by their kind only. */
  readonly calls: string[]
  setStatus(change: Partial<TokensStatus>): void
  setPeople(people: readonly Person[]): void
  setBins(bins: readonly BinEntry[]): void
  setJournal(entries: readonly JournalEntry[]): void
  /** The next call of this name fails with this error. */
  failNext(call: string, error: Error): void
}

export const savedStatus: TokensStatus = {
  storage: { kind: 'saved' },
  relay: { state: { kind: 'synced' }, role: 'writer', user: null, unsaved: 0, rejected: [] },
  bridge: {
    state: { kind: 'off' },
    bin: null,
    access: 'none',
    lastReadAt: null,
    lastWriteAt: null,
    heldBack: [],
    requests: null,
    requestsLeft: null,
  },
  teamBridge: null,
}

/** An open room without a relay, a bin or storage: the document is real, the legs say what a test tells them to. */
export function createFakeTokens(document: TokenDocument, room = 'acme-brand'): FakeTokens {
  let status = savedStatus
  let people: readonly Person[] = [{ clientId: 1, self: true, name: 'Ana Silva', color: '#7c4dff' }]
  let bins: readonly BinEntry[] = []
  let journal: readonly JournalEntry[] = []
  const calls: string[] = []
  const failures = new Map<string, Error>()
  const emitters = {
    status: createEmitter(),
    people: createEmitter(),
    bins: createEmitter(),
    journal: createEmitter(),
  }
  const call = (name: string, ...facts: readonly (string | undefined)[]): void => {
    calls.push([name, ...facts.filter((fact) => fact !== undefined && fact !== '')].join(' '))
    const error = failures.get(name)
    failures.delete(name)
    if (error) throw error
  }
  const setBridge = (change: Partial<TokensStatus['bridge']>): void => {
    status = { ...status, bridge: { ...status.bridge, ...change } }
    emitters.status.emit()
  }
  const setBins = (next: readonly BinEntry[]): void => {
    bins = next
    emitters.bins.emit()
  }

  const bridge: Bridge = {
    get status() {
      return status.bridge
    },
    subscribeStatus: emitters.status.subscribe,
    bins: {
      list: () => bins,
      subscribe: emitters.bins.subscribe,
      add: async ({ name, id = 'new-bin', url, key, again }) => {
        call('bins.add', name, id, url, keyKind(key), again ? 'again' : undefined)
        setBins([...bins, { id, name, url: url ?? null, applied: false, key: 'none' }])
        return id
      },
      setKey: (id, key, options) => {
        call('bins.setKey', id, keyKind(key) ?? 'none', options?.remember === false ? 'until closed' : 'remembered')
        const kind = key === null ? 'none' : 'masterKey' in key ? 'master' : 'access'
        setBins(bins.map((bin) => (bin.id === id ? { ...bin, key: kind } : bin)))
      },
      preview: async () => ({
        holds: 'tokens',
        bin: { tokens: 30, sets: 2, bytes: 4_000 },
        room: { tokens: 36, sets: 2, bytes: 5_000 },
        added: 1,
        changed: 2,
        removed: 7,
      }),
      apply: async (id, { mode = 'auto', takeOver, leaveUnsaved } = {}) => {
        call('bins.apply', id, mode, takeOver ? 'takeOver' : '', leaveUnsaved ? 'leaveUnsaved' : '')
        setBins(bins.map((bin) => ({ ...bin, applied: bin.id === id })))
        setBridge({ bin: bins.find((bin) => bin.id === id) ?? null, state: { kind: 'synced' } })
      },
      remove: (id) => {
        call('bins.remove', id)
        setBins(bins.filter((bin) => bin.id !== id))
      },
      rename: async (id, name) => {
        call('bins.rename', id, name)
        setBins(bins.map((bin) => (bin.id === id ? { ...bin, name } : bin)))
      },
    },
    journal: {
      entries: () => journal,
      unresolved: () =>
        journal.flatMap(({ values, isSettled }) => (isSettled ? [] : values.filter(({ kind }) => kind === 'kept'))),
      subscribe: emitters.journal.subscribe,
      apply: (entryId, valueId) => {
        call('journal.apply', entryId, valueId)
        const value = journal.find(({ id }) => id === entryId)?.values.find(({ id }) => id === valueId)
        if (!value || value.set === null || value.text === null) return
        document.update(value.set, value.path, { [value.field[0] as string]: JSON.parse(value.text) })
      },
      undo: (entryId) => {
        call('journal.undo', entryId)
        return 1
      },
      settle: (entryId) => {
        call('journal.settle', entryId)
        journal = journal.map((entry) => (entry.id === entryId ? { ...entry, isSettled: true } : entry))
        emitters.journal.emit()
      },
    },
    versions: createFakeVersions(document, call),
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
    unreadable: () => '{"half":',
    takeExit: async (exit) => call('bridge.takeExit', exit),
    close: async () => call('bridge.close'),
  }

  const tokens: Tokens = {
    room,
    document: Object.assign(document, { versions: bridge.versions }),
    get status() {
      return status
    },
    subscribeStatus: emitters.status.subscribe,
    presence: {
      list: () => people,
      subscribe: emitters.people.subscribe,
      setFocus: (focus) => {
        people = people.map(({ focus: before, ...person }) => {
          const kept = person.self ? focus : before
          return kept ? { ...person, focus: kept } : person
        })
        emitters.people.emit()
      },
      setUser: (user) => {
        people = people.map((person) => (person.self ? { ...person, ...user } : person))
        emitters.people.emit()
      },
      setLocal: () => undefined,
    },
    bins: bridge.bins,
    bridge,
    whenSaved: async () => true,
    close: async () => call('close'),
  }

  return {
    tokens,
    calls,
    setStatus: (change) => {
      status = { ...status, ...change }
      emitters.status.emit()
    },
    setPeople: (next) => {
      people = next
      emitters.people.emit()
    },
    setBins,
    setJournal: (next) => {
      journal = next
      emitters.journal.emit()
    },
    failNext: (name, error) => {
      failures.set(name, error)
    },
  }
}

/** The real history, in a side document of its own. */
function createFakeVersions(
  document: TokenDocument,
  call: (name: string, ...facts: readonly string[]) => void,
): Versions {
  const side = createSideDocument({ ydoc: new Y.Doc(), lane: document.lane, now: Date.now })
  const access = factAccessOf(document)
  let made = 0
  const randomId = (): string => `v${++made}`
  const versions = createVersions({ document, access, side, by: () => 'Ana Silva', randomId, now: Date.now })
  return {
    ...versions,
    putAside: (name) => {
      call('versions.putAside', name)
      return versions.putAside(name)
    },
    restore: (id, parts) => {
      call('versions.restore', id)
      versions.restore(id, parts)
    },
  }
}

function createEmitter(): {
  readonly emit: () => void
  readonly subscribe: (listener: () => void) => () => void
} {
  const listeners = new Set<() => void>()
  return {
    emit: () => {
      for (const listener of listeners) listener()
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

function keyKind(key: object | null | undefined): string | undefined {
  return key ? Object.keys(key)[0] : undefined
}
