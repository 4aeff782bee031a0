import { describe, expect, it } from 'vitest'
import { applyAwarenessUpdate, Awareness, encodeAwarenessUpdate, removeAwarenessStates } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { type AwarenessTable, type Identity, createAwarenessTable } from '../../../server/relay/awareness-table.ts'
import { defaultLimits } from '../../../server/relay/limits.ts'
import { readAwarenessEntries, writeAwarenessEntries, type AwarenessEntry } from '../../support/raw-wire-client.ts'
import { onTestFinished } from 'vitest'

interface Link {
  readonly source: { readonly id: number; readonly identity: Identity | null }
  readonly awareness: Awareness
}

/** Real awareness instances around the table, as stock clients are around a relay. */
function createRing() {
  const table = createAwarenessTable(defaultLimits)
  const links: Link[] = []
  let lastId = 0
  const flush = (): void => {
    const changes = table.takeChanges()
    if (changes) for (const { awareness } of links) applyAwarenessUpdate(awareness, changes, 'relay')
  }
  const send = (link: Link, clients: readonly number[]): void => {
    table.receive(link.source, encodeAwarenessUpdate(link.awareness, [...clients]), 0)
    flush()
  }
  const connect = (awareness: Awareness, identity: Identity | null = null): Link => {
    const link: Link = { source: { id: ++lastId, identity }, awareness }
    links.push(link)
    awareness.on('update', ({ added, updated, removed }: Record<'added' | 'updated' | 'removed', number[]>) => {
      if (links.includes(link)) send(link, [...added, ...updated, ...removed])
    })
    if (awareness.getLocalState() !== null) send(link, [awareness.clientID])
    const everybody = table.everybody(link.source)
    if (everybody) applyAwarenessUpdate(awareness, everybody, 'relay')
    return link
  }
  const disconnect = (link: Link): void => {
    links.splice(links.indexOf(link), 1)
    table.leave(link.source)
    flush()
  }
  return { table, connect, disconnect }
}

function createClient(
  clientId: number,
  state: Record<string, unknown> | null = { name: `client ${clientId}` },
): Awareness {
  const doc = new Y.Doc()
  doc.clientID = clientId
  const awareness = new Awareness(doc)
  if (state === null || Object.keys(state).length > 0) awareness.setLocalState(state)
  onTestFinished(() => doc.destroy())
  return awareness
}

describe('stock clients around the table', () => {
  it('see each other, changes, and who leaves', () => {
    const ring = createRing()
    const a = createClient(1)
    const b = createClient(2)
    ring.connect(a)
    const link = ring.connect(b)
    expect(new Set(a.getStates().keys())).toEqual(new Set([1, 2]))
    expect(new Set(b.getStates().keys())).toEqual(new Set([1, 2]))
    b.setLocalStateField('cursor', 5)
    expect(a.getStates().get(2)).toEqual({ name: 'client 2', cursor: 5 })
    ring.disconnect(link)
    expect([...a.getStates().keys()]).toEqual([1])
  })

  it('see a client whose first state has clock 0, which peers ignore by themselves', () => {
    const ring = createRing()
    const a = createClient(1)
    ring.connect(a)
    ring.connect(createClient(2, {}))
    expect(a.getStates().get(2)).toEqual({})
  })

  it('see a client at once that comes back with the clock of its own removal', () => {
    const ring = createRing()
    const a = createClient(1)
    const b = createClient(2)
    ring.connect(a)
    for (let i = 0; i < 3; i++) {
      const link = ring.connect(b)
      expect(a.getStates().get(2)).toEqual({ name: 'client 2' })
      ring.disconnect(link)
      expect(a.getStates().has(2)).toBe(false)
    }
    ring.connect(b)
    b.setLocalStateField('cursor', 1)
    expect(a.getStates().get(2)).toEqual({ name: 'client 2', cursor: 1 })
    expect(b.getLocalState()).toEqual({ name: 'client 2', cursor: 1 })
  })

  it('are not removed by a tab that lost its socket and announces everybody as gone', () => {
    const ring = createRing()
    const a = createClient(1)
    const b = createClient(2)
    ring.connect(a)
    ring.connect(b)
    removeAwarenessStates(b, [1], 'tab')
    expect(a.getStates().has(1)).toBe(true)
    const c = createClient(3)
    ring.connect(c)
    expect(c.getStates().has(1)).toBe(true)
  })

  it('settle: after a change nobody keeps answering', () => {
    const ring = createRing()
    const clients = [1, 2, 3].map((id) => createClient(id))
    for (const client of clients) ring.connect(client)
    for (let i = 0; i < 5; i++) for (const client of clients) client.setLocalStateField('cursor', i)
    const clocks = (): (number | undefined)[] => clients.map((client) => client.meta.get(client.clientID)?.clock)
    const before = clocks()
    expect(ring.table.takeChanges()).toBeNull()
    expect(clocks()).toEqual(before)
    for (const client of clients)
      for (const other of clients) expect(client.getStates().get(other.clientID)).toMatchObject({ cursor: 4 })
  })
})

describe('the table', () => {
  const open = (): AwarenessTable => createAwarenessTable(defaultLimits)
  const source = (id: number, identity: Identity | null = null) => ({ id, identity })
  const ana = { id: 'u1', name: 'Ana' }
  const told = (table: AwarenessTable): AwarenessEntry[] | null => {
    const changes = table.takeChanges()
    return changes && readAwarenessEntries(changes)
  }
  const receive = (
    table: AwarenessTable,
    from: ReturnType<typeof source>,
    entries: readonly AwarenessEntry[],
    at = 0,
  ): void => table.receive(from, writeAwarenessEntries(entries), at)

  it('writes the identity of the key into the state, whatever the client claims', () => {
    const table = open()
    receive(table, source(1, ana), [
      { client: 5, clock: 1, state: { user: { id: 'boss', name: 'Boss', color: 'red' } } },
    ])
    expect(told(table)).toEqual([{ client: 5, clock: 1, state: { user: { id: 'u1', name: 'Ana', color: 'red' } } }])
    receive(table, source(2, ana), [{ client: 6, clock: 1, state: { user: 'Boss' } }])
    expect(told(table)).toEqual([{ client: 6, clock: 1, state: { user: ana } }])
  })

  it('ignores entries for ids that others own, new states and removals alike', () => {
    const table = open()
    receive(table, source(1), [{ client: 5, clock: 1, state: { a: 1 } }])
    told(table)
    receive(table, source(2), [{ client: 6, clock: 1, state: {} }])
    told(table)
    receive(table, source(2), [
      { client: 5, clock: 9, state: { a: 2 } },
      { client: 5, clock: 9, state: undefined },
      { client: 7, clock: 1, state: {} },
    ])
    expect(told(table)).toBeNull()
  })

  it('ignores a clock that would win for ever', () => {
    const table = open()
    receive(table, source(1), [{ client: 5, clock: Number.MAX_SAFE_INTEGER, state: {} }])
    expect(told(table)).toBeNull()
  })

  it('ignores states that are too large or no objects', () => {
    const table = open()
    for (const state of ['x'.repeat(10), 5, [1], { big: 'x'.repeat(5_000) }])
      receive(table, source(1), [{ client: 5, clock: 1, state }])
    expect(told(table)).toBeNull()
  })

  it('does not mistake a repetition for a return: the id stays with its owner', () => {
    const table = open()
    receive(table, source(1, ana), [{ client: 5, clock: 3, state: { a: 1 } }])
    told(table)
    table.everybody(source(2, ana))
    receive(table, source(2, ana), [{ client: 5, clock: 3, state: { a: 1 } }])
    table.leave(source(2, ana))
    expect(told(table)).toBeNull()
  })

  it('lets the same user take an id over on a newer socket before the old one is found dead', () => {
    const table = open()
    receive(table, source(1, ana), [{ client: 5, clock: 3, state: { a: 1 } }])
    told(table)
    receive(table, source(2, ana), [{ client: 5, clock: 3, state: { a: 1 } }])
    expect(told(table)).toMatchObject([{ client: 5, clock: 4 }])
    table.leave(source(1, ana))
    expect(told(table)).toBeNull()
    table.leave(source(2, ana))
    expect(told(table)).toEqual([{ client: 5, clock: 5, state: undefined }])
  })

  it('lets no other user take an id over', () => {
    const table = open()
    receive(table, source(1, ana), [{ client: 5, clock: 3, state: {} }])
    told(table)
    receive(table, source(2, { id: 'u2', name: 'Mallory' }), [{ client: 5, clock: 9, state: {} }])
    expect(told(table)).toBeNull()
  })

  it('lets a connection change its id once the old one is gone or silent, and announces the old one as gone', () => {
    const table = open()
    receive(table, source(1), [{ client: 5, clock: 1, state: {} }])
    told(table)
    receive(table, source(1), [{ client: 6, clock: 1, state: {} }], 10_000)
    expect(told(table)).toBeNull()
    receive(table, source(1), [{ client: 6, clock: 1, state: {} }], 30_000)
    expect(told(table)).toEqual([
      { client: 5, clock: 2, state: undefined },
      { client: 6, clock: 1, state: {} },
    ])
    receive(table, source(1), [{ client: 6, clock: 1, state: undefined }], 30_000)
    receive(table, source(1), [{ client: 7, clock: 1, state: {} }], 30_000)
    expect(told(table)).toEqual([
      { client: 6, clock: 1, state: undefined },
      { client: 7, clock: 1, state: {} },
    ])
  })

  it('loses no change that crosses with an issue of its own', () => {
    const table = open()
    receive(table, source(1), [{ client: 5, clock: 0, state: { n: 0 } }])
    expect(told(table)).toEqual([{ client: 5, clock: 1, state: { n: 0 } }])
    // Sent before the owner heard of clock 1:
    receive(table, source(1), [{ client: 5, clock: 1, state: { n: 1 } }])
    // The owner's echo of the first issue, sent after that:
    receive(table, source(1), [{ client: 5, clock: 1, state: { n: 0 } }])
    expect(told(table)).toEqual([{ client: 5, clock: 2, state: { n: 1 } }])
  })

  it('refuses bytes that are no awareness update', () => {
    expect(() => open().receive(source(1), Uint8Array.of(1, 5, 1), 0)).toThrow('cut off')
    expect(() => open().receive(source(1), Uint8Array.of(0, 0), 0)).toThrow('left over')
  })

  it('remembers only so many that are gone', () => {
    const table = open()
    for (let id = 1; id <= 10_000; id++) {
      receive(table, source(id), [{ client: id, clock: 1, state: {} }])
      table.leave(source(id))
      told(table)
    }
    expect(table.everybody(source(99_999))).toBeNull()
  })
})
