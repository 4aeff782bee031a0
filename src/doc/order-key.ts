import { maxOrderChars } from './format.ts'
import { fractionalKeyBetween } from './fractional-key.ts'

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

/** The keys of one device's inserts. */
export interface OrderRun {
  /** A key between two neighbours. Right behind one's own last insert it extends that one's, so that nobody else comes between. */
  next(left: string | undefined, right: string | undefined, random: () => number): string
}

export function createOrderRun(): OrderRun {
  let first = ''
  let last: string | undefined
  return {
    next: (left, right, random) => {
      const key = left === undefined || left !== last ? undefined : first + following(left.slice(first.length))
      if (key !== undefined && key.length <= maxOrderChars / 2 && (right === undefined || key < right)) last = key
      else last = first = orderKeyBetween(left, right, random)
      return last
    },
  }
}

/** Behind the key that the run began with: `a1`, `a2` …; with no `0` at the end, as no key may have. */
function following(suffix: string): string {
  const next = suffix === '' ? 'a1' : (fractionalKeyBetween(suffix, undefined) as string)
  return next.endsWith('0') ? (fractionalKeyBetween(next, undefined) as string) : next
}

/** Undefined where a neighbour's key is none, or nothing of bounded length lies between: keys come from other devices. */
function keyBetween(left: string | undefined, right: string | undefined): string | undefined {
  const key = fractionalKeyBetween(left, right)
  return key !== undefined && key.length <= maxOrderChars - 2 ? key : undefined
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
