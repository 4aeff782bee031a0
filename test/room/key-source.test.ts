import { describe, expect, it } from 'vitest'
import { createKeySource } from '../../src/room/key-source.ts'

describe('the key source', () => {
  it('fetches a key once for all connections, and again when it has expired', async () => {
    let calls = 0
    const keys = createKeySource(async () => `key ${++calls}`)
    expect(keys.kind).toBe('renewable')
    expect(await Promise.all([keys.get(), keys.get()])).toEqual(['key 1', 'key 1'])
    keys.expire('key 1')
    // The side document's connection reports the same expiry.
    expect(await keys.get()).toBe('key 2')
    keys.expire('key 1')
    expect(await keys.get()).toBe('key 2')
  })

  it('asks again after a failure', async () => {
    let calls = 0
    const keys = createKeySource(async () => {
      if (++calls === 1) throw new Error('offline')
      return 'key'
    })
    await expect(keys.get()).rejects.toThrow('offline')
    expect(await keys.get()).toBe('key')
  })

  it('gives a fixed key, or none', async () => {
    const keys = createKeySource('fixed')
    expect([keys.kind, await keys.get()]).toEqual(['fixed', 'fixed'])
    keys.expire('fixed')
    expect(await keys.get()).toBe('fixed')
    keys.replace(null)
    expect([keys.kind, await keys.get()]).toEqual(['none', null])
    keys.replace(async () => 'other')
    expect([keys.kind, await keys.get()]).toEqual(['renewable', 'other'])
  })
})
