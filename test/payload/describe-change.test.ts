import { describe, expect, it } from 'vitest'
import { describeChange, shownValue } from '../../src/payload/describe-change.ts'
import type { FileChange } from '../../src/payload/file-changes.ts'

const sentence = (change: Partial<FileChange>): string =>
  describeChange({
    kind: 'token',
    set: 'core',
    path: ['a', 'b'],
    field: [],
    before: undefined,
    after: undefined,
    ...change,
  })
const token = { $type: 'color', $value: '#f00' }

describe('a change in words', () => {
  it.each<readonly [string, Partial<FileChange>]>([
    ['Added a.b in core: "#f00"', { after: token }],
    ['Removed a.b in core, which was "#f00"', { before: token }],
    ['Removed a.b in core, which was 4', { before: { value: 4, type: 'x' } }],
    ['Changed a.b in core from "#f00" to {"x":1}', { field: ['$value'], before: '#f00', after: { x: 1 } }],
    ['Changed x.0 of a.b in core from 1 to null', { field: ['value', 'x', '0'], before: 1, after: null }],
    ['Added $description of a.b in core: "d"', { field: ['$description'], after: 'd' }],
    ['Removed $description of a.b in core, which was "d"', { field: ['$description'], before: 'd' }],
    [
      'Changed a.b in core from {"$value":1} to {"c":{"$value":2}}',
      { before: { $value: 1 }, after: { c: { $value: 2 } } },
    ],
    ['Renamed a.c to a.b in core', { renamedFrom: { set: 'core', path: ['a', 'c'] } }],
    [
      'Moved a.c from light to a.b in core',
      { renamedFrom: { set: 'light', path: ['a', 'c'] }, before: token, after: token },
    ],
    ['Renamed the group a to the group a.b in core', { kind: 'group', renamedFrom: { set: 'core', path: ['a'] } }],
    ['Added the group a.b in core', { kind: 'group', after: {} }],
    [
      'Changed $type of the group a.b in core from "x" to "y"',
      { kind: 'group', field: ['$type'], before: 'x', after: 'y' },
    ],
    ['Added the set core', { kind: 'set', path: [], after: {} }],
    ['Removed the set core', { kind: 'set', path: [], before: { a: token } }],
    ['Renamed the set light to core', { kind: 'set', path: [], renamedFrom: { set: 'light', path: [] } }],
    ['Added the theme Dark', { kind: 'theme', set: null, path: ['t1'], after: { id: 't1', name: 'Dark' } }],
    ['Removed the theme t1', { kind: 'theme', set: null, path: ['t1'], before: { id: 't1' } }],
    [
      'Changed selectedTokenSets.core of the theme t1 from "source" to "enabled"',
      {
        kind: 'theme',
        set: null,
        path: ['t1'],
        field: ['selectedTokenSets', 'core'],
        before: 'source',
        after: 'enabled',
      },
    ],
    ['Added $metadata.x: 1', { kind: 'metadata', set: null, path: ['$metadata', 'x'], after: 1 }],
    ['Removed $metadata.x, which was 1', { kind: 'metadata', set: null, path: ['$metadata', 'x'], before: 1 }],
    ['Put the sets into another order', { kind: 'order', set: null, path: ['values'], before: [], after: [] }],
    ['Put the themes into another order', { kind: 'order', set: null, path: ['$themes'], before: [], after: [] }],
    ['Put the set core into another order', { kind: 'order', path: [], before: [], after: [] }],
    ['Put the group a.b in core into another order', { kind: 'order', before: [], after: [] }],
  ])('%s', (expected, change) => {
    expect(sentence(change)).toBe(expected)
  })

  it('cuts long values', () => {
    expect(shownValue('x'.repeat(100))).toBe(`"${'x'.repeat(38)}…`)
    expect(shownValue(undefined)).toBe('nothing')
  })
})
