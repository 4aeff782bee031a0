import { describe, expect, test } from 'vitest'
import { type JsonObject, parseJson, stringifyJson } from '../../src/payload/ordered-json.ts'
import { type PluginProjection, pluginVersion, projectForPlugin } from '../../src/payload/plugin-projection.ts'
import { checkPluginRules } from '../../src/payload/plugin-rules.ts'

const red = { $type: 'color', $value: '#f00' }
const old = { type: 'color', value: '#f00' }

function project(payload: object | string): PluginProjection {
  return projectForPlugin(parseJson(typeof payload === 'string' ? payload : JSON.stringify(payload)) as JsonObject)
}
/** One set, projected: its text, and what was held back. */
function shown(
  set: object | string,
  more: object = {},
): { text: string; held: string[]; origins: PluginProjection['origins'] } {
  const text = typeof set === 'string' ? set : JSON.stringify(set)
  const { file, heldBack, origins, isEmpty } = project(`{"values":{"core":${text},"more":${JSON.stringify(more)}}}`)
  expect(checkPluginRules(file).filter(({ rule }) => !(isEmpty && rule === 'no-tokens'))).toEqual([])
  return {
    text: stringifyJson((file as { values: { core: JsonObject } }).values.core),
    held: heldBack.filter(({ set }) => set === 'core').map(({ path, outcome }) => `${outcome} ${path.join('/')}`),
    origins,
  }
}

describe('a file without oddities', () => {
  const payload = {
    values: {
      b: { red, g: { $type: 'size', m: { $value: 4 } } },
      a: { x: { ...red, $description: 'd', $extensions: { v: 1 } } },
    },
    $themes: [{ id: 't', name: 'T', selectedTokenSets: { a: 'source' } }],
    $metadata: { tokenSetOrder: ['a', 'b'], version: '2.0.0', updatedAt: '2026-01-01T00:00:00.000Z' },
  }
  test('keeps every token as it is, sets in tokenSetOrder', () => {
    const { file, heldBack, isEmpty } = project(payload)
    expect(stringifyJson(file)).toBe(
      JSON.stringify({ ...payload, values: { a: payload.values.a, b: payload.values.b } }),
    )
    expect(heldBack).toEqual([])
    expect(isEmpty).toBe(false)
  })
  test('gets the version and a date long past where it has none, or the date that is given', () => {
    const bare = { values: { a: { red } } }
    expect(project(bare).file).toMatchObject({
      $themes: [],
      $metadata: { tokenSetOrder: ['a'], version: pluginVersion, updatedAt: '1970-01-01T00:00:00.000Z' },
    })
    const options = { updatedAt: '2026-05-05T00:00:00.000Z' }
    expect(projectForPlugin(bare, options).file).toMatchObject({ $metadata: options })
    expect(project({ ...bare, version: '1', updatedAt: 'x' }).file).toMatchObject({
      $metadata: { version: '1', updatedAt: 'x' },
    })
    expect(project({ ...bare, version: '1', updatedAt: 'x' }).heldBack).toEqual([])
  })
})

test('a file without tokens says so', () => {
  for (const values of [{}, { core: {} }, { core: { g: { $description: 'd' } } }, []]) {
    expect(project({ values }).isEmpty).toBe(true)
  }
  expect(project('{}').isEmpty).toBe(true)
})

describe('groups', () => {
  test('lose what they say, and keep a type that is safe', () => {
    const { text, held } = shown({
      g: { $type: 'size', $description: 'd', $extensions: { a: 1 }, $x: 1, m: { $value: 1 }, s: red },
    })
    expect(text).toBe('{"g":{"$type":"size","m":{"$value":1},"s":{"$type":"color","$value":"#f00"}}}')
    expect(held).toEqual(['held-back g/$description', 'held-back g/$extensions', 'held-back g/$x'])
  })
  test('lose a type that nobody inherits, unsaid', () => {
    expect(shown({ g: { $type: 'size', s: red } })).toMatchObject({
      text: '{"g":{"s":{"$type":"color","$value":"#f00"}}}',
      held: [],
    })
  })
  test('at the root of a set, or where names are split, show their type on the tokens', () => {
    const m = { $value: 1 }
    expect(shown({ $type: 'size', m })).toMatchObject({
      text: '{"m":{"$type":"size","$value":1}}',
      held: ['repaired $type'],
    })
    expect(shown({ g: { $type: 'size', m }, 'x.y': red })).toMatchObject({
      text: '{"g":{"m":{"$type":"size","$value":1}},"x":{"y":{"$type":"color","$value":"#f00"}}}',
      held: ['repaired g/$type', 'repaired x.y'],
    })
  })
  test('empty ones, and values that belong to no token, are held back', () => {
    expect(shown({ red, e: {}, g: { h: {}, n: 5, l: [1] }, z: null })).toMatchObject({
      text: '{"red":{"$type":"color","$value":"#f00"}}',
      held: ['held-back e', 'held-back g/h', 'held-back g/n', 'held-back g/l', 'held-back z'],
    })
  })
  test('$root is a token of its group', () => {
    expect(shown({ g: { $root: red, a: red } }).text).toContain('"$root":{"$type":"color"')
  })
})

describe('tokens', () => {
  test.each<[string, object, string, string[]]>([
    ['no type', { $value: 1 }, '{"$type":"other","$value":1}', ['repaired t']],
    ['an empty type', { $type: '', $value: 1 }, '{"$type":"other","$value":1}', ['repaired t', 'held-back t/$type']],
    [
      'a type that is no text',
      { $value: 1, $type: 5 },
      '{"$type":"other","$value":1}',
      ['repaired t', 'held-back t/$type'],
    ],
    [
      'a description that is no text',
      { ...red, $description: 5 },
      '{"$type":"color","$value":"#f00"}',
      ['held-back t/$description'],
    ],
    ['an empty description', { ...red, $description: '' }, '{"$type":"color","$value":"#f00"}', []],
    [
      'a description in the other spelling',
      { ...red, description: 'd' },
      '{"$type":"color","$value":"#f00","$description":"d"}',
      [],
    ],
    [
      'both spellings',
      { ...red, value: 1, type: 'x', $description: 'd', description: 'e' },
      '{"$type":"color","$value":"#f00","$description":"d"}',
      ['held-back t/value', 'held-back t/type', 'held-back t/description'],
    ],
    [
      'internal keys',
      { ...red, name: 'n', rawValue: 1 },
      '{"$type":"color","$value":"#f00"}',
      ['held-back t/name', 'held-back t/rawValue'],
    ],
    [
      'extensions that are text',
      { ...red, $extensions: 'x' },
      '{"$type":"color","$value":"#f00"}',
      ['held-back t/$extensions'],
    ],
    ['unknown keys', { ...red, x: { a: [null] } }, '{"$type":"color","$value":"#f00","x":{"a":[null]}}', []],
    [
      'inner tokens',
      { ...red, kid: red, g: { $description: 'd', k: { $value: 1 } } },
      '{"$type":"color","$value":"#f00","kid":{"$type":"color","$value":"#f00"},"g":{"k":{"$type":"other","$value":1}}}',
      ['repaired t/kid', 'repaired t/g', 'held-back t/g/$description', 'repaired t/g/k'],
    ],
    [
      'an inner token with a name of the plugin’s',
      { ...red, name: red },
      '{"$type":"color","$value":"#f00"}',
      ['repaired t/name', 'held-back t/name'],
    ],
  ])('%s', (_, token, expected, held) => {
    expect(shown({ t: token })).toMatchObject({ text: `{"t":${expected}}`, held })
  })

  test.each<[string, object | string]>([
    ['a null value', { t: { $type: 'x', $value: null } }],
    ['a value in a value', { t: { $type: 'x', $value: { $value: 1 } } }],
    ['__proto__ in a value', '{"t":{"$type":"x","$value":[{"__proto__":1}]}}'],
    ['a name that is dropped', { t: { constructor: red } }],
    ['a group that is lost', { toString: { t: red } }],
    ['an empty name', { t: { '': red } }],
    ['a name with a backslash at its end', { 't\\': { a: red } }],
    ['a name that would hold a dot', { 't\\.a': red }],
    ['a value as deep as can be', `{"t":{"$type":"x","$value":${'['.repeat(61)}${']'.repeat(61)}}}`],
    ['a path as deep as can be', `${'{"g":'.repeat(62)}{"$value":1}${'}'.repeat(62)}`],
  ])('%s is held back, and the rest shown', (_, set) => {
    const text = typeof set === 'string' ? set : JSON.stringify(set)
    const { text: result, held } = shown(`{"ok":{"$type":"color","$value":"#f00"},${text.slice(1)}`)
    expect(result).toBe('{"ok":{"$type":"color","$value":"#f00"}}')
    expect(held.filter((line) => line.startsWith('held-back'))).toHaveLength(1)
  })

  test('a key __proto__ is held back with what is in it', () => {
    expect(
      shown('{"__proto__":{"a":{"$value":1}},"t":{"$type":"x","$value":1,"__proto__":1,"x":{"__proto__":1}}}'),
    ).toMatchObject({
      text: '{"t":{"$type":"x","$value":1}}',
      held: ['held-back __proto__/a', 'held-back t/__proto__', 'held-back t/x'],
    })
  })
})

describe('names the plugin splits', () => {
  test('are shown where it puts them, with the way back', () => {
    const { text, held, origins } = shown({ 'a.b': { c: red }, x: { '1.5': red } })
    expect(text).toBe(
      '{"a":{"b":{"c":{"$type":"color","$value":"#f00"}}},"x":{"1":{"5":{"$type":"color","$value":"#f00"}}}}',
    )
    expect(held).toEqual(['repaired a.b/c', 'repaired x/1.5'])
    expect(origins.tokens.get('/core/a/b/c')).toMatchObject({ set: 'core', path: ['a.b', 'c'] })
    expect(origins.tokens.get('/core/x/1/5')).toMatchObject({ path: ['x', '1.5'] })
  })
  test('two tokens on one place: the first is shown, the other held back', () => {
    const blue = { $type: 'color', $value: '#00f' }
    const { text, held, origins } = shown({ 'a.b': red, a: { b: blue } })
    expect(text).toBe('{"a":{"b":{"$type":"color","$value":"#f00"}}}')
    expect(held).toEqual(['repaired a.b', 'held-back a/b'])
    expect(origins.tokens.get('/core/a/b')?.path).toEqual(['a.b'])
  })
  test('a token and a group on one place: both, unless the group’s names are the token’s', () => {
    expect(shown({ a: { b: { c: red } }, 'a.b': red }).text).toBe(
      '{"a":{"b":{"$type":"color","$value":"#f00","c":{"$type":"color","$value":"#f00"}}}}',
    )
    expect(shown({ a: { b: { value: red } }, 'a.b': red }).held).toEqual(['held-back a.b'])
    expect(shown({ a: { b: { x: red } }, 'a.b': { ...red, x: 1 } }).held).toEqual(['held-back a.b'])
    expect(shown({ 'a.b': red, a: { b: { value: red, name: red, ok: red } } }).held).toEqual([
      'repaired a.b',
      'held-back a/b/value',
      'held-back a/b/name',
    ])
  })
})

describe('spelling', () => {
  test('that of most tokens, for the whole file', () => {
    expect(shown({ a: old, b: old, c: red }).text).toBe(
      '{"a":{"type":"color","value":"#f00"},"b":{"type":"color","value":"#f00"},"c":{"type":"color","value":"#f00"}}',
    )
    expect(shown({ a: old, c: red }).text).toContain('"a":{"$type":"color","$value":"#f00"}')
  })
  test('each token remembers its own', () => {
    const { origins } = shown({ a: { value: 1, type: 'x', description: 'd' }, b: red, c: { $value: 1, type: 'y' } })
    expect(origins.tokens.get('/core/a')?.keys).toEqual({ $value: 'value', $type: 'type', $description: 'description' })
    expect(origins.tokens.get('/core/b')?.keys).toEqual({
      $value: '$value',
      $type: '$type',
      $description: '$description',
    })
    expect(origins.tokens.get('/core/c')?.keys).toEqual({
      $value: '$value',
      $type: 'type',
      $description: '$description',
    })
  })

  describe('legacy', () => {
    const legacy = { a: old, b: old, c: old, d: old, e: old }
    const rest = '{"type":"color","value":"#f00"}'
    test('keeps out the text $value, which would turn the set into DTCG', () => {
      const set = {
        t: { ...old, description: 'see $value', x: '$value', y$value: 1, $extensions: { a: '$value' } },
        v: { type: 'x', value: '{a.$value}' },
        n$value: old,
        u: { value: 1, type: '$value' },
        g: { type: '$value', w: { value: 1 } },
      }
      expect(shown(set, legacy)).toMatchObject({
        text: `{"t":${rest},"u":{"type":"other","value":1},"g":{"w":{"type":"other","value":1}}}`,
        held: [
          'held-back t/description',
          'held-back t/x',
          'held-back t/y$value',
          'held-back t/$extensions',
          'held-back v',
          'held-back n$value',
          'repaired u',
          'held-back u/type',
          'held-back g/type',
          'repaired g/w',
        ],
      })
    })
    test('shows a value that holds a value as the group that the plugin sees', () => {
      const { text, held, origins } = shown(
        { m: { type: 'other', value: { type: 'alpha', value: '0.1' }, description: 'd' } },
        legacy,
      )
      expect(text).toBe('{"m":{"value":{"type":"alpha","value":"0.1"}}}')
      expect(held).toEqual(['held-back m/description'])
      expect(origins.tokens.get('/core/m/value')).toMatchObject({ path: ['m', 'value'] })
    })
    test('shows a dimension as it is, without what would become tokens', () => {
      const { text, held, origins } = shown(
        { d: { value: { value: 16, unit: 'px' }, type: 'dimension', description: 'd', x: 1, k: old } },
        legacy,
      )
      expect(text).toBe('{"d":{"value":{"value":16,"unit":"px"},"type":"dimension"}}')
      const dimension = { type: 'dimension', value: { value: 16, unit: 'px' } }
      expect(shown({ a: { b: { c: old } }, 'a.b': dimension }, legacy).held).toEqual(['held-back a.b'])
      expect(held).toEqual(['held-back d/description', 'held-back d/x', 'repaired d/k', 'held-back d/k'])
      expect(origins.tokens.get('/core/d')?.path).toEqual(['d'])
    })
    test('holds back what the plugin would misread', () => {
      expect(
        shown({ g: { value: { t: old } }, t: { $type: 'x', $value: { type: 'y', value: 1 } } }, legacy).held,
      ).toEqual(['held-back g/value/t', 'held-back t'])
      expect(
        shown({ t: { type: 'x', value: { value: null } }, u: { type: 'x', value: { value: { value: 1 } } } }, legacy)
          .held,
      ).toEqual(['held-back t', 'held-back u'])
      expect(shown({ toString: { type: 'x', value: { value: 1 } } }, legacy).held).toEqual(['held-back toString'])
    })
    test('keeps the type of a group only where each token can be told from a group', () => {
      expect(shown({ g: { type: 'size', m: { value: 1 } } }, legacy).text).toBe('{"g":{"type":"size","m":{"value":1}}}')
      expect(shown({ g: { type: 'typography', m: { value: { a: 1 } } } }, legacy)).toMatchObject({
        text: '{"g":{"m":{"type":"typography","value":{"a":1}}}}',
        held: ['repaired g/type'],
      })
      expect(shown({ g: { $type: 'size', type: old, m: { $value: 1 } } }, legacy).text).toContain(
        '"m":{"type":"size","value":1}',
      )
    })
  })
})

describe('sets', () => {
  test('an empty set does not stand last in a DTCG file', () => {
    const { file, heldBack } = project({ values: { a: { red }, b: {}, c: { g: { $description: 'd' } } } })
    expect(Object.keys((file as { values: object }).values)).toEqual(['b', 'c', 'a'])
    expect(file).toMatchObject({ $metadata: { tokenSetOrder: ['b', 'c', 'a'] } })
    expect(heldBack.map(({ set, outcome }) => `${outcome} ${set}`)).toContain('repaired b')
    expect(Object.keys((project({ values: { a: { old }, b: {} } }).file as { values: object }).values)).toEqual([
      'a',
      'b',
    ])
  })
  test('and is held back where a whole number must stand first', () => {
    const { file, heldBack } = project({ values: { 1: { red }, b: {} } })
    expect(Object.keys((file as { values: object }).values)).toEqual(['1'])
    expect(heldBack).toMatchObject([{ set: 'b', path: [], outcome: 'held-back' }])
  })
  test('that are no sets are held back', () => {
    const { file, heldBack } = project(
      '{"values":{"a":{"r":{"$type":"x","$value":1}},"b":5,"t":{"$value":1},"__proto__":{"x":{"$value":1}}}}',
    )
    expect(Object.keys((file as { values: object }).values)).toEqual(['a'])
    expect(heldBack.map(({ set, outcome }) => `${outcome} ${set}`)).toEqual([
      'held-back b',
      'held-back t',
      'held-back __proto__',
    ])
  })
  test('names are those of the document', () => {
    expect(project({ values: { a: { red } } }).origins.sets).toEqual(new Map([['a', 'a']]))
  })
})

describe('themes', () => {
  test('are shown as the plugin takes them, with the way back', () => {
    const { file, heldBack, origins } = project({
      values: { a: { red } },
      $themes: [
        'x',
        { name: 'N', $extensions: {}, group: null, selectedTokenSets: { a: 'on', b: 'source' }, $figmaModeId: '1' },
        {
          id: 'i',
          selectedTokenSets: [],
          $figmaStyleReferences: { a: 1, b: 's' },
          $figmaVariableReferences: 5,
          $extendsThemeId: 'p',
        },
        { id: 'i', name: 'N', selectedTokenSets: {} },
      ],
    })
    const hash = [...origins.themes.keys()][0]!
    expect(hash).toMatch(/^[0-9a-f]{40}$/)
    expect(file).toMatchObject({
      $themes: [
        { id: hash, name: 'N', selectedTokenSets: { b: 'source' }, $figmaModeId: '1' },
        {
          id: 'i',
          name: 'Unnamed theme',
          selectedTokenSets: {},
          $figmaStyleReferences: { b: 's' },
          $extendsThemeId: 'p',
        },
        { id: 'i-2', name: 'N', selectedTokenSets: {} },
      ],
    })
    expect(origins.themes).toEqual(
      new Map([
        [hash, 1],
        ['i', 2],
        ['i-2', 3],
      ]),
    )
    expect(heldBack.map(({ path, outcome }) => `${outcome} ${path.slice(1).join('/')}`)).toEqual([
      'held-back 0',
      'repaired 1/id',
      'held-back 1/$extensions',
      'held-back 1/group',
      'held-back 1/selectedTokenSets/a',
      'repaired 2/name',
      'repaired 2/selectedTokenSets',
      'held-back 2/$figmaStyleReferences/a',
      'held-back 2/$figmaVariableReferences',
      'repaired 3/id',
    ])
    expect(checkPluginRules(file)).toEqual([])
  })
  test('that are no list are held back', () => {
    expect(project({ values: { a: { red } }, $themes: {} }).heldBack).toMatchObject([{ set: null, path: ['$themes'] }])
  })
})

test('unknown keys of the file and of $metadata, and sets that are not there, are held back', () => {
  const { file, heldBack } = project({
    values: { a: { red } },
    $schema: 's',
    $metadata: { tokenSetOrder: ['gone', 'a'], mine: 1, version: 5, 'y-tokens': { v: 1 } },
  })
  expect(file).toMatchObject({ $metadata: { tokenSetOrder: ['a'], version: pluginVersion } })
  expect(heldBack.map(({ path }) => path.join('/'))).toEqual([
    '$metadata/mine',
    '$metadata/tokenSetOrder/gone',
    '$schema',
  ])
  expect(project({ values: { a: { red } }, $metadata: 'x' }).file).toMatchObject({
    $metadata: { tokenSetOrder: ['a'] },
  })
})

describe('a document’s snapshots, frozen and shared', () => {
  const freeze = <T extends object>(value: T): T => {
    for (const member of Object.values(value))
      if (typeof member === 'object' && member !== null) freeze(member as object)
    return Object.freeze(value)
  }
  const sets = { a: freeze({ red, 'x.y': red }), b: freeze({ g: { $type: 'size', m: { $value: 1 } } }) }
  const plain = (values: object): PluginProjection => project({ values })

  test('are projected as any other, and only where they changed', () => {
    const first = projectForPlugin({ values: sets })
    expect(first).toEqual(plain(sets))
    const changed = { ...sets, b: freeze({ g: { m: { ...red } } }) }
    const second = projectForPlugin({ values: changed })
    expect(second).toEqual(plain(changed))
    const contents = [first, second].map(({ file }) => (file as { values: Record<string, object> }).values)
    expect(contents[0]?.['a']).toBe(contents[1]?.['a'])
    expect(second.rows.tokens.get('/a/red')).toBe(first.rows.tokens.get('/a/red'))
  })
  test('under another name or spelling are projected anew', () => {
    expect(projectForPlugin({ values: { c: sets.a } })).toEqual(plain({ c: sets.a }))
    const legacy = freeze({ o: old, p: old, q: old, r: old })
    expect(projectForPlugin({ values: { ...sets, legacy } })).toEqual(plain({ ...sets, legacy }))
    expect(projectForPlugin({ values: sets })).toEqual(plain(sets))
  })
  test('that are not frozen may change at any time', () => {
    const values = { a: { red: { ...red } } }
    expect(projectForPlugin({ values }).rows.tokens.get('/a/red')).toMatchObject({ $value: '"#f00"' })
    values.a.red.$value = '#e00'
    expect(projectForPlugin({ values }).rows.tokens.get('/a/red')).toMatchObject({ $value: '"#e00"' })
  })
})
