import { describe, expect, test } from 'vitest'
import { type JsonObject, parseJson } from '../../src/payload/ordered-json.ts'
import { checkPluginRules } from '../../src/payload/plugin-rules.ts'

const metadata = { updatedAt: '2026-01-01T00:00:00.000Z' }
const red = { $type: 'color', $value: '#f00' }
const old = { type: 'color', value: '#f00' }

function found(file: object): string[] {
  return checkPluginRules(parseJson(JSON.stringify(file)) as JsonObject).map(({ set, path, rule, effect }) =>
    `${effect} ${rule} ${[...(set === null ? [] : [set]), ...path].join('/')}`.trim(),
  )
}
function inSet(set: object, more: object = {}): string[] {
  return found({ values: { core: set, ...more }, $metadata: metadata })
}

describe('what passes', () => {
  test.each([
    ['a plain file', { red, g: { red, h: { red } }, e: {} }],
    ['legacy', { red: old, g: { red: old } }],
    ['typed groups', { g: { $type: 'size', a: { $value: 1 }, h: { b: { $value: 1 } }, c: red } }],
    ['extras, extensions, inner tokens', { t: { ...red, x: [1, null], $extensions: { a: 'b' }, kid: { $value: 1 } } }],
    ['an empty description', { t: { ...red, $description: '' } }],
    ['a value with any parts', { t: { $type: 'x', $value: { value: 1, type: 2, $type: 3 } } }],
    ['$root', { g: { $root: red, a: red } }],
    ['names with slashes, spaces and unicode', { 'a/b': { 'c d': red, 'ü\\n': red } }],
    ['a token named like a method', { toString: red }],
    ['a legacy dimension', { t: { type: 'dimension', value: { value: 16, unit: 'px' } } }],
    ['a legacy group with a token named value', { g: { value: old, type: old } }],
  ])('%s', (_, set) => {
    expect(inSet(set)).toEqual([])
  })

  test('an empty set before the last, disabled and absent sets in themes', () => {
    const theme = { id: 't', name: 'T', selectedTokenSets: { a: 'disabled', gone: 'source' }, extra: 1 }
    expect(found({ values: { a: {}, core: { red } }, $themes: [theme], $metadata: metadata })).toEqual([])
  })
})

describe('one odd node, and the whole file is refused', () => {
  test.each<[string, object, string]>([
    ['a token without a type', { t: { $value: 1 } }, 'rejects untyped-token core/t'],
    ['a legacy token without a type', { t: { value: 1 } }, 'rejects untyped-token core/t'],
    ['a type at the root of the set', { $type: 'color', t: red }, 'rejects group-metadata core/$type'],
    ['a description of a group', { g: { $description: 'd', t: red } }, 'rejects group-metadata core/g/$description'],
    [
      'extensions with text of a group',
      { g: { $extensions: { a: 'b' }, t: red } },
      'rejects group-metadata core/g/$extensions',
    ],
    ['description null', { t: { ...red, $description: null } }, 'rejects bad-description core/t/$description'],
    ['description 5', { t: { ...old, description: 5 } }, 'rejects bad-description core/t/description'],
    ['type 5', { t: { $type: 5, $value: 1 } }, 'rejects bad-type core/t/$type'],
    ['type null', { t: { $type: null, $value: 1 } }, 'rejects bad-type core/t/$type'],
    ['type 5 in a typed group', { g: { $type: 'x', t: { $type: 5, $value: 1 } } }, 'rejects bad-type core/g/t/$type'],
    ['value null', { t: { $type: 'x', $value: null } }, 'rejects null-value core/t/$value'],
    ['null for a token', { g: { $type: 'x', t: null }, t: red }, 'rejects null-value core/g/t'],
    ['null for a group', { g: null, t: red }, 'rejects null-value core/g'],
    ['a number in a group', { g: { n: 5, t: red } }, 'rejects stray-value core/g/n'],
    ['a list in a group', { g: { n: [], t: red } }, 'rejects stray-value core/g/n'],
    ['a list with null in a typed group', { g: { $type: 'x', n: [[null]], t: red } }, 'rejects stray-value core/g/n'],
    [
      'metadata with null',
      { g: { $type: 'x', $extensions: { a: null }, t: red } },
      'rejects group-metadata core/g/$extensions',
    ],
    ['a name that is no text', { t: { ...red, name: { ...red } } }, 'rejects reserved-key core/t/name'],
  ])('%s', (_, set, expected) => {
    expect(inSet(set)).toContain(expected)
  })

  test.each<[string, object, string]>([
    ['no values', {}, 'rejects file-shape values'],
    ['values that are a list', { values: [] }, 'rejects file-shape values'],
    ['a set that is text', { values: { core: { red }, b: 'x' } }, 'rejects stray-value b'],
    ['themes that are no list', { $themes: {} }, 'rejects theme $themes'],
    ['a theme that is text', { $themes: ['x'] }, 'rejects theme $themes/0'],
    ['a theme without id', { $themes: [{ name: 'x', selectedTokenSets: {} }] }, 'rejects theme $themes/0/id'],
    ['a theme without name', { $themes: [{ id: 'x', selectedTokenSets: {} }] }, 'rejects theme $themes/0/name'],
    [
      'a theme with group null',
      { $themes: [{ id: 'x', name: 'x', group: null, selectedTokenSets: {} }] },
      'rejects theme $themes/0/group',
    ],
    ['a theme without sets', { $themes: [{ id: 'x', name: 'x' }] }, 'rejects theme $themes/0/selectedTokenSets'],
    [
      'a status of its own',
      { $themes: [{ id: 'x', name: 'x', selectedTokenSets: { core: 'on' } }] },
      'rejects theme $themes/0/selectedTokenSets/core',
    ],
    [
      'references in a list',
      { $themes: [{ id: 'x', name: 'x', selectedTokenSets: {}, $figmaStyleReferences: [] }] },
      'rejects theme $themes/0/$figmaStyleReferences',
    ],
    [
      'a reference that is null',
      { $themes: [{ id: 'x', name: 'x', selectedTokenSets: {}, $figmaVariableReferences: { a: null } }] },
      'rejects theme $themes/0/$figmaVariableReferences/a',
    ],
    ['$metadata that is a list', { $metadata: [] }, 'rejects metadata $metadata'],
    [
      'a set order that is text',
      { $metadata: { ...metadata, tokenSetOrder: 'core' } },
      'rejects metadata $metadata/tokenSetOrder',
    ],
    [
      'a set order with a number',
      { $metadata: { ...metadata, tokenSetOrder: [1] } },
      'rejects metadata $metadata/tokenSetOrder',
    ],
    ['a date that is a number', { $metadata: { updatedAt: 1 } }, 'rejects metadata $metadata/updatedAt'],
    ['an old version that is a number', { version: 1 }, 'rejects metadata version'],
  ])('%s', (_, file, expected) => {
    expect(
      found({ ...('values' in file || expected.endsWith(' values') ? {} : { values: { core: { red } } }), ...file }),
    ).toContain(expected)
  })
})

describe('what it takes and then loses or changes', () => {
  test.each<[string, object, string]>([
    ['a dot in a name', { '1.5': red }, 'corrupts name core/1.5'],
    ['a dot in the name of a group', { 'a.b': { red } }, 'corrupts name core/a.b'],
    ['an empty name', { '': red }, 'corrupts name core/'],
    ['a name with a backslash at its end', { 'a\\': { red } }, 'corrupts name core/a\\'],
    ['constructor', { g: { constructor: red } }, 'corrupts name core/g/constructor'],
    ['a group named like a method', { toString: { red } }, 'corrupts name core/toString'],
    [
      'a description of a typed group',
      { g: { $type: 'x', $description: 'd', red } },
      'corrupts group-metadata core/g/$description',
    ],
    [
      'extensions of a group that hold groups',
      { g: { $extensions: { a: {} }, red } },
      'corrupts group-metadata core/g/$extensions',
    ],
    ['a number in a typed group', { g: { $type: 'x', n: 5, red } }, 'corrupts stray-value core/g/n'],
    ['a legacy token in a DTCG set', { red, o: old }, 'corrupts mixed-spelling core/o'],
    ['both spellings of a type', { t: { ...red, type: 'x' } }, 'corrupts mixed-spelling core/t/type'],
    ['a type in the other spelling', { t: { $value: 1, type: 'x' } }, 'corrupts mixed-spelling core/t/$type'],
    ['an empty type', { t: { $type: '', $value: 1 } }, 'corrupts bad-type core/t'],
    [
      'a type that is null in a typed group',
      { g: { $type: 'x', t: { $type: null, $value: 1 } } },
      'corrupts bad-type core/g/t/$type',
    ],
    ['an untyped token whose value is {}', { t: { $value: {} } }, 'corrupts untyped-token core/t'],
    ['an internal key', { t: { ...red, inheritTypeLevel: 2 } }, 'corrupts reserved-key core/t/inheritTypeLevel'],
    ['extensions that are text', { t: { ...red, $extensions: 'x' } }, 'corrupts stray-value core/t/$extensions'],
    ['a value in a value', { t: { $type: 'x', $value: { $value: 1 } } }, 'corrupts group-metadata core/t/$value'],
    [
      'a legacy value that is a token',
      { t: { type: 'x', value: { type: 'alpha', value: '0.1' } } },
      'corrupts nested-value core/t',
    ],
    ['a legacy group named value', { g: { value: { red: old } } }, 'corrupts nested-value core/g'],
    ['a legacy set with a group named value', { value: { red: old } }, 'corrupts nested-value core'],
  ])('%s', (_, set, expected) => {
    expect(inSet(set)).toContain(expected)
  })

  test('a key named __proto__, wherever it stands', () => {
    const file = parseJson(
      '{"values":{"__proto__":{},"core":{"__proto__":{},"t":{"$type":"x","$value":1,"__proto__":1}}},"$metadata":{"updatedAt":"x"}}',
    ) as JsonObject
    expect(checkPluginRules(file).map(({ set, rule }) => `${set} ${rule}`)).toEqual([
      '__proto__ name',
      'core name',
      'core reserved-key',
    ])
  })

  test('a set that is a token, refused or lost', () => {
    expect(inSet({ $type: 'x', $value: 1 })).toContain('rejects nested-value core')
    expect(inSet({ $value: { a: {} } })).toContain('corrupts nested-value core')
  })

  test('a last set in another spelling flips all', () => {
    expect(inSet({ red }, { z: {} })).toEqual(['corrupts format-flip z'])
    expect(inSet({ red: old }, { z: { red } })).toEqual(['corrupts format-flip z'])
    // Whole numbers stand first, whatever the text says.
    expect(found({ values: { z: {}, '1': { red } }, $metadata: metadata })).toEqual(['corrupts format-flip z'])
    expect(inSet({ red: old }, { z: {} })).toEqual([])
  })

  test('a file without tokens empties the designer’s file', () => {
    expect(found({ values: {}, $metadata: metadata })).toEqual(['corrupts no-tokens values'])
    expect(found({ values: { options: {} }, $metadata: metadata })).toEqual(['corrupts no-tokens values'])
  })
})

test('without a date the plugin cannot save', () => {
  expect(found({ values: { core: { red } } })).toEqual(['blocks updated-at $metadata/updatedAt'])
  expect(found({ values: { core: { red } }, updatedAt: 'x' })).toEqual([])
})

test('every violation has a reason for people', () => {
  const [violation] = checkPluginRules({ values: { core: { t: { $value: 1 } } }, $metadata: metadata })
  expect(violation?.reason).toBe('a token needs a type, or a typed group above it')
})
