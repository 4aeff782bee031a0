import { describe, expect, test } from 'vitest'
import { checkSegment, checkSetName, checkTokenName, formatPath, parsePath } from '../../src/payload/token-name.ts'
import { TokenError } from '../../src/payload/token-error.ts'

describe('checkTokenName', () => {
  test.each(['red', 'color.brand.500', 'größe', 'a b', 'size/x', 'x-1_2', 'value', 'type', 'toString'])(
    'takes %s',
    (name) => {
      expect(() => checkTokenName(name)).not.toThrow()
      expect(() => checkTokenName(name.split('.'))).not.toThrow()
    },
  )
  test.each([
    ['', 'empty'],
    ['a..b', 'empty'],
    ['.a', 'empty'],
    ['a.', 'empty'],
    ['a{b', 'references'],
    ['a}', 'references'],
    ['$value', '"$"'],
    ['a.$type', '"$"'],
    [' a', 'spaces'],
    ['a. b', 'spaces'],
    ['__proto__', 'reserved'],
    ['a.constructor', 'reserved'],
    ['a.prototype.b', 'reserved'],
    ['a\nb', 'control character'],
    ['x'.repeat(257), '256 characters'],
  ])('refuses %j: %s', (name, why) => {
    expect(() => checkTokenName(name)).toThrow(TokenError)
    expect(() => checkTokenName(name)).toThrow(why)
  })
  test('refuses a dot inside a segment, and no segment at all', () => {
    expect(() => checkTokenName(['a.b'])).toThrow('A dot separates groups')
    expect(() => checkSegment('1.5')).toThrow('"1.5" cannot be used as a name')
    expect(() => checkTokenName([])).toThrow('A token needs a name')
  })
  test('names the whole of the name, but not at any length', () => {
    const error = catchError(() => checkTokenName(`a.${'$'.repeat(300)}`))
    expect(error).toMatchObject({ code: 'invalid-name' })
    expect(error.message.length).toBeLessThan(250)
    expect(error.details['name']).toMatch(/^a\.\$+…$/)
  })
})

describe('checkSetName', () => {
  test.each(['core', 'brand/dark', 'a.b', 'a b', '100', 'x/y/z'])('takes %s', (name) => {
    expect(() => checkSetName(name)).not.toThrow()
  })
  test.each([
    ['', 'needs a name'],
    ['$themes', '"$"'],
    ['a//b', 'folder'],
    ['/a', 'folder'],
    ['a/', 'folder'],
    ['a/ /b', 'folder'],
    [' a', 'spaces'],
    ['a/b ', 'spaces'],
    ['a/__proto__', 'reserved'],
  ])('refuses %j: %s', (name, why) => {
    expect(() => checkSetName(name)).toThrow(why)
  })
})

test('paths are dotted text or segments', () => {
  expect(parsePath('a.b')).toEqual(['a', 'b'])
  expect(parsePath('')).toEqual([])
  expect(parsePath(['a.b'])).toEqual(['a.b'])
  expect(formatPath(['a', 'b'])).toBe('a.b')
  expect(formatPath('a.b')).toBe('a.b')
})

function catchError(act: () => void): TokenError {
  try {
    act()
  } catch (error) {
    return error as TokenError
  }
  throw new Error('nothing was thrown')
}
