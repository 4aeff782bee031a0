import type { LeaseMessage } from '../protocol/relay-messages.ts'
import { noLeaseYet, stepLease, type LeaseEvent, type LeaseState } from './lease-machine.ts'
import type { RelayLink } from './relay-link.ts'
import type { Timers } from './timers.ts'

export interface RoomLeasesOptions {
  readonly link: RelayLink
  /** For people: who holds it. */
  readonly holder: () => string
  /** Web Locks of this browser profile are named after it. */
  readonly lockPrefix: string
  readonly locks: LockManager | null
  readonly timers: Timers
  readonly random: () => number
}

/** The leases that this session asks for. */
export interface RoomLeases {
  /**
   * Asks for the lease, and again until it is granted, and renews it. `listener` hears the present state at once and every
   * change. The returned function lets go.
   */
  readonly hold: (name: string, listener: (state: LeaseState) => void) => () => void
  readonly receive: (message: LeaseMessage) => void
  /** The connection has changed. */
  readonly follow: () => void
  readonly releaseAll: () => void
}

interface Holding {
  readonly name: string
  readonly step: (event: LeaseEvent) => void
  readonly release: () => void
}

export function createRoomLeases(options: RoomLeasesOptions): RoomLeases {
  const { link, holder, lockPrefix, locks, timers, random } = options
  const holdings = new Set<Holding>()
  let relay = relayOf(link)

  const send = (op: LeaseMessage['op'], name: string): void => {
    link.send({ kind: 'lease', body: { op, name, holder: holder(), epoch: 0, ttlMs: 0 } })
  }

  const hold: RoomLeases['hold'] = (name, listener) => {
    let machine = noLeaseYet
    let timer: number | undefined
    let released = false
    const letGo = new AbortController()

    const stopWaiting = (): void => {
      if (timer !== undefined) timers.clearTimer(timer)
      timer = undefined
    }
    const step = (event: LeaseEvent): void => {
      if (released) return
      const before = machine.state
      const { machine: next, effects } = stepLease(machine, event, { nowMs: timers.now(), random: random() })
      machine = next
      for (const effect of effects) {
        stopWaiting()
        if (effect.kind === 'send') send(effect.op, name)
        else if (effect.kind === 'wait') {
          timer = timers.setTimer(() => {
            timer = undefined
            step({ kind: 'due' })
          }, effect.delayMs)
        }
      }
      if (!isSameLease(before, machine.state)) listener(machine.state)
    }
    const holding: Holding = {
      name,
      step,
      release: () => {
        if (released) return
        if (machine.state.kind === 'held' || machine.asked.length > 0) send('release', name)
        released = true
        stopWaiting()
        holdings.delete(holding)
        letGo.abort()
      },
    }
    holdings.add(holding)
    listener(machine.state)
    step({ kind: 'relay', relay })
    const locked = (lock: 'held' | 'elsewhere'): void => step({ kind: 'lock', lock })
    if (locks) waitForLock(locks, `${lockPrefix}/${name}`, letGo.signal, locked)
    else locked('held')
    return holding.release
  }

  return {
    hold,
    receive: (message) => {
      for (const holding of holdings) if (holding.name === message.name) holding.step({ kind: 'message', message })
    },
    follow: () => {
      const now = relayOf(link)
      if (now === relay) return
      relay = now
      for (const holding of holdings) holding.step({ kind: 'relay', relay })
    },
    releaseAll: () => {
      for (const holding of holdings) holding.release()
    },
  }
}

function relayOf(link: RelayLink): 'away' | 'foreign' | 'ours' {
  if (link.relay === 'unknown') return 'away'
  // The relay grants a reader nothing.
  return link.relay === 'ours' && link.status.role === 'reader' ? 'away' : link.relay
}

/** Waits for the lock as long as it takes, and lets go on abort. Where locks are denied it counts as held. */
function waitForLock(
  locks: LockManager,
  name: string,
  letGo: AbortSignal,
  locked: (lock: 'held' | 'elsewhere') => void,
): void {
  const hold = (lock: Lock | null): Promise<void> | undefined => {
    if (letGo.aborted) return undefined
    if (!lock) {
      locked('elsewhere')
      locks.request(name, { signal: letGo }, hold).catch(denied)
      return undefined
    }
    return new Promise((resolve) => {
      letGo.addEventListener('abort', () => resolve())
      locked('held')
    })
  }
  const denied = (): void => {
    if (!letGo.aborted) locked('held')
  }
  locks.request(name, { ifAvailable: true }, hold).catch(denied)
}

function isSameLease(a: LeaseState, b: LeaseState): boolean {
  if (a.kind === 'held' && b.kind === 'held') return a.epoch === b.epoch && a.until === b.until
  if (a.kind === 'other' && b.kind === 'other') return a.holder === b.holder
  return a.kind === b.kind
}
