import type { RelayLimits } from './limits.ts'
import { isLoopbackHost } from './origin-rule.ts'

/** Counts the open connections: in all, by address, by room. */
export interface Admission {
  readonly connections: number
  /** Null where one more is too many; otherwise call the function once when the connection has ended. */
  admit(address: string): (() => void) | null
  admitToRoom(room: string): (() => void) | null
}

export function createAdmission(limits: RelayLimits): Admission {
  const byAddress = new Map<string, number>()
  const byRoom = new Map<string, number>()
  let connections = 0
  return {
    get connections() {
      return connections
    },
    admit(address) {
      if (connections >= limits.maxConnections) return null
      const forAddress = isLoopbackHost(address)
        ? () => undefined
        : add(byAddress, address, limits.maxConnectionsPerAddress)
      if (!forAddress) return null
      connections++
      return () => {
        connections--
        forAddress()
      }
    },
    admitToRoom: (room) => add(byRoom, room, limits.maxConnectionsPerRoom),
  }
}

function add(counts: Map<string, number>, name: string, max: number): (() => void) | null {
  const count = counts.get(name) ?? 0
  if (count >= max) return null
  counts.set(name, count + 1)
  return () => {
    const left = (counts.get(name) ?? 1) - 1
    if (left === 0) counts.delete(name)
    else counts.set(name, left)
  }
}
