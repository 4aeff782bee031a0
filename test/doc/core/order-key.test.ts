import { generateKeyBetween } from 'fractional-indexing'
import { describe, expect, it } from 'vitest'
import { fractionalKeyBetween } from '../../../src/doc/fractional-key.ts'
import { createOrderRun, isOrderKey, orderKeyAt, orderKeyBetween, unordered } from '../../../src/doc/order-key.ts'
import { boundsAt, keyBehind, keysForOrder, longestIncreasing } from '../../../src/doc/sequence.ts'
import { seedsToRun, withSeed } from '../../support/random.ts'

const half = (): number => 0.5

describe('the key of a place in a file', () => {
  it('is frozen', () => {
    expect([0, 9, 10, 35, 36, 61, 62, 63, 123, 124, 3905, 3906].map(orderKeyAt)).toEqual([
      'a0',
      'a9',
      'aA',
      'aZ',
      'aa',
      'az',
      'b00',
      'b01',
      'b0z',
      'b10',
      'bzz',
      'c000',
    ])
  })

  it('grows with the place', () => {
    for (let i = 1; i < 5_000; i++) expect(orderKeyAt(i) > orderKeyAt(i - 1)).toBe(true)
  })
})

describe('a fractional key', () => {
  const theirs = (left: string | undefined, right: string | undefined): string | undefined => {
    try {
      return generateKeyBetween(left, right)
    } catch {
      return undefined
    }
  }

  it('is the one that the package makes, between any two', () => {
    for (const seed of seedsToRun(40))
      withSeed(seed, (random) => {
        const keys = ['a0']
        for (let i = 0; i < 400; i++) {
          // Also runs at one end and in one gap, which make keys long.
          const at = random.pick([0, keys.length, random.int(keys.length + 1), Math.min(1, keys.length)])
          const key = fractionalKeyBetween(keys[at - 1], keys[at])
          expect(key).toBe(theirs(keys[at - 1], keys[at]))
          keys.splice(at, 0, key as string)
        }
      })
  })

  it('is the one that the package makes, beside the longest integers and long fractions', () => {
    const zeros = '0'.repeat(25)
    const edges = [`A${zeros}1`, `A${zeros}0V`, `B${zeros}`, 'Zz', 'Z0', 'Z0V', 'a0', 'a0V', 'az', 'azz', 'b00', 'bzz']
    const highest = `z${'z'.repeat(26)}`
    for (const left of [undefined, ...edges, highest, `${highest}V`, `y${'z'.repeat(25)}`])
      for (const right of [undefined, ...edges, highest, `${highest}zV`])
        if (left === undefined || right === undefined || left < right)
          expect([left, right, fractionalKeyBetween(left, right)]).toEqual([left, right, theirs(left, right)])
  })

  it('is none beside what is no key', () => {
    for (const odd of ['', 'a', 'b0', 'a00', '0', '~', 'a~', 'a0é', `A${'0'.repeat(26)}`]) {
      expect(fractionalKeyBetween(odd, undefined)).toBeUndefined()
      expect(fractionalKeyBetween(undefined, odd)).toBeUndefined()
    }
    expect(fractionalKeyBetween('a1', 'a1')).toBeUndefined()
    expect(fractionalKeyBetween('a1', 'a0')).toBeUndefined()
  })
})

describe('a key between', () => {
  it('has two random characters more', () => {
    expect(orderKeyBetween('a0', 'a1', half)).toBe('a0VVV')
    expect(orderKeyBetween('a0', undefined, half)).toBe('a1VV')
    expect(orderKeyBetween(undefined, 'a0', half)).toBe('ZzVV')
    expect(orderKeyBetween(undefined, undefined, half)).toBe('a0VV')
  })

  it('leaves them out where they would pass the right neighbour', () => {
    const key = orderKeyBetween('a0', 'a0V1', () => 0.999)
    expect(key > 'a0' && key < 'a0V1').toBe(true)
  })

  it('lies between, however many lie there already', () => {
    for (const seed of seedsToRun(20))
      withSeed(seed, (random) => {
        const keys = [orderKeyAt(0), orderKeyAt(1)]
        for (let i = 0; i < 300; i++) {
          const at = random.chance(0.5) ? 1 : 1 + random.int(keys.length - 1)
          const key = orderKeyBetween(keys[at - 1], keys[at], random.next)
          expect(key > (keys[at - 1] as string) && key < (keys[at] as string)).toBe(true)
          expect(key.length).toBeLessThanOrEqual(256)
          keys.splice(at, 0, key)
        }
      })
  })

  it('comes whatever stands beside it', () => {
    for (const odd of ['', '~', '\u0000', 'A', 'a', 'zzz', '$', 'x'.repeat(256), `a0${'z'.repeat(254)}`, unordered])
      for (const [left, right] of [
        [odd, undefined],
        [undefined, odd],
        ['a0', odd],
        [odd, 'a1'],
        [odd, odd],
      ]) {
        const key = orderKeyBetween(left, right, half)
        expect(key.length).toBeGreaterThan(1)
        expect(key.length).toBeLessThanOrEqual(256)
      }
    expect(['a0', 'a0V', 'Zz', '', '~', 'a00', 'b'].map(isOrderKey)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ])
  })
})

describe('the keys of inserts one behind the other', () => {
  it('extend the first, and stand in order, however many', () => {
    const run = createOrderRun()
    let left = run.next('a0', 'a1', half)
    expect(left).toBe('a0VVV')
    for (let i = 0; i < 5_000; i++) {
      const key = run.next(left, 'a1', half)
      expect(key > left && key < 'a1' && key.startsWith('a0VVVa'.slice(0, 5)) && isOrderKey(key)).toBe(true)
      expect(key.length).toBeLessThanOrEqual(10)
      left = key
    }
  })

  it('begin anew anywhere else, and where the next is near', () => {
    const run = createOrderRun()
    const first = run.next('a0', 'a1', half)
    expect(run.next('a5', undefined, half)).toBe('a6VV')
    expect(run.next(first, 'a1', half)).not.toMatch(/^a0VVVa/)
    const again = run.next('a0', 'a1', half)
    const tight = run.next(again, `${again}2`, half)
    expect(tight > again && tight < `${again}2`).toBe(true)
  })
})

describe('a sequence', () => {
  const abc = ['a', 'b', 'c', 'd'].map((name, i) => ({ name, order: orderKeyAt(i) }))

  it('gives the bounds of a slot, past equal keys', () => {
    expect(boundsAt(abc, 0)).toEqual({ left: undefined, right: 'a0' })
    expect(boundsAt(abc, 2)).toEqual({ left: 'a1', right: 'a2' })
    const equal = [...abc.slice(0, 2), { name: 'x', order: 'a1' }, ...abc.slice(2)]
    expect(boundsAt(equal, 2)).toEqual({ left: 'a1', right: 'a2' })
    expect(boundsAt([...abc, { name: 'v', order: unordered }], 4)).toEqual({ left: 'a3', right: undefined })
  })

  it('places a name behind the last of those that go before it', () => {
    expect(keyBehind(abc, ['a', 'b', 'nobody'], half)).toMatchObject({ key: 'a1VVV', at: 2 })
    expect(keyBehind(abc, [], half)).toMatchObject({ key: 'ZzVV', at: 0 })
    expect(keyBehind(abc, ['b'], half).fits('a1V')).toBe(true)
    expect(keyBehind(abc, ['b'], half).fits('a2V')).toBe(false)
  })

  it('is brought into another order with as few moves as can be', () => {
    expect([...keysForOrder(abc, ['d', 'a', 'b', 'c'], half).keys()]).toEqual(['d'])
    expect([...keysForOrder(abc, ['b', 'c', 'd', 'a'], half).keys()]).toEqual(['a'])
    expect(keysForOrder(abc, ['a', 'b', 'c', 'd'], half).size).toBe(0)
  })

  it('stands as wanted afterwards, what may not move included', () => {
    for (const seed of seedsToRun(200))
      withSeed(seed, (random) => {
        const names = Array.from({ length: 1 + random.int(9) }, (_, i) => `n${i}`)
        const sequence = names.map((name, i) => ({ name, order: orderKeyAt(random.chance(0.1) ? 0 : i) }))
        const wanted = random.shuffle(names)
        // Those that may not move stand among themselves as they are wanted.
        const fixed = new Set(names.slice(0, 1))
        const keys = keysForOrder(sequence, wanted, random.next, fixed)
        const placed = sequence.map(({ name, order }) => ({ name, order: keys.get(name) ?? order }))
        const sorted = placed.toSorted((a, b) => (a.order < b.order ? -1 : 1)).map(({ name }) => name)
        expect(sorted).toEqual(wanted)
        expect([...fixed].some((name) => keys.has(name))).toBe(false)
      })
  })

  it('finds a longest increasing run', () => {
    expect([...longestIncreasing([3, 1, 2, 5, 4])].toSorted()).toHaveLength(3)
    expect(longestIncreasing([]).size).toBe(0)
    expect([...longestIncreasing([0, 1, 2])].toSorted()).toEqual([0, 1, 2])
  })
})
