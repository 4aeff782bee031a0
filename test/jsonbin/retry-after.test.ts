import { describe, expect, it } from 'vitest'
import { parseRetryAfter } from '../../src/jsonbin/retry-after.ts'

const now = Date.parse('2026-01-01T00:00:00Z')

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    ['120', 120_000],
    [' 5 ', 5000],
    ['Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
    ['Thursday, 01-Jan-26 00:01:00 GMT', 60_000],
    ['Thu, 01 Jan 2025 00:01:00 GMT', 0],
    [null, undefined],
    ['', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['Thu, nonsense', undefined],
    ['99999999999', undefined],
    ['2026-01-01T00:01:00Z', undefined],
  ])('%s', (header, expected) => {
    expect(parseRetryAfter(header, now)).toBe(expected)
  })
})
