import * as Y from 'yjs'
import { createTokenDocument, type TokenDocument, type TokenDocumentOptions } from '../../src/doc/index.ts'
import { createRandom, type Random } from './random.ts'
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts'

export interface Replica {
  readonly name: string
  readonly index: number
  readonly document: TokenDocument
  readonly ydoc: Y.Doc
  readonly lane: string
  /** How far this device's clock is off, in milliseconds. */
  skewMs: number
  /** This device's own time. */
  readonly now: () => number
  /** As its storage would hold it. */
  readonly encode: () => Uint8Array
  /**
   * Throws the memory away and loads what was stored: another session, so another client id, on the same lane. After storage
   * that lost its tail the lane must be a fresh one.
   */
  readonly restart: (stored?: Uint8Array, freshLane?: boolean) => void
  /** Undecoded updates arrive here. */
  readonly receive: (update: Uint8Array) => void
}

/** The network between replicas: every local transaction becomes one message per other replica. */
export interface Link {
  /** Messages that have been sent and not delivered. */
  readonly waiting: number
  /** Messages between the groups are held from now on; replicas not named form a group of their own. */
  readonly partition: (...groups: readonly (readonly number[])[]) => void
  readonly heal: () => void
  /** Delivers everything that no partition holds. */
  readonly deliver: (options?: DeliverOptions) => void
  /** Delivers one random message that no partition holds; false where there is none. */
  readonly deliverOne: () => boolean
  /** Forgets what is under way; only {@link Replicas.sync} can make it good. */
  readonly drop: () => void
}

export interface DeliverOptions {
  /** `sent` by default. */
  readonly order?: 'sent' | 'reversed' | 'random'
  /** Share of messages that arrive twice. */
  readonly duplicate?: number
  readonly to?: number
}

export interface ReplicasOptions {
  readonly count: number
  readonly seed: number
  readonly clock?: VirtualClock
  /** The file everybody starts from. */
  readonly file?: string
  /** `shared`: the first replica imports, the others receive its update. `each`: everybody imports the file on their own. */
  readonly hydrate?: 'shared' | 'each'
  /**
   * Messages of one sender arrive in the order they were sent, as on one connection: after a gap (a dropped message, a
   * receiver that restarted from older storage) nothing more arrives until the two are brought together by {@link Replicas.sync}.
   */
  readonly ordered?: boolean
  /** Options for one replica's document; `now`, `random` and `lane` are given already and may be overridden. */
  readonly options?: (index: number) => Partial<TokenDocumentOptions>
}

export interface Replicas {
  readonly all: readonly Replica[]
  readonly clock: VirtualClock
  readonly random: Random
  readonly link: Link
  /** Another replica, empty. It joins the network. */
  readonly add: () => Replica
  /** Everybody sends everybody what they lack, as by state vector, until nothing is missing; waiting messages are dropped. */
  readonly sync: (...only: readonly Replica[]) => void
  /** A reader that takes these updates one by one, in this order, on a fresh document outside the network. */
  readonly observe: (...updates: readonly Uint8Array[]) => TokenDocument
  readonly destroy: () => void
}

interface Message {
  readonly from: number
  readonly to: number
  readonly update: Uint8Array
}

const networkOrigin = Symbol('network')

/**
 * N token documents over their own Y.Docs, with random client ids and lanes drawn from the seed, on one virtual clock, and
 * the network between them. Nothing is delivered until a test says so.
 */
export function createReplicas(options: ReplicasOptions): Replicas {
  const { count, seed, clock = createVirtualClock(), file, hydrate = 'shared', ordered = false } = options
  const random = createRandom(seed)
  const replicas: Replica[] = []
  const observers: TokenDocument[] = []
  const messages: Message[] = []
  let groupOf: ReadonlyMap<number, number> | undefined
  /** `from>to` where a message is missing, so that nothing after it may arrive; with `ordered` only. */
  const gaps = new Set<string>()

  const send = (from: number, update: Uint8Array): void => {
    for (const { index: to } of replicas)
      if (to !== from && !gaps.has(`${from}>${to}`)) messages.push({ from, to, update })
  }
  const lose = (isLost: (message: Message) => boolean): void => {
    const rest = messages.filter((message) => !isLost(message))
    if (ordered) for (const message of messages) if (isLost(message)) gaps.add(`${message.from}>${message.to}`)
    messages.splice(0, messages.length, ...rest)
  }
  const passes = (from: number, to: number): boolean =>
    !groupOf || (groupOf.get(from) ?? -1 - from) === (groupOf.get(to) ?? -1 - to)

  const newDoc = (): Y.Doc => {
    const ydoc = new Y.Doc()
    ydoc.clientID = randomClientId(random)
    return ydoc
  }

  const add = (): Replica => {
    const replica = createReplica({
      index: replicas.length,
      lane: random.id(8),
      random,
      clock,
      newDoc,
      send,
      onLoss: (to) => {
        if (!ordered) return
        lose((message) => message.to === to)
        for (const { index } of replicas) gaps.add(`${index}>${to}`)
      },
      overrides: options.options?.(replicas.length) ?? {},
    })
    // Who comes later lacks what was sent before.
    if (ordered) for (const { index } of replicas) gaps.add(`${index}>${replica.index}`)
    replicas.push(replica)
    return replica
  }

  const sync = (...only: readonly Replica[]): void => {
    const among = only.length > 0 ? only : replicas
    if (only.length === 0) messages.length = 0
    for (let round = 0; round < 2; round++)
      for (const to of among)
        for (const from of among) {
          if (from === to) continue
          to.receive(Y.encodeStateAsUpdate(from.ydoc, Y.encodeStateVector(to.ydoc)))
          gaps.delete(`${from.index}>${to.index}`)
        }
  }

  const arrive = (message: Message, duplicate = 0): void => {
    messages.splice(messages.indexOf(message), 1)
    const receiver = replicas[message.to] as Replica
    receiver.receive(message.update)
    if (duplicate > 0 && random.chance(duplicate)) receiver.receive(message.update)
  }
  /** One that may arrive next. */
  const pickFrom = (open: readonly Message[]): Message => {
    const picked = random.pick(open)
    return ordered ? (open.find(({ from, to }) => from === picked.from && to === picked.to) as Message) : picked
  }

  const link: Link = {
    get waiting() {
      return messages.length
    },
    partition: (...groups) => {
      groupOf = new Map(groups.flatMap((members, group) => members.map((member) => [member, group] as const)))
    },
    heal: () => {
      groupOf = undefined
    },
    deliver: ({ order = 'sent', duplicate = 0, to } = {}) => {
      const due = messages.filter(
        (message) => passes(message.from, message.to) && (to === undefined || message.to === to),
      )
      while (due.length > 0) {
        const message = order === 'random' ? pickFrom(due) : order === 'reversed' && !ordered ? due.at(-1)! : due[0]!
        due.splice(due.indexOf(message), 1)
        arrive(message, duplicate)
      }
    },
    deliverOne: () => {
      const open = messages.filter((message) => passes(message.from, message.to))
      if (open.length === 0) return false
      arrive(pickFrom(open))
      return true
    },
    drop: () => lose(() => true),
  }

  for (let i = 0; i < count; i++) add()
  gaps.clear()
  if (file !== undefined) {
    if (hydrate === 'each') for (const replica of replicas) replica.document.import(file)
    else replicas[0]?.document.import(file)
    sync()
    clock.advance(1_000)
  }

  return {
    all: replicas,
    clock,
    random,
    link,
    add,
    sync,
    observe: (...updates) => {
      const ydoc = newDoc()
      const document = createTokenDocument(ydoc, {
        lane: random.id(8),
        now: clock.now,
        random: random.next,
        onError: rethrow,
      })
      observers.push(document)
      for (const update of updates) {
        Y.applyUpdate(ydoc, update)
        document.getSnapshot()
      }
      return document
    },
    destroy: () => {
      for (const { document, ydoc } of replicas) {
        document.destroy()
        ydoc.destroy()
      }
      for (const document of observers) {
        document.destroy()
        document.ydoc.destroy()
      }
    },
  }
}

/** What goes wrong while a document follows its Y.Doc would otherwise be reported where no test looks. */
export function rethrow(error: unknown): never {
  throw error
}

/** Below 2^31, as every session's id: above that stand the seeds'. */
export function randomClientId(random: Random): number {
  return 1 + random.int(2 ** 31 - 1)
}

interface ReplicaParts {
  readonly index: number
  readonly lane: string
  readonly random: Random
  readonly clock: VirtualClock
  readonly newDoc: () => Y.Doc
  readonly send: (from: number, update: Uint8Array) => void
  /** The replica restarts without what it knew last. */
  readonly onLoss: (index: number) => void
  readonly overrides: Partial<TokenDocumentOptions>
}

function createReplica(parts: ReplicaParts): Replica {
  const { index, random, clock, newDoc, send, onLoss, overrides } = parts
  let lane = overrides.lane ?? parts.lane
  let ydoc = newDoc()
  let document: TokenDocument
  let skewMs = 0
  const now = (): number => clock.now() + skewMs
  const open = (): void => {
    document = createTokenDocument(ydoc, { now, random: random.next, onError: rethrow, ...overrides, lane })
    ydoc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== networkOrigin) send(index, update)
    })
  }
  open()
  return {
    name: String.fromCharCode(97 + index),
    index,
    now,
    get document() {
      return document
    },
    get lane() {
      return lane
    },
    get ydoc() {
      return ydoc
    },
    get skewMs() {
      return skewMs
    },
    set skewMs(ms) {
      skewMs = ms
    },
    encode: () => Y.encodeStateAsUpdate(ydoc),
    restart: (stored, freshLane = false) => {
      const kept = stored ?? Y.encodeStateAsUpdate(ydoc)
      document.destroy()
      ydoc.destroy()
      if (freshLane) lane = random.id(8)
      ydoc = newDoc()
      Y.applyUpdate(ydoc, kept, networkOrigin)
      open()
      if (stored) onLoss(index)
    },
    receive: (update) => Y.applyUpdate(ydoc, update, networkOrigin),
  }
}
