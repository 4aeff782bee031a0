/**
 * Keys between keys, as fractional numbers over `0-9A-Za-z`: a head that says how long the integer part is (`a` two
 * characters, `b` three …; `Z`, `Y` … below zero), the integer, and a fraction that does not end with `0`. Compared as texts.
 *
 * Makes the keys that the package `fractional-indexing` makes, which is the format's definition, in a quarter of its size.
 */
const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const heads = digits.slice(10)
const lowestInteger = `A${'0'.repeat(26)}`

/** A key between two, either of which may be missing; undefined where one is no key, and where nothing lies between. */
export function fractionalKeyBetween(left: string | undefined, right: string | undefined): string | undefined {
  const low = left === undefined ? '' : integerOf(left)
  const high = right === undefined ? '' : integerOf(right)
  if (low === undefined || high === undefined) return undefined
  if (left === undefined && right === undefined) return 'a0'
  if (left === undefined) {
    const key = right as string
    if (high === lowestInteger) return high + middle('', key.slice(high.length))
    return high < key ? high : neighbour(high, -1)
  }
  const fraction = left.slice(low.length)
  if (right !== undefined && left >= right) return undefined
  if (low === high) return low + middle(fraction, (right as string).slice(high.length))
  const next = neighbour(low, 1)
  if (right === undefined) return next ?? low + middle(fraction, undefined)
  return next !== undefined && next < right ? next : low + middle(fraction, undefined)
}

/** Undefined where the key is none. */
function integerOf(key: string): string | undefined {
  const length = integerLength(key.charAt(0))
  const isKey = /^[0-9A-Za-z]+$/.test(key) && length > 0 && key.length >= length && key !== lowestInteger
  return isKey && (key.length === length || !key.endsWith('0')) ? key.slice(0, length) : undefined
}

function integerLength(head: string): number {
  const at = head === '' ? -1 : heads.indexOf(head)
  return at < 0 ? 0 : at < 26 ? 27 - at : at - 24
}

/** The next integer up or down; undefined at the end of them. */
function neighbour(integer: string, step: 1 | -1): string | undefined {
  const [last, first] = step === 1 ? ['z', '0'] : ['0', 'z']
  let at = integer.length - 1
  while (at > 0 && integer.charAt(at) === last) at--
  if (at > 0) {
    const digit = digits.charAt(digits.indexOf(integer.charAt(at)) + step)
    return integer.slice(0, at) + digit + first.repeat(integer.length - at - 1)
  }
  const head = heads.charAt(heads.indexOf(integer.charAt(0)) + step)
  return head === '' ? undefined : head + first.repeat(integerLength(head) - 1)
}

/** A fraction between two, the second of which may be missing: 1 then. */
function middle(low: string, high: string | undefined): string {
  if (high !== undefined) {
    let same = 0
    while ((low.charAt(same) || '0') === high.charAt(same)) same++
    if (same > 0) return high.slice(0, same) + middle(low.slice(same), high.slice(same))
  }
  const from = low === '' ? 0 : digits.indexOf(low.charAt(0))
  const to = high === undefined ? digits.length : digits.indexOf(high.charAt(0))
  if (to - from > 1) return digits.charAt(Math.round((from + to) / 2))
  if (high !== undefined && high.length > 1) return high.charAt(0)
  return digits.charAt(from) + middle(low.slice(1), undefined)
}
