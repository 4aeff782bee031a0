import type { BridgeLease } from '../../../src/bridge/ports.ts'
import type { LeaseState } from '../../../src/bridge/machine-state.ts'
import type { Scheduler } from './scheduler.ts'

/** Grants leases over the relay's connection: free as soon as the holder's breaks, which the holder learns later. */
export interface LeaseServer {
  portOf(holder: LeaseHolder): BridgeLease
  /** A connection came up or broke. */
  changed(): void
}

export interface LeaseHolder {
  readonly name: string
  readonly isConnected: () => boolean
  readonly isAlive: () => boolean
}

interface Asker extends LeaseHolder {
  readonly tell: (state: LeaseState) => void
  heldUntil: number
}

const lifeMs = 15_000
const earlyMs = 1_000

export function createLeaseServer(scheduler: Scheduler): LeaseServer {
  const askers = new Set<Asker>()
  let holder: Asker | undefined
  let epoch = 0

  const settle = (): void => {
    for (const asker of askers) if (!asker.isAlive()) askers.delete(asker)
    if (holder && (!askers.has(holder) || !holder.isConnected())) holder = undefined
    if (!holder) {
      holder = [...askers].find((asker) => asker.isConnected())
      if (holder) {
        epoch++
        scheduler.note(`lease ${epoch} to ${holder.name}`)
        renew(holder, epoch)
      }
    }
    for (const asker of askers) {
      if (asker !== holder && asker.isConnected() && asker.heldUntil <= scheduler.now())
        asker.tell({ kind: 'other', holder: holder?.name ?? '' })
    }
  }
  const renew = (asker: Asker, mine: number): void => {
    if (holder !== asker || epoch !== mine || !askers.has(asker) || !asker.isAlive()) return
    if (!asker.isConnected()) return
    asker.heldUntil = scheduler.now() + lifeMs - earlyMs
    asker.tell({ kind: 'held', epoch, until: asker.heldUntil })
    scheduler.after(lifeMs / 3, () => renew(asker, mine))
    const until = asker.heldUntil
    scheduler.after(lifeMs - earlyMs, () => {
      if (asker.heldUntil !== until || !askers.has(asker)) return
      asker.tell({ kind: 'pending' })
      scheduler.after(500, settle)
    })
  }

  return {
    portOf: (who) => ({
      hold: (_, listener) => {
        const asker: Asker = {
          ...who,
          heldUntil: 0,
          tell: (state) => {
            if (who.isAlive()) listener(state)
          },
        }
        askers.add(asker)
        listener({ kind: 'pending' })
        scheduler.after(60, settle)
        return () => {
          askers.delete(asker)
          scheduler.after(60, settle)
        }
      },
    }),
    changed: () => void scheduler.after(60, settle),
  }
}
