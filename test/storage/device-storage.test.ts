import { describe, expect, it, onTestFinished } from 'vitest'
import { estimateStorage, requestPersistence } from '../../src/storage/device-storage.ts'
import { createVirtualClock } from '../support/virtual-clock.ts'

function withStorageManager(manager: object | undefined): void {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator')
  Object.defineProperty(globalThis, 'navigator', { configurable: true, value: manager ? { storage: manager } : {} })
  onTestFinished(() => {
    if (before) Object.defineProperty(globalThis, 'navigator', before)
  })
}

describe('the storage of the device', () => {
  it('is persistent or not, as the browser says', async () => {
    withStorageManager({ persist: async () => true, estimate: async () => ({ usage: 7, quota: 9 }) })
    expect(await requestPersistence()).toBe('granted')
    expect(await estimateStorage()).toEqual({ usedBytes: 7, quotaBytes: 9 })
    withStorageManager({ persist: async () => false, estimate: async () => ({}) })
    expect(await requestPersistence()).toBe('denied')
    expect(await estimateStorage()).toEqual({ usedBytes: 0, quotaBytes: 0 })
  })

  it('is unknown where the browser throws, cannot, or does not answer', async () => {
    const refuse = (): never => {
      throw new TypeError('opaque origin')
    }
    withStorageManager({ persist: refuse, estimate: refuse })
    expect([await requestPersistence(), await estimateStorage()]).toEqual(['unknown', null])
    withStorageManager(undefined)
    expect([await requestPersistence(), await estimateStorage()]).toEqual(['unknown', null])
    const clock = createVirtualClock()
    withStorageManager({ persist: () => new Promise(() => undefined) })
    const asked = requestPersistence(clock)
    await clock.advanceAsync(3_000)
    expect([await asked, clock.pending]).toEqual(['unknown', 0])
  })
})
