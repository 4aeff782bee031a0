import { describe, expect, it } from 'vitest'
import { createKeyStore, type KeyStorage } from '../../src/storage/key-store.ts'

function createStorage(): KeyStorage & { readonly items: Map<string, string> } {
  const items = new Map<string, string>()
  return {
    items,
    getItem: (name) => items.get(name) ?? null,
    setItem: (name, value) => void items.set(name, value),
    removeItem: (name) => void items.delete(name),
  }
}

const vendor = 'https://api.jsonbin.io'

describe('the key store', () => {
  it('keeps a key under its origin and bin, across sessions', () => {
    const storage = createStorage()
    const keys = createKeyStore({ storage })
    expect(keys.set(vendor, 'bin1', { masterKey: 'm' })).toBe(true)
    expect(keys.set('http://127.0.0.1:1234', 'bin1', { accessKey: 'a' })).toBe(true)
    const next = createKeyStore({ storage })
    expect(next.get(vendor, 'bin1')).toEqual({ masterKey: 'm' })
    expect(next.get('http://127.0.0.1:1234', 'bin1')).toEqual({ accessKey: 'a' })
    expect(next.get(vendor, 'bin2')).toBeNull()
    expect(next.get('https://api.jsonbin.io.evil.example', 'bin1')).toBeNull()
    expect([...storage.items.keys()]).toEqual(['y-tokens/1/keys'])
  })

  it('forgets a key of this session with the session, also one that was remembered before', () => {
    const storage = createStorage()
    createKeyStore({ storage }).set(vendor, 'bin1', { masterKey: 'old' })
    const keys = createKeyStore({ storage })
    expect(keys.set(vendor, 'bin1', { masterKey: 'new' }, { remember: false })).toBe(false)
    expect(keys.get(vendor, 'bin1')).toEqual({ masterKey: 'new' })
    expect(createKeyStore({ storage }).get(vendor, 'bin1')).toBeNull()
    expect([...storage.items.values()].join()).not.toMatch(/old|new/)
  })

  it('removes a key everywhere, and the item with the last one', () => {
    const storage = createStorage()
    const keys = createKeyStore({ storage })
    keys.set(vendor, 'bin1', { masterKey: 'm' })
    keys.set(vendor, 'bin2', { masterKey: 'n' }, { remember: false })
    keys.remove(vendor, 'bin1')
    keys.remove(vendor, 'bin2')
    expect([keys.get(vendor, 'bin1'), keys.get(vendor, 'bin2')]).toEqual([null, null])
    expect(storage.items.size).toBe(0)
  })

  it('works without a memory, and says so', () => {
    const keys = createKeyStore({ storage: null })
    expect(keys.canRemember).toBe(false)
    expect(keys.set(vendor, 'bin1', { masterKey: 'm' })).toBe(false)
    expect(keys.get(vendor, 'bin1')).toEqual({ masterKey: 'm' })
  })

  it('uses no storage in Node by default', () => {
    expect(createKeyStore().canRemember).toBe(false)
  })

  it('goes on when storage is denied or full', () => {
    const storage = createStorage()
    const full = createKeyStore({
      storage: {
        ...storage,
        setItem: () => {
          throw new DOMException('full', 'QuotaExceededError')
        },
      },
    })
    expect(full.set(vendor, 'bin1', { masterKey: 'm' })).toBe(false)
    expect([full.get(vendor, 'bin1'), full.canRemember]).toEqual([{ masterKey: 'm' }, false])
    const denied = (): never => {
      throw new DOMException('denied', 'SecurityError')
    }
    const refused = createKeyStore({ storage: { getItem: denied, setItem: denied, removeItem: denied } })
    expect(refused.get(vendor, 'bin1')).toBeNull()
    expect(refused.set(vendor, 'bin1', { accessKey: 'a' })).toBe(false)
    expect(refused.get(vendor, 'bin1')).toEqual({ accessKey: 'a' })
    refused.remove(vendor, 'bin1')
    expect(refused.get(vendor, 'bin1')).toBeNull()
  })

  it('reads damaged and foreign items as far as they are keys', () => {
    for (const text of ['', '{', 'null', '7', '{"a":1}', '[1,null,["a"],["b",{}],["c",{"masterKey":1}]]']) {
      const storage = createStorage()
      storage.setItem('y-tokens/1/keys', text)
      expect(createKeyStore({ storage }).get(vendor, 'bin1')).toBeNull()
    }
    const storage = createStorage()
    const address = JSON.stringify(['__proto__', 'constructor'])
    storage.setItem(
      'y-tokens/1/keys',
      JSON.stringify([
        ['junk', 1],
        [address, { masterKey: 'm' }],
      ]),
    )
    expect(createKeyStore({ storage }).get('__proto__', 'constructor')).toEqual({ masterKey: 'm' })
    expect(({} as Record<string, unknown>)['constructor']).toBe(Object)
  })

  it('sees what another tab wrote, and keeps it when writing', () => {
    const storage = createStorage()
    const [one, other] = [createKeyStore({ storage }), createKeyStore({ storage })]
    one.set(vendor, 'bin1', { masterKey: 'm' })
    other.set(vendor, 'bin2', { masterKey: 'n' })
    expect([one.get(vendor, 'bin2'), other.get(vendor, 'bin1')]).toEqual([{ masterKey: 'n' }, { masterKey: 'm' }])
  })

  it('tells subscribers', () => {
    const keys = createKeyStore({ storage: createStorage() })
    let calls = 0
    const unsubscribe = keys.subscribe(() => calls++)
    keys.set(vendor, 'bin1', { masterKey: 'm' })
    keys.remove(vendor, 'bin1')
    unsubscribe()
    keys.set(vendor, 'bin1', { masterKey: 'm' })
    expect(calls).toBe(2)
  })
})
