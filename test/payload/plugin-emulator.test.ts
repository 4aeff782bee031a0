import { describe, expect, test } from 'vitest'
import { pluginPull, PluginRefusal, pluginRoundTrip } from '../support/plugin-emulator.ts'
import {
  addSet,
  addToken,
  deleteSet,
  deleteToken,
  renameSet,
  renameToken,
  setTokenValue,
} from '../support/plugin-edits.ts'

/** What the plugin makes of one DTCG set. */
function written(set: object, more: object = {}): string {
  const file = JSON.parse(pluginRoundTrip(JSON.stringify({ values: { core: set, ...more } }))) as {
    values: { core: object }
  }
  return JSON.stringify(file.values.core)
}

const red = { $type: 'color', $value: '#f00' }

describe('a pull and a push without an edit', () => {
  test('write the keys of the file in the plugin’s order, and a $metadata of its own', () => {
    const text = JSON.stringify({
      $themes: [{ id: 't', name: 'T', selectedTokenSets: {}, $extensions: { x: 1 } }],
      extra: 1,
      $metadata: { tokenSetOrder: ['b', 'a'], mine: 1 },
      values: { b: { red }, 7: { red } },
    })
    expect(pluginRoundTrip(text, 'D')).toBe(
      '{"values":{"7":{"red":{"$type":"color","$value":"#f00"}},"b":{"red":{"$type":"color","$value":"#f00"}}},"$metadata":{"version":"2.11.10","updatedAt":"D","tokenSetOrder":["7","b"]},"$themes":[{"id":"t","name":"T","selectedTokenSets":{}}]}',
    )
  })

  test.each([
    [
      'unknown keys move before the fields',
      { t: { $value: 1, $type: 'x', foo: 2, $deprecated: true } },
      '{"t":{"foo":2,"$deprecated":true,"$type":"x","$value":1}}',
    ],
    ['an empty description goes', { t: { ...red, $description: '' } }, '{"t":{"$type":"color","$value":"#f00"}}'],
    [
      'ids go, and what they leave empty',
      { t: { ...red, $extensions: { 'studio.tokens': { id: 'x' }, id: 'y' } } },
      '{"t":{"$type":"color","$value":"#f00"}}',
    ],
    [
      'other extensions stay',
      { t: { ...red, $extensions: { 'studio.tokens': { id: 'x', modify: { a: 1 } }, v: {} } } },
      '{"t":{"$extensions":{"studio.tokens":{"modify":{"a":1}},"v":{}},"$type":"color","$value":"#f00"}}',
    ],
    ['the name key is lost', { t: { ...red, name: 'n' } }, '{"t":{"$type":"color","$value":"#f00"}}'],
    [
      'the other spelling is lost',
      { t: { ...red, value: 1, type: 'y', description: 'd' } },
      '{"t":{"$type":"color","$value":"#f00","$description":"d"}}',
    ],
    [
      'whole numbers move to the front',
      { b: red, 9: red },
      '{"9":{"$type":"color","$value":"#f00"},"b":{"$type":"color","$value":"#f00"}}',
    ],
    ['empty groups go', { g: { h: {} }, red }, '{"red":{"$type":"color","$value":"#f00"}}'],
    ['a dot splits', { '1.5': red }, '{"1":{"5":{"$type":"color","$value":"#f00"}}}'],
    ['an escaped dot does not', { 'a\\.b': red }, '{"a.b":{"$type":"color","$value":"#f00"}}'],
    ['a trailing dot leaves an empty key', { 'a.': red }, '{"a":{"":{"$type":"color","$value":"#f00"}}}'],
    ['an empty group key vanishes', { '': { a: red } }, '{"a":{"$type":"color","$value":"#f00"}}'],
    ['constructor is hoisted', { constructor: { a: red } }, '{"a":{"$type":"color","$value":"#f00"}}'],
    [
      'a group named like a method loses its tokens',
      { toString: { a: red }, b: red },
      '{"b":{"$type":"color","$value":"#f00"}}',
    ],
    [
      'inner tokens stay as they are',
      { t: { ...red, kid: { value: 1 } } },
      '{"t":{"kid":{"value":1},"$type":"color","$value":"#f00"}}',
    ],
    [
      'an inherited type is kept with its group',
      { g: { $type: 'size', a: { $value: 1 } } },
      '{"g":{"$type":"sizing","a":{"$value":1}}}',
    ],
    [
      'a repeated type becomes inherited',
      { g: { $type: 'color', a: red } },
      '{"g":{"$type":"color","a":{"$value":"#f00"}}}',
    ],
    [
      'a group type that nobody inherits goes',
      { g: { $type: 'size', a: red } },
      '{"g":{"a":{"$type":"color","$value":"#f00"}}}',
    ],
    [
      'what a typed group says becomes tokens',
      { g: { $type: 'color', $description: 'd', a: red } },
      '{"g":{"$description":{"$type":"other","$value":"d"},"$type":"color","a":{"$value":"#f00"}}}',
    ],
    [
      'typed groups without values become leaves',
      { g: { $type: 'color', $extensions: { 'a.b': 1 } }, red },
      '{"g":{"$extensions":{"a":{"b":{"$type":"other","$value":1}}}},"red":{"$type":"color","$value":"#f00"}}',
    ],
    [
      'types get the plugin’s names',
      { t: { $type: 'fontFamily', $value: 'x' } },
      '{"t":{"$type":"fontFamilies","$value":"x"}}',
    ],
    ['unknown types stay', { t: { $type: 'Gradient', $value: 'x' } }, '{"t":{"$type":"Gradient","$value":"x"}}'],
    [
      'an empty type comes from the name',
      { spacing: { t: { $type: '', $value: 1 } } },
      '{"spacing":{"t":{"$type":"spacing","$value":1}}}',
    ],
    [
      'values stay as they are',
      { t: { $type: 'x', $value: { b: [1, '2', false], a: null } } },
      '{"t":{"$type":"x","$value":{"b":[1,"2",false],"a":null}}}',
    ],
    [
      'legacy tokens in a DTCG set decay',
      { a: red, b: { value: 1, type: 'x' } },
      '{"a":{"$type":"color","$value":"#f00"},"b":{"value":{"$type":"other","$value":1},"type":{"$type":"other","$value":"x"}}}',
    ],
  ])('%s', (_, set, expected) => {
    expect(written(set)).toBe(expected)
  })

  test('the last set decides the spelling of all', () => {
    expect(written({ red }, { z: {} })).toBe('{"red":{"value":"#f00","type":"color"}}')
    expect(written({ red: { value: 1, type: 'x' } }, { z: { red } })).toBe('{"red":{"$type":"x","$value":1}}')
    expect(written({ t: { value: 1, type: 'x', description: 'with $value' } })).toContain(
      '"type":{"$type":"other","$value":"x"}',
    )
  })

  test('themes keep only what says something', () => {
    const theme = { id: 't', name: 'T', selectedTokenSets: { core: 'source', off: 'disabled', gone: 'enabled' } }
    const text = pluginRoundTrip(JSON.stringify({ values: { core: { red }, off: {} }, $themes: [theme] }))
    expect(JSON.parse(text)).toMatchObject({ $themes: [{ selectedTokenSets: { core: 'source' } }] })
  })
})

describe('files it refuses as a whole', () => {
  test.each([
    ['a token without any type', { core: { t: { $value: 1 } } }],
    ['a type only at the root of the set', { core: { $type: 'color', t: { $value: 1 } } }],
    ['a description of an untyped group', { core: { g: { $description: 'd', t: red } } }],
    ['extensions with text of an untyped group', { core: { g: { $extensions: { a: 'b' }, t: red } } }],
    ['description null', { core: { t: { ...red, $description: null } } }],
    ['a type that is no text', { core: { t: { $type: 5, $value: 1 } } }],
    ['a null value', { core: { t: { $type: 'x', $value: null } } }],
    ['null in a typed group', { core: { g: { $type: 'x', t: null } } }],
    ['a set that is a list', { core: [] }],
  ])('%s', (_, values) => {
    expect(() => pluginPull({ values })).toThrow(PluginRefusal)
  })

  test.each([
    ['no values', {}],
    ['a theme without id', { values: {}, $themes: [{ name: 'x', selectedTokenSets: {} }] }],
    ['a theme with group null', { values: {}, $themes: [{ id: 'a', name: 'x', group: null, selectedTokenSets: {} }] }],
    ['a numeric updatedAt', { values: {}, $metadata: { updatedAt: 1 } }],
  ])('%s', (_, file) => {
    expect(() => pluginPull(file)).toThrow(PluginRefusal)
  })

  test('but not an empty file, a missing value, an empty set or group', () => {
    expect(pluginPull({ values: {} }).sets.size).toBe(0)
    expect(pluginPull({ values: { a: {}, b: { red, g: {}, t: { $type: 'x' } } } }).sets.get('b')).toHaveLength(1)
  })
})

describe('edits', () => {
  const model = (): ReturnType<typeof pluginPull> =>
    pluginPull({
      values: { 'brand/a': { red }, core: { alias: { $type: 'color', $value: '{red}' } }, 'brand/b': {}, theme: {} },
      $themes: [{ id: 't', name: 'T', selectedTokenSets: { core: 'source', theme: 'enabled' } }],
    })

  test('of tokens, references included', () => {
    const held = model()
    setTokenValue(held, 'brand/a', 'red', { shade: '{red}' })
    renameToken(held, 'brand/a', 'red', 'rouge')
    addToken(held, 'core', { name: 'x.y', type: 'other', value: ['{red}'] })
    deleteToken(held, 'core', 'x.y')
    expect(held.sets.get('brand/a')).toMatchObject([{ name: 'rouge', value: { shade: '{rouge}' } }])
    expect(held.sets.get('core')).toMatchObject([{ name: 'alias', value: '{rouge}' }])
    expect(() => setTokenValue(held, 'core', 'none', 1)).toThrow('no token none')
  })

  test('of the list of sets group it by folder', () => {
    const held = model()
    renameSet(held, 'core', 'base')
    expect([...held.sets.keys()]).toEqual(['brand/a', 'brand/b', 'base', 'theme'])
    expect(Object.keys(held.themes[0]!.selectedTokenSets)).toEqual(
      ['theme', 'base'].filter((set) => set in held.themes[0]!.selectedTokenSets),
    )
    addSet(held, 'brand')
    expect([...held.sets.keys()]).toEqual(['brand/a', 'brand/b', 'brand', 'base', 'theme'])
    deleteSet(held, 'brand/b')
    expect([...held.sets.keys()]).toEqual(['brand/a', 'brand', 'base', 'theme'])
  })
})
