import { describe, expect, it } from 'vitest'
import { createObjectIds, parseObjectId } from '../../../server/bins/object-id.ts'

describe('object ids', () => {
  it('are second, random bytes and a counter that wraps', () => {
    const makeId = createObjectIds((count) => new Uint8Array(count).fill(0xff))
    expect(makeId(Date.parse('2021-05-09T10:40:50.721Z'))).toBe('6097bc32ffffffffff000000')
    expect(makeId(0)).toBe('00000000ffffffffff000001')
  })

  it('are accepted in any case and nothing else', () => {
    expect(parseObjectId('6097BC32ffffffffff000000')).toBe('6097bc32ffffffffff000000')
    for (const text of ['', '6097bc32ffffffffff00000', '6097bc32ffffffffff0000000', '6097bc32ffffffffff00000g'])
      expect(parseObjectId(text)).toBeUndefined()
  })
})
