import { describe, expect, it } from 'vitest'
import { closeCodes } from '../../src/protocol/close-codes.ts'
import { reconnectDelayMs } from '../../src/room/reconnect-delay.ts'
import { createRandom } from '../support/random.ts'

const facts = { failures: 1, code: 1006, wasSynced: false, random: 0.5 }

describe('the wait before reconnecting', () => {
  it('grows from a quarter of a second to half a minute', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 8, 9, 50, 5_000].map((failures) =>
      reconnectDelayMs({ ...facts, failures, random: 0.999 }),
    )
    expect(waits).toEqual([250, 500, 1_000, 1_999, 3_998, 7_996, 15_992, 29_985, 29_985, 29_985, 29_985])
  })

  it('is at least half of that', () => {
    expect([1, 2, 8].map((failures) => reconnectDelayMs({ ...facts, failures, random: 0 }))).toEqual([125, 250, 15_000])
  })

  it('spreads those who come back after a restart over two seconds', () => {
    const random = createRandom(5).next
    for (const back of [
      { ...facts, code: closeCodes.restart },
      { ...facts, wasSynced: true },
    ]) {
      const waits = Array.from({ length: 500 }, () => reconnectDelayMs({ ...back, random: random() }))
      const busiest = Math.max(
        ...Array.from({ length: 20 }, (_, i) => waits.filter((wait) => Math.floor(wait / 100) === i).length),
      )
      expect(Math.max(...waits)).toBeLessThanOrEqual(2_000)
      expect(busiest).toBeLessThan(50)
    }
  })

  it('gives a relay that pushes back at least two seconds', () => {
    for (const code of [closeCodes.tooFast, closeCodes.storageFailed]) {
      expect(reconnectDelayMs({ ...facts, code, wasSynced: true, random: 0 })).toBe(2_000)
    }
  })
})
