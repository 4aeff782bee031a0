import { describe, expect, it } from 'vitest'
import { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { factAccessOf } from '../src/doc/fact-access.ts'
import { createTokenDocument, openTokens, type RelayStatus, type Tokens } from '../src/index.ts'
import { exchangeSeeds, seedsLackedBy } from '../src/seed-exchange.ts'
import { eventually } from './support/eventually.ts'
import { startRelay } from './support/relay-server.ts'

/** The seeds of these two have one client id: found by trying. */
const clashing = [497, 40896] as const
const fileOf = (n: number): string => `{"values":{"set${n}":{"t":{"$type":"number","$value":${n}}}}}`

async function takeInApart(url: string, n: number): Promise<Tokens> {
  const alone = createTokenDocument()
  alone.import(fileOf(n))
  const tokens = await openTokens({ room: 'acme', storage: 'memory', relay: { url }, bins: { enabled: false } })
  Y.applyUpdate(tokens.document.ydoc, Y.encodeStateAsUpdate(alone.ydoc))
  return tokens
}

describe('two seeds with one client id', () => {
  it('reach everybody, though Yjs takes the second for known', async () => {
    const relay = await startRelay()
    const tokens = await Promise.all(clashing.map((n) => takeInApart(relay.url, n)))
    const names = clashing.map((n) => `set${n}`)
    await eventually(
      () => {
        for (const { document } of tokens) expect(document.setNames().toSorted()).toEqual(names.toSorted())
      },
      { timeoutMs: 40_000 },
    )
    const [one, other] = tokens as [Tokens, Tokens]
    expect(one.document.toText()).toBe(other.document.toText())
    for (const { document } of tokens) expect(factAccessOf(document).wholeSeeds()).toHaveLength(2)
    await Promise.all(tokens.map((each) => each.close()))
  })
})

describe('a session that holds a seed', () => {
  /** One session with a seed, and a peer that tells `list`. */
  function meet(
    list: unknown,
    status: { readonly kind?: 'synced' | 'syncing'; readonly role?: 'reader' | 'writer' } = {},
  ) {
    const { kind = 'synced', role = 'writer' } = status
    const document = createTokenDocument()
    document.import(fileOf(1))
    const awareness = new Awareness(document.ydoc)
    let due: (() => void) | undefined
    const told: unknown[] = []
    const tellPeer = (seeds: unknown): void => {
      awareness.states.set(7, { seeds })
      awareness.emit('change', [{ added: [7], updated: [], removed: [] }, 'remote'])
    }
    const stop = exchangeSeeds({
      document,
      room: { awareness, presence: { setLocal: (fields: unknown) => void told.push(fields) } as never },
      relay: { get: () => ({ state: { kind }, role }) as RelayStatus, subscribe: () => () => undefined },
      setTimer: (run) => (due = run),
      clearTimer: () => (due = undefined),
    })
    tellPeer(list)
    const wait = (): void => {
      const run = due
      due = undefined
      run?.()
    }
    const [name = ''] = factAccessOf(document).wholeSeeds()
    const copies = (): number => [...document.ydoc.share.keys()].filter((root) => root.startsWith(`${name}/`)).length
    return { document, told, tellPeer, wait, copies, name, stop, isWaiting: () => due !== undefined }
  }

  it('tells its name, and another that comes', () => {
    const { told, name, document } = meet([])
    expect(told).toEqual([{ seeds: [name] }])
    const other = createTokenDocument()
    other.import(fileOf(2))
    Y.applyUpdate(document.ydoc, Y.encodeStateAsUpdate(other.ydoc))
    expect(told.at(-1)).toEqual({ seeds: factAccessOf(document).wholeSeeds().toSorted() })
    expect(factAccessOf(document).wholeSeeds()).toHaveLength(2)
  })

  it('copies it once for who goes on lacking it', () => {
    const session = meet([])
    expect(session.copies()).toBe(0)
    session.wait()
    expect(session.copies()).toBe(1)
    session.tellPeer([])
    session.wait()
    expect(session.copies()).toBe(1)
  })

  it('copies nothing where it was only under way', () => {
    const session = meet([])
    session.tellPeer([session.name])
    session.wait()
    expect(session.copies()).toBe(0)
    expect(session.isWaiting()).toBe(false)
  })

  it.each([
    ['a reader', { role: 'reader' }],
    ['before it is synced', { kind: 'syncing' }],
  ] as const)('copies nothing as %s', (_, status) => {
    const session = meet([], status)
    session.wait()
    expect(session.copies()).toBe(0)
  })

  it('waits for nothing after its end', () => {
    const session = meet([])
    session.stop()
    session.tellPeer([])
    session.wait()
    expect(session.copies()).toBe(0)
  })

  it('believes no list that is none', () => {
    const tooLong = Array.from({ length: 21 }, (_, i) => `v1/seed/${i}`)
    for (const list of [undefined, null, 'v1/seed/a', { length: 0 }, tooLong])
      expect(seedsLackedBy([list], ['v1/seed/a'], () => false).size).toBe(0)
    expect(seedsLackedBy([['v1/seed/b', 5, null]], ['v1/seed/a'], () => false)).toEqual(new Set(['v1/seed/a']))
  })
})
