/**
 * The bridge: keeps one bin equal to the document's projection, and merges what others wrote into the bin back into the
 * document. It is a provider in Yjs's sense, for a store that only knows whole files.
 *
 * This file wires the machine (`machine.ts`) to the document, the side document, the room and the clock. It decides nothing.
 */
import { keepAutomaticVersions } from './automatic-versions.ts'
import { createMemoryKeys } from './bin-keys.ts'
import { createBinRegistry, randomHex } from './bin-registry.ts'
import { type Bins, createBins } from './bins.ts'
import type { BlockedExit, BridgeStatus } from './bridge-status.ts'
import { BridgeError } from './bridge-error.ts'
import { type BridgeOptions, defaultServiceUrl, knownLimits, requestsPerSave } from './bridge-options.ts'
import { systemClock } from './clock.ts'
import { undecided } from './held-changes.ts'
import { createJournal, type Journal } from './journal.ts'
import { createLeaseHolder } from './lease-holder.ts'
import { createLens } from './lens.ts'
import { step } from './machine.ts'
import { defaultTiming, type GateChange, type MachineEvent, type Timing } from './machine-events.ts'
import { wakeAt } from './machine-rest.ts'
import { type Access, initialMachineState, type MachineState, wantsLease } from './machine-state.ts'
import { bridgeStateOf } from './machine-status.ts'
import { notify } from './notify.ts'
import { constantSignal, noLease, type OpenBinStore } from './ports.ts'
import { type PullReport, pullReport, readOnlyKey, rejectionOf } from './pull-report.ts'
import { createMemoryMeter, createRequestMeter } from './request-meter.ts'
import { createSideDocument } from './side-document.ts'
import { createStatusBoard } from './status-board.ts'
import { createExits } from './take-exit.ts'
import { createTurns, type LinkedBin, type TurnReport } from './turns.ts'
import { untilAborted } from './until-aborted.ts'
import { createVersions, type Versions } from './versions.ts'

export interface PauseOptions {
  /** `team` by default: no bridge of the room runs. `device`: this one hands its work over. */
  readonly scope?: 'team' | 'device'
  readonly reason?: string
}

export interface Bridge {
  /** The same object until something changes. */
  readonly status: BridgeStatus
  subscribeStatus(listener: () => void): () => void
  readonly bins: Bins
  readonly journal: Journal
  readonly versions: Versions
  /** No automatic request from now on; one under way is finished. */
  pause(options?: PauseOptions): void
  resume(options?: Pick<PauseOptions, 'scope'>): void
  /** Reads and merges, never writes; also while paused. Throws `not-linked`, `key-missing`, `blocked`, `interrupted`. */
  pull(options?: { readonly signal?: AbortSignal }): Promise<PullReport>
  /** Reads, merges, and writes once if the bin differs; also while paused. Throws as `pull`, and `read-only-key`, `ahead`. */
  push(options?: { readonly signal?: AbortSignal }): Promise<void>
  /**
   * What the bin held when it was last found to be no token file, byte for byte, so that nobody has to overwrite it unseen; null
   * where it never was, and after another bin was applied.
   */
  unreadable(): string | null
  /** Takes one of the exits that a `blocked` status offers; those that need more from the user (`enter-key`) do nothing here. */
  takeExit(exit: BlockedExit): Promise<void>
  /** Leaves no timer, request or lease behind; waits for a write under way. The documents stay as they are. */
  close(): Promise<void>
}

export function createBridge(options: BridgeOptions): Bridge {
  const {
    document,
    requestLimit,
    defaultUrl = defaultServiceUrl,
    keys = createMemoryKeys(),
    lease = noLease,
    looking = constantSignal(true),
    settled = constantSignal(true),
    persistSide = () => Promise.resolve(),
    ready = Promise.resolve(),
    clock = systemClock,
    random = Math.random,
  } = options
  const timing: Timing = { ...defaultTiming, ...options.timing }
  const lens = createLens(document)
  const side = createSideDocument({ ydoc: options.side, lane: document.lane, now: clock.now })
  const registry = createBinRegistry(lens.access, random)
  const randomId = (): string => randomHex(random, 16)
  const { by: name = document.lane } = options
  const by = typeof name === 'function' ? name : () => name
  const shared = { document, lens, side, registry, persistSide, by, randomId }
  const limits = new Map<string, number>()
  const limitOf = (bin: string): number | undefined => limits.get(bin) ?? options.binLimitBytes

  let state: MachineState = { ...initialMachineState, looking: looking.get(), relaySettled: settled.get() }
  let linked: (LinkedBin & { readonly link: string; readonly url: string | null }) | null = null
  let isReady = false
  let timer: number | undefined
  let lastReadAt: number | null = null
  let lastWriteAt: number | null = null
  let heldBack: BridgeStatus['heldBack'] = []
  /** Keys that turned out to read only, by bin; a new key is tried anew. */
  const readOnly = new Set<string>()
  const changeListeners = new Set<() => void>()

  // Events that come while one is carried out wait their turn.
  const queue: MachineEvent[] = []
  let isStepping = false
  const dispatch = (event: MachineEvent): void => {
    queue.push(event)
    if (isStepping) return
    isStepping = true
    try {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const stepped = step(state, next, { now: clock.monotonic(), jitter: random(), timing })
        state = stepped.state
        if (next.kind === 'merged') heldBack = lens.view().heldBack
        for (const effect of stepped.effects) turns.run(effect)
      }
    } finally {
      isStepping = false
    }
    afterSteps()
  }
  const gate = (change: GateChange): void => dispatch({ kind: 'gate', change })
  const leaseHolder = createLeaseHolder(lease, (held) => gate({ gate: 'lease', lease: held }))

  const originOf = (url: string | null): string => new URL(url ?? defaultUrl).origin
  const meter = createRequestMeter({
    store: options.meterStore ?? createMemoryMeter(),
    now: clock.now,
    limitOf: (origin) => requestLimit ?? knownLimits.get(origin) ?? null,
    onCount: () => followSupply(),
  })
  const followSupply = (): void => {
    const supply = linked ? meter.supply(originOf(linked.url)) : 'plenty'
    if (supply !== state.supply) gate({ gate: 'supply', supply })
  }
  const openStore: OpenBinStore = (target) => meter.metered(options.openStore(target))

  const turns = createTurns({
    ...shared,
    link: () => linked,
    dispatch,
    now: clock.now,
    limitOf,
    learnLimit: (bin, bytes) => void limits.set(bin, bytes),
    onRead: () => {
      lastReadAt = clock.now()
    },
    onWrote: () => {
      lastWriteAt = clock.now()
    },
    onForeign: () => {
      if (linked) meter.addOthers(originOf(linked.url), requestsPerSave)
    },
  })

  const afterSteps = (): void => {
    if (state.access === 'consumer' && linked) readOnly.add(linked.id)
    if (linked) leaseHolder.follow(wantsLease(state), linked.id)
    if (timer !== undefined) clock.clearTimer(timer)
    const due = wakeAt(state, timing)
    timer =
      due === null ? undefined : clock.setTimer(() => dispatch({ kind: 'tick' }), Math.max(0, due - clock.monotonic()))
    board.refresh()
  }

  const board = createStatusBoard(() => {
    const offset = clock.now() - clock.monotonic()
    return {
      state: bridgeStateOf(state, timing, (at) => Math.round(at + offset)),
      bin: linked && { id: linked.id, name: registry.get(linked.id)?.name ?? linked.name },
      access: state.access,
      lastReadAt,
      lastWriteAt,
      heldBack: linked ? heldBack : [],
      requests: linked && meter.count(originOf(linked.url)),
      requestsLeft: linked && meter.count(originOf(linked.url)).left,
    }
  })

  const tellChange = (): void => {
    notify(changeListeners)
  }

  const accessTo = (id: string, url: string | null): Access => {
    if (!keys.get(originOf(url), id)) return 'none'
    return readOnly.has(id) ? 'consumer' : 'writer'
  }

  /** Follows the applied bin: whoever applied one, all bridges of the team move with it. */
  const followApplied = (): void => {
    if (!isReady || state.phase.kind === 'closed') return
    const applied = registry.applied()
    const bin = applied && registry.get(applied.bin)
    if (!applied || !bin) {
      if (linked) unlink()
      return
    }
    if (linked?.link === applied.link && linked.id === bin.id) return
    if (linked) unlink()
    relink(bin, applied.link)
  }
  const relink = (
    bin: { readonly id: string; readonly name: string; readonly url: string | null },
    link: string,
  ): void => {
    const access = accessTo(bin.id, bin.url)
    linked = { ...bin, link, store: storeFor(bin) }
    followSupply()
    gate({ gate: 'access', access })
    gate({ gate: 'link', generation: state.generation + 1 })
  }
  const storeFor = (bin: { readonly id: string; readonly url: string | null }): LinkedBin['store'] => {
    const key = keys.get(originOf(bin.url), bin.id)
    return key ? openStore({ url: bin.url, key }) : null
  }
  const unlink = (): void => {
    leaseHolder.drop()
    linked = null
    lastReadAt = null
    lastWriteAt = null
    turns.forget()
    turns.rejectWaiting(new BridgeError('interrupted', 'Another bin was applied meanwhile.'))
    gate({ gate: 'unlink', generation: state.generation + 1 })
  }

  const whileLinking = async <T>(run: () => Promise<T>): Promise<T> => {
    const before = linked
    gate({ gate: 'linking', generation: state.generation + 1 })
    try {
      return await run()
    } finally {
      linked = null
      if (before && registry.applied()?.link === before.link)
        relink({ id: before.id, name: before.name, url: registry.get(before.id)?.url ?? null }, before.link)
      else followApplied()
      if (!linked) gate({ gate: 'unlink', generation: state.generation + 1 })
    }
  }

  const bins = createBins({
    ...shared,
    keys,
    openStore,
    defaultUrl,
    random,
    now: clock.now,
    limitOf,
    onChange: (listener) => {
      changeListeners.add(listener)
      return () => changeListeners.delete(listener)
    },
    keyChanged: (id) => {
      readOnly.delete(id)
      const bin = registry.get(id)
      if (linked?.id === id && bin) {
        linked = { ...linked, store: storeFor(bin) }
        gate({ gate: 'access', access: accessTo(id, bin.url) })
      }
      tellChange()
    },
    whileLinking,
    overwrite: async () => void (await ask('overwrite', undefined)),
    flush: async () => {
      const isPaused = state.pauses.team !== null || state.pauses.device !== null
      if (!linked || isPaused || state.access !== 'writer' || state.phase.kind === 'standby') return true
      const { result } = await turns.ask('push')
      return result === 'wrote' || result === 'equal'
    },
  })

  const ask = async (command: 'pull' | 'push' | 'overwrite', signal: AbortSignal | undefined): Promise<TurnReport> => {
    signal?.throwIfAborted()
    if (state.phase.kind === 'closed') throw new BridgeError('closed', 'This bridge was closed. Open the room again.')
    if (!linked) throw new BridgeError('not-linked', 'No bin is applied. Add one and apply it first.')
    if (state.access === 'none') {
      throw new BridgeError(
        'key-missing',
        'This device has no key for the applied bin. Enter one with bins.setKey first.',
      )
    }
    if (command !== 'pull' && state.access === 'consumer') throw readOnlyKey()
    const report = await untilAborted(turns.ask(command), signal)
    const rejection = rejectionOf(command, report)
    if (rejection) throw rejection
    return report
  }

  const notePause = (): void => {
    const pause = side.pause()
    gate({ gate: 'pause', scope: 'team', pause: pause && { by: pause.by, reason: pause.reason } })
  }

  const versions = createVersions({ ...shared, access: lens.access, now: clock.now })
  const stops = [
    versions.stop,
    keepAutomaticVersions({ document, side, versions, now: clock.now }),
    document.subscribe((changes) => {
      if (changes.some(({ origin }) => origin !== 'bridge') || state.phase.kind !== 'merging')
        dispatch({ kind: 'docChanged' })
    }),
    lens.access.onRegisterChange(() => {
      followApplied()
      if (state.block?.reason === 'foreign-document') dispatch({ kind: 'command', command: 'retry' })
      tellChange()
      board.refresh()
    }),
    side.subscribe(() => {
      if ((side.pause() === null) !== (state.pauses.team === null)) notePause()
      const isDecided = state.block?.reason === 'mass-change' && undecided(linked?.id ?? '', { side }).length === 0
      if (isDecided) dispatch({ kind: 'command', command: 'retry' })
    }),
    looking.subscribe(() => gate({ gate: 'presence', looking: looking.get() })),
    settled.subscribe(() => gate({ gate: 'relay', settled: settled.get() })),
  ]
  void ready.then(() => {
    isReady = true
    if (side.pause()) notePause()
    followApplied()
  })

  return {
    get status() {
      return board.get()
    },
    subscribeStatus: board.subscribe,
    bins,
    journal: createJournal({
      ...shared,
      access: lens.access,
      ...(options.formatTime ? { formatTime: options.formatTime } : {}),
    }),
    versions,
    pause: ({ scope = 'team', reason = '' } = {}) => {
      if (scope === 'device') gate({ gate: 'pause', scope, pause: { by: by(), reason } })
      else side.append([{ kind: 'pause', id: randomId(), body: { paused: true, by: by(), reason } }])
    },
    resume: ({ scope = 'team' } = {}) => {
      if (scope === 'device') gate({ gate: 'pause', scope, pause: null })
      else if (side.pause())
        side.append([{ kind: 'pause', id: randomId(), body: { paused: false, by: by(), reason: '' } }])
    },
    pull: async ({ signal } = {}) => pullReport(await ask('pull', signal), options),
    push: async ({ signal } = {}) => void (await ask('push', signal)),
    unreadable: turns.unreadable,
    takeExit: createExits({
      ...shared,
      bins,
      bin: () => linked?.id ?? '',
      mayWrite: () => state.access === 'writer',
      overwrite: async () => void (await ask('overwrite', undefined)),
      retry: () => dispatch({ kind: 'command', command: 'retry' }),
      countAnew: () => {
        if (linked) meter.reset(originOf(linked.url))
      },
    }),
    close: async () => {
      if (state.phase.kind === 'closed') return
      for (const stop of stops) stop()
      turns.rejectWaiting(new BridgeError('closed', 'The bridge was closed.'))
      dispatch({ kind: 'close' })
      await turns.close()
      if (timer !== undefined) clock.clearTimer(timer)
      side.destroy()
      board.clear()
      changeListeners.clear()
    },
  }
}
