/**
 * The leases of one room: each name has at most one holder, for a limited time, renewable. Pure but for the epoch, which is
 * stored before it is handed out and is asked for by the caller.
 *
 * ```
 * free ── request ─► granting ── epoch stored ─► held(holder, until) ── renew ─► held(later)
 *   ▲                   │ holder left               │ release, socket gone, time over
 *   └───────────────────┴───────────────────────────┘
 * ```
 */
export interface LeaseHolder {
  /** The connection. */
  readonly id: number
  /** For people. */
  readonly label: string
}

export type LeaseAnswer =
  | { readonly op: 'granted' | 'held'; readonly holder: string; readonly epoch: number; readonly ttlMs: number }
  | { readonly op: 'lost'; readonly holder: string; readonly epoch: number; readonly ttlMs: 0 }

export interface LeaseTable {
  /** `granting`: the caller stores the next epoch and calls {@link LeaseTable.grant}, or {@link LeaseTable.abandon}. */
  request(name: string, by: LeaseHolder, nowMs: number): LeaseAnswer | 'granting' | 'too-many'
  /** Null where the one who asked is gone meanwhile. */
  grant(name: string, epoch: number, nowMs: number): LeaseAnswer | null
  /** No epoch could be stored. */
  abandon(name: string): void
  renew(name: string, by: LeaseHolder, nowMs: number): LeaseAnswer
  release(name: string, by: LeaseHolder): void
  /** A connection is gone, and what it held is free. */
  leave(connectionId: number): void
  /** Ends what ran out and tells whom it belonged to. */
  expire(nowMs: number): readonly { readonly name: string; readonly holder: LeaseHolder; readonly epoch: number }[]
}

type Lease =
  | { readonly kind: 'granting'; readonly holder: LeaseHolder }
  | { readonly kind: 'held'; readonly holder: LeaseHolder; readonly epoch: number; readonly untilMs: number }

export function createLeaseTable(options: { readonly ttlMs: number; readonly maxLeases: number }): LeaseTable {
  const { ttlMs, maxLeases } = options
  const leases = new Map<string, Lease>()

  const ranOut = (lease: Lease, nowMs: number): boolean => lease.kind === 'held' && lease.untilMs <= nowMs

  function take(name: string, holder: LeaseHolder, epoch: number, nowMs: number): LeaseAnswer {
    leases.set(name, { kind: 'held', holder, epoch, untilMs: nowMs + ttlMs })
    return { op: 'granted', holder: holder.label, epoch, ttlMs }
  }

  return {
    request(name, by, nowMs) {
      const lease = leases.get(name)
      if (lease?.kind === 'granting') {
        if (lease.holder.id === by.id) return 'granting'
        return { op: 'held', holder: lease.holder.label, epoch: 0, ttlMs }
      }
      if (lease && !ranOut(lease, nowMs)) {
        if (lease.holder.id === by.id) return take(name, by, lease.epoch, nowMs)
        return { op: 'held', holder: lease.holder.label, epoch: lease.epoch, ttlMs: lease.untilMs - nowMs }
      }
      if (!lease && leases.size >= maxLeases) return 'too-many'
      leases.set(name, { kind: 'granting', holder: by })
      return 'granting'
    },
    grant(name, epoch, nowMs) {
      const lease = leases.get(name)
      if (lease?.kind !== 'granting') return null
      return take(name, lease.holder, epoch, nowMs)
    },
    abandon(name) {
      if (leases.get(name)?.kind === 'granting') leases.delete(name)
    },
    renew(name, by, nowMs) {
      const lease = leases.get(name)
      if (lease?.kind === 'held' && lease.holder.id === by.id && !ranOut(lease, nowMs))
        return take(name, by, lease.epoch, nowMs)
      const other = lease && !ranOut(lease, nowMs) ? lease : undefined
      return {
        op: 'lost',
        holder: other?.holder.label ?? '',
        epoch: other?.kind === 'held' ? other.epoch : 0,
        ttlMs: 0,
      }
    },
    release(name, by) {
      if (leases.get(name)?.holder.id === by.id) leases.delete(name)
    },
    leave(connectionId) {
      for (const [name, lease] of leases) if (lease.holder.id === connectionId) leases.delete(name)
    },
    expire(nowMs) {
      const ended: { readonly name: string; readonly holder: LeaseHolder; readonly epoch: number }[] = []
      for (const [name, lease] of leases) {
        if (lease.kind !== 'held' || !ranOut(lease, nowMs)) continue
        leases.delete(name)
        ended.push({ name, holder: lease.holder, epoch: lease.epoch })
      }
      return ended
    },
  }
}
