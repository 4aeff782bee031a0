import { describe, expect, it } from 'vitest'
import { createBins, defaultBinLimitBytes, formatByteSize, parseByteSize } from '../../../server/bins/index.ts'

describe('sizes', () => {
  it.each([
    ['100kb', 102_400],
    ['1mb', 1_048_576],
    ['1.5MB', 1_572_864],
    [' 200000 ', 200_000],
    ['2048b', 2048],
    ['1 mb', 1_048_576],
  ])('reads %s', (text, bytes) => {
    expect(parseByteSize(text)).toBe(bytes)
  })

  it.each(['', 'kb', '1gb', '-1kb', '1e3', '0', '10', '1kbb', 'NaN', '65mb', '0.5kb'])('refuses "%s"', (text) => {
    expect(() => parseByteSize(text)).toThrow(
      expect.objectContaining({ code: 'limit-invalid', message: expect.stringContaining('100kb or 1mb') }),
    )
  })

  it('writes what it reads', () => {
    for (const text of ['100kb', '1mb', '1536kb', '200000b']) expect(formatByteSize(parseByteSize(text))).toBe(text)
    expect(formatByteSize(defaultBinLimitBytes)).toBe('1mb')
  })

  it('refuses a limit that is none before anything is opened', () => {
    for (const limitBytes of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => createBins({ limitBytes, file: '/nowhere/at/all' })).toThrow(
        expect.objectContaining({ code: 'limit-invalid' }),
      )
  })
})
