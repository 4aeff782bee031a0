import { generateKeyBetween } from 'fractional-indexing'
import { maxOrderChars } from './format.ts'

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Children without an order key of their own come last, among themselves by id. */
export const unordered = '~'

const known: string[] = []

/** The key of child `index` of a payload: `a0` … `az`, `b00` …; always the same, so files need not store it. */
export function orderKeyAt(index: number): string {
  return (known[index] ??= makeKey(index))
}

function makeKey(index: number): string {
  let rest = index
  let length = 1
  for (let count = digits.length; rest >= count; count *= digits.length) {
    rest -= count
    length++
  }
  let key = ''
  for (let i = 0; i < length; i++) {
    key = digits.charAt(rest % digits.length) + key
    rest = Math.floor(rest / digits.length)
  }
  return String.fromCharCode(96 + length) + key
}

/**
 * A key between two neighbours, either of which may be missing. Two random characters follow, so that two people who insert
 * at one place get different keys; they are left out where they would pass the right neighbour.
 */
export function orderKeyBetween(left: string | undefined, right: string | undefined, random: () => number): string {
  const bound = left !== undefined && right !== undefined && left >= right ? undefined : right
  const middle = keyBetween(left, bound) ?? keyBetween(left, undefined) ?? `${(left ?? 'a0').slice(0, 64)}V`
  const key = middle + randomDigit(random) + randomDigit(random)
  return bound === undefined || key < bound ? key : middle
}

/** Undefined where a neighbour's key is none that this package makes: keys come from other devices. */
function keyBetween(left: string | undefined, right: string | undefined): string | undefined {
  try {
    const key = generateKeyBetween(left ?? null, right ?? null)
    return key.length <= maxOrderChars - 2 ? key : undefined
  } catch {
    return undefined
  }
}

/** Whether something can be placed before and behind it. Keys come from anybody. */
export function isOrderKey(key: string): boolean {
  return (
    key.length < maxOrderChars / 2 &&
    keyBetween(undefined, key) !== undefined &&
    keyBetween(key, undefined) !== undefined
  )
}

/** Never `0`, with which no key may end. */
function randomDigit(random: () => number): string {
  return digits.charAt(1 + Math.floor(random() * (digits.length - 1)))
}
