import { describe, expect, test } from 'vitest'
import { type JsonObject, parseJson } from '../../src/payload/ordered-json.ts'
import { foldedPath } from '../../src/payload/plugin-names.ts'
import {
  canonicalRows,
  equalRow,
  equalRows,
  pluginRows,
  type PluginRows,
  type Row,
} from '../../src/payload/plugin-rows.ts'

const red = { $type: 'color', $value: '#f00' }

function rows(file: object | string): PluginRows {
  return pluginRows(parseJson(typeof file === 'string' ? file : JSON.stringify(file)) as JsonObject)
}
function ofSet(set: object | string): Record<string, Row> {
  const text = typeof set === 'string' ? set : JSON.stringify(set)
  return Object.fromEntries(rows(`{"values":{"core":${text}}}`).tokens)
}

describe('rows of a token', () => {
  test('its fields, a composite value part by part', () => {
    const typo = { $type: 'typography', $value: { fontSize: '1px', 'a/b~': [{ z: 1, y: null }] }, $description: 'd' }
    expect(
      ofSet({ typo, list: { $type: 'x', $value: [1, { b: 1, a: 2 }] }, none: { $type: 'x', $value: {} } }),
    ).toEqual({
      '/core/typo': {
        $type: '"typography"',
        '$value/fontSize': '"1px"',
        '$value/a~1b~0': '[{"y":null,"z":1}]',
        $description: '"d"',
      },
      '/core/list': { $type: '"x"', $value: '[1,{"a":2,"b":1}]' },
      '/core/none': { $type: '"x"', $value: '{}' },
    })
  })

  test('extensions by vendor and part, unknown keys as a whole', () => {
    const extensions = {
      'studio.tokens': { id: 'x', modify: { b: 1, a: 2 } },
      'com.figma.scopes': ['ALL'],
      'a/b': {},
      n: null,
    }
    expect(
      ofSet({ t: { ...red, $extensions: extensions, $deprecated: true, 'x/y': { b: 1, a: 2 } } })['/core/t'],
    ).toEqual({
      $type: '"color"',
      $value: '"#f00"',
      '$extensions/studio.tokens/modify': '{"a":2,"b":1}',
      '$extensions/com.figma.scopes': '["ALL"]',
      '$extensions/a~1b': '{}',
      '$extensions/n': 'null',
      $deprecated: 'true',
      'x~1y': '{"a":2,"b":1}',
    })
    expect(ofSet({ t: { ...red, $extensions: 'text' } })['/core/t']).toMatchObject({ $extensions: '"text"' })
  })

  test('are sorted by field, so that equal rows are equal text', () => {
    const a = ofSet({ t: { $description: 'd', zz: 1, $value: { b: 1, a: 2 }, $type: 'x' } })['/core/t']
    const b = ofSet({ t: { $type: 'x', $value: { a: 2, b: 1 }, zz: 1, $description: 'd' } })['/core/t']
    expect(JSON.stringify(a)).toBe(JSON.stringify(b))
    expect(equalRow(a, b)).toBe(true)
    expect(equalRow(a, undefined)).toBe(false)
    expect(equalRow(undefined, undefined)).toBe(true)
    expect(equalRow(a, { ...b, zz: '2' })).toBe(false)
  })

  test('a token inside a token has a row of its own', () => {
    expect(ofSet({ t: { ...red, kid: { ...red, x: {} }, deep: { k: red }, value: red, none: { a: 1 } } })).toEqual({
      '/core/t': { $type: '"color"', $value: '"#f00"', none: '{"a":1}' },
      '/core/t/kid': { $type: '"color"', $value: '"#f00"', x: '{}' },
      '/core/t/deep/k': { $type: '"color"', $value: '"#f00"' },
    })
  })
})

describe('equal for the plugin, hence equal', () => {
  test.each<[string, object | string, object | string]>([
    [
      'the spelling',
      { t: { $type: 'x', $value: 1, $description: 'd' } },
      { t: { type: 'x', value: 1, description: 'd' } },
    ],
    ['synonyms of types', { t: { $type: 'size', $value: 1 } }, { t: { $type: 'Sizing', $value: 1 } }],
    ['an inherited type', { g: { $type: 'space', t: { $value: 1 } } }, { g: { t: { $type: 'spacing', $value: 1 } } }],
    ['a repeated type', { g: { $type: 'color', t: red } }, { g: { $type: 'color', t: { $value: '#f00' } } }],
    [
      'a legacy composite that inherits',
      { g: { type: 'typography', t: { value: { a: 1 } } } },
      { g: { t: { type: 'typography', value: { a: 1 } } } },
    ],
    [
      'a legacy dimension that inherits',
      { g: { type: 'dimension', t: { value: { value: 1, unit: 'px' } } } },
      { g: { t: { type: 'dimension', value: { value: 1, unit: 'px' } } } },
    ],
    ['no type at all', { t: { $value: 1 } }, { t: { $type: 'other', $value: 1 } }],
    ['an empty description', { t: { ...red, $description: '' } }, { t: red }],
    ['a description in the other spelling', { t: { ...red, description: 'd' } }, { t: { ...red, $description: 'd' } }],
    [
      'ids and what they leave empty',
      { t: { ...red, $extensions: { id: 'a', 'studio.tokens': { id: 'b' } } } },
      { t: red },
    ],
    ['empty groups', { g: { h: {} }, t: red }, { t: red }],
    ['what a group says', { g: { $description: 'd', $extensions: { a: { $value: 1 } }, t: red } }, { g: { t: red } }],
    ['a split name', { 'a.b': red, x: { '1.5': red } }, { a: { b: red }, x: { 1: { 5: red } } }],
    ['an escaped dot', { 'a\\.b': red }, { 'a\\': { b: red } }],
    ['an empty name on the way', { '': { a: red } }, { a: red }],
    ['a name that is dropped', { g: { constructor: { a: red } } }, { g: { a: red } }],
    ['a group that is lost', { toString: { a: red }, t: red }, { t: red }],
    ['a token that is lost', { constructor: red, t: red }, { t: red }],
    [
      'internal keys',
      { t: { ...red, name: 'n', inheritTypeLevel: 2, rawValue: 1, internal__Parent: 'x' } },
      { t: red },
    ],
    [
      'a stray value and the token it becomes',
      { g: { $type: 'x', n: 5, t: red } },
      { g: { n: { $type: 'other', $value: 5 }, t: { ...red } } },
    ],
    [
      'a stray list and the tokens it becomes',
      { g: { $type: 'x', n: [5], t: red } },
      { g: { n: { 0: { $type: 'other', $value: 5 } }, t: red } },
    ],
    ['whole numbers in front', '{"b":{"$value":1},"5":{"$value":1}}', '{"5":{"$value":1},"b":{"$value":1}}'],
    ['the key __proto__', '{"__proto__":{"a":{"$value":1}},"t":{"$value":1,"__proto__":2}}', '{"t":{"$value":1}}'],
  ])('%s', (_, a, b) => {
    expect(ofSet(a)).toEqual(ofSet(b))
    expect(Object.keys(ofSet(a)).length).toBeGreaterThan(0)
  })

  test('null is a value, and null is nothing else', () => {
    expect(ofSet({ t: { $type: 'x', $value: null }, n: null, g: { $type: 'x', m: null } })).toEqual({
      '/core/t': { $type: '"x"', $value: 'null' },
    })
  })

  test('of two tokens on one path the later lies over the earlier, key by key', () => {
    const set = {
      'a.b': { ...red, $value: { x: 1 }, $description: 'd', zz: 1 },
      a: { b: { $type: 'y', $value: { z: 1 } } },
    }
    expect(ofSet(set)).toEqual({ '/core/a/b': { $type: '"y"', '$value/z': '1', $description: '"d"', zz: '1' } })
  })

  test('a set that mixes spellings is read as people mean it', () => {
    expect(ofSet({ a: red, b: { value: 1, type: 'x' }, c: { $value: 2, type: 'y' } })).toEqual({
      '/core/a': { $type: '"color"', $value: '"#f00"' },
      '/core/b': { $type: '"x"', $value: '1' },
      '/core/c': { $type: '"y"', $value: '2' },
    })
    // The text of a DTCG group named type is no type.
    expect(ofSet({ g: { type: 'x', t: red } })['/core/g/type']).toEqual({ $type: '"other"', $value: '"x"' })
  })
})

describe('sets', () => {
  test('in the order in which engines list them, empty ones too', () => {
    expect(rows('{"values":{"b":{},"10":{},"a":{"t":{"$value":1}},"9":{},"x":[],"y":1,"__proto__":{}}}').sets).toEqual([
      '9',
      '10',
      'b',
      'a',
    ])
  })
  test('are escaped in paths', () => {
    expect([...rows({ values: { 'a/b': { 'c/d': red } } }).tokens.keys()]).toEqual(['/a~1b/c~1d'])
  })
  test('none without values', () => {
    expect(rows({ core: { red } })).toEqual({ tokens: new Map(), sets: [], themes: new Map() })
    expect(rows({ values: [] }).sets).toEqual([])
  })
})

describe('themes', () => {
  const theme = {
    id: 't',
    name: 'T',
    group: 'G',
    selectedTokenSets: { core: 'source', off: 'disabled', gone: 'enabled', odd: 'x' },
    $figmaStyleReferences: { 'a/b': 'S:1,', n: null },
    $figmaVariableReferences: {},
    $figmaModeId: '1:2',
    $figmaCollectionId: null,
    $extensions: { x: 1 },
  }
  test('have a row each, with what the plugin keeps', () => {
    expect(rows({ values: { core: {}, off: {}, odd: {} }, $themes: [theme, 5, { name: 5 }] }).themes).toEqual(
      new Map([
        [
          't',
          {
            name: '"T"',
            group: '"G"',
            'selectedTokenSets/core': '"source"',
            '$figmaStyleReferences/a~1b': '"S:1,"',
            $figmaModeId: '"1:2"',
          },
        ],
        [expect.stringMatching(/^[0-9a-f]{40}$/), {}],
      ]),
    )
  })
})

test('canonicalRows ignores the order of tokens, not that of sets and themes', () => {
  const a = { values: { x: { a: red, b: red }, y: {} }, $themes: [{ id: '1' }, { id: '2' }] }
  const b = { values: { x: { b: red, a: red }, y: {} }, $themes: [{ id: '1' }, { id: '2' }] }
  expect(canonicalRows(rows(a))).toBe(canonicalRows(rows(b)))
  expect(equalRows(rows(a), rows({ ...b, values: { y: {}, x: b.values.x } }))).toBe(false)
  expect(equalRows(rows(a), rows({ ...b, $themes: [{ id: '2' }, { id: '1' }] }))).toBe(false)
  expect(equalRows(rows(a), rows({ ...b, values: { x: { a: red }, y: {} } }))).toBe(false)
})

test.each([
  [
    ['a', 'b'],
    ['a', 'b'],
  ],
  [
    ['a.b', 'c'],
    ['a', 'b', 'c'],
  ],
  [['a\\.b'], ['a.b']],
  [['a\\', 'b'], ['a.b']],
  [['a\\'], ['a\\']],
  [
    ['', 'a', '', 'b'],
    ['a', 'b'],
  ],
  [
    ['a', ''],
    ['a', ''],
  ],
  [[''], ['']],
  [['..'], ['', '', '']],
  [['constructor'], []],
  [['valueOf', 'a'], []],
  [
    ['a', 'valueOf'],
    ['a', 'valueOf'],
  ],
])('%j is written at %j', (path, expected) => {
  expect(foldedPath(path)).toEqual(expected)
})
