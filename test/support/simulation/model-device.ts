/** A device of the model: the real machine between a model document, a model side document and the emulated service. */
import { blockOf } from '../../../src/bridge/blocked.ts'
import { readFailure, writeFailure } from '../../../src/bridge/failure.ts'
import { defaultTiming, type Effect, type MachineEvent, type MergeOutcome } from '../../../src/bridge/machine-events.ts'
import { wakeAt } from '../../../src/bridge/machine-rest.ts'
import { initialMachineState, type MachineState } from '../../../src/bridge/machine-state.ts'
import { step } from '../../../src/bridge/machine.ts'
import type { Row } from '../../../src/payload/plugin-rows.ts'
import type { Random } from '../random.ts'
import { type BinService, errorOf } from './bin-service.ts'
import { type Copy, type Ledger, marksIn } from './ledger.ts'
import { createModelDocument, factId, type ModelDocument, type ModelFact } from './model-document.ts'
import { factsOf, mergeModel, type ModelFile } from './model-merge.ts'
import type { ModelNetwork, NetworkMember } from './model-network.ts'
import { createModelSide, type ModelEntry, type ModelSide, type ModelSnap, type SideItem } from './model-side.ts'
import type { Profile } from './profile.ts'
import type { Scheduler } from './scheduler.ts'
import { shortHash } from './short-hash.ts'

export interface ModelDevice {
  readonly name: string
  readonly isUp: boolean
  readonly document: ModelDocument
  readonly side: ModelSide
  readonly phase: string
  readonly crashes: number
  readonly member: NetworkMember
  edit(key: string, field: string, text: string, ghost: number): void
  erase(key: string, ghost: number): void
  open(): void
  crash(): void
  retry(): void
}

export interface ModelDeviceParts {
  readonly at: number
  readonly scheduler: Scheduler
  readonly random: Random
  readonly profile: Profile
  readonly service: BinService
  readonly network: ModelNetwork
  readonly ledger: Ledger
  readonly hasBridge: boolean
  readonly seed: readonly ModelFact[]
  readonly link: SideItem
  readonly isDisturbed: () => boolean
}

export interface ModelBody {
  readonly marker:
    | { readonly id: string; readonly vector: readonly (readonly [string, number])[]; readonly rows: string }
    | undefined
  readonly at: number
  readonly tokens: readonly (readonly [string, Row])[]
}

export function createModelDevice(device: ModelDeviceParts): ModelDevice {
  const { at, scheduler, random, profile, service, network, ledger } = device
  const name = String.fromCharCode(65 + at)
  const skewMs = profile.skewMs === 0 ? 0 : random.int(2 * profile.skewMs) - profile.skewMs
  const disk: { main: ModelFact[]; side: SideItem[] } = { main: [...device.seed], side: [device.link] }
  let session = 0
  let crashes = 0
  let document = createModelDocument()
  let side = createModelSide()
  let isUp = false
  let lane = ''
  let count = 0
  let state: MachineState = initialMachineState
  let timer: ReturnType<Scheduler['after']> | undefined
  let bodyId = 0
  let pending: { readonly text: string; readonly snap: ModelSnap } | undefined
  let record = ''
  let copy: Copy | undefined
  let hasArrived: () => boolean = () => true

  const queue: MachineEvent[] = []
  let isStepping = false
  const dispatch = (event: MachineEvent): void => {
    queue.push(event)
    if (isStepping) return
    isStepping = true
    const mine = session
    for (let next = queue.shift(); next && session === mine; next = queue.shift()) {
      const stepped = step(state, next, { now: scheduler.now(), jitter: random.next(), timing: defaultTiming })
      state = stepped.state
      for (const effect of stepped.effects) reach(() => carryOut(effect))
    }
    isStepping = false
    if (session !== mine) return
    scheduler.cancel(timer)
    const due = wakeAt(state, defaultTiming)
    if (due !== null) timer = later(due - scheduler.now(), () => dispatch({ kind: 'tick' }))
  }
  const later = (ms: number, run: () => void): ReturnType<Scheduler['after']> => {
    const mine = session
    return scheduler.after(ms, () => {
      if (session === mine) reach(run)
    })
  }
  const reach = (run: () => void): void => {
    if (!isUp) return
    if (device.isDisturbed() && random.chance(profile.crashAtStep)) self.crash()
    else run()
  }
  let storedAt = { main: 0, side: 0 }
  const store = (part: 'main' | 'side', run: () => void): number => {
    const slow = random.chance(0.03) ? 3_000 : 120
    storedAt[part] = Math.max(storedAt[part], scheduler.now() + 3 + random.int(slow))
    const mine = session
    scheduler.after(storedAt[part] - scheduler.now(), () => {
      if (session === mine) run()
    })
    return storedAt[part] - scheduler.now()
  }

  const takeFacts = (facts: readonly ModelFact[], isOwn: boolean): void => {
    document.take(facts)
    store('main', () => void disk.main.push(...facts))
    if (isOwn) network.send(self.member, { facts, items: [] })
    dispatch({ kind: 'docChanged' })
  }
  const takeItems = (items: readonly SideItem[], isOwn: boolean): number => {
    side.take(items)
    if (isOwn) network.send(self.member, { facts: [], items })
    return store('side', () => void disk.side.push(...items))
  }
  const append = (items: readonly (ModelSnap | ModelEntry)[]): number => {
    const t = Math.max(scheduler.wall() + skewMs, side.newest + 1)
    for (const item of items) if (item.kind === 'merge') ledger.noteEntry(item.id)
    return takeItems(
      items.map((item): SideItem => ({ ...item, t, by: `${name}${session}` })),
      true,
    )
  }
  const writeFacts = (entry: ModelEntry): void => {
    if (entry.facts.length === 0 || document.laneExists(entry.lane)) return
    takeFacts(factsOf(entry), true)
    for (const mark of marksIn(JSON.stringify(entry.facts)))
      for (const id of entry.ghosts.get(mark) ?? [])
        ledger.ghost(id).arrivals.push(new Map([[entry.lane, entry.facts.length]]))
  }

  const merge = (mayWrite: boolean, recover: boolean, done: (outcome: MergeOutcome) => void): void => {
    const body = parse(record)
    if (!body || !copy) return done({ kind: 'corrupt', block: blockOf('invalid-bin') })
    if (body.tokens.length === 0) return done({ kind: 'blocked', block: blockOf('blank-bin') })
    for (const item of side.items.values()) if (item.kind === 'merge') writeFacts(item)
    const rows = new Map(body.tokens)
    const isOurs = body.marker?.rows === shortHash(JSON.stringify(body.tokens))
    const compare = (foreign: boolean): void => {
      const isEqual = JSON.stringify(sorted(document.rows())) === JSON.stringify(sorted(rows))
      if (!isEqual && mayWrite) pending = compose()
      done({ kind: isEqual ? 'equal' : 'differs', foreign })
    }
    if (isOurs && document.covers(new Map(body.marker?.vector))) return compare(false)
    if (isOurs && !recover) {
      hasArrived = () => document.covers(new Map(body.marker?.vector))
      return done({ kind: 'ahead' })
    }
    const file: ModelFile = {
      rows,
      marker: isOurs ? undefined : body.marker?.id,
      write: writeOf(body),
      savedAt: body.at,
      copy,
    }
    if (side.knowsWrite(file.write)) return compare(true)
    const plan = mergeModel(file, document, side, recover)
    if (plan.kind === 'ahead') {
      hasArrived = plan.hasArrived
      return done({ kind: 'ahead' })
    }
    ledger.noteFile(copy)
    const vector = new Map(document.vector)
    for (const ids of copy.ghosts.values()) {
      for (const id of ids) {
        const { arrivals } = ledger.ghost(id)
        if (!arrivals.some(document.covers)) arrivals.push(vector)
      }
    }
    const storedIn = append(plan.entry ? [plan.seen, plan.entry] : [plan.seen])
    later(storedIn + 0.01, () => {
      if (plan.entry) writeFacts(plan.entry)
      reach(() => compare(true))
    })
  }
  const compose = (): NonNullable<typeof pending> => {
    const id = `p ${name}${session} ${++bodyId}`
    const rows = document.rows()
    const tokens = [...rows]
    const vector = new Map(document.vector)
    const marker = { id, vector: [...vector], rows: shortHash(JSON.stringify(tokens)) }
    const text = JSON.stringify({ marker, at: scheduler.wall() + skewMs, tokens } satisfies ModelBody)
    const of = 'published'
    const snap: ModelSnap = {
      kind: 'snap',
      id,
      of,
      rows,
      top: document.top,
      vector,
      needs: vector,
      write: undefined,
      marker: undefined,
    }
    return { text, snap }
  }

  const carryOut = (effect: Effect): void => {
    switch (effect.kind) {
      case 'read':
        request(
          null,
          (answer) => {
            record = answer.text
            copy = answer.copy
            dispatch({ kind: 'read', turn: effect.turn.number })
          },
          (error) => dispatch({ kind: 'readFailed', turn: effect.turn.number, failure: readFailure(error) }),
        )
        break
      case 'merge':
        merge(effect.mayWrite, effect.turn.recover, (outcome) =>
          dispatch({ kind: 'merged', turn: effect.turn.number, outcome }),
        )
        break
      case 'store':
        if (pending) later(append([pending.snap]) + 0.01, () => dispatch({ kind: 'stored', turn: effect.turn.number }))
        break
      case 'write':
        if (pending) {
          request(
            copyOf(pending.text),
            () => dispatch({ kind: 'wrote', turn: effect.turn.number }),
            (error) => dispatch({ kind: 'writeFailed', turn: effect.turn.number, failure: writeFailure(error) }),
          )
        }
        break
      case 'recheck':
        if (hasArrived()) dispatch({ kind: 'caughtUp' })
        break
      default:
    }
  }
  const request = (
    put: Copy | null,
    onOk: (answer: { readonly text: string; readonly copy: Copy }) => void,
    onError: (error: unknown) => void,
  ): void => {
    const mine = session
    if (put) service.requests.bridgeWrites++
    else service.requests.bridgeReads++
    service.request(name, put, (answer) => {
      if (session !== mine) return
      reach(() => (answer.kind === 'ok' ? onOk(answer) : onError(errorOf(answer, put !== null))))
    })
  }
  const copyOf = (text: string): Copy => {
    const tokens = JSON.stringify(parse(text)?.tokens)
    const ghosts = new Map([...marksIn(tokens)].map((mark) => [mark, ledger.behind(mark, document.covers)]))
    return { text, ghosts, unmarked: [] }
  }
  const ownEdit = (edit: Pick<ModelFact, 'key' | 'field' | 'text' | 'seen' | 'erases'>, ghost: number): void => {
    const t = Math.max((scheduler.wall() + skewMs) * 1024, document.top + 1)
    const fact = { ...edit, lane, n: ++count, t }
    ledger.ghost(ghost).arrivals.push(new Map([[lane, count]]))
    takeFacts([fact], true)
  }

  const self: ModelDevice = {
    name,
    get isUp() {
      return isUp
    },
    get document() {
      return document
    },
    get side() {
      return side
    },
    get phase() {
      return state.phase.kind
    },
    get crashes() {
      return crashes
    },
    member: network.join({
      all: () => ({ facts: [...document.all()], items: [...side.items.values()] }),
      take: ({ facts, items }) => {
        const newFacts = facts.filter((fact) => !document.has(fact))
        const newItems = items.filter(({ id }) => !side.items.has(id))
        if (newItems.length > 0) takeItems(newItems, false)
        if (newFacts.length > 0) takeFacts(newFacts, false)
      },
      onLease: (lease) => dispatch({ kind: 'gate', change: { gate: 'lease', lease } }),
      isAlive: () => isUp,
      wantsLease: device.hasBridge && profile.lease,
      name,
    }),
    edit: (key, field, text, ghost) => {
      const erases = new Set(document.standing(key, field).map(factId))
      ownEdit({ key, field, text, seen: undefined, erases }, ghost)
    },
    erase: (key, ghost) =>
      ownEdit({ key, field: '', text: '', seen: new Map(document.vector), erases: new Set() }, ghost),
    open: () => {
      if (isUp) return
      isUp = true
      session++
      lane = `${name}${session}`
      count = 0
      document = createModelDocument()
      side = createModelSide()
      document.take(disk.main)
      side.take(disk.side)
      storedAt = { main: 0, side: 0 }
      queue.length = 0
      isStepping = false
      pending = undefined
      state = { ...initialMachineState, looking: true }
      network.connect(self.member)
      if (!device.hasBridge) return
      later(400, () => {
        dispatch({ kind: 'gate', change: { gate: 'access', access: 'writer' } })
        if (!profile.lease) dispatch({ kind: 'gate', change: { gate: 'lease', lease: { kind: 'free' } } })
        dispatch({ kind: 'gate', change: { gate: 'link', generation: 1 } })
      })
    },
    crash: () => {
      if (!isUp) return
      isUp = false
      session++
      crashes++
      scheduler.cancel(timer)
      network.cut(self.member, true)
      const unsaved = document
        .all()
        .filter((fact) => fact.lane === lane && !disk.main.includes(fact) && !network.hasFact(fact))
      for (const { n } of unsaved) {
        for (const ghost of ledger.ghosts)
          if (ghost.arrivals.some((vector) => vector.get(lane) === n)) ghost.mayVanish = true
      }
      scheduler.after(2_000 + random.int(28_000), self.open)
    },
    retry: () => {
      if (state.phase.kind === 'blocked') dispatch({ kind: 'command', command: 'retry' })
    },
  }
  return self
}

export function parse(text: string): ModelBody | undefined {
  try {
    const body = JSON.parse(text) as ModelBody
    return Array.isArray(body.tokens) ? body : { ...body, tokens: [] }
  } catch {
    return undefined
  }
}

export function writeOf({ at, tokens }: ModelBody): string {
  return shortHash(JSON.stringify([at, sorted(new Map(tokens))]))
}

export function sorted(rows: ReadonlyMap<string, Row>): unknown {
  return [...rows]
    .map(([key, row]) => [key, Object.entries(row).toSorted(([a], [b]) => (a < b ? -1 : 1))])
    .toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))
}
