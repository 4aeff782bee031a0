import { describe, expect, it } from 'vitest'
import { type LeaseTable, createLeaseTable } from '../../../server/relay/lease-table.ts'

const ana = { id: 1, label: 'Ana' }
const ben = { id: 2, label: 'Ben' }
const open = (): LeaseTable => createLeaseTable({ ttlMs: 15_000, maxLeases: 2 })

function grantTo(table: LeaseTable, holder: typeof ana, epoch: number, nowMs: number): void {
  expect(table.request('bridge:b', holder, nowMs)).toBe('granting')
  expect(table.grant('bridge:b', epoch, nowMs)).toEqual({ op: 'granted', holder: holder.label, epoch, ttlMs: 15_000 })
}

describe('a lease', () => {
  it('has one holder; the others learn who and for how long', () => {
    const table = open()
    grantTo(table, ana, 7, 0)
    expect(table.request('bridge:b', ben, 5_000)).toEqual({ op: 'held', holder: 'Ana', epoch: 7, ttlMs: 10_000 })
    expect(table.renew('bridge:b', ben, 5_000)).toEqual({ op: 'lost', holder: 'Ana', epoch: 7, ttlMs: 0 })
  })

  it('is held already while its epoch is being stored', () => {
    const table = open()
    expect(table.request('bridge:b', ana, 0)).toBe('granting')
    expect(table.request('bridge:b', ben, 0)).toMatchObject({ op: 'held', holder: 'Ana' })
  })

  it('keeps its epoch when renewed or asked for again by its holder', () => {
    const table = open()
    grantTo(table, ana, 7, 0)
    expect(table.renew('bridge:b', ana, 14_999)).toMatchObject({ op: 'granted', epoch: 7 })
    expect(table.request('bridge:b', ana, 20_000)).toMatchObject({ op: 'granted', epoch: 7 })
    expect(table.request('bridge:b', ben, 34_999)).toMatchObject({ op: 'held' })
  })

  it('runs out, to the millisecond, and cannot be renewed then', () => {
    const table = open()
    grantTo(table, ana, 7, 0)
    expect(table.expire(14_999)).toEqual([])
    expect(table.renew('bridge:b', ana, 15_000)).toEqual({ op: 'lost', holder: '', epoch: 0, ttlMs: 0 })
    expect(table.expire(15_000)).toEqual([{ name: 'bridge:b', holder: ana, epoch: 7 }])
    expect(table.expire(15_000)).toEqual([])
    grantTo(table, ben, 8, 15_000)
  })

  it('is free at once when released by its holder, and only by that', () => {
    const table = open()
    grantTo(table, ana, 7, 0)
    table.release('bridge:b', ben)
    expect(table.request('bridge:b', ben, 1)).toMatchObject({ op: 'held' })
    table.release('bridge:b', ana)
    grantTo(table, ben, 8, 2)
  })

  it('ends with its connection, also in the middle of being granted', () => {
    const table = open()
    grantTo(table, ana, 7, 0)
    table.leave(ana.id)
    expect(table.request('bridge:b', ben, 1)).toBe('granting')
    table.leave(ben.id)
    expect(table.grant('bridge:b', 8, 2)).toBeNull()
  })

  it('is free again where no epoch could be stored', () => {
    const table = open()
    table.request('bridge:b', ana, 0)
    table.abandon('bridge:b')
    expect(table.request('bridge:b', ben, 0)).toBe('granting')
  })
})

it('a room has only so many leases', () => {
  const table = open()
  expect(table.request('bridge:1', ana, 0)).toBe('granting')
  expect(table.request('bridge:2', ana, 0)).toBe('granting')
  expect(table.request('bridge:3', ana, 0)).toBe('too-many')
})
