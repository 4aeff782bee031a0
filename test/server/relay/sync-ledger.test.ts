import { describe, expect, it } from 'vitest'
import { createSyncLedger } from '../../../server/relay/sync-ledger.ts'

describe('a message is saved', () => {
  it('once the rows before its answer are committed, and is told cumulatively', () => {
    const ledger = createSyncLedger()
    ledger.settleAfter(ledger.count(), 1)
    ledger.settleAfter(ledger.count(), 2)
    expect(ledger.takeSaved(0)).toBeNull()
    expect(ledger.waits).toBe(true)
    expect(ledger.takeSaved(1)).toBe(1)
    expect(ledger.takeSaved(1)).toBeNull()
    expect(ledger.takeSaved(5)).toBe(2)
    expect(ledger.waits).toBe(false)
  })

  it('also where it brought nothing, but not before the rows of others that it rests on', () => {
    const ledger = createSyncLedger()
    // Somebody else's rows 1 to 3 are on their way when the empty answer comes.
    ledger.settleAfter(ledger.count(), 3)
    expect(ledger.takeSaved(2)).toBeNull()
    expect(ledger.takeSaved(3)).toBe(1)
  })

  it('at once where nothing is on its way', () => {
    const ledger = createSyncLedger()
    ledger.settleAfter(ledger.count(), 7)
    expect(ledger.takeSaved(7)).toBe(1)
  })
})

describe('after a gap nothing is saved', () => {
  it('until the answer is committed, however much is committed before', () => {
    const ledger = createSyncLedger()
    ledger.settleAfter(ledger.count(), 1)
    expect(ledger.openGap(ledger.count())).toBe(true)
    ledger.settleAfter(ledger.count(), 2)
    expect(ledger.openGap(ledger.count())).toBe(false)
    expect(ledger.takeSaved(2)).toBe(1)
    const answer = ledger.count()
    ledger.closeGaps(answer)
    ledger.settleAfter(answer, 3)
    expect(ledger.takeSaved(2)).toBeNull()
    expect(ledger.takeSaved(3)).toBe(5)
  })

  it('and a gap after the answer asks again', () => {
    const ledger = createSyncLedger()
    expect(ledger.openGap(ledger.count())).toBe(true)
    const answer = ledger.count()
    ledger.closeGaps(answer)
    ledger.settleAfter(answer, 1)
    expect(ledger.openGap(ledger.count())).toBe(true)
    expect(ledger.takeSaved(1)).toBe(2)
    ledger.settleAfter(ledger.count(), 1)
    expect(ledger.takeSaved(1)).toBeNull()
  })
})
