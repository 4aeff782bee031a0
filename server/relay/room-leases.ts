import type { LeaseMessage } from '../../src/protocol/relay-messages.ts'
import { type LeaseAnswer, type LeaseHolder, type LeaseTable, createLeaseTable } from './lease-table.ts'
import type { RelayLimits } from './limits.ts'
import type { RelayLog } from './relay-log.ts'
import type { Member } from './room.ts'
import type { Timers } from '../store/timers.ts'

/**
 * Leases of all rooms, `bridge:<binId>`: who among several bridges writes. They live in memory and end with their socket; only
 * the epoch is stored, so that it grows across restarts and a deposed holder's late write can be told.
 */
export interface RoomLeases {
  receive(member: Member, room: string, message: LeaseMessage, answer: (message: LeaseMessage) => void): void
  leave(member: Member, room: string): void
  /** Tells holders whose time is over. */
  sweep(nowMs: number): void
}

export interface RoomLeasesOptions {
  readonly nextEpoch: (room: string, lease: string) => Promise<number>
  readonly limits: RelayLimits
  readonly timers: Timers
  readonly log: RelayLog
}

interface RoomLeaseState {
  readonly table: LeaseTable
  /** Members that asked for a lease, by connection. */
  readonly answers: Map<number, (message: LeaseMessage) => void>
}

const leaseName = /^bridge:[\w.-]{1,128}$/
const maxLabelLength = 64

export function createRoomLeases(options: RoomLeasesOptions): RoomLeases {
  const { nextEpoch, limits, timers, log } = options
  const rooms = new Map<string, RoomLeaseState>()

  function stateOf(room: string): RoomLeaseState {
    const known = rooms.get(room)
    if (known) return known
    const table = createLeaseTable({ ttlMs: limits.leaseTtlMs, maxLeases: limits.maxLeasesPerRoom })
    const state: RoomLeaseState = { table, answers: new Map() }
    rooms.set(room, state)
    return state
  }

  async function grant(room: string, name: string, holder: LeaseHolder): Promise<void> {
    const { table, answers } = stateOf(room)
    let epoch: number
    try {
      epoch = await nextEpoch(room, name)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      log.error('lease-failed', { room, lease: name, reason }, 'The epoch of a lease could not be stored')
      table.abandon(name)
      answers.get(holder.id)?.({ op: 'lost', name, holder: '', epoch: 0, ttlMs: 0 })
      return
    }
    const granted = table.grant(name, epoch, timers.now())
    if (!granted) return
    log.info('lease-granted', { room, lease: name, conn: holder.id, epoch }, 'Granted a lease')
    answers.get(holder.id)?.(messageOf(name, granted))
  }

  return {
    receive(member, room, message, answer) {
      const { op, name } = message
      if (!member.mayWrite || !leaseName.test(name)) {
        answer({ op: 'lost', name, holder: '', epoch: 0, ttlMs: 0 })
        return
      }
      const state = stateOf(room)
      const holder: LeaseHolder = { id: member.id, label: labelOf(member, message) }
      state.answers.set(member.id, answer)
      switch (op) {
        case 'request': {
          const result = state.table.request(name, holder, timers.now())
          if (result === 'granting') void grant(room, name, holder)
          else if (result === 'too-many') answer({ op: 'lost', name, holder: '', epoch: 0, ttlMs: 0 })
          else answer(messageOf(name, result))
          break
        }
        case 'renew':
          answer(messageOf(name, state.table.renew(name, holder, timers.now())))
          break
        case 'release':
          state.table.release(name, holder)
          break
        case 'granted':
        case 'held':
        case 'lost':
          break
      }
    },
    leave(member, room) {
      const state = rooms.get(room)
      if (!state) return
      state.table.leave(member.id)
      state.answers.delete(member.id)
      if (state.answers.size === 0) rooms.delete(room)
    },
    sweep(nowMs) {
      for (const { table, answers } of rooms.values())
        for (const { name, holder, epoch } of table.expire(nowMs))
          answers.get(holder.id)?.({ op: 'lost', name, holder: holder.label, epoch, ttlMs: 0 })
    },
  }
}

/** The name from the key where there is one: a label is shown to people. */
function labelOf(member: Member, message: LeaseMessage): string {
  const label = member.identity?.name ?? message.holder
  return label.replaceAll(/\p{Cc}/gu, '').slice(0, maxLabelLength)
}

function messageOf(name: string, answer: LeaseAnswer): LeaseMessage {
  return { name, ...answer }
}
