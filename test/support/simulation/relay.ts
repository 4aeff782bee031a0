/** A durable relay between replicas: two documents, connections of their own, delays, partitions, restarts, old backups. */
import * as Y from 'yjs'
import { createRandom, type Random } from '../random.ts'
import type { Profile } from './profile.ts'
import type { Scheduler } from './scheduler.ts'

export type Part = 'main' | 'side'
export const parts: readonly Part[] = ['main', 'side']

export interface Connection {
  readonly isUp: boolean
  /** It has said all it knew when the connection came up. */
  readonly isSynced: boolean
  connect(): void
  cut(): void
  /** Cuts it for good. */
  leave(): void
}

export interface Relay {
  readonly docs: Readonly<Record<Part, Y.Doc>>
  attach(part: Part, doc: Y.Doc, onState: () => void): Connection
  /** All connections break and come back. */
  restart(): void
  /** Comes back as it was a while ago. */
  rollBack(): void
  /** Remembers this moment, for `rollBack`. */
  backUp(): void
}

interface Member extends Connection {
  readonly part: Part
  readonly doc: Y.Doc
}

export const relayOrigin: unique symbol = Symbol('relay')

export function createRelay(scheduler: Scheduler, random: Random, profile: Profile): Relay {
  const ids = createRandom(random.seed ^ 0x5eed)
  const newDoc = (state?: Uint8Array): Y.Doc => {
    const doc = new Y.Doc()
    doc.clientID = ids.int(2 ** 31)
    if (state) Y.applyUpdate(doc, state)
    return doc
  }
  const docs: Record<Part, Y.Doc> = { main: newDoc(), side: newDoc() }
  const members = new Set<Member & { deliver(update: Uint8Array, from: unknown): void }>()
  let backup: Record<Part, Uint8Array> | undefined

  const listen = (part: Part): void => {
    docs[part].on('update', (update: Uint8Array, from: unknown) => {
      for (const member of members) if (member.part === part) member.deliver(update, from)
    })
  }
  for (const part of parts) listen(part)
  const delay = (): number => (random.chance(profile.latencySpikes) ? 1_000 + random.int(20_000) : 15 + random.int(140))

  const attach: Relay['attach'] = (part, doc, onState) => {
    let isUp = false
    let isSynced = false
    let session = 0
    let lastUp = 0
    let lastDown = 0
    /** In order, as on a socket; nothing arrives of a connection that broke. */
    const travel = (isDown: boolean, run: () => void): void => {
      const mine = session
      const at = Math.max(scheduler.now() + delay(), (isDown ? lastDown : lastUp) + 0.001)
      if (isDown) lastDown = at
      else lastUp = at
      scheduler.after(at - scheduler.now(), () => {
        if (session === mine && isUp) run()
      })
    }
    const member = {
      part,
      doc,
      get isUp() {
        return isUp
      },
      get isSynced() {
        return isSynced
      },
      deliver: (update: Uint8Array, from: unknown): void => {
        if (isUp && from !== member) travel(true, () => Y.applyUpdate(doc, update, relayOrigin))
      },
      connect: () => {
        if (isUp) return
        isUp = true
        session++
        lastUp = lastDown = scheduler.now()
        const all = Y.encodeStateAsUpdate(doc)
        travel(false, () => Y.applyUpdate(docs[part], all, member))
        const vector = Y.encodeStateVector(doc)
        travel(true, () => {
          Y.applyUpdate(doc, Y.encodeStateAsUpdate(docs[part], vector), relayOrigin)
          isSynced = true
          onState()
        })
      },
      cut: () => {
        if (!isUp) return
        isUp = false
        isSynced = false
        session++
        onState()
      },
      leave: () => {
        member.cut()
        members.delete(member)
      },
    }
    doc.on('update', (update: Uint8Array, from: unknown) => {
      if (isUp && from !== relayOrigin) travel(false, () => Y.applyUpdate(docs[part], update, member))
    })
    members.add(member)
    return member
  }

  const breakAll = (): void => {
    for (const member of members) {
      if (!member.isUp) continue
      member.cut()
      scheduler.after(500 + random.int(4_000), () => {
        if (members.has(member)) member.connect()
      })
    }
  }

  return {
    docs,
    attach,
    restart: breakAll,
    rollBack: () => {
      if (!backup) return
      breakAll()
      for (const part of parts) {
        docs[part] = newDoc(backup[part])
        listen(part)
      }
    },
    backUp: () => {
      backup = { main: Y.encodeStateAsUpdate(docs.main), side: Y.encodeStateAsUpdate(docs.side) }
    },
  }
}
