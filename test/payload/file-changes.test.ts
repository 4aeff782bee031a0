import { describe, expect, it } from 'vitest'
import { type FileChange, changesOfFiles } from '../../src/payload/file-changes.ts'
import { parseTokenFile } from '../../src/payload/file-form.ts'
import type { JsonObject } from '../../src/payload/ordered-json.ts'

const red = { $type: 'color', $value: '#f00' }
const blue = { $type: 'color', $value: '#00f' }
const typo = { $type: 'typography', $value: { fontSize: '16px', lineHeight: '1.5' } }

function changes(before: string | JsonObject, after: string | JsonObject): readonly FileChange[] {
  return changesOfFiles(parseTokenFile(before), parseTokenFile(after))
}

/** `kind set: path / field: before → after`, for short. */
function shown(list: readonly FileChange[]): readonly string[] {
  const text = (value: unknown): string => (value === undefined ? '·' : JSON.stringify(value))
  return list.map(({ kind, set, path, field, before, after, renamedFrom }) => {
    const place = [set ?? '', path.join('.'), field.join('.')].join(' / ')
    const from = renamedFrom ? ` from ${renamedFrom.set} ${renamedFrom.path.join('.')}` : ''
    return `${kind} ${place}${from}: ${text(before)} → ${text(after)}`
  })
}

describe('changesOfFiles', () => {
  it('says nothing of equal files, nor of dates, versions and the marker', () => {
    const file = { core: { red }, $metadata: { tokenSetOrder: ['core'], version: '1', updatedAt: 'a' } }
    const later = { core: { red }, $metadata: { tokenSetOrder: ['core'], updatedAt: 'b', 'y-tokens': { v: 1 } } }
    expect(changes(file, later)).toEqual([])
    expect(changes({ core: { red } }, { values: { core: { red } }, $themes: [], $metadata: { version: '' } })).toEqual(
      [],
    )
  })

  it('goes by field, and into the parts of composite values', () => {
    const before = { core: { red, h1: typo, shadow: { $type: 'boxShadow', $value: [{ x: '1px' }, { x: '2px' }] } } }
    const after = {
      core: {
        red: { ...red, $description: 'Brand' },
        h1: { $type: 'typography', $value: { fontSize: '20px', lineHeight: '1.5' } },
        shadow: { $type: 'boxShadow', $value: [{ x: '1px' }, { x: '3px', y: '0' }] },
      },
    }
    expect(shown(changes(before, after))).toEqual([
      'token core / red / $description: · → "Brand"',
      'token core / h1 / $value.fontSize: "16px" → "20px"',
      'token core / shadow / $value.1.x: "2px" → "3px"',
      'token core / shadow / $value.1.y: · → "0"',
    ])
  })

  it('lists tokens that came or went as a whole, and those of a set beside it', () => {
    expect(shown(changes({ core: { a: { red } } }, { core: { a: { red, blue } }, brand: { typo } }))).toEqual([
      'token core / a.blue / : · → {"$type":"color","$value":"#00f"}',
      'set brand /  / : · → {"typo":{"$type":"typography","$value":{"fontSize":"16px","lineHeight":"1.5"}}}',
      'token brand / typo / : · → {"$type":"typography","$value":{"fontSize":"16px","lineHeight":"1.5"}}',
    ])
  })

  it('tells a token inside a token apart from it', () => {
    const before = { core: { button: { ...red, hover: blue } } }
    const after = { core: { button: { ...red, hover: { ...blue, $value: '#00e' } } } }
    expect(shown(changes(before, after))).toEqual(['token core / button.hover / $value: "#00f" → "#00e"'])
  })

  it('sees a group become a token, and a token become a group', () => {
    expect(shown(changes({ core: { a: { red }, blue } }, { core: { a: { ...blue, red }, blue } }))).toEqual([
      'token core / a / : · → {"$type":"color","$value":"#00f"}',
    ])
    expect(shown(changes({ core: { a: red, blue } }, { core: { a: { blue }, blue } }))).toEqual([
      'token core / a / : {"$type":"color","$value":"#f00"} → ·',
      'token core / a.blue / : · → {"$type":"color","$value":"#00f"}',
    ])
  })

  it('speaks of fields of groups, and of groups that hold nothing', () => {
    const before = { core: { a: { $description: 'Old', red }, empty: {} } }
    const after = { core: { a: { $type: 'color', red }, $description: 'The core' } }
    expect(shown(changes(before, after))).toEqual([
      'group core /  / $description: · → "The core"',
      'group core / a / $type: · → "color"',
      'group core / a / $description: "Old" → ·',
      'group core / empty / : {} → ·',
    ])
  })

  it('knows a token that was renamed or moved by what it is, where no other is the same', () => {
    expect(shown(changes({ core: { a: { red, blue } } }, { core: { b: { red, navy: blue } } }))).toEqual([
      'token core / b.red /  from core a.red: {"$type":"color","$value":"#f00"} → {"$type":"color","$value":"#f00"}',
      'token core / b.navy /  from core a.blue: {"$type":"color","$value":"#00f"} → {"$type":"color","$value":"#00f"}',
    ])
    // Two equal ones: the last name tells, or nothing does.
    const twins = changes({ core: { a: { x: red, y: red } } }, { core: { b: { x: red, z: red } } })
    expect(twins.map(({ path, renamedFrom }) => [path.join('.'), renamedFrom?.path.join('.')])).toEqual([
      ['b.x', 'a.x'],
      ['b.z', 'a.y'],
    ])
    const lost = changes({ core: { a: { x: red, y: red } } }, { core: { b: { v: red, w: red } } })
    expect(lost.filter(({ renamedFrom }) => renamedFrom)).toEqual([])
  })

  it('speaks of themes by id and field, of their order, and of other members of the file', () => {
    const light = { id: 'l', name: 'Light', selectedTokenSets: { core: 'enabled' } }
    const dark = { id: 'd', name: 'Dark', selectedTokenSets: {} }
    const before = { core: { red }, $themes: [light, dark], $metadata: { note: 'a' } }
    const after = {
      core: { red },
      $themes: [{ ...dark, name: 'Night' }, { ...light, selectedTokenSets: { core: 'source' } }, { id: 'x' }],
      $metadata: { note: 'b' },
    }
    expect(shown(changes(before, after))).toEqual([
      'theme  / d / name: "Dark" → "Night"',
      'theme  / l / selectedTokenSets.core: "enabled" → "source"',
      'theme  / x / : · → {"id":"x"}',
      'order  / $themes / : ["l","d"] → ["d","l"]',
      'metadata  / $metadata.note / : "a" → "b"',
    ])
    expect(
      shown(changes(after, { core: { red } }))
        .slice(0, 3)
        .map((line) => line.slice(0, 9)),
    ).toEqual(['theme  / ', 'theme  / ', 'theme  / '])
  })

  it('speaks of the order of sets and of tokens, integer-like names included', () => {
    const before = '{"values":{"core":{"900":{"$value":"1"},"50":{"$value":"2"}},"brand":{"a":{"$value":"3"}}}}'
    const after = '{"values":{"brand":{"a":{"$value":"3"}},"core":{"50":{"$value":"2"},"900":{"$value":"1"}}}}'
    expect(shown(changes(before, after))).toEqual([
      'order core /  / : ["900","50"] → ["50","900"]',
      'order  / values / : ["core","brand"] → ["brand","core"]',
    ])
  })

  it('reads hostile names as names', () => {
    const before = '{"core":{"__proto__":{"$value":"1"},"constructor":{"$value":"2"}}}'
    const after = '{"core":{"__proto__":{"$value":"9"},"constructor":{"$value":"2"}}}'
    expect(shown(changes(before, after))).toEqual(['token core / __proto__ / $value: "1" → "9"'])
  })
})
