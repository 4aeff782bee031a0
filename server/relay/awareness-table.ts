/**
 * Who is in a room, as the awareness protocol has it: one entry per Yjs client id, `(client, clock, state)`, where a greater
 * clock wins. Pure: what came in and what is to be told go through return values.
 *
 * Clients repeat what they hear of others, and announce others as gone when they lose their own socket. So an entry counts
 * only from the connection that owns its id; everything else is ignored, never answered with a close.
 *
 * - A connection owns one id: the first it announces. It may take another once the first is gone or has been silent.
 * - An id that another connection owns is taken over by a newer connection of the same user that shows it does not merely
 *   repeat it: a clock newer than known, or an id it was never told about. That is a client back before its old socket died.
 * - The identity in a state comes from the room key, whatever the client wrote.
 * - A state whose clock is not newer than what peers know is issued again at the next clock, to its owner too. Peers would
 *   ignore a client that returns with the clock of its own removal for 15 s (y-websocket#122), and a first `{}` at clock 0.
 */
import { createWireReader } from './wire-reader.ts'
import { varuintLength, writeVaruint } from './wire-writer.ts'

/** Identity from a room key. */
export interface Identity {
  readonly id: string
  readonly name: string
}

/** What the table needs to know of a connection. */
export interface AwarenessSource {
  /** Grows with every connection of the relay. */
  readonly id: number
  readonly identity: Identity | null
}

export interface AwarenessTable {
  /** Takes an awareness update from a connection. Throws {@link RelayWireFault} on bytes that are none. */
  receive(source: AwarenessSource, update: Uint8Array, nowMs: number): void
  /** The connection is gone: its entry is announced as gone. */
  leave(source: AwarenessSource): void
  /** Encoded entries to tell everybody, their owners included, since the last call; null where there are none. */
  takeChanges(): Uint8Array | null
  /** Encoded entries of everybody present, null where nobody is. The source has then been told about them. */
  everybody(source: AwarenessSource): Uint8Array | null
}

interface Entry {
  clock: number
  /** JSON text; null once gone. */
  state: string | null
  owner: AwarenessSource | null
  heardAtMs: number
  /** What was issued at a clock of the relay's: the owner repeats it, perhaps after it has changed its state. */
  issued: readonly Issued[]
}

interface Issued {
  readonly clock: number
  readonly state: string
}

/** A state is renewed every 15 s: silent for longer than this, its connection may announce another id. */
const silentMs = 20_000
/** Remembered clocks of ids that are gone. */
const maxEntriesGone = 4_096
const maxNameLength = 64
const maxIssuedKept = 4
/** A clock counts changes of one state. Greater ones are an attempt to win for ever. */
const maxClock = 2 ** 32

export function createAwarenessTable(limits: { readonly maxAwarenessStateBytes: number }): AwarenessTable {
  const entries = new Map<number, Entry>()
  /** The id each connection owns; for those that own none yet, the ids they have been told about. */
  const ownIds = new Map<number, number>()
  const told = new Map<number, Set<number>>()
  const changed = new Set<number>()
  let gone = 0

  function receive(source: AwarenessSource, update: Uint8Array, nowMs: number): void {
    const reader = createWireReader(update)
    const count = reader.readUint()
    for (let i = 0; i < count; i++) {
      const client = reader.readUint()
      const clock = reader.readUint()
      if (clock <= maxClock && mayAnnounce(source, client, clock, nowMs))
        receiveEntry(source, client, clock, reader.readText(), nowMs)
      else reader.skipText()
    }
    reader.expectEnd()
  }

  /** Whether the connection owns the id or may take it. */
  function mayAnnounce(source: AwarenessSource, client: number, clock: number, nowMs: number): boolean {
    const own = ownIds.get(source.id)
    if (own === client) return true
    const entry = entries.get(client)
    if (entry?.owner) {
      return (
        own === undefined &&
        entry.owner.id < source.id &&
        entry.owner.identity?.id === source.identity?.id &&
        (clock > entry.clock || !told.get(source.id)?.has(client))
      )
    }
    if (own === undefined) return true
    const present = entries.get(own)
    return !present || present.state === null || nowMs - present.heardAtMs > silentMs
  }

  function receiveEntry(source: AwarenessSource, client: number, clock: number, text: string, nowMs: number): void {
    const state = readState(text, source.identity)
    if (state === undefined) return
    const entry = entries.get(client)
    const isOwn = ownIds.get(source.id) === client
    if (state === null) {
      if (isOwn && entry && entry.state !== null) announceGone(client, entry, Math.max(clock, entry.clock))
      return
    }
    if (isOwn && entry) {
      entry.heardAtMs = nowMs
      if (entry.issued.some((issue) => issue.clock === clock && issue.state === state)) return
    }
    if (!isOwn) claim(source, client)
    present(source, client, { clock, state, claimed: !isOwn }, nowMs)
  }

  function present(
    source: AwarenessSource,
    client: number,
    heard: { readonly clock: number; readonly state: string; readonly claimed: boolean },
    nowMs: number,
  ): void {
    const entry = entries.get(client)
    const known = entry?.clock ?? 0
    let { clock } = heard
    let issued = entry?.issued ?? []
    if (clock <= known) {
      if (!heard.claimed && entry?.state === heard.state) return
      clock = known + 1
      issued = [...issued, { clock, state: heard.state }].slice(-maxIssuedKept)
    }
    changed.add(client)
    if (entry?.state === null) gone--
    entries.set(client, { clock, state: heard.state, owner: source, heardAtMs: nowMs, issued })
  }

  /** The connection now owns the id; what it owned before is announced as gone. */
  function claim(source: AwarenessSource, client: number): void {
    const own = ownIds.get(source.id)
    const previous = own === undefined ? undefined : entries.get(own)
    if (own !== undefined && previous && previous.state !== null) announceGone(own, previous, previous.clock + 1)
    const holder = entries.get(client)?.owner
    if (holder) ownIds.delete(holder.id)
    ownIds.set(source.id, client)
    told.delete(source.id)
  }

  function announceGone(client: number, entry: Entry, clock: number): void {
    entry.clock = clock
    entry.state = null
    entry.owner = null
    changed.add(client)
    gone++
    if (gone > maxEntriesGone) forgetOldest()
  }

  function forgetOldest(): void {
    for (const [client, entry] of entries) {
      if (entry.state !== null || changed.has(client)) continue
      entries.delete(client)
      gone--
      if (gone <= maxEntriesGone / 2) return
    }
  }

  /** JSON text of the state with the identity of the key; null for "gone", undefined for what is no state. */
  function readState(text: string, identity: Identity | null): string | null | undefined {
    if (text === 'null') return null
    if (Buffer.byteLength(text) > limits.maxAwarenessStateBytes) return undefined
    let state: unknown
    try {
      state = JSON.parse(text)
    } catch {
      return undefined
    }
    if (typeof state !== 'object' || state === null || Array.isArray(state)) return undefined
    if (!identity) return JSON.stringify(state)
    const user: unknown = 'user' in state ? state.user : undefined
    const shown = typeof user === 'object' && user !== null && !Array.isArray(user) ? user : {}
    const name = identity.name.slice(0, maxNameLength)
    return JSON.stringify({ ...state, user: { ...shown, id: identity.id, name } })
  }

  return {
    receive,
    leave(source) {
      const own = ownIds.get(source.id)
      ownIds.delete(source.id)
      told.delete(source.id)
      const entry = own === undefined ? undefined : entries.get(own)
      if (own !== undefined && entry?.owner?.id === source.id && entry.state !== null)
        announceGone(own, entry, entry.clock + 1)
    },
    takeChanges() {
      if (changed.size === 0) return null
      const clients = [...changed].filter((client) => entries.has(client))
      changed.clear()
      for (const set of told.values()) for (const client of clients) set.add(client)
      return encodeEntries(clients, entries)
    },
    everybody(source) {
      const clients = [...entries].filter(([, entry]) => entry.state !== null).map(([client]) => client)
      if (!ownIds.has(source.id)) told.set(source.id, new Set([...(told.get(source.id) ?? []), ...clients]))
      return clients.length === 0 ? null : encodeEntries(clients, entries)
    },
  }
}

function encodeEntries(clients: readonly number[], entries: ReadonlyMap<number, Entry>): Uint8Array {
  const rows = clients.map((client) => {
    const entry = entries.get(client) as Entry
    return { client, clock: entry.clock, text: Buffer.from(entry.state ?? 'null') }
  })
  let length = varuintLength(rows.length)
  for (const { client, clock, text } of rows)
    length += varuintLength(client) + varuintLength(clock) + varuintLength(text.length) + text.length
  const bytes = new Uint8Array(length)
  let at = writeVaruint(bytes, 0, rows.length)
  for (const { client, clock, text } of rows) {
    at = writeVaruint(bytes, at, client)
    at = writeVaruint(bytes, at, clock)
    at = writeVaruint(bytes, at, text.length)
    bytes.set(text, at)
    at += text.length
  }
  return bytes
}
