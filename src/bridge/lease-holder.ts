import type { LeaseState } from './machine-state.ts'
import type { BridgeLease } from './ports.ts'

/** Holds the lease of one bin at a time, for as long as it is wanted. */
export interface LeaseHolder {
  /** Takes or lets go of the lease of `bin`. */
  follow(isWanted: boolean, bin: string): void
  drop(): void
}

export function createLeaseHolder(lease: BridgeLease, tell: (state: LeaseState) => void): LeaseHolder {
  let release: (() => void) | null = null
  const drop = (): void => {
    if (!release) return
    const letGo = release
    release = null
    letGo()
    tell({ kind: 'pending' })
  }
  return {
    follow: (isWanted, bin) => {
      if (isWanted === (release !== null)) return
      if (!isWanted) return drop()
      // The listener may be called before `hold` returns.
      release = () => undefined
      const held = lease.hold(`bridge:${bin}`, tell)
      release = held
    },
    drop,
  }
}
