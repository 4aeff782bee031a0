/** The relay of the model: holds all facts and items, and hands them on over connections that delay and break. */
import type { LeaseState } from '../../../src/bridge/machine-state.ts'
import type { Random } from '../random.ts'
import { createLeaseServer } from './lease-server.ts'
import { factId, type ModelFact } from './model-document.ts'
import type { SideItem } from './model-side.ts'
import type { Profile } from './profile.ts'
import type { Scheduler } from './scheduler.ts'

export interface Packet {
  readonly facts: readonly ModelFact[]
  readonly items: readonly SideItem[]
}

export interface MemberParts {
  readonly name: string
  readonly all: () => Packet
  readonly take: (packet: Packet) => void
  readonly onLease: (lease: LeaseState) => void
  readonly isAlive: () => boolean
  readonly wantsLease: boolean
}

export interface NetworkMember extends MemberParts {
  isUp: boolean
  session: number
  lastUp: number
  lastDown: number
  releaseLease: (() => void) | undefined
}

export interface ModelNetwork {
  join(parts: MemberParts): NetworkMember
  connect(member: NetworkMember): void
  /** `isDead`: its process is gone, and with it the lease. */
  cut(member: NetworkMember, isDead?: boolean): void
  send(member: NetworkMember, packet: Packet): void
  hasFact(fact: ModelFact): boolean
  readonly items: ReadonlyMap<string, SideItem>
}

export function createModelNetwork(scheduler: Scheduler, random: Random, profile: Profile): ModelNetwork {
  const facts = new Map<string, ModelFact>()
  const items = new Map<string, SideItem>()
  const members = new Set<NetworkMember>()
  const leases = createLeaseServer(scheduler)

  const travel = (member: NetworkMember, isDown: boolean, run: () => void): void => {
    const { session } = member
    const delay = random.chance(profile.latencySpikes) ? 1_000 + random.int(20_000) : 15 + random.int(140)
    const at = Math.max(scheduler.now() + delay, (isDown ? member.lastDown : member.lastUp) + 0.001)
    if (isDown) member.lastDown = at
    else member.lastUp = at
    scheduler.after(at - scheduler.now(), () => {
      if (member.session === session && member.isUp && member.isAlive()) run()
    })
  }
  const arrive = (packet: Packet, from: NetworkMember): void => {
    const newFacts = packet.facts.filter((fact) => !facts.has(factId(fact)))
    const newItems = packet.items.filter(({ id }) => !items.has(id))
    for (const fact of newFacts) facts.set(factId(fact), fact)
    for (const item of newItems) items.set(item.id, item)
    if (newFacts.length + newItems.length === 0) return
    for (const member of members)
      if (member !== from && member.isUp) travel(member, true, () => member.take({ facts: newFacts, items: newItems }))
  }

  return {
    join: (parts) => {
      const member = { ...parts, isUp: false, session: 0, lastUp: 0, lastDown: 0, releaseLease: undefined }
      members.add(member)
      return member
    },
    connect: (member) => {
      if (!member.isAlive()) return
      if (member.wantsLease && !member.releaseLease) {
        const isConnected = (): boolean => member.isUp
        const port = leases.portOf({ name: member.name, isAlive: member.isAlive, isConnected })
        member.releaseLease = port.hold('bin', member.onLease)
      }
      if (member.isUp) return
      member.isUp = true
      member.session++
      member.lastUp = member.lastDown = scheduler.now()
      const all = member.all()
      travel(member, false, () => arrive(all, member))
      travel(member, true, () => member.take({ facts: [...facts.values()], items: [...items.values()] }))
      leases.changed()
    },
    cut: (member, isDead = false) => {
      member.isUp = false
      member.session++
      if (isDead) {
        member.releaseLease?.()
        member.releaseLease = undefined
      }
      leases.changed()
    },
    send: (member, packet) => {
      if (member.isUp) travel(member, false, () => arrive(packet, member))
    },
    hasFact: (fact) => facts.has(factId(fact)),
    items,
  }
}
