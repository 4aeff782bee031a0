import { describe, expect, it } from 'vitest'
import {
  generationOf,
  idOf,
  isWellFormed,
  lastSegmentOf,
  parentIdOf,
  readSegment,
  segmentForKey,
  segmentOf,
} from '../../../src/doc/node-id.ts'

describe('a segment', () => {
  it('is frozen: these names have these segments for ever', () => {
    const golden: Readonly<Record<string, string>> = {
      red: 'red',
      '': '',
      'a/b': 'a~1b',
      'a~b': 'a~0b',
      '~1': '~01',
      '~:1': '~0:1',
      '~n1.abcdefgh': '~0n1.abcdefgh',
      'a.b': 'a.b',
      größe: 'größe',
      '😀': '😀',
      '\ud800': '~ud800',
      'x\udc00y': 'x~udc00y',
      '\ud83d': '~ud83d',
      __proto__: '__proto__',
    }
    for (const [name, segment] of Object.entries(golden)) {
      expect(segmentOf(name)).toBe(segment)
      expect(readSegment(segment)).toEqual({ kind: 'name', name })
    }
    expect(idOf(['values', 'core/a', 'color', '~'])).toBe('/values/core~1a/color/~0')
  })

  it('of a later generation has the name of the first', () => {
    expect(generationOf('a/b', 2)).toBe('a~1b~:2')
    expect(readSegment('a~1b~:2')).toEqual({ kind: 'generation', name: 'a/b' })
    expect(readSegment('~:1')).toEqual({ kind: 'generation', name: '' })
  })

  it('of an array entry added later is no name', () => {
    expect(readSegment('~n1a2b.abcdefgh').kind).toBe('entry')
  })

  it('in any other spelling is reserved, so that one name has one id', () => {
    for (const segment of [
      '~',
      '~2',
      '~x',
      'a~',
      'a~nb',
      '~u12',
      '~uzzzz',
      '~u0041',
      '~uD800',
      '~:',
      '~:x',
      'a~:1b',
      '~~',
    ])
      expect([segment, readSegment(segment).kind]).toEqual([segment, 'reserved'])
  })

  it('of a set that a theme names is the last of its id', () => {
    const links = '/$themes/th1/selectedTokenSets'
    expect(segmentForKey(links, 'core/a')).toBe('core~1a')
    expect(segmentForKey(links, 'core~1a~:1')).toBe('core~1a~:1')
    expect(segmentForKey('/values/core', 'x~:1')).toBe('x~0:1')
  })
})

it('ids end at their parents', () => {
  expect([parentIdOf('/a/b'), parentIdOf('/a'), parentIdOf('')]).toEqual(['/a', '', ''])
  expect([lastSegmentOf('/a/b~1c'), lastSegmentOf('/a/')]).toEqual(['b~1c', ''])
})

it('half a character is seen', () => {
  expect(['a😀', '\ud800', 'a\udc00', '\ud83d\ude00'].map(isWellFormed)).toEqual([true, false, false, true])
})
