import { readFact } from './fact.ts'
import { maxDepth, maxIdChars, maxOrderChars } from './format.ts'

/**
 * Why an entry of a lane counts for nothing here. It is kept all the same: a later version may know it.
 *
 * - `not-a-fact`: no list of four or five of the right kinds · `unknown-field`: a field of a later version, or of nobody
 * - `bad-id`: names no node that a device may write · `bad-time` · `bad-order`: no order key, or an overlong one
 * - `not-movable`: renames or moves a field, which has no name to give
 * - `bad-json`: its text must be JSON, and is none or is nested too deep
 */
export type IgnoredReason =
  | 'not-a-fact'
  | 'unknown-field'
  | 'bad-id'
  | 'bad-time'
  | 'bad-order'
  | 'not-movable'
  | 'bad-json'

/** Null for an entry that counts. */
export function ignoredReasonOf(entry: unknown, lane: string): IgnoredReason | null {
  const fact = readFact(entry, lane)
  if (fact) return fact.counts() ? null : 'bad-json'
  if (!Array.isArray(entry) || (entry.length !== 4 && entry.length !== 5)) return 'not-a-fact'
  const [id, field, text, t, order] = entry as readonly unknown[]
  if (typeof id !== 'string' || typeof field !== 'string' || typeof text !== 'string') return 'not-a-fact'
  if (!/^[vcnpqx]$/.test(field)) return 'unknown-field'
  if (!Number.isSafeInteger(t) || (t as number) < 0) return 'bad-time'
  if (entry.length === 5 && (typeof order !== 'string' || order.length > maxOrderChars)) return 'bad-order'
  const isNode = id.startsWith('/') && id !== '/' && id !== '/values'
  if (!isNode || id.length > maxIdChars || id.split('/').length - 1 > maxDepth) return 'bad-id'
  return 'not-movable'
}
